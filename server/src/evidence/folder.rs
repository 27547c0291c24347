//! Evidence in a folder of this machine: the embedded default.
//!
//! | path | |
//! |---|---|
//! | `ab/cdef…` | the file whose SHA-256 is `abcdef…` |
//! | `.drafts/` | files being written, under random names; also tells that this folder is a store |
//!
//! Folders have mode 0700, files 0600. A folder that is shared by several machines works as far as its file system gives
//! `rename` and `fsync` their meaning; for several nodes the S3 store is meant.

mod disk;

use std::{io, path::Path, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use shirushi_shared::time::UnixTime;
use tokio::task::spawn_blocking;

use self::disk::Disk;
use super::{ContentHash, EvidenceStore, StoreError};

/// Evidence in a folder.
pub struct FolderStore(Arc<Disk>);

impl FolderStore {
    /// The store in the folder at `path`, which is made where it is missing. Removes what writers that were killed left
    /// behind, by their age at `now`.
    ///
    /// # Errors
    /// `Unavailable`, where the folder cannot be made.
    pub fn open(path: &Path, now: UnixTime) -> Result<Self, StoreError> {
        let disk = Disk::open(path).map_err(failed)?;
        disk.tidy(now).map_err(failed)?;
        Ok(Self(Arc::new(disk)))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Disk) -> io::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let disk = Arc::clone(&self.0);
        let done = spawn_blocking(move || work(&disk)).await;
        done.map_err(|error| StoreError::Unavailable(error.into()))?.map_err(failed)
    }
}

#[async_trait]
impl EvidenceStore for FolderStore {
    async fn write(&self, hash: &ContentHash, content: Bytes) -> Result<(), StoreError> {
        let hash = *hash;
        self.run(move |disk| disk.write(&hash, &content)).await
    }

    async fn read(&self, hash: &ContentHash) -> Result<Option<Bytes>, StoreError> {
        let hash = *hash;
        self.run(move |disk| disk.read(&hash)).await.map(|content| content.map(Bytes::from))
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.run(Disk::probe).await
    }
}

fn failed(error: io::Error) -> StoreError {
    StoreError::Unavailable(error.into())
}

#[cfg(test)]
mod tests;
