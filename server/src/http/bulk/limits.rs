//! How much one run may be: little for anybody, much with a key.

use std::time::Duration;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use shirushi_shared::api::ProblemType;

use crate::{
    http::{extract::Asker, problem::Refusal},
    service::access::Access,
};

/// The limits of one run.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct Limits {
    /// Rows, but for empty lines.
    pub(super) rows: u64,
    /// Bytes of the upload.
    pub(super) bytes: u64,
    /// From its beginning to its last row.
    pub(super) time: Duration,
    /// Whether a key came with it.
    keyed: bool,
}

impl Limits {
    /// The largest upload of all: a million rows of a kilobyte.
    pub(in crate::http) const MOST_BYTES: usize = 1 << 30;

    /// What somebody tries out, or a small shop has.
    const PUBLIC: Self = Self { rows: 1_000, bytes: 4 << 20, time: Duration::from_mins(5), keyed: false };
    /// A retailer's whole stock.
    const KEYED: Self =
        Self { rows: 1_000_000, bytes: Self::MOST_BYTES as u64, time: Duration::from_hours(6), keyed: true };

    /// Refuses what is too large by its own account before any of it is read.
    pub(super) fn check_announced(self, headers: &HeaderMap) -> Result<(), Refusal> {
        let length =
            headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        match length {
            Some(length) if self.bytes < length => {
                Err(Refusal::new(ProblemType::TooLarge, self.too_many_bytes()))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn too_many_rows(self) -> String {
        format!("at most {} rows are taken {}", self.rows, self.for_whom())
    }

    pub(super) fn too_many_bytes(self) -> String {
        format!("at most {} bytes are taken {}", self.bytes, self.for_whom())
    }

    pub(super) fn too_slow(self) -> String {
        format!("at most {} s are taken {}", self.time.as_secs(), self.for_whom())
    }

    const fn for_whom(self) -> &'static str {
        if self.keyed { "at once" } else { "at once without an API key" }
    }
}

/// By the key, where one is sent.
impl<S: Send + Sync> FromRequestParts<S> for Limits
where
    Access: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Asker(caller) = Asker::from_request_parts(parts, state).await?;
        Ok(if caller.is_some() { Self::KEYED } else { Self::PUBLIC })
    }
}
