//! Overload has an answer: what cannot be taken on now is refused at once, with `Retry-After`, and what was taken on is
//! finished. Waiting rooms are bounded, so that a burst costs memory in proportion to the limit and not to the burst.

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use shirushi_shared::api::ProblemType;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Refusal;

/// Lets a bounded number of requests in at once.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Semaphore>);

impl Gate {
    /// A gate for `at_once` requests.
    pub fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    /// A turn, held until it is dropped; a refusal where all are taken.
    pub(super) fn enter(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        Arc::clone(&self.0).try_acquire_owned().map_err(|_| Refusal::bare(ProblemType::Overloaded))
    }
}

/// Work that keeps a processor busy (pictures to be decoded): a bounded number at once, and a bounded number waiting.
#[derive(Clone, Debug)]
pub struct Decoders {
    waiting: Gate,
    running: Arc<Semaphore>,
}

impl Decoders {
    /// `at_once` pictures are decoded, and four times as many may wait with their bytes in memory.
    pub fn new(at_once: usize) -> Self {
        Self { waiting: Gate::new(at_once.saturating_mul(5)), running: Arc::new(Semaphore::new(at_once)) }
    }

    /// Runs `work` off the threads that answer requests, when its turn comes. The place in the queue and the turn are
    /// given back when the work has ended, also where nobody waits for it any more.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let turn = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|_| Refusal::bare(ProblemType::Overloaded))?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((turn, place));
            done
        });
        done.await.map_err(|fault| Refusal::internal(&fault))
    }
}

/// A place in the queue of the decoders. As an extractor it stands before the body's, so that a picture is read into
/// memory only when there is a place for it.
pub(super) struct Place(#[expect(dead_code, reason = "held for what dropping it does")] OwnedSemaphorePermit);

impl<S: Send + Sync> FromRequestParts<S> for Place
where
    Decoders: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Refusal> {
        Decoders::from_ref(state).waiting.enter().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_does_not_fit_is_refused_and_a_finished_turn_makes_room() {
        let gate = Gate::new(1);
        let turn = gate.enter().unwrap();
        assert_eq!(gate.enter().unwrap_err().kind(), ProblemType::Overloaded);
        drop(turn);
        assert!(gate.enter().is_ok());
    }

    #[tokio::test]
    async fn a_panicking_decoder_gives_its_turn_back() {
        let decoders = Decoders::new(1);
        let place = || Place(decoders.waiting.enter().unwrap());
        let failed = decoders.run(place(), || panic!("a bad picture")).await;
        assert_eq!(failed.map(|(): ()| 0).unwrap_err().kind(), ProblemType::Internal);
        assert_eq!(decoders.run(place(), || 7).await, Ok(7));
    }
}
