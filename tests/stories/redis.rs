//! Redis with Sentinels and as a Cluster: the same cache, and its own ways to fail.

use std::sync::Arc;
use std::time::Duration;

use redis::{Client, aio::MultiplexedConnection};
use shirushi_server::cache::{
    Confirmed, Kept, NearCache, RedisCache, StatusCache,
    conformance::{self, Subject},
};
use shirushi_server::registry::Position;
use shirushi_shared::{
    label::{LabelState, RegistrationNumber},
    status::{Revision, StatusRecord},
    time::{UnixTime, Window},
};
use shirushi_tests::patience::until;
use shirushi_tests::redis::{RedisCluster, RedisSentinels, RedisServer};

use crate::scheme::Scheme;

/// A key of ours: all of them lie in its slot.
const CONTROL: &str = "{shirushi:1}:control";

/// Runs the conformance suite against the Redis at `url`, with and without a node's memory before it. `server` is the one
/// that has the keys.
async fn conforms(url: &str, server: &RedisServer) {
    let connection = Client::open(server.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    conformance::run(async || {
        let cache = Arc::new(RedisCache::new(url).unwrap());
        subject(cache, None, connection.clone()).await
    })
    .await;
    conformance::run(async || {
        let cache = Arc::new(NearCache::new(RedisCache::new(url).unwrap(), 100));
        subject(Arc::clone(&cache) as _, Some(cache), connection.clone()).await
    })
    .await;
}

async fn subject(
    cache: Arc<dyn StatusCache>,
    near: Option<Arc<NearCache>>,
    mut connection: MultiplexedConnection,
) -> Subject {
    redis::cmd("FLUSHALL").exec_async(&mut connection).await.unwrap();
    let lose = move |command: redis::Cmd| {
        let (mut connection, near) = (connection.clone(), near.clone());
        async move {
            command.exec_async(&mut connection).await.unwrap();
            // More than what was asked for, as evictions may.
            if let Some(near) = near {
                near.clear();
            }
        }
    };
    let evict = lose.clone();
    Subject {
        cache,
        forget: Box::new(move || Box::pin(lose(redis::cmd("FLUSHALL")))),
        evict: Box::new(move |number| {
            Box::pin(evict(redis::cmd("DEL").arg(format!("{{shirushi:1}}:s:{number}")).take()))
        }),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_conforms() {
    let mut cluster = RedisCluster::start().await;
    let url = cluster.url();
    conforms(&url, cluster.master_of(CONTROL).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_that_sentinels_name_conforms() {
    let mut sentinels = RedisSentinels::start().await;
    let url = sentinels.url();
    conforms(&url, sentinels.master()).await;
}

fn number() -> RegistrationNumber {
    RegistrationNumber::parse("SHI-2026-00001").unwrap()
}

fn record(revision: u64) -> StatusRecord {
    StatusRecord {
        number: number(),
        revision: Revision::new(revision),
        state: LabelState::Active,
        valid: Window { from: second(0), until: second(1_000) },
        tokens: vec![],
    }
}

fn second(seconds: i64) -> UnixTime {
    UnixTime::EPOCH.plus(1_800_000_000 + seconds)
}

fn confirmed(position: u64, seconds: i64) -> Confirmed {
    Confirmed { position: Position(position), as_of: second(seconds) }
}

async fn advance(cache: &NearCache, changes: &[StatusRecord], to: Confirmed) -> Kept {
    let (_, ticket) = cache.confirmed().await.unwrap();
    cache.advance(changes, to, &ticket).await.unwrap()
}

async fn found(cache: &NearCache) -> Option<(u64, UnixTime)> {
    let found = cache.read(&number()).await.unwrap().found;
    found.map(|(record, as_of)| (record.revision.get(), as_of))
}

async fn fill(cache: &NearCache, revision: u64, seconds: i64) {
    let ticket = cache.read(&number()).await.unwrap().ticket;
    cache.fill(&record(revision), second(seconds), &ticket).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_takes_over_begins_another_life() {
    let mut sentinels = RedisSentinels::start().await;
    let url = sentinels.url();
    let near = || NearCache::new(RedisCache::new(&url).unwrap(), 100);
    let (node, fresh) = (near(), near());
    advance(&node, &[], confirmed(7, 0)).await;
    fill(&node, 1, 1).await;
    advance(&node, &[], confirmed(7, 10)).await;
    let (_, relay_before) = node.confirmed().await.unwrap();
    // The replica has all of it before the master dies.
    let mut replica =
        Client::open(sentinels.replica().url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let there = async |connection: &mut MultiplexedConnection| -> Option<String> {
        redis::cmd("GET").arg(CONTROL).query_async(connection).await.unwrap()
    };
    let last = second(10).as_secs().to_string();
    until("the replica has all", async || {
        there(&mut replica).await.is_some_and(|control| control.ends_with(&last))
    })
    .await;

    sentinels.master().stop();
    // While nobody is the master, nothing is known that would be younger than what was confirmed.
    let confirmed_at = second(10);
    while node.ready().await.is_err() {
        for node in [&node, &fresh] {
            assert!(found(node).await.is_none_or(|(_, as_of)| as_of <= confirmed_at));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    sentinels.failed_over().await;
    let again =
        async |node: &NearCache| until("it answers again", async || node.confirmed().await.is_ok()).await;
    again(&node).await;
    again(&fresh).await;
    assert_eq!(
        node.confirmed().await.unwrap().0,
        None,
        "a server of another name: nothing is confirmed there"
    );
    let late = node.advance(&[], confirmed(9, 20), &relay_before).await.unwrap();
    assert_eq!(late, Kept::OtherLife, "nor can the relay go on as if nothing had happened");
    assert!(found(&fresh).await.is_none_or(|found| found == (1, confirmed_at)));

    // Meanwhile the label was changed, at position 8. The relay begins behind that.
    assert_eq!(advance(&node, &[], confirmed(8, 30)).await, Kept::Written);
    for node in [&node, &fresh] {
        // What a node followed until then it may say for a moment, as old as that is; never as of the new confirmation.
        while found(node).await.is_some_and(|(_, as_of)| as_of > second(1)) {
            assert_eq!(found(node).await.unwrap().1.max(confirmed_at), confirmed_at);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    fill(&fresh, 2, 31).await;
    advance(&fresh, &[], confirmed(8, 40)).await;
    assert_eq!(found(&fresh).await, Some((2, second(40))));
    until("the news is here", async || found(&node).await == Some((2, second(40)))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_master_of_our_slot_the_answers_stay_true() {
    let mut cluster = RedisCluster::start().await;
    let url = cluster.url();
    let scheme = Scheme::with(1).await;
    let label = scheme.labels[0].clone();
    let (one, other) = tokio::join!(scheme.node(&url), scheme.node(&url));
    for node in [&one, &other] {
        node.comes_to(&label.link, "valid").await;
    }
    cluster.master_of(CONTROL).await.stop();
    for node in [&one, &other] {
        assert_eq!(node.outcome(&label.link).await, "valid", "the registry answers");
        assert_eq!(node.status("/readyz").await.unwrap(), 200);
    }
    one.revoke(&scheme.key, &scheme.approver, &label.number, "does not meet the criteria").await;
    assert_eq!(one.outcome(&label.link).await, "revoked");
    // The client of a Cluster tries other ways before it says that there is none: for that moment the other node has the
    // word of before.
    other.comes_to(&label.link, "revoked").await;
    scheme.registry.cut();
    for node in [&one, &other] {
        let outcome = node.outcome(&label.link).await;
        assert!(["status_unknown", "revoked"].contains(&outcome.as_str()), "{outcome}");
    }
}
