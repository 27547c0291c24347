//! Security headers. The content security policy starts at nothing; each line that is added says why.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// What a page needs beyond text: a label on its response. What has none gets [`Page::Nothing`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Page {
    /// No page: data, which a browser should do nothing with.
    #[default]
    Nothing,
    /// A page that is complete without script.
    Plain,
    /// A page with the camera, the decoder's worker and the offline checker.
    Scanner,
}

const NOTHING: &[(&str, &str)] = &[
    ("default-src", "'none'"),
    // A JSON answer framed by another site is a way to read it by its size and timing.
    ("frame-ancestors", "'none'"),
    ("base-uri", "'none'"),
];

const PLAIN: &[(&str, &str)] = &[
    ("default-src", "'none'"),
    // The style sheet of the site folder; no inline style anywhere.
    ("style-src", "'self'"),
    // Icons of the site folder; the label's own code is drawn into the page as data.
    ("img-src", "'self' data:"),
    // The number form, the photograph form.
    ("form-action", "'self'"),
    // The web app manifest: the checker can be put on the home screen.
    ("manifest-src", "'self'"),
    // The small script that registers the service worker and listens to hand scanners; pages work without it.
    ("script-src", "'self'"),
    // The service worker that keeps the offline checker.
    ("worker-src", "'self'"),
    // What that script fetches: signed lists, and verdicts for scanned codes.
    ("connect-src", "'self'"),
    // A verdict inside another page could be dressed up as that page's own claim.
    ("frame-ancestors", "'none'"),
    ("base-uri", "'none'"),
];

const SCANNER: &[(&str, &str)] = &[
    ("default-src", "'none'"),
    ("style-src", "'self'"),
    // `blob:` shows the photograph that was chosen; it never leaves the page that way.
    ("img-src", "'self' data: blob:"),
    ("form-action", "'self'"),
    ("manifest-src", "'self'"),
    // The checker and the decoder are WebAssembly; this allows compiling it and no `eval` of text.
    ("script-src", "'self' 'wasm-unsafe-eval'"),
    // The decoder runs in a worker, away from the screen.
    ("worker-src", "'self'"),
    ("connect-src", "'self'"),
    // The camera's stream is shown in a <video>.
    ("media-src", "'self' blob:"),
    ("frame-ancestors", "'none'"),
    ("base-uri", "'none'"),
];

impl Page {
    const fn policy(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Nothing => NOTHING,
            Self::Plain => PLAIN,
            Self::Scanner => SCANNER,
        }
    }

    /// The camera belongs to the scanner alone; nothing else is asked of the reader's device.
    const fn permissions(self) -> &'static str {
        match self {
            Self::Scanner => "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
            Self::Nothing | Self::Plain => "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        }
    }
}

/// Whether the service is reached over https only.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transport {
    pub(super) https: bool,
}

/// Adds the headers to every response.
pub(super) async fn apply(State(transport): State<Transport>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let page: Page = response.extensions().get().copied().unwrap_or_default();
    let headers = response.headers_mut();
    let policy: Vec<String> =
        page.policy().iter().map(|(directive, sources)| format!("{directive} {sources}")).collect();
    if let Ok(policy) = HeaderValue::try_from(policy.join("; ")) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        ("permissions-policy", page.permissions()),
        // A page's address holds the token: no other site learns it from a link.
        ("referrer-policy", "no-referrer"),
        // A type is what we say it is.
        ("x-content-type-options", "nosniff"),
        // No other site shares a process, a window handle or our answers.
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if transport.https {
        // Two years, the host alone: sub-domains are for their owner to decide.
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000"));
    }
    response
}
