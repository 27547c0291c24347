//! Carries and delivers, at every node: woken by what is committed here, by what is asked for here, and each second.
//!
//! No node is in charge of it. The cursor is compared in the transaction that moves it and each attempt is claimed, so two
//! nodes do nothing twice; and the node where a change was made tells of it at once, however long ago another one was
//! killed. A lease names the node that sweeps, which reads much and is the same whoever does it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use shirushi_shared::time::UnixTime;
use tokio::{
    sync::Notify,
    task::{Id, JoinSet},
    time::{sleep, timeout},
};

use super::{Parts, carrier, sending, sweep};
use crate::{
    registry::{RegistryError, watch::EndpointId},
    webhook::PATIENCE,
};

/// The lease of the node that sweeps.
const LEASE: &str = "webhooks";
/// How long it is taken for, in seconds.
const HELD_FOR: i64 = 300;
/// How often it is looked for what other processes have committed, and for what is due.
const LOOK: Duration = Duration::from_secs(1);
/// Messages on their way at once at this node.
pub(super) const AT_ONCE: usize = 32;
/// … and to one endpoint, so that one that never answers holds up nobody else.
const TO_ONE: usize = 2;
/// Endpoints that are looked at in one round.
const ENDPOINTS: u32 = 1_000;
/// Seconds after which an attempt that nobody has settled is made again: its node was killed.
const CLAIM: i64 = 15;
/// How often what is pending is counted, in seconds.
const COUNTED_EVERY: i64 = 5;

/// Carries and delivers.
pub struct Courier {
    pub(super) parts: Parts,
    woken: Arc<Notify>,
    /// This process and no other.
    holder: String,
    sending: JoinSet<()>,
    /// To whom each message on its way goes.
    on_their_way: HashMap<Id, EndpointId>,
    counted: Option<UnixTime>,
    swept: Option<UnixTime>,
    /// Where the endpoints are begun with, so that each comes first in its turn.
    turn: usize,
}

impl Courier {
    /// A courier that `woken` wakes. It does nothing until it is run.
    ///
    /// # Errors
    /// The system gave no randomness.
    pub fn new(parts: Parts, woken: Arc<Notify>) -> Result<Self, getrandom::Error> {
        Ok(Self {
            parts,
            woken,
            holder: format!("{:016x}", getrandom::u64()?),
            sending: JoinSet::new(),
            on_their_way: HashMap::new(),
            counted: None,
            swept: None,
            turn: 0,
        })
    }

    /// Works until `shutdown` completes; then what is on its way may arrive.
    pub async fn run(mut self, committed: Arc<Notify>, shutdown: impl Future<Output = ()> + Send) {
        let mut shutdown = std::pin::pin!(shutdown);
        let woken = Arc::clone(&self.woken);
        let mut outage = false;
        loop {
            // Before it is looked, so that nothing is committed between looking and waiting unheard.
            let mut commit = std::pin::pin!(committed.notified());
            commit.as_mut().enable();
            match self.round().await {
                Ok(()) => {
                    if std::mem::take(&mut outage) {
                        tracing::info!("webhooks are delivered again");
                    }
                }
                Err(error) => {
                    if !std::mem::replace(&mut outage, true) {
                        let error = &error as &dyn std::error::Error;
                        tracing::warn!(error, "no webhooks are delivered");
                    }
                }
            }
            self.parts.health.webhooks_are_delivered(!outage);
            tokio::select! {
                () = &mut shutdown => break,
                () = sleep(LOOK) => {}
                () = commit, if !outage => {}
                () = woken.notified(), if !outage => {}
                Some(done) = self.sending.join_next_with_id(), if !outage => {
                    let id = done.map_or_else(|error| error.id(), |(id, ())| id);
                    self.on_their_way.remove(&id);
                }
            }
        }
        let arriving = async { while self.sending.join_next().await.is_some() {} };
        if timeout(PATIENCE, arriving).await.is_err() {
            tracing::debug!("what is still on its way is sent again after the next start");
        }
    }

    /// Carries all there is, sends what is due, and from time to time sweeps, tidies and counts.
    pub(super) async fn round(&mut self) -> Result<(), RegistryError> {
        while carrier::carry(&self.parts).await? {}
        let now = self.parts.clock.now();
        if self.swept.is_none_or(|swept| now.since(swept) >= sweep::EVERY / 4) {
            if self.parts.registry.lease(LEASE, &self.holder, now, now.plus(HELD_FOR)).await? {
                sweep::sweep(&self.parts).await?;
                self.parts.watches.tidy(now).await?;
            }
            self.swept = Some(now);
        }
        self.dispatch(now).await?;
        if self.counted.is_none_or(|counted| now.since(counted) >= COUNTED_EVERY) {
            self.parts.telling.keep(self.parts.watches.webhook_counts().await?);
            self.counted = Some(now);
        }
        Ok(())
    }

    /// Begins the attempts that are due, as far as there is room.
    async fn dispatch(&mut self, now: UnixTime) -> Result<(), RegistryError> {
        while let Some(done) = self.sending.try_join_next_with_id() {
            let id = done.map_or_else(|error| error.id(), |(id, ())| id);
            self.on_their_way.remove(&id);
        }
        let watches = Arc::clone(&self.parts.watches);
        let mut due = watches.due(now, ENDPOINTS).await?;
        if due.is_empty() {
            return Ok(());
        }
        self.turn = self.turn.wrapping_add(1);
        let begin = self.turn % due.len();
        due.rotate_left(begin);
        for id in due {
            let busy = self.on_their_way.values().filter(|other| **other == id).count();
            let room = TO_ONE.saturating_sub(busy).min(AT_ONCE.saturating_sub(self.sending.len()));
            let Some(room) = u32::try_from(room).ok().filter(|room| *room > 0) else { continue };
            let Some(endpoint) = watches.endpoint(&id).await? else { continue };
            for due in watches.next_of(&id, now, room).await? {
                if watches.claim(&due, now.plus(CLAIM)).await? {
                    let sent = sending::send(self.parts.clone(), endpoint.clone(), due);
                    let task = self.sending.spawn(sent);
                    self.on_their_way.insert(task.id(), id.clone());
                }
            }
        }
        Ok(())
    }

    /// Waits for what is on its way.
    #[cfg(test)]
    pub(super) async fn arrived(&mut self) {
        while self.sending.join_next().await.is_some() {}
        self.on_their_way.clear();
    }
}
