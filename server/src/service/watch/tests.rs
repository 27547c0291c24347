use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::RootCertStore;
use serde_json::Value;
use shirushi_shared::{label::StateChange, time::UnixTime};

use super::{sweep, *};
use crate::{
    cache::MemoryCache,
    registry::{
        Change, Registry, SqliteRegistry,
        conformance::sample,
        watch::{HISTORY, TIME},
    },
    scheme::{
        person::{Person, PersonName},
        text::Name,
    },
    service::{
        access::{Access, Role},
        health::Health,
        organisations::Organisations,
    },
    webhook::{Client, sign},
};

const DAY: i64 = 86_400;

/// A message as it arrived.
#[derive(Clone, Debug)]
struct Arrived {
    id: String,
    at: i64,
    signature: String,
    body: String,
}

impl Arrived {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// As the API's document describes it.
    fn is_as_told(&self) -> bool {
        let api: Value = serde_json::from_str(include_str!("../../http/openapi.json")).unwrap();
        let schema = serde_json::json!({
            "$ref": "#/components/schemas/WebhookMessage",
            "components": api["components"],
        });
        jsonschema::validator_for(&schema).unwrap().is_valid(&self.json())
    }

    fn is_signed_by(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let expected = sign(&self.id, UnixTime::EPOCH.plus(self.at), &self.body, &[&key]);
        self.signature.split(' ').any(|one| one == expected)
    }
}

/// A receiver on loopback that answers what it is told to.
#[derive(Clone, Default)]
struct Receiver {
    arrived: Arc<Mutex<Vec<Arrived>>>,
    answers: Arc<Mutex<Vec<u16>>>,
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    receiver.arrived.lock().unwrap().push(Arrived {
        id: header("webhook-id"),
        at: header("webhook-timestamp").parse().unwrap(),
        signature: header("webhook-signature"),
        body,
    });
    let answer = receiver.answers.lock().unwrap().pop();
    StatusCode::from_u16(answer.unwrap_or(204)).unwrap()
}

impl Receiver {
    async fn start() -> (Self, String) {
        let receiver = Self::default();
        let routes = Router::new().route("/", post(take)).with_state(receiver.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (receiver, url)
    }

    fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    /// What it answers next, the last first.
    fn answers(&self, answers: &[u16]) {
        *self.answers.lock().unwrap() = answers.to_vec();
    }
}

/// A node over a registry, with a clock that stands still.
struct Node {
    lists: WatchLists,
    courier: Courier,
    registry: Arc<SqliteRegistry>,
    clock: SystemClock,
    caller: Caller,
}

async fn registry(folder: &tempfile::TempDir) -> Arc<SqliteRegistry> {
    Arc::new(SqliteRegistry::open(&folder.path().join("registry.db")).await.unwrap())
}

impl Node {
    async fn start(registry: &Arc<SqliteRegistry>, clock: &SystemClock, allow: &[&str]) -> Self {
        let allowed = Allowed::parse(allow.iter().copied()).unwrap();
        let base: Arc<dyn Registry> = registry.clone();
        let watches: Arc<dyn Watches> = registry.clone();
        let lists = WatchLists::new(watches.clone(), clock.clone(), "https://label.example", allowed.clone());
        let health = Health::new(base.clone(), Arc::new(MemoryCache::new(9)), clock.clone());
        let parts = Parts {
            watches,
            registry: base.clone(),
            clock: clock.clone(),
            client: Client::new(RootCertStore::empty(), allowed).unwrap(),
            retry: Retry::new(&[5, 30]),
            origin: "https://label.example".into(),
            telling: Arc::default(),
            health,
        };
        let courier = Courier::new(parts, lists.woken()).unwrap();
        let organisations = Organisations::new(base.clone(), clock.clone());
        let access = Access::new(base, organisations, clock.clone());
        let caller = access.at_this_machine("test").await.unwrap();
        Self { lists, courier, registry: registry.clone(), clock: clock.clone(), caller }
    }

