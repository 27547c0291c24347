//! Unicode normalisation form NFKC: by tables on the host, by the language itself in the browser.
//!
//! The tables weigh 48 kB, compressed, which is a quarter of the checker. JavaScript has had the same function since
//! ES2015, and Unicode's stability policy forbids that the form of an assigned character ever changes, so that server
//! and browser agree.

/// `text` in NFKC.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn nfkc(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;

    text.nfkc().collect()
}

/// `text` in NFKC.
#[cfg(target_arch = "wasm32")]
pub(crate) fn nfkc(text: &str) -> String {
    js_sys::JsString::from(text).normalize("NFKC").into()
}
