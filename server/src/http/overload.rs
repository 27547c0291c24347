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

/// Lets a bounded number of requests in at once. A quarter of the turns is kept for callers with an API key: a crowd, or
/// a flood, must not keep a retailer from verifying nor the operator from revoking.
#[derive(Clone, Debug)]
pub struct Gate {
    public: Turns,
    reserve: Turns,
}

impl Gate {
    /// A gate for `at_once` requests.
    pub fn new(at_once: usize) -> Self {
        let reserved = at_once / 4;
        Self::with_reserve(at_once - reserved, reserved)
    }

    /// A gate for `public` requests of anybody, and `reserved` ones beside them for callers with an API key.
    pub fn with_reserve(public: usize, reserved: usize) -> Self {
        Self { public: Turns::new(public), reserve: Turns::new(reserved) }
    }

    /// A turn for anybody.
    pub(super) fn enter(&self) -> Result<Turn, Refusal> {
        self.public.take()
    }

    /// A turn for a caller with a key, where anybody's are all taken. It is taken before the key is looked at, so that
    /// whoever floods with made-up keys costs the registry no more look-ups at once than there are such turns.
    pub(super) fn enter_reserve(&self) -> Result<Turn, Refusal> {
        self.reserve.take()
    }
}

/// A turn, held until it is dropped.
pub(super) type Turn = OwnedSemaphorePermit;

/// A bounded number of turns. All clones share them.
#[derive(Clone, Debug)]
pub struct Turns(Arc<Semaphore>);

impl Turns {
    /// So many.
    pub fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    /// A turn; a refusal where all are taken.
    pub(super) fn take(&self) -> Result<Turn, Refusal> {
        Arc::clone(&self.0).try_acquire_owned().map_err(|_| Refusal::bare(ProblemType::Overloaded))
    }
}

/// Work that keeps a processor busy (pictures to be decoded): a bounded number at once, and a bounded number waiting.
#[derive(Clone, Debug)]
pub struct Decoders {
    waiting: Turns,
    running: Arc<Semaphore>,
}

impl Decoders {
    /// `at_once` pictures are decoded, and four times as many may wait with their bytes in memory.
    pub fn new(at_once: usize) -> Self {
        Self { waiting: Turns::new(at_once.saturating_mul(5)), running: Arc::new(Semaphore::new(at_once)) }
    }

    /// A place in the queue.
    pub(super) fn place(&self) -> Result<Place, Refusal> {
        self.waiting.take().map(Place)
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
pub(super) struct Place(#[expect(dead_code, reason = "held for what dropping it does")] Turn);

impl<S: Send + Sync> FromRequestParts<S> for Place
where
    Decoders: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Refusal> {
        Decoders::from_ref(state).place()
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

    #[test]
    fn a_quarter_is_kept_for_those_with_a_key() {
        let gate = Gate::new(8);
        let crowd: Vec<_> = std::iter::from_fn(|| gate.enter().ok()).collect();
        let keyed: Vec<_> = std::iter::from_fn(|| gate.enter_reserve().ok()).collect();
        assert_eq!((crowd.len(), keyed.len()), (6, 2));
        drop(crowd);
        assert!(gate.enter_reserve().is_err(), "the reserve is bounded as well");
        drop(keyed);
        assert!(gate.enter_reserve().is_ok());
    }

    #[tokio::test]
    async fn a_panicking_decoder_gives_its_turn_back() {
        let decoders = Decoders::new(1);
        let place = || Place(decoders.waiting.take().unwrap());
        let failed = decoders.run(place(), || panic!("a bad picture")).await;
        assert_eq!(failed.map(|(): ()| 0).unwrap_err().kind(), ProblemType::Internal);
        assert_eq!(decoders.run(place(), || 7).await, Ok(7));
    }
}
