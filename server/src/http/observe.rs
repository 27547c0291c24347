//! One log line and one count per request.
//!
//! Logged: request id, method, route template, status, duration, the kind of a refusal. Never: paths, query strings,
//! tokens, keys, bodies, addresses of readers (SECURITY.md).

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, Method, header::HeaderName},
    middleware::Next,
    response::Response,
};
use tracing::Instrument as _;

use super::{metrics::Metrics, problem::Refused};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Watches a request from its arrival to its answer.
pub(super) async fn watch(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = method(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);
    let id = request_id();
    let span = tracing::info_span!("request", id, method, route);
    let mut response = next.run(request).instrument(span.clone()).await;

    let took = began.elapsed();
    let status = response.status().as_u16();
    metrics.request(method, route, status, took);
    let refused = response.extensions().get::<Refused>().map(|Refused(kind)| tracing::field::debug(*kind));
    let milliseconds = took.as_secs_f64() * 1e3;
    span.in_scope(|| tracing::info!(status, ms = milliseconds, refused, "answered"));
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A method's name for logs and metrics; a name of the caller's own making stays out of both.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

/// Sixteen hexadecimal digits of our own: an id that a caller chose could be anything, and end in the log.
fn request_id() -> String {
    // Without randomness the request is answered all the same; its id is then useless.
    getrandom::u64().map_or_else(|_| "0".repeat(16), |id| format!("{id:016x}"))
}
