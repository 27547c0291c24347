//! Labels that were issued, over the wire.

use serde::Serialize;
use shirushi_shared::{
    time::UnixTime,
    token::{TextForm, TokenId},
};

use super::{origin::PublicOrigin, problem::Refusal};
use crate::service::issue::{IssueError, Issued};

/// One label that was issued.
#[derive(Serialize)]
pub(super) struct IssuedAnswer {
    number: String,
    revision: u64,
    valid_from: UnixTime,
    expires: UnixTime,
    /// What the QR code holds.
    link: String,
    /// The same token as base64url.
    token: String,
    token_sha256: TokenId,
}

impl IssuedAnswer {
    /// The label, with its link under `origin`.
    pub(super) fn new(Issued { record, token }: &Issued, origin: &PublicOrigin) -> Self {
        Self {
            number: record.number.to_string(),
            revision: record.revision.get(),
            valid_from: record.valid.from,
            expires: record.valid.until,
            link: token.link(origin.as_str()),
            token: token.to_text(TextForm::Base64Url),
            token_sha256: token.id(),
        }
    }
}

impl From<IssueError> for Refusal {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Registry(error) => error.into(),
            IssueError::Sign(_) | IssueError::Random(_) => Self::internal(&error),
        }
    }
}
