//! The best status evidence there is for a number, at a bounded cost: cache first, then the registry.
//!
//! Never an error to the caller: what cannot be learnt is [`StatusEvidence::None`] or evidence that says how old it is,
//! and `judge` decides what either is worth. Nothing is decided here.

mod flights;
mod many;
mod metrics;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use shirushi_shared::{
    label::RegistrationNumber,
    status::{StatusEvidence, StatusRecord, StatusSource},
    time::UnixTime,
    verdict::Freshness,
};
use tokio::{sync::Semaphore, time::timeout};

use self::flights::Flights;
pub use self::metrics::StatusMetrics;
use crate::{
    breaker::Breaker,
    cache::{StatusCache, Ticket},
    clock::SystemClock,
    registry::{Registry, RegistryError},
};

/// Readings of the registry at once: a stampede becomes a queue, and the queue ends at [`PATIENCE`].
const READINGS: usize = 32;
/// How long one reading of the registry may take, waiting for its turn included.
const READING_PATIENCE: Duration = Duration::from_millis(1_500);
/// How long an questions waits in all: for the reading under way, and for the one that it shares.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a registry that did not answer in time is left alone.
const REGISTRY_PAUSE: Duration = Duration::from_millis(500);
/// How far a relay's clock may be ahead of ours before its word is not used: whole seconds and two honest clocks.
const CLOCKS_APART: i64 = 2;

/// Finds status evidence.
pub struct StatusReader {
    registry: Arc<dyn Registry>,
    cache: Arc<dyn StatusCache>,
    clock: SystemClock,
    freshness: Freshness,
    flights: Flights<Reading>,
    readings: Semaphore,
    breaker: Breaker,
    metrics: StatusMetrics,
    /// Whether the registry's last answer was none.
    outage: AtomicBool,
}

/// What a reading of the registry said, and when it began; `None` where the registry did not answer.
type Reading = Option<(Option<Arc<StatusRecord>>, UnixTime)>;

impl StatusReader {
    /// A reader that asks `cache`, then `registry`.
    pub fn new(
        registry: Arc<dyn Registry>,
        cache: Arc<dyn StatusCache>,
        clock: SystemClock,
        freshness: Freshness,
    ) -> Self {
        Self {
            registry,
            cache,
            clock,
            freshness: freshness.at_most(),
            flights: Flights::default(),
            readings: Semaphore::new(READINGS),
            breaker: Breaker::new(REGISTRY_PAUSE),
            metrics: StatusMetrics::default(),
            outage: AtomicBool::new(false),
        }
    }

    /// What is known of `number`: now, or as it was at a past instant `as_of`.
    pub async fn evidence(&self, number: &RegistrationNumber, as_of: Option<UnixTime>) -> StatusEvidence {
        match as_of.filter(|at| *at < self.clock.now()) {
            Some(at) => self.past(number, at).await,
            None => self.present(number).await,
        }
    }

    /// Reads the registry and brings the cache up to date: after a change that was committed here, so that the next
    /// question on this node finds it without waiting for the relay.
    pub async fn refresh(&self, number: &RegistrationNumber) -> StatusEvidence {
        let ticket = self.cache.read(number).await.ok().map(|lookup| lookup.ticket);
        evidence(self.read_registry(number, ticket).await, None)
    }

    /// Counters since the start.
    pub fn metrics(&self) -> &StatusMetrics {
        &self.metrics
    }

    async fn present(&self, number: &RegistrationNumber) -> StatusEvidence {
        let lookup = self.cache.read(number).await.ok();
        if lookup.is_none() {
            self.metrics.cache_errors.add();
        }
        let (found, ticket) = lookup.map(|lookup| (lookup.found, lookup.ticket)).unzip();
        let found = found.flatten();
        match &found {
            Some((_, as_of)) if self.is_recent(*as_of) => {
                self.metrics.cache_hits.add();
                return evidence(None, found);
            }
            Some(_) => self.metrics.cache_old.add(),
            None => self.metrics.cache_misses.add(),
        }
        // Why sharing a reading is safe: it begins after everybody who shares it has asked, and its evidence carries an
        // instant from before it began. Whoever asks after a change was committed therefore never gets a reading from
        // before that change, not even while one is under way.
        let shared = self.flights.share(number, || self.read_registry(number, ticket));
        let reading = timeout(PATIENCE, shared).await.unwrap_or_default();
        let evidence = evidence(reading, found);
        self.count(&evidence);
        evidence
    }

