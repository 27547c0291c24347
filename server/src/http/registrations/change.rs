//! Changing what a label is worth: its state, its expiry. With `If-Match`, only from the revision that was seen.
//!
//! To suspend, put into grace, reinstate and shorten is done at once: it protects, or can be undone. To revoke and to extend
//! takes two people: here it is proposed.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::{Deserialize, Serialize};
use shirushi_shared::{
    api::{FieldProblem, StatusAnswer},
    label::{RegistrationNumber, StateChange},
    status::StatusRecord,
    time::UnixTime,
};

use super::answer::status_answer;
use crate::{
    clock::SystemClock,
    http::{
        decisions::proposed,
        extract::{Admitted, Json, Path, ToChangeState, ToExtend},
        fields::Fields,
        problem::Refusal,
        revision::{revision_tag, seen_revision},
    },
    scheme::{decision::Proposal, text::Reason},
    service::{
        access::{AccessError, Action},
        approval::MAX_NAME,
        desk::{Desk, ExpiryChange},
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
    /// For who confirms an extension.
    #[serde(default)]
    reason: Option<String>,
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
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(number): Path<RegistrationNumber>,
    headers: HeaderMap,
    Json(request): Json<StateRequest>,
) -> Result<Response, Refusal> {
    // Before anything is said of the rest of the order.
    caller.may(request.change.action(), None).map_err(AccessError::Denied)?;
    let seen = seen_revision(&headers)?;
    match request.check().map_err(Refusal::of_fields)? {
        StateChange::Revoke { reason } => {
            let public_reason = checked_reason(&reason)?;
            let what = Proposal::Revoke { number, public_reason: public_reason.clone() };
            let made = desk.propose(&caller, seen, what, public_reason).await?;
            proposed(made, clock.now())
        }
        change => {
            let record = desk.change_state(&caller, &number, seen, change).await?;
            Ok(changed(&record, &clock))
        }
    }
}

/// `POST /v1/registrations/{number}/expiry`.
pub(in crate::http) async fn expiry(
    Admitted { caller, .. }: Admitted<ToExtend>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(number): Path<RegistrationNumber>,
    headers: HeaderMap,
    Json(ExpiryRequest { until, reason }): Json<ExpiryRequest>,
) -> Result<Response, Refusal> {
    let reason = checked_reason(reason.as_deref().unwrap_or("extension"))?;
    match desk.change_expiry(&caller, &number, seen_revision(&headers)?, until, reason).await? {
        ExpiryChange::Shortened(record) => Ok(changed(&record, &clock)),
        ExpiryChange::Proposed(made) => proposed(*made, clock.now()),
    }
}

fn changed(record: &StatusRecord, clock: &SystemClock) -> Response {
    let changed = Changed { number: record.number.to_string(), status: status_answer(record, clock.now()) };
    revision_tag(record.revision.get()).guard(&HeaderMap::new(), Json(changed))
}

fn checked_reason(text: &str) -> Result<Reason, Refusal> {
    let mut fields = Fields::default();
    let reason = fields.keep("reason", Reason::parse(text));
    fields.done(reason)
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
