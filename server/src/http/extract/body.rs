//! The body as bytes, within the limit of its row in the route table.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use http_body_util::LengthLimitError;
use shirushi_shared::api::ProblemType;

use crate::http::problem::Refusal;

/// Reads the whole body of `request`.
pub(in crate::http) async fn read(request: Request) -> Result<Bytes, Refusal> {
    Bytes::from_request(request, &()).await.map_err(|rejection| refusal(rejection.status()))
}

/// The refusal of a body that is read piece by piece, and fails on the way.
pub(in crate::http) fn broken_off(error: axum::Error) -> Refusal {
    let is_limit = error.into_inner().is::<LengthLimitError>();
    refusal(if is_limit { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST })
}

/// The refusal of a body whose reading failed with `status`.
fn refusal(status: StatusCode) -> Refusal {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        Refusal::new(ProblemType::TooLarge, "the body is larger than is taken here")
    } else {
        Refusal::bad_request("the body ended before it was complete")
    }
}
