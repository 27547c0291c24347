//! Is it this product? One label stands for hundreds of models, and the reader types the number as it seems to be.

use serde_json::json;
use shirushi_server::clock::SystemClock;
use shirushi_tests::browser::{Browser, ENTER, Visitor};
use shirushi_tests::shirushi::Demo;

const NUMBER: &str = "DEMO-2026-00999";

/// A demonstration with one more label, which stands for 300 models; its link.
async fn with_300_models() -> (Demo, String) {
    let demo = Demo::start().await;
    let now = SystemClock::default().now();
    let day = |days: i64| now.plus(days * 86_400).to_string().get(..10).unwrap().to_owned();
    let models = |colour: char| -> Vec<_> {
        (100..200).map(|size| json!({ "number": format!("SL-{size}{colour}") })).collect()
    };
    let product = |colour, name| json!({ "name": name, "models": models(colour) });
    let approval = json!({
        "number": NUMBER, "maker": "架空電機",
        "products": [product('A', "赤いランプ"), product('B', "青いランプ"), product('C', "白いランプ")],
        "category": "home_appliance", "level": "STAR-1", "valid_from": day(-2), "valid_until": day(400),
    });
    let body = json!({ "approvals": [approval] });
    let (status, proposed) = demo.node.order(&demo.key, "/v1/registrations", &body).await;
    assert_eq!(status, 202, "{proposed}");
    let issued = demo.node.confirm(&demo.approver, &proposed).await;
    let link = issued["issued"][0]["link"].as_str().unwrap().to_owned();
    (demo, link)
}

const SHOWN: &str =
    "return [...document.querySelectorAll('.models li')].filter((item) => item.checkVisibility()).length";

#[tokio::test(flavor = "multi_thread")]
async fn among_300_models_the_one_in_hand_is_found() {
    let (demo, link) = with_300_models().await;
    let page = demo.node.client().get(&link).header("accept-encoding", "br").send().await.unwrap();
    let weight = page.bytes().await.unwrap().len();
    assert!(weight <= 20_000, "the page weighs {weight} bytes");

    // A short list, the rest folded; what was mistyped is asked back. This page has no script.
    let browser = Browser::start(Visitor { language: "en", ..Visitor::default() }).await;
    browser.goto(&link).await;
    browser.wait_for_text(".models h3", "300").await;
    browser.screenshot("models-300").await;
    browser.type_into("input[name=model]", "ｓｌ１５０").await;
    browser.keys(ENTER).await;
    browser.wait_for_text(".not-listed", "not covered").await;
    browser.screenshot("models-300-meant").await;
    let meant = browser.text(".meant").await;
    assert!(["SL-150A", "SL-150B", "SL-150C"].iter().all(|model| meant.contains(model)), "{meant}");
    browser.click(".meant button[value=SL-150B]").await;
    browser.wait_for(".claim.listed").await;

    browser.goto(&link).await;
    assert_eq!(browser.eval(SHOWN).await, 24);
    browser.click(".models summary").await;
    assert_eq!(browser.eval(SHOWN).await, 300);
    super::shop::looks_right(&browser, "models-300-unfolded").await;

    assert_eq!(browser.console_errors().await, [""; 0]);
}
