//! Files in the background, across real crashes: what was answered stays, what was not is answered once.

use std::time::Duration;

use serde_json::{Value, json};
use shirushi_tests::patience::patiently;
use shirushi_tests::postgres::Postgres;
use shirushi_tests::process::free_port;
use shirushi_tests::shirushi::{BY_TWO, Node, done};

const ROWS: usize = 40_000;

/// A registry with some labels, and a key that verifies files.
struct Place {
    folder: tempfile::TempDir,
    database: String,
    key: String,
}

impl Place {
    fn new(database: impl FnOnce(&str) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (keys, database) = (path("keys"), database(&path("registry.db")));
        done(["keys", "init", "--keys", &keys]);
        let mut csv = "number,maker,product,models,category,level,valid_from,valid_until\n".to_owned();
        for serial in 1..=50 {
            csv += &format!(
                "SHI-2026-{serial:05},架空電機,カメラ,RX-200,network_camera,STAR-1,2026-01-01,2027-12-31\n"
            );
        }
        std::fs::write(path("products.csv"), csv).unwrap();
        let (file, evidence) = (path("products.csv"), format!("file:{}", path("evidence")));
        let import = ["import", &file, "--keys", &keys, "--database", &database, "--evidence", &evidence];
        done(import.into_iter().chain(BY_TWO));
        let made = done(["api-key", "create", "Stock", "--scope", "verify", "--database", &database]);
        let key = made.split_whitespace().find(|word| word.starts_with("shk_")).unwrap().to_owned();
        Self { folder, database, key }
    }

    async fn node(&self, port: u16) -> Node {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        let (keys, evidence) = (path("keys"), format!("file:{}", path("evidence")));
        Node::serve_at(port, &["--database", &self.database, "--keys", &keys, "--evidence", &evidence]).await
    }
}

/// Rows by name, of labels and of numbers that are none.
fn stock() -> String {
    (1..=ROWS)
        .map(|row| format!("{}\n", json!({ "id": row, "number": format!("SHI-2026-{:05}", row % 100) })))
        .collect()
}

async fn opened(node: &Node, key: &str, file: String) -> String {
    let request = node.client().post(node.url("/v1/jobs?name=stock.jsonl")).bearer_auth(key);
    let answer = request.header("content-type", "application/x-ndjson").body(file).send().await.unwrap();
    assert_eq!(answer.status(), 202);
    answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

/// The job, once it `is_so`.
async fn until(node: &Node, key: &str, id: &str, mut is_so: impl FnMut(&Value) -> bool) -> Value {
    let asked = async || Some(node.ask(key, &format!("/v1/jobs/{id}")).await.1).filter(|job| is_so(job));
    match patiently(asked).await {
        Some(job) => job,
        None => panic!("it never came to this: {}", node.log()),
    }
}

/// Every row is answered, once, in order, as it is answered alone.
async fn is_whole(node: &Node, key: &str, id: &str) {
    let answer = node.client().get(node.url(&format!("/v1/jobs/{id}/results"))).bearer_auth(key);
    let text = answer.timeout(Duration::from_mins(2)).send().await.unwrap().text().await.unwrap();
    let mut rows = 0;
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if let Some(end) = line.get("end") {
            assert_eq!((&end["rows"], &end["bad"]), (&json!(ROWS), &json!(0)));
            continue;
        }
        rows += 1;
        assert_eq!((&line["row"], &line["id"]), (&json!(rows), &json!(rows.to_string())));
        let expected = if (1..=50).contains(&(rows % 100)) { "valid" } else { "not_registered" };
        assert_eq!(line["outcome"], expected, "{line}");
    }
    assert_eq!(rows, ROWS);
    assert!(text.lines().last().unwrap().starts_with("{\"end\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_survives_the_process_that_works_at_it() {
    let place = Place::new(|file| format!("sqlite:{file}"));
    let port = free_port();
    let mut node = place.node(port).await;
    let id = opened(&node, &place.key, stock()).await;
    let mut answered = 0;
    for _ in 0..2 {
        let job = until(&node, &place.key, &id, |job| job["answered"].as_u64() > Some(answered)).await;
        answered = job["answered"].as_u64().unwrap();
        node.process().signal("KILL");
        drop(node);
        node = place.node(port).await;
        let job = until(&node, &place.key, &id, |_| true).await;
        assert!(job["answered"].as_u64().unwrap() >= answered, "what was answered stays: {job}");
    }
    assert!(answered < ROWS as u64, "it was killed in the middle");
    let job = until(&node, &place.key, &id, |job| job["state"] == "done").await;
    assert_eq!((&job["answered"], &job["rows"]), (&json!(ROWS), &json!(ROWS)));
    is_whole(&node, &place.key, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_node_goes_on_where_one_has_died() {
    let database = Postgres::shared().await.database().await;
    let place = Place::new(|_| database);
    let (one, other) = (place.node(free_port()).await, place.node(free_port()).await);
    let id = opened(&one, &place.key, stock()).await;
    let watched = other.client().get(other.url(&format!("/v1/jobs/{id}/events"))).bearer_auth(&place.key);
    let watched = watched.timeout(Duration::from_mins(5)).send().await.unwrap();
    assert_eq!(watched.headers()["content-type"], "text/event-stream");
    until(&other, &place.key, &id, |job| job["answered"].as_u64() > Some(0)).await;
    one.process().signal("KILL");
    drop(one);
    until(&other, &place.key, &id, |job| job["state"] == "done").await;
    is_whole(&other, &place.key, &id).await;
    // Whoever watched has seen it all, from the first slices to the end.
    let told = watched.text().await.unwrap();
    let told: Vec<Value> = told
        .lines()
        .filter_map(|line| line.strip_prefix("data: ").map(|data| serde_json::from_str(data).unwrap()))
        .collect();
    let answered: Vec<_> = told.iter().map(|job| job["answered"].as_u64().unwrap()).collect();
    assert!(answered.is_sorted() && told.len() > 1, "{answered:?}");
    assert_eq!(told.last().unwrap()["state"], "done");
}
