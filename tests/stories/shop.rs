//! A shopper holds a label before a phone: the verdict is right, is said clearly, and needs no script.

use std::path::PathBuf;
use std::time::Duration;

use image::GrayImage;
use shirushi_tests::browser::{Browser, Visitor};
use shirushi_tests::process::folder;
use shirushi_tests::shirushi::{Demo, Label};
use shirushi_tests::video::{Scene, write_clip};

/// A hand that is not quite steady: tilted, turned, a little out of focus, some noise; eight frames in a loop.
fn in_hand(label: &Label) -> PathBuf {
    let picture: GrayImage = image::open(&label.png).unwrap().to_luma8();
    let frames: Vec<_> = (0..8_u32)
        .map(|frame| {
            let sway = f64::from(frame);
            let scene = Scene {
                centre: (640.0 + 6.0 * sway, 360.0 - 3.0 * sway),
                // The code takes about a third of the frame's height, whatever is printed beside it.
                width: 900.0,
                yaw: 18.0 + sway,
                pitch: -12.0,
                roll: 7.0,
                blur: 1.0,
                noise: 4.0,
                seed: u64::from(frame),
                ..Scene::default()
            };
            scene.take(&picture)
        })
        .collect();
    let clip = folder().join("label.y4m");
    write_clip(&clip, &frames).unwrap();
    clip
}

#[tokio::test(flavor = "multi_thread")]
async fn every_outcome_is_reached_by_camera() {
    let demo = Demo::shared().await;
    for label in demo.one_of_each() {
        let clip = in_hand(label);
        let browser = Browser::start(Visitor { camera: Some(clip.clone()), ..Visitor::default() }).await;
        browser.goto(&demo.node.url("/scan")).await;
        start_camera(&browser).await;
        browser.wait_for(&format!("[data-outcome={}]", label.outcome)).await;
        let name = format!("scan-{}", label.outcome);
        browser.screenshot(&name).await;
        assert_eq!(browser.console_errors().await, [""; 0], "{name}");
        std::fs::remove_dir_all(clip.parent().unwrap()).unwrap();
    }
}

/// The camera starts by itself or by a button; both are fine.
async fn start_camera(browser: &Browser) {
    tokio::time::sleep(Duration::from_millis(300)).await;
    browser.eval("document.querySelector('[data-action=camera]')?.click()").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_complete_without_script_and_readable_by_all() {
    let demo = Demo::shared().await;
    for language in ["ja", "en"] {
        for dark in [false, true] {
            // The auditor needs scripts to run; that the page needs none is the next test's matter.
            let browser = Browser::start(Visitor { language, dark, ..Visitor::default() }).await;
            let mode = if dark { "dark" } else { "light" };
            for label in demo.one_of_each().iter().filter(|label| label.link.starts_with(&demo.node.origin)) {
                browser.goto(&label.link).await;
                browser.wait_for(&format!("[data-outcome={}]", label.outcome)).await;
                looks_right(&browser, &format!("verdict-{}-{language}-{mode}", label.outcome)).await;
            }
            for (name, path) in [
                ("home", "/"),
                ("about", "/about"),
                ("scan", "/scan"),
                ("receipt", "/receipt"),
                ("missing", "/nowhere"),
            ] {
                browser.goto(&demo.node.url(path)).await;
                looks_right(&browser, &format!("{name}-{language}-{mode}")).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn easy_japanese_is_readable_by_all() {
    let demo = Demo::shared().await;
    let browser = Browser::start(Visitor { language: "ja", ..Visitor::default() }).await;
    for label in demo.one_of_each().iter().filter(|label| label.link.starts_with(&demo.node.origin)) {
        browser.goto(&format!("{}?lang=easy", label.link)).await;
        browser.wait_for(&format!("[data-outcome={}]", label.outcome)).await;
        assert_eq!(browser.eval("return document.documentElement.lang").await, "ja-x-easy");
        looks_right(&browser, &format!("verdict-{}-easy-light", label.outcome)).await;
    }
    for (name, path) in [("home", "/"), ("scan", "/scan"), ("missing", "/nowhere")] {
        browser.goto(&demo.node.url(&format!("{path}?lang=easy"))).await;
        looks_right(&browser, &format!("{name}-easy-light")).await;
    }
}

/// Audits the page, and leaves a picture of it.
pub(crate) async fn looks_right(browser: &Browser, name: &str) {
    browser.screenshot(name).await;
    assert_eq!(browser.axe().await, [], "{name}");
    // Not `innerWidth`: on a phone it grows with what sticks out.
    let overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    let overflow = browser.eval(overflow).await;
    assert!(overflow.as_i64().is_some_and(|pixels| pixels <= 0), "{name} is {overflow} pixels too wide");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_without_script_types_a_number() {
    let demo = Demo::shared().await;
    let browser = Browser::start(Visitor { scripts: false, ..Visitor::default() }).await;
    let valid = demo.label("valid");
    browser.goto(&demo.node.url("/")).await;
    browser.type_into("input[name=number]", valid.number.as_deref().unwrap()).await;
    browser.keys(shirushi_tests::browser::ENTER).await;
    browser.wait_for("[data-outcome=valid]").await;
    browser.goto(&valid.link).await;
    browser.wait_for("[data-outcome=valid]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wrong_product_is_said_as_loudly_as_the_verdict() {
    let demo = Demo::shared().await;
    let valid = demo.label("valid");
    let listed = demo.node.verify(&serde_json::json!({ "link": valid.link })).await;
    let model = listed["product"]["products"][0]["models"][0]["number"].as_str().unwrap().to_owned();
    for (model, word) in
        [(model.to_lowercase().replace('-', "ー"), "listed"), ("NOT-A-MODEL-1".to_owned(), "not_listed")]
    {
        let answer = demo.node.verify(&serde_json::json!({ "link": valid.link, "model": model })).await;
        assert_eq!(answer["outcome"], "valid", "the label is in order whatever it is stuck on");
        assert_eq!(answer["claimed"]["model"], word, "{model}");
    }
    let browser = Browser::start(Visitor { language: "en", ..Visitor::default() }).await;
    browser.goto(&format!("{}?model=NOT-A-MODEL-1", valid.link)).await;
    browser.wait_for("[data-outcome=valid]").await;
    let page = browser.text("main").await;
    assert!(page.contains("NOT-A-MODEL-1"), "{page}");
    browser.screenshot("verdict-valid-wrong-model").await;
}
