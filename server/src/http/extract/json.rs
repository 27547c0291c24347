//! JSON in, JSON out.

use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use shirushi_shared::api::ProblemType;

use super::body;
use crate::http::problem::Refusal;

/// A body in JSON.
pub(in crate::http) struct Json<T>(pub(in crate::http) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        if !is_json(request.headers()) {
            return Err(Refusal::new(
                ProblemType::UnsupportedMediaType,
                "send JSON with Content-Type: application/json",
            ));
        }
        let bytes = body::read(request).await?;
        // The message names line and column by itself.
        serde_json::from_slice(&bytes).map(Self).map_err(Refusal::bad_request)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
            }
            Err(fault) => Refusal::internal(&fault).into_response(),
        }
    }
}

/// Whether the body says that it is JSON, with or without parameters.
pub(in crate::http) fn is_json(headers: &HeaderMap) -> bool {
    let Some(media) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = media.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}
