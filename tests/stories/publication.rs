//! The signed lists as nodes publish them: known everywhere, made by one, and never taken back.

mod killed;
mod reader;

use std::path::Path;
use std::sync::Arc;

use ed25519_dalek::VerifyingKey;
use serde_json::json;
use shirushi_server::registry::{PostgresRegistry, Registry, SqliteRegistry};
use shirushi_server::service::publication::STATUS_LIST;
use shirushi_shared::{
    label::RegistrationNumber,
    status::list::{ListedStatus, StatusList},
    time::UnixTime,
};
use shirushi_tests::patience::answer;
use shirushi_tests::postgres::Postgres;
use shirushi_tests::shirushi::{BY_TWO, Demo, Node, approver, done};
use tempfile::TempDir;

use reader::List;

const CWT: &str = "application/statuslist+cwt";
const JWT: &str = "application/statuslist+jwt";
const ORIGIN: &str = "https://label.example";
const PRODUCTS: usize = 8;

/// A registry in PostgreSQL with a few labels, and keys in a folder.
struct Scheme {
    database: String,
    folder: TempDir,
    registry: Arc<dyn Registry>,
    key: String,
}

impl Scheme {
    async fn start() -> Self {
        let database = Postgres::shared().await.database().await;
        let folder = tempfile::tempdir().unwrap();
        let registry: Arc<dyn Registry> = Arc::new(PostgresRegistry::connect(&database).await.unwrap());
        let mut scheme = Self { database, folder, registry, key: String::new() };
        done(["keys", "init", "--keys", &scheme.keys()]);
        scheme.import();
        let words = ["api-key", "create", "operator", "--scope", "change", "--database", &scheme.database];
        let told = done(words);
        let secret = told.split_whitespace().find(|word| word.starts_with("shk_"));
        secret.unwrap().clone_into(&mut scheme.key);
        scheme
    }

    fn import(&self) {
        let mut csv = "number,maker,product,models,category,level,valid_from,valid_until\n".to_owned();
        for row in 0..PRODUCTS {
            csv += &format!(
                "{},架空電機,Camera {row},M{row},network_camera,1,2026-01-01,2027-12-31\n",
                text(row)
            );
        }
        let file = self.folder.path().join("products.csv");
        std::fs::write(&file, csv).unwrap();
        done([
            "import",
            &file.display().to_string(),
            "--keys",
            &self.keys(),
            "--database",
            &self.database,
            "--public-url",
            ORIGIN,
            "--evidence",
            &self.evidence(),
            BY_TWO[0],
            BY_TWO[1],
            BY_TWO[2],
            BY_TWO[3],
        ]);
    }

    fn evidence(&self) -> String {
        format!("file:{}", self.folder.path().join("evidence").display())
    }

    fn keys(&self) -> String {
        self.folder.path().join("keys").display().to_string()
    }

    async fn node(&self) -> Node {
        self.node_over(&self.database).await
    }

    async fn node_over(&self, database: &str) -> Node {
        let keys = self.keys();
        let evidence = self.evidence();
        let common = ["--database", database, "--keys", &keys, "--public-url", ORIGIN];
        Node::serve(&[&common[..], &["--evidence", &evidence]].concat()).await
    }

    /// The place of a label in the status list.
    async fn place(&self, row: usize) -> u32 {
        let places = self.registry.places(&[number(row)]).await.unwrap();
        places.first().unwrap().1.get()
    }
}

fn text(row: usize) -> String {
    format!("SHI-2026-{row:05}")
}

fn number(row: usize) -> RegistrationNumber {
    RegistrationNumber::parse(&text(row)).unwrap()
}

/// The status list that `node` shows, verified by its CWT.
async fn list(node: &Node) -> List {
    let bytes = answer("a list", async || reader::fetch(node, "/status-lists/0", CWT).await).await;
    reader::cwt(&bytes, &reader::keys(node).await)
}

async fn comes_to(node: &Node, place: u32, value: ListedStatus) -> List {
    answer("a value", async || {
        let list = list(node).await;
        (list.value(place) == value as u8).then_some(list)
    })
    .await
}

