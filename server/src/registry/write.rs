//! What can be written, and what is read back of cases.

use shirushi_shared::{
    label::{PreLabelNumber, RegistrationNumber, StateChange},
    registration::{Product, Registration},
    status::{Revision, StatusRecord},
    time::{UnixTime, Window},
    token::{StatusIndex, Token},
};

use super::Kind;

/// One part of a transaction.
#[derive(Clone, Debug)]
pub enum Write {
    /// A product was approved and its label issued.
    Register(Box<NewRegistration>),
    /// A label is changed.
    Change {
        /// Which.
        number: RegistrationNumber,
        /// Only from this revision.
        expected: Option<Revision>,
        /// How.
        change: Change,
        /// Why, where the change itself does not say.
        why: Option<String>,
    },
    /// A case is opened or changed.
    Case(CaseWrite),
}

/// What a part of a transaction came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// The label's record from now on.
    Label(Box<StatusRecord>),
    /// The case's revision from now on.
    Case(Revision),
}

impl Written {
    /// The status record, where it is a label's.
    pub fn into_record(self) -> Option<StatusRecord> {
        match self {
            Self::Label(record) => Some(*record),
            Self::Case(_) => None,
        }
    }
}

/// What is put on record when a product is approved and its label issued.
#[derive(Clone, Debug)]
pub struct NewRegistration {
    /// What was approved.
    pub registration: Registration,
    /// Its validity.
    pub valid: Window,
    /// The label's place in the status list, as the token states it; no two labels share one.
    pub status_index: StatusIndex,
    /// The label that was issued for it.
    pub token: Token,
    /// Numbers that the product had before it had a label; they must never pass as one.
    pub pre_label_numbers: Vec<(PreLabelNumber, RegistrationNumber)>,
}

/// A change of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Of its state.
    State(StateChange),
    /// Of its expiry: extended, or shortened.
    Expiry {
        /// The new end of the validity.
        until: UnixTime,
    },
    /// Of the products and models that it covers (変更届).
    Products(Vec<Product>),
    /// A new registration takes its place: grace begins, and it ends at `until` at the latest.
    Succeeded {
        /// The new one.
        by: RegistrationNumber,
        /// The end of the old one's validity.
        until: UnixTime,
    },
}

/// A case to be opened or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseWrite {
    /// Its kind, which is not [`Kind::Label`].
    pub kind: Kind,
    /// Its name, unique within the kind.
    pub id: String,
    /// From which revision it is changed; `None` opens it.
    pub expected: Option<Revision>,
    /// Whose it is, where it is an organisation's.
    pub owner: Option<String>,
    /// The registration that it is about, where there is one.
    pub number: Option<RegistrationNumber>,
    /// Its state, as a word, to be found by.
    pub state: String,
    /// All of it, as JSON.
    pub document: String,
    /// What happened, as a word.
    pub what: String,
    /// Why, where a reason was given.
    pub why: Option<String>,
}

/// A case as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub id: String,
    /// Counts up with every change.
    pub revision: Revision,
    /// Whose it is.
    pub owner: Option<String>,
    /// The registration that it is about.
    pub number: Option<RegistrationNumber>,
    /// Its state.
    pub state: String,
    /// All of it, as JSON.
    pub document: String,
    /// When it was opened.
    pub opened: UnixTime,
    /// When it was changed last.
    pub changed: UnixTime,
}

/// Which cases are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseQuery {
    /// Of which kind.
    pub kind: Kind,
    /// Only those of this owner.
    pub owner: Option<String>,
    /// Only those about this registration.
    pub number: Option<RegistrationNumber>,
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those after this name.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u32,
}

impl CaseQuery {
    /// The first `limit` of `kind`.
    pub const fn of(kind: Kind, limit: u32) -> Self {
        Self { kind, owner: None, number: None, state: None, after: None, limit }
    }
}
