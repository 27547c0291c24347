//! The organisations of the scheme: the operator, label holders, evaluation bodies (評価機関), auditors, verifiers.

mod accreditation;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use shirushi_shared::{
    label::{Category, Level},
    registration::CorporateNumber,
    time::UnixTime,
};

pub use accreditation::{Accreditation, AccreditationError, Categories, Withdrawn};

use super::{
    text::{Name, Reason},
    words::words,
};

/// Text that is no organisation's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an organisation's id: 1 to {} of a-z, 0-9 and hyphens, no hyphen first or last",
    OrganisationId::MAX
)]
pub struct NotAnOrganisationId;

super::text::checked_text! {
    /// An organisation's id: a short word for addresses, key records and the history.
    OrganisationId, NotAnOrganisationId, |text| {
        let fits = (1..=OrganisationId::MAX).contains(&text.len())
            && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits { Ok(()) } else { Err(NotAnOrganisationId) }
    }
}

impl OrganisationId {
    /// Longest id: it stands in addresses and in every line of the history.
    pub const MAX: usize = 40;
}

words! {
    /// What an organisation is to the scheme.
    OrganisationKind {
        /// Runs the scheme on this service.
        Operator = "operator",
        /// Holds labels, or applies for them.
        Holder = "holder",
        /// 評価機関: evaluates products for STAR-3 and -4.
        EvaluationBody = "evaluation_body",
        /// Looks at what the operator did.
        Auditor = "auditor",
        /// Verifies many labels (調達者, retailers).
        Verifier = "verifier",
    }
}

/// An organisation on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its id, for good.
    pub id: OrganisationId,
    /// Its name.
    pub name: Name,
    /// Its name in Latin letters.
    pub name_en: Option<Name>,
    /// 法人番号.
    pub corporate_number: Option<CorporateNumber>,
    kind: OrganisationKind,
    #[serde(default)]
    suspensions: Vec<Suspension>,
    #[serde(default)]
    accreditations: Vec<Accreditation>,
}

/// A time in which an organisation could do nothing here. Ended ones are kept: a report dated within one stays refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// Its first instant.
    pub since: UnixTime,
    /// The first instant after it, where it has ended.
    pub until: Option<UnixTime>,
    /// Why.
    pub reason: Reason,
}

/// A change of an organisation that was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrganisationError {
    /// Somebody must be left who can lift it.
    #[error("the operator cannot be suspended")]
    OperatorStays,
    /// It is suspended already.
    #[error("{0} is suspended already")]
    AlreadySuspended(OrganisationId),
    /// There is no suspension to end.
    #[error("{0} is not suspended")]
    NotSuspended(OrganisationId),
    /// Only evaluation bodies are accredited.
    #[error("{id} is of the kind {kind}: only an evaluation body is accredited")]
    NotAnEvaluationBody {
        /// Whom it was meant for.
        id: OrganisationId,
        /// What it is.
        kind: OrganisationKind,
    },
    /// The accreditation itself.
    #[error(transparent)]
    Accreditation(#[from] AccreditationError),
}

impl Organisation {
    /// An organisation without suspension or accreditation.
    pub const fn new(id: OrganisationId, kind: OrganisationKind, name: Name) -> Self {
        Self {
            id,
            name,
            name_en: None,
            corporate_number: None,
            kind,
            suspensions: Vec::new(),
            accreditations: Vec::new(),
        }
    }

    /// What it is to the scheme, for good.
    pub const fn kind(&self) -> OrganisationKind {
        self.kind
    }

    /// Its accreditations, oldest first; each is named by its place.
    pub fn accreditations(&self) -> &[Accreditation] {
        &self.accreditations
    }

    /// The suspension that held at `at`.
    pub fn suspended(&self, at: UnixTime) -> Option<&Suspension> {
        self.suspensions.iter().find(|one| one.since <= at && one.until.is_none_or(|until| at < until))
    }

    /// Whether it could evaluate products of `category` for `level` at `at`.
    pub fn is_accredited(&self, level: Level, category: Category, at: UnixTime) -> bool {
        self.kind == OrganisationKind::EvaluationBody
            && self.suspended(at).is_none()
            && self.accreditations.iter().any(|one| one.covers(level, category, at))
    }

    /// Suspends it from `at` on.
    pub fn suspend(mut self, reason: Reason, at: UnixTime) -> Result<Self, OrganisationError> {
        if self.kind == OrganisationKind::Operator {
            return Err(OrganisationError::OperatorStays);
        }
        if self.suspended(at).is_some() {
            return Err(OrganisationError::AlreadySuspended(self.id));
        }
        self.suspensions.push(Suspension { since: at, until: None, reason });
        Ok(self)
    }

    /// Ends the present suspension at `at`.
    pub fn reinstate(mut self, at: UnixTime) -> Result<Self, OrganisationError> {
        match self.suspensions.iter_mut().find(|one| one.since <= at && one.until.is_none()) {
            Some(present) => present.until = Some(at),
            None => return Err(OrganisationError::NotSuspended(self.id)),
        }
        Ok(self)
    }

    /// Adds an accreditation.
    pub fn accredit(mut self, accreditation: Accreditation) -> Result<Self, OrganisationError> {
        if self.kind != OrganisationKind::EvaluationBody {
            return Err(OrganisationError::NotAnEvaluationBody { id: self.id, kind: self.kind });
        }
        if self.accreditations.len() >= Accreditation::MOST {
            return Err(AccreditationError::TooMany.into());
        }
        self.accreditations.push(accreditation);
        Ok(self)
    }

    /// Withdraws the accreditation at `place` (from 0) from `at` on.
    pub fn withdraw_accreditation(
        mut self,
        place: usize,
        reason: Reason,
        at: UnixTime,
    ) -> Result<Self, OrganisationError> {
        self.accreditations.get_mut(place).ok_or(AccreditationError::Absent(place))?.withdraw(reason, at)?;
        Ok(self)
    }
}
