//! What a reader asks is between the reader and the answer: neither the log nor any disk or cache knows of it afterwards.

mod questions;
mod traces;

use shirushi_shared::scan::{Origins, Scanned, read};
use shirushi_shared::token::{TextForm, Token};
use shirushi_tests::postgres::Postgres;
use shirushi_tests::redis::RedisServer;
use shirushi_tests::shirushi::{BY_TWO, Node, done};
use tempfile::TempDir;

use self::questions::Reader;
use self::traces::{Needles, Place};

const ORIGIN: &str = "https://label.example";
/// Is on record: the registry knows it, the log of the service does not.
const NUMBER: &str = "SHI-2026-00017";

/// A registry with one label.
struct Office {
    place: TempDir,
    keys: String,
    token: Token,
}

impl Office {
    fn open(place: TempDir, database: &str) -> Self {
        let path = |name: &str| place.path().join(name).display().to_string();
        let keys = path("keys");
        done(["keys", "init", "--keys", &keys]);
        let csv = format!(
            "number,maker,product,models,category,level,valid_from,valid_until\n\
             {NUMBER},架空電機,カメラ,RX-200|RX-210,network_camera,STAR-1,2026-01-01,2027-12-31\n"
        );
        std::fs::write(path("products.csv"), csv).unwrap();
        let common = ["--keys", &keys, "--database", database, "--public-url", ORIGIN];
        let printed = done(["import", &path("products.csv")].into_iter().chain(BY_TWO).chain(common));
        let link = printed.split(['"', ' ', '\n']).find(|word| word.starts_with(ORIGIN)).unwrap();
        let Scanned::Token(token) = read(link, &Origins::new([ORIGIN])) else {
            panic!("{link} is no label's")
        };
        Self { place, keys, token }
    }

    /// The service, as talkative as it can be made.
    async fn node(&self, database: &str, cache: &str) -> Node {
        let logs = self.place.path().join("logs").display().to_string();
        let arguments = [
            "--database",
            database,
            "--cache",
            cache,
            "--keys",
            &self.keys,
            "--public-url",
            ORIGIN,
            "--log",
            "trace",
            "--log-folder",
            &logs,
        ];
        Node::serve(&arguments).await
    }
}

/// Asks everything that can be asked without a key, and looks for it wherever the service may have left it.
async fn nothing_is_left(office: &Office, node: &Node, others: impl AsyncFnOnce() -> Vec<Place>) {
    let reader = Reader::of(node, &office.token);
    let answered = reader.asks_everything().await;
    assert!(answered.len() > 100, "{} answers", answered.len());

    // A log line is written before the answer goes out; every question has one.
    let logs = [
        Place::text("what it printed", node.log()),
        Place::files("its log", &office.place.path().join("logs")),
    ];
    for log in &logs {
        for id in &answered {
            assert!(log.has(id), "{} is not in {}", id, log.name);
        }
        assert!(log.has("\"level\":\"DEBUG\""), "{} is as talkative as it was told to be", log.name);
    }
    let asked = Needles::of_questions();
    let on_record = Needles::of_record(
        NUMBER,
        &[TextForm::Decimal, TextForm::Base64Url].map(|form| office.token.to_text(form)),
    );
    for log in &logs {
        assert_eq!(on_record.found_in(log), [""; 0], "in {}", log.name);
    }
    let disk = Place::files("its folders", office.place.path());
    for place in others().await.iter().chain([&disk]).chain(&logs) {
        assert!(!place.is_empty(), "{} was looked at", place.name);
        assert_eq!(asked.found_in(place), [""; 0], "in {}", place.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_one_machine_nothing_of_a_question_is_left() {
    let place = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", place.path().join("registry.db").display());
    let office = Office::open(place, &database);
    let node = office.node(&database, "memory").await;
    nothing_is_left(&office, &node, async || vec![]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_many_machines_nothing_of_a_question_is_left() {
    let (cluster, redis) = (Postgres::start().await, RedisServer::start().await);
    let database = cluster.database().await;
    let office = Office::open(tempfile::tempdir().unwrap(), &database);
    let node = office.node(&database, &redis.url()).await;
    nothing_is_left(&office, &node, async || {
        vec![
            // What was committed is in its own log of changes at once.
            Place::files("PostgreSQL", cluster.process().folder()),
            Place::text("Redis", traces::all_of_redis(&redis).await),
        ]
    })
    .await;
}
