//! What the registry says of a label, and how old that knowledge is.
//!
//! Records are facts with a revision: a record only moves forward, and a write with a lower revision loses in every
//! cache, at every node (ARCHITECTURE.md, invariant 4). A verdict is never stored; facts are.

pub mod list;

use serde::{Deserialize, Serialize};

use list::ListedStatus;

use crate::{
    label::{LabelState, RegistrationNumber},
    time::{UnixTime, Window},
    token::TokenId,
};

/// Counts the changes of one registration, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(u64);

impl Revision {
    /// The revision of a new registration.
    pub const FIRST: Self = Self(1);

    /// Revision `number`.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Everything that a verdict needs to know of a registration's present state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusRecord {
    /// Which registration.
    pub number: RegistrationNumber,
    /// Which state of it.
    pub revision: Revision,
    /// What the operator has decided.
    pub state: LabelState,
    /// The validity; its end is the registry's expiry, which outranks the printed one.
    pub valid: Window,
    /// The tokens issued for it.
    pub tokens: Vec<TokenOnRecord>,
}

impl StatusRecord {
    /// The entry of token `id`, where the registry knows it.
    pub fn token(&self, id: TokenId) -> Option<&TokenOnRecord> {
        self.tokens.iter().find(|token| token.id == id)
    }
}

/// A token that the registry has issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenOnRecord {
    /// Which token.
    pub id: TokenId,
    /// When it was put on record.
    pub registered: UnixTime,
}

/// Where evidence comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusSource {
    /// The registry itself.
    Registry,
    /// A cache kept current by the registry.
    Cache,
    /// A signed status list.
    StatusList,
    /// Nowhere: nothing could be asked.
    None,
}

impl StatusSource {
    /// The source's word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Cache => "cache",
            Self::StatusList => "status_list",
            Self::None => "none",
        }
    }
}

/// What could be learnt of a label's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusEvidence {
    /// Nothing: neither cache nor registry answered.
    None,
    /// The registry answered that it does not know the number.
    Unregistered {
        /// When it said so.
        as_of: UnixTime,
        /// Who said so.
        source: StatusSource,
    },
    /// The registry's record.
    Record {
        /// The record.
        record: StatusRecord,
        /// The latest instant at which it is known to have been current.
        as_of: UnixTime,
        /// Who said so.
        source: StatusSource,
    },
    /// What a signed status list says. It knows neither the registration nor whether there is one.
    Listed {
        /// Its value for the label.
        status: ListedStatus,
        /// When the list was issued.
        as_of: UnixTime,
        /// The list's own expiry.
        until: UnixTime,
        /// The registry's validity, from a product index that has not expired; `None` where only the printed expiry is
        /// known. An index older than the list takes nothing away: without it, even less would be known.
        valid: Option<Window>,
    },
}

impl StatusEvidence {
    /// The record, where there is one.
    pub const fn record(&self) -> Option<&StatusRecord> {
        match self {
            Self::Record { record, .. } => Some(record),
            Self::None | Self::Unregistered { .. } | Self::Listed { .. } => None,
        }
    }

    /// The registry's validity, where it is known.
    pub const fn valid(&self) -> Option<Window> {
        match self {
            Self::Record { record, .. } => Some(record.valid),
            Self::Listed { valid, .. } => *valid,
            Self::None | Self::Unregistered { .. } => None,
        }
    }

    /// The latest instant at which this is known to have been current.
    pub const fn as_of(&self) -> Option<UnixTime> {
        match self {
            Self::None => None,
            Self::Unregistered { as_of, .. } | Self::Record { as_of, .. } | Self::Listed { as_of, .. } => {
                Some(*as_of)
            }
        }
    }

    /// Where it comes from.
    pub const fn source(&self) -> StatusSource {
        match self {
            Self::None => StatusSource::None,
            Self::Unregistered { source, .. } | Self::Record { source, .. } => *source,
            Self::Listed { .. } => StatusSource::StatusList,
        }
    }
}
