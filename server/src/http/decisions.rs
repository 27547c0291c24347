//! `/v1/decisions`: what takes two people. One proposes, another confirms, and it is done in the same transaction.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use shirushi_shared::{api::StatusAnswer, label::RegistrationNumber, time::UnixTime};

use super::{
    extract::{Admitted, Json, Path, Query, ToConfirm, ToDecline, ToPropose, ToReadDecision},
    filed::{self, FiledAnswer, ListQuery},
    issued::IssuedAnswer,
    order::ReasonRequest,
    origin::PublicOrigin,
    problem::Refusal,
    registrations::status_answer,
    revision::{revision_tag, seen_revision},
};
use crate::{
    clock::SystemClock,
    scheme::{
        case_id::DecisionId,
        decision::{Decision, Proposal},
        text::Reason,
    },
    service::{
        approval::ApprovalInput,
        desk::{Desk, Filed},
    },
};

/// What is proposed. To issue labels is proposed at `/v1/registrations`.
#[derive(Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ProposeRequest {
    /// Withdraw a label for good.
    Revoke { number: RegistrationNumber, public_reason: Reason, reason: Reason },
    /// Extend a label on paper.
    Extend { number: RegistrationNumber, until: UnixTime, reason: Reason },
    /// Replace a label by that of another registration.
    Supersede {
        number: RegistrationNumber,
        successor: RegistrationNumber,
        public_reason: Reason,
        reason: Reason,
    },
}

/// What a confirmed decision came to.
#[derive(Serialize)]
struct DoneAnswer {
    decision: FiledAnswer<Decision>,
    /// The label that was changed.
    changed: Option<ChangedAnswer>,
    /// The labels that were issued, by their numbers.
    issued: Vec<IssuedAnswer>,
}

#[derive(Serialize)]
struct ChangedAnswer {
    number: RegistrationNumber,
    status: StatusAnswer,
}

#[derive(Serialize)]
struct ApprovalsAnswer {
    approvals: Vec<ApprovalInput>,
}

/// `GET /v1/decisions`.
pub(super) async fn list(
    Admitted { caller, .. }: Admitted<ToReadDecision>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Refusal> {
    let found = desk.decisions(&caller, query.check()?).await?;
    Ok(filed::list(found, clock.now(), |decision| decision))
}

/// `POST /v1/decisions`.
pub(super) async fn propose(
    Admitted { caller, .. }: Admitted<ToPropose>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    headers: HeaderMap,
    Json(request): Json<ProposeRequest>,
) -> Result<Response, Refusal> {
    let (what, reason) = request.check();
    let made = desk.propose(&caller, seen_revision(&headers)?, what, reason).await?;
    proposed(made, clock.now())
}

/// `GET /v1/decisions/{id}`.
pub(super) async fn show(
    Admitted { caller, .. }: Admitted<ToReadDecision>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<DecisionId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Ok(filed::show(desk.decision(&caller, &id).await?, clock.now(), &headers))
}

/// `GET /v1/decisions/{id}/approvals`.
pub(super) async fn approvals(
    Admitted { caller, .. }: Admitted<ToReadDecision>,
    State(desk): State<Desk>,
    Path(id): Path<DecisionId>,
) -> Result<Response, Refusal> {
    Ok(Json(ApprovalsAnswer { approvals: desk.proposed_approvals(&caller, &id).await? }).into_response())
}

/// `POST /v1/decisions/{id}/confirm`.
pub(super) async fn confirm(
    Admitted { caller, .. }: Admitted<ToConfirm>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    State(origin): State<PublicOrigin>,
    Path(id): Path<DecisionId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let done = desk.confirm(&caller, &id, seen_revision(&headers)?).await?;
    let now = clock.now();
    let revision = done.decision.revision.get();
    let answer = DoneAnswer {
        decision: FiledAnswer::new(done.decision, now),
        changed: done
            .changed
            .map(|record| ChangedAnswer { status: status_answer(&record, now), number: record.number }),
        issued: done.issued.iter().map(|label| IssuedAnswer::new(label, &origin)).collect(),
    };
    Ok(revision_tag(revision).guard(&HeaderMap::new(), Json(answer)))
}

/// `POST /v1/decisions/{id}/decline`.
pub(super) async fn decline(
    Admitted { caller, .. }: Admitted<ToDecline>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<DecisionId>,
    Json(request): Json<ReasonRequest>,
) -> Result<Response, Refusal> {
    let declined = desk.decline(&caller, &id, request.check()?).await?;
    Ok(filed::changed(declined, clock.now()))
}

/// A proposal that waits for a second person.
pub(super) fn proposed(made: Filed<Decision>, now: UnixTime) -> Result<Response, Refusal> {
    filed::opened(StatusCode::ACCEPTED, "/v1/decisions", made, now)
}

impl ProposeRequest {
    fn check(self) -> (Proposal, Reason) {
        match self {
            Self::Revoke { number, public_reason, reason } => {
                (Proposal::Revoke { number, public_reason }, reason)
            }
            Self::Extend { number, until, reason } => (Proposal::Extend { number, until }, reason),
            Self::Supersede { number, successor, public_reason, reason } => {
                (Proposal::Supersede { number, successor, public_reason }, reason)
            }
        }
    }
}
