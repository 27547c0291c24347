//! A report that a holder owes (報告届).

use serde::{Deserialize, Serialize};
use shirushi_shared::{label::RegistrationNumber, time::UnixTime};

use crate::scheme::{case_id::DutyId, evidence::EvidenceRef, person::Person, text::Name};

/// A report that is due, or was delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    id: DutyId,
    number: RegistrationNumber,
    what: Name,
    due: UnixTime,
    delivered: Option<Delivery>,
}

/// That a report was delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// By whom.
    pub by: Person,
    /// When.
    pub at: UnixTime,
    /// The report.
    pub evidence: EvidenceRef,
}

/// A report that was delivered before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{id} is delivered since {at} and cannot be delivered again by {by}")]
pub struct DutyRefused {
    /// Which.
    pub id: DutyId,
    /// Since when.
    pub at: UnixTime,
    /// Who asked.
    pub by: Person,
}

impl Duty {
    /// A report on `what` that is due before `due`.
    pub const fn new(id: DutyId, number: RegistrationNumber, what: Name, due: UnixTime) -> Self {
        Self { id, number, what, due, delivered: None }
    }

    /// Its number.
    pub const fn id(&self) -> &DutyId {
        &self.id
    }

    /// Of which registration, and on what.
    pub const fn about(&self) -> (&RegistrationNumber, &Name) {
        (&self.number, &self.what)
    }

    /// The first instant at which it is overdue.
    pub const fn due(&self) -> UnixTime {
        self.due
    }

    /// Its delivery.
    pub const fn delivered(&self) -> Option<&Delivery> {
        self.delivered.as_ref()
    }

    /// Whether it is missing at `at` although it is due. What was delivered late is not missing.
    pub fn is_overdue(&self, at: UnixTime) -> bool {
        self.due <= at && self.delivered.is_none()
    }

    /// Delivers it, once.
    pub fn deliver(mut self, evidence: EvidenceRef, by: Person, at: UnixTime) -> Result<Self, DutyRefused> {
        if let Some(before) = &self.delivered {
            return Err(DutyRefused { id: self.id, at: before.at, by });
        }
        self.delivered = Some(Delivery { by, at, evidence });
        Ok(self)
    }
}
