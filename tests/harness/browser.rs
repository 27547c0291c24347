//! A visitor's browser: real headless Chromium, driven over WebDriver, with an empty profile.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::patience::patiently;
use crate::process::{Ending, Process, folder, program};
use crate::target_folder;
use crate::webdriver::WebDriver;

/// What the visitor holds in hand. The default is a phone set to Japanese.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Preferred language, a tag like `ja` or `en-GB`.
    pub language: &'static str,
    /// Size of the screen.
    pub screen: Screen,
    /// Prefers dark colours.
    pub dark: bool,
    /// What else the system is set to, as media features: `("forced-colors", "active")`.
    pub media: &'static [(&'static str, &'static str)],
    /// How large letters are, in percent of what is usual.
    pub letters: u16,
    /// Whether pages may run scripts.
    pub scripts: bool,
    /// Whether the processor has the instructions that WebAssembly's SIMD needs (on x86; elsewhere it always has).
    pub simd: bool,
    /// A clip (`.y4m`, `.mjpeg`; see [`crate::video`]) that the camera sees, in a loop; asked for leave, the visitor
    /// says yes. `None`: there is no camera.
    pub camera: Option<PathBuf>,
    /// A file in which the whole browser, its workers included, writes down what it asks of the network; complete when
    /// the visitor has left ([`Browser::leave`]).
    pub netlog: Option<PathBuf>,
}

/// Size of a screen in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// 360 × 740, three device pixels each, touched: the narrowest phone we care for.
    Phone,
    /// 320 × 256: a desk's screen at 400 %, which WCAG wants to need no scrolling to the side.
    Magnified,
    /// 1280 × 900.
    Desktop,
}

impl Default for Visitor {
    fn default() -> Self {
        Self {
            language: "ja",
            screen: Screen::Phone,
            dark: false,
            media: &[],
            letters: 100,
            scripts: true,
            simd: true,
            camera: None,
            netlog: None,
        }
    }
}

/// A running browser with one window. It ends when dropped, and with it all of its processes.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    process: Process,
}

/// A complaint of axe-core about the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// `color-contrast`, `label` …
    pub rule: String,
    /// `minor`, `moderate`, `serious`, `critical`.
    pub impact: String,
    /// What is wrong, in a sentence.
    pub help: String,
    /// Selectors of the elements.
    pub elements: Vec<String>,
}

/// The enter key, for [`Browser::keys`].
pub const ENTER: &str = "\u{E007}";
/// The tab key.
pub const TAB: &str = "\u{E004}";
/// The space bar.
pub const SPACE: &str = " ";

/// The rules of WCAG 2.2 are off in axe-core unless they are named.
const AUDIT: &str = "const rules = { 'target-size': { enabled: true } };
    return (await axe.run(document, { rules })).violations";

impl Browser {
    /// Starts one for this visitor.
    pub async fn start(visitor: Visitor) -> Self {
        let chromedriver = program("chromedriver", "chromium-driver", &[]);
        let chromium = program("chromium", "chromium", &[]);
        let folder = folder();
        let profile = folder.join("profile");
        // It takes a free port itself and says which.
        let process =
            Process::start(folder, Ending::Kill, &[chromedriver.as_os_str(), OsStr::new("--port=0")]);
        let port = process.ready(async || port(&process.log())).await;
        let capabilities = json!({
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": visitor.options(&chromium, &profile),
        });
        let driver = WebDriver::open(&format!("http://127.0.0.1:{port}"), capabilities).await;
        let driver = driver.unwrap_or_else(|refused| panic!("no browser: {refused}\n{}", process.log()));
        let browser = Self { driver, process };
        browser.prepare(&visitor).await;
        browser
    }

    /// What can only be set in a running browser.
    async fn prepare(&self, visitor: &Visitor) {
        let dark = visitor.dark.then_some(&("prefers-color-scheme", "dark"));
        let features = visitor.media.iter().chain(dark);
        let features: Vec<_> =
            features.map(|(name, value)| json!({ "name": name, "value": value })).collect();
        if !features.is_empty() {
            self.chromium("Emulation.setEmulatedMedia", json!({ "features": features })).await;
        }
    }

