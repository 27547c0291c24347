//! A form without files.

use axum::{
    extract::{FromRequest, Request},
    http::StatusCode,
};
use serde::de::DeserializeOwned;
use shirushi_shared::api::ProblemType;

use crate::http::problem::Refusal;

/// The fields of a form (`application/x-www-form-urlencoded`).
pub(in crate::http) struct Form<T>(pub(in crate::http) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let form = axum::Form::from_request(request, &()).await;
        form.map(|axum::Form(fields)| Self(fields)).map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Refusal::new(ProblemType::TooLarge, "the form is larger than is taken here")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Refusal::new(
                ProblemType::UnsupportedMediaType,
                "send a form with Content-Type: application/x-www-form-urlencoded",
            ),
            _ => Refusal::bad_request(rejection.body_text()),
        })
    }
}
