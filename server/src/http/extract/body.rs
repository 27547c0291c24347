//! The body as bytes, within the limit of its row in the route table.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::StatusCode,
};
use shirushi_shared::api::ProblemType;

use crate::http::problem::Refusal;

/// Reads the whole body of `request`.
pub(in crate::http) async fn read(request: Request) -> Result<Bytes, Refusal> {
    Bytes::from_request(request, &()).await.map_err(|rejection| refusal(&rejection))
}

fn refusal(rejection: &BytesRejection) -> Refusal {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Refusal::new(ProblemType::TooLarge, "the body is larger than is taken here")
    } else {
        Refusal::bad_request("the body ended before it was complete")
    }
}
