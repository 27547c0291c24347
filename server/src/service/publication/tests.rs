//! Makers of lists against a registry in a file, with keys in a folder and a clock that jumps.

use std::sync::Arc;

use shirushi_shared::{
    index::ProductIndex,
    key::KeyUse,
    label::{LabelState, StateChange},
    status::list::{ListedStatus, SignedStatusList, StatusList},
    time::UnixTime,
    token::StatusIndex,
    trust::TrustList,
};
use tempfile::TempDir;
use tokio::sync::watch;

use super::{maker::Maker, *};
use crate::{
    clock::SystemClock,
    registry::{Change, Position, Registry, SqliteRegistry, conformance::sample},
    signer::{KeyFolder, LiveKeys, Signers},
};

const URI: &str = "https://label.example/status-lists/0";

/// A registry, keys, and a clock; nodes are added to it.
struct World {
    registry: Arc<dyn Registry>,
    clock: SystemClock,
    folder: TempDir,
    keys: watch::Sender<Arc<dyn Signers>>,
}

impl World {
    async fn begin() -> Self {
        Self::with_keys(&KeyUse::ALL).await
    }

    async fn with_keys(uses: &[KeyUse]) -> Self {
        Self::with(uses, SystemClock::standing()).await
    }

    async fn with(uses: &[KeyUse], clock: SystemClock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let registry = SqliteRegistry::open(&folder.path().join("registry.db")).await.unwrap();
        let keys = KeyFolder::init(&folder.path().join("keys"), uses, clock.now()).unwrap();
        Self { registry: Arc::new(registry), clock, keys: watch::Sender::new(Arc::new(keys)), folder }
    }

    fn parts(&self) -> Parts {
        Parts {
            registry: Arc::clone(&self.registry),
            clock: self.clock.clone(),
            shelf: Shelf::default(),
            publishing: Arc::default(),
            uri: URI.to_owned(),
            least_checker: "0.1.0",
        }
    }

    fn node(&self) -> Publisher {
        self.node_with(self.keys.subscribe())
    }

    fn node_with(&self, keys: LiveKeys) -> Publisher {
        Publisher::new(self.parts(), keys).unwrap()
    }

    fn rotate(&self, key_use: KeyUse) {
        let mut keys = KeyFolder::open(&self.folder.path().join("keys")).unwrap();
        keys.rotate(key_use, self.clock.now(), 0).unwrap();
        self.keys.send_replace(Arc::new(keys));
    }

    async fn register(&self, labels: core::ops::Range<u32>) {
        self.registry.register(sample::several(labels), &sample::actor(), sample::now()).await.unwrap();
    }

    async fn change(&self, label: u32, change: StateChange) {
        let at = self.clock.now();
        let change = Change::State(change);
        self.registry.change(&sample::number(label), None, change, &sample::actor(), at).await.unwrap();
    }

    async fn revoke(&self, label: u32) {
        self.change(label, StateChange::Revoke { reason: "r".into() }).await;
    }

    async fn suspend(&self, label: u32, seconds: Option<i64>) {
        let until = seconds.map(|seconds| self.clock.now().plus(seconds));
        self.change(label, StateChange::Suspend { until, reason: "r".into() }).await;
    }

    async fn head(&self, name: &str) -> Option<PublicationHead> {
        let heads = self.registry.publications().await.unwrap();
        heads.into_iter().find(|head| head.name == name)
    }

    async fn bytes(&self, name: &str) -> Vec<u8> {
        self.registry.publication(name).await.unwrap().unwrap().bytes
    }

    /// The published status list, verified.
    async fn list(&self) -> SignedStatusList {
        let ring = self.keys.borrow().ring();
        SignedStatusList::open(&self.bytes(STATUS_LIST).await, URI, &ring).unwrap()
    }

    async fn status(&self, label: u32) -> ListedStatus {
        self.list().await.list.status(place(label)).unwrap()
    }

