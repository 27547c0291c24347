//! Roles, the organisations through which they are held, and how far they reach.

use crate::scheme::{organisation::OrganisationKind, words::words};

words! {
    /// What somebody is to this service.
    Role {
        /// Operator's staff: organisations, keys, imports, states of labels.
        Administrator = "administrator",
        /// Operator's staff: examines applications.
        Reviewer = "reviewer",
        /// Operator's staff: approves what a reviewer has examined, and confirms decisions.
        Approver = "approver",
        /// A label holder's staff.
        Holder = "holder",
        /// An evaluation body's staff.
        EvaluationBody = "evaluation_body",
        /// Reads what was done, and changes nothing.
        Auditor = "auditor",
        /// Verifies at higher limits.
        Verifier = "verifier",
    }
}

words! {
    /// How far a role reaches with an action. In this order: more is greater.
    Reach {
        /// Not at all.
        None = "none",
        /// To what belongs to the caller's organisation.
        Own = "own",
        /// To everybody's.
        All = "all",
    }
}

impl Role {
    /// The kind of organisation through which it is held; each role has one, so that nobody judges what they hand in.
    pub const fn held_through(self) -> OrganisationKind {
        match self {
            Self::Administrator | Self::Reviewer | Self::Approver => OrganisationKind::Operator,
            Self::Holder => OrganisationKind::Holder,
            Self::EvaluationBody => OrganisationKind::EvaluationBody,
            Self::Auditor => OrganisationKind::Auditor,
            Self::Verifier => OrganisationKind::Verifier,
        }
    }

    /// The roles that an organisation of this kind may hold.
    pub fn of(kind: OrganisationKind) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |role| role.held_through() == kind)
    }
}