    /// Somebody of another organisation.
    async fn stranger(&self) -> Caller {
        let base: Arc<dyn Registry> = self.registry.clone();
        let organisations = Organisations::new(base.clone(), self.clock.clone());
        let new = crate::service::organisations::NewOrganisation {
            id: OrganisationId::parse("shop").unwrap(),
            kind: crate::scheme::organisation::OrganisationKind::Verifier,
            details: crate::service::organisations::Details {
                name: Name::parse("Shop (fictional)").unwrap(),
                name_en: None,
                corporate_number: None,
            },
        };
        organisations.create(new, None, &self.caller).await.unwrap();
        let access = Access::new(base, organisations, self.clock.clone());
        let name = PersonName::parse("Sato").unwrap();
        let person = Person { organisation: OrganisationId::parse("shop").unwrap(), name };
        access.person_at_this_machine(person, Some(Role::Verifier)).await.unwrap()
    }

    async fn watch(&self, numbers: core::ops::Range<u32>) -> Watch {
        let numbers = numbers.map(sample::number).collect();
        self.lists.create(&Name::parse("棚 1").unwrap(), numbers, &self.caller).await.unwrap().watch
    }

    async fn change(&self, index: u32, change: StateChange) {
        let by = sample::actor();
        self.registry
            .change(&sample::number(index), None, Change::State(change), &by, self.clock.now())
            .await
            .unwrap();
    }

    async fn suspend(&self, index: u32) {
        self.change(index, StateChange::Suspend { until: None, reason: "a secret reason".into() }).await;
    }

    /// Carries and delivers until nothing more is due.
    async fn settle(&mut self) {
        for _ in 0..9 {
            self.courier.round().await.unwrap();
            self.courier.arrived().await;
        }
    }
}

/// Samples are valid from [`sample::now`] for a year: the clock of the tests begins there.
fn clock() -> SystemClock {
    let clock = SystemClock::standing();
    clock.jump(sample::now().since(clock.now()));
    clock
}

#[tokio::test]
async fn a_change_is_told_to_the_endpoint_and_stands_on_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, clock) = (registry(&folder).await, clock());
    registry.register(sample::several(0..3), &sample::actor(), clock.now()).await.unwrap();
    let mut node = Node::start(&registry, &clock, &["127.0.0.1"]).await;
    let (receiver, url) = Receiver::start().await;
    let made = node.lists.create_endpoint(&url, &node.caller).await.unwrap();
    let (list, other) = (node.watch(0..2).await, node.watch(1..2).await);
    node.suspend(1).await;
    node.suspend(2).await;
    node.settle().await;

    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 1, "one message, however many lists hold the label: {arrived:?}");
    assert!(arrived[0].is_signed_by(made.secret.reveal()) && arrived[0].is_as_told(), "{arrived:?}");
    let body = arrived[0].json();
    assert_eq!(body["type"], "label.changed");
    assert_eq!(body["data"]["number"], "SHI00001");
    assert_eq!(body["data"]["before"]["status"], "active");
    assert_eq!(body["data"]["after"]["status"], "suspended");
    assert_eq!(body["data"]["reason"], "suspended");
    assert_eq!(body["data"]["revision"], 2);
    assert_eq!(body["data"]["link"], "https://label.example/v/SHI00001");
    let mut watches = [list.id.to_string(), other.id.to_string()];
    watches.sort();
    let mut told: Vec<_> =
        body["data"]["watches"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    told.sort_unstable();
    assert_eq!(told, watches);
    assert!(!arrived[0].body.contains("secret reason") && arrived[0].body.len() < 1000);

    let changes = node.lists.changes(&list.id, 0, 9, &node.caller).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(
        (changes[0].told.after.status.as_str(), changes[0].kind.as_str()),
        ("suspended", "label.changed")
    );
    let telling = node.courier.parts.telling.attempts();
    assert_eq!(telling, [("delivered", 1), ("failed", 0), ("given_up", 0)]);
}

