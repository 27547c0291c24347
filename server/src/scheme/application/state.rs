//! Where an application stands.

use serde::{Deserialize, Serialize};
use shirushi_shared::label::RegistrationNumber;

use crate::scheme::{person::Person, text::Reason};

/// Where an application stands. When it came there is in its events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum ApplicationState {
    /// Being written.
    Draft,
    /// Handed in; nobody examines it yet.
    Submitted,
    /// Being examined.
    UnderReview {
        /// Who examines it.
        reviewer: Person,
        /// Who accepted its evaluation report.
        report_accepted_by: Option<Person>,
    },
    /// Sent back to the holder, who may change it and submit it again.
    Returned {
        /// Who sent it back.
        by: Person,
        /// Why, for the holder.
        reason: Reason,
    },
    /// Approved.
    Approved {
        /// The registration that follows from it.
        number: RegistrationNumber,
        /// Who examined it.
        reviewer: Person,
        /// Who approved it.
        approver: Person,
    },
    /// Rejected for good.
    Rejected {
        /// Who rejected it.
        by: Person,
        /// Why, for the holder.
        reason: Reason,
    },
    /// Taken back by the holder.
    Withdrawn,
}

impl ApplicationState {
    /// Its word, as in JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::UnderReview { .. } => "under_review",
            Self::Returned { .. } => "returned",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether nothing can follow.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Approved { .. } | Self::Rejected { .. } | Self::Withdrawn)
    }
}
