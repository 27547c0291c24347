//! Issuing labels for products that were approved elsewhere: all of a request or none. It takes two people: what is handed in
//! here is proposed, and issued when somebody else confirms it at `/v1/decisions/{id}/confirm`.

use axum::{
    extract::{Request, State},
    http::header,
    response::Response,
};
use serde::Deserialize;
use shirushi_shared::api::{FieldProblem, ProblemType};

use crate::{
    clock::SystemClock,
    http::{
        decisions::proposed,
        extract::{Admitted, Json, Query, ToIssue, read_body},
        fields::Fields,
        problem::Refusal,
    },
    scheme::text::Reason,
    service::{approval::ApprovalInput, caller::Caller, desk::Desk, import::read_inputs},
};

/// Most approvals of one JSON request; more come as a file.
const MAX_APPROVALS: usize = 1_000;

/// Products that were approved.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct IssueRequest {
    approvals: Vec<ApprovalInput>,
    /// For who confirms.
    #[serde(default)]
    reason: Option<String>,
}

/// What is said of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ImportQuery {
    /// For who confirms.
    #[serde(default)]
    reason: Option<String>,
}

/// `POST /v1/registrations`.
pub(in crate::http) async fn issue(
    Admitted { caller, .. }: Admitted<ToIssue>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Json(request): Json<IssueRequest>,
) -> Result<Response, Refusal> {
    let reason = request.reason.clone();
    propose(&desk, &clock, &caller, request.check()?, reason).await
}

/// `POST /v1/registrations/import`.
pub(in crate::http) async fn import(
    Admitted { caller, .. }: Admitted<ToIssue>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Query(ImportQuery { reason }): Query<ImportQuery>,
    request: Request,
) -> Result<Response, Refusal> {
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !media.is_some_and(|media| media.starts_with("text/csv")) {
        let detail = "send the file with Content-Type: text/csv";
        return Err(Refusal::new(ProblemType::UnsupportedMediaType, detail));
    }
    let file = read_body(request).await?;
    let approvals = tokio::task::spawn_blocking(move || read_inputs(&file))
        .await
        .map_err(|fault| Refusal::internal(&fault))?
        .map_err(Refusal::of_fields)?;
    propose(&desk, &clock, &caller, approvals, reason).await
}

async fn propose(
    desk: &Desk,
    clock: &SystemClock,
    caller: &Caller,
    approvals: Vec<ApprovalInput>,
    reason: Option<String>,
) -> Result<Response, Refusal> {
    let usual = || format!("approved elsewhere: {} registrations", approvals.len());
    let mut fields = Fields::default();
    let reason = fields.keep("reason", Reason::parse(&reason.unwrap_or_else(usual)));
    let made = desk.propose_issue(caller, approvals, fields.done(reason)?).await?;
    proposed(made, clock.now())
}

impl IssueRequest {
    fn check(self) -> Result<Vec<ApprovalInput>, Refusal> {
        if self.approvals.is_empty() || self.approvals.len() > MAX_APPROVALS {
            let detail = format!("there must be 1 to {MAX_APPROVALS}");
            return Err(Refusal::of_field("approvals", &detail));
        }
        let wrong = self.approvals.iter().enumerate().flat_map(|(index, input)| {
            let problems = input.clone().check().err().unwrap_or_default();
            problems.into_iter().map(move |problem| FieldProblem {
                field: format!("approvals[{index}].{}", problem.field),
                ..problem
            })
        });
        let wrong: Vec<_> = wrong.collect();
        if wrong.is_empty() { Ok(self.approvals) } else { Err(Refusal::of_fields(wrong)) }
    }
}
