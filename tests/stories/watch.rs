//! Watch lists and webhooks: what changes is told, in order, at least once, to whom it may be told.

mod killed;
mod receiver;
mod targets;

use serde_json::{Value, json};
use shirushi_tests::browser::{Browser, Visitor};
use shirushi_tests::patience::{answer, until};
use shirushi_tests::process::free_port;
use shirushi_tests::shirushi::{BY_TWO, Node, done};
use tempfile::TempDir;

use self::receiver::{Answer, Receiver};
use crate::shop::looks_right;

/// A registry with labels, and a shop's key for its lists and webhooks.
struct Shop {
    _place: TempDir,
    database: String,
    keys: String,
    office: String,
    key: String,
    port: u16,
}

const LOOPBACK: [&str; 4] = ["--webhooks-allow", "127.0.0.1", "--webhooks-retry", "1,1"];

fn number(label: u32) -> String {
    format!("SHI-2026-{label:05}")
}

/// The number as it is compared.
fn bare(label: u32) -> String {
    number(label).replace('-', "")
}

fn key_in(printed: &str) -> String {
    printed.split_whitespace().find(|word| word.starts_with("shk_")).unwrap().to_owned()
}

impl Shop {
    fn open() -> Self {
        let place = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", place.path().join("registry.db").display());
        Self::over(place, database)
    }

    /// Over this empty database.
    fn over(place: TempDir, database: String) -> Self {
        let path = |name: &str| place.path().join(name).display().to_string();
        let keys = path("keys");
        done(["keys", "init", "--keys", &keys]);
        let mut csv = "number,maker,product,models,category,level,valid_from,valid_until\n".to_owned();
        for label in 0..10 {
            csv += &format!(
                "{},架空電機,カメラ,RX-{label},network_camera,STAR-1,2026-01-01,2027-12-31\n",
                number(label)
            );
        }
        std::fs::write(path("products.csv"), csv).unwrap();
        // Beside a server's database there is no place of its own for what was handed in.
        let evidence = format!("file:{}", path("evidence"));
        let common = ["--keys", &keys, "--database", &database, "--evidence", &evidence];
        done(["import", &path("products.csv")].into_iter().chain(BY_TWO).chain(common));
        let key =
            |scope| key_in(&done(["api-key", "create", "P", "--scope", scope, "--database", &database]));
        let (office, key) = (key("change"), key("watch"));
        Self { _place: place, database, keys, office, key, port: free_port() }
    }

    /// A node of the service, at the same place each time.
    async fn node(&self, more: &[&str]) -> Node {
        self.node_at(self.port, more).await
    }

    /// A node at `port`.
    async fn node_at(&self, port: u16, more: &[&str]) -> Node {
        let origin = format!("http://localhost:{}", self.port);
        let common = ["--database", &self.database, "--keys", &self.keys, "--public-url", &origin];
        Node::serve_at(port, &[&common[..], more].concat()).await
    }

    /// Makes a list of labels; gives it with the address of its page.
    async fn list(&self, node: &Node, labels: core::ops::Range<u32>) -> Value {
        let list = json!({ "name": "棚 12", "numbers": labels.map(number).collect::<Vec<_>>() });
        let (status, made) = node.order(&self.key, "/v1/watches", &list).await;
        assert_eq!(status, 201, "{made}");
        made
    }

