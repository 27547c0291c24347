//! Words that several orders share.

use serde::Deserialize;

use super::{fields::Fields, problem::Refusal};
use crate::scheme::text::Reason;

/// Why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonRequest {
    reason: String,
}

impl ReasonRequest {
    /// The reason.
    pub(super) fn check(self) -> Result<Reason, Refusal> {
        let mut fields = Fields::default();
        let why = fields.keep("reason", Reason::parse(&self.reason));
        fields.done(why)
    }
}
