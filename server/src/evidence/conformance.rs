//! What evidence files have to be on every store, told once and run for each.
//!
//! Part of the library, and not of its tests, since the `tests` crate runs it against a real S3 server. Nothing of the
//! service calls it. A case that fails panics, as a test does.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test suite: a failure is a panic")]

mod keeping;
mod refusing;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, stream};

use super::{Declared, EvidenceError, EvidenceFiles, EvidenceStore, MaxSize, Stored};

/// A store to test, empty, and how its objects are reached behind its back.
pub struct Subject {
    /// The store.
    pub store: Arc<dyn EvidenceStore>,
    /// How many objects lie in it, drafts and all.
    pub count: Box<dyn Fn() -> usize + Send + Sync>,
    /// Changes what lies there at a place (`ab/cdef…`), as a failing disk or another hand does.
    pub damage: Box<Damaging>,
}

/// Does to the object at a place what a [`Damage`] says.
pub type Damaging = dyn Fn(&str, &Damage) + Send + Sync;

/// What happens to an object.
pub type Damage = dyn Fn(&mut Vec<u8>) + Send + Sync;

/// Runs every case, each on an empty store from `open`.
pub async fn run<F>(open: impl Fn() -> F)
where
    F: Future<Output = Subject>,
{
    keeping::what_was_put_is_read(open().await).await;
    keeping::the_same_content_twice_is_one_file(open().await).await;
    keeping::many_at_once_do_not_disturb_each_other(open().await).await;
    keeping::what_was_damaged_is_not_handed_out_and_can_be_put_again(open().await).await;
    refusing::what_is_not_as_declared_is_not_kept(open().await).await;
    refusing::an_upload_stops_at_the_limit(open().await).await;
    refusing::an_upload_that_breaks_off_leaves_nothing(open().await).await;
    open().await.store.ready().await.unwrap();
}

impl Subject {
    /// Files of at most 1 MiB.
    fn files(&self) -> EvidenceFiles {
        EvidenceFiles::new(Arc::clone(&self.store), MaxSize::new(1).unwrap())
    }
}

/// An upload of these pieces.
fn upload<'a>(pieces: &'a [&'static [u8]]) -> impl Stream<Item = Result<Bytes, std::io::Error>> + 'a {
    stream::iter(pieces.iter().map(|piece| Ok(Bytes::from_static(piece))))
}

async fn put(files: &EvidenceFiles, content: &'static [u8]) -> Result<Stored, EvidenceError> {
    files.put(upload(&[content]), Declared::default()).await
}