    /// Makes a webhook to `url`; gives its id and secret.
    async fn webhook(&self, node: &Node, url: &str) -> (String, String) {
        let (status, made) = node.order(&self.key, "/v1/webhooks", &json!({ "url": url })).await;
        assert_eq!(status, 201, "{made}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&made["webhook"]["id"]), text(&made["secret"]))
    }

    async fn suspend(&self, node: &Node, label: u32) {
        let suspend = json!({ "change": "suspend", "reason": "調査中" });
        assert_eq!(node.change(&self.office, &number(label), &suspend).await, 200);
    }

    async fn reinstate(&self, node: &Node, label: u32) {
        assert_eq!(node.change(&self.office, &number(label), &json!({ "change": "reinstate" })).await, 200);
    }

    /// The deliveries in this state, once there are as many.
    async fn deliveries(&self, node: &Node, webhook: &str, state: &str, count: usize) -> Vec<Value> {
        let path = format!("/v1/webhooks/{webhook}/deliveries?state={state}");
        answer(&format!("{count} {state} deliveries"), async || {
            let (_, found) = node.ask(&self.key, &path).await;
            let found = found["deliveries"].as_array().unwrap().clone();
            (found.len() == count).then_some(found)
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_told_signed_and_its_page_shows_it() {
    let (shop, receiver) = (Shop::open(), Receiver::start().await);
    let node = shop.node(&LOOPBACK).await;
    let (webhook, secret) = shop.webhook(&node, &receiver.url).await;
    let made = shop.list(&node, 0..3).await;
    let (status, _) = node.order(&shop.key, &format!("/v1/webhooks/{webhook}/test"), &json!({})).await;
    assert_eq!(status, 202);
    assert_eq!(receiver.after(1).await[0].body["type"], "webhook.test");

    shop.suspend(&node, 1).await;
    shop.suspend(&node, 7).await;
    let arrived = receiver.after(2).await;
    assert!(arrived.iter().all(|one| one.is_signed_by(&secret)));
    let told = &arrived[1].body;
    assert_eq!((told["type"].as_str(), arrived[1].number()), (Some("label.changed"), &*bare(1)));
    assert_eq!(told["data"]["before"]["status"], "active");
    assert_eq!(told["data"]["after"]["status"], "suspended");
    assert_eq!(told["data"]["watches"], json!([made["watch"]["id"]]));
    let link = told["data"]["link"].as_str().unwrap().rsplit_once("/v/").unwrap().1.to_owned();
    assert_eq!(link, bare(1));

    // By a command, past the node: it is told of, too.
    done(["reinstate", &number(1), "--keys", &shop.keys, "--database", &shop.database]);
    assert_eq!(receiver.after(3).await[2].reason(), "reinstated");

    let page = made["page"].as_str().unwrap().to_owned();
    let path = page.strip_prefix(&node.origin).unwrap().to_owned();
    for (language, wanted) in [
        ("en", ["Changes of watched labels", "It was suspended.", "3 labels are watched.", "棚 12"]),
        ("ja", ["監視リストの変更", "一時停止されました。", "3件のラベルを監視しています。", "棚 12"]),
    ] {
        let html = node.text(&format!("{path}?lang={language}")).await;
        for text in wanted {
            assert!(html.contains(text), "{text} in {html}");
        }
        assert!(html.contains(&format!("/v/{}?lang={language}", bare(1))) && !html.contains(&bare(7)));
        assert!(html.find("reinstat").is_none() || language == "en");
        assert!(!html.contains("<script") && html.contains("noindex") && !html.contains("調査中"));
    }
    assert_eq!(node.status("/watch/AAAAAAAAAAAAAAAAAAAAAA").await.unwrap(), 404);
    let secret_of_page = path.rsplit('/').next().unwrap();
    assert!(!node.log().contains(secret_of_page) && !node.log().contains(&secret[6..]));
    let metrics = node.text("/metrics").await;
    assert!(metrics.contains("shirushi_webhooks_attempts_total{result=\"delivered\"} 3"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_each_label_in_order_while_the_receiver_fails() {
    let (shop, receiver) = (Shop::open(), Receiver::start().await);
    let retry = ["--webhooks-allow", "127.0.0.1", "--webhooks-retry", "1,1,1,1,1,1,1,1,1"];
    let node = shop.node(&retry).await;
    let (_, secret) = shop.webhook(&node, &receiver.url).await;
    shop.list(&node, 0..4).await;
    receiver.answers(Answer::Status(503));
    for label in 0..4 {
        shop.suspend(&node, label).await;
        shop.reinstate(&node, label).await;
    }
    receiver.when(|arrived| (0..4).all(|label| arrived.iter().any(|one| one.number() == bare(label)))).await;
    assert!(receiver.arrived().iter().all(|one| one.reason() == "suspended"), "the next one waits");
    receiver.answers(Answer::Fine);
    let reinstated =
        |arrived: &[receiver::Arrived]| arrived.iter().filter(|one| one.reason() == "reinstated").count();
    let arrived = receiver.when(|arrived| reinstated(arrived) == 4).await;
    for label in 0..4 {
        let of: Vec<_> = arrived.iter().filter(|one| one.number() == bare(label)).collect();
        let revisions: Vec<_> = of.iter().map(|one| one.body["data"]["revision"].as_u64().unwrap()).collect();
        assert!(revisions.is_sorted(), "{revisions:?}");
        let first: std::collections::BTreeSet<_> =
            of.iter().filter(|one| one.reason() == "suspended").map(|one| one.id.clone()).collect();
        assert_eq!(first.len(), 1, "the same id at every attempt");
    }
    assert!(arrived.iter().all(|one| one.is_signed_by(&secret)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_up_is_a_dead_letter_that_can_be_replayed() {
    let (shop, receiver) = (Shop::open(), Receiver::start().await);
    let node = shop.node(&LOOPBACK).await;
    let (webhook, secret) = shop.webhook(&node, &receiver.url).await;
    shop.list(&node, 0..1).await;
    receiver.answers(Answer::Status(500));
    shop.suspend(&node, 0).await;
    let dead = shop.deliveries(&node, &webhook, "dead", 1).await;
    assert_eq!((dead[0]["attempts"].as_u64(), dead[0]["answer"].as_str()), (Some(3), Some("500")));
    receiver.answers(Answer::Fine);
    let path = format!("/v1/webhooks/{webhook}/replay");
    let (status, replayed) = node.order(&shop.key, &path, &json!({})).await;
    assert_eq!((status.as_u16(), replayed), (200, json!({ "replayed": 1 })));
    let arrived = receiver.after(4).await;
    assert!(arrived.iter().all(|one| one.id == dead[0]["id"] && one.is_signed_by(&secret)));
    shop.deliveries(&node, &webhook, "delivered", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_never_answers_holds_up_nobody_else() {
    let (shop, silent, receiver) = (Shop::open(), Receiver::start().await, Receiver::start().await);
    let node = shop.node(&LOOPBACK).await;
    silent.answers(Answer::Never);
    let (hung, _) = shop.webhook(&node, &silent.url).await;
    shop.webhook(&node, &receiver.url).await;
    shop.list(&node, 0..10).await;
    for label in 0..10 {
        shop.suspend(&node, label).await;
    }
    receiver.after(10).await;
    // Two at a time are under way to the silent one; none of them has come to anything yet.
    shop.deliveries(&node, &hung, "pending", 10).await;
    assert!(silent.arrived().len() <= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_list_is_readable_by_all() {
    let shop = Shop::open();
    let node = shop.node(&[]).await;
    let page = |made: Value| made["page"].as_str().unwrap().to_owned();
    let (list, empty) = (page(shop.list(&node, 0..3).await), page(shop.list(&node, 0..1).await));
    for label in [1, 2] {
        shop.suspend(&node, label).await;
    }
    shop.reinstate(&node, 1).await;
    let path = list.strip_prefix(&node.origin).unwrap();
    until("all has come", async || node.text(&format!("{path}?lang=ja")).await.contains("解除")).await;
    for (language, tag) in [("ja", "ja"), ("en", "en")] {
        for dark in [false, true] {
            let browser = Browser::start(Visitor { language, dark, ..Visitor::default() }).await;
            let mode = if dark { "dark" } else { "light" };
            for (name, page) in [("watch", &list), ("watch-empty", &empty)] {
                browser.goto(&format!("{page}?lang={tag}")).await;
                looks_right(&browser, &format!("{name}-{tag}-{mode}")).await;
            }
        }
    }
}
