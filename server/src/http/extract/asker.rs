//! Who asks about many labels, with a key or without.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{header, request::Parts},
};

use super::{Admitted, ToVerifyBulk};
use crate::{
    http::problem::Refusal,
    scheme::organisation::OrganisationId,
    service::{access::Access, caller::Caller},
};

/// Whose key it is, where one is sent; a key that is no good is refused: who sends one counts on what it allows.
pub(in crate::http) struct Asker(pub(in crate::http) Option<Caller>);

impl Asker {
    /// The organisation of the key.
    pub(in crate::http) fn organisation(&self) -> Option<&OrganisationId> {
        self.0.as_ref().map(Caller::organisation)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asker
where
    Access: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Ok(Self(None));
        }
        let Admitted { caller, .. } = Admitted::<ToVerifyBulk>::from_request_parts(parts, state).await?;
        Ok(Self(Some(caller)))
    }
}
