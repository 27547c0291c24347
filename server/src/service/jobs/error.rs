//! Why something was not done.

use std::io;

use super::{JobState, MappingError};
use crate::{registry::RegistryError, service::receipt::NoReceipt};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// There is no such job for this caller.
    #[error("there is no such job")]
    NotFound,
    /// The job's state does not allow it.
    #[error("the job is {}, {why}", state.as_str())]
    State {
        /// Its state.
        state: JobState,
        /// What would have to be.
        why: &'static str,
    },
    /// The organisation has as many as it may have.
    #[error("{0}")]
    TooMany(String),
    /// All without a key together have as many as they may have.
    #[error("{0}")]
    Crowded(String),
    /// The file is larger than is taken.
    #[error("{0}")]
    TooLarge(String),
    /// The columns cannot be used.
    #[error("the columns cannot be used")]
    Columns(Vec<MappingError>),
    /// There is nothing to compare with.
    #[error("name the earlier job: ?earlier=")]
    NoEarlier,
    /// As much is being worked out as can be.
    #[error("too much is worked out at present")]
    Busy,
    /// The registry could not be asked, or holds what cannot be read.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A pack could not be signed.
    #[error(transparent)]
    Receipt(NoReceipt),
    /// A scratch file cannot be used, or a thread ended.
    #[error("a scratch file cannot be used")]
    Scratch(#[from] io::Error),
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    Random(#[source] getrandom::Error),
}