    /// Counts what had to do in place of recent evidence.
    fn count(&self, evidence: &StatusEvidence) {
        match evidence.source() {
            StatusSource::None => self.metrics.unknown.add(),
            StatusSource::Cache => self.metrics.served_old.add(),
            StatusSource::Registry | StatusSource::StatusList => {}
        }
    }

    /// By the history. It is read now, and what it says of the past does not change: so it is as old as this reading.
    async fn past(&self, number: &RegistrationNumber, at: UnixTime) -> StatusEvidence {
        let reading = self.ask(|| self.registry.status_at(number, at)).await;
        evidence(reading.map(|(record, as_of)| (record.map(Arc::new), as_of)), None)
    }

    /// Whether a cached record may be used without asking the registry: within a third of the bound, so that what is
    /// about to become stale is read again while there is time, and a failing registry shows before it hurts.
    fn is_recent(&self, as_of: UnixTime) -> bool {
        (-CLOCKS_APART..=self.freshness.online / 3).contains(&self.clock.now().since(as_of))
    }

    async fn read_registry(&self, number: &RegistrationNumber, ticket: Option<Ticket>) -> Reading {
        let (record, as_of) = self.ask(|| self.registry.status(number)).await?;
        if let (Some(record), Some(ticket)) = (&record, &ticket) {
            // Refused or failed, it is only a miss more; the cache limits its own time.
            if self.cache.fill(record, as_of, ticket).await.is_err() {
                self.metrics.cache_errors.add();
            }
        }
        Some((record.map(Arc::new), as_of))
    }

    /// Asks the registry something, in turn and in time; with the answer the instant before the question.
    pub(super) async fn ask<T, F>(&self, question: impl FnOnce() -> F + Send) -> Option<(T, UnixTime)>
    where
        F: Future<Output = Result<T, RegistryError>> + Send,
    {
        if self.breaker.is_open() {
            return None;
        }
        let asked = async {
            let _turn = self.readings.acquire().await.ok()?;
            let before = self.clock.now();
            Some((question().await, before))
        };
        let failure = match timeout(READING_PATIENCE, asked).await {
            Ok(Some((Ok(answer), before))) => {
                self.recovered();
                return Some((answer, before));
            }
            Ok(Some((Err(error), _))) => Some(error),
            Ok(None) => return None,
            Err(_) => {
                self.breaker.failed();
                None
            }
        };
        self.failed(failure.as_ref());
        None
    }

    fn recovered(&self) {
        self.breaker.succeeded();
        self.metrics.registry_readings.add();
        if self.outage.swap(false, Ordering::Relaxed) {
            tracing::info!("the registry answers again");
        }
    }

    /// Logged once an outage; corrupt data each time, since that is a fault of its own.
    fn failed(&self, error: Option<&RegistryError>) {
        self.metrics.registry_errors.add();
        if let Some(corrupt @ RegistryError::Corrupt { .. }) = error {
            tracing::error!(error = corrupt as &dyn std::error::Error, "a status record cannot be read");
        } else if !self.outage.swap(true, Ordering::Relaxed) {
            let error = error.map(|error| error as &dyn std::error::Error);
            tracing::warn!(error, "the registry gives no status");
        }
    }
}

/// The better of what the registry and the cache said.
fn evidence(reading: Reading, found: Option<(StatusRecord, UnixTime)>) -> StatusEvidence {
    let cached = |(record, as_of)| StatusEvidence::Record { record, as_of, source: StatusSource::Cache };
    match (reading, found) {
        // A registry that has gone back (restored from a backup) is not believed over what it said before: records
        // only move forward. The older evidence ages, and is then judged as unknown, or as revoked.
        (Some((Some(read), _)), Some(found)) if read.revision < found.0.revision => cached(found),
        (Some((Some(read), as_of)), _) => StatusEvidence::Record {
            record: Arc::unwrap_or_clone(read),
            as_of,
            source: StatusSource::Registry,
        },
        (Some((None, as_of)), _) => StatusEvidence::Unregistered { as_of, source: StatusSource::Registry },
        (None, Some(found)) => cached(found),
        (None, None) => StatusEvidence::None,
    }
}

#[cfg(test)]
mod tests;
