//! A procurement officer writes down what is asked, holds a supplier's list against it, keeps the proof, and is told of
//! changes: all on pages, with one API key.

use serde_json::json;
use shirushi_tests::browser::{Browser, Visitor};
use shirushi_tests::patience::{answer, until};
use shirushi_tests::shirushi::Demo;

use crate::packs::{check, named};
use crate::shop::looks_right;

/// Sets a field that is not typed into, such as a day.
async fn set(browser: &Browser, selector: &str, value: &str) {
    browser.eval(&format!("document.querySelector('{selector}').value = '{value}'; return 0")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_written_a_list_held_against_it_and_the_proof_kept() {
    let demo = Demo::start().await;
    let browser = Browser::start(Visitor { language: "en", ..Visitor::default() }).await;
    browser.goto(&demo.node.url("/policy")).await;
    looks_right(&browser, "policy-en").await;

    // What is wrong is told at once, and what was written stays.
    browser.type_into("#name", "Cameras 2027").await;
    browser.type_into("#source", "Procurement department (invented)").await;
    set(&browser, "#level1", "4").await;
    set(&browser, "#until", "contract_end").await;
    browser.click("form[action^='/policy'] button").await;
    browser.wait_for("section.message[role=alert]").await;
    assert!(browser.text("section.message").await.contains("level1: not a day"));
    assert_eq!(browser.eval("return document.querySelector('#name').value").await, "Cameras 2027");
    set(&browser, "#from1", "2026-01-01").await;
    browser.click("form[action^='/policy'] button").await;
    browser.wait_for("section.message[role=status]").await;
    let says = browser.text("section.message").await;
    assert!(says.contains("STAR-4") && says.contains("model") && says.contains("contract"), "{says}");
    looks_right(&browser, "policy-checked-en").await;
    browser.type_into("#key", &demo.key).await;
    browser.click("form[action^='/policy/keep'] button").await;
    browser.wait_for_text("section.message", "Kept for your organisation").await;

    // The supplier's list: a model that is listed, one that is not, and none.
    let valid = demo.label("valid");
    let number = valid.number.as_deref().unwrap();
    let product = &demo.node.verify(&json!({ "link": valid.link })).await["product"];
    let model = product["products"][0]["models"][0]["number"].as_str().unwrap().to_owned();
    let place = tempfile::tempdir().unwrap();
    let list = place.path().join("supplier.csv");
    std::fs::write(&list, format!("number,model\n{number},{model}\n{number},NOT-A-MODEL-1\n{number},\n"))
        .unwrap();
    browser.goto(&demo.node.url("/bulk")).await;
    browser.click("main form summary").await;
    browser.type_into("#key", &demo.key).await;
    browser.type_into("#policy", "Cameras 2027").await;
    set(&browser, "#contract_end", "2027-01-31").await;
    browser.type_into("#file", &list.display().to_string()).await;
    browser.click("main form > .row button").await;
    browser.wait_for("table.columns").await;
    browser.click("main form button").await;
    browser.wait_for("table.rows").await;
    let rows = browser.text("table.rows tbody").await;
    for (answer, why) in [
        ("Policy: Met", "the model is listed"),
        ("Policy: Not met", "another model is not"),
        ("Policy: Cannot be told", "no model was named"),
    ] {
        assert_eq!(rows.matches(answer).count(), 1, "{why}: {rows}");
    }
    let counts = browser.text("nav.counts").await.replace('\n', " ");
    assert!(counts.contains("1 not as the file claims"), "a valid label of another model: {counts}");
    looks_right(&browser, "bulk-policy-en").await;

    // What does not meet it, alone.
    browser.click("nav.counts a[href*='show=policy_fail']").await;
    browser.wait_for("a[aria-current][href*='show=policy_fail']").await;
    let rows = browser.text("table.rows tbody").await;
    assert!(rows.contains("Policy: Not met") && rows.contains("NOT-A-MODEL-1"), "{rows}");
    assert!(!rows.contains("Policy: Met") && !rows.contains("Policy: Cannot"), "{rows}");

    // The proof: genuine, and altered no more.
    let secret = browser.url().await.split(['/', '?']).nth(4).unwrap().to_owned();
    let pack =
        demo.node.client().post(demo.node.url(&format!("/v1/jobs/{secret}/pack"))).send().await.unwrap();
    assert_eq!(pack.status(), 200);
    let mut bytes = pack.bytes().await.unwrap().to_vec();
    let file = place.path().join("proof.zip");
    std::fs::write(&file, &bytes).unwrap();
    let (said, code) = check(&demo, &file);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains(&named(&list)), "the supplier's list itself: {said}");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    assert_ne!(check(&demo, &file).1, Some(0), "one bit is another pack");

    // A list of its labels tells of changes from now on.
    browser.eval("document.querySelectorAll('details').forEach(one => one.open = true); return 0").await;
    browser.type_into("form[action*='/watch'] #name", "Supplier").await;
    browser.type_into("form[action*='/watch'] #key", &demo.key).await;
    browser.click("form[action*='/watch'] button").await;
    let watch = async || Some(browser.url().await).filter(|page| page.contains("/watch/"));
    let page = answer("the page of the list", watch).await;
    demo.node.revoke(&demo.key, &demo.approver, number, "found out").await;
    until("the list tells of it", async || {
        browser.goto(&page).await;
        let told = browser.text("main").await;
        told.contains(&number.replace('-', "")) && told.to_lowercase().contains("revoked")
    })
    .await;
}
