//! A parameter of the path.

use axum::{
    extract::{
        FromRequestParts,
        path::{ErrorKind, Path as Inner},
        rejection::PathRejection,
    },
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::http::problem::Refusal;

/// The parameters of the path.
pub(in crate::http) struct Path<T>(pub(in crate::http) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Inner::from_request_parts(parts, state).await {
            Ok(Inner(value)) => Ok(Self(value)),
            Err(rejection) => Err(refusal(rejection)),
        }
    }
}

fn refusal(rejection: PathRejection) -> Refusal {
    let PathRejection::FailedToDeserializePathParams(failed) = rejection else {
        return Refusal::internal(&rejection);
    };
    match failed.into_kind() {
        ErrorKind::InvalidUtf8InPathParam { key } => {
            Refusal::bad_request(format!("`{key}` in the address is not UTF-8"))
        }
        // The kinds that carry the value are told without it: a tail of `/v/` is not repeated anywhere.
        ErrorKind::DeserializeError { key, message, .. } => {
            Refusal::bad_request(format!("`{key}`: {message}"))
        }
        ErrorKind::ParseErrorAtKey { key, expected_type, .. } => {
            Refusal::bad_request(format!("`{key}` in the address is no {expected_type}"))
        }
        ErrorKind::Message(message) => Refusal::bad_request(message),
        _ => Refusal::bad_request("the address cannot be understood"),
    }
}
