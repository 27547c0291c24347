//! Counters of status look-ups.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts events since the start.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// The count.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How status evidence was found.
#[derive(Debug, Default)]
pub struct StatusMetrics {
    /// Recent enough in the cache.
    pub cache_hits: Counter,
    /// Not in the cache.
    pub cache_misses: Counter,
    /// In the cache, too old to be used without asking the registry.
    pub cache_old: Counter,
    /// Look-ups and fills that the cache did not answer.
    pub cache_errors: Counter,
    /// Answers of the registry.
    pub registry_readings: Counter,
    /// Questions that the registry did not answer.
    pub registry_errors: Counter,
    /// Answers with old evidence, since there was no newer one.
    pub served_old: Counter,
    /// Answers without evidence.
    pub unknown: Counter,
}

impl StatusMetrics {
    /// Every counter with its name, for `/metrics`.
    pub fn all(&self) -> [(&'static str, u64); 8] {
        [
            ("cache_hits", self.cache_hits.count()),
            ("cache_misses", self.cache_misses.count()),
            ("cache_old", self.cache_old.count()),
            ("cache_errors", self.cache_errors.count()),
            ("registry_readings", self.registry_readings.count()),
            ("registry_errors", self.registry_errors.count()),
            ("served_old", self.served_old.count()),
            ("unknown", self.unknown.count()),
        ]
    }
}
