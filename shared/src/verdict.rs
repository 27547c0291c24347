//! Evidence and a clock in, verdict out. This is the only place where a verdict is decided.
//!
//! A verdict is computed at every request and never stored: signature results may be kept by token, verdicts never.
//! The outcomes stand in [`Outcome`] in their order of precedence; [`judge`] gives the first that applies.

mod check;
mod decide;
mod tone;
#[cfg(test)]
mod tests;

pub use check::{Check, CheckResult, Checks, Reason};
pub use decide::judge;
pub use tone::Tone;

use crate::{
    key::KeyId,
    label::{LabelState, PreLabelNumber, RegistrationNumber},
    status::{Revision, StatusSource, list::ListedStatus},
    time::{UnixTime, Window},
    token::{LabelClaims, TokenError, TokenId, TokenRefusal, VerifiedToken},
};

/// What a verdict comes to, in order of precedence: the first that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No link or token of this scheme. It is not opened.
    NotALabel,
    /// Looks like ours and does not parse.
    Malformed,
    /// The key is not in the trust list.
    UnknownKey,
    /// The signature fails.
    BadSignature,
    /// The key was withdrawn, and the token was not on record before the cut-off.
    KeyCompromised,
    /// The registry does not know it.
    NotRegistered,
    /// 取消し.
    Revoked,
    /// 一時停止, reversible.
    Suspended,
    /// 失効: the registry's expiry has passed.
    Expired,
    /// Before its start.
    NotYetValid,
    /// 失効猶予.
    Grace,
    /// No status evidence fresh enough. Never shown as valid, never as revoked.
    StatusUnknown,
    /// 有効: all checks pass, and the evidence is fresh.
    Valid,
}

impl Outcome {
    /// All outcomes, in order of precedence.
    pub const ALL: [Self; 13] = [
        Self::NotALabel,
        Self::Malformed,
        Self::UnknownKey,
        Self::BadSignature,
        Self::KeyCompromised,
        Self::NotRegistered,
        Self::Revoked,
        Self::Suspended,
        Self::Expired,
        Self::NotYetValid,
        Self::Grace,
        Self::StatusUnknown,
        Self::Valid,
    ];

    /// The outcome's word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotALabel => "not_a_label",
            Self::Malformed => "malformed",
            Self::UnknownKey => "unknown_key",
            Self::BadSignature => "bad_signature",
            Self::KeyCompromised => "key_compromised",
            Self::NotRegistered => "not_registered",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Grace => "grace",
            Self::StatusUnknown => "status_unknown",
            Self::Valid => "valid",
        }
    }

    /// The outcome named by its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// What was presented, and what the check of its signature said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenCheck {
    /// Nothing of this scheme.
    NotALabel(NotALabel),
    /// Looks like a token and is none.
    Malformed(TokenError),
    /// A token that is not believed.
    Refused(TokenRefusal),
    /// A token whose signature holds.
    Verified(VerifiedToken),
    /// A registration number without a token: the label itself was not checked.
    NumberOnly(RegistrationNumber),
}

impl TokenCheck {
    /// The registration to look up. `None` where nothing may be looked up: no claim of an unverified token is used.
    pub const fn number(&self) -> Option<&RegistrationNumber> {
        match self {
            Self::Verified(token) => Some(&token.claims.number),
            Self::NumberOnly(number) => Some(number),
            Self::NotALabel(_) | Self::Malformed(_) | Self::Refused(_) => None,
        }
    }
}

/// What something that is no label is instead.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NotALabel {
    /// A link to another site, which is named and never opened.
    ForeignLink {
        /// Its host.
        host: String,
    },
    /// A page of our own that is no label.
    OwnPage,
    /// A number that exists before a label.
    PreLabelNumber {
        /// Which kind of number.
        number: PreLabelNumber,
    },
    /// Plain text, or nothing.
    Text,
}

/// How old evidence may be, and how far clocks may differ. Configurable downwards only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// Oldest online evidence, in seconds.
    pub online: i64,
    /// Oldest signed status list, in seconds.
    pub offline: i64,
    /// Largest disagreement of clocks, in seconds.
    pub skew: i64,
}

impl Freshness {
    /// 15 s online, 24 h offline, 5 min between clocks (`verdicts.md`).
    pub const LONGEST: Self = Self { online: 15, offline: 24 * 3600, skew: 300 };

    /// These bounds, each no longer than [`Self::LONGEST`].
    #[must_use]
    pub fn at_most(self) -> Self {
        Self {
            online: self.online.clamp(0, Self::LONGEST.online),
            offline: self.offline.clamp(0, Self::LONGEST.offline),
            skew: self.skew.clamp(0, Self::LONGEST.skew),
        }
    }
}

/// The time of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Now, by the judging side's clock.
    pub now: UnixTime,
    /// The past instant that was asked about ("was it valid then?"); now where there is none.
    pub as_of: Option<UnixTime>,
    /// The bounds.
    pub freshness: Freshness,
}

impl Clock {
    /// The present, by `now`.
    pub const fn at(now: UnixTime, freshness: Freshness) -> Self {
        Self { now, as_of: None, freshness }
    }

    /// The instant that is judged.
    pub fn instant(&self) -> UnixTime {
        self.as_of.unwrap_or(self.now)
    }
}

/// What a label says, and whether it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it comes to.
    pub outcome: Outcome,
    /// What each check said.
    pub checks: Checks,
    /// What is no label is this instead.
    pub not_a_label: Option<NotALabel>,
    /// The token's identity and claims, only where its signature holds.
    pub token: Option<(TokenId, LabelClaims)>,
    /// The key that signed it, only where the signature holds.
    pub signed_by: Option<KeyId>,
    /// The registration asked about, from the verified token or as typed.
    pub number: Option<RegistrationNumber>,
    /// The status by the best evidence there is.
    pub status: Status,
    /// When it was judged.
    pub checked_at: UnixTime,
    /// The past instant that was asked about.
    pub as_of: Option<UnixTime>,
}

/// The status part of a verdict: a value with its own age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// What was last known; `None` where nothing is known.
    pub value: Option<StatusValue>,
    /// Which revision of the registration.
    pub revision: Option<Revision>,
    /// The latest instant at which this is known to have been current.
    pub as_of: Option<UnixTime>,
    /// Its age at [`Verdict::checked_at`], in seconds.
    pub age_s: Option<i64>,
    /// Where it comes from.
    pub source: StatusSource,
}

/// What is known of a label's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusValue {
    /// The registry does not know it.
    Unregistered,
    /// The operator's decision and the validity.
    Known {
        /// The operator's decision.
        state: LabelState,
        /// The registry's validity.
        valid: Window,
    },
    /// The operator's decision as a status list has it, without its date and reason.
    Listed {
        /// The operator's decision.
        status: ListedStatus,
        /// The registry's validity, where a product index tells it.
        valid: Option<Window>,
    },
}

impl StatusValue {
    /// Its word on the wire: `active`, `grace`, `suspended`, `revoked` or `unregistered`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Unregistered => "unregistered",
            Self::Known { state, .. } => state.name(),
            Self::Listed { status, .. } => status.name(),
        }
    }

    /// The registry's validity, where it is known.
    pub const fn valid(&self) -> Option<Window> {
        match self {
            Self::Unregistered => None,
            Self::Known { valid, .. } => Some(*valid),
            Self::Listed { valid, .. } => *valid,
        }
    }
}