    /// The published list has the value of every label on record as of `now`, and no other.
    async fn assert_equals_registry(&self) {
        let now = self.clock.now();
        let labels = self.registry.labels(None, 10_000).await.unwrap();
        let values = labels.iter().flat_map(|row| {
            let status = ListedStatus::of(&row.record.state.clone().at(now));
            row.places.iter().map(move |place| (*place, status))
        });
        assert!(self.list().await.list == StatusList::of(values));
    }
}

fn place(label: u32) -> StatusIndex {
    sample::new(label).status_index
}

impl Publisher {
    /// Rounds until there is nothing left to read; whether it holds the lease.
    async fn works(&mut self) -> bool {
        loop {
            match self.round().await.unwrap() {
                Some(Made::Reading) => {}
                made => return made.is_some(),
            }
        }
    }
}

#[tokio::test]
async fn every_list_is_published_and_each_verifies() {
    let world = World::begin().await;
    world.register(0..30).await;
    world.revoke(7).await;
    assert!(world.node().works().await);

    let keys = world.keys.borrow().clone();
    let list = world.list().await;
    assert_eq!((list.window.until.since(list.window.from), list.ttl), (24 * 3600, 300));
    world.assert_equals_registry().await;
    let index = ProductIndex::open(&world.bytes(PRODUCT_INDEX).await, &keys.ring()).unwrap();
    assert_eq!(index.registrations().len(), 30);
    assert_eq!(index.find(&sample::number(7)).unwrap().valid, sample::new(7).valid);
    assert_eq!(index.version, world.head(PRODUCT_INDEX).await.unwrap().version);
    let pin = keys.signer(KeyUse::Trust).unwrap().public_key().clone();
    for name in [TRUST_LIST.to_owned(), trust_list_by(pin.id())] {
        let trust = TrustList::open(&world.bytes(&name).await, &pin).unwrap();
        assert_eq!((trust.ring(), trust.status_lists), (keys.ring(), vec![URI.to_owned()]));
    }
    let jwt = String::from_utf8(world.bytes(STATUS_LIST_JWT).await).unwrap();
    assert!(jwt.starts_with("eyJ") && jwt.split('.').count() == 3);
    assert_eq!(world.head(STATUS_LIST).await.unwrap().position, Position(31));
}

/// A history of changes and a clock that jumps, by turns; after each, what was kept in memory equals what is read anew.
#[tokio::test]
async fn what_is_kept_current_equals_what_is_read_anew() {
    let world = World::begin().await;
    world.register(0..40).await;
    let mut node = world.node();
    let mut random = 7_u32;
    for turn in 0..60 {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let label = (random >> 16) % 40;
        let record = world.registry.status(&sample::number(label)).await.unwrap().unwrap();
        match (record.state.at(world.clock.now()), random >> 28) {
            (LabelState::Revoked { .. }, _) => world.register(100 + turn..101 + turn).await,
            (LabelState::Suspended { .. } | LabelState::Grace { .. }, 0..8) => {
                world.change(label, StateChange::Reinstate).await;
            }
            (LabelState::Active, 0..5) => world.change(label, StateChange::EnterGrace).await,
            (_, 5..10) => world.suspend(label, Some(1 + i64::from(random % 5))).await,
            (_, 10..13) => world.suspend(label, None).await,
            _ => world.revoke(label).await,
        }
        // Sometimes several changes come between two publications.
        if turn % 3 != 0 {
            world.clock.jump(i64::from(random % 4) + 1);
            assert!(node.works().await);
            world.assert_equals_registry().await;
        }
    }
    let values = world.list().await.list;
    for status in ListedStatus::ALL {
        assert!((0..40).any(|label| values.status(place(label)) == Some(status)), "{status:?} came up");
    }
}

