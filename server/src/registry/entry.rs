//! What the history holds.

use shirushi_shared::{
    label::RegistrationNumber,
    status::{Revision, StatusRecord},
    time::UnixTime,
};

use super::change;

/// Who did something, for the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person, or the part of the service, by name.
    pub name: String,
    /// The organisation for which they acted.
    pub organisation: Option<String>,
    /// The public part of the API key by which they did.
    pub key: Option<String>,
}

impl Actor {
    /// Somebody at this machine, without an API key.
    pub fn here(name: impl Into<String>) -> Self {
        Self { name: name.into(), organisation: None, key: None }
    }
}

/// A place in the total order of writes, from 1; 0 stands before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

impl Position {
    /// The next one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// What kind of thing a history entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A label, by its registration number.
    Label,
    /// An organisation: operator, label holder, evaluation body, auditor, verifier.
    Organisation,
    /// An API key, by its public part.
    ApiKey,
    /// An application for a label (申請).
    Application,
    /// A decision that needs a second person.
    Decision,
    /// A change notice (変更届).
    Notice,
    /// An advisory about a product.
    Advisory,
    /// A report that a label holder owes (報告届).
    Duty,
    /// That an organisation handed in an evidence file.
    Evidence,
    /// A suspicious label that somebody reported.
    Sighting,
    /// A procurement policy, or an edition of it.
    Policy,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Label,
        Self::Organisation,
        Self::ApiKey,
        Self::Application,
        Self::Decision,
        Self::Notice,
        Self::Advisory,
        Self::Duty,
        Self::Evidence,
        Self::Sighting,
        Self::Policy,
    ];

    /// The kind's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Organisation => "organisation",
            Self::ApiKey => "api_key",
            Self::Application => "application",
            Self::Decision => "decision",
            Self::Notice => "notice",
            Self::Advisory => "advisory",
            Self::Duty => "duty",
            Self::Evidence => "evidence",
            Self::Sighting => "sighting",
            Self::Policy => "policy",
        }
    }

    /// The kind named by its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One entry of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Its place in the order of all writes.
    pub position: Position,
    /// When it was written.
    pub at: UnixTime,
    /// Who wrote it.
    pub by: Actor,
    /// What happened, as a word: `registered`, `suspended`, `submitted` …
    pub what: String,
    /// Why, where a reason was given that does not stand in the fact itself.
    pub why: Option<String>,
    /// What is so from then on.
    pub fact: Fact,
    /// The layout by which it is hashed (`chain.rs`).
    pub format: u32,
    /// SHA-256 over the previous entry's hash and this entry (chained over the whole registry).
    pub hash: [u8; 32],
}

impl HistoryEntry {
    /// Whether it put on record or changed what a label covers, or how long it holds: more than its state.
    pub fn is_more_than_state(&self) -> bool {
        let is_revised = matches!(self.fact, Fact::Label { document: Some(_), .. });
        is_revised || self.fact.kind() == Kind::Label && self.what == change::EXPIRY
    }
}

/// What an entry puts on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Of a label.
    Label {
        /// Its status from then on.
        record: StatusRecord,
        /// The registration, as JSON, where this entry put it on record or changed it.
        document: Option<String>,
    },
    /// Of a case.
    Case {
        /// Its kind, which is not [`Kind::Label`].
        kind: Kind,
        /// Its name.
        id: String,
        /// Its revision from then on.
        revision: Revision,
        /// The whole case, as JSON.
        document: String,
    },
}

impl Fact {
    /// What it is about.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Label { .. } => Kind::Label,
            Self::Case { kind, .. } => *kind,
        }
    }

    /// The name of what it is about.
    pub fn id(&self) -> &str {
        match self {
            Self::Label { record, .. } => record.number.as_str(),
            Self::Case { id, .. } => id,
        }
    }

    /// The revision from then on.
    pub const fn revision(&self) -> Revision {
        match self {
            Self::Label { record, .. } => record.revision,
            Self::Case { revision, .. } => *revision,
        }
    }

    /// The status record, where it is a label's.
    pub const fn record(&self) -> Option<&StatusRecord> {
        match self {
            Self::Label { record, .. } => Some(record),
            Self::Case { .. } => None,
        }
    }

    /// The registration number, where it is a label's.
    pub const fn number(&self) -> Option<&RegistrationNumber> {
        match self {
            Self::Label { record, .. } => Some(&record.number),
            Self::Case { .. } => None,
        }
    }
}
