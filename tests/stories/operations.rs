//! The runbook's commands, as an operator gives them.

use std::path::Path;

use serde_json::Value;
use shirushi_tests::postgres::Postgres;
use shirushi_tests::redis::RedisServer;
use shirushi_tests::shirushi::{BY_TWO, Node, approver, done, run};
use sqlx::Connection as _;
use tempfile::TempDir;

const NUMBER: &str = "SHI-2026-00017";
const ORIGIN: &str = "https://label.example";

/// A registry in a file, as on one machine, with one label.
struct Office {
    place: TempDir,
    database: String,
    keys: String,
    link: String,
}

impl Office {
    fn open() -> Self {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name).display().to_string();
        let (database, keys) = (format!("sqlite:{}", path("registry.db")), path("keys"));
        done(["keys", "init", "--keys", &keys]);
        let csv = format!(
            "number,maker,product,models,category,level,valid_from,valid_until\n\
             {NUMBER},架空電機,カメラ,RX-200|RX-210,network_camera,STAR-1,2026-01-01,2027-12-31\n"
        );
        std::fs::write(path("products.csv"), csv).unwrap();
        let common = ["--keys", &keys, "--database", &database, "--public-url", ORIGIN];
        let printed = done(["import", &path("products.csv")].into_iter().chain(BY_TWO).chain(common));
        let link = printed.split(['"', ' ', '\n']).find(|word| word.starts_with(ORIGIN)).unwrap().to_owned();
        Self { place, database, keys, link }
    }

    fn path(&self, name: &str) -> String {
        self.place.path().join(name).display().to_string()
    }

    async fn node(&self, database: &str) -> Node {
        Node::serve(&["--database", database, "--keys", &self.keys, "--public-url", ORIGIN]).await
    }
}

