//! What a row of the route table is, and how its limits are kept.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, Request, State},
    handler::Handler,
    http::{HeaderMap, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use futures_util::StreamExt as _;
use shirushi_shared::api::ProblemType;

use super::{
    cache_policy::CachePolicy,
    extract::bearer,
    overload::{Gate, Turn},
    problem::Refusal,
    state::AppState,
};
use crate::service::access::{Access, Action};

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
    pub(super) verb: Verb,
    pub(super) path: &'static str,
    pub(super) cache: CachePolicy,
    /// Largest body, in bytes.
    body: usize,
    /// Longest time from the first byte of the request to the answer; reading the body is in it, unless it is streamed.
    time: Duration,
    /// Whether it is answered however busy the service is.
    pub(super) always: bool,
    /// Of which turns it takes one, and for how long.
    flow: Flow,
    /// What a key must allow so that its holder is answered when anybody else is refused; `None`: any key will do.
    reserved: Option<Action>,
    route: MethodRouter<AppState>,
}

/// What an answer is, for whoever counts how many there are at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    /// It has its turn until it begins.
    Whole,
    /// It goes on for as long as its body is read, and with it the turn, of the few that there are for streams.
    Streamed,
    /// As that, of the many that there are for those who watch and cost next to nothing.
    Watched,
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
        verb,
        path,
        cache,
        body,
        time,
        always: false,
        flow: Flow::Whole,
        reserved: None,
        route: on(filter, handler),
    }
}

impl Row {
    /// This row, answered even when the service refuses everything else: who watches it must not be shed.
    pub(super) const fn always(mut self) -> Self {
        self.always = true;
        self
    }

    /// This row, answered to whoever may do `action` also when others are refused.
    pub(super) const fn reserved_for(mut self, action: Action) -> Self {
        self.reserved = Some(action);
        self
    }

    /// This row, whose answer is a stream: it has a turn of the few that there are for streams, from its beginning to its
    /// end, and its body has limits of its own.
    pub(super) const fn streamed(mut self) -> Self {
        self.flow = Flow::Streamed;
        self
    }

    /// This row, whose answer says how something goes on until it has ended, to somebody who mostly waits.
    pub(super) const fn watched(mut self) -> Self {
        self.flow = Flow::Watched;
        self
    }

    /// The row as a route that keeps its limits.
    pub(super) fn into_route(self, state: &AppState) -> MethodRouter<AppState> {
        let gate = match self.flow {
            Flow::Whole => &state.gate,
            Flow::Streamed => &state.streams,
            Flow::Watched => &state.watchers,
        };
        let bounds = Bounds {
            body: self.body,
            time: self.time,
            cache: self.cache,
            gate: (!self.always).then(|| gate.clone()),
            reserved: self.reserved,
            holds: self.flow != Flow::Whole,
            access: state.access.clone(),
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
    /// Whether the turn is held until the body has ended.
    holds: bool,
    reserved: Option<Action>,
    access: Access,
}

impl Bounds {
    /// A turn for a request with these headers; `None` where it needs none.
    async fn turn(&self, headers: &HeaderMap) -> Result<Option<Turn>, Refusal> {
        let Some(gate) = &self.gate else { return Ok(None) };
        let refusal = match gate.enter() {
            Ok(turn) => return Ok(Some(turn)),
            Err(refusal) => refusal,
        };
        let Some(key) = bearer(headers) else { return Err(refusal) };
        let turn = gate.enter_reserve()?;
        let caller = match self.reserved {
            Some(action) => self.access.admit(key, action, None).await,
            None => self.access.recognise(key).await,
        };
        // Whatever is wrong with the key is told when there is room again.
        caller.map(|_| Some(turn)).map_err(|_| refusal)
    }
}

async fn keep(State(bounds): State<Bounds>, request: Request, next: Next) -> Response {
    let turn = match bounds.turn(request.headers()).await {
        Ok(turn) => turn,
        Err(refusal) => return refusal.into_response(),
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
    if bounds.holds { holding(response, turn) } else { response }
}

/// `response`, which has `turn` until its body has ended or is dropped.
fn holding(response: Response, turn: Option<Turn>) -> Response {
    response.map(|body| {
        Body::from_stream(body.into_data_stream().inspect(move |_| {
            let _held = &turn;
        }))
    })
}

/// A body too large by its own account is refused before any of it is read.
fn announced_length(request: &Request) -> Option<usize> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
