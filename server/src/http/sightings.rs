//! `/v1/sightings`: the operator's side of reports of suspicious labels.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};

use super::{
    extract::{Admitted, Json, Path, Query, ToHandleSighting, ToReadSighting},
    fields::Fields,
    filed::{self, ListQuery},
    problem::Refusal,
    revision::seen_revision,
    security::Page,
};
use crate::{
    clock::SystemClock,
    scheme::{sighting::Reference, text::Reason},
    service::desk::Desk,
};

/// What was found.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FindingRequest {
    finding: String,
}

/// `GET /v1/sightings`.
pub(super) async fn list(
    Admitted { caller, .. }: Admitted<ToReadSighting>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Refusal> {
    let found = desk.sightings(&caller, query.check()?).await?;
    Ok(filed::list(found, clock.now(), |sighting| sighting))
}

/// `GET /v1/sightings/{id}`.
pub(super) async fn show(
    Admitted { caller, .. }: Admitted<ToReadSighting>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<Reference>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Ok(filed::show(desk.sighting(&caller, &id).await?, clock.now(), &headers))
}

/// `GET /v1/sightings/{id}/photograph`: a download, which no browser shows as a page of ours.
pub(super) async fn photograph(
    Admitted { caller, .. }: Admitted<ToHandleSighting>,
    State(desk): State<Desk>,
    Path(id): Path<Reference>,
) -> Result<Response, Refusal> {
    let bytes = desk.sighting_photograph(&caller, &id).await?;
    let named = HeaderValue::try_from(format!("attachment; filename=\"{id}.jpg\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
        (header::CONTENT_DISPOSITION, named.map_err(|fault| Refusal::internal(&fault))?),
    ];
    let mut response = (headers, Body::from(bytes)).into_response();
    response.extensions_mut().insert(Page::Download);
    Ok(response)
}

/// `POST /v1/sightings/{id}/take`.
pub(super) async fn take(
    Admitted { caller, .. }: Admitted<ToHandleSighting>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<Reference>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Ok(filed::changed(desk.take_sighting(&caller, &id, seen_revision(&headers)?).await?, clock.now()))
}

/// `POST /v1/sightings/{id}/close`.
pub(super) async fn close(
    Admitted { caller, .. }: Admitted<ToHandleSighting>,
    State(desk): State<Desk>,
    State(clock): State<SystemClock>,
    Path(id): Path<Reference>,
    headers: HeaderMap,
    Json(FindingRequest { finding }): Json<FindingRequest>,
) -> Result<Response, Refusal> {
    let mut fields = Fields::default();
    let finding = fields.keep("finding", Reason::parse(&finding));
    let finding = fields.done(finding)?;
    let closed = desk.close_sighting(&caller, &id, finding, seen_revision(&headers)?).await?;
    Ok(filed::changed(closed, clock.now()))
}
