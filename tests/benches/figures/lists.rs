//! What the signed lists of a hundred thousand labels cost: a new maker, which reads the whole registry, against one
//! publication of a change.

use std::sync::Arc;
use std::time::{Duration, Instant};

use shirushi_server::{
    clock::SystemClock,
    registry::{Actor, Change, Registry, SqliteRegistry, conformance::sample},
    service::publication::{Made, PRODUCT_INDEX, Parts, Publisher, STATUS_LIST, STATUS_LIST_JWT, Shelf},
    signer::{KeyFolder, LiveKeys, Signers},
};
use shirushi_shared::{key::KeyUse, label::StateChange};
use tokio::sync::watch;

const LABELS: u32 = 100_000;
const BATCH: u32 = 2_000;
const ROUNDS: u32 = 5;
/// Every so many labels one is revoked: 1 %.
const REVOKED: usize = 100;

pub(crate) async fn print() {
    let place = tempfile::tempdir().unwrap();
    let registry = SqliteRegistry::open(&place.path().join("registry.db")).await.unwrap();
    let registry: Arc<dyn Registry> = Arc::new(registry);
    for first in (0..LABELS).step_by(BATCH as usize) {
        let labels = sample::several(first..first + BATCH);
        registry.register(labels, &sample::actor(), sample::now()).await.unwrap();
    }
    for label in (0..LABELS).step_by(REVOKED) {
        revoke(registry.as_ref(), label).await;
    }
    let clock = SystemClock::default();
    let keys = KeyFolder::init(&place.path().join("keys"), &KeyUse::ALL, clock.now()).unwrap();
    let (_held, keys) = watch::channel(Arc::new(keys) as Arc<dyn Signers>);

    let (mut whole, mut change, mut shelf) = (Vec::new(), Vec::new(), Shelf::default());
    for round in 0..ROUNDS {
        clock.jump(30);
        shelf = Shelf::default();
        let mut node = node(&registry, &clock, &keys, shelf.clone());
        whole.push(made(&mut node).await);
        clock.jump(2);
        revoke(registry.as_ref(), round * 7 + 1).await;
        let before = shelf.file(STATUS_LIST).unwrap();
        change.push(made(&mut node).await);
        assert!(shelf.file(STATUS_LIST).unwrap().version > before.version, "it was published");
    }
    whole.sort();
    change.sort();
    let (whole, change) = (whole[whole.len() / 2], change[change.len() / 2]);
    let size = |name| shelf.file(name).map_or(0, |file| file.bytes.len());
    println!("signed lists of {LABELS} labels, 1 % revoked ({ROUNDS} rounds, medians)");
    println!("  status list, CWT {} B, JWT {} B", size(STATUS_LIST), size(STATUS_LIST_JWT));
    match size(PRODUCT_INDEX) {
        0 => println!("  product index: more than fits into one, none is made"),
        bytes => println!("  product index {bytes} B"),
    }
    let ratio = whole.as_secs_f64() / change.as_secs_f64();
    println!("  a new maker costs {ratio:.0} × the publication of one change\n");
}

async fn revoke(registry: &dyn Registry, label: u32) {
    let change = Change::State(StateChange::Revoke { reason: "r".to_owned() });
    let (number, at) = (sample::number(label), sample::now());
    registry.change(&number, None, change, &Actor::here("bench"), at).await.unwrap();
}

fn node(registry: &Arc<dyn Registry>, clock: &SystemClock, keys: &LiveKeys, shelf: Shelf) -> Publisher {
    let parts = Parts {
        registry: Arc::clone(registry),
        clock: clock.clone(),
        shelf,
        publishing: Arc::default(),
        uri: "https://label.example/status-lists/0".to_owned(),
        least_checker: "0.1.0",
    };
    Publisher::new(parts, keys.clone()).unwrap()
}

/// Rounds until all that is due was made, and how long they took.
async fn made(node: &mut Publisher) -> Duration {
    let start = Instant::now();
    while node.round().await.unwrap() == Some(Made::Reading) {}
    start.elapsed()
}
