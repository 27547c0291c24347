//! The query string.

use axum::{
    extract::{FromRequestParts, Query as Inner},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::http::problem::Refusal;

/// The query string, every field known.
pub(in crate::http) struct Query<T>(pub(in crate::http) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        match Inner::try_from_uri(&parts.uri) {
            Ok(Inner(value)) => Ok(Self(value)),
            Err(rejection) => Err(Refusal::bad_request(cause(&rejection))),
        }
    }
}

/// What serde said, without the sentence around it.
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    format!("the query string: {innermost}")
}
