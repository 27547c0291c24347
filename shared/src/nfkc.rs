//! Unicode normalisation form NFKC and capitals: by tables on the host, by the language itself in the browser.
//!
//! The tables weigh 48 kB and 9 kB, compressed, which is a half of the checker. JavaScript has had the same functions since
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

/// `text` in capitals.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn upper(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).collect()
}

/// `text` in capitals.
#[cfg(target_arch = "wasm32")]
pub(crate) fn upper(text: &str) -> String {
    js_sys::JsString::from(text).to_upper_case().into()
}
