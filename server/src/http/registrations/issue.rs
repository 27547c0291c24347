//! Putting approved products on record: all of a request or none.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use shirushi_shared::{
    api::{FieldProblem, ProblemType},
    time::UnixTime,
    token::{TextForm, TokenId},
};

use crate::{
    http::{
        extract::{Admitted, Json, ToIssue, read_body},
        origin::PublicOrigin,
        problem::Refusal,
    },
    service::Actor,
    service::{
        approval::{Approval, ApprovalInput},
        import::read_csv,
        issue::{IssueError, Issued, Issuer},
    },
};

/// Most approvals of one JSON request; more come as a file.
const MAX_APPROVALS: usize = 1_000;

/// Products that were approved.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct IssueRequest {
    approvals: Vec<ApprovalInput>,
}

/// What was issued, in the order of the request (of a file: of the numbers).
#[derive(Serialize)]
struct IssueAnswer {
    issued: Vec<IssuedAnswer>,
}

/// One label that was issued.
#[derive(Serialize)]
struct IssuedAnswer {
    number: String,
    revision: u64,
    valid_from: UnixTime,
    expires: UnixTime,
    /// What the QR code holds.
    link: String,
    /// The same token as base64url.
    token: String,
    token_sha256: TokenId,
}

/// `POST /v1/registrations`.
pub(in crate::http) async fn issue(
    Admitted { caller, .. }: Admitted<ToIssue>,
    State(issuer): State<Issuer>,
    State(origin): State<PublicOrigin>,
    Json(request): Json<IssueRequest>,
) -> Result<Response, Refusal> {
    put_on_record(&issuer, &origin, request.check()?, &caller.actor).await
}

/// `POST /v1/registrations/import`.
pub(in crate::http) async fn import(
    Admitted { caller, .. }: Admitted<ToIssue>,
    State(issuer): State<Issuer>,
    State(origin): State<PublicOrigin>,
    request: Request,
) -> Result<Response, Refusal> {
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !media.is_some_and(|media| media.starts_with("text/csv")) {
        let detail = "send the file with Content-Type: text/csv";
        return Err(Refusal::new(ProblemType::UnsupportedMediaType, detail));
    }
    let file = read_body(request).await?;
    let approvals = tokio::task::spawn_blocking(move || read_csv(&file))
        .await
        .map_err(|fault| Refusal::internal(&fault))?
        .map_err(Refusal::of_fields)?;
    put_on_record(&issuer, &origin, approvals, &caller.actor).await
}

async fn put_on_record(
    issuer: &Issuer,
    origin: &PublicOrigin,
    approvals: Vec<Approval>,
    by: &Actor,
) -> Result<Response, Refusal> {
    let labels = issuer.issue(approvals, by).await?;
    let answer =
        IssueAnswer { issued: labels.iter().map(|label| IssuedAnswer::new(label, origin)).collect() };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

impl IssueRequest {
    fn check(self) -> Result<Vec<Approval>, Refusal> {
        if self.approvals.is_empty() || self.approvals.len() > MAX_APPROVALS {
            return Err(Refusal::of_fields(vec![FieldProblem {
                row: None,
                field: "approvals".to_owned(),
                detail: format!("there must be 1 to {MAX_APPROVALS}"),
            }]));
        }
        let mut approvals = Vec::with_capacity(self.approvals.len());
        let mut wrong = Vec::new();
        for (index, input) in self.approvals.into_iter().enumerate() {
            match input.check() {
                Ok(approval) => approvals.push(approval),
                Err(problems) => wrong.extend(problems.into_iter().map(|problem| FieldProblem {
                    field: format!("approvals[{index}].{}", problem.field),
                    ..problem
                })),
            }
        }
        if wrong.is_empty() { Ok(approvals) } else { Err(Refusal::of_fields(wrong)) }
    }
}

impl IssuedAnswer {
    fn new(Issued { record, token }: &Issued, origin: &PublicOrigin) -> Self {
        Self {
            number: record.number.to_string(),
            revision: record.revision.get(),
            valid_from: record.valid.from,
            expires: record.valid.until,
            link: token.link(origin.as_str()),
            token: token.to_text(TextForm::Base64Url),
            token_sha256: token.id(),
        }
    }
}

impl From<IssueError> for Refusal {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Registry(error) => error.into(),
            IssueError::Sign(_) | IssueError::Random(_) => Self::internal(&error),
        }
    }
}
