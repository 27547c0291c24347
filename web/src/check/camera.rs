//! What the camera is doing, and what can be in its way.

/// The camera, as the reader sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Camera {
    /// Not asked for, or no longer.
    Off,
    /// Asked for.
    Starting,
    /// Showing; with the state of its light, where it has one.
    On {
        /// Whether the light is on; `None` where there is none.
        torch: Option<bool>,
    },
    /// Stopped because the page is hidden; starts again by itself.
    Paused,
    /// It cannot be used.
    Failed(CameraProblem),
}

/// What the camera that is on can do beside showing; what it cannot is not offered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    /// How far it magnifies.
    pub zoom: Option<Zoom>,
    /// The cameras to choose from, by `deviceId` and name; empty where there is no choice.
    pub cameras: Vec<(String, String)>,
}

/// A range of magnification, as the camera writes it: nothing is computed with it here, and reading and writing
/// decimals weighs 20 kB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zoom {
    /// The least.
    pub min: String,
    /// The most.
    pub max: String,
    /// From one to the next.
    pub step: String,
}

/// Why the camera cannot be used. Each has its own words and its own way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraProblem {
    /// Not allowed, by the reader or the browser.
    Refused,
    /// The browser's question was closed without an answer.
    Dismissed,
    /// There is none.
    Missing,
    /// Another app or tab has it.
    Busy,
    /// The page was not opened by https.
    Unencrypted,
    /// The page is open inside an app that gives pages no camera.
    InApp,
    /// The browser cannot.
    Unsupported,
    /// The decoder could not be loaded.
    Reader,
}

/// What is known of the browser before the camera is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// Whether the browser trusts the connection enough for a camera (`isSecureContext`).
    pub encrypted: bool,
    /// Whether pages can ask for a camera at all.
    pub can_ask: bool,
    /// Whether the page is open inside another app.
    pub in_app: bool,
}

impl Surroundings {
    /// What already rules the camera out.
    pub(super) const fn problem(self) -> Option<CameraProblem> {
        match self {
            Self { encrypted: false, .. } => Some(CameraProblem::Unencrypted),
            Self { can_ask: false, in_app: true, .. } => Some(CameraProblem::InApp),
            Self { can_ask: false, .. } => Some(CameraProblem::Unsupported),
            _ => None,
        }
    }

    /// `problem` as it is told: inside an app, a refusal is the app's, and allowing it is not in the reader's hands.
    pub(super) const fn explain(self, problem: CameraProblem) -> CameraProblem {
        match problem {
            CameraProblem::Refused
            | CameraProblem::Dismissed
            | CameraProblem::Missing
            | CameraProblem::Unsupported
                if self.in_app =>
            {
                CameraProblem::InApp
            }
            _ => problem,
        }
    }
}

/// Whether a browser that names itself so is a view inside another app. A guess, and used for words only.
pub fn is_in_app(user_agent: &str) -> bool {
    let apps =
        ["Line/", "FBAN", "FBAV", "Instagram", "MicroMessenger", "YJApp", "Twitter", "BytedanceWebview"];
    let android_view = user_agent.contains("Android") && user_agent.contains("; wv)");
    // Safari and the other browsers of iOS name Safari; a bare web view does not.
    let ios_view = ["iPhone", "iPad"].iter().any(|device| user_agent.contains(device))
        && user_agent.contains("AppleWebKit")
        && !user_agent.contains("Safari/");
    android_view || ios_view || apps.iter().any(|app| user_agent.contains(app))
}
