mod interleaving;

use redis::{AsyncCommands as _, Client, aio::MultiplexedConnection};
use shirushi_shared::{label::LabelState, status::Revision};

use super::*;
use crate::{
    cache::conformance::{self, Subject},
    registry::{Position, conformance::sample},
    started::Started,
};

fn near(server: &Started) -> NearCache {
    NearCache::new(RedisCache::new(&server.url("0")).unwrap(), 100)
}

async fn connection(server: &Started) -> MultiplexedConnection {
    Client::open(server.url("0")).unwrap().get_multiplexed_async_connection().await.unwrap()
}

/// A node that reads, while the relay is on another one. After each step of that relay it waits until it has heard of it:
/// how long that takes is not asked.
struct Reading {
    here: Arc<NearCache>,
    there: NearCache,
}

impl Reading {
    async fn in_step(&self) {
        let (theirs, _) = self.there.shared.redis.join().await.unwrap();
        // The first look-up makes it listen.
        drop(self.here.read(&sample::number(999)).await.unwrap());
        loop {
            {
                let copy = self.here.shared.copy();
                if copy.heard.is_some()
                    && copy.mirror.followed().map(Control::ticket) == theirs.as_ref().map(Control::ticket)
                {
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

#[async_trait]
impl StatusCache for Reading {
    async fn read(&self, number: &RegistrationNumber) -> Result<Lookup, CacheError> {
        self.here.read(number).await
    }

    async fn fill(
        &self,
        record: &StatusRecord,
        as_of: UnixTime,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError> {
        self.here.fill(record, as_of, ticket).await
    }

    async fn confirmed(&self) -> Result<(Option<Confirmed>, Ticket), CacheError> {
        self.there.confirmed().await
    }

    async fn advance(
        &self,
        changes: &[StatusRecord],
        to: Confirmed,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError> {
        let kept = self.there.advance(changes, to, ticket).await?;
        if kept == Kept::Written {
            self.in_step().await;
        }
        Ok(kept)
    }

    async fn ready(&self) -> Result<(), CacheError> {
        self.here.ready().await
    }
}

async fn subject(server: &Started, here: Arc<NearCache>, cache: Arc<dyn StatusCache>) -> Subject {
    let connection = connection(server).await;
    let _: () = connection.clone().flushall().await.unwrap();
    let (evicting, evicted) = (connection.clone(), Arc::clone(&here));
    Subject {
        cache,
        forget: Box::new(move || {
            let (mut connection, here) = (connection.clone(), Arc::clone(&here));
            Box::pin(async move {
                let _: () = connection.flushall().await.unwrap();
                here.clear();
            })
        }),
        evict: Box::new(move |number| {
            let (mut connection, here) = (evicting.clone(), Arc::clone(&evicted));
            Box::pin(async move {
                let _: () = connection.del(format!("{{shirushi:1}}:s:{number}")).await.unwrap();
                here.shared.copy().mirror.evict(&number);
            })
        }),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_with_its_own_relay_conforms() {
    let Some(server) = crate::started::redis().await else { return };
    conformance::run(async || {
        let here = Arc::new(near(&server));
        subject(&server, Arc::clone(&here), here).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_listens_to_the_relay_of_another_one_conforms() {
    let Some(server) = crate::started::redis().await else { return };
    conformance::run(async || {
        let here = Arc::new(near(&server));
        let cache = Reading { here: Arc::clone(&here), there: near(&server) };
        subject(&server, here, Arc::new(cache)).await
    })
    .await;
}

fn record(index: u32, revision: u64) -> StatusRecord {
    let valid = sample::new(index).valid;
    StatusRecord {
        number: sample::number(index),
        revision: Revision::new(revision),
        state: LabelState::Active,
        valid,
        tokens: vec![],
    }
}

fn confirmed(position: u64, seconds: i64) -> Confirmed {
    Confirmed { position: Position(position), as_of: sample::now().plus(seconds) }
}

async fn advance(cache: &dyn StatusCache, changes: &[StatusRecord], to: Confirmed) -> Kept {
    let (_, ticket) = cache.confirmed().await.unwrap();
    cache.advance(changes, to, &ticket).await.unwrap()
}

async fn fill(cache: &dyn StatusCache, record: &StatusRecord, seconds: i64) {
    let ticket = cache.read(&record.number).await.unwrap().ticket;
    cache.fill(record, sample::now().plus(seconds), &ticket).await.unwrap();
}

async fn found(cache: &dyn StatusCache, index: u32) -> Option<(u64, i64)> {
    let found = cache.read(&sample::number(index)).await.unwrap().found;
    found.map(|(record, as_of)| (record.revision.get(), as_of.since(sample::now())))
}

/// How often Redis was asked for records.
async fn questions(connection: &mut MultiplexedConnection) -> u64 {
    let told: String = redis::cmd("INFO").arg("commandstats").query_async(connection).await.unwrap();
    let calls = told.split("cmdstat_mget:calls=").nth(1).and_then(|rest| rest.split(',').next());
    calls.map_or(0, |calls| calls.parse().unwrap())
}

async fn two_nodes(server: &Started) -> Reading {
    let nodes = Reading { here: Arc::new(near(server)), there: near(server) };
    advance(&nodes, &[], confirmed(1, 0)).await;
    fill(&nodes, &record(1, 1), 1).await;
    nodes
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_here_is_not_asked_of_redis() {
    let Some(server) = crate::started::redis().await else { return };
    let mut connection = connection(&server).await;
    let nodes = two_nodes(&server).await;
    assert_eq!(found(&nodes, 1).await, Some((1, 1)));
    let before = questions(&mut connection).await;
    for _ in 0..1_000 {
        assert_eq!(found(&nodes, 1).await, Some((1, 1)));
        nodes.in_step().await;
    }
    let asked = questions(&mut connection).await - before;
    // `in_step` itself asks for a number that is nowhere.
    assert!((1_000..1_100).contains(&asked), "{asked}");

    advance(&nodes, &[record(1, 2)], confirmed(2, 7)).await;
    let before = questions(&mut connection).await;
    assert_eq!(found(&nodes, 1).await, Some((2, 7)), "the change has come by itself");
    assert_eq!(questions(&mut connection).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_line_breaks_redis_is_asked_at_once() {
    let Some(server) = crate::started::redis().await else { return };
    let mut connection = connection(&server).await;
    let nodes = two_nodes(&server).await;
    assert_eq!(found(&nodes, 1).await, Some((1, 1)));
    nodes.here.shared.copy().heard = None;
    // Behind its back: a reader on another node knows better.
    fill(&nodes.there, &record(1, 3), 9).await;
    let _: () = connection.del("{shirushi:1}:feed").await.unwrap();
    let asked = questions(&mut connection).await;
    drop(nodes.here.shared.redis.read(&sample::number(1)).await.unwrap());
    assert!(questions(&mut connection).await > asked, "the count counts");
    nodes.in_step().await;
    assert_eq!(
        found(&nodes, 1).await.map(|(revision, _)| revision),
        Some(1),
        "in step again: the followed position is the same"
    );
    advance(&nodes, &[record(1, 2), record(1, 3)], confirmed(3, 20)).await;
    assert_eq!(found(&nodes, 1).await, Some((3, 20)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hangs_is_not_guessed_about_for_long() {
    let Some(server) = crate::started::redis().await else { return };
    let nodes = two_nodes(&server).await;
    assert_eq!(found(&nodes, 1).await, Some((1, 1)));
    server.signal("STOP");
    // Nothing is known now, and so the registry is asked.
    while found(&nodes, 1).await.is_some() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Its word is noted: no tale of Redis undoes it.
    let ticket = nodes.here.read(&sample::number(1)).await.unwrap().ticket;
    assert!(nodes.here.fill(&record(1, 2), sample::now().plus(8), &ticket).await.is_err());
    server.signal("CONT");
    let seen = loop {
        if let Some(seen) = found(&nodes, 1).await {
            break seen;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(seen, (2, 8), "Redis still has the first revision");
    while nodes.there.confirmed().await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    advance(&nodes, &[record(1, 2)], confirmed(2, 30)).await;
    assert_eq!(found(&nodes, 1).await, Some((2, 30)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_lost_its_memory_is_joined_anew() {
    let Some(mut server) = crate::started::redis().await else { return };
    let nodes = two_nodes(&server).await;
    let _: () = connection(&server).await.flushall().await.unwrap();
    // As long as nobody begins a new life, the old one is true as of its last step.
    assert!(matches!(found(&nodes, 1).await, None | Some((1, 1))));
    advance(&nodes, &[], confirmed(2, 10)).await;
    assert_eq!(found(&nodes, 1).await, None, "which changes it missed nobody knows");
    fill(&nodes, &record(1, 2), 11).await;
    advance(&nodes, &[], confirmed(2, 20)).await;
    assert_eq!(found(&nodes, 1).await, Some((2, 20)));

    server.kill();
    server.start_redis_again().await;
    while nodes.there.confirmed().await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    advance(&nodes, &[], confirmed(2, 30)).await;
    assert_eq!(found(&nodes, 1).await, None);
    fill(&nodes, &record(1, 1), 31).await;
    assert_eq!(
        found(&nodes, 1).await,
        Some((2, 11)),
        "what was seen is not unseen, and as old as its reading"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_in_the_feed_is_noticed() {
    let Some(server) = crate::started::redis().await else { return };
    let nodes = two_nodes(&server).await;
    let mut connection = connection(&server).await;
    // More steps than the feed holds, in one go: nobody can have listened in between.
    let (_, ticket) = nodes.there.confirmed().await.unwrap();
    let control = ticket.0;
    let (head, _) = control.rsplit_once(' ').unwrap();
    let (head, _) = head.rsplit_once(' ').unwrap();
    let (head, _) = head.rsplit_once(' ').unwrap();
    let step = |from: u64, control: &str| {
        let mut command = redis::cmd("XADD");
        command.arg("{shirushi:1}:feed").arg("*").arg("from").arg(from).arg("control").arg(control);
        command
    };
    let beyond = format!("{head} 99 90 {}", sample::now().plus(50).as_secs());
    step(80, &beyond).exec_async(&mut connection).await.unwrap();
    advance(&nodes, &[record(1, 2)], confirmed(2, 60)).await;
    assert_eq!(found(&nodes, 1).await, Some((2, 60)), "it joined what is confirmed, and not what was told");
    redis::cmd("XADD")
        .arg(&["{shirushi:1}:feed", "*", "what", "ever"])
        .exec_async(&mut connection)
        .await
        .unwrap();
    advance(&nodes, &[record(1, 3)], confirmed(3, 70)).await;
    assert_eq!(found(&nodes, 1).await, Some((3, 70)), "nor does it stumble over what is none of ours");
}

#[tokio::test]
async fn the_copy_is_bounded() {
    let cache = NearCache::new(RedisCache::new("redis://127.0.0.1:1").unwrap(), 10);
    for index in 0..1_000 {
        assert!(cache.fill(&record(index, 1), sample::now(), &Ticket(String::new())).await.is_err());
    }
    assert_eq!(cache.len(), 10);
    assert!(!cache.is_empty());
}