    /// Opens a page and waits until it is loaded.
    pub async fn goto(&self, url: &str) {
        let opened = self.driver.post("url", json!({ "url": url })).await;
        opened.unwrap_or_else(|refused| panic!("{url}: {refused}"));
    }

    /// Address of the page.
    pub async fn url(&self) -> String {
        let url = self.driver.get("url").await.unwrap_or_else(|refused| panic!("no address: {refused}"));
        url.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until there is an element for this CSS selector; the text of the first, as a reader sees it.
    pub async fn text(&self, selector: &str) -> String {
        let element = self.wait_for(selector).await;
        let text = self.driver.get(&format!("element/{element}/text")).await;
        // A page may replace the element between the two questions.
        text.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Waits until the text of that element holds `part`; the whole text.
    pub async fn wait_for_text(&self, selector: &str, part: &str) -> String {
        let mut text = String::new();
        let came = patiently(async || {
            text = self.text(selector).await;
            text.contains(part).then_some(())
        });
        if came.await.is_none() {
            self.screenshot(&failed()).await;
            panic!("{selector} at {} says “{text}” and not “{part}”", self.url().await);
        }
        text
    }

    /// Waits until there is an element for this CSS selector; its name in the protocol.
    pub async fn wait_for(&self, selector: &str) -> String {
        if let Some(element) = patiently(async || self.driver.element(selector).await.ok()).await {
            return element;
        }
        self.screenshot(&failed()).await;
        panic!("no {selector} at {}", self.url().await);
    }

    /// Waits for an element and clicks it.
    pub async fn click(&self, selector: &str) {
        let element = self.wait_for(selector).await;
        let clicked = self.driver.post(&format!("element/{element}/click"), json!({})).await;
        clicked.unwrap_or_else(|refused| panic!("cannot click {selector}: {refused}"));
    }

    /// Waits for an input and types into it; for a file input: the path of a file.
    pub async fn type_into(&self, selector: &str, text: &str) {
        let element = self.wait_for(selector).await;
        let typed = self.driver.post(&format!("element/{element}/value"), json!({ "text": text })).await;
        typed.unwrap_or_else(|refused| panic!("cannot type into {selector}: {refused}"));
    }

    /// Presses keys one after another, wherever the focus is, as a hand scanner does ([`ENTER`], [`TAB`]).
    pub async fn keys(&self, keys: &str) {
        let press = |key: char| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key }));
        let presses: Vec<Value> = keys.chars().flat_map(press).collect();
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": presses }] });
        self.driver.post("actions", actions).await.unwrap_or_else(|refused| panic!("no keyboard: {refused}"));
    }

    /// Runs the body of an `async` function in the page: `return (await fetch('/')).status`; what it resolves to.
    pub async fn eval(&self, script: &str) -> Value {
        let value = self.driver.execute_async(script).await;
        value.unwrap_or_else(|refused| panic!("{refused}\nin: {script}"))
    }

    /// A command of Chromium's own protocol.
    pub async fn chromium(&self, command: &str, parameters: Value) -> Value {
        let answer = self.driver.chromium(command, parameters).await;
        answer.unwrap_or_else(|refused| panic!("{command}: {refused}"))
    }

    /// What the visitor sees, as `target/screenshots/NAME.png`; its path.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let shot =
            self.driver.get("screenshot").await.unwrap_or_else(|refused| panic!("no picture: {refused}"));
        let data = shot.as_str().unwrap_or_default();
        let folder = target_folder().join("screenshots");
        std::fs::create_dir_all(&folder).expect("a folder for screenshots");
        let file = folder.join(format!("{name}.png"));
        let picture = BASE64_STANDARD.decode(data).expect("WebDriver sends base64");
        std::fs::write(&file, picture).expect("room for a screenshot");
        file
    }

    /// Errors on the page's console since the last question: scripts that failed, files that are missing, refusals of
    /// the content security policy.
    pub async fn console_errors(&self) -> Vec<String> {
        let log = self.driver.post("se/log", json!({ "type": "browser" })).await;
        let log = log.unwrap_or_else(|refused| panic!("no console: {refused}"));
        let entries = log.as_array().into_iter().flatten();
        let errors = entries.filter(|entry| entry.get("level").is_some_and(|level| level == "SEVERE"));
        errors.filter_map(|entry| entry.get("message")?.as_str().map(str::to_owned)).collect()
    }

    /// What axe-core (WCAG 2.2 A and AA, and its best practices) has against the page.
    pub async fn axe(&self) -> Vec<Violation> {
        let file = target_folder().join("tools/node_modules/axe-core/axe.min.js");
        let Ok(axe) = std::fs::read_to_string(&file) else {
            panic!("{} is missing; `make tools` installs it", file.display());
        };
        let loaded = self.driver.execute(&axe, json!([])).await;
        loaded.unwrap_or_else(|refused| panic!("axe-core does not start: {refused}"));
        let found = self.eval(AUDIT).await;
        found.as_array().into_iter().flatten().map(Violation::read).collect()
    }

    /// The cookies of every site that the browser knows.
    pub async fn cookies(&self) -> Vec<Value> {
        let answer = self.chromium("Network.getAllCookies", json!({})).await;
        answer.get("cookies").and_then(Value::as_array).cloned().unwrap_or_default()
    }

    /// Closes the browser as its user does, so that it brings to an end what it writes.
    pub async fn leave(self) {
        self.driver.close().await.unwrap_or_else(|refused| panic!("it stays open: {refused}"));
    }

    /// The browser's process (the driver's, which is the leader of their group).
    pub fn process(&self) -> &Process {
        &self.process
    }
}

