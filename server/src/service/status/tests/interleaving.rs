//! Writers, relays, readers, evictions and losses of memory in random order, held against what was committed.
//!
//! The one property that all of `cache.rs` is about: *no evidence claims an instant after a change was committed and
//! shows an older revision.*

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use shirushi_shared::{label::StateChange, status::Revision};

use super::*;
use crate::cache::{CacheError, Confirmed, Kept, Lookup};

const LABELS: u32 = 3;
const ROUNDS: u32 = 60;

/// xorshift64*: enough to choose, and the same for a seed everywhere.
struct Dice(Mutex<u64>);

impl Dice {
    fn throw(&self, sides: u64) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides
    }

    /// Lets others go first, now and then.
    async fn dawdle(&self) {
        for _ in 0..self.throw(6) {
            tokio::task::yield_now().await;
        }
    }
}

/// The real cache, with others going first between any two of its steps.
struct Dawdling {
    cache: Arc<MemoryCache>,
    dice: Arc<Dice>,
}

#[async_trait]
impl StatusCache for Dawdling {
    async fn read(&self, number: &RegistrationNumber) -> Result<Lookup, CacheError> {
        self.dice.dawdle().await;
        let lookup = self.cache.read(number).await;
        self.dice.dawdle().await;
        lookup
    }

    async fn fill(
        &self,
        record: &StatusRecord,
        as_of: UnixTime,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError> {
        self.dice.dawdle().await;
        // The dangerous place: between a reading and its fill, long enough for a change to come by and be evicted.
        if self.dice.throw(2) == 0 {
            tokio::time::sleep(Duration::from_millis(self.dice.throw(12))).await;
        }
        self.cache.fill(record, as_of, ticket).await
    }

    async fn confirmed(&self) -> Result<(Option<Confirmed>, Ticket), CacheError> {
        let confirmed = self.cache.confirmed().await;
        self.dice.dawdle().await;
        confirmed
    }

    async fn advance(
        &self,
        changes: &[StatusRecord],
        to: Confirmed,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError> {
        self.dice.dawdle().await;
        self.cache.advance(changes, to, ticket).await
    }

    async fn ready(&self) -> Result<(), CacheError> {
        Ok(())
    }
}

/// What has been committed, and by when at the latest.
#[derive(Default)]
struct Model(Mutex<HashMap<RegistrationNumber, Vec<(Revision, UnixTime)>>>);

impl Model {
    fn committed(&self, record: &StatusRecord, by: UnixTime) {
        let mut model = self.0.lock().unwrap();
        model.entry(record.number.clone()).or_default().push((record.revision, by));
    }

    fn check(&self, number: &RegistrationNumber, shown: Option<Revision>, as_of: UnixTime, seed: u64) {
        for (revision, by) in self.0.lock().unwrap().get(number).into_iter().flatten() {
            let older = shown.is_none_or(|shown| shown < *revision);
            // A whole second names its beginning: a change committed within the second came after it.
            assert!(
                !(older && as_of > *by),
                "seed {seed}: {number} at {shown:?} is said to be current at {as_of}, {revision:?} was committed by {by}"
            );
        }
    }
}

#[tokio::test]
async fn no_evidence_is_older_than_it_says() {
    let mut kept_current = 0;
    for seed in 1..=20 {
        kept_current += run(seed).await;
    }
    assert!(kept_current > 200, "a cache that is never used proves nothing: {kept_current}");
}

/// One run; gives how often a record was found younger than any reading of it.
async fn run(seed: u64) -> u64 {
    let dice = Arc::new(Dice(Mutex::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))));
    // Fewer places than labels: there are always evictions.
    let memory = Arc::new(MemoryCache::new(if seed.is_multiple_of(2) { 1 } else { 2 }));
    let cache = Arc::new(Dawdling { cache: Arc::clone(&memory), dice: Arc::clone(&dice) });
    let house = house(Arc::clone(&cache) as _).await;
    let now = house.clock.now();
    house.registry.register(sample::several(1..LABELS), &sample::actor(), now).await.unwrap();
    let other_relay =
        Relay::new(Arc::clone(&house.registry) as _, Arc::clone(&cache) as _, house.clock.clone());
    let model = Model::default();
    let any_number = || sample::number(u32::try_from(dice.throw(LABELS.into())).unwrap());

    let writer = async {
        for round in 0..ROUNDS {
            dice.dawdle().await;
            let number = any_number();
            let at = house.clock.now();
            for change in [StateChange::Suspend { until: None, reason: "r".into() }, StateChange::Reinstate] {
                let change = Change::State(change);
                // What is suspended cannot be reinstated twice, and so on: the refused ones change nothing.
                if let Ok(record) = house.registry.change(&number, None, change, &sample::actor(), at).await {
                    model.committed(&record, house.clock.now());
                }
                house.clock.jump(i64::try_from(dice.throw(3)).unwrap());
                dice.dawdle().await;
            }
            if round % 20 == 19 {
                memory.forget();
            }
        }
    };
    let relay = async |relay: &Relay| {
        for _ in 0..ROUNDS * 2 {
            dice.dawdle().await;
            relay.step().await.unwrap();
            house.clock.jump(i64::try_from(dice.throw(2)).unwrap());
            // What has just been confirmed, also what a reader would not use.
            for number in (0..LABELS).map(sample::number) {
                if let Some((record, as_of)) = memory.read(&number).await.unwrap().found {
                    model.check(&number, Some(record.revision), as_of, seed);
                }
            }
        }
    };
    let reader = async || {
        let mut kept_current = 0;
        for _ in 0..ROUNDS * 2 {
            dice.dawdle().await;
            let number = any_number();
            let evidence = house.reader.evidence(&number, None).await;
            let shown = evidence.record().map(|record| record.revision);
            if let Some(as_of) = evidence.as_of() {
                model.check(&number, shown, as_of, seed);
            }
            if evidence.source() == StatusSource::Cache {
                kept_current += 1;
            }
        }
        kept_current
    };
    let ((), (), (), one, other, third) =
        tokio::join!(writer, relay(&house.relay), relay(&other_relay), reader(), reader(), reader());
    one + other + third
}