#[tokio::test]
async fn a_suspension_ends_by_the_clock_and_the_list_says_so_at_once() {
    let world = World::begin().await;
    world.register(0..3).await;
    world.suspend(1, Some(100)).await;
    world.suspend(2, Some(100)).await;
    let mut node = world.node();
    node.works().await;
    assert_eq!(world.status(1).await, ListedStatus::Suspended);
    let before = world.head(STATUS_LIST).await.unwrap();

    world.clock.jump(50);
    world.suspend(2, Some(500)).await;
    node.works().await;
    world.clock.jump(49);
    node.works().await;
    assert_eq!(world.status(1).await, ListedStatus::Suspended);
    world.clock.jump(1);
    node.works().await;
    assert_eq!(world.status(1).await, ListedStatus::Valid);
    assert_eq!(world.status(2).await, ListedStatus::Suspended, "it was prolonged");
    assert!(world.head(STATUS_LIST).await.unwrap().version > before.version);
}

#[tokio::test]
async fn nothing_is_published_without_a_reason() {
    let world = World::begin().await;
    world.register(0..3).await;
    let mut node = world.node();
    node.works().await;
    let before = (world.head(STATUS_LIST).await, world.head(PRODUCT_INDEX).await);
    world.clock.jump(14 * 60);
    node.works().await;
    assert_eq!((world.head(STATUS_LIST).await, world.head(PRODUCT_INDEX).await), before);
    // A new label reads as valid already; the index does not have it yet.
    world.register(3..4).await;
    node.works().await;
    assert_eq!(world.head(STATUS_LIST).await, before.0);
    assert!(world.head(PRODUCT_INDEX).await.unwrap().version > before.1.unwrap().version);
    let index = ProductIndex::open(&world.bytes(PRODUCT_INDEX).await, &world.keys.borrow().ring()).unwrap();
    assert_eq!(index.registrations().len(), 4);
    world.clock.jump(60);
    node.works().await;
    let after = world.head(STATUS_LIST).await.unwrap();
    assert!(after.version > before.0.unwrap().version, "after 15 minutes");
    assert_eq!(after.position, Position(4));
}

#[tokio::test]
async fn one_at_a_time_makes_lists_and_another_takes_over() {
    let world = World::begin().await;
    world.register(0..3).await;
    let (mut one, mut other) = (world.node(), world.node());
    assert!(one.works().await && !other.works().await);
    assert!(one.parts.publishing.holds_lease() && !other.parts.publishing.holds_lease());
    world.clock.jump(14);
    assert!(one.works().await && !other.works().await, "prolonged");

    // Killed: it says nothing more.
    drop(one);
    world.clock.jump(14);
    world.revoke(1).await;
    assert!(!other.works().await);
    world.clock.jump(1);
    assert!(other.works().await);
    assert_eq!(world.status(1).await, ListedStatus::Revoked);

    // One that ends in good order is not waited for.
    let mut third = world.node();
    assert!(!third.works().await);
    other.give_back().await;
    assert!(third.works().await);
}

/// Whoever publishes with less than what is published is refused, with any clock.
#[tokio::test]
async fn of_two_makers_at_once_the_one_who_knows_more_wins() {
    let world = World::begin().await;
    world.register(0..10).await;
    let keys = world.keys.borrow().clone();
    let parts = world.parts();
    let now = world.clock.now();
    let mut slow = Maker::begin(parts.registry.as_ref(), now).await.unwrap();
    let mut fast = Maker::begin(parts.registry.as_ref(), now).await.unwrap();
    while slow.step(&parts, &keys, now).await.unwrap() == Made::Reading {}
    let mut last = world.head(STATUS_LIST).await.unwrap();
    for turn in 1..8 {
        world.revoke(u32::try_from(turn).unwrap()).await;
        // The slow one may have a clock that is ahead, and with it higher versions.
        let (first, second) = (now.plus(10 * turn), now.plus(10 * turn + 5));
        if turn % 2 == 0 {
            while fast.step(&parts, &keys, first).await.unwrap() == Made::Reading {}
            slow.step(&parts, &keys, second).await.unwrap();
        } else {
            slow.step(&parts, &keys, first).await.unwrap();
            while fast.step(&parts, &keys, second).await.unwrap() == Made::Reading {}
        }
        let head = world.head(STATUS_LIST).await.unwrap();
        assert!(head.version > last.version && head.position > last.position, "{head:?} after {last:?}");
        world.assert_equals_registry().await;
        last = head;
    }
}

