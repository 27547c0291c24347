//! What a row of the route table is, and how its limits are kept.

use std::time::Duration;

use axum::{
    extract::{DefaultBodyLimit, Request, State},
    handler::Handler,
    http::header,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use shirushi_shared::api::ProblemType;

use super::{cache_policy::CachePolicy, overload::Gate, problem::Refusal, state::AppState};

/// The method of a row. `GET` answers `HEAD` too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    Post,
}

impl Verb {
    /// The method's name as OpenAPI writes it.
    #[cfg(test)]
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
        }
    }
}

/// One row of the route table.
pub(super) struct Row {
    /// For the test that holds the table against the API's document.
    #[cfg(test)]
    pub(super) verb: Verb,
    pub(super) path: &'static str,
    pub(super) cache: CachePolicy,
    /// Largest body, in bytes.
    body: usize,
    /// Longest time from the first byte of the request to the answer; reading the body is in it.
    time: Duration,
    /// Whether it is answered however busy the service is.
    always: bool,
    route: MethodRouter<AppState>,
}

/// `verb path`, with a body of at most `body` bytes, answered within `seconds`, kept according to `cache`.
pub(super) fn row<H, T>(
    verb: Verb,
    path: &'static str,
    body: usize,
    seconds: u64,
    cache: CachePolicy,
    handler: H,
) -> Row
where
    H: Handler<T, AppState>,
    T: 'static,
{
    let filter = match verb {
        Verb::Get => MethodFilter::GET,
        Verb::Post => MethodFilter::POST,
    };
    let time = Duration::from_secs(seconds);
    Row {
        #[cfg(test)]
        verb,
        path,
        cache,
        body,
        time,
        always: false,
        route: on(filter, handler),
    }
}

impl Row {
    /// This row, answered even when the service refuses everything else: who watches it must not be shed.
    pub(super) const fn always(mut self) -> Self {
        self.always = true;
        self
    }

    /// The row as a route that keeps its limits.
    pub(super) fn into_route(self, gate: &Gate) -> MethodRouter<AppState> {
        let bounds = Bounds {
            body: self.body,
            time: self.time,
            cache: self.cache,
            gate: (!self.always).then(|| gate.clone()),
        };
        self.route.route_layer(DefaultBodyLimit::max(self.body)).route_layer(from_fn_with_state(bounds, keep))
    }
}

#[derive(Clone)]
struct Bounds {
    body: usize,
    time: Duration,
    cache: CachePolicy,
    gate: Option<Gate>,
}

async fn keep(State(bounds): State<Bounds>, request: Request, next: Next) -> Response {
    let _turn = match bounds.gate.as_ref().map(Gate::enter) {
        None => None,
        Some(Ok(turn)) => Some(turn),
        Some(Err(refusal)) => return refusal.into_response(),
    };
    if announced_length(&request).is_some_and(|length| length > bounds.body) {
        let detail = format!("the body is larger than the {} bytes that are taken here", bounds.body);
        return Refusal::new(ProblemType::TooLarge, detail).into_response();
    }
    let Ok(mut response) = tokio::time::timeout(bounds.time, next.run(request)).await else {
        let detail = format!("no answer within {} s", bounds.time.as_secs());
        return Refusal::new(ProblemType::Unavailable, detail).into_response();
    };
    let kept = response.status().is_success() || response.status() == axum::http::StatusCode::NOT_MODIFIED;
    if kept && response.extensions().get::<CachePolicy>().is_none() {
        response.extensions_mut().insert(bounds.cache);
    }
    response
}

/// A body too large by its own account is refused before any of it is read.
fn announced_length(request: &Request) -> Option<usize> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
