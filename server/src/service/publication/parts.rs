//! What a publisher works with, and what it counts.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::Shelf;
use crate::{clock::SystemClock, registry::Registry};

/// What a publisher works with. Cheap to clone.
#[derive(Clone)]
pub struct Parts {
    /// Where labels are read, and lists are published.
    pub registry: Arc<dyn Registry>,
    /// The present.
    pub clock: SystemClock,
    /// What this node shows.
    pub shelf: Shelf,
    /// What is counted.
    pub publishing: Arc<Publishing>,
    /// The address of the status list, as it and the trust list name it.
    pub uri: String,
    /// The least version of a checker that may judge by the lists.
    pub least_checker: &'static str,
}

/// What this node does for the lists, for `/metrics`.
#[derive(Debug, Default)]
pub struct Publishing {
    holds_lease: AtomicBool,
    made: Mutex<BTreeMap<String, u64>>,
}

impl Publishing {
    /// Whether this node makes the lists.
    pub fn holds_lease(&self) -> bool {
        self.holds_lease.load(Ordering::Relaxed)
    }

    /// How often this node has made each list.
    pub fn made(&self) -> BTreeMap<String, u64> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_lease(&self, held: bool) {
        self.holds_lease.store(held, Ordering::Relaxed);
    }

    pub(super) fn count(&self, name: &str) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        *made.entry(name.to_owned()).or_default() += 1;
    }
}
