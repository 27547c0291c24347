//! `/v1/applications`: from a draft to the label that follows from its approval.

mod answer;
mod order;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};

use self::{
    answer::{approved, summary},
    order::{ApproveRequest, ReportRequest},
};
use super::{
    extract::{
        Admitted, Json, Path, Query, ToAcceptReport, ToApprove, ToBeginReview, ToDraft, ToEditApplication,
        ToFileReport, ToReadApplication, ToReject, ToReturn, ToSubmit, ToWithdraw,
    },
    filed::{self, ListQuery},
    order::ReasonRequest,
    origin::PublicOrigin,
    problem::Refusal,
    revision::seen_revision,
};
use crate::{
    clock::SystemClock,
    scheme::{application::Content, case_id::ApplicationId},
    service::{
        caller::Caller,
        desk::{Desk, ReviewStep},
    },
};

/// `GET /v1/applications`.
pub(super) async fn list(
    Admitted { caller, .. }: Admitted<ToReadApplication>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Refusal> {
    let found = desk.applications(&caller, query.check()?).await?;
    Ok(filed::list(found, clock.now(), |application| summary(&application)))
}

/// `POST /v1/applications`.
pub(super) async fn draft(
    Admitted { caller, .. }: Admitted<ToDraft>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Json(content): Json<Content>,
) -> Result<Response, Refusal> {
    let made = desk.draft(&caller, content).await?;
    filed::opened(StatusCode::CREATED, "/v1/applications", made, clock.now())
}

/// `GET /v1/applications/{id}`.
pub(super) async fn show(
    Admitted { caller, .. }: Admitted<ToReadApplication>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<ApplicationId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Ok(filed::show(desk.application(&caller, &id).await?, clock.now(), &headers))
}

/// `POST /v1/applications/{id}/content`.
pub(super) async fn edit(
    Admitted { caller, .. }: Admitted<ToEditApplication>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<ApplicationId>,
    headers: HeaderMap,
    Json(content): Json<Content>,
) -> Result<Response, Refusal> {
    let edited = desk.edit(&caller, &id, seen_revision(&headers)?, content).await?;
    Ok(filed::changed(edited, clock.now()))
}

/// `POST /v1/applications/{id}/report`.
pub(super) async fn report(
    Admitted { caller, .. }: Admitted<ToFileReport>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<ApplicationId>,
    Json(request): Json<ReportRequest>,
) -> Result<Response, Refusal> {
    let report = request.of(caller.organisation());
    Ok(filed::changed(desk.file_report(&caller, &id, report).await?, clock.now()))
}

/// `POST /v1/applications/{id}/submit`.
pub(super) async fn submit(
    Admitted { caller, .. }: Admitted<ToSubmit>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<ApplicationId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let submitted = desk.submit(&caller, &id, seen_revision(&headers)?).await?;
    Ok(filed::changed(submitted, clock.now()))
}

/// `POST /v1/applications/{id}/withdraw`.
pub(super) async fn withdraw(
    Admitted { caller, .. }: Admitted<ToWithdraw>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<ApplicationId>,
) -> Result<Response, Refusal> {
    Ok(filed::changed(desk.withdraw(&caller, &id).await?, clock.now()))
}

/// `POST /v1/applications/{id}/review`.
pub(super) async fn review(
    Admitted { caller, .. }: Admitted<ToBeginReview>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<ApplicationId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    examine(&desk, &clock, &caller, &id, &headers, ReviewStep::Begin).await
}

/// `POST /v1/applications/{id}/accept-report`.
pub(super) async fn accept_report(
    Admitted { caller, .. }: Admitted<ToAcceptReport>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<ApplicationId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    examine(&desk, &clock, &caller, &id, &headers, ReviewStep::AcceptReport).await
}

/// `POST /v1/applications/{id}/return`.
pub(super) async fn send_back(
    Admitted { caller, .. }: Admitted<ToReturn>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<ApplicationId>,
    headers: HeaderMap,
    Json(request): Json<ReasonRequest>,
) -> Result<Response, Refusal> {
    examine(&desk, &clock, &caller, &id, &headers, ReviewStep::Return(request.check()?)).await
}

/// `POST /v1/applications/{id}/reject`.
pub(super) async fn reject(
    Admitted { caller, .. }: Admitted<ToReject>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<ApplicationId>,
    headers: HeaderMap,
    Json(request): Json<ReasonRequest>,
) -> Result<Response, Refusal> {
    examine(&desk, &clock, &caller, &id, &headers, ReviewStep::Reject(request.check()?)).await
}

/// `POST /v1/applications/{id}/approve`.
pub(super) async fn approve(
    Admitted { caller, .. }: Admitted<ToApprove>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    State(origin): State<PublicOrigin>,
    Path(id): Path<ApplicationId>,
    headers: HeaderMap,
    Json(request): Json<ApproveRequest>,
) -> Result<Response, Refusal> {
    let done = desk.approve(&caller, &id, seen_revision(&headers)?, request.check()?).await?;
    Ok(approved(done, &origin, clock.now()))
}

async fn examine(
    desk: &Desk,
    clock: &SystemClock,
    caller: &Caller,
    id: &ApplicationId,
    headers: &HeaderMap,
    step: ReviewStep,
) -> Result<Response, Refusal> {
    let examined = desk.examine(caller, id, seen_revision(headers)?, step).await?;
    Ok(filed::changed(examined, clock.now()))
}
