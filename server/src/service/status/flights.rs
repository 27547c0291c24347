//! One reading for all who ask for the same number at the same time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use shirushi_shared::label::RegistrationNumber;
use tokio::sync::OnceCell;

/// For each number that is asked for just now: a reading under way, and at most one that waits for it to end.
///
/// An questions joins the waiting one, never the one under way: that may have looked already. So an answer is never older
/// than its question, and however many ask, there are two readings a number at most.
#[derive(Debug)]
pub(super) struct Flights<T> {
    lanes: Mutex<HashMap<RegistrationNumber, Lane<T>>>,
}

#[derive(Debug)]
struct Lane<T> {
    /// Held by the reading under way.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// The reading that has not begun.
    next: Option<Arc<OnceCell<T>>>,
    /// Askers; the last one to leave takes the lane away.
    askers: usize,
}

impl<T> Default for Flights<T> {
    fn default() -> Self {
        Self { lanes: Mutex::default() }
    }
}

impl<T: Clone> Flights<T> {
    /// The result of a reading of `number` that begins after this call. `read` is run, if nobody else's is. When the
    /// questions who runs it goes away, the next one in line begins again.
    pub(super) async fn share<F>(&self, number: &RegistrationNumber, read: impl FnOnce() -> F) -> T
    where
        F: Future<Output = T>,
    {
        let (turn, cell) = self.enter(number);
        let _asker = Questions { flights: self, number };
        cell.get_or_init(|| async {
            let _turn = turn.lock().await;
            self.close(number, &cell);
            read().await
        })
        .await
        .clone()
    }

    fn enter(&self, number: &RegistrationNumber) -> (Arc<tokio::sync::Mutex<()>>, Arc<OnceCell<T>>) {
        let mut lanes = self.lock();
        let lane = lanes.entry(number.clone()).or_insert_with(|| Lane {
            turn: Arc::default(),
            next: None,
            askers: 0,
        });
        lane.askers += 1;
        (Arc::clone(&lane.turn), Arc::clone(lane.next.get_or_insert_default()))
    }

    /// The reading begins: who comes from now on waits for the next one.
    fn close(&self, number: &RegistrationNumber, cell: &Arc<OnceCell<T>>) {
        if let Some(lane) = self.lock().get_mut(number) {
            lane.next.take_if(|next| Arc::ptr_eq(next, cell));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RegistrationNumber, Lane<T>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leaves the lane when dropped, however the questions went.
struct Questions<'a, T: Clone> {
    flights: &'a Flights<T>,
    number: &'a RegistrationNumber,
}

impl<T: Clone> Drop for Questions<'_, T> {
    fn drop(&mut self) {
        let mut lanes = self.flights.lock();
        if let Some(lane) = lanes.get_mut(self.number) {
            lane.askers -= 1;
            if lane.askers == 0 {
                lanes.remove(self.number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use futures_util::future::join_all;
    use tokio::sync::{Notify, Semaphore};

    use super::*;

    fn number() -> RegistrationNumber {
        RegistrationNumber::parse("SHI-1").unwrap()
    }

    #[tokio::test]
    async fn many_askers_two_readings_and_no_answer_older_than_its_question() {
        let flights = Flights::default();
        let (truth, readings) = (AtomicU64::new(0), AtomicU64::new(0));
        let (looked, go_on) = (Notify::new(), Semaphore::new(0));
        let ask = || async {
            let asked_at = truth.load(Ordering::SeqCst);
            let read = || async {
                readings.fetch_add(1, Ordering::SeqCst);
                let seen = truth.load(Ordering::SeqCst);
                looked.notify_one();
                let _ = go_on.acquire().await;
                seen
            };
            let answer = flights.share(&number(), read).await;
            assert!(answer >= asked_at, "asked at {asked_at}, answered {answer}");
        };
        let change_while_the_first_reads = async {
            looked.notified().await;
            truth.store(1, Ordering::SeqCst);
            let late = join_all((0..100).map(|_| ask()));
            // The late askers are polled, and wait, before the first reading may end.
            tokio::join!(biased; late, async { go_on.add_permits(1_000) });
        };
        tokio::join!(join_all((0..100).map(|_| ask())), change_while_the_first_reads);
        assert_eq!(readings.load(Ordering::SeqCst), 2, "one for the first hundred, one for the second");
        assert!(flights.lock().is_empty(), "nothing is left behind");
    }

    #[tokio::test]
    async fn when_the_one_who_reads_goes_away_the_next_one_reads() {
        let flights = Flights::<u8>::default();
        let leave = Notify::new();
        let impatient = async {
            let number = number();
            let hangs = flights.share(&number, std::future::pending);
            tokio::select! { biased; _ = hangs => unreachable!(), () = leave.notified() => {} }
        };
        let patient = async {
            leave.notify_one();
            assert_eq!(flights.share(&number(), || async { 7 }).await, 7);
        };
        tokio::join!(biased; impatient, patient);
        assert!(flights.lock().is_empty());
    }
}
