//! `/livez` and `/readyz`, for whoever starts, stops and balances nodes.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::extract::Json;
use crate::service::health::Health;

/// `GET /livez`: the process answers. Nothing else is asked: a database that is down is no reason to restart this.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: part by part. 503 tells a balancer to look elsewhere; it is an answer, not a problem document.
pub(super) async fn ready(State(health): State<Health>) -> Response {
    let report = health.report().await;
    let status = if report.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(report)).into_response()
}
