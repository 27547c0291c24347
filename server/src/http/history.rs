//! `GET /v1/history`: the whole history, for auditors. It names persons, and is not for the public.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::{
    extract::{Admitted, Json, Query, ToExport},
    problem::Refusal,
};
use crate::service::{
    Position,
    history::{History, HistoryLine},
};

/// Most entries in one answer: some hundred kilobytes.
const MOST: u32 = 500;

/// Which part of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// Entries after this position.
    #[serde(default)]
    after: u64,
    /// At most so many.
    #[serde(default = "most")]
    limit: u32,
}

const fn most() -> u32 {
    MOST
}

/// A part of the history.
#[derive(Serialize)]
pub(super) struct HistoryPart {
    entries: Vec<HistoryLine>,
    /// Whether there are entries after these.
    more: bool,
}

/// `GET /v1/history`.
pub(super) async fn show(
    _: Admitted<ToExport>,
    State(history): State<History>,
    Query(Part { after, limit }): Query<Part>,
) -> Result<Json<HistoryPart>, Refusal> {
    if !(1..=MOST).contains(&limit) {
        return Err(Refusal::bad_request(format!("`limit` is 1 to {MOST}")));
    }
    let mut entries = history.lines(Position(after), limit + 1).await?;
    let more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    Ok(Json(HistoryPart { entries, more }))
}
