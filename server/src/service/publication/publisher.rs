//! Who makes the lists: the node with the lease, as long as it has it.

use std::{sync::Arc, time::Duration};

use shirushi_shared::time::UnixTime;
use tokio::sync::Notify;

use super::{ListsError, Made, Parts, TRUST_LIST, maker::Maker};
use crate::signer::LiveKeys;

/// The lease's name.
const LEASE: &str = "lists";
/// How long it is taken for, in seconds: after a node is killed, another one makes the lists after this and a try.
const HELD_FOR: i64 = 15;
/// It is prolonged when so much of it is left.
const PROLONGED_AT: i64 = 10;
/// How often a node without it tries to take it.
const TRY: Duration = Duration::from_secs(3);
/// How often the node with it looks for changes that others have written.
const LOOK: Duration = Duration::from_millis(250);
/// Longest pause while the registry does not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Makes the lists while it has the lease.
pub struct Publisher {
    pub(super) parts: Parts,
    keys: LiveKeys,
    /// This process and no other, under whatever name it was started.
    holder: String,
    /// Until when the lease is ours.
    held_until: Option<UnixTime>,
    maker: Option<Maker>,
}

impl Publisher {
    /// A publisher that signs with what `keys` are at the time. It does nothing until it is run.
    ///
    /// # Errors
    /// The system gave no randomness.
    pub fn new(parts: Parts, keys: LiveKeys) -> Result<Self, getrandom::Error> {
        let holder = format!("{:016x}", getrandom::u64()?);
        Ok(Self { parts, keys, holder, held_until: None, maker: None })
    }

    /// Makes lists until `shutdown` completes, then gives the lease back: at once after `committed`, and else at a short
    /// interval.
    pub async fn run(mut self, committed: Arc<Notify>, shutdown: impl Future<Output = ()> + Send) {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut outage = None;
        loop {
            let pause = match self.round().await {
                Ok(made) => {
                    if outage.take().is_some() {
                        tracing::info!("lists are made again");
                    }
                    match made {
                        Some(Made::Reading) => Duration::ZERO,
                        Some(Made::All) => LOOK,
                        None => TRY,
                    }
                }
                Err(error) => {
                    if outage.is_none() {
                        tracing::warn!(error = &error as &dyn std::error::Error, "no lists are made");
                    }
                    let pause = outage.map_or(LOOK, |pause: Duration| (pause * 2).min(LONGEST_PAUSE));
                    outage = Some(pause);
                    pause
                }
            };
            let works = self.maker.is_some() && outage.is_none();
            tokio::select! {
                () = &mut shutdown => break,
                () = tokio::time::sleep(pause) => {}
                () = committed.notified(), if works => {}
                Ok(()) = self.keys.changed(), if works => {}
            }
        }
        self.give_back().await;
    }

    /// Makes every list once, now, whoever has the lease: two at once are right, too.
    pub async fn once(&mut self) -> Result<(), ListsError> {
        let parts = self.parts.clone();
        let keys = self.keys.borrow_and_update().clone();
        let mut maker = Maker::begin(parts.registry.as_ref(), parts.clock.now()).await?;
        loop {
            let made = maker.step(&parts, &keys, parts.clock.now()).await?;
            if maker.is_all_made()? {
                return Ok(());
            }
            if made == Made::All {
                // Somebody has published within this second.
                tokio::time::sleep(LOOK).await;
            }
        }
    }

    /// One step of what [`Self::run`] does, where the lease is ours; `None` where it is not.
    pub async fn round(&mut self) -> Result<Option<Made>, ListsError> {
        let now = self.parts.clock.now();
        let keys = self.keys.borrow_and_update().clone();
        let holds = self.holds(now, keys.version()).await;
        self.parts.publishing.set_lease(matches!(holds, Ok(true)));
        if !holds? {
            self.maker = None;
            return Ok(None);
        }
        let mut maker = match self.maker.take() {
            Some(maker) => maker,
            None => Maker::begin(self.parts.registry.as_ref(), now).await?,
        };
        let made = maker.step(&self.parts, &keys, now).await;
        // What it knows is not to be trusted any more where the history is not the one that it read.
        if !matches!(made, Err(ListsError::RegistryBehind | ListsError::Gap(_))) {
            self.maker = Some(maker);
        }
        made.map(Some)
    }

    /// Takes or prolongs the lease. A node whose keys are older than those of the published trust list has not heard of
    /// a change yet: it leaves the lists to others.
    async fn holds(&mut self, now: UnixTime, keys: u64) -> Result<bool, ListsError> {
        let is_behind = self.parts.shelf.file(TRUST_LIST).is_some_and(|list| list.position.0 > keys);
        if is_behind {
            self.give_back().await;
            return Ok(false);
        }
        if self.held_until.is_some_and(|until| until.since(now) > PROLONGED_AT) {
            return Ok(true);
        }
        self.held_until = None;
        let until = now.plus(HELD_FOR);
        if self.parts.registry.lease(LEASE, &self.holder, now, until).await? {
            self.held_until = Some(until);
        }
        Ok(self.held_until.is_some())
    }

    /// So that another node need not wait for its end. Where it fails, that one waits.
    pub(super) async fn give_back(&mut self) {
        if self.held_until.take().is_some() {
            let now = self.parts.clock.now();
            if let Err(error) = self.parts.registry.lease(LEASE, &self.holder, now, now).await {
                tracing::debug!(error = &error as &dyn std::error::Error, "the lease runs out by itself");
            }
        }
    }
}
