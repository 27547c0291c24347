//! Decisions that take two people: to issue labels directly, to extend, revoke or replace one. One proposes, another
//! confirms. Who examines an application and who approves it are two people as well (`application`).
//!
//! This service's own rule: the scheme's sources name no such procedure (domain.md). A proposal that nobody confirms lapses, so
//! that nothing old is confirmed by a click on the wrong line.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use shirushi_shared::{label::RegistrationNumber, time::UnixTime};

use super::{case_id::DecisionId, evidence::ContentHash, person::Person, text::Reason};

/// How long a proposal stays open, in seconds: 7 days.
pub const OPEN_FOR: i64 = 7 * 24 * 3600;

/// A decision that takes two people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    id: DecisionId,
    what: Proposal,
    proposed_by: Person,
    reason: Reason,
    proposed: UnixTime,
    state: DecisionState,
}

/// What is to be decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum Proposal {
    /// Issue what was handed in directly: a file of registrations.
    IssueDirect {
        /// The digest of exactly what is issued; what is confirmed cannot be exchanged for something else.
        sha256: ContentHash,
    },
    /// Extend a label (延長), after a look at its holder's standing.
    Extend {
        /// Which label.
        number: RegistrationNumber,
        /// The new end of its validity.
        until: UnixTime,
    },
    /// Revoke a label (取消し).
    Revoke {
        /// Which label.
        number: RegistrationNumber,
        /// Why, for the public.
        public_reason: Reason,
    },
    /// Replace a label by that of another registration.
    Supersede {
        /// Which label.
        number: RegistrationNumber,
        /// The registration that takes its place.
        successor: RegistrationNumber,
        /// Why, for the public.
        public_reason: Reason,
    },
}

/// Where a decision stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum DecisionState {
    /// Proposed.
    Open,
    /// Confirmed by a second person; it is carried out in the same transaction.
    Confirmed {
        /// By whom.
        by: Person,
        /// When.
        at: UnixTime,
    },
    /// Declined, or taken back by who proposed it.
    Declined {
        /// By whom.
        by: Person,
        /// When.
        at: UnixTime,
        /// Why.
        reason: Reason,
    },
    /// Nobody confirmed it in time.
    Lapsed,
}

/// Why nothing was decided.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecisionRefused {
    /// It is not open.
    #[error("{id} is {state} and cannot be {asked} by {by}")]
    State {
        /// Which decision.
        id: DecisionId,
        /// The state that it is in, as a word.
        state: &'static str,
        /// What was asked for.
        asked: &'static str,
        /// Who asked.
        by: Person,
    },
    /// Who proposes does not confirm.
    #[error("{id} is open and cannot be confirmed by {by}: the same person proposed it")]
    SamePerson {
        /// Which decision.
        id: DecisionId,
        /// Who asked.
        by: Person,
    },
    /// A label that would take its own place.
    #[error("{0} cannot take its own place")]
    OwnSuccessor(RegistrationNumber),
}

impl DecisionState {
    /// Its word, as in JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed { .. } => "confirmed",
            Self::Declined { .. } => "declined",
            Self::Lapsed => "lapsed",
        }
    }
}

impl Decision {
    /// Proposes `what`.
    pub fn propose(
        id: DecisionId,
        what: Proposal,
        reason: Reason,
        by: Person,
        at: UnixTime,
    ) -> Result<Self, DecisionRefused> {
        match &what {
            Proposal::Supersede { number, successor, .. } if number == successor => {
                Err(DecisionRefused::OwnSuccessor(number.clone()))
            }
            _ => Ok(Self { id, what, proposed_by: by, reason, proposed: at, state: DecisionState::Open }),
        }
    }

    /// Its number.
    pub const fn id(&self) -> &DecisionId {
        &self.id
    }

    /// What is to be decided.
    pub const fn what(&self) -> &Proposal {
        &self.what
    }

    /// Who proposed it, why, and when.
    pub const fn proposed(&self) -> (&Person, &Reason, UnixTime) {
        (&self.proposed_by, &self.reason, self.proposed)
    }

    /// Where it stands at `at`: open ones lapse by themselves.
    pub fn state(&self, at: UnixTime) -> DecisionState {
        match &self.state {
            DecisionState::Open if self.lapses() <= at => DecisionState::Lapsed,
            state => state.clone(),
        }
    }

    /// Where it stood when it was written: an open one may have lapsed since.
    pub const fn as_recorded(&self) -> &DecisionState {
        &self.state
    }

    /// The first instant at which it can no longer be confirmed.
    pub const fn lapses(&self) -> UnixTime {
        self.proposed.plus(OPEN_FOR)
    }

    /// Confirms it: by another person than the one who proposed it.
    pub fn confirm(mut self, by: Person, at: UnixTime) -> Result<Self, DecisionRefused> {
        self.is_open("confirmed", &by, at)?;
        if self.proposed_by.is_same_as(&by) {
            return Err(DecisionRefused::SamePerson { id: self.id, by });
        }
        self.state = DecisionState::Confirmed { by, at };
        Ok(self)
    }

    /// Declines it; who proposed it can take it back so.
    pub fn decline(mut self, reason: Reason, by: Person, at: UnixTime) -> Result<Self, DecisionRefused> {
        self.is_open("declined", &by, at)?;
        self.state = DecisionState::Declined { by, at, reason };
        Ok(self)
    }

    fn is_open(&self, asked: &'static str, by: &Person, at: UnixTime) -> Result<(), DecisionRefused> {
        match self.state(at) {
            DecisionState::Open => Ok(()),
            state => {
                let (id, by) = (self.id.clone(), by.clone());
                Err(DecisionRefused::State { id, state: state.name(), asked, by })
            }
        }
    }
}
