//! `kill -9` in the middle of publishing: what is published is whole, is what the registry was, and never goes back.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use shirushi_server::clock::SystemClock;
use shirushi_server::registry::{Actor, Change, Fact, Position, PublicationHead, Registry, SqliteRegistry};
use shirushi_server::service::publication::{PRODUCT_INDEX, STATUS_LIST, STATUS_LIST_JWT, TRUST_LIST};
use shirushi_server::signer::KeyFolder;
use shirushi_shared::{
    index::ProductIndex,
    label::{RegistrationNumber, StateChange},
    status::list::{ListedStatus, SignedStatusList, StatusList},
};
use shirushi_tests::patience::until;
use shirushi_tests::postgres::Postgres;
use shirushi_tests::proxy::{At, Proxy, Questions};
use shirushi_tests::shirushi::{BY_TWO, done, program};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::watch;

use super::{ORIGIN, PRODUCTS, Scheme, comes_to, holds_lease, number};

/// Changes labels without a pause until it is told to stop.
fn burst(registry: Arc<dyn Registry>) -> (watch::Sender<bool>, tokio::task::JoinHandle<usize>) {
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(async move {
        let mut changes = 0;
        while !*stopped.borrow() {
            let row = changes % PRODUCTS;
            let change = if (changes / PRODUCTS).is_multiple_of(2) {
                StateChange::Suspend { until: None, reason: "r".into() }
            } else {
                StateChange::Reinstate
            };
            let at = SystemClock::default().now();
            let by = Actor::here("burst");
            // A registry that is busy for a moment is no failure of this story.
            if registry.change(&number(row), None, Change::State(change), &by, at).await.is_ok() {
                changes += 1;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        changes
    });
    (stop, task)
}

type Heads = BTreeMap<String, PublicationHead>;

async fn heads(registry: &dyn Registry) -> Heads {
    let heads = registry.publications().await.unwrap();
    heads.into_iter().map(|head| (head.name.clone(), head)).collect()
}

/// What is published is whole, holds what the history held at its position, and is not behind `before`.
async fn holds(registry: &dyn Registry, keys: &Path, before: &Heads) -> Heads {
    let now = heads(registry).await;
    for (name, head) in before {
        let after = now.get(name).unwrap();
        assert!(after.version >= head.version && after.position >= head.position, "{after:?} after {head:?}");
    }
    let Some(head) = now.get(STATUS_LIST) else { return now };
    let mirror = now.get(STATUS_LIST_JWT).unwrap();
    assert_eq!((head.version, head.position), (mirror.version, mirror.position), "both forms or none");
    let ring = KeyFolder::public_half(keys).unwrap();
    let bytes = registry.publication(STATUS_LIST).await.unwrap().unwrap().bytes;
    let list = SignedStatusList::open(&bytes, &format!("{ORIGIN}/status-lists/0"), &ring).unwrap();
    assert!(
        list.list == at_position(registry, head.position).await,
        "the list of position {:?}",
        head.position
    );
    if let Some(index) = registry.publication(PRODUCT_INDEX).await.unwrap() {
        let read = ProductIndex::open(&index.bytes, &ring).unwrap();
        assert_eq!((read.version, read.registrations().len()), (index.version, PRODUCTS));
    }
    now
}

/// The values as the history had them at `position`: told from its entries alone.
async fn at_position(registry: &dyn Registry, position: Position) -> StatusList {
    let entries = registry.entries_after(Position(0), 1_000_000).await.unwrap();
    let mut states: BTreeMap<RegistrationNumber, ListedStatus> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.position <= position) {
        if let Fact::Label { record, .. } = &entry.fact {
            states.insert(record.number.clone(), ListedStatus::of(&record.state));
        }
    }
    let numbers: Vec<_> = states.keys().cloned().collect();
    let places = registry.places(&numbers).await.unwrap();
    StatusList::of(places.iter().map(|(number, place)| (*place, *states.get(number).unwrap())))
}

/// The lease of a killed node runs out by itself after a while; that is another story, and is cut short here.
async fn end_lease(database: &str) {
    let mut connection = PgConnection::connect(database).await.unwrap();
    sqlx::query("DELETE FROM leases").execute(&mut connection).await.unwrap();
}

/// One moment of a publication.
struct Moment {
    name: &'static str,
    at: At,
    questions: Questions,
    /// Whether the change has been published when the node is killed.
    published: bool,
}

impl Moment {
    const fn before(name: &'static str, questions: Questions) -> Self {
        Self { name, at: At::Question, questions, published: false }
    }
}

/// Asked of what was changed, and of nothing else.
const PLACES: &[&str] = &["SELECT number, status_index FROM tokens WHERE number IN"];
/// The second of the two forms of the status list, which are written in one transaction.
const JWT: &[&str] = &[STATUS_LIST_JWT, "eyJ"];

/// In the order in which a publisher comes to them.
const MOMENTS: [Moment; 7] = [
    Moment::before("it prolongs its lease", &[&["INSERT INTO leases"]]),
    Moment::before(
        "it asks what was changed",
        &[&["FROM history WHERE position > $1 ORDER BY position LIMIT $2"]],
    ),
    Moment::before("it asks for the places of what was changed", &[PLACES]),
    Moment::before(
        "it has signed, and begins to write",
        &[PLACES, &["BEGIN ISOLATION LEVEL READ COMMITTED"]],
    ),
    Moment::before("one form is written, the other is on its way", &[PLACES, JWT]),
    Moment::before("both forms are written, and not committed", &[PLACES, JWT, &["COMMIT"]]),
    Moment {
        name: "it is committed, and nobody was told",
        at: At::Answer,
        questions: &[PLACES, JWT, &["COMMIT"]],
        published: true,
    },
];

fn version(heads: &Heads) -> u64 {
    heads.get(STATUS_LIST).map_or(0, |head| head.version)
}

/// Suspends the first label, or reinstates it.
async fn change(registry: &dyn Registry, suspend: bool) {
    let change = if suspend {
        StateChange::Suspend { until: None, reason: "r".into() }
    } else {
        StateChange::Reinstate
    };
    let at = SystemClock::default().now();
    registry.change(&number(0), None, Change::State(change), &Actor::here("story"), at).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_killed_at_any_step_of_publishing_leaves_nothing_half_done() {
    let scheme = Scheme::start().await;
    let registry = scheme.registry.as_ref();
    let keys = scheme.folder.path().join("keys");
    let place = scheme.place(0).await;
    let address = Postgres::shared().await.address();
    let mut before = Heads::new();
    for (index, moment) in MOMENTS.iter().enumerate() {
        let way = Proxy::start(address.clone()).await;
        // It asks each question in full, so that it can be told on the line.
        let database = scheme.database.replace(&address, &way.address().to_string());
        let node = scheme.node_over(&format!("{database}?statement-cache-capacity=0")).await;
        // Its own first list, which it makes when it has read all labels: what is changed from then on it reads as news.
        let (all, seen) = (registry.last_position().await.unwrap(), version(&before));
        let is_published = async || {
            let now = heads(registry).await;
            let whole = [STATUS_LIST, PRODUCT_INDEX, TRUST_LIST].iter().all(|name| now.contains_key(*name));
            whole && now[STATUS_LIST].position >= all && version(&now) > seen && holds_lease(&node).await
        };
        until("all is published", is_published).await;
        let suspend = index % 2 == 0;
        let value = if suspend { ListedStatus::Suspended } else { ListedStatus::Valid };
        let held = way.hold(moment.at, moment.questions);
        // The lease is prolonged every few seconds, whether there is news or not.
        if index == 0 {
            held.await.unwrap();
            change(registry, suspend).await;
        } else {
            let ((), held) = tokio::join!(change(registry, suspend), held);
            held.unwrap();
        }
        node.process().signal("KILL");
        // Nothing that was held gets through any more.
        drop((node, way));
        before = holds(registry, &keys, &before).await;
        let is_published = before[STATUS_LIST].position == registry.last_position().await.unwrap();
        assert_eq!(is_published, moment.published, "{}", moment.name);
        end_lease(&scheme.database).await;

        // Started again, it comes to what the registry says now.
        let node = scheme.node().await;
        comes_to(&node, place, value).await;
        node.process().signal("KILL");
        drop(node);
        before = holds(registry, &keys, &before).await;
        end_lease(&scheme.database).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_killed_while_it_publishes_leaves_nothing_half_done() {
    let place = tempfile::tempdir().unwrap();
    let keys = place.path().join("keys");
    let database = format!("sqlite:{}", place.path().join("registry.db").display());
    let file = place.path().join("products.csv");
    let mut csv = "number,maker,product,models,category,level,valid_from,valid_until\n".to_owned();
    for row in 0..PRODUCTS {
        csv += &format!("{},架空電機,C,M{row},network_camera,1,2026-01-01,2027-12-31\n", super::text(row));
    }
    std::fs::write(&file, csv).unwrap();
    let keys_text = keys.display().to_string();
    let common = ["--keys", &keys_text, "--database", &database, "--public-url", ORIGIN];
    done(["keys", "init", "--keys", &keys_text]);
    done(["import", &file.display().to_string()].into_iter().chain(BY_TWO).chain(common));
    let registry: Arc<dyn Registry> =
        Arc::new(SqliteRegistry::open(&place.path().join("registry.db")).await.unwrap());
    let (stop, burst) = burst(Arc::clone(&registry));
    let (mut before, mut killed, mut whole) = (Heads::new(), 0, 0);
    for step in 0..14_u64 {
        let mut child = Command::new(program())
            .args(["lists", "publish"])
            .args(common)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        tokio::time::sleep(Duration::from_millis(20 + 60 * step)).await;
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            whole += 1;
        } else {
            killed += 1;
        }
        before = holds(registry.as_ref(), &keys, &before).await;
    }
    stop.send(true).unwrap();
    burst.await.unwrap();
    assert!(killed > 0, "no run was killed in time; {whole} were whole");
    done(["lists", "publish"].into_iter().chain(common));
    let after = holds(registry.as_ref(), &keys, &before).await;
    assert!([STATUS_LIST, PRODUCT_INDEX, TRUST_LIST].iter().all(|name| after.contains_key(*name)));
}
