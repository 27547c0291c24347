//! Several nodes: what one changes, all know; what cannot be asked is never guessed.

use std::time::Duration;

use serde_json::json;
use shirushi_tests::redis::RedisServer;
use shirushi_tests::shirushi::Node;

use crate::scheme::{Label, Scheme};

/// Two nodes over one registry and one Redis.
struct Pair {
    one: Node,
    other: Node,
    redis: RedisServer,
    scheme: Scheme,
    label: Label,
}

impl Pair {
    async fn start() -> Self {
        let scheme = Scheme::with(1).await;
        let redis = RedisServer::start().await;
        let url = redis.url();
        let (one, other) = tokio::join!(scheme.node(&url), scheme.node(&url));
        let label = scheme.labels[0].clone();
        Self { one, other, redis, scheme, label }
    }

    async fn both_come_to(&self, outcome: &str) {
        for node in [&self.one, &self.other] {
            node.comes_to(&self.label.link, outcome).await;
        }
    }

    /// Has the label changed on the first node.
    async fn change(&self, change: &serde_json::Value) {
        assert_eq!(self.one.change(&self.scheme.key, &self.label.number, change).await, 200);
    }

    /// For a while, which may be as long as it likes, nothing else is said any more.
    async fn both_stay_at(&self, outcome: &str) {
        for _ in 0..20 {
            for node in [&self.one, &self.other] {
                assert_eq!(node.outcome(&self.label.link).await, outcome);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_on_one_node_is_known_on_the_other() {
    let pair = Pair::start().await;
    pair.both_come_to("valid").await;
    let suspend = json!({ "change": "suspend", "reason": "under investigation" });
    pair.change(&suspend).await;
    // The node that took the change knows it at once; the other one when the relay has passed.
    assert_eq!(pair.one.outcome(&pair.label.link).await, "suspended");
    pair.both_come_to("suspended").await;
    let reinstate = json!({ "change": "reinstate" });
    assert_eq!(pair.other.change(&pair.scheme.key, &pair.label.number, &reinstate).await, 200);
    pair.both_come_to("valid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_the_answers_stay_true() {
    let mut pair = Pair::start().await;
    pair.both_come_to("valid").await;
    pair.redis.stop();
    for node in [&pair.one, &pair.other] {
        assert_eq!(node.outcome(&pair.label.link).await, "valid", "the registry still answers");
        assert_eq!(node.status("/readyz").await.unwrap(), 200, "slower, and in order");
    }
    let (key, approver) = (&pair.scheme.key, &pair.scheme.approver);
    pair.one.revoke(key, approver, &pair.label.number, "does not meet the criteria").await;
    assert_eq!(pair.one.outcome(&pair.label.link).await, "revoked");
    assert_eq!(pair.other.outcome(&pair.label.link).await, "revoked", "no stale answer on the other node");

    // Back, and empty: nothing that it forgot comes back to life.
    pair.redis.restart_empty().await;
    pair.both_stay_at("revoked").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nobody_to_ask_it_is_not_known() {
    let mut pair = Pair::start().await;
    pair.both_come_to("valid").await;
    pair.redis.stop();
    pair.scheme.registry.cut();
    let answer = pair.other.verify(&json!({ "link": pair.label.link })).await;
    assert_eq!(answer["outcome"], "status_unknown", "{answer}");
    assert_eq!(answer["checks"]["signature"]["result"], "pass", "genuine all the same");
    assert_eq!(pair.other.status("/readyz").await.unwrap(), 503);
    let page = pair.other.text(pair.label.link.trim_start_matches("https://label.example")).await;
    assert!(page.contains("data-outcome=\"status_unknown\""));

    pair.scheme.registry.clear();
    pair.both_come_to("valid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_redis_hangs_the_registry_answers() {
    let pair = Pair::start().await;
    pair.both_come_to("valid").await;
    pair.redis.pause();
    let suspend = json!({ "change": "suspend", "reason": "under investigation" });
    pair.change(&suspend).await;
    assert_eq!(pair.one.outcome(&pair.label.link).await, "suspended");
    // The other one believes its memory for a moment more, until it is silent for too long.
    pair.other.comes_to(&pair.label.link, "suspended").await;
    // Nor does Redis, which goes on where it stopped, talk it out of that.
    pair.redis.resume();
    pair.both_stay_at("suspended").await;
}