impl Visitor {
    fn options(&self, chromium: &Path, profile: &Path) -> Value {
        let mut arguments = [
            "--headless",
            "--no-sandbox", // tests run as root in containers; pages are ours
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage", // containers have 64 MB there
            "--window-size=1280,900",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        arguments.push(format!("--lang={}", self.language));
        arguments.push(format!("--accept-lang={}", self.language));
        if !self.simd {
            arguments.push("--js-flags=--no-enable-sse4-1".to_owned());
        }
        if let Some(clip) = &self.camera {
            arguments.push("--use-fake-device-for-media-stream".to_owned());
            arguments.push("--use-fake-ui-for-media-stream".to_owned());
            arguments.push(format!("--use-file-for-fake-video-capture={}", clip.display()));
        }
        if let Some(file) = &self.netlog {
            arguments.push(format!("--log-net-log={}", file.display()));
        }
        let mut options = json!({ "args": arguments, "binary": chromium });
        // A headless window cannot be made narrower than 500 pixels; an emulated screen can.
        let screen = match self.screen {
            Screen::Phone => Some(json!({ "width": 360, "height": 740, "pixelRatio": 3, "touch": true })),
            Screen::Magnified => {
                Some(json!({ "width": 320, "height": 256, "pixelRatio": 4, "touch": false, "mobile": false }))
            }
            Screen::Desktop => None,
        };
        if let Some(screen) = screen {
            merge(&mut options, "mobileEmulation", json!({ "deviceMetrics": screen }));
        }
        let mut prefs = json!({});
        if !self.scripts {
            merge(&mut prefs, "profile.managed_default_content_settings.javascript", json!(2));
        }
        if self.letters != 100 {
            // The browser's own setting; 16 pixels are usual.
            let pixels = 16 * self.letters / 100;
            merge(&mut prefs, "webkit.webprefs.default_font_size", json!(pixels));
        }
        merge(&mut options, "prefs", prefs);
        options
    }
}

impl Violation {
    fn read(violation: &Value) -> Self {
        let text = |key| violation.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let nodes = violation.get("nodes").and_then(Value::as_array).into_iter().flatten();
        let elements = nodes.filter_map(|node| node.get("target").map(Value::to_string)).collect();
        Self { rule: text("id"), impact: text("impact"), help: text("help"), elements }
    }
}

/// Name for the picture of a failure: the test's own.
fn failed() -> String {
    format!("failed-{}", std::thread::current().name().unwrap_or("story").replace("::", "-"))
}

fn merge(options: &mut Value, key: &str, value: Value) {
    if let Some(options) = options.as_object_mut() {
        options.insert(key.to_owned(), value);
    }
}

/// `ChromeDriver was started successfully on port 12345.`
fn port(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once("successfully on port ")?;
    rest.split_once('.')?.0.parse().ok()
}
