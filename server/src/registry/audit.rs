//! What a check of the whole registry came to.
//!
//! The history is proved by its chain of hashes. All other tables say how things are now; the history says the same, as
//! the last entry of each thing, and they are compared. A row that somebody changed in the database itself, past the
//! program, is thereby told with its name, whether they changed the history as well or not.
//!
//! What this cannot show: numbers that products had before they had a label, and the columns by which cases are searched
//! (owner, number, state), are not in the history; registrations in entries of format 1 are in it, and not hashed; and a
//! history that was written anew from some entry to its end is consistent in itself. The last is why a hash is written
//! down elsewhere from time to time, and handed in as [`Known`].

use super::{ChainBreak, GENESIS, Kind, Position};

/// A position whose hash is known from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The position.
    pub position: Position,
    /// Its hash.
    pub hash: [u8; 32],
}

impl Known {
    /// Before the first entry.
    pub const GENESIS: Self = Self { position: Position(0), hash: GENESIS };
}

/// What a check of the whole registry came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// The last position that was proved, with its hash: to be written down elsewhere.
    pub last: Known,
    /// What is not as it should be; at most [`Audit::MOST`] of each kind.
    pub findings: Vec<Finding>,
    /// API keys that were made before keys were in the history: nothing proves them. Replace them.
    pub unproved_keys: Vec<String>,
}

impl Audit {
    /// Findings of one kind that are told.
    pub const MOST: u32 = 100;

    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// The chain does not hold.
    #[error(transparent)]
    Chain(#[from] ChainBreak),
    /// The entry whose hash was known has another one, or is gone.
    #[error("position {} has not the hash that was written down: the history was rewritten", .0.0)]
    NotAsKnown(Position),
    /// An entry cannot be read.
    #[error("the history cannot be read: {0}")]
    Unreadable(String),
    /// The status of a label is another one than its last entry says.
    #[error("the status of {0} is not what the history says")]
    Status(String),
    /// A registration is another one than the history says.
    #[error("the registration of {0} is not what the history says")]
    Registration(String),
    /// The labels issued for a registration are others than its record names.
    #[error("the issued labels of {0} are not those of its record")]
    Tokens(String),
    /// The index of models does not agree with the registration.
    #[error("the models of {0} in the index are not those of its registration")]
    Models(String),
    /// A case is another one than its last entry says.
    #[error("the {} {id} is not what the history says", kind.as_str())]
    Case {
        /// Its kind.
        kind: Kind,
        /// Its name.
        id: String,
    },
    /// The history has it, and it is not on record any more.
    #[error("the {} {id} is in the history and not on record", kind.as_str())]
    Gone {
        /// Its kind.
        kind: Kind,
        /// Its name.
        id: String,
    },
}
