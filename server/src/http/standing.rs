//! A holder's standing: `/v1/advisories`, `/v1/duties`, `/v1/registrations/{number}/standing` and `…/extension-review`.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use shirushi_shared::{label::RegistrationNumber, time::UnixTime};

use super::{
    extract::{Admitted, Json, Path, ToAskExtension, ToReadStanding, ToWriteAdvisory, ToWriteDuty},
    filed,
    order::ReasonRequest,
    problem::Refusal,
};
use crate::{
    clock::SystemClock,
    scheme::{
        case_id::{AdvisoryId, DutyId},
        evidence::EvidenceRef,
        standing::{Advisory, Duty, ExtensionRequest, NewAdvisory},
        text::Name,
    },
    service::desk::Desk,
};

/// A report that is due.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DutyRequest {
    number: RegistrationNumber,
    what: Name,
    due: UnixTime,
}

/// A report.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeliverRequest {
    evidence: EvidenceRef,
}

/// To which expiry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UntilRequest {
    until: UnixTime,
}

#[derive(Serialize)]
struct StandingAnswer {
    number: RegistrationNumber,
    advisories: Vec<Advisory>,
    duties: Vec<Duty>,
}

/// `POST /v1/advisories`.
pub(super) async fn record(
    Admitted { caller, .. }: Admitted<ToWriteAdvisory>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Json(about): Json<NewAdvisory>,
) -> Result<Response, Refusal> {
    let made = desk.record_advisory(&caller, about).await?;
    filed::opened(StatusCode::CREATED, "/v1/advisories", made, clock.now())
}

/// `POST /v1/advisories/{id}/fix`.
pub(super) async fn fix(
    Admitted { caller, .. }: Admitted<ToWriteAdvisory>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<AdvisoryId>,
) -> Result<Response, Refusal> {
    Ok(filed::changed(desk.end_advisory(&caller, &id, None).await?, clock.now()))
}

/// `POST /v1/advisories/{id}/close`.
pub(super) async fn close(
    Admitted { caller, .. }: Admitted<ToWriteAdvisory>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<AdvisoryId>,
    Json(request): Json<ReasonRequest>,
) -> Result<Response, Refusal> {
    let closed = desk.end_advisory(&caller, &id, Some(request.check()?)).await?;
    Ok(filed::changed(closed, clock.now()))
}

/// `POST /v1/duties`.
pub(super) async fn set_duty(
    Admitted { caller, .. }: Admitted<ToWriteDuty>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Json(DutyRequest { number, what, due }): Json<DutyRequest>,
) -> Result<Response, Refusal> {
    let made = desk.set_duty(&caller, &number, what, due).await?;
    filed::opened(StatusCode::CREATED, "/v1/duties", made, clock.now())
}

/// `POST /v1/duties/{id}/deliver`.
pub(super) async fn deliver(
    Admitted { caller, .. }: Admitted<ToWriteDuty>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<DutyId>,
    Json(DeliverRequest { evidence }): Json<DeliverRequest>,
) -> Result<Response, Refusal> {
    Ok(filed::changed(desk.deliver_duty(&caller, &id, evidence).await?, clock.now()))
}

/// `GET /v1/registrations/{number}/standing`.
pub(super) async fn show(
    Admitted { caller, .. }: Admitted<ToReadStanding>,
    State(desk): State<Desk>,
    Path(number): Path<RegistrationNumber>,
) -> Result<Response, Refusal> {
    let (advisories, duties) = desk.standing(&caller, &number).await?;
    Ok(Json(StandingAnswer { number, advisories, duties }).into_response())
}

/// `POST /v1/registrations/{number}/extension-review`.
pub(super) async fn extension_review(
    Admitted { caller, .. }: Admitted<ToAskExtension>,
    State(desk): State<Desk>,
    Path(number): Path<RegistrationNumber>,
    Json(UntilRequest { until }): Json<UntilRequest>,
) -> Result<Response, Refusal> {
    let review = desk.extension_review(&caller, &ExtensionRequest { number, until }).await?;
    Ok(Json(review).into_response())
}
