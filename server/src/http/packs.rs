//! A pack that was handed in, looked at: a few at a time, off the threads that answer.

use std::{fs::File, sync::Arc};

use axum::extract::FromRef;
use shirushi_shared::api::{PackAnswer, ProblemType};
use tokio::sync::Semaphore;

use crate::{
    http::{overload::Turn, problem::Refusal, state::AppState},
    service::{
        bulk::Bulk,
        pack::{self, KeptPack, MOST_ON_A_PAGE, PackError},
        receipt::Receipts,
        verify::Verifier,
    },
};

/// Packs that are looked at at once, each with a scratch file of up to 64 MiB.
const AT_ONCE: usize = 4;

/// Turns for packs. Cheap to clone; all clones share them.
#[derive(Clone, Debug)]
pub struct PackTurns(Arc<Semaphore>);

impl Default for PackTurns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl PackTurns {
    /// A turn; a refusal where all are taken.
    pub(super) fn take(&self) -> Result<Turn, Refusal> {
        Arc::clone(&self.0).try_acquire_owned().map_err(|_| Refusal::bare(ProblemType::Overloaded))
    }
}

/// What the page needs to say what a receipt or a pack is worth.
#[derive(Clone)]
pub(in crate::http) struct Checkers {
    pub(super) receipts: Receipts,
    pub(super) verifier: Verifier,
    pub(super) bulk: Bulk,
    pub(super) turns: PackTurns,
}

impl FromRef<AppState> for Checkers {
    fn from_ref(state: &AppState) -> Self {
        let AppState { receipts, verifier, bulk, pack_turns, .. } = state;
        Self {
            receipts: receipts.clone(),
            verifier: verifier.clone(),
            bulk: bulk.clone(),
            turns: pack_turns.clone(),
        }
    }
}

/// What the pack in `file` is worth, and what its rows are answered today; `None` where it is no pack.
pub(super) async fn check(
    file: File,
    turn: Turn,
    receipts: &Receipts,
    bulk: &Bulk,
) -> Result<Option<PackAnswer>, Refusal> {
    let ring = receipts.ring();
    let looked = tokio::task::spawn_blocking(move || {
        let mut pack = KeptPack::open(file)?;
        let answer = pack.check(&ring)?;
        Ok((pack, answer))
    });
    let looked = looked.await.map_err(|fault| Refusal::internal(&fault))?;
    let (pack, mut answer) = match looked {
        Ok(looked) => looked,
        Err(PackError::Read(fault)) => return Err(Refusal::internal(&fault)),
        // Its form is not a pack's: the page says so, in words for readers.
        Err(_) => return Ok(None),
    };
    if answer.is_whole() {
        // A pack that says more than this version understands is genuine all the same.
        answer.now = pack::compare(pack, bulk, MOST_ON_A_PAGE).await.ok();
    }
    drop(turn);
    Ok(Some(answer))
}
