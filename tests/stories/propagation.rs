//! A change reaches every node: commit → relay → Redis → each node's memory.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use shirushi_tests::patience::until;
use shirushi_tests::proxy::Proxy;
use shirushi_tests::redis::RedisServer;
use shirushi_tests::shirushi::Node;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::scheme::{Label, Scheme, counter};

const NODES: usize = 3;
const LABELS: usize = 20;
const CHANGES: usize = 200;
/// What the scheme promises: a change that took longer would be one that was missed.
const LIMIT: Duration = Duration::from_secs(15);

/// Three nodes, and each one's own way to Redis.
struct World {
    scheme: Scheme,
    redis: RedisServer,
    nodes: Vec<Arc<Node>>,
    ways: Vec<Proxy>,
    /// The newest revision that a node has shown of a label.
    seen: Arc<HashMap<(usize, String), AtomicU64>>,
}

impl World {
    async fn start() -> Self {
        let scheme = Scheme::with(LABELS).await;
        let redis = RedisServer::start().await;
        let ways = join_all((0..NODES).map(|_| Proxy::start(redis.address()))).await;
        let urls: Vec<_> = ways.iter().map(|way| format!("redis://{}", way.address())).collect();
        let nodes = join_all(urls.iter().map(|url| scheme.node(url))).await;
        let nodes: Vec<_> = nodes.into_iter().map(Arc::new).collect();
        let seen = scheme
            .labels
            .iter()
            .flat_map(|label| (0..NODES).map(|node| ((node, label.number.clone()), AtomicU64::new(0))));
        let world = Self { seen: Arc::new(seen.collect()), scheme, redis, nodes, ways };
        for node in &world.nodes {
            for label in &world.scheme.labels {
                node.comes_to(&label.link, "valid").await;
            }
        }
        world
    }

    /// People who scan, at every node, until they are told to stop. Each answer is held against what that node has shown
    /// before.
    fn load(&self) -> Load {
        let stop = Arc::new(AtomicBool::new(false));
        let scanned = Arc::new(AtomicU64::new(0));
        let people = (0..NODES * 2)
            .map(|person| {
                let (node, stop, scanned) = (person % NODES, Arc::clone(&stop), Arc::clone(&scanned));
                let (asked, seen) = (Arc::clone(&self.nodes[node]), Arc::clone(&self.seen));
                let labels = self.scheme.labels.clone();
                tokio::spawn(async move {
                    for label in labels.iter().cycle().skip(person) {
                        if stop.load(Ordering::Relaxed) {
                            return;
                        }
                        ask(&asked, node, label, &seen).await;
                        scanned.fetch_add(1, Ordering::Relaxed);
                        sleep(Duration::from_millis(10)).await;
                    }
                })
            })
            .collect();
        Load { stop, scanned, people }
    }

    /// Changes `label` on the node `from` and waits until all others tell it; how long each took, from before it was asked
    /// for.
    async fn change(&self, from: usize, label: &Label, suspend: bool) -> Vec<Duration> {
        let (change, outcome) = if suspend {
            (json!({ "change": "suspend", "reason": "under investigation" }), "suspended")
        } else {
            (json!({ "change": "reinstate" }), "valid")
        };
        let begun = Instant::now();
        assert_eq!(self.nodes[from].change(&self.scheme.key, &label.number, &change).await, 200);
        let told = ask(&self.nodes[from], from, label, &self.seen).await;
        assert_eq!(told["outcome"], outcome, "the node that took the change knows it at once");
        let revision = told["status"]["revision"].as_u64().unwrap();
        let others = (0..NODES).filter(|node| *node != from).map(async |node| {
            let arrives = async {
                while ask(&self.nodes[node], node, label, &self.seen).await["status"]["revision"] != revision
                {
                    sleep(Duration::from_millis(2)).await;
                }
            };
            timeout(LIMIT, arrives).await.unwrap_or_else(|_| panic!("lost at node {node}: {label:?}"));
            begun.elapsed()
        });
        join_all(others).await
    }
}

