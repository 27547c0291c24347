//! The description of the API: `GET /openapi.json`, and `GET /docs`, the same to read.
//!
//! It is written by hand in `openapi.json` (OpenAPI 3.1) and held by tests against the route table, the wire types' words,
//! and real answers. Generated from the types it would need a schema crate in `shared`, which goes into the browser.

mod reference;

use std::sync::LazyLock;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use super::{cache_policy::EntityTag, pages::document, security::Page, site::Site};

/// The document.
pub(super) const DOCUMENT: &str = include_str!("openapi.json");

/// The reference, rendered once.
static REFERENCE: LazyLock<String> = LazyLock::new(|| reference::render(DOCUMENT));

/// `GET /openapi.json`.
pub(super) async fn show(headers: HeaderMap) -> Response {
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    EntityTag::weak_of_bytes(DOCUMENT.as_bytes()).guard(&headers, (json, DOCUMENT))
}

/// `GET /docs`, with the icon of the other pages: of a page that names none, browsers ask at an address of their own.
pub(super) async fn reference(State(site): State<Site>, headers: HeaderMap) -> Response {
    let icon = site.address("icon.svg").unwrap_or_default();
    let icon = format!("<link rel=\"icon\" type=\"image/svg+xml\" href=\"{icon}\"></head>");
    let html = REFERENCE.replacen("</head>", &icon, 1);
    EntityTag::weak_of_bytes(html.as_bytes()).guard(&headers, document(Page::Plain, html))
}
