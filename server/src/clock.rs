//! The only now(). Everything else is handed a time, so that tests can jump.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use shirushi_shared::time::UnixTime;

/// Where the service takes the time from.
#[derive(Clone, Debug, Default)]
pub struct SystemClock {
    /// Seconds added to the machine's clock: zero outside of tests.
    offset: Arc<AtomicI64>,
    /// Where it stands still, for tests to the second.
    #[cfg(test)]
    stands: Option<UnixTime>,
}

impl SystemClock {
    /// The present, by the machine's clock.
    pub fn now(&self) -> UnixTime {
        #[cfg(test)]
        if let Some(stands) = self.stands {
            return stands.plus(self.offset.load(Ordering::Relaxed));
        }
        #[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX);
        UnixTime::EPOCH.plus(seconds.saturating_add(self.offset.load(Ordering::Relaxed)))
    }

    /// One that shows the present, stands still, and moves by [`Self::jump`] alone.
    #[cfg(test)]
    pub(crate) fn standing() -> Self {
        let stands = Some(Self::default().now());
        Self { stands, ..Self::default() }
    }

    /// Moves this clock by `seconds`, for tests of a service in the same process.
    pub fn jump(&self, seconds: i64) {
        self.offset.fetch_add(seconds, Ordering::Relaxed);
    }
}