/// The number behind `name` in the metrics of `node`.
async fn measured(node: &Node, name: &str) -> Option<f64> {
    let text = node.text("/metrics").await;
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

async fn holds_lease(node: &Node) -> bool {
    measured(node, "shirushi_lists_lease").await == Some(1.0)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_is_told_the_list_of_the_other_says() {
    let scheme = Scheme::start().await;
    let (one, other) = tokio::join!(scheme.node(), scheme.node());
    let (first, second) = (scheme.place(1).await, scheme.place(2).await);
    let before = list(&other).await;
    assert_eq!((before.value(first), before.ttl, before.expires - before.issued), (0, 300, 86_400));
    assert_eq!(before.uri, format!("{ORIGIN}/status-lists/0"));

    let approver = approver(&scheme.database);
    one.revoke(&scheme.key, &approver, &text(1), "does not meet the criteria").await;
    comes_to(&other, first, ListedStatus::Revoked).await;
    let grace = json!({ "change": "grace" });
    assert_eq!(other.change(&scheme.key, &text(2), &grace).await, 200);
    comes_to(&one, second, ListedStatus::Grace).await;

    // Suspended for a moment; nobody says anything when it ends.
    let soon = shirushi_server::clock::SystemClock::default().now().plus(10);
    let suspend = json!({ "change": "suspend", "reason": "under investigation", "until": soon });
    assert_eq!(one.change(&scheme.key, &text(3), &suspend).await, 200);
    let third = scheme.place(3).await;
    comes_to(&other, third, ListedStatus::Suspended).await;
    let lifted = comes_to(&other, third, ListedStatus::Valid).await;
    assert!(lifted.issued >= soon.as_secs(), "not a second too early");

    // One of them makes the lists, and both show the same bytes, in both forms.
    assert!(holds_lease(&one).await != holds_lease(&other).await);
    for (path, accept) in
        [("/status-lists/0", CWT), ("/status-lists/0", JWT), ("/product-index", "*/*"), (TRUST_LIST, "*/*")]
    {
        answer("the same bytes", async || {
            let (here, there) =
                (reader::fetch(&one, path, accept).await, reader::fetch(&other, path, accept).await);
            (here.is_some() && here == there).then_some(())
        })
        .await;
    }
    let keys = reader::keys(&one).await;
    answer("both forms of one publication", async || {
        let mirror = reader::fetch(&one, "/status-lists/0.jwt", "*/*").await.unwrap();
        let mirror = reader::jwt(&String::from_utf8(mirror).unwrap(), &keys);
        (mirror == list(&one).await).then_some(())
    })
    .await;
}

const TRUST_LIST: &str = "/.well-known/shirushi/trust-list";

#[tokio::test(flavor = "multi_thread")]
async fn when_the_maker_is_killed_another_one_takes_over() {
    let scheme = Scheme::start().await;
    let (one, other) = tokio::join!(scheme.node(), scheme.node());
    list(&one).await;
    let (maker, survivor) = if holds_lease(&one).await { (one, other) } else { (other, one) };
    let before = list(&survivor).await;
    maker.process().signal("KILL");
    let approver = approver(&scheme.database);
    survivor.revoke(&scheme.key, &approver, &text(4), "does not meet the criteria").await;
    let after = comes_to(&survivor, scheme.place(4).await, ListedStatus::Revoked).await;
    assert!(holds_lease(&survivor).await && after.issued > before.issued);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_signs_the_lists_while_the_service_runs() {
    let scheme = Scheme::start().await;
    let node = scheme.node().await;
    let before = list(&node).await;
    done(["keys", "rotate", "--use", "status", "--keys", &scheme.keys()]);
    let after = answer("a list by the new key", async || {
        let bytes = reader::fetch(&node, "/status-lists/0", CWT).await?;
        // The keys are asked for after the list: who meets an unknown key looks for it once more.
        Some(reader::cwt(&bytes, &reader::keys(&node).await)).filter(|list| list.key != before.key)
    })
    .await;
    assert!(after.issued > before.issued);
    assert_eq!(after.bytes, before.bytes);
    let keys = reader::keys(&node).await;
    let mirror = answer("the mirror", async || {
        let mirror = reader::fetch(&node, "/status-lists/0.jwt", "*/*").await.unwrap();
        let mirror = reader::jwt(&String::from_utf8(mirror).unwrap(), &keys);
        (mirror.key == after.key).then_some(mirror)
    })
    .await;
    assert_eq!(mirror.bytes, after.bytes);

    // A checker with the downloaded files and a pinned key comes to the same.
    verified_offline(&scheme, &node).await;
}

/// `shirushi lists verify`, with what was downloaded and a pinned key, on a machine that has no keys.
async fn verified_offline(scheme: &Scheme, node: &Node) {
    let path = |name: &str| scheme.folder.path().join(name).display().to_string();
    for (name, address) in [("list", "/status-lists/0"), ("index", "/product-index"), ("trust", TRUST_LIST)] {
        let bytes = reader::fetch(node, address, "*/*").await.unwrap();
        std::fs::write(path(name), bytes).unwrap();
    }
    let keyring = std::fs::read_to_string(scheme.folder.path().join("keys/keyring.json")).unwrap();
    let keyring: serde_json::Value = serde_json::from_str(&keyring).unwrap();
    let trust = keyring["keys"].as_array().unwrap().iter().find(|key| key["use"] == "trust").unwrap();
    let pin = trust["public_key"].as_str().unwrap();
    let place = scheme.place(5).await.to_string();
    let nowhere = path("no-keys");
    let verify = |file: &str, more: &[&str]| {
        let (file, trust) = (path(file), path("trust"));
        let words = ["lists", "verify", &file, "--trust-list", &trust, "--pin", pin, "--keys", &nowhere];
        let told = done(words.iter().chain(more));
        serde_json::from_str::<serde_json::Value>(&told).unwrap()["says"].clone()
    };
    assert_eq!(verify("list", &["--place", &place])["list"]["status"], "active");
    assert_eq!(verify("list", &[])["list"]["revoked"], 0);
    assert_eq!(verify("index", &[])["index"]["registrations"], PRODUCTS);
    let found = verify("index", &["--number", &text(5)]);
    assert_eq!(found["index"]["registration"]["products"][0]["models"][0]["number"], "M5", "{found}");
    assert_eq!(verify("trust", &[])["kind"], "trust_list");

    let stranger = "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c";
    let words = ["lists", "verify", &path("list"), "--trust-list", &path("trust"), "--pin", stranger];
    let told = shirushi_tests::shirushi::run(words);
    assert_eq!(told.status.code(), Some(2), "{}", String::from_utf8_lossy(&told.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_the_demonstration_has_every_label_as_it_is() {
    let demo = Demo::shared().await;
    let published = list(&demo.node).await;
    let database = demo.node.process().folder().join("demo/shirushi.db");
    let registry = SqliteRegistry::open(&database).await.unwrap();
    let issued = UnixTime::from_secs(published.issued).unwrap();
    let expected = expected(&registry, issued).await;
    let mut seen = [0; 4];
    for index in 0..expected.len() {
        let index = u32::try_from(index).unwrap();
        let value = published.value(index);
        assert_eq!(Some(value), expected.value(index), "place {index}");
        seen[usize::from(value)] += 1;
    }
    assert!(seen.iter().all(|count| *count > 0), "every value is there: {seen:?}");
    assert_eq!(published.bytes.len() * 4, expected.len(), "the whole list");

    // The JWT says the same by other means, and the command line finds the same numbers.
    let keys: Vec<(String, VerifyingKey)> = reader::keys(&demo.node).await;
    let mirror = reader::fetch(&demo.node, "/status-lists/0", JWT).await.unwrap();
    assert_eq!(reader::jwt(&String::from_utf8(mirror).unwrap(), &keys).bytes, published.bytes);
    let shown = done(["lists", "show", "--database", &format!("sqlite:{}", database.display())]);
    assert!(shown.lines().any(|line| line.contains(&format!("\"name\":\"{STATUS_LIST}\""))), "{shown}");
}

/// The values of all labels on record, as of `now`.
async fn expected(registry: &dyn Registry, now: UnixTime) -> StatusList {
    let labels = registry.labels(None, 10_000).await.unwrap();
    let values = labels.iter().flat_map(|row| {
        let status = ListedStatus::of(&row.record.state.clone().at(now));
        row.places.iter().map(move |place| (*place, status))
    });
    StatusList::of(values)
}

/// By hand, where nothing serves.
#[tokio::test(flavor = "multi_thread")]
async fn lists_are_published_by_hand_where_no_service_runs() {
    let scheme = Scheme::start().await;
    let keys = scheme.keys();
    let words = ["lists", "publish", "--database", &scheme.database, "--keys", &keys, "--public-url", ORIGIN];
    let told = done(words);
    for name in ["status-lists/0", "status-lists/0.jwt", "product-index", "trust-list"] {
        assert!(told.lines().any(|line| line.contains(&format!("\"name\":\"{name}\""))), "{name} in {told}");
    }
    let shown = done(["lists", "show", "--database", &scheme.database]);
    assert_eq!(shown, told);
    assert!(Path::new(&keys).exists());
}
