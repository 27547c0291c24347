//! `/v1/notices`: change notices (変更届).

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use shirushi_shared::label::RegistrationNumber;

use super::{
    extract::{Admitted, Json, Path, Query, ToDecideNotice, ToFileNotice, ToReadNotice, ToWithdrawNotice},
    filed::{self, ListQuery},
    order::ReasonRequest,
    problem::Refusal,
    revision::seen_revision,
};
use crate::{
    clock::SystemClock,
    scheme::{case_id::NoticeId, notice::NoticeContent},
    service::desk::Desk,
};

/// `POST /v1/registrations/{number}/notices`.
pub(super) async fn file(
    Admitted { caller, .. }: Admitted<ToFileNotice>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(number): Path<RegistrationNumber>,
    Json(content): Json<NoticeContent>,
) -> Result<Response, Refusal> {
    let made = desk.file_notice(&caller, &number, content).await?;
    filed::opened(StatusCode::CREATED, "/v1/notices", made, clock.now())
}

/// `GET /v1/notices`.
pub(super) async fn list(
    Admitted { caller, .. }: Admitted<ToReadNotice>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Refusal> {
    let found = desk.notices(&caller, query.check()?).await?;
    Ok(filed::list(found, clock.now(), |notice| notice))
}

/// `GET /v1/notices/{id}`.
pub(super) async fn show(
    Admitted { caller, .. }: Admitted<ToReadNotice>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<NoticeId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Ok(filed::show(desk.notice(&caller, &id).await?, clock.now(), &headers))
}

/// `POST /v1/notices/{id}/accept`.
pub(super) async fn accept(
    Admitted { caller, .. }: Admitted<ToDecideNotice>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<NoticeId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let accepted = desk.accept_notice(&caller, &id, seen_revision(&headers)?).await?;
    Ok(filed::changed(accepted, clock.now()))
}

/// `POST /v1/notices/{id}/refuse`.
pub(super) async fn refuse(
    Admitted { caller, .. }: Admitted<ToDecideNotice>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<NoticeId>,
    Json(request): Json<ReasonRequest>,
) -> Result<Response, Refusal> {
    let refused = desk.refuse_notice(&caller, &id, request.check()?).await?;
    Ok(filed::changed(refused, clock.now()))
}

/// `POST /v1/notices/{id}/withdraw`.
pub(super) async fn withdraw(
    Admitted { caller, .. }: Admitted<ToWithdrawNotice>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<NoticeId>,
) -> Result<Response, Refusal> {
    Ok(filed::changed(desk.withdraw_notice(&caller, &id).await?, clock.now()))
}
