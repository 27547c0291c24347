//! What a courier works with, and what it counts.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use shirushi_shared::time::UnixTime;

use super::WebhookCounts;
use crate::{
    clock::SystemClock,
    registry::{Registry, watch::Watches},
    service::health::Health,
    webhook::Client,
};

/// What a courier works with. Cheap to clone.
#[derive(Clone)]
pub struct Parts {
    /// Lists, endpoints and deliveries.
    pub watches: Arc<dyn Watches>,
    /// For the lease.
    pub registry: Arc<dyn Registry>,
    /// The present.
    pub clock: SystemClock,
    /// Sends.
    pub client: Client,
    /// How long after each failure it is tried again.
    pub retry: Retry,
    /// Where this service is reached.
    pub origin: Arc<str>,
    /// What is counted.
    pub telling: Arc<Telling>,
    /// Is told whether deliveries are made.
    pub health: Health,
}

/// Seconds after each failed attempt until the next; after the last it is given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry(Arc<[u32]>);

impl Retry {
    /// 5 s, 30 s, 2 min, 15 min, 1 h, 6 h, 24 h: a receiver that is away for a day misses nothing.
    pub const USUAL: [u32; 7] = [5, 30, 120, 900, 3_600, 21_600, 86_400];

    /// These pauses.
    pub fn new(pauses: &[u32]) -> Self {
        Self(pauses.into())
    }

    /// The pause after attempt `attempt`, counted from 1; `None` where it was the last.
    pub(super) fn after(&self, attempt: u64) -> Option<i64> {
        let place = usize::try_from(attempt).unwrap_or(usize::MAX).checked_sub(1)?;
        self.0.get(place).map(|pause| i64::from(*pause))
    }
}

/// What this node does for webhooks, for `/metrics`.
#[derive(Debug, Default)]
pub struct Telling {
    pub(super) delivered: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) given_up: AtomicU64,
    pending: AtomicU64,
    dead: AtomicU64,
    oldest: AtomicI64,
}

impl Telling {
    /// Attempts that this node made, by what they came to.
    pub fn attempts(&self) -> [(&'static str, u64); 3] {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        [
            ("delivered", read(&self.delivered)),
            ("failed", read(&self.failed)),
            ("given_up", read(&self.given_up)),
        ]
    }

    /// What was to be told when it was counted last, at all nodes.
    pub fn counts(&self) -> WebhookCounts {
        let oldest = self.oldest.load(Ordering::Relaxed);
        WebhookCounts {
            pending: self.pending.load(Ordering::Relaxed),
            dead: self.dead.load(Ordering::Relaxed),
            oldest: (oldest > 0).then(|| UnixTime::EPOCH.plus(oldest)),
        }
    }

    pub(super) fn keep(&self, counts: WebhookCounts) {
        self.pending.store(counts.pending, Ordering::Relaxed);
        self.dead.store(counts.dead, Ordering::Relaxed);
        self.oldest.store(counts.oldest.map_or(0, UnixTime::as_secs), Ordering::Relaxed);
    }
}
