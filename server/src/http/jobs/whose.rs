//! For whom somebody asks about jobs.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{header, request::Parts},
};

use crate::{
    http::{
        extract::{Admitted, ToVerifyBulk},
        problem::Refusal,
    },
    scheme::organisation::OrganisationId,
    service::access::Access,
};

/// The organisation of the key, where one is sent; a key that is no good is refused: who sends one counts on what it allows.
pub(in crate::http) struct Whose(pub(super) Option<OrganisationId>);

impl<S: Send + Sync> FromRequestParts<S> for Whose
where
    Access: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Ok(Self(None));
        }
        let Admitted { caller, .. } = Admitted::<ToVerifyBulk>::from_request_parts(parts, state).await?;
        Ok(Self(Some(caller.organisation().clone())))
    }
}
