//! `kill -9` at every step of the relay: no change is lost, none arrives twice, and nobody hears of an old state as if it
//! were the present one.
//!
//! A step is a row of questions to Redis and to the registry (`server::outbox`). The line of one node is held at one of
//! them, so that the node stands exactly there; a change is committed; the node is killed. The only other node that knows
//! of the scheme is frozen meanwhile, so that nobody carries the change in its stead.

use redis::AsyncCommands as _;
use shirushi_server::{
    clock::SystemClock,
    registry::{Actor, Change, PostgresRegistry, Registry as _},
};
use shirushi_shared::{
    label::{RegistrationNumber, StateChange},
    time::UnixTime,
};
use shirushi_tests::patience::until;
use shirushi_tests::{
    postgres::Postgres,
    proxy::{At, Proxy, Questions},
    redis::RedisServer,
    shirushi::Node,
};

use crate::scheme::{Label, Scheme};

enum Line {
    Redis,
    Registry,
}

/// One moment in a step of the relay.
struct Moment {
    name: &'static str,
    line: Line,
    at: At,
    questions: Questions,
    /// Whether Redis has taken the change when the node is killed.
    carried: bool,
}

/// The question how far the relays have come: a script over one key.
const CONFIRMED: Questions = &[&["EVALSHA", "\r\n$1\r\n1\r\n", ":control"]];
/// The step of one change: a script over the control, the feed and one record.
const ADVANCE: Questions = &[&["EVALSHA", "\r\n$1\r\n3\r\n", ":feed", ":s:SHI"]];

/// In the order in which `Relay::step` comes to them.
const MOMENTS: [Moment; 7] = [
    Moment {
        name: "it asks how far the cache has come",
        line: Line::Redis,
        at: At::Question,
        questions: CONFIRMED,
        carried: false,
    },
    Moment {
        name: "it is about to be told how far",
        line: Line::Redis,
        at: At::Answer,
        questions: CONFIRMED,
        carried: false,
    },
    Moment {
        name: "it asks where the history ends",
        line: Line::Registry,
        at: At::Question,
        questions: &[&["SELECT COALESCE(MAX(position), 0) FROM history"]],
        carried: false,
    },
    Moment {
        name: "it asks which registry this is",
        line: Line::Registry,
        at: At::Question,
        questions: &[&["SELECT id FROM identity"]],
        carried: false,
    },
    Moment {
        name: "it asks for the changes",
        line: Line::Registry,
        at: At::Question,
        questions: &[&["SELECT position, kind, subject, revision, record FROM history"]],
        carried: false,
    },
    Moment {
        name: "the change is on its way to Redis",
        line: Line::Redis,
        at: At::Question,
        questions: ADVANCE,
        carried: false,
    },
    Moment {
        name: "Redis has the change, and nobody was told",
        line: Line::Redis,
        at: At::Answer,
        questions: ADVANCE,
        carried: true,
    },
];

struct World {
    scheme: Scheme,
    redis: RedisServer,
    registry: PostgresRegistry,
    connection: redis::aio::MultiplexedConnection,
}

impl World {
    async fn start() -> Self {
        let (scheme, redis) = (Scheme::with(1).await, RedisServer::start().await);
        let registry = PostgresRegistry::connect(scheme.database()).await.unwrap();
        let client = redis::Client::open(redis.url()).unwrap();
        let connection = client.get_multiplexed_async_connection().await.unwrap();
        Self { scheme, redis, registry, connection }
    }

    fn label(&self) -> &Label {
        &self.scheme.labels[0]
    }

    /// The first words of a value of the cache.
    async fn value(&self, key: &str) -> Vec<String> {
        let identity = self.registry.identity().await.unwrap();
        let key = format!("{{shirushi:1}}:{identity}:{key}");
        let value: Option<String> = self.connection.clone().get(key).await.unwrap();
        value.unwrap_or_default().split(' ').map(str::to_owned).collect()
    }

