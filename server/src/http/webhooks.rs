//! `/v1/webhooks`: where an organisation is told. A secret is in the answer that makes it, and nowhere else.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use shirushi_shared::time::UnixTime;

use super::{
    extract::{Admitted, Json, Path, Query, ToReadWebhook, ToWriteWebhook},
    paging,
    problem::Refusal,
};
use crate::service::watch::{Delivery, DeliveryState, Endpoint, EndpointId, EventId, Made, WatchLists};

/// An endpoint to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateRequest {
    url: String,
}

/// How long the old secret signs beside the new one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RotateRequest {
    overlap_hours: u32,
}

/// Which dead letters: the one with this `webhook-id`, or all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayRequest {
    #[serde(default)]
    delivery: Option<EventId>,
}

/// Which page of the deliveries.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeliveriesPage {
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    after: u64,
    #[serde(default)]
    limit: Option<u32>,
}

/// What is on record of an endpoint: never its secret.
#[derive(Serialize)]
struct EndpointAnswer {
    id: EndpointId,
    organisation: String,
    url: String,
    state: &'static str,
    created: UnixTime,
    /// Until when the secret of before signs as well.
    previous_until: Option<UnixTime>,
}

#[derive(Serialize)]
struct MadeAnswer {
    webhook: EndpointAnswer,
    /// Shown this once.
    secret: String,
}

#[derive(Serialize)]
struct ListAnswer {
    webhooks: Vec<EndpointAnswer>,
}

#[derive(Serialize)]
struct SentAnswer {
    delivery: EventId,
}

#[derive(Serialize)]
struct ReplayedAnswer {
    replayed: u64,
}

#[derive(Serialize)]
struct DeliveriesAnswer {
    deliveries: Vec<DeliveryAnswer>,
    /// What comes later is asked for by `after` with this.
    next: u64,
}

#[derive(Serialize)]
struct DeliveryAnswer {
    id: EventId,
    sequence: u64,
    #[serde(rename = "type")]
    kind: String,
    number: Option<String>,
    state: &'static str,
    attempts: u64,
    next_attempt: Option<UnixTime>,
    answer: Option<String>,
    created: UnixTime,
    settled: Option<UnixTime>,
}

/// `GET /v1/webhooks`.
pub(super) async fn list(
    Admitted { caller, .. }: Admitted<ToReadWebhook>,
    State(lists): State<WatchLists>,
) -> Result<Response, Refusal> {
    let webhooks = lists.endpoints(&caller).await?.into_iter().map(EndpointAnswer::of).collect();
    Ok(Json(ListAnswer { webhooks }).into_response())
}