#[tokio::test]
async fn a_new_status_key_signs_at_once_and_old_keys_leave_the_lists_alone() {
    let world = World::begin().await;
    world.register(0..3).await;
    let (_still, old_keys) = watch::channel(world.keys.borrow().clone());
    let (mut node, mut behind) = (world.node(), world.node_with(old_keys));
    node.works().await;
    let before = world.list().await;
    world.clock.jump(1);
    world.rotate(KeyUse::Status);
    assert!(node.works().await);
    let (bytes, keys) = (world.bytes(STATUS_LIST).await, world.keys.borrow().clone());
    let signed_by = |keys: &Arc<dyn Signers>| {
        let key = keys.signer(KeyUse::Status).unwrap().public_key().clone();
        let only = keys.ring().keys().iter().filter(|one| one.key == key).cloned().collect();
        SignedStatusList::open(&bytes, URI, &shirushi_shared::key::KeyRing::new(only)).is_ok()
    };
    assert!(signed_by(&keys));
    assert!(world.list().await.window.from > before.window.from);

    // A node that has not heard of it yet, and gets the lease, gives it back.
    world.clock.jump(20);
    drop(node);
    behind.parts.shelf.refresh(world.registry.as_ref()).await.unwrap();
    assert!(!behind.works().await);
    assert!(world.node().works().await);
}

#[tokio::test]
async fn without_a_key_for_them_no_lists_and_the_rest_goes_on() {
    let world = World::with_keys(&[KeyUse::Label, KeyUse::Trust]).await;
    let mut node = world.node();
    assert!(node.works().await);
    assert!(world.head(TRUST_LIST).await.is_some() && world.head(STATUS_LIST).await.is_none());
    let error = node.once().await.unwrap_err().to_string();
    assert!(error.contains("no active status key"), "{error}");

    let keys = KeyFolder::init(&world.folder.path().join("keys"), &KeyUse::ALL, world.clock.now()).unwrap();
    world.keys.send_replace(Arc::new(keys));
    world.clock.jump(11);
    assert!(node.works().await);
    assert!(world.head(STATUS_LIST).await.is_some());
}

#[tokio::test]
async fn by_hand_beside_a_node_that_runs() {
    // Whoever publishes by hand waits for the other's lease to run out: the clock goes on.
    let world = World::with(&KeyUse::ALL, SystemClock::default()).await;
    world.register(0..3).await;
    let mut node = world.node();
    node.works().await;
    world.revoke(1).await;
    world.clock.jump(1);
    world.node().once().await.unwrap();
    world.assert_equals_registry().await;
    let by_hand = world.head(STATUS_LIST).await.unwrap();
    world.clock.jump(1);
    world.revoke(2).await;
    node.works().await;
    world.clock.jump(1);
    node.works().await;
    world.assert_equals_registry().await;
    assert!(world.head(STATUS_LIST).await.unwrap().version > by_hand.version);
}

#[tokio::test]
async fn a_shelf_only_moves_forward() {
    let world = World::begin().await;
    let shelf = Shelf::default();
    world.node().works().await;
    assert!(shelf.refresh(world.registry.as_ref()).await.unwrap());
    assert!(!shelf.refresh(world.registry.as_ref()).await.unwrap(), "nothing new");
    let shown = shelf.file(STATUS_LIST).unwrap();
    assert_eq!(shown.bytes, world.bytes(STATUS_LIST).await);
    let older = crate::registry::Publication {
        name: STATUS_LIST.to_owned(),
        version: shown.version - 1,
        position: Position(99),
        signed: UnixTime::EPOCH,
        bytes: vec![1],
    };
    shelf.put(older);
    assert_eq!(shelf.file(STATUS_LIST).unwrap(), shown);
}