    /// The position up to which all is in Redis.
    async fn carried(&self) -> u64 {
        self.value("control").await.get(4).map_or(0, |position| position.parse().unwrap())
    }

    async fn last(&self) -> u64 {
        self.registry.last_position().await.unwrap().0
    }

    async fn all_is_carried(&self) {
        until("all is carried", async || self.carried().await >= self.last().await).await;
        assert_eq!(self.carried().await, self.last().await);
    }

    /// Suspends the label, or reinstates it, without telling any node: the registry's history alone has it.
    async fn change(&self, suspend: bool) {
        let change = if suspend {
            StateChange::Suspend { until: None, reason: "r".into() }
        } else {
            StateChange::Reinstate
        };
        let (number, at) =
            (RegistrationNumber::parse(&self.label().number).unwrap(), SystemClock::default().now());
        let by = Actor::here("story");
        self.registry.change(&number, None, Change::State(change), &by, at).await.unwrap();
    }
}

/// What `node` says is either the news, or known to be of before it.
async fn is_honest(node: &Node, label: &Label, revision: u64, committed: UnixTime) {
    let answer = node.verify(&label.question()).await;
    let status = &answer["status"];
    let told: u64 = status["revision"].as_u64().unwrap_or_default();
    if told < revision && answer["outcome"] != "status_unknown" {
        let as_of: UnixTime = serde_json::from_value::<UnixTime>(status["as_of"].clone()).unwrap();
        assert!(as_of <= committed, "of {as_of:?}, and {committed:?} it was different: {answer}");
    }
    assert!(told <= revision, "nothing was applied twice: {answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_killed_at_any_step_of_the_relay_loses_no_change() {
    let world = World::start().await;
    let label = world.label().clone();
    let other = world.scheme.node(&world.redis.url()).await;
    other.comes_to(&label.link, "valid").await;
    let mut revision = other.verify(&label.question()).await["status"]["revision"].as_u64().unwrap();
    let (mut moments, mut is_valid, mut missed) = (MOMENTS.iter().peekable(), true, 0);
    while let Some(moment) = moments.peek() {
        let to_registry = Proxy::start(Postgres::shared().await.address()).await;
        let to_redis = Proxy::start(world.redis.address()).await;
        let cache = format!("redis://{}", to_redis.address());
        let victim = world.scheme.node_by(&to_registry, &cache).await;
        victim.comes_to(&label.link, if is_valid { "valid" } else { "suspended" }).await;
        world.all_is_carried().await;

        other.process().signal("STOP");
        let line = match moment.line {
            Line::Redis => &to_redis,
            Line::Registry => &to_registry,
        };
        let before = world.last().await;
        let held = line.hold(moment.at, moment.questions);
        let ((), held) = tokio::join!(world.change(is_valid), held);
        held.unwrap();
        victim.process().signal("KILL");
        let committed = SystemClock::default().now();
        revision += 1;
        // Nothing that was held gets through any more.
        drop((to_registry, to_redis, victim));
        assert!(world.last().await > before, "{}: the change is on record", moment.name);
        // A step of the relay that was under way already when the line was to be held passes the moment by.
        let is_there = (world.carried().await == world.last().await) == moment.carried;

        other.process().signal("CONT");
        let again = world.scheme.node(&world.redis.url()).await;
        let outcome = if is_valid { "suspended" } else { "valid" };
        for node in [&again, &other] {
            is_honest(node, &label, revision, committed).await;
            node.comes_to(&label.link, outcome).await;
            is_honest(node, &label, revision, committed).await;
        }
        world.all_is_carried().await;
        let record = world.value(&format!("s:{}", label.number)).await;
        assert_eq!(record.first(), Some(&revision.to_string()), "{}: {record:?}", moment.name);
        is_valid = !is_valid;
        if is_there {
            moments.next();
        } else {
            missed += 1;
            assert!(missed < 5, "{}: the node never stood there", moment.name);
        }
    }
}
