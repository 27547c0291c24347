//! Changing what a label is worth: its state, its expiry. With `If-Match`, only from the revision that was seen.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::{Deserialize, Serialize};
use shirushi_shared::{
    api::{FieldProblem, StatusAnswer},
    label::{RegistrationNumber, StateChange},
    time::UnixTime,
};

use super::answer::status_answer;
use crate::{
    clock::SystemClock,
    http::{
        extract::{Admitted, Json, Path, ToChangeState, ToExtend},
        problem::Refusal,
        revision::{revision_tag, seen_revision},
    },
    service::{
        Actor, Change,
        access::{Access, Action},
        approval::MAX_NAME,
        issue::Issuer,
    },
};

/// What is to become of the state.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct StateRequest {
    change: ChangeWord,
    /// For the public; needed to suspend and revoke.
    #[serde(default)]
    reason: Option<String>,
    /// When a suspension ends by itself.
    #[serde(default)]
    until: Option<UnixTime>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChangeWord {
    Suspend,
    Reinstate,
    Grace,
    Revoke,
}

/// When the validity ends from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ExpiryRequest {
    until: UnixTime,
}

/// A registration's status after a change.
#[derive(Serialize)]
struct Changed {
    number: String,
    status: StatusAnswer,
}

/// `POST /v1/registrations/{number}/state`.
pub(in crate::http) async fn state(
    Admitted { caller, .. }: Admitted<ToChangeState>,
    State(access): State<Access>,
    State(issuer): State<Issuer>,
    State(clock): State<SystemClock>,
    Path(number): Path<RegistrationNumber>,
    headers: HeaderMap,
    Json(request): Json<StateRequest>,
) -> Result<Response, Refusal> {
    access.on_label(&caller, request.change.action(), &number).await?;
    let change = request.check().map_err(Refusal::of_fields)?;
    apply(&issuer, &clock, &number, &headers, Change::State(change), &caller.actor).await
}

/// `POST /v1/registrations/{number}/expiry`.
pub(in crate::http) async fn expiry(
    Admitted { caller, .. }: Admitted<ToExtend>,
    State(access): State<Access>,
    State(issuer): State<Issuer>,
    State(clock): State<SystemClock>,
    Path(number): Path<RegistrationNumber>,
    headers: HeaderMap,
    Json(ExpiryRequest { until }): Json<ExpiryRequest>,
) -> Result<Response, Refusal> {
    access.on_label(&caller, Action::LabelExtend, &number).await?;
    apply(&issuer, &clock, &number, &headers, Change::Expiry { until }, &caller.actor).await
}

async fn apply(
    issuer: &Issuer,
    clock: &SystemClock,
    number: &RegistrationNumber,
    headers: &HeaderMap,
    change: Change,
    by: &Actor,
) -> Result<Response, Refusal> {
    let record = issuer.change(number, seen_revision(headers)?, change, by).await?;
    let changed = Changed { number: number.to_string(), status: status_answer(&record, clock.now()) };
    Ok(revision_tag(record.revision.get()).guard(&HeaderMap::new(), Json(changed)))
}

impl ChangeWord {
    const fn action(self) -> Action {
        match self {
            Self::Suspend => Action::LabelSuspend,
            Self::Reinstate => Action::LabelReinstate,
            Self::Grace => Action::LabelGrace,
            Self::Revoke => Action::LabelRevoke,
        }
    }
}

impl StateRequest {
    fn check(self) -> Result<StateChange, Vec<FieldProblem>> {
        let problem = |field: &str, detail: &str| {
            vec![FieldProblem { row: None, field: field.to_owned(), detail: detail.to_owned() }]
        };
        if self.until.is_some() && !matches!(self.change, ChangeWord::Suspend) {
            return Err(problem("until", "only a suspension ends by itself"));
        }
        if self.reason.is_some() && matches!(self.change, ChangeWord::Reinstate | ChangeWord::Grace) {
            return Err(problem("reason", "only a suspension and a revocation have a reason"));
        }
        let reason = self.reason.unwrap_or_default().trim().to_owned();
        let change = match self.change {
            ChangeWord::Reinstate => return Ok(StateChange::Reinstate),
            ChangeWord::Grace => return Ok(StateChange::EnterGrace),
            ChangeWord::Suspend => StateChange::Suspend { until: self.until, reason: reason.clone() },
            ChangeWord::Revoke => StateChange::Revoke { reason: reason.clone() },
        };
        if reason.is_empty() {
            Err(problem("reason", "is needed: it is shown to whoever scans the label"))
        } else if reason.len() > MAX_NAME || reason.chars().any(char::is_control) {
            Err(problem("reason", "is longer than 300 bytes, or has a control character"))
        } else {
            Ok(change)
        }
    }
}
