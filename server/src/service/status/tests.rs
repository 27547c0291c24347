mod interleaving;

use shirushi_shared::{
    label::{LabelState, StateChange},
    status::Revision,
    verdict::{Clock, Outcome, TokenCheck, judge},
};

use super::*;
use crate::{
    cache::{MemoryCache, RedisCache},
    outbox::Relay,
    registry::{Change, SqliteRegistry, conformance::sample},
};

/// A registry with one registration, a cache, a relay and a reader, on a clock that can jump.
struct House {
    registry: Arc<SqliteRegistry>,
    relay: Relay,
    reader: StatusReader,
    clock: SystemClock,
    _folder: tempfile::TempDir,
}

async fn house(cache: Arc<dyn StatusCache>) -> House {
    let folder = tempfile::tempdir().unwrap();
    let registry = Arc::new(SqliteRegistry::open(&folder.path().join("registry.db")).await.unwrap());
    let clock = SystemClock::default();
    // Today's clock and not the samples' own, so that the label is valid now.
    let now = clock.now();
    let mut new = sample::several(0..1);
    new[0].valid.from = now.plus(-sample::DAY);
    new[0].valid.until = now.plus(sample::DAY);
    registry.register(new, &sample::actor(), now).await.unwrap();
    let relay = Relay::new(Arc::clone(&registry) as _, Arc::clone(&cache), clock.clone());
    let reader = StatusReader::new(Arc::clone(&registry) as _, cache, clock.clone(), Freshness::LONGEST);
    House { registry, relay, reader, clock, _folder: folder }
}

impl House {
    async fn evidence(&self) -> StatusEvidence {
        self.reader.evidence(&sample::number(0), None).await
    }

    fn outcome(&self, evidence: &StatusEvidence) -> Outcome {
        let token = TokenCheck::NumberOnly(sample::number(0));
        judge(&token, evidence, &Clock::at(self.clock.now(), Freshness::LONGEST)).outcome
    }

    async fn change(&self, change: StateChange) -> StatusRecord {
        let (number, by) = (sample::number(0), sample::actor());
        self.registry.change(&number, None, Change::State(change), &by, self.clock.now()).await.unwrap()
    }
}

fn memory() -> Arc<dyn StatusCache> {
    Arc::new(MemoryCache::new(10))
}

fn revoke() -> StateChange {
    StateChange::Revoke { reason: "r".into() }
}

#[tokio::test]
async fn the_second_question_is_answered_by_the_cache() {
    let house = house(memory()).await;
    house.relay.step().await.unwrap();
    let first = house.evidence().await;
    assert_eq!(first.source(), StatusSource::Registry);
    assert_eq!(house.outcome(&first), Outcome::Valid);
    let second = house.evidence().await;
    assert_eq!((second.source(), second.record()), (StatusSource::Cache, first.record()));
    assert_eq!(house.outcome(&second), Outcome::Valid);
    assert_eq!(house.reader.metrics().registry_readings.count(), 1);
}

#[tokio::test]
async fn what_the_relay_keeps_is_used_without_the_registry_for_as_long_as_it_does() {
    let house = house(memory()).await;
    house.relay.step().await.unwrap();
    house.evidence().await;
    for _ in 0..10 {
        house.clock.jump(60);
        house.relay.step().await.unwrap();
        assert_eq!(house.evidence().await.source(), StatusSource::Cache);
    }
    assert_eq!(house.reader.metrics().registry_readings.count(), 1);
    house.clock.jump(60);
    assert_eq!(house.evidence().await.source(), StatusSource::Registry, "the relay has stopped");
}

#[tokio::test]
async fn after_a_change_and_a_refresh_this_node_knows() {
    let house = house(memory()).await;
    house.relay.step().await.unwrap();
    house.evidence().await;
    house.change(revoke()).await;
    assert_eq!(house.outcome(&house.reader.refresh(&sample::number(0)).await), Outcome::Revoked);
    let evidence = house.evidence().await;
    assert_eq!((evidence.source(), house.outcome(&evidence)), (StatusSource::Cache, Outcome::Revoked));
}

