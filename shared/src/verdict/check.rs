//! The five checks of a verdict, each with its result and a reason code.

use serde::{Deserialize, Serialize};

use super::Outcome;

/// What one check said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// It holds.
    Pass,
    /// It does not hold.
    Fail,
    /// It could not be made, which is neither.
    Unknown,
}

impl CheckResult {
    /// The result's word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
        }
    }
}

/// One check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Check {
    /// What it said.
    pub result: CheckResult,
    /// Why.
    pub reason: Reason,
}

/// The checks of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Checks {
    /// Whether the token is what its signer signed.
    pub signature: Check,
    /// Whether the signer is the scheme's, and was allowed to sign.
    pub key: Check,
    /// Whether the instant lies in the validity.
    pub validity: Check,
    /// What the operator has decided.
    pub status: Check,
    /// Whether the knowledge of the status is recent enough.
    pub freshness: Check,
}

/// Why a check said what it said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// All is as it should be.
    Ok,
    /// Nothing of this scheme was presented.
    NotPresented,
    /// Only a number was given: the label itself was not checked.
    NumberOnly,
    /// The token does not parse, so nothing further is checked.
    Malformed,
    /// No known label key has this name.
    UnknownKey,
    /// The signature does not hold.
    SignatureFails,
    /// Signed outside the time in which the key might sign.
    KeyNotInForce,
    /// The key was withdrawn; the token was on record before.
    KeyCompromisedOnRecordBefore,
    /// The key was withdrawn, and the token was not on record before.
    KeyCompromised,
    /// The key is retired; what it signed in its time stays good.
    KeyRetired,
    /// By the registry's expiry.
    Expired,
    /// By the printed expiry, with nothing newer known.
    PrintedExpiryPassed,
    /// Before its start.
    NotYetValid,
    /// By the printed expiry alone: the registry's is not known.
    PrintedExpiryOnly,
    /// The registry does not know the number.
    NotRegistered,
    /// The registry knows the number and not this token.
    TokenNotOnRecord,
    /// The operator revoked it.
    Revoked,
    /// The operator suspended it.
    Suspended,
    /// In grace before lapse.
    Grace,
    /// Nothing could be learnt.
    NoEvidence,
    /// Too old to rely on.
    Stale,
    /// The clocks disagree, so the age cannot be told.
    ClockDisagreement,
    /// Not looked up, because the label itself fails.
    NotChecked,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 23] = [
        Self::Ok,
        Self::NotPresented,
        Self::NumberOnly,
        Self::Malformed,
        Self::UnknownKey,
        Self::SignatureFails,
        Self::KeyNotInForce,
        Self::KeyCompromisedOnRecordBefore,
        Self::KeyCompromised,
        Self::KeyRetired,
        Self::Expired,
        Self::PrintedExpiryPassed,
        Self::NotYetValid,
        Self::PrintedExpiryOnly,
        Self::NotRegistered,
        Self::TokenNotOnRecord,
        Self::Revoked,
        Self::Suspended,
        Self::Grace,
        Self::NoEvidence,
        Self::Stale,
        Self::ClockDisagreement,
        Self::NotChecked,
    ];

    /// The reason of this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == code)
    }

    /// The reason's code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotPresented => "not_presented",
            Self::NumberOnly => "number_only",
            Self::Malformed => "malformed",
            Self::UnknownKey => "unknown_key",
            Self::SignatureFails => "signature_fails",
            Self::KeyNotInForce => "key_not_in_force",
            Self::KeyCompromisedOnRecordBefore => "key_compromised_on_record_before",
            Self::KeyCompromised => "key_compromised",
            Self::KeyRetired => "key_retired",
            Self::Expired => "expired",
            Self::PrintedExpiryPassed => "printed_expiry_passed",
            Self::NotYetValid => "not_yet_valid",
            Self::PrintedExpiryOnly => "printed_expiry_only",
            Self::NotRegistered => "not_registered",
            Self::TokenNotOnRecord => "token_not_on_record",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::Grace => "grace",
            Self::NoEvidence => "no_evidence",
            Self::Stale => "stale",
            Self::ClockDisagreement => "clock_disagreement",
            Self::NotChecked => "not_checked",
        }
    }
}

impl Checks {
    /// The one reason of `outcome`, for a line in a table: that of the check which decided it. Of what is valid it is
    /// [`Reason::Ok`], or what is to be known of it all the same (only a number was given; the key is retired).
    pub fn decisive(&self, outcome: Outcome) -> Reason {
        let check = match outcome {
            Outcome::NotALabel | Outcome::Malformed | Outcome::BadSignature => self.signature,
            Outcome::UnknownKey | Outcome::KeyCompromised => self.key,
            Outcome::NotRegistered | Outcome::Revoked | Outcome::Suspended | Outcome::Grace => self.status,
            Outcome::Expired | Outcome::NotYetValid => self.validity,
            Outcome::StatusUnknown => self.freshness,
            Outcome::Valid => {
                let all = [self.signature, self.key, self.validity];
                return all
                    .map(|check| check.reason)
                    .into_iter()
                    .find(|reason| *reason != Reason::Ok)
                    .unwrap_or(Reason::Ok);
            }
        };
        check.reason
    }
}

impl Check {
    pub(super) const fn pass(reason: Reason) -> Self {
        Self { result: CheckResult::Pass, reason }
    }

    pub(super) const fn fail(reason: Reason) -> Self {
        Self { result: CheckResult::Fail, reason }
    }

    pub(super) const fn unknown(reason: Reason) -> Self {
        Self { result: CheckResult::Unknown, reason }
    }

    /// Whether the check passed.
    pub fn passed(self) -> bool {
        self.result == CheckResult::Pass
    }
}
