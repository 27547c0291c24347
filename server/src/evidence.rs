//! Evidence files: what makers hand in and laboratories report, kept under the SHA-256 of their content.
//!
//! [`EvidenceFiles`] is what the house uses: it counts, hashes and checks, whatever lies beneath. Beneath it lies an
//! [`EvidenceStore`], which only moves bytes: a folder (`file:PATH`) or an S3-compatible store (`s3://…`), chosen by URL,
//! with one conformance suite for both.
//!
//! A file is in memory as a whole on its way in and out. In: its name is its hash, and a store of S3's kind wants the name
//! before the first byte. Out: not one byte may be handed out before all of them agree with the hash. Files are small
//! (20 MiB by default, [`MaxSize`]), and how many are in memory at once is bounded. What would change this: files of
//! hundreds of megabytes, which would be streamed through a temporary file.
//!
//! Nothing here deletes. A file that no record names does no harm, and deciding that no record names it would take a
//! lock across registry and store.
//!
//! Not here: which file belongs to which product, who may read it, and how it was named. No part of a name that a client
//! chose ever comes to a path; the path is the hash.

pub mod conformance;
mod files;
mod folder;
mod s3;

pub use files::{Declared, EvidenceFiles, MaxSize, Stored};
pub use folder::FolderStore;
pub use s3::{S3Credentials, S3Place, S3Store};

use async_trait::async_trait;
use bytes::Bytes;

use crate::scheme::evidence::{ContentHash, MediaType};

/// Any error of a layer below.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Where the bytes of evidence files lie. Adapters move bytes and promise only what is written here; the rest is
/// promised by [`EvidenceFiles`].
#[async_trait]
pub trait EvidenceStore: Send + Sync + 'static {
    /// Puts `content` under `hash`. When this returns, it survives a crash of the machine; when it does not return,
    /// because the process was killed, either all of it is there or nothing. What was under `hash` before is replaced:
    /// that is the same content, unless it was damaged. Any number of writers of the same hash do not disturb each
    /// other, nor a reader.
    async fn write(&self, hash: &ContentHash, content: Bytes) -> Result<(), StoreError>;

    /// What lies under `hash`, as it lies there: *not* held against the hash. `None` only where the store has answered
    /// that there is nothing; a store that is away is an error. At most [`MaxSize::LARGEST`] and one byte is read.
    async fn read(&self, hash: &ContentHash) -> Result<Option<Bytes>, StoreError>;

    /// Whether the store can be written to or, where asking that would leave something behind, read from.
    async fn ready(&self) -> Result<(), StoreError>;
}

/// Why a store did not do as it was asked. Says nothing of whether a file is there.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It does not answer, or cannot now: away, too slow, full, read-only. Trying later may help.
    #[error("the evidence store cannot be used now")]
    Unavailable(#[source] Cause),
    /// It answers, and says no: wrong credentials, no permission, no such bucket. Trying again does not help.
    #[error("the evidence store refuses: {0}")]
    Refused(String),
}

/// Why a file was not kept, or not handed out.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The upload went past the largest size, and was not read further.
    #[error("the file is larger than {0}")]
    TooLarge(MaxSize),
    /// The content is not what was declared. Nothing was kept.
    #[error("the file was declared to be {declared}, and is {found}")]
    NotItsHash {
        /// What the sender said.
        declared: ContentHash,
        /// What was sent.
        found: ContentHash,
    },
    /// The content is not of the declared type. Nothing was kept.
    #[error("the file was declared to be {0}, and is not")]
    NotItsType(MediaType),
    /// The upload broke off. Nothing was kept.
    #[error("the upload broke off")]
    BrokeOff(#[source] Cause),
    /// As many files as are allowed are in memory, and none was done in time.
    #[error("too many evidence files are being handled")]
    Busy,
    /// What the store has under this hash is something else: damage, or another's hand. Nothing of it is handed out.
    #[error("what the evidence store has as {0} is something else")]
    Corrupt(ContentHash),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Folder and name of a file in any store: `ab`, `cdef…`. 256 folders, so that none grows too large to list.
fn place_of(hash: &ContentHash) -> [String; 2] {
    let hash = hash.to_string();
    let (folder, name) = hash.split_at(2);
    [folder, name].map(str::to_owned)
}
