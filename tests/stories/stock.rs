//! A stock check: label after label by camera and hand scanner, with and without a network, and what is taken along from it.

use image::{GrayImage, Luma};
use serde_json::{Value, json};
use shirushi_tests::browser::{Browser, Visitor};
use shirushi_tests::patience::until;
use shirushi_tests::process::folder;
use shirushi_tests::shirushi::Demo;
use shirushi_tests::video::{Scene, write_clip_at};

use crate::offline::by_present_key;
use crate::scanner::{printed, scan_by_hand};

/// What is counted, the latest first; what is to be looked at before all else stands first on the page.
const COUNTED: &str = "return [...document.querySelectorAll('.stock li')].map(row => row.textContent)";

/// Notes what is played and what is saved.
const NOTED: &str = "
    window.saved = [];
    const url = URL.createObjectURL;
    URL.createObjectURL = (file) => { file.text?.().then((text) => window.saved.push(text)); return url.call(URL, file) };
    HTMLAnchorElement.prototype.click = function () { window.named = this.download };
    window.played = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) { window.played.push(this.frequency.value); return start.call(this, at) };";

async fn latest(browser: &Browser, outcome: &str, count: u32) {
    browser.wait_for(&format!(".stock .outcome[data-outcome='{outcome}'][data-count='{count}']")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_scanner_counts_a_shelf_and_goes_on_when_the_service_is_gone() {
    let demo = Demo::start().await;
    let (valid, revoked) = (demo.label("valid"), demo.label("revoked"));
    let suspended = by_present_key(&demo, "suspended");
    let browser = Browser::start(Visitor { language: "en", ..Visitor::default() }).await;
    browser.chromium("Page.addScriptToEvaluateOnNewDocument", json!({ "source": NOTED })).await;
    browser.goto(&demo.node.url("/scan")).await;
    browser.wait_for("[data-kept=ready]").await;
    browser.click("a[href$='&stock']").await;
    browser.wait_for(".stock").await;
    browser.wait_for("[data-kept=ready]").await;
    // Sounds wait for the reader's first touch.
    browser.click(".stock h1").await;

    let scan = async |link: &str| scan_by_hand(&browser, &format!("{link}\n"), |c| c.to_string()).await;
    scan(&valid.link).await;
    latest(&browser, "valid", 1).await;
    scan(&valid.link).await;
    latest(&browser, "valid", 2).await;
    browser.wait_for_text(".stock .outcome", "2 of it so far").await;
    scan(&revoked.link).await;
    latest(&browser, "revoked", 1).await;
    let (cut, _) = valid.link.split_at(valid.link.len() - 20);
    scan(cut).await;
    latest(&browser, "malformed", 1).await;
    scan("4901234567894").await;
    browser.wait_for_text("main", "bar code, not a label").await;
    let played = browser.eval("return window.played").await;
    assert_eq!(
        played,
        json!([660, 880, 1320, 440, 330, 247, 440, 330, 247, 520]),
        "a sound for each outcome"
    );
    browser.wait_for_text(".stock .says", "4 scanned, 3 different").await;
    browser.screenshot("stock-counting").await;
    browser.eval("document.querySelector('.stock .says').scrollIntoView()").await;
    browser.screenshot("stock-list").await;
    assert_eq!(browser.axe().await, []);

    // The list survives the page, and what the reader takes back is gone.
    browser.goto(&demo.node.url("/scan?lang=en&stock")).await;
    latest(&browser, "malformed", 1).await;
    browser.eval("document.querySelector('.stock .next button:nth-child(2)').click()").await;
    latest(&browser, "revoked", 1).await;
    assert_eq!(browser.eval(COUNTED).await.as_array().unwrap().len(), 2);

    // The service is gone. What is scanned now is told by the lists, and said to be; also after the page is opened anew.
    browser.eval("await navigator.serviceWorker.ready; while (!(await caches.match(document.querySelector('script[src*=scan]').src))) await new Promise(r => setTimeout(r, 50))").await;
    kept_for_later(&browser).await;
    demo.node.process().signal("STOP");
    scan(&suspended.link).await;
    latest(&browser, "suspended", 1).await;
    let rows = browser.eval(COUNTED).await;
    assert!(rows[0].as_str().unwrap().contains("signed status list"), "{rows}");
    browser.goto(&demo.node.url("/scan?lang=en&stock")).await;
    latest(&browser, "suspended", 1).await;
    browser.screenshot("stock-offline").await;

    // It is back, and has the last word.
    demo.node.process().signal("CONT");
    browser.eval("window.dispatchEvent(new Event('online'))").await;
    let by_lists = "return document.querySelector('.stock ul').textContent.includes('signed status list')";
    until("the registry has answered", async || browser.eval(by_lists).await == false).await;

    // The file goes to a spreadsheet, or to the page for files of labels, which finds its columns.
    browser.eval("document.querySelector('.stock .primary').click()").await;
    until("a file is saved", async || browser.eval("return window.saved.length").await != 0).await;
    let file = browser.eval("return window.saved[0]").await;
    let file = file.as_str().unwrap();
    let lines: Vec<_> = file.trim_start_matches('\u{FEFF}').lines().collect();
    assert_eq!(lines.len(), 4, "{file}");
    assert!(lines[1].starts_with(&format!("\"{}\",\"1\",", suspended.link)), "{file}");
    assert!(lines[3].starts_with(&format!("\"{}\",\"2\",", valid.link)), "{file}");
    let answers = demo
        .node
        .client()
        .post(demo.node.url("/v1/verify/bulk"))
        .header("content-type", "text/csv")
        .header("accept", "application/x-ndjson")
        .body(file.to_owned())
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let outcomes: Vec<_> = answers
        .lines()
        .filter_map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["outcome"].as_str().map(str::to_owned)
        })
        .collect();
    assert_eq!(outcomes, ["suspended", "revoked", "valid"], "{answers}");

    // Erasing asks back.
    let erase = "document.querySelector('.stock .next:last-of-type button').click()";
    browser.eval(erase).await;
    browser.wait_for_text(".stock", "Yes, erase").await;
    browser.eval(erase).await;
    browser.wait_for(".stock ul:empty").await;
    assert_eq!(browser.eval("return localStorage.getItem('shirushi.stock')").await, "");
}