#[tokio::test]
async fn what_fails_is_tried_again_given_up_and_replayed_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, clock) = (registry(&folder).await, clock());
    registry.register(sample::several(0..2), &sample::actor(), clock.now()).await.unwrap();
    let mut node = Node::start(&registry, &clock, &["127.0.0.1"]).await;
    let (receiver, url) = Receiver::start().await;
    let endpoint = node.lists.create_endpoint(&url, &node.caller).await.unwrap().endpoint;
    node.watch(0..2).await;
    receiver.answers(&[500, 500, 500]);
    node.suspend(0).await;
    node.settle().await;
    node.change(0, StateChange::Reinstate).await;
    node.settle().await;
    assert_eq!(receiver.arrived().len(), 1, "the second waits for the first");
    clock.jump(7);
    node.settle().await;
    clock.jump(37);
    node.settle().await;
    let arrived = receiver.arrived();
    let of: Vec<_> =
        arrived.iter().map(|one| one.json()["data"]["reason"].as_str().unwrap().to_owned()).collect();
    assert_eq!(of, ["suspended", "suspended", "suspended", "reinstated"], "given up, and then the next");
    assert!(arrived[..3].iter().all(|one| one.id == arrived[0].id), "the same id at every attempt");

    let state = Some(DeliveryState::Dead);
    let dead = node.lists.deliveries(&endpoint.id, state, 0, 9, &node.caller).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!((dead[0].attempts, dead[0].answer.as_deref()), (3, Some("500")));
    let refused = node.lists.replay(&endpoint.id, Some(&EventId::of([1; 12])), &node.caller).await;
    assert!(matches!(refused, Err(WatchError::NoDelivery(_))));
    assert_eq!(node.lists.replay(&endpoint.id, Some(&dead[0].id), &node.caller).await.unwrap(), 1);
    node.settle().await;
    assert_eq!(receiver.arrived().last().unwrap().id, arrived[0].id);
    let dead = node.lists.deliveries(&endpoint.id, state, 0, 9, &node.caller).await.unwrap();
    assert!(dead.is_empty());
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_told_nothing_any_more_until_it_is_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, clock) = (registry(&folder).await, clock());
    registry.register(sample::several(0..2), &sample::actor(), clock.now()).await.unwrap();
    let mut node = Node::start(&registry, &clock, &["127.0.0.1"]).await;
    let (receiver, url) = Receiver::start().await;
    let id = node.lists.create_endpoint(&url, &node.caller).await.unwrap().endpoint.id;
    node.watch(0..2).await;
    receiver.answers(&[410]);
    node.suspend(0).await;
    node.settle().await;
    node.suspend(1).await;
    node.settle().await;
    assert_eq!(receiver.arrived().len(), 1);
    assert_eq!(node.lists.endpoints(&node.caller).await.unwrap()[0].state, EndpointState::Disabled);
    assert!(matches!(
        node.lists.test_endpoint(&id, &node.caller).await,
        Err(WatchError::NotActive("disabled"))
    ));
    node.lists.resume_endpoint(&id, &node.caller).await.unwrap();
    node.lists.test_endpoint(&id, &node.caller).await.unwrap();
    node.settle().await;
    let arrived = receiver.arrived();
    assert_eq!((arrived.len(), arrived[1].json()["type"].clone()), (2, "webhook.test".into()));

    node.lists.pause_endpoint(&id, &node.caller).await.unwrap();
    node.change(1, StateChange::Reinstate).await;
    node.settle().await;
    assert_eq!(receiver.arrived().len(), 2, "it waits");
    node.lists.resume_endpoint(&id, &node.caller).await.unwrap();
    node.settle().await;
    assert_eq!(receiver.arrived().len(), 3);
}

