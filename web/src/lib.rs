//! The checker: pages rendered by the server, and the scanner in the browser, from the same parts.
//!
//! **For the server** there is [`page`]: `page::verdict::render(&frame, …) -> String` and its like give whole HTML
//! documents that are complete without script. Their only inline content is one `<style>` element whose text is
//! exactly [`page::style`], the same on every page: a Content-Security-Policy allows it by
//! `style-src 'sha256-…'` over those bytes. There is no inline script and no style attribute; `/scan` alone loads a
//! module script from [`page::Assets`]. Nothing is hydrated: what the server wrote stays as it is.
//!
//! **For the browser** (wasm32) the crate starts itself on `/scan`, where the page has `#scanner`.
//!
//! No router, no i18n crate, no HTTP client crate: each weighs more than the whole checker (ADR on the browser).
//! Not here: any verdict. It is decided in `shirushi_shared::verdict` alone; this crate shows it.
//!
//! In reading order:

/// What goes to the service and comes back.
pub mod answer;

/// The scanner as a pure state machine.
pub mod check;

/// Parts of pages, the same on the server and in the browser.
pub mod view;

/// Whole pages as HTML text; on the server only.
#[cfg(not(target_arch = "wasm32"))]
pub mod page;

/// What the scanner shows.
pub mod scanner;

/// Performs what the scanner wants done, and tells it what happened.
#[cfg(target_arch = "wasm32")]
mod run;

/// The browser: the only module that names `web_sys`.
#[cfg(target_arch = "wasm32")]
mod browser;