/// `POST /v1/webhooks`.
pub(super) async fn create(
    Admitted { caller, .. }: Admitted<ToWriteWebhook>,
    State(lists): State<WatchLists>,
    Json(CreateRequest { url }): Json<CreateRequest>,
) -> Result<Response, Refusal> {
    let made = lists.create_endpoint(&url, &caller).await?;
    let place = HeaderValue::try_from(format!("/v1/webhooks/{}", made.endpoint.id));
    let mut response = (StatusCode::CREATED, answer(made)).into_response();
    if let Ok(place) = place {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// `POST /v1/webhooks/{id}/rotate`.
pub(super) async fn rotate(
    Admitted { caller, .. }: Admitted<ToWriteWebhook>,
    State(lists): State<WatchLists>,
    Path(id): Path<EndpointId>,
    Json(RotateRequest { overlap_hours }): Json<RotateRequest>,
) -> Result<Response, Refusal> {
    Ok(answer(lists.rotate_endpoint(&id, overlap_hours, &caller).await?).into_response())
}

/// `POST /v1/webhooks/{id}/pause`.
pub(super) async fn pause(
    Admitted { caller, .. }: Admitted<ToWriteWebhook>,
    State(lists): State<WatchLists>,
    Path(id): Path<EndpointId>,
) -> Result<Response, Refusal> {
    Ok(Json(EndpointAnswer::of(lists.pause_endpoint(&id, &caller).await?)).into_response())
}

/// `POST /v1/webhooks/{id}/resume`.
pub(super) async fn resume(
    Admitted { caller, .. }: Admitted<ToWriteWebhook>,
    State(lists): State<WatchLists>,
    Path(id): Path<EndpointId>,
) -> Result<Response, Refusal> {
    Ok(Json(EndpointAnswer::of(lists.resume_endpoint(&id, &caller).await?)).into_response())
}

/// `POST /v1/webhooks/{id}/test`.
pub(super) async fn test(
    Admitted { caller, .. }: Admitted<ToWriteWebhook>,
    State(lists): State<WatchLists>,
    Path(id): Path<EndpointId>,
) -> Result<Response, Refusal> {
    let delivery = lists.test_endpoint(&id, &caller).await?;
    Ok((StatusCode::ACCEPTED, Json(SentAnswer { delivery })).into_response())
}

/// `POST /v1/webhooks/{id}/delete`.
pub(super) async fn delete(
    Admitted { caller, .. }: Admitted<ToWriteWebhook>,
    State(lists): State<WatchLists>,
    Path(id): Path<EndpointId>,
) -> Result<Response, Refusal> {
    Ok(Json(EndpointAnswer::of(lists.delete_endpoint(&id, &caller).await?)).into_response())
}

/// `GET /v1/webhooks/{id}/deliveries`.
pub(super) async fn deliveries(
    Admitted { caller, .. }: Admitted<ToReadWebhook>,
    State(lists): State<WatchLists>,
    Path(id): Path<EndpointId>,
    Query(DeliveriesPage { state, after, limit }): Query<DeliveriesPage>,
) -> Result<Response, Refusal> {
    let limit = paging::size(limit)?;
    let known = |word: String| {
        DeliveryState::parse(&word).ok_or_else(|| Refusal::bad_request("state is pending, delivered or dead"))
    };
    let state = state.map(known).transpose()?;
    let found = lists.deliveries(&id, state, after, limit, &caller).await?;
    let next = found.last().map_or(after, |last| last.sequence);
    let deliveries = found.into_iter().map(DeliveryAnswer::of).collect();
    Ok(Json(DeliveriesAnswer { deliveries, next }).into_response())
}

/// `POST /v1/webhooks/{id}/replay`.
pub(super) async fn replay(
    Admitted { caller, .. }: Admitted<ToWriteWebhook>,
    State(lists): State<WatchLists>,
    Path(id): Path<EndpointId>,
    Json(ReplayRequest { delivery }): Json<ReplayRequest>,
) -> Result<Response, Refusal> {
    let replayed = lists.replay(&id, delivery.as_ref(), &caller).await?;
    Ok(Json(ReplayedAnswer { replayed }).into_response())
}

fn answer(made: Made) -> Json<MadeAnswer> {
    let secret = made.secret.reveal().to_owned();
    Json(MadeAnswer { webhook: EndpointAnswer::of(made.endpoint), secret })
}

impl EndpointAnswer {
    fn of(endpoint: Endpoint) -> Self {
        Self {
            id: endpoint.id,
            organisation: endpoint.owner,
            url: endpoint.url,
            state: endpoint.state.as_str(),
            created: endpoint.created,
            previous_until: endpoint.previous.map(|(_, until)| until),
        }
    }
}

impl DeliveryAnswer {
    fn of(delivery: Delivery) -> Self {
        let is_pending = delivery.state == DeliveryState::Pending;
        Self {
            id: delivery.id,
            sequence: delivery.sequence,
            kind: delivery.kind,
            number: delivery.number,
            state: delivery.state.as_str(),
            attempts: delivery.attempts,
            next_attempt: is_pending.then_some(delivery.next_attempt),
            answer: delivery.answer,
            created: delivery.created,
            settled: delivery.settled,
        }
    }
}
