//! An application for a label, from its draft to its decision.
//!
//! A holder writes and submits it, a reviewer of the operator examines it, and an approver, who is another person at every level,
//! approves it. STAR-1 and -2 go by the checklist, STAR-3 and -4 by an evaluation report, which a reviewer accepts (domain.md, routes;
//! that two people decide is this service's rule). Each step is a function that consumes the application; which step is
//! possible in which state is one table, in `step`.

mod complete;
mod decide;
mod hand_in;
mod refused;
mod state;
mod step;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use shirushi_shared::{
    label::{Category, Level, RegistrationNumber},
    registration::Product,
    time::UnixTime,
};

pub use complete::{ApplicationProblem, Setting};
pub use refused::{Refused, Why};
pub use state::ApplicationState;
pub use step::{Event, Step};

use super::{
    case_id::ApplicationId,
    checklist::Checklist,
    organisation::OrganisationId,
    report::EvaluationReport,
    text::{Name, Note},
};

/// An application. Its state and what led to it change by its steps only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    id: ApplicationId,
    holder: OrganisationId,
    content: Content,
    report: Option<EvaluationReport>,
    state: ApplicationState,
    /// The edition of the criteria that it was held against when it was submitted.
    criteria_version: Option<Name>,
    events: Vec<Event>,
}

/// What the holder writes, and may change until it is submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// What is applied for.
    pub kind: Kind,
    /// The level.
    pub level: Level,
    /// The product category (製品類型).
    pub category: Category,
    /// The products and their models.
    pub products: Vec<Product>,
    /// The checklist, for STAR-1 and -2; another scheme's statement stands in the answers that it gives.
    #[serde(default)]
    pub checklist: Checklist,
    /// The evaluation body that was commissioned, for STAR-3 and -4. It reads the application and files the report.
    #[serde(default)]
    pub evaluation_body: Option<OrganisationId>,
    /// Anything else.
    #[serde(default)]
    pub note: Option<Note>,
}

/// What is applied for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// A first label.
    New,
    /// An extension (延長) that takes a new test ([`super::standing`]).
    ReTest {
        /// Of this registration.
        of: RegistrationNumber,
    },
    /// A label for what follows a registered product.
    Successor {
        /// Of this registration.
        of: RegistrationNumber,
    },
}

impl Application {
    /// Its number (申請番号).
    pub const fn id(&self) -> &ApplicationId {
        &self.id
    }

    /// Who applies.
    pub const fn holder(&self) -> &OrganisationId {
        &self.holder
    }

    /// What the holder wrote.
    pub const fn content(&self) -> &Content {
        &self.content
    }

    /// What the evaluation body filed.
    pub const fn report(&self) -> Option<&EvaluationReport> {
        self.report.as_ref()
    }

    /// Where it stands.
    pub const fn state(&self) -> &ApplicationState {
        &self.state
    }

    /// The edition of the criteria that it was held against when it was submitted.
    pub const fn criteria_version(&self) -> Option<&Name> {
        self.criteria_version.as_ref()
    }

    /// What led to its state, oldest first; never empty.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// When `step` was taken last.
    pub fn last(&self, step: Step) -> Option<UnixTime> {
        self.events.iter().rev().find(|event| event.step == step).map(|event| event.at)
    }

    /// Whose it is as `organisation` sees it: the commissioned evaluation body reads it, and files its report, as its own.
    /// What it may do beyond that is in the table of access.
    pub fn owner_for<'a>(&'a self, organisation: &'a OrganisationId) -> &'a OrganisationId {
        let commissioned = self.content.evaluation_body.as_ref() == Some(organisation);
        if commissioned && !matches!(self.state, ApplicationState::Withdrawn) {
            organisation
        } else {
            &self.holder
        }
    }
}
