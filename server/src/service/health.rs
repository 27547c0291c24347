//! Whether this node can do its work, part by part.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde::Serialize;

use crate::{cache::StatusCache, clock::SystemClock, registry::Registry};

/// Asks the parts. Cheap to clone; all clones share whether the node is draining.
#[derive(Clone)]
pub struct Health {
    registry: Arc<dyn Registry>,
    cache: Arc<dyn StatusCache>,
    clock: SystemClock,
    draining: Arc<AtomicBool>,
    keys_lost: Arc<AtomicBool>,
    webhooks_stopped: Arc<AtomicBool>,
}

/// How one part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    /// It answers.
    Ready,
    /// It does not answer; the node works on without it, slower.
    Degraded,
    /// It does not answer, and the node cannot work without it.
    NotReady,
}

/// How all parts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether new requests should come here.
    pub ready: bool,
    /// Whether the node is finishing what it has and will stop.
    pub draining: bool,
    /// The registry.
    pub registry: PartState,
    /// The status cache. Without it every verdict asks the registry.
    pub cache: PartState,
    /// The scheme's keys. Those read last stay in force; a node that cannot read them again would not hear of one that
    /// was declared compromised.
    pub keys: PartState,
    /// Webhooks. While they are not delivered, what is to be told waits.
    pub webhooks: PartState,
}

impl Health {
    /// The health of a node with these parts.
    pub fn new(registry: Arc<dyn Registry>, cache: Arc<dyn StatusCache>, clock: SystemClock) -> Self {
        let (draining, keys_lost, webhooks_stopped) = (Arc::default(), Arc::default(), Arc::default());
        Self { registry, cache, clock, draining, keys_lost, webhooks_stopped }
    }

    /// From now on the node is leaving: it answers, and asks for no more.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether it is leaving.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Says whether the keys could be read when they were looked at last.
    pub fn keys_are_readable(&self, readable: bool) {
        self.keys_lost.store(!readable, Ordering::Relaxed);
    }

    /// Says whether webhooks were delivered when it was tried last.
    pub fn webhooks_are_delivered(&self, delivered: bool) {
        self.webhooks_stopped.store(!delivered, Ordering::Relaxed);
    }

    /// Seconds since all changes up to then were in the cache; `None` where no relay has confirmed any, or the cache does
    /// not answer. Above the freshness bound, verdicts ask the registry.
    pub async fn relay_age(&self) -> Option<i64> {
        let (confirmed, _) = self.cache.confirmed().await.ok()?;
        confirmed.map(|confirmed| self.clock.now().since(confirmed.as_of))
    }

    /// Asks every part at once; of the keys it tells what the last look at them came to.
    pub async fn report(&self) -> Report {
        let (registry, cache) = tokio::join!(self.registry.ready(), self.cache.ready());
        let registry = if registry.is_ok() { PartState::Ready } else { PartState::NotReady };
        let cache = if cache.is_ok() { PartState::Ready } else { PartState::Degraded };
        let lost = self.keys_lost.load(Ordering::Relaxed);
        let keys = if lost { PartState::NotReady } else { PartState::Ready };
        let stopped = self.webhooks_stopped.load(Ordering::Relaxed);
        let webhooks = if stopped { PartState::Degraded } else { PartState::Ready };
        let draining = self.is_draining();
        let ready = registry == PartState::Ready && keys == PartState::Ready && !draining;
        Report { ready, draining, registry, cache, keys, webhooks }
    }
}
