//! Why lists are not made.

use shirushi_shared::{cose::SignError, index::IndexError};

use crate::{
    registry::{Position, RegistryError},
    signer::SignerError,
};

/// Why lists are not made.
#[derive(Debug, thiserror::Error)]
pub enum ListsError {
    /// The registry does not do what it should.
    #[error("the registry cannot be read for the lists")]
    Registry(#[from] RegistryError),
    /// The registry has gone back: it was restored from a backup. All is read anew.
    #[error("the registry is behind what the lists were made from: was it restored?")]
    RegistryBehind,
    /// A position is missing in the history, which has no gaps.
    #[error("the history has no entry at position {}", .0.0)]
    Gap(Position),
    /// What is published has more in it than what is known here.
    #[error("what is published was made from position {}, and here only {} is known", published.0, known.0)]
    Older {
        /// Of what is published.
        published: Position,
        /// Of what is known here.
        known: Position,
    },
    /// There is no key for it.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The index cannot be made.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// Not all of them could be made.
    #[error("the {what} cannot be made: {why}")]
    Incomplete {
        /// Which one.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// The process is ending.
    #[error("the work was given up")]
    GivenUp,
}

impl ListsError {
    /// Whether it is of one file only, and says nothing of the others.
    pub(super) const fn is_of_one_file(&self) -> bool {
        matches!(self, Self::Older { .. } | Self::Signer(_) | Self::Sign(_) | Self::Index(_))
    }
}
