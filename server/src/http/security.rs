//! Security headers. The content security policy starts at nothing; each line that is added says why.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

/// What a page needs beyond text: a label on its response. What has none gets [`Page::Nothing`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Page {
    /// No page: data, which a browser should do nothing with.
    #[default]
    Nothing,
    /// A page without script.
    Plain,
    /// A page whose script asks the service how far something is.
    Watching,
    /// The page with the camera and the decoder's worker.
    Scanner,
    /// Somebody's file, to be kept and not shown: whatever it holds, it is nobody's page.
    Download,
    /// A script file: as a worker it lives by its own policy, not by that of its page.
    Script,
}

/// Stands for the hash of the one style sheet.
const STYLE: &str = "STYLE";

/// What stands in every policy.
const EVERYWHERE: &[(&str, &str)] = &[
    // What no line names is neither loaded nor run, from here or from anywhere.
    ("default-src", "'none'"),
    // A verdict inside another page could be dressed up as that page's own claim; and an answer framed by another site is
    // a way to read it by its size and timing.
    ("frame-ancestors", "'none'"),
    // The addresses on a page lead where they say, whatever got into it.
    ("base-uri", "'none'"),
];

const NOTHING: &[(&str, &str)] = &[
    // Data asks nobody for anything, whatever a browser takes it for.
    ("form-action", "'none'"),
];

const PLAIN: &[(&str, &str)] = &[
    // The one inline style element, by the hash of its text; no style attribute anywhere.
    ("style-src", STYLE),
    // The icon.
    ("img-src", "'self'"),
    // The number form and the photograph form.
    ("form-action", "'self'"),
];

const WATCHING: &[(&str, &str)] = &[
    // As on every page.
    ("style-src", STYLE),
    // The icon.
    ("img-src", "'self'"),
    // The forms that stop and erase a file.
    ("form-action", "'self'"),
    // One small file, never a script within the page.
    ("script-src", "'self'"),
    // How far the file is.
    ("connect-src", "'self'"),
];

const SCANNER: &[(&str, &str)] = &[
    // As on every page.
    ("style-src", STYLE),
    // The icon. A photograph that was chosen is read and not shown; the camera's picture is a stream, which no line is about.
    ("img-src", "'self'"),
    // The forms that stand here until the script takes over, and where it never does.
    ("form-action", "'self'"),
    // The checker's files, never a script within the page. It is WebAssembly: this allows to compile that, and no `eval`
    // of text.
    ("script-src", "'self' 'wasm-unsafe-eval'"),
    // The decoder runs in a worker, away from the screen; the service worker keeps the offline checker.
    ("worker-src", "'self'"),
    // The checker's own WebAssembly, and verdicts for what was scanned.
    ("connect-src", "'self'"),
    // How the checker is called when it is installed, and its icons.
    ("manifest-src", "'self'"),
];

const SCRIPT: &[(&str, &str)] = &[
    // A worker imports the script around its WebAssembly, and compiles it.
    ("script-src", "'self' 'wasm-unsafe-eval'"),
    // … and fetches it; the service worker fetches what it keeps.
    ("connect-src", "'self'"),
];

const DOWNLOAD: &[(&str, &str)] = &[
    // A browser that shows it all the same gives it no origin, no script and no form.
    ("sandbox", ""),
];

/// The camera belongs to the scanner alone; nothing else is asked of a reader's device.
const NO_DEVICES: HeaderValue =
    HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()");
const CAMERA: HeaderValue =
    HeaderValue::from_static("camera=(self), microphone=(), geolocation=(), payment=(), usb=()");

/// The content security policies, written once.
#[derive(Clone, Debug)]
pub(super) struct Policies(Arc<Written>);

#[derive(Debug)]
struct Written {
    nothing: HeaderValue,
    plain: HeaderValue,
    watching: HeaderValue,
    scanner: HeaderValue,
    script: HeaderValue,
    download: HeaderValue,
    https: bool,
}

impl Policies {
    /// The policies of a service that is reached over https, or not.
    pub(super) fn new(https: bool) -> Self {
        let style = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(shirushi_web::page::style())));
        let write = |lines: &[(&str, &str)]| {
            let lines: Vec<_> = EVERYWHERE
                .iter()
                .chain(lines)
                .map(|(name, sources)| {
                    let line = format!("{name} {}", if *sources == STYLE { &style } else { *sources });
                    line.trim_end().to_owned()
                })
                .collect();
            HeaderValue::try_from(lines.join("; ")).unwrap_or(HeaderValue::from_static("default-src 'none'"))
        };
        Self(Arc::new(Written {
            nothing: write(NOTHING),
            plain: write(PLAIN),
            watching: write(WATCHING),
            scanner: write(SCANNER),
            script: write(SCRIPT),
            download: write(DOWNLOAD),
            https,
        }))
    }

    pub(super) fn of(&self, page: Page) -> &HeaderValue {
        match page {
            Page::Nothing => &self.0.nothing,
            Page::Plain => &self.0.plain,
            Page::Watching => &self.0.watching,
            Page::Scanner => &self.0.scanner,
            Page::Script => &self.0.script,
            Page::Download => &self.0.download,
        }
    }
}

/// Adds the headers to every response.
pub(super) async fn apply(State(policies): State<Policies>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let page: Page = response.extensions().get().copied().unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policies.of(page).clone());
    headers.insert("permissions-policy", if page == Page::Scanner { CAMERA } else { NO_DEVICES });
    for (name, value) in [
        // A page's address holds the token: no other site learns it from a link.
        (header::REFERRER_POLICY, "no-referrer"),
        // A type is what we say it is.
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // No other site shares a process, a window handle or our answers.
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if policies.0.https {
        // Two years, this host alone: sub-domains are for their owner to decide.
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000"));
    }
    response
}
