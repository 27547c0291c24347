//! `/v1/registrations`: what is on record, and changing it.

mod answer;
mod artwork;
mod change;
mod issue;

pub(super) use answer::status_answer;
pub(super) use artwork::{pdf, png, svg};
pub(super) use change::{expiry, state};
pub(super) use issue::{import, issue};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use shirushi_shared::{
    api::{Presented, ProblemType, ProductAnswer, StatusAnswer},
    claim::ProductClaims,
    label::RegistrationNumber,
    status::{Revision, StatusSource},
};

use super::{
    extract::{Json, Path, Query},
    problem::Refusal,
    revision::revision_tag,
};
use crate::{
    service::HistoryEntry,
    service::{
        records::{HistoryPage, Records},
        verify::Verifier,
    },
};

/// A registration as the public may read it.
#[derive(Serialize)]
struct RegistrationAnswer {
    number: String,
    product: ProductAnswer,
    status: StatusAnswer,
}

/// `GET /v1/registrations/{number}`.
pub(super) async fn show(
    State(verifier): State<Verifier>,
    Path(number): Path<RegistrationNumber>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let asked = Presented::Number(number.to_string());
    let answer = verifier.verify(asked, ProductClaims::default(), None).await.to_wire();
    let known = (answer.number, answer.product, answer.status.revision);
    let (Some(number), Some(product), Some(revision)) = known else {
        // Whether there is none, or nobody could be asked, are different answers.
        return Err(match answer.status.source {
            StatusSource::None if answer.not_a_label.is_none() => {
                Refusal::new(ProblemType::Unavailable, "the registry does not answer")
            }
            _ => unregistered(&number),
        });
    };
    let found = RegistrationAnswer { number, product, status: answer.status };
    Ok(revision_tag(revision).guard(&headers, Json(found)))
}

/// One entry of a history as the public may read it: who did it is not in it.
#[derive(Serialize)]
struct EntryAnswer {
    position: u64,
    at: shirushi_shared::time::UnixTime,
    what: String,
    state: &'static str,
    valid_from: shirushi_shared::time::UnixTime,
    expires: shirushi_shared::time::UnixTime,
    revision: u64,
    hash: String,
}

/// A part of the history of a registration.
#[derive(Serialize)]
struct HistoryAnswer {
    number: String,
    entries: Vec<EntryAnswer>,
    /// Whether there are entries after these.
    more: bool,
}

/// Which part of a history.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// Entries after this revision.
    #[serde(default)]
    after: u64,
    /// At most so many.
    #[serde(default = "most")]
    limit: u32,
}

const fn most() -> u32 {
    Records::MOST
}

/// `GET /v1/registrations/{number}/history`.
pub(super) async fn history(
    State(records): State<Records>,
    Path(number): Path<RegistrationNumber>,
    Query(Part { after, limit }): Query<Part>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    if !(1..=Records::MOST).contains(&limit) {
        return Err(Refusal::bad_request(format!("`limit` is 1 to {}", Records::MOST)));
    }
    let page = records.history(&number, Revision::new(after), limit).await?;
    let HistoryPage { entries, more } = page.ok_or_else(|| unregistered(&number))?;
    // What stands under one address changes only by entries behind its last one; `more` is in it.
    let revision = entries.last().map_or(after, |entry| entry.fact.revision().get());
    let revision = revision.saturating_add(more.into());
    let entries = entries.into_iter().filter_map(entry_answer).collect();
    let found = HistoryAnswer { number: number.to_string(), entries, more };
    Ok(revision_tag(revision).guard(&headers, Json(found)).into_response())
}

fn entry_answer(entry: HistoryEntry) -> Option<EntryAnswer> {
    let record = entry.fact.record()?;
    Some(EntryAnswer {
        position: entry.position.0,
        at: entry.at,
        state: record.state.name(),
        valid_from: record.valid.from,
        expires: record.valid.until,
        revision: record.revision.get(),
        hash: entry.hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        what: entry.what,
    })
}

fn unregistered(number: &RegistrationNumber) -> Refusal {
    Refusal::new(ProblemType::NotFound, format!("{number} is not registered"))
}
