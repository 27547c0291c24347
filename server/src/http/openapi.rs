//! The description of the API: `GET /openapi.json`, and `GET /docs`, the same to read.
//!
//! It is written by hand in `openapi.json` (OpenAPI 3.1) and held by tests against the route table, the wire types' words,
//! and real answers. Generated from the types it would need a schema crate in `shared`, which goes into the browser.

mod reference;

use std::sync::LazyLock;

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use super::{cache_policy::EntityTag, pages::document, security::Page};

/// The document.
pub(super) const DOCUMENT: &str = include_str!("openapi.json");

/// The reference, rendered once.
static REFERENCE: LazyLock<String> = LazyLock::new(|| reference::render(DOCUMENT));

/// `GET /openapi.json`.
pub(super) async fn show(headers: HeaderMap) -> Response {
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    EntityTag::weak_of_bytes(DOCUMENT.as_bytes()).guard(&headers, (json, DOCUMENT))
}

/// `GET /docs`.
pub(super) async fn reference(headers: HeaderMap) -> Response {
    let html = REFERENCE.as_str();
    EntityTag::weak_of_bytes(html.as_bytes()).guard(&headers, document(Page::Plain, html.to_owned()))
}
