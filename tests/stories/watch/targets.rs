//! Where webhooks may not go: into the network that the service stands in.

use serde_json::json;

use super::receiver::{Answer, Receiver};
use super::{LOOPBACK, Shop};

#[tokio::test(flavor = "multi_thread")]
async fn without_the_setting_nothing_but_the_public_internet_is_told() {
    let (shop, receiver) = (Shop::open(), Receiver::start().await);
    let node = shop.node(&[]).await;
    for (url, why) in [
        (receiver.url.as_str(), "https:"),
        ("http://shop.example/hook", "https:"),
        ("https://127.0.0.1/hook", "not on the public internet"),
        ("https://[::ffff:10.0.0.1]/hook", "not on the public internet"),
        ("https://169.254.169.254/latest/meta-data", "not on the public internet"),
        ("https://2130706433/", "not on the public internet"),
        ("https://localhost/hook", "not on the public internet"),
        ("https://ito:geheim@shop.example/", "signed instead"),
    ] {
        let (status, refused) = node.order(&shop.key, "/v1/webhooks", &json!({ "url": url })).await;
        assert_eq!(status, 422, "{url}: {refused}");
        assert_eq!(refused["errors"][0]["field"], "url");
        assert!(refused["errors"][0]["detail"].as_str().unwrap().contains(why), "{url}: {refused}");
    }
    assert!(receiver.arrived().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_allowed_any_more_is_refused_when_it_is_connected_to() {
    let (shop, receiver) = (Shop::open(), Receiver::start().await);
    let by_name = receiver.url.replace("127.0.0.1", "localhost");
    let before = ["--webhooks-allow", "127.0.0.1,localhost"];
    let node = shop.node(&before).await;
    let (by_address, _) = shop.webhook(&node, &receiver.url).await;
    let (by_name, _) = shop.webhook(&node, &by_name).await;
    shop.list(&node, 0..1).await;
    drop(node);
    let node = shop.node(&["--webhooks-retry", "1"]).await;
    shop.suspend(&node, 0).await;
    for webhook in [by_address, by_name] {
        let dead = shop.deliveries(&node, &webhook, "dead", 1).await;
        assert!(dead[0]["answer"].as_str().unwrap().contains("not on the public internet"), "{dead:?}");
    }
    assert!(receiver.arrived().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed() {
    let (shop, receiver) = (Shop::open(), Receiver::start().await);
    let node = shop.node(&LOOPBACK).await;
    receiver.answers(Answer::Elsewhere);
    let (webhook, _) = shop.webhook(&node, &receiver.url).await;
    shop.list(&node, 0..1).await;
    shop.suspend(&node, 0).await;
    let dead = shop.deliveries(&node, &webhook, "dead", 1).await;
    assert_eq!(dead[0]["answer"], "307");
    assert_eq!((receiver.arrived().len(), receiver.elsewhere()), (3, 0));
}
