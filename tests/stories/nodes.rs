//! Several nodes: what one changes, all know; what cannot be asked is never guessed.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use shirushi_tests::postgres::Postgres;
use shirushi_tests::proxy::Proxy;
use shirushi_tests::redis::RedisServer;
use shirushi_tests::shirushi::{Node, done};
use tempfile::TempDir;

/// Two nodes over one registry and one Redis, each reached through a proxy that can be cut.
struct Scheme {
    one: Node,
    other: Node,
    redis: RedisServer,
    registry: Proxy,
    key: String,
    approver: String,
    link: String,
    _keys: TempDir,
}

const NUMBER: &str = "SHI-2026-00017";

impl Scheme {
    async fn start() -> Self {
        let database = Postgres::shared().await.database().await;
        let redis = RedisServer::start().await;
        let registry = Proxy::start(Postgres::shared().await.address()).await;
        let through = database.replace(&Postgres::shared().await.address(), &registry.address().to_string());
        assert_ne!(through, database, "the nodes' way to the registry can be cut");
        let keys = tempfile::tempdir().unwrap();
        let folder = keys.path().join("keys");
        let link = issue(&database, &folder);
        let key = |name, role, scope| {
            let key = ["api-key", "create", name, "--role", role, "--scope", scope, "--database", &database];
            done(key).split_whitespace().find(|word| word.starts_with("shk_")).unwrap().to_owned()
        };
        let approver = key("Kato", "approver", "approve");
        let key = key("Ito", "administrator", "change");
        let evidence = format!("file:{}", keys.path().join("evidence").display());
        let folder = folder.display().to_string();
        let redis_url = redis.url();
        let arguments = [
            "--database",
            &through,
            "--cache",
            &redis_url,
            "--keys",
            &folder,
            "--evidence",
            &evidence,
            "--public-url",
            "https://label.example",
        ];
        let (one, other) = tokio::join!(Node::serve(&arguments), Node::serve(&arguments));
        Self { one, other, redis, registry, key, approver, link, _keys: keys }
    }

    /// Waits until both nodes say `outcome`; they may need a moment, and tests assert no time.
    async fn both_come_to(&self, outcome: &str) {
        for node in [&self.one, &self.other] {
            let mut last = String::new();
            for _ in 0..300 {
                last = node.outcome(&self.link).await;
                if last == outcome {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            assert_eq!(last, outcome);
        }
    }
}

fn issue(database: &str, keys: &Path) -> String {
    let keys_text = keys.display().to_string();
    done(["keys", "init", "--keys", &keys_text]);
    let products = keys.parent().unwrap().join("products.csv");
    let csv = format!(
        "number,maker,product,models,category,level,valid_from,valid_until\n\
         {NUMBER},架空電機,カメラ,RX-200|RX-210,network_camera,STAR-1,2026-01-01,2027-12-31\n"
    );
    std::fs::write(&products, csv).unwrap();
    let printed = done([
        "import",
        &products.display().to_string(),
        "--keys",
        &keys_text,
        "--database",
        database,
        "--evidence",
        &format!("file:{}", keys.with_file_name("evidence").display()),
        "--public-url",
        "https://label.example",
        "--by",
        "Ito",
        "--confirmed-by",
        "Kato",
    ]);
    let link = printed.split(['"', ' ', '\n']).find(|word| word.starts_with("https://label.example/v/"));
    link.unwrap_or_else(|| panic!("no link in {printed}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_on_one_node_is_known_on_the_other() {
    let scheme = Scheme::start().await;
    scheme.both_come_to("valid").await;
    let suspend = json!({ "change": "suspend", "reason": "under investigation" });
    assert_eq!(scheme.one.change(&scheme.key, NUMBER, &suspend).await, 200);
    // The node that took the change knows it at once; the other one when the relay has passed.
    assert_eq!(scheme.one.outcome(&scheme.link).await, "suspended");
    scheme.both_come_to("suspended").await;
    assert_eq!(scheme.other.change(&scheme.key, NUMBER, &json!({ "change": "reinstate" })).await, 200);
    scheme.both_come_to("valid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_the_answers_stay_true() {
    let mut scheme = Scheme::start().await;
    scheme.both_come_to("valid").await;
    scheme.redis.stop();
    for node in [&scheme.one, &scheme.other] {
        assert_eq!(node.outcome(&scheme.link).await, "valid", "the registry still answers");
        assert_eq!(node.status("/readyz").await.unwrap(), 200, "slower, and in order");
    }
    scheme.one.revoke(&scheme.key, &scheme.approver, NUMBER, "does not meet the criteria").await;
    assert_eq!(scheme.one.outcome(&scheme.link).await, "revoked");
    assert_eq!(scheme.other.outcome(&scheme.link).await, "revoked", "no stale answer on the other node");

    // Back, and empty: nothing that it forgot comes back to life.
    scheme.redis.restart_empty().await;
    for _ in 0..20 {
        for node in [&scheme.one, &scheme.other] {
            assert_eq!(node.outcome(&scheme.link).await, "revoked");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nobody_to_ask_it_is_not_known() {
    let mut scheme = Scheme::start().await;
    scheme.both_come_to("valid").await;
    scheme.redis.stop();
    scheme.registry.cut();
    let answer = scheme.other.verify(&json!({ "link": scheme.link })).await;
    assert_eq!(answer["outcome"], "status_unknown", "{answer}");
    assert_eq!(answer["checks"]["signature"]["result"], "pass", "genuine all the same");
    assert_eq!(scheme.other.status("/readyz").await.unwrap(), 503);
    let page = scheme.other.text(scheme.link.trim_start_matches("https://label.example")).await;
    assert!(page.contains("data-outcome=\"status_unknown\""));

    scheme.registry.clear();
    scheme.both_come_to("valid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_redis_hangs_the_registry_answers() {
    let scheme = Scheme::start().await;
    scheme.both_come_to("valid").await;
    scheme.redis.pause();
    let suspend = json!({ "change": "suspend", "reason": "under investigation" });
    assert_eq!(scheme.one.change(&scheme.key, NUMBER, &suspend).await, 200);
    assert_eq!(scheme.one.outcome(&scheme.link).await, "suspended");
    assert_eq!(scheme.other.outcome(&scheme.link).await, "suspended");
    scheme.redis.resume();
    for _ in 0..20 {
        assert_eq!(scheme.other.outcome(&scheme.link).await, "suspended");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