#[tokio::test]
async fn both_secrets_sign_until_the_overlap_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, clock) = (registry(&folder).await, clock());
    let mut node = Node::start(&registry, &clock, &["127.0.0.1"]).await;
    let (receiver, url) = Receiver::start().await;
    let old = node.lists.create_endpoint(&url, &node.caller).await.unwrap();
    let id = old.endpoint.id.clone();
    let new = node.lists.rotate_endpoint(&id, 1, &node.caller).await.unwrap();
    for (wait, both) in [(0, true), (3600, false)] {
        clock.jump(wait);
        node.lists.test_endpoint(&id, &node.caller).await.unwrap();
        node.settle().await;
        let last = receiver.arrived().pop().unwrap();
        assert!(last.is_as_told());
        assert!(last.is_signed_by(new.secret.reveal()));
        assert_eq!(last.is_signed_by(old.secret.reveal()), both);
    }
    let long = node.lists.rotate_endpoint(&id, MAX_OVERLAP_HOURS + 1, &node.caller).await;
    assert!(matches!(long, Err(WatchError::Overlap)));
}

#[tokio::test]
async fn two_nodes_tell_everything_once_and_one_that_was_killed_nothing_less() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, clock) = (registry(&folder).await, clock());
    registry.register(sample::several(0..20), &sample::actor(), clock.now()).await.unwrap();
    let mut one = Node::start(&registry, &clock, &["127.0.0.1"]).await;
    let mut other = Node::start(&registry, &clock, &["127.0.0.1"]).await;
    let (receiver, url) = Receiver::start().await;
    one.lists.create_endpoint(&url, &one.caller).await.unwrap();
    one.watch(0..20).await;
    for index in 0..20 {
        one.suspend(index).await;
    }
    for _ in 0..12 {
        let rounds = tokio::join!(one.courier.round(), other.courier.round());
        rounds.0.unwrap();
        rounds.1.unwrap();
        one.courier.arrived().await;
        other.courier.arrived().await;
    }
    let mut ids: Vec<_> = receiver.arrived().into_iter().map(|one| one.id).collect();
    ids.sort();
    let all = ids.len();
    ids.dedup();
    assert_eq!((all, ids.len()), (20, 20));

    // One that is killed between the claim and what it came to: it is told again, by whoever is there.
    one.change(0, StateChange::Reinstate).await;
    one.courier.round().await.unwrap();
    drop(one);
    tokio::time::sleep(Duration::from_millis(50)).await;
    clock.jump(16);
    other.settle().await;
    let last = receiver.arrived().pop().unwrap();
    assert_eq!(last.json()["data"]["reason"], "reinstated");
}

#[tokio::test]
async fn what_happens_by_itself_is_told_when_its_time_has_come() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, clock) = (registry(&folder).await, clock());
    registry.register(sample::several(0..1), &sample::actor(), clock.now()).await.unwrap();
    let mut node = Node::start(&registry, &clock, &["127.0.0.1"]).await;
    let (receiver, url) = Receiver::start().await;
    node.lists.create_endpoint(&url, &node.caller).await.unwrap();
    let list = node.watch(0..1).await;
    let until = Some(clock.now().plus(2 * DAY));
    node.change(0, StateChange::Suspend { until, reason: "r".into() }).await;
    for day in [1, 1, 1, 272, 60, 29, 1, 1] {
        clock.jump(day * DAY);
        node.settle().await;
    }
    assert!(receiver.arrived().iter().all(Arrived::is_as_told));
    let told: Vec<_> = receiver
        .arrived()
        .iter()
        .map(|one| {
            let body = one.json();
            let status = body["data"]["after"]["status"].as_str().unwrap().to_owned();
            (
                body["type"].as_str().unwrap().to_owned(),
                body["data"]["reason"].as_str().unwrap().to_owned(),
                body["data"]["days"].as_u64(),
                status,
            )
        })
        .collect();
    let expected = [
        ("label.changed", "suspended", None, "suspended"),
        ("label.changed", "suspension_ended", None, "active"),
        ("label.expiring", "expiring", Some(90), "active"),
        ("label.expiring", "expiring", Some(30), "active"),
        ("label.expired", "expired", None, "active"),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(kind, reason, days, status)| {
            ((*kind).to_owned(), (*reason).to_owned(), *days, (*status).to_owned())
        })
        .collect();
    assert_eq!(told, expected);
    assert_eq!(node.lists.changes(&list.id, 0, 9, &node.caller).await.unwrap().len(), 5);
    let cursor = registry.cursor(TIME).await.unwrap().unwrap();
    assert_eq!(cursor, clock.now().as_unsigned());
    assert!(registry.cursor(HISTORY).await.unwrap().unwrap() >= 2);
    // A sweep that was cut short before its cursor moved tells nothing twice.
    let record = registry.status(&sample::number(0)).await.unwrap().unwrap();
    let again = sweep::between(&record, sample::now(), clock.now());
    assert_eq!(again.len(), 4);
    assert_eq!(again[0].told.id(again[0].kind), again[0].told.clone().id(again[0].kind));
}

