//! Stops asking what does not answer, for a moment, so that each caller does not wait out the same timeout.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Open for a while after each failure. Not a wall clock: it measures a pause of this process only.
#[derive(Debug)]
pub(crate) struct Breaker {
    pause: Duration,
    open_until: Mutex<Option<Instant>>,
}

impl Breaker {
    /// One that stays open for `pause` after a failure.
    pub(crate) const fn new(pause: Duration) -> Self {
        Self { pause, open_until: Mutex::new(None) }
    }

    /// Whether asking is of no use now.
    pub(crate) fn is_open(&self) -> bool {
        let until = *self.open_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    /// It did not answer.
    pub(crate) fn failed(&self) {
        let until = Instant::now() + self.pause;
        *self.open_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }

    /// It answered.
    pub(crate) fn succeeded(&self) {
        *self.open_until.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_open_for_a_while_after_a_failure() {
        let breaker = Breaker::new(Duration::from_hours(1));
        assert!(!breaker.is_open());
        breaker.failed();
        assert!(breaker.is_open());
        breaker.succeeded();
        assert!(!breaker.is_open());
    }

    #[test]
    fn it_closes_by_itself() {
        let breaker = Breaker::new(Duration::ZERO);
        breaker.failed();
        assert!(!breaker.is_open());
    }
}
