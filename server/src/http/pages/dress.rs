//! Refusals for people: who asks for HTML gets a page that says what to do, with the same status and headers.
//!
//! The API answers with problem documents whatever is asked for: a program that sends a browser's headers is still one.

use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::Response,
};
use shirushi_web::page;

use super::{Shell, document, shell::Visit};
use crate::http::{problem::Refused, security::Page};

/// Turns the problem documents that a browser would show as text into pages.
pub(in crate::http) async fn dress(State(shell): State<Shell>, request: Request, next: Next) -> Response {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let browses = accepted.is_some_and(|accepted| accepted.contains("text/html"));
    let is_page = browses && !request.uri().path().starts_with("/v1/");
    let visit = is_page.then(|| Visit::of(request.uri(), request.headers()));

    let response = next.run(request).await;
    let (Some(visit), Some(Refused(kind))) = (visit, response.extensions().get().copied()) else {
        return response;
    };
    let html = page::message::render(&shell.frame(&visit), kind);
    let (mut parts, _) = response.into_parts();
    let (page, body) = document(Page::Plain, html).into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.extend(page.headers);
    parts.extensions.insert(Page::Plain);
    Response::from_parts(parts, body)
}
