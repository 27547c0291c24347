//! Counts, hashes and checks, whatever store lies beneath.

use std::{fmt, num::NonZeroU8, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, pin_mut};
use sha2::{Digest as _, Sha256};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

use super::{Cause, ContentHash, EvidenceError, EvidenceStore, MediaType, StoreError};
use crate::scheme::evidence::sniff;

/// Files in memory at once on their way in, and as many on their way out: slow readers do not keep writers waiting.
const PLACES: usize = 4;
/// How long one waits for a place.
const PATIENCE: Duration = Duration::from_secs(10);

/// The evidence files of a registry.
#[derive(Clone)]
pub struct EvidenceFiles {
    store: Arc<dyn EvidenceStore>,
    max: MaxSize,
    coming: Arc<Semaphore>,
    going: Arc<Semaphore>,
}

/// The largest file that is taken, in mebibytes: 1 to 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxSize(NonZeroU8);

/// What the sender says of a file, to be held against it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Declared {
    /// Its hash.
    pub hash: Option<ContentHash>,
    /// Its type.
    pub media_type: Option<MediaType>,
}

/// What is now in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Under which it is found.
    pub hash: ContentHash,
    /// In bytes.
    pub size: u64,
    /// What it is by its content, where it is something that we know.
    pub media_type: Option<MediaType>,
}

impl EvidenceFiles {
    /// Files in `store`, none larger than `max` taken in.
    pub fn new(store: Arc<dyn EvidenceStore>, max: MaxSize) -> Self {
        let places = || Arc::new(Semaphore::new(PLACES));
        Self { store, max, coming: places(), going: places() }
    }

    /// Takes in what `upload` sends, and keeps it if it is what was `declared`. The same content twice is one file.
    /// When this returns, the file survives a crash; when it fails or is dropped, nothing that was not there is visible,
    /// or all of it (a store may have taken it and not come to say so). Asking again is always right.
    ///
    /// How long the upload may take is for the caller to bound: it holds one of few places.
    ///
    /// # Errors
    /// All of [`EvidenceError`] but `Corrupt`. An upload that is too large is read no further than to the limit.
    pub async fn put<E: Into<Cause>>(
        &self,
        upload: impl Stream<Item = Result<Bytes, E>>,
        declared: Declared,
    ) -> Result<Stored, EvidenceError> {
        let _place = place(&self.coming).await?;
        let (content, hash) = self.receive(upload).await?;
        let stored = Stored { hash, size: content.len() as u64, media_type: sniff(&content) };
        declared.check(&stored, &content)?;
        self.store.write(&hash, content.into()).await?;
        Ok(stored)
    }

    /// The whole content of the file, held against its hash; `None` where there is no such file. Its place in memory is
    /// free again when the last copy of the answer has been dropped.
    ///
    /// # Errors
    /// `Corrupt`, `Busy` and `Store`.
    pub async fn read(&self, hash: &ContentHash) -> Result<Option<Bytes>, EvidenceError> {
        let place = place(&self.going).await?;
        let Some(content) = self.store.read(hash).await? else { return Ok(None) };
        let wanted = *hash;
        let checking = spawn_blocking(move || {
            let is_it = ContentHash::of(&content) == wanted;
            is_it.then(|| Bytes::from_owner(Held { content, _place: place }))
        });
        let content = checking.await.map_err(|error| StoreError::Unavailable(error.into()))?;
        content.map(Some).ok_or(EvidenceError::Corrupt(wanted))
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// Why not.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.store.ready().await
    }

    async fn receive<E: Into<Cause>>(
        &self,
        upload: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<(Vec<u8>, ContentHash), EvidenceError> {
        pin_mut!(upload);
        let (mut content, mut hasher) = (Vec::new(), Sha256::new());
        while let Some(piece) = upload.next().await {
            let piece = piece.map_err(|error| EvidenceError::BrokeOff(error.into()))?;
            if content.len() + piece.len() > self.max.bytes() {
                return Err(EvidenceError::TooLarge(self.max));
            }
            hasher.update(&piece);
            content.extend_from_slice(&piece);
        }
        Ok((content, ContentHash::from_bytes(hasher.finalize().into())))
    }
}

impl MaxSize {
    /// 20 MiB: a test report with its photographs.
    pub const DEFAULT_MIB: u8 = 20;
    /// The largest that can be set: eight of them are in memory at once.
    pub const LARGEST: usize = mib(Self::LARGEST_MIB);
    /// The same in mebibytes.
    pub const LARGEST_MIB: u8 = 64;

    /// `mib` mebibytes; `None` outside of 1 to 64.
    pub fn new(mib: u8) -> Option<Self> {
        NonZeroU8::new(mib).filter(|mib| mib.get() <= Self::LARGEST_MIB).map(Self)
    }

    /// In bytes.
    pub const fn bytes(self) -> usize {
        mib(self.0.get())
    }
}

const fn mib(count: u8) -> usize {
    (count as usize) << 20
}

impl fmt::Display for MaxSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} MiB", self.0)
    }
}

impl Declared {
    fn check(&self, stored: &Stored, content: &[u8]) -> Result<(), EvidenceError> {
        if let Some(declared) = self.hash.filter(|declared| *declared != stored.hash) {
            return Err(EvidenceError::NotItsHash { declared, found: stored.hash });
        }
        let other_type = self.media_type.filter(|declared| !declared.agrees_with(content));
        other_type.map_or(Ok(()), |declared| Err(EvidenceError::NotItsType(declared)))
    }
}

/// A file on its way out, in its place.
struct Held {
    content: Bytes,
    _place: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.content
    }
}

async fn place(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, EvidenceError> {
    let place = timeout(PATIENCE, Arc::clone(places).acquire_owned()).await;
    place.ok().and_then(Result::ok).ok_or(EvidenceError::Busy)
}

#[cfg(test)]
mod tests;