#[tokio::test]
async fn without_the_registry_old_evidence_becomes_unknown_and_never_stays_valid() {
    let house = house(memory()).await;
    house.relay.step().await.unwrap();
    house.evidence().await;
    house.registry.close().await;

    house.clock.jump(10);
    let evidence = house.evidence().await;
    assert_eq!(evidence.source(), StatusSource::Cache);
    assert_eq!(house.outcome(&evidence), Outcome::Valid, "within the bound of 15 s");
    house.clock.jump(10);
    let evidence = house.evidence().await;
    assert_eq!(house.outcome(&evidence), Outcome::StatusUnknown);
    assert_eq!(
        evidence.record().map(|record| &record.state),
        Some(&LabelState::Active),
        "with what was last known"
    );

    let unknown = house.reader.evidence(&sample::number(1), None).await;
    assert_eq!(unknown, StatusEvidence::None, "not «unregistered»: nobody said so");
}

#[tokio::test]
async fn without_the_registry_a_revocation_stays_known() {
    let house = house(memory()).await;
    house.relay.step().await.unwrap();
    house.change(revoke()).await;
    house.relay.step().await.unwrap();
    house.registry.close().await;
    house.clock.jump(100_000);
    assert_eq!(house.outcome(&house.evidence().await), Outcome::Revoked);
}

#[tokio::test]
async fn without_redis_the_registry_answers() {
    let house = house(Arc::new(RedisCache::new("redis://127.0.0.1:1").unwrap())).await;
    for _ in 0..3 {
        let evidence = house.evidence().await;
        assert_eq!((evidence.source(), house.outcome(&evidence)), (StatusSource::Registry, Outcome::Valid));
    }
    assert!(house.reader.metrics().cache_errors.count() >= 3);
    let past = house.reader.evidence(&sample::number(9), None).await;
    assert!(matches!(past, StatusEvidence::Unregistered { source: StatusSource::Registry, .. }));
}

#[tokio::test]
async fn the_past_is_asked_of_the_history() {
    let house = house(memory()).await;
    let registered = house.clock.now();
    house.clock.jump(1_000);
    house.change(revoke()).await;
    let at = async |at| {
        let evidence = house.reader.evidence(&sample::number(0), Some(at)).await;
        assert_eq!(evidence.source(), StatusSource::Registry);
        assert!(evidence.as_of().is_some_and(|as_of| as_of >= registered.plus(1_000)), "read now");
        evidence.record().map(|record| record.revision)
    };
    assert_eq!(at(registered.plus(500)).await, Some(Revision::FIRST));
    assert_eq!(at(registered.plus(-500)).await, None);
    assert_eq!(
        at(house.clock.now().plus(500)).await,
        Some(Revision::new(2)),
        "the future is not known: the present"
    );
}

#[tokio::test]
async fn a_relay_whose_clock_is_ahead_is_not_believed() {
    let house = house(memory()).await;
    let ahead = SystemClock::default();
    ahead.jump(100);
    let fast = Relay::new(Arc::clone(&house.registry) as _, Arc::clone(&house.reader.cache), ahead);
    fast.step().await.unwrap();
    house.evidence().await;
    fast.step().await.unwrap();
    assert_eq!(house.evidence().await.source(), StatusSource::Registry);
    house.relay.step().await.unwrap();
    assert_eq!(house.evidence().await.source(), StatusSource::Cache, "and it is put right by the next one");
}

#[test]
fn a_registry_that_went_back_is_not_believed() {
    let new = sample::new(0);
    let record = |revision| StatusRecord {
        number: sample::number(0),
        revision: Revision::new(revision),
        state: LabelState::Active,
        valid: new.valid,
        tokens: vec![],
    };
    let found = Some((record(5), sample::now()));
    let evidence = evidence(Some((Some(Arc::new(record(4))), sample::now().plus(100))), found);
    assert_eq!(evidence.record().map(|record| record.revision), Some(Revision::new(5)));
    assert_eq!((evidence.source(), evidence.as_of()), (StatusSource::Cache, Some(sample::now())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stampede_is_a_few_readings() {
    let house = Arc::new(house(memory()).await);
    let asked: Vec<_> = (0..500)
        .map(|_| {
            let house = Arc::clone(&house);
            tokio::spawn(async move { house.outcome(&house.evidence().await) })
        })
        .collect();
    for asked in asked {
        assert_eq!(asked.await.unwrap(), Outcome::Valid);
    }
    assert!(house.reader.metrics().registry_readings.count() < 50, "{:?}", house.reader.metrics());
}
