//! What a supplier claims, and what a verdict gives to hold against it.

use super::Day;
use crate::{
    claim::Listed,
    label::{Category, Level},
    registration::{self, CorporateNumber, Registration},
    time::UnixTime,
    verdict::{Outcome, StatusValue, Verdict},
};

/// What a supplier claims of one item. All of it is optional; a rule that needs what was not claimed cannot tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// The model that is offered.
    pub model: Option<String>,
    /// Who made it.
    pub maker: Option<String>,
    /// … by their corporate number (法人番号).
    pub corporate_number: Option<CorporateNumber>,
    /// The last day of the contract.
    pub contract_end: Option<Day>,
}

/// What is known of the label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What the verdict came to.
    pub outcome: Outcome,
    /// The level.
    pub level: Option<Level>,
    /// The product category.
    pub category: Option<Category>,
    /// The registry's expiry: the first instant that is no more valid.
    pub expires: Option<UnixTime>,
    /// Whether the registration lists the model that was claimed.
    pub model: Option<Listed>,
    /// Who holds the label.
    pub maker: Option<registration::Maker>,
    /// How old the evidence is, in seconds.
    pub evidence_age: Option<i64>,
}

impl Facts {
    /// Facts of nothing but an outcome.
    pub const fn bare(outcome: Outcome) -> Self {
        Self {
            outcome,
            level: None,
            category: None,
            expires: None,
            model: None,
            maker: None,
            evidence_age: None,
        }
    }

    /// What `verdict` gives, with the registration it is about and the answer to the claimed model, where there are any.
    pub fn of(verdict: &Verdict, registration: Option<&Registration>, model: Option<Listed>) -> Self {
        let claims = verdict.token.as_ref().map(|(_, claims)| claims);
        Self {
            outcome: verdict.outcome,
            level: registration.map(|it| it.level).or_else(|| claims.map(|it| it.level)),
            category: registration.map(|it| it.category).or_else(|| claims.map(|it| it.category)),
            expires: verdict.status.value.as_ref().and_then(StatusValue::valid).map(|valid| valid.until),
            model,
            maker: registration.map(|it| it.maker.clone()),
            evidence_age: verdict.status.age_s,
        }
        .believed()
    }

    /// What may be used of them: of a label that is not genuine or not on record, nothing but that.
    pub(super) fn believed(self) -> Self {
        match self.outcome {
            Outcome::NotALabel
            | Outcome::Malformed
            | Outcome::UnknownKey
            | Outcome::BadSignature
            | Outcome::KeyCompromised
            | Outcome::NotRegistered => Self { evidence_age: self.evidence_age, ..Self::bare(self.outcome) },
            Outcome::Revoked
            | Outcome::Suspended
            | Outcome::Expired
            | Outcome::NotYetValid
            | Outcome::Grace
            | Outcome::StatusUnknown
            | Outcome::Valid => self,
        }
    }
}