/// Waits until the files for stock checks are kept for when there is no network.
async fn kept_for_later(browser: &Browser) {
    let kept = "const kept = await caches.keys();
        for (const name of kept) for (const { url } of await (await caches.open(name)).keys()) if (url.includes('/stock_bg')) return true;
        return false;";
    until("the files are kept", async || browser.eval(kept).await == true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_camera_stays_on_and_counts_each_label_that_comes_into_view() {
    let demo = Demo::shared().await;
    let clip = folder().join("shelf.y4m");
    let of = |outcome: &str| Scene { width: 700.0, ..Scene::default() }.take(&printed(demo.label(outcome)));
    let nothing = Scene::default().take(&GrayImage::from_pixel(8, 8, Luma([150])));
    // Three seconds of each; then from the beginning.
    let part = |frame: &GrayImage| vec![frame.clone(); 15];
    let frames = [part(&of("valid")), part(&nothing), part(&of("revoked")), part(&nothing)].concat();
    write_clip_at(5, &clip, &frames).unwrap();
    let browser = Browser::start(Visitor { camera: Some(clip.clone()), ..Visitor::default() }).await;
    browser.goto(&demo.node.url("/scan?lang=ja&stock")).await;
    for outcome in ["valid", "revoked"] {
        browser.wait_for(&format!(".stock li[data-outcome={outcome}]")).await;
    }
    browser.wait_for(".stock .outcome[data-count='2']").await;
    assert_eq!(browser.eval("return document.querySelector('.viewer').hidden").await, false);
    assert_eq!(browser.eval(COUNTED).await.as_array().unwrap().len(), 2);
    browser.screenshot("stock-camera").await;
    assert_eq!(browser.axe().await, []);
    assert_eq!(browser.console_errors().await, [""; 0]);
    std::fs::remove_dir_all(clip.parent().unwrap()).unwrap();
}