/// The last position and its hash, of a check that found nothing.
fn checked(database: &str, more: &[&str]) -> (String, String) {
    let told = done(["history", "check", "--database", database].iter().chain(more));
    let told: Value = serde_json::from_str(told.trim()).unwrap();
    (told["position"].to_string(), told["hash"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_moves_from_one_machine_to_many() {
    let office = Office::open();
    let here = office.node(&office.database).await;
    let key = done(["api-key", "create", "operator", "--scope", "change", "--database", &office.database]);
    let key = key.split_whitespace().find(|word| word.starts_with("shk_")).unwrap().to_owned();
    let suspend = serde_json::json!({ "change": "suspend", "reason": "調査中" });
    assert_eq!(here.change(&key, NUMBER, &suspend).await, 200);
    let (position, hash) = checked(&office.database, &[]);

    // While the service runs.
    let file = office.path("shirushi-2027-01-15.backup");
    let told = done(["backup", "--out", &file, "--database", &office.database]);
    assert!(told.contains(&hash), "{told}");
    let tried = done(["restore", "--dry-run", "--from", &file]);
    assert!(tried.contains(&hash), "{tried}");

    let there = Postgres::shared().await.database().await;
    assert!(done(["restore", "--from", &file, "--database", &there]).contains(&hash));
    let known = ["--from", position.as_str(), "--hash", hash.as_str()];
    assert_eq!(checked(&there, &known), (position.clone(), hash.clone()));
    let again = run(["restore", "--from", &file, "--database", &there]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("the registry is not empty"));

    let moved = office.node(&there).await;
    assert_eq!(moved.outcome(&office.link).await, "suspended");
    let reinstate = serde_json::json!({ "change": "reinstate" });
    assert_eq!(moved.change(&key, NUMBER, &reinstate).await, 200, "the same API key");
    assert_eq!(moved.outcome(&office.link).await, "valid");
    assert_eq!(here.outcome(&office.link).await, "suspended", "the old one hears of nothing");
    let further: u64 = checked(&there, &known).0.parse().unwrap();
    assert_eq!(further, position.parse::<u64>().unwrap() + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_cache_knows_of_the_lost_registry_is_not_believed_of_the_restored_one() {
    let office = Office::open();
    let redis = RedisServer::start().await;
    let node = async |database: &str| {
        let url = redis.url();
        let arguments =
            ["--database", database, "--keys", &office.keys, "--public-url", ORIGIN, "--cache", &url];
        Node::serve(&arguments).await
    };
    let before = node(&office.database).await;
    let key = done(["api-key", "create", "operator", "--scope", "change", "--database", &office.database]);
    let key = key.split_whitespace().find(|word| word.starts_with("shk_")).unwrap().to_owned();
    let file = office.path("backup");
    done(["backup", "--out", &file, "--database", &office.database]);
    let suspend = serde_json::json!({ "change": "suspend", "reason": "調査中" });
    assert_eq!(before.change(&key, NUMBER, &suspend).await, 200);
    assert_eq!(before.change(&key, NUMBER, &serde_json::json!({ "change": "reinstate" })).await, 200);
    before.revoke(&key, &approver(&office.database), NUMBER, "虚偽の申告").await;
    assert_eq!(before.outcome(&office.link).await, "revoked");

    // The machine is lost, and Redis, which has seen more, is not.
    drop(before);
    let restored = format!("sqlite:{}", office.path("restored.db"));
    done(["restore", "--from", &file, "--database", &restored]);
    let after = node(&restored).await;
    assert_eq!(after.outcome(&office.link).await, "valid");
    assert_eq!(after.change(&key, NUMBER, &suspend).await, 200);
    assert_eq!(after.outcome(&office.link).await, "suspended", "at a revision below the lost one");
}

#[test]
fn a_backup_that_was_cut_says_so() {
    let office = Office::open();
    let file = office.path("whole");
    done(["backup", "--out", &file, "--database", &office.database]);
    let bytes = std::fs::read(&file).unwrap();
    let cut = office.path("cut");
    std::fs::write(&cut, bytes.get(..bytes.len() - 100).unwrap()).unwrap();
    let target = office.path("target.db");
    for more in [&["--dry-run"][..], &[]] {
        let refused =
            run(["restore", "--from", &cut, "--database", &format!("sqlite:{target}")].iter().chain(more));
        assert_eq!(refused.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&refused.stderr).contains("the backup was cut"));
    }
    done(["restore", "--from", &file, "--database", &format!("sqlite:{target}")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_past_the_program_is_found() {
    let office = Office::open();
    let (position, hash) = checked(&office.database, &[]);
    let mut connection = sqlx::SqliteConnection::connect(&office.database).await.unwrap();
    sqlx::raw_sql("UPDATE registrations SET document = replace(document, 'RX-210', 'RX-999')")
        .execute(&mut connection)
        .await
        .unwrap();
    let found = run(["history", "check", "--database", &office.database]);
    assert_eq!(found.status.code(), Some(1));
    let told = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(told.contains("the registration of SHI202600017 is not what the history says"), "{told}");
    assert!(told.contains(&hash), "the history itself holds: {told}");

    sqlx::raw_sql("DROP TRIGGER history_is_never_changed; UPDATE history SET actor = 'mallory'")
        .execute(&mut connection)
        .await
        .unwrap();
    let found = run(["history", "check", "--database", &office.database]);
    assert_eq!(found.status.code(), Some(1));
    let told = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(told.contains("the history is broken at position 1"), "{told}");
    let rewritten = ["--from", &position, "--hash", &"0".repeat(64)];
    let found = run(["history", "check", "--database", &office.database].iter().chain(&rewritten));
    assert!(String::from_utf8_lossy(&found.stdout).contains("the history was rewritten"));
}

#[test]
fn an_auditor_takes_the_history_with_them() {
    let office = Office::open();
    let out = office.path("history.jsonl");
    done(["history", "export", "--out", &out, "--database", &office.database]);
    let lines = std::fs::read_to_string(&out).unwrap();
    assert_eq!(lines, done(["history", "export", "--database", &office.database]));
    let entries: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let registered = entries.iter().find(|entry| entry["what"] == "registered").unwrap();
    assert_eq!(registered["by"]["name"], "Kato", "who confirmed it");
    let last = entries.last().unwrap();
    assert_eq!(checked(&office.database, &[]).1, last["hash"].as_str().unwrap());
    let after = last["position"].to_string();
    assert_eq!(done(["history", "export", "--after", &after, "--database", &office.database]), "");
    let again = run(["history", "export", "--out", &out, "--database", &office.database]);
    assert_eq!(again.status.code(), Some(2), "never over another file");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_kept_in_files() {
    let office = Office::open();
    let logs = office.path("logs");
    let arguments = ["--database", &office.database, "--keys", &office.keys, "--log-folder", &logs];
    let node = Node::serve(&arguments).await;
    node.text(&format!("/v1/verify/{NUMBER}")).await;
    let files: Vec<_> =
        std::fs::read_dir(Path::new(&logs)).unwrap().map(|entry| entry.unwrap().path()).collect();
    let text: String = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    assert!(text.contains("\"route\":\"/v1/verify/{text}\""), "{text}");
    assert!(!text.contains(NUMBER), "what was asked about is not logged");
    let refused = run(["serve", "--log-keep-days", "30"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("log_keep_days is at least 90"));
}
