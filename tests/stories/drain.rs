//! Stopping, and telling the truth about oneself: who balances nodes believes `/readyz`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::Value;
use shirushi_tests::patience::until;
use shirushi_tests::postgres::Postgres;
use shirushi_tests::process::is_gone;
use shirushi_tests::proxy::Proxy;
use shirushi_tests::shirushi::{BY_TWO, Node, done};
use sqlx::Connection as _;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const NUMBER: &str = "SHI-2026-00017";
/// A place with keys and one label on record.
fn place(database: Option<&str>) -> (TempDir, String, String) {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name).display().to_string();
    let database = database.map_or_else(|| format!("sqlite:{}", path("registry.db")), str::to_owned);
    let keys = path("keys");
    done(["keys", "init", "--keys", &keys]);
    let csv = format!(
        "number,maker,product,models,category,level,valid_from,valid_until\n\
         {NUMBER},架空電機,カメラ,RX-200|RX-210,network_camera,STAR-1,2026-01-01,2027-12-31\n"
    );
    std::fs::write(path("products.csv"), csv).unwrap();
    let (file, evidence) = (path("products.csv"), format!("file:{}", path("evidence")));
    let import = ["import", &file, "--keys", &keys, "--database", &database, "--evidence", &evidence];
    done(import.into_iter().chain(BY_TWO));
    (place, database, keys)
}

/// Begins to send a picture, and stops in the middle of it; the connection, and what is missing.
async fn half_a_picture(node: &Node) -> (TcpStream, Vec<u8>) {
    let mut stream = TcpStream::connect(address(node)).await.unwrap();
    let body = b"this is no picture, and the answer says so".to_vec();
    let heading = format!(
        "POST /v1/verify/image HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(heading.as_bytes()).await.unwrap();
    let (first, rest) = body.split_at(10);
    stream.write_all(first).await.unwrap();
    (stream, rest.to_vec())
}

fn address(node: &Node) -> String {
    node.origin.trim_start_matches("http://").replace("localhost", "127.0.0.1")
}

async fn report(node: &Node) -> (u16, Value) {
    let answer = node.client().get(node.url("/readyz")).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_told_to_stop_fails_nobody() {
    let (_place, database, keys) = place(None);
    let node = Arc::new(Node::serve(&["--database", &database, "--keys", &keys]).await);
    // What a balancer knows: it sends requests for as long as the node says that it is ready.
    let is_ready = Arc::new(AtomicBool::new(true));
    let answered = Arc::new(AtomicUsize::new(0));
    let callers: Vec<_> = (0..6)
        .map(|_| {
            let (node, is_ready, answered) =
                (Arc::clone(&node), Arc::clone(&is_ready), Arc::clone(&answered));
            tokio::spawn(async move {
                let mut failed = Vec::new();
                while is_ready.load(Ordering::Relaxed) {
                    let sent = node.client().get(node.url(&format!("/v1/verify/{NUMBER}"))).send().await;
                    match sent {
                        Ok(answer) => {
                            let (status, body) = (answer.status(), answer.bytes().await);
                            if status == 200 && body.is_ok() {
                                answered.fetch_add(1, Ordering::Relaxed);
                            } else {
                                failed.push(format!("{status}, {body:?}"));
                            }
                        }
                        // Not taken: the balancer sends it to another node.
                        Err(error) if error.is_connect() => break,
                        Err(error) => failed.push(error.to_string()),
                    }
                }
                failed
            })
        })
        .collect();
    until("load", async || answered.load(Ordering::Relaxed) > 50).await;
    let (mut picture, rest) = half_a_picture(&node).await;

    node.process().signal("TERM");
    until("readyz says that it is draining", async || {
        let (status, report) = report(&node).await;
        status == 503 && report["draining"] == true && report["registry"] == "ready"
    })
    .await;
    is_ready.store(false, Ordering::Relaxed);
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Vec::<String>::new());
    }
    until("nothing new is taken", async || TcpStream::connect(address(&node)).await.is_err()).await;
    assert!(!is_gone(node.process().id()), "it waits for what it has taken on");
    picture.write_all(&rest).await.unwrap();
    let mut answer = String::new();
    picture.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 415") && answer.ends_with('}'), "a whole answer: {answer}");
    until("it has ended", async || is_gone(node.process().id())).await;
    let log = node.log();
    assert!(log.contains("\"stopped\"") && !log.contains("did not finish in time"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_finishes_does_not_keep_it() {
    let (_place, database, keys) = place(None);
    let arguments = ["--database", &database, "--keys", &keys, "--drain-seconds", "1"];
    let node = Node::serve(&arguments).await;
    let (_picture, _rest) = half_a_picture(&node).await;
    node.process().signal("TERM");
    until("it has ended", async || is_gone(node.process().id())).await;
    assert!(node.log().contains("some requests did not finish in time"), "{}", node.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn readyz_says_what_is_away_and_when_it_is_back() {
    let postgres = Postgres::shared().await;
    let database = postgres.database().await;
    let proxy = Proxy::start(postgres.address()).await;
    let through = database.replace(&postgres.address(), &proxy.address().to_string());
    let (place, _, keys) = place(Some(&database));
    let node = Node::serve(&["--database", &through, "--keys", &keys]).await;
    let says = async |part: &str, state: &str| {
        let status = if state == "ready" { 200 } else { 503 };
        until(&format!("{part} is {state}"), async || {
            let (told, report) = report(&node).await;
            told == status && report[part] == state && report["ready"] == (status == 200)
        })
        .await;
        assert_eq!(node.status("/livez").await.unwrap(), 200, "no reason to restart it");
    };
    says("registry", "ready").await;

    proxy.cut();
    says("registry", "not_ready").await;
    proxy.clear();
    says("registry", "ready").await;

    // A node of a newer version was here, and changed the schema.
    let mut connection = sqlx::PgConnection::connect(&database).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'later', TRUE, ''::bytea, 0)";
    sqlx::raw_sql(newer).execute(&mut connection).await.unwrap();
    says("registry", "not_ready").await;
    sqlx::raw_sql("DELETE FROM _sqlx_migrations WHERE version = 9999")
        .execute(&mut connection)
        .await
        .unwrap();
    says("registry", "ready").await;

    let away = place.path().join("away");
    std::fs::rename(&keys, &away).unwrap();
    says("keys", "not_ready").await;
    assert!(
        node.text(&format!("/v1/verify/{NUMBER}")).await.contains("\"valid\""),
        "who asks it all the same is answered by the keys that it had read"
    );
    std::fs::rename(&away, &keys).unwrap();
    says("keys", "ready").await;
}
