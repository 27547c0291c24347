use shirushi_shared::{
    label::{RegistrationNumber, StateChange},
    status::Revision,
    time::UnixTime,
};

use super::*;
use crate::{
    cache::MemoryCache,
    registry::{Change, SqliteRegistry, conformance::sample},
};

struct House {
    registry: Arc<SqliteRegistry>,
    cache: Arc<MemoryCache>,
    clock: SystemClock,
    relay: Relay,
    folder: tempfile::TempDir,
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let registry = Arc::new(SqliteRegistry::open(&folder.path().join("registry.db")).await.unwrap());
    let cache = Arc::new(MemoryCache::new(10_000));
    let clock = SystemClock::default();
    let relay = Relay::new(Arc::clone(&registry) as _, Arc::clone(&cache) as _, clock.clone());
    House { registry, cache, clock, relay, folder }
}

impl House {
    async fn register(&self, indexes: core::ops::Range<u32>) {
        self.registry.register(sample::several(indexes), &sample::actor(), self.clock.now()).await.unwrap();
    }

    async fn suspend(&self, index: u32) -> Revision {
        let change = Change::State(StateChange::Suspend { until: None, reason: "r".into() });
        let number = sample::number(index);
        let at = self.clock.now();
        self.registry.change(&number, None, change, &sample::actor(), at).await.unwrap().revision
    }

    async fn cached(&self, number: &RegistrationNumber) -> Option<(Revision, UnixTime)> {
        let found = self.cache.read(number).await.unwrap().found;
        found.map(|(record, as_of)| (record.revision, as_of))
    }
}

#[tokio::test]
async fn a_change_is_applied_and_confirmed() {
    let house = house().await;
    house.register(0..2).await;
    assert!(matches!(house.relay.step().await.unwrap(), Step::Began(to) if to.position == Position(2)));
    assert_eq!(house.cached(&sample::number(0)).await, None, "what was written before is not carried");

    let revision = house.suspend(0).await;
    house.clock.jump(100);
    let before = house.clock.now();
    let Step::Advanced(1, to) = house.relay.step().await.unwrap() else { panic!() };
    assert_eq!(to.position, Position(3));
    assert!(to.as_of >= before && to.as_of <= house.clock.now());
    assert_eq!(house.cached(&sample::number(0)).await, Some((revision, to.as_of)));

    house.clock.jump(100);
    let Step::Advanced(0, to) = house.relay.step().await.unwrap() else { panic!() };
    assert_eq!(house.cached(&sample::number(0)).await, Some((revision, to.as_of)), "still, and younger");
}

#[tokio::test]
async fn a_long_queue_is_confirmed_only_at_its_end() {
    let house = house().await;
    house.relay.step().await.unwrap();
    house.register(0..BATCH).await;
    house.register(BATCH..BATCH + 10).await;
    let suspended = house.suspend(0).await;
    house.clock.jump(100);

    let Step::More(_, to) = house.relay.step().await.unwrap() else { panic!() };
    assert_eq!(to.position, Position(u64::from(BATCH)));
    let (revision, as_of) = house.cached(&sample::number(0)).await.unwrap();
    assert_eq!(revision, Revision::FIRST, "its suspension waits in the queue");
    assert!(house.clock.now().since(as_of) >= 100, "so it must not look like today's");

    let Step::Advanced(11, to) = house.relay.step().await.unwrap() else { panic!() };
    assert!(house.clock.now().since(to.as_of) < 100);
    assert_eq!(house.cached(&sample::number(0)).await, Some((suspended, to.as_of)));
    assert_eq!(house.cached(&sample::number(5)).await, Some((Revision::FIRST, to.as_of)));
}

#[tokio::test]
async fn a_cache_that_forgot_begins_anew() {
    let house = house().await;
    house.register(0..1).await;
    house.relay.step().await.unwrap();
    house.suspend(0).await;
    house.relay.step().await.unwrap();
    house.cache.forget();
    house.suspend(0).await;
    assert!(matches!(house.relay.step().await.unwrap(), Step::Began(to) if to.position == Position(3)));
    assert_eq!(house.cached(&sample::number(0)).await, None);
}

#[tokio::test]
async fn a_registry_that_went_back_or_has_a_gap_is_not_confirmed() {
    let house = house().await;
    house.register(0..3).await;
    house.relay.step().await.unwrap();
    let emptier = SqliteRegistry::open(&house.folder.path().join("restored.db")).await.unwrap();
    let relay = Relay::new(Arc::new(emptier), Arc::clone(&house.cache) as _, house.clock.clone());
    assert!(matches!(
        relay.step().await,
        Err(RelayError::RegistryBehind { cache: Position(3), registry: Position(0) })
    ));

    house.register(3..6).await;
    let url = format!("sqlite:{}/registry.db", house.folder.path().display());
    let tamper = sqlx::SqlitePool::connect(&url).await.unwrap();
    for sql in ["DROP TRIGGER history_is_never_removed", "DELETE FROM history WHERE position = 5"] {
        sqlx::query(sql).execute(&tamper).await.unwrap();
    }
    assert!(matches!(house.relay.step().await, Err(RelayError::Gap(Position(5)))));
    let (confirmed, _) = house.cache.confirmed().await.unwrap();
    assert_eq!(confirmed.unwrap().position, Position(3), "nothing after the gap, and nothing before it");
}

#[tokio::test]
async fn a_registry_that_is_away_leaves_the_old_confirmation() {
    let house = house().await;
    house.relay.step().await.unwrap();
    let (before, _) = house.cache.confirmed().await.unwrap();
    house.registry.close().await;
    house.clock.jump(100);
    assert!(matches!(house.relay.step().await, Err(RelayError::Registry(_))));
    assert_eq!(house.cache.confirmed().await.unwrap().0, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_relay_carries_what_is_committed_and_stops_when_told() {
    let house = Arc::new(house().await);
    house.register(0..1).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn({
        let house = Arc::clone(&house);
        async move { house.relay.run(async { stopped.await.unwrap_or_default() }).await }
    });
    while house.cache.confirmed().await.unwrap().0.is_none() {
        tokio::task::yield_now().await;
    }
    let revision = house.suspend(0).await;
    house.relay.wake();
    while house.cached(&sample::number(0)).await.is_none_or(|(cached, _)| cached != revision) {
        tokio::task::yield_now().await;
    }
    stop.send(()).unwrap();
    running.await.unwrap();
}