struct Load {
    stop: Arc<AtomicBool>,
    scanned: Arc<AtomicU64>,
    people: Vec<JoinHandle<()>>,
}

impl Load {
    /// How many scans there were, each of them in order.
    async fn end(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        for person in self.people {
            person.await.unwrap();
        }
        self.scanned.load(Ordering::Relaxed)
    }
}

/// Asks a node; what it has shown before the question it must not take back.
async fn ask(node: &Node, index: usize, label: &Label, seen: &HashMap<(usize, String), AtomicU64>) -> Value {
    let newest = &seen[&(index, label.number.clone())];
    let before = newest.load(Ordering::SeqCst);
    let answer = node.verify(&label.question()).await;
    let revision = answer["status"]["revision"].as_u64();
    if let Some(revision) = revision {
        assert!(revision >= before, "node {index} has shown revision {before} and goes back: {answer}");
        newest.fetch_max(revision, Ordering::SeqCst);
    }
    answer
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent).div_ceil(100) - 1]
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_changes_reach_three_nodes_under_load() {
    let world = World::start().await;
    let load = world.load();
    let mut times = Vec::new();
    for change in 0..CHANGES {
        let label = &world.scheme.labels[change % LABELS];
        times.extend(world.change(change % NODES, label, (change / LABELS).is_multiple_of(2)).await);
    }
    let scanned = load.end().await;
    assert_eq!(times.len(), CHANGES * (NODES - 1), "every change has arrived at every other node");
    times.sort();
    say(&format!(
        "propagation: {CHANGES} changes, {NODES} nodes, {scanned} verifications meanwhile; from the request for the change \
         to the verdict of another node: p50 {:.0?}, p99 {:.0?}, longest {:.0?}",
        percentile(&times, 50),
        percentile(&times, 99),
        times[times.len() - 1],
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_cut_off_from_redis_asks_the_registry_and_finds_back() {
    let world = World::start().await;
    let load = world.load();
    let label = &world.scheme.labels[0];
    for round in 0..6 {
        let cut_off = round % NODES;
        // Half of the time the line is dead without a word.
        if round < 3 {
            world.ways[cut_off].cut();
        } else {
            world.ways[cut_off].stall();
        }
        world.change((cut_off + 1) % NODES, label, true).await;
        world.change(cut_off, label, false).await;
        world.ways[cut_off].clear();
        world.change((cut_off + 2) % NODES, label, true).await;
        world.change(cut_off, label, false).await;
    }
    load.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_comes_back_empty_is_filled_without_a_stampede() {
    let mut world = World::start().await;
    world.redis.stop();
    world.redis.restart_empty().await;
    // As long as a node has not found it again, every verdict of that node asks the registry.
    for node in &world.nodes {
        let found = async || node.text("/readyz").await.contains(r#""cache":"ready""#);
        until("it has found its Redis again", found).await;
    }
    let before = readings(&world).await;
    let load = world.load();
    // Until every node verifies out of its memory again, and for a while after that.
    sleep(Duration::from_secs(8)).await;
    let scanned = load.end().await;
    let read = readings(&world).await - before;
    let labels = u64::try_from(LABELS * NODES).unwrap();
    say(&format!(
        "refill: {scanned} verifications, {read} readings of the registry for {LABELS} labels at {NODES} nodes"
    ));
    // One before the relay has begun, one when that is old, one that is kept, and one to spare.
    assert!(read <= labels * 4, "{read} readings for {labels} labels and nodes");
    assert!(scanned > labels * 8, "{scanned} verifications are no load");
}

async fn readings(world: &World) -> u64 {
    let counts = world.nodes.iter().map(|node| counter(node, "status_registry_readings_total"));
    join_all(counts).await.iter().sum()
}

/// Not `println!`, which the test runner keeps to itself when a test passes.
fn say(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{line}");
}
