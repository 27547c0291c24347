//! When a reader sees something, on a slow phone with a slow line: Chromium with a quarter of this machine's processor
//! and "Slow 4G", each page with an empty cache. The pages take turns, so that whatever else the machine does, it does to
//! all of them.
//!
//! What Chromium does not slow down are the scanner's workers: neither the decoder's processor nor what it fetches itself.

use std::time::Duration;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use serde_json::{Value, json};
use shirushi_tests::browser::{Browser, Visitor};
use shirushi_tests::process::folder;
use shirushi_tests::shirushi::Demo;
use shirushi_tests::video::{Scene, write_clip};

const TURNS: usize = 9;

/// The processor, so many times slower.
const SLOWER: u8 = 4;

/// As Lighthouse has Chromium apply "Slow 4G": 1.6 and 0.75 Mbit/s and 150 ms of a line come to this for a request.
const LATENCY_MS: f64 = 562.5;
const DOWN: f64 = 188_743.0;
const UP: f64 = 86_400.0;

/// The least that a page can be.
const BARE: &str = "<!doctype html><html lang=ja><meta charset=utf-8><title>印</title>\
    <meta name=viewport content='width=device-width'><link rel=icon href='data:,'><h1>有効なラベル</h1>";

/// When what was first there, in milliseconds from the beginning of the navigation.
const WATCH: &str = "{
    const seen = window.seen = {};
    const note = (name, there) => { if (there) seen[name] ??= performance.now(); };
    document.addEventListener('playing', () => note('camera', true), { capture: true });
    new MutationObserver(() => {
        note('checker', document.querySelector('.mine'));
        note('verdict', document.querySelector('[data-outcome]'));
    }).observe(document, { subtree: true, childList: true });
}";

const PAINTED: &str = "for (;;) {
    const [entry] = performance.getEntriesByName('first-contentful-paint');
    if (entry) return [entry.startTime, performance.getEntriesByType('navigation')[0].responseStart];
    await new Promise(next => setTimeout(next, 20));
}";

pub(crate) async fn print() {
    let demo = Demo::start().await;
    let label = demo.label("valid");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bare = format!("http://localhost:{}/", listener.local_addr().unwrap().port());
    tokio::spawn(
        async move { axum::serve(listener, Router::new().route("/", get(async || Html(BARE)))).await },
    );

    let clip = folder().join("label.y4m");
    let picture = image::open(&label.png).unwrap().to_luma8();
    write_clip(&clip, &[Scene { width: 900.0, ..Scene::default() }.take(&picture)]).unwrap();
    let browser = Browser::start(Visitor { camera: Some(clip.clone()), ..Visitor::default() }).await;
    browser.chromium("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;

    let pages = [bare, label.link.clone(), demo.node.url("/scan")];
    let (mut painted, mut answered) = ([const { Vec::new() }; 3], [const { Vec::new() }; 3]);
    let (mut checker, mut camera, mut verdict) = (Vec::new(), Vec::new(), Vec::new());
    // The first turn warms up what every later one finds warm.
    for turn in 0..=TURNS {
        for (place, page) in pages.iter().enumerate() {
            open_anew(&browser, &demo.node.origin, page).await;
            let [paint, response] = numbers(&browser.eval(PAINTED).await);
            if turn > 0 {
                painted[place].push(paint);
                answered[place].push(response);
            }
        }
        // The scanner is open.
        browser.wait_for("[data-outcome]").await;
        let seen = browser.eval("return [seen.checker, seen.camera, seen.verdict]").await;
        let [one, two, three] = numbers(&seen);
        if turn > 0 {
            checker.push(one);
            camera.push(two);
            verdict.push(three);
        }
    }
    std::fs::remove_dir_all(clip.parent().unwrap()).unwrap();

    let [bare, page, scan] = painted.map(median);
    let [bare_answered, page_answered, _] = answered.map(median);
    println!("first paint, ms, processor {SLOWER}× slower, \"Slow 4G\", median of {TURNS} turns");
    println!("  a bare page            {bare:>6.0}  answered after {bare_answered:.0}");
    println!(
        "  /v/…                   {page:>6.0}  answered after {page_answered:.0}; {:+.0} to the bare one, 300 are wanted",
        page - bare
    );
    println!("  /scan                  {scan:>6.0}");
    println!("  /scan, script runs     {:>6.0}", median(checker));
    println!("  /scan, camera shows    {:>6.0}", median(camera));
    println!(
        "  /scan, verdict         {:>6.0}  of the label that the camera sees from the first frame",
        median(verdict)
    );
}

/// Opens `page` as somebody does who was never here.
async fn open_anew(browser: &Browser, origin: &str, page: &str) {
    let line = |latency: f64, down: f64, up: f64| json!({ "offline": false, "latency": latency, "downloadThroughput": down, "uploadThroughput": up });
    browser.chromium("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await;
    browser.chromium("Network.emulateNetworkConditions", line(0.0, -1.0, -1.0)).await;
    browser.goto("about:blank").await;
    browser.chromium("Storage.clearDataForOrigin", json!({ "origin": origin, "storageTypes": "all" })).await;
    browser.chromium("Network.clearBrowserCache", json!({})).await;
    // What the page before has left to do is done by then.
    tokio::time::sleep(Duration::from_millis(200)).await;
    browser.chromium("Network.emulateNetworkConditions", line(LATENCY_MS, DOWN, UP)).await;
    browser.chromium("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWER })).await;
    browser.goto(page).await;
}

fn numbers<const N: usize>(values: &Value) -> [f64; N] {
    std::array::from_fn(|at| values[at].as_f64().unwrap())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
