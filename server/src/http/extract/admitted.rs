//! Callers with an API key. Admission comes before the body is read: who may not write is not listened to.

use std::marker::PhantomData;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{header, request::Parts},
};
use shirushi_shared::api::ProblemType;

use crate::{
    http::problem::Refusal,
    service::Actor,
    service::access::{Access, Scope},
};

/// What a handler needs of its caller.
pub(in crate::http) trait Needs {
    /// The scope that the API key must have.
    const SCOPE: Scope;
}

macro_rules! needs {
    ($($name:ident $scope:ident $doc:literal;)*) => {$(
        #[doc = $doc]
        pub(in crate::http) struct $name;
        impl Needs for $name {
            const SCOPE: Scope = Scope::$scope;
        }
    )*};
}
needs! {
    ToIssue Issue "May put products on record and issue labels.";
    ToChange Change "May change states and expiries.";
    ToRead Read "May fetch labels for print.";
    ToExport Manage "May read the whole history, with the names of persons.";
}

/// A caller who was admitted.
pub(in crate::http) struct Admitted<N> {
    /// By whom a change is made, for the history.
    pub(in crate::http) by: Actor,
    needs: PhantomData<N>,
}

impl<N: Needs, S: Send + Sync> FromRequestParts<S> for Admitted<N>
where
    Access: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let presented = bearer(parts).ok_or_else(|| {
            Refusal::new(ProblemType::Unauthorized, "send an API key: Authorization: Bearer <key>")
        })?;
        let by = Access::from_ref(state).admit(presented, N::SCOPE).await?;
        Ok(Self { by, needs: PhantomData })
    }
}

/// The token of `Authorization: Bearer`, whose scheme has no case (RFC 9110 §11.1).
fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, token) = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