#[tokio::test]
async fn what_belongs_to_others_is_answered_like_what_never_existed() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, clock) = (registry(&folder).await, clock());
    let node = Node::start(&registry, &clock, &[]).await;
    let list = node.watch(0..1).await;
    let endpoint = node.lists.create_endpoint("https://shop.example/", &node.caller).await.unwrap().endpoint;
    let stranger = node.stranger().await;
    let lists = &node.lists;
    assert!(matches!(lists.show(&list.id, None, 9, &stranger).await, Err(WatchError::NoWatch(_))));
    assert!(matches!(lists.changes(&list.id, 0, 9, &stranger).await, Err(WatchError::NoWatch(_))));
    assert!(matches!(lists.delete(&list.id, &stranger).await, Err(WatchError::NoWatch(_))));
    assert!(matches!(lists.change(&list.id, None, None, &stranger).await, Err(WatchError::NoWatch(_))));
    let id = &endpoint.id;
    assert!(matches!(lists.rotate_endpoint(id, 0, &stranger).await, Err(WatchError::NoEndpoint(_))));
    assert!(matches!(lists.deliveries(id, None, 0, 9, &stranger).await, Err(WatchError::NoEndpoint(_))));
    assert!(matches!(lists.replay(id, None, &stranger).await, Err(WatchError::NoEndpoint(_))));
    assert!(lists.list(&stranger).await.unwrap().is_empty());
    assert!(lists.endpoints(&stranger).await.unwrap().is_empty());
}

#[tokio::test]
async fn there_are_limits_and_each_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, clock) = (registry(&folder).await, clock());
    let node = Node::start(&registry, &clock, &[]).await;
    let many = vec![sample::number(1); MAX_NUMBERS + 1];
    let name = Name::parse("n").unwrap();
    let refused = node.lists.create(&name, many, &node.caller).await.err().unwrap();
    assert_eq!(refused.to_string(), "a watch list holds at most 50000 numbers");
    for _ in 0..MAX_ENDPOINTS {
        node.lists.create_endpoint("https://shop.example/", &node.caller).await.unwrap();
    }
    let refused = node.lists.create_endpoint("https://shop.example/", &node.caller).await.unwrap_err();
    assert!(refused.to_string().contains("10 webhooks"), "{refused}");
    for url in ["http://shop.example/", "https://127.0.0.1/", "https://10.0.0.1/", "https://localhost/"] {
        let refused = node.lists.create_endpoint(url, &node.caller).await.unwrap_err();
        assert!(matches!(refused, WatchError::Target(_)), "{url}");
    }
    let page = node.lists.create(&name, vec![], &node.caller).await.unwrap().page;
    let secret = page.strip_prefix("https://label.example/watch/").unwrap();
    let secret = PageSecret::parse(secret).unwrap();
    assert_eq!(format!("{secret:?}"), "PageSecret(redacted)");
    assert!(node.lists.page(&secret, None, 9).await.unwrap().is_some());
    let another = PageSecret::parse("AAAAAAAAAAAAAAAAAAAAAA").unwrap();
    assert!(node.lists.page(&another, None, 9).await.unwrap().is_none());
    assert!(PageSecret::parse("short").is_none());
}
