//! The relay: carries committed changes from the registry's history into the status cache, in order, at least once.
//!
//! The history is its own outbox (ADR 0004): a change is in it or was not made. How far the relay has come is kept in
//! the cache itself, since a cache that has lost its memory has lost what was applied to it, too. Every node runs a
//! relay; against a shared cache one of them is first at each step, and the others find nothing left to do.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use shirushi_shared::status::StatusRecord;
use tokio::sync::Notify;

use crate::{
    cache::{CacheError, Confirmed, Kept, StatusCache},
    clock::SystemClock,
    registry::{Position, Registry, RegistryError},
};

/// Changes in one step: some hundred kilobytes, which Redis applies within milliseconds.
const BATCH: u32 = 256;
/// How long until the relay looks for changes of other processes; a change is in the cache after this at the latest.
const INTERVAL: Duration = Duration::from_millis(250);
/// Longest pause while registry or cache do not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Carries changes from the registry to the cache.
pub struct Relay {
    registry: Arc<dyn Registry>,
    cache: Arc<dyn StatusCache>,
    clock: SystemClock,
    committed: Notify,
    /// The registry's identity when it was read first.
    identity: OnceLock<String>,
}

/// What a step of the relay came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A life of the cache began: nothing is kept current yet, all that is read from now on will be.
    Began(Confirmed),
    /// So many changes were applied, and this is confirmed.
    Advanced(usize, Confirmed),
    /// As before, and more changes wait.
    More(usize, Confirmed),
    /// Another relay was faster, or the cache began another life meanwhile: nothing was done.
    Overtaken,
}

/// Why the relay cannot go on. Nothing is confirmed meanwhile, so that what the cache holds ages.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The registry.
    #[error("the relay cannot read the registry")]
    Registry(#[from] RegistryError),
    /// The cache.
    #[error("the relay cannot reach the cache")]
    Cache(#[from] CacheError),
    /// In the place of the registry is another one, such as one that was restored. What this process remembers is not of
    /// it.
    #[error(
        "the registry is another one than when this process started: was it restored? Start the process anew"
    )]
    OtherRegistry,
    /// The registry has gone back: its files were put back, or it is another registry. What the cache holds did not come
    /// from it; empty the cache.
    #[error("the cache is ahead of the registry ({} > {}): was the registry restored? Empty the cache", cache.0, registry.0)]
    RegistryBehind {
        /// What was confirmed.
        cache: Position,
        /// The registry's last position.
        registry: Position,
    },
    /// A position is missing in the history, which has no gaps.
    #[error("the history has no entry at position {}", .0.0)]
    Gap(Position),
}

impl Relay {
    /// A relay from `registry` to `cache`. It does nothing until it is run.
    pub fn new(registry: Arc<dyn Registry>, cache: Arc<dyn StatusCache>, clock: SystemClock) -> Self {
        Self { registry, cache, clock, committed: Notify::new(), identity: OnceLock::new() }
    }

    /// Says that something was committed, so that it is carried at once.
    pub fn wake(&self) {
        self.committed.notify_one();
    }

    /// One step: applies the next changes, or confirms that there are none.
    pub async fn step(&self) -> Result<Step, RelayError> {
        let (confirmed, ticket) = self.cache.confirmed().await?;
        // Taken before the registry is read: what is committed after it may or may not be in the reading, what was
        // committed before is. Whole seconds round it down, which claims less.
        let now = self.clock.now();
        let last = self.registry.last_position().await?;
        let identity = self.registry.identity().await?;
        if *self.identity.get_or_init(|| identity.clone()) != identity {
            return Err(RelayError::OtherRegistry);
        }

        let Some(from) = confirmed else {
            let to = Confirmed { position: last, as_of: now };
            return Ok(done(self.cache.advance(&[], to, &ticket).await?, Step::Began(to)));
        };
        if last < from.position {
            return Err(RelayError::RegistryBehind { cache: from.position, registry: last });
        }
        let (changes, position) = self.changes(from.position, last).await?;
        let count = changes.len();
        let (to, step) = if position >= last {
            let to = Confirmed { position, as_of: now };
            (to, Step::Advanced(count, to))
        } else {
            // Behind this batch there are changes that were committed before `now`, perhaps of the same labels: so
            // far only the old confirmation is true.
            let to = Confirmed { position, as_of: from.as_of };
            (to, Step::More(count, to))
        };
        Ok(done(self.cache.advance(&changes, to, &ticket).await?, step))
    }

    /// Steps until `shutdown` completes: at once after a local commit, and else at a short interval.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut outage = None;
        loop {
            let pause = match self.step().await {
                Ok(step) => {
                    if outage.take().is_some() {
                        tracing::info!("the relay carries changes again");
                    }
                    if matches!(step, Step::More(..)) { Duration::ZERO } else { INTERVAL }
                }
                Err(error) => {
                    if outage.is_none() {
                        tracing::warn!(error = &error as &dyn std::error::Error, "the relay has stopped");
                    }
                    let pause = outage.map_or(INTERVAL, |pause: Duration| (pause * 2).min(LONGEST_PAUSE));
                    outage = Some(pause);
                    pause
                }
            };
            tokio::select! {
                () = &mut shutdown => return,
                () = tokio::time::sleep(pause) => {}
                // During an outage commits must not drive the attempts faster than the pauses.
                () = self.committed.notified(), if outage.is_none() => {}
            }
        }
    }

    /// The next changes after `from`, and the position that they reach.
    async fn changes(
        &self,
        from: Position,
        last: Position,
    ) -> Result<(Vec<StatusRecord>, Position), RelayError> {
        if from == last {
            return Ok((Vec::new(), from));
        }
        let mut reached = from;
        let mut changes = Vec::new();
        for (position, record) in self.registry.changes_after(from, BATCH).await? {
            if position != reached.next() {
                return Err(RelayError::Gap(reached.next()));
            }
            reached = position;
            // What is not of a label has a position as well, and no status.
            changes.extend(record);
        }
        if reached == from { Err(RelayError::Gap(from.next())) } else { Ok((changes, reached)) }
    }
}

fn done(kept: Kept, step: Step) -> Step {
    match kept {
        Kept::Written => step,
        Kept::Newer | Kept::OtherLife => Step::Overtaken,
    }
}

#[cfg(test)]
mod tests;
