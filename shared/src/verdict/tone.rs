//! How loud an outcome is: its colour family, and how a screen reader is told.

use super::{Outcome, Reason};

/// A colour family. Never the only difference: each outcome has its own words and its own icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Green, for `valid` only.
    Good,
    /// Amber: wait, or find out more.
    Caution,
    /// Red: do not rely on it.
    Bad,
    /// Grey: no label, so nothing is said about one.
    Neutral,
}

impl Tone {
    /// The tone of `outcome` for `reason`, the one that decided. Lapsed is red by the registry's word; by the printed date alone it is amber, because
    /// labels are extended without being printed again.
    pub const fn of(outcome: Outcome, reason: Reason) -> Self {
        match outcome {
            Outcome::Valid => Self::Good,
            Outcome::NotALabel => Self::Neutral,
            Outcome::Expired if matches!(reason, Reason::PrintedExpiryPassed) => Self::Caution,
            Outcome::Suspended | Outcome::NotYetValid | Outcome::Grace | Outcome::StatusUnknown => {
                Self::Caution
            }
            Outcome::Malformed
            | Outcome::UnknownKey
            | Outcome::BadSignature
            | Outcome::KeyCompromised
            | Outcome::NotRegistered
            | Outcome::Revoked
            | Outcome::Expired => Self::Bad,
        }
    }

    /// Its class in the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Good => "tone-good",
            Self::Caution => "tone-caution",
            Self::Bad => "tone-bad",
            Self::Neutral => "tone-neutral",
        }
    }

    /// ARIA live role: politely for good and neutral, at once for the rest.
    pub const fn role(self) -> &'static str {
        match self {
            Self::Good | Self::Neutral => "status",
            Self::Caution | Self::Bad => "alert",
        }
    }
}
