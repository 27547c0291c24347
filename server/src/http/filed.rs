//! Cases of the office over the wire: applications, decisions, notices, advisories, duties, each with what the registry
//! notes of it, and lists of them.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use shirushi_shared::{label::RegistrationNumber, time::UnixTime};

use super::{extract::Json, problem::Refusal, revision::revision_tag};
use crate::service::desk::{Document, Filed, Listed, Page};

/// A case with what the registry notes of it.
#[derive(Serialize)]
pub(super) struct FiledAnswer<D> {
    id: String,
    state: &'static str,
    number: Option<RegistrationNumber>,
    owner: Option<String>,
    revision: u64,
    opened: UnixTime,
    changed: UnixTime,
    document: D,
}

/// A page of a list.
#[derive(Serialize)]
struct ListAnswer<D> {
    cases: Vec<FiledAnswer<D>>,
    /// The next page is asked for by `after` with this.
    next: Option<String>,
}

/// Which page of the list, and of what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    #[serde(default)]
    after: Option<String>,
    #[serde(default)]
    limit: Option<u32>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    number: Option<RegistrationNumber>,
}

/// Cases of a page where the caller does not say.
const USUAL: u32 = 50;
/// Longest word that is looked for: names and states are shorter.
const LONGEST_WORD: usize = 64;

impl ListQuery {
    /// The page that is asked for.
    pub(super) fn check(self) -> Result<Page, Refusal> {
        let limit = self.limit.unwrap_or(USUAL);
        if !(1..=Page::MOST).contains(&limit) {
            return Err(Refusal::bad_request(format!("limit is 1 to {}", Page::MOST)));
        }
        if [&self.after, &self.state].into_iter().flatten().any(|word| word.len() > LONGEST_WORD) {
            return Err(Refusal::bad_request("after and state are words"));
        }
        Ok(Page { state: self.state, number: self.number, after: self.after, limit })
    }
}

impl<T: Document> FiledAnswer<T> {
    /// `filed` as it is at `now`.
    pub(super) fn new(filed: Filed<T>, now: UnixTime) -> Self {
        FiledAnswer::telling(filed, now, |document| document)
    }
}

impl<D> FiledAnswer<D> {
    /// As [`FiledAnswer::new`], with what `tell` makes of the document.
    fn telling<T: Document>(filed: Filed<T>, now: UnixTime, tell: impl FnOnce(T) -> D) -> Self {
        let document = filed.document;
        Self {
            id: document.name().to_owned(),
            state: document.state_at(now),
            number: document.about().cloned(),
            owner: filed.owner,
            revision: filed.revision.get(),
            opened: filed.opened,
            changed: filed.changed,
            document: tell(document),
        }
    }
}

/// `filed`, with its revision as the tag.
pub(super) fn show<T: Document>(filed: Filed<T>, now: UnixTime, asked: &HeaderMap) -> Response {
    let tag = revision_tag(filed.revision.get());
    tag.guard(asked, Json(FiledAnswer::new(filed, now)))
}

/// `filed` after a step.
pub(super) fn changed<T: Document>(filed: Filed<T>, now: UnixTime) -> Response {
    show(filed, now, &HeaderMap::new())
}

/// `filed`, new, found below `place` from now on.
pub(super) fn opened<T: Document>(
    status: StatusCode,
    place: &str,
    filed: Filed<T>,
    now: UnixTime,
) -> Result<Response, Refusal> {
    let location = format!("{place}/{}", filed.document.name());
    let location = HeaderValue::try_from(location).map_err(|fault| Refusal::internal(&fault))?;
    let mut response = (status, changed(filed, now)).into_response();
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// A page of a list, with what `tell` makes of each document.
pub(super) fn list<T: Document, D: Serialize>(
    listed: Listed<T>,
    now: UnixTime,
    tell: impl Fn(T) -> D,
) -> Response {
    let cases = listed.cases.into_iter().map(|filed| FiledAnswer::telling(filed, now, &tell)).collect();
    Json(ListAnswer { cases, next: listed.next }).into_response()
}
