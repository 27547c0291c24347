//! The scheme's keys: the signed trust list, and mirrors of the same keys in two common forms, which are unsigned and for
//! convenience. A checker believes the list alone, by the `trust` key that it pins.

use std::sync::{Arc, PoisonError, RwLock};

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use shirushi_shared::api::ProblemType;

use super::{
    cache_policy::EntityTag,
    problem::Refusal,
    published::{COSE_SIGN1, for_everyone},
};

/// The published files. Cheap to clone; all clones show what was published last.
#[derive(Clone, Debug)]
pub struct Published(Arc<RwLock<Files>>);

/// The keys in three forms.
#[derive(Clone, Debug)]
pub struct Files {
    /// COSE_Sign1 by the active `trust` key.
    pub trust_list: Bytes,
    /// The same list by each trust key that may still sign it, under its thumbprint: who pinned an earlier one is led to
    /// the present one.
    pub by_pin: Vec<(String, Bytes)>,
    /// The active `trust` key, 64 hexadecimal digits: what a checker pins that is installed now.
    pub pin: String,
    /// JSON Web Key Set (RFC 7517).
    pub jwks: Bytes,
    /// COSE_KeySet (RFC 9052 §7).
    pub cose_keys: Bytes,
}

impl Published {
    /// Publishes `files`.
    pub fn new(files: Files) -> Self {
        Self(Arc::new(RwLock::new(files)))
    }

    /// Publishes `files` in place of those of before.
    pub fn replace(&self, files: Files) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = files;
    }

    /// Shows these trust lists in place of those of before: the ones that every node shows.
    pub fn adopt(&self, trust_list: Bytes, by_pin: Vec<(String, Bytes)>) {
        let mut files = self.0.write().unwrap_or_else(PoisonError::into_inner);
        (files.trust_list, files.by_pin) = (trust_list, by_pin);
    }

    /// The trust key that a checker pins when it is installed.
    pub(super) fn pin(&self) -> String {
        self.0.read().unwrap_or_else(PoisonError::into_inner).pin.clone()
    }

    fn read(&self) -> Files {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// `GET /.well-known/shirushi/trust-list`.
pub(super) async fn trust_list(State(published): State<Published>, headers: HeaderMap) -> Response {
    file(&headers, COSE_SIGN1, published.read().trust_list)
}

/// `GET /.well-known/shirushi/trust-list/{key}`: the list as the checker that pinned `key` can open it. There is none by a
/// compromised key, nor by one whose private half was deleted.
pub(super) async fn trust_list_by(
    State(published): State<Published>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Response {
    match published.read().by_pin.into_iter().find(|(pinned, _)| *pinned == key) {
        Some((_, list)) => file(&headers, COSE_SIGN1, list),
        None => Refusal::bare(ProblemType::NotFound).into_response(),
    }
}

/// `GET /.well-known/jwks.json`.
pub(super) async fn jwks(State(published): State<Published>, headers: HeaderMap) -> Response {
    file(&headers, "application/jwk-set+json", published.read().jwks)
}

/// `GET /.well-known/cose-keys`.
pub(super) async fn cose_keys(State(published): State<Published>, headers: HeaderMap) -> Response {
    file(&headers, "application/cose-key-set", published.read().cose_keys)
}

fn file(asked: &HeaderMap, media: &'static str, bytes: Bytes) -> Response {
    let tag = EntityTag::of_bytes(&bytes);
    for_everyone(tag.guard(asked, ([(header::CONTENT_TYPE, HeaderValue::from_static(media))], bytes)))
}
