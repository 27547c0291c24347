//! `GET /v1/criteria`: what is asked of products, and which levels are open. Public, as a scheme's criteria are.

use axum::{extract::State, http::HeaderMap, response::Response};

use super::{cache_policy::EntityTag, extract::Json, problem::Refusal};
use crate::service::desk::Desk;

/// `GET /v1/criteria`.
pub(super) async fn show(State(desk): State<Desk>, headers: HeaderMap) -> Result<Response, Refusal> {
    let criteria = desk.criteria();
    let bytes = serde_json::to_vec(criteria).map_err(|fault| Refusal::internal(&fault))?;
    Ok(EntityTag::weak_of_bytes(&bytes).guard(&headers, Json(criteria)))
}
