//! A reader's browser on every page that there is: nothing is refused, nobody else is asked, nothing stays.

use std::collections::BTreeSet;
use std::path::Path;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use serde_json::{Value, json};
use shirushi_tests::browser::{Browser, Visitor};
use shirushi_tests::process::folder;
use shirushi_tests::shirushi::Demo;

/// What a page left in the browser: names in its storages, and its cookies.
const LEFT: &str = "return [...Object.keys(localStorage), ...Object.keys(sessionStorage),
    ...(await indexedDB.databases()).map(database => database.name), document.cookie].filter(Boolean)";

/// All addresses that are kept for when there is no network.
const KEPT: &str = "const kept = [];
    for (const name of await caches.keys())
        for (const request of await (await caches.open(name)).keys()) kept.push(name + ' ' + request.url);
    return kept";

/// Every address of the route table that a browser sees a page at, with the tail of every label.
async fn pages(demo: &Demo) -> BTreeSet<String> {
    let tail = |link: &str| link.rsplit_once("/v/").map(|(_, tail)| tail.to_owned());
    let ours = demo.labels.iter().filter(|label| label.link.starts_with(&demo.node.origin));
    let numbers = demo.labels.iter().filter_map(|label| label.number.clone());
    let texts: BTreeSet<_> =
        ours.filter_map(|label| tail(&label.link)).take(13).chain(numbers.take(3)).collect();
    let mut candidates: BTreeSet<String> =
        ["/nowhere", "/check?number=https%3A%2F%2Fshop.example%2F"].map(str::to_owned).into();
    for address in shirushi_server::http::addresses() {
        match address.split_once('{') {
            None => _ = candidates.insert(address.to_owned()),
            Some((before, _)) => {
                let all = if before == "/v/" { texts.len() } else { 1 };
                candidates.extend(texts.iter().take(all).map(|text| format!("{before}{text}")));
            }
        }
    }
    let mut pages = BTreeSet::new();
    for path in candidates {
        let asked = demo.node.client().get(demo.node.url(&path)).header("accept", "text/html");
        let answer = asked.send().await.unwrap();
        let media = answer.headers()["content-type"].to_str().unwrap().to_owned();
        if media.starts_with("text/html") {
            pages.insert(path);
        }
    }
    pages
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_refused_nobody_else_is_asked_and_nothing_stays() {
    let demo = Demo::shared().await;
    let netlog = folder().join("net.json");
    let browser = Browser::start(Visitor { netlog: Some(netlog.clone()), ..Visitor::default() }).await;
    let pages = pages(demo).await;
    assert!(
        ["/", "/scan", "/about", "/receipt", "/docs", "/nowhere"].iter().all(|page| pages.contains(*page))
    );
    let mut with_camera = Vec::new();
    for path in &pages {
        let url = demo.node.url(path);
        browser.goto(&url).await;
        if path == "/scan" {
            browser.wait_for("[data-kept=ready]").await;
            browser.eval("await navigator.serviceWorker.ready").await;
        }
        // That a page is none is said on the console too.
        let errors = browser.console_errors().await;
        let strange =
            errors.iter().filter(|error| !error.starts_with(&format!("{url} - Failed to load resource")));
        assert_eq!(strange.collect::<Vec<_>>(), [""; 0], "{path}");
        let strange = format!(
            "return [...document.querySelectorAll('[href], [src], [action]')]
                .map(element => element.href ?? element.src ?? element.action)
                .filter(address => !address.startsWith('{}/'))",
            demo.node.origin
        );
        assert_eq!(browser.eval(&strange).await, json!([]), "{path} names addresses of others");
        if browser.eval("return document.featurePolicy.allowsFeature('camera')").await == true {
            with_camera.push(path.as_str());
        }
        assert_eq!(browser.eval(LEFT).await, json!([]), "{path}");
    }
    assert_eq!(with_camera, ["/scan"]);

    // What the scanner keeps for when there is no network is itself and the lists, and none of the pages that were seen.
    let kept = browser.eval(KEPT).await;
    let kept: Vec<_> = kept.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert!(
        kept.iter().any(|one| one.contains("/s/")) && kept.iter().any(|one| one.contains("/kept/")),
        "{kept:?}"
    );
    assert!(!kept.iter().any(|one| one.contains("/v/") || one.contains("/check?")), "{kept:?}");

    a_reader_who_keeps_no_history(demo, &browser).await;
    let elsewhere = what_gets_into_a_page_runs_not_and_a_link_away_tells_nothing(demo, &browser).await;
    let cookies = browser.cookies().await;
    assert!(cookies.is_empty(), "{cookies:?}");
    browser.leave().await;
    asks_nobody_else(&netlog, &demo.node.origin, &elsewhere);
    std::fs::remove_dir_all(netlog.parent().unwrap()).unwrap();
}

/// A photograph is read by the decoder in the browser, and the history is switched off.
async fn a_reader_who_keeps_no_history(demo: &Demo, browser: &Browser) {
    let valid = demo.label("valid");
    browser.goto(&demo.node.url("/scan")).await;
    browser.wait_for(".mine input").await;
    browser.eval("document.querySelector('.mine input').click()").await;
    browser.type_into("#photograph", valid.png.to_str().unwrap()).await;
    browser.wait_for("[data-outcome=valid]").await;
    let stored = browser.eval("return JSON.stringify(Object.entries(localStorage))").await;
    let stored = stored.as_str().unwrap();
    assert!(stored.len() < 60, "that there is no history: {stored}");
    for part in [valid.number.as_deref().unwrap(), valid.link.rsplit('/').next().unwrap(), "valid"] {
        assert!(!stored.contains(part), "{stored}");
    }
    assert_eq!(browser.console_errors().await, [""; 0]);
}

/// Markup that somebody smuggled into a page: the browser refuses it, and says so where [`Browser::console_errors`] looks.
/// Then a link to another site, of which no page of ours has one. Returns that site.
async fn what_gets_into_a_page_runs_not_and_a_link_away_tells_nothing(
    demo: &Demo,
    browser: &Browser,
) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("http://{}", listener.local_addr().unwrap());
    let page =
        || async { Html("<!doctype html><title>x</title><link rel=icon href='data:,'><h1>elsewhere</h1>") };
    let other = Router::new().fallback(get(page));
    tokio::spawn(async move { axum::serve(listener, other).await });

    for path in [demo.label("valid").link.clone(), demo.node.url("/scan")] {
        browser.goto(&path).await;
        browser.console_errors().await;
        let smuggled = format!(
            "const put = (name, fields) => document.body.append(Object.assign(document.createElement(name), fields));
             put('script', {{ textContent: 'window.ran = 1' }});
             put('script', {{ src: '{elsewhere}/smuggled.js' }});
             put('img', {{ src: '{elsewhere}/smuggled.png' }});
             put('iframe', {{ src: '{elsewhere}/smuggled.html' }});
             put('base', {{ href: '{elsewhere}/' }});
             const form = Object.assign(document.createElement('form'), {{ action: '{elsewhere}/smuggled', method: 'post' }});
             document.body.append(form);
             form.submit();
             await fetch('{elsewhere}/smuggled').catch(() => {{}});
             return [window.ran ?? 'nothing', document.baseURI.startsWith('{elsewhere}')]"
        );
        assert_eq!(browser.eval(&smuggled).await, json!(["nothing", false]));
        let refused = browser.console_errors().await;
        for directive in ["script-src", "img-src", "default-src", "base-uri", "form-action"] {
            assert!(refused.iter().any(|error| error.contains(directive)), "{directive}: {refused:?}");
        }
        browser
            .eval(&format!(
                "document.body.append(Object.assign(document.createElement('a'), {{ id: 'away', href: '{elsewhere}/seen', textContent: 'away' }}))"
            ))
            .await;
        browser.eval("document.getElementById('away').click()").await;
        browser.wait_for_text("h1", "elsewhere").await;
        assert_eq!(browser.eval("return [document.referrer, opener]").await, json!(["", null]));
    }
    elsewhere
}

/// What Chromium wrote down of all its requests: those that a page or a worker made went to the service, and none named the
/// page it came from nor held a cookie.
fn asks_nobody_else(netlog: &Path, origin: &str, elsewhere: &str) {
    let log: Value = serde_json::from_slice(&std::fs::read(netlog).unwrap()).unwrap();
    let events = log["events"].as_array().unwrap();
    let (mut asked, mut requests) = (BTreeSet::new(), BTreeSet::new());
    for event in events {
        let (params, request) = (&event["params"], event["source"]["id"].as_u64());
        let (Some(url), Some(initiator)) = (params["url"].as_str(), params["initiator"].as_str()) else {
            continue;
        };
        let goes_there = [origin, elsewhere].iter().any(|site| url.starts_with(&format!("{site}/")));
        // What the browser asks of its maker for itself is not our affair; what the story opened is.
        let by_itself = initiator == "not an origin" && !goes_there;
        if !by_itself {
            requests.insert(request);
            asked.insert(url.to_owned());
        }
    }
    let strange: Vec<_> = asked.iter().filter(|url| !url.starts_with(&format!("{origin}/"))).collect();
    assert_eq!(strange, [&format!("{elsewhere}/seen")], "the link that was followed, and nothing else");
    let workers = ["/sw.js", "/status-lists/", "/product-index", "/v1/verify"];
    for part in workers {
        assert!(asked.iter().any(|url| url.contains(part)), "workers are seen too: {part} in {asked:?}");
    }

    let ours = events.iter().filter(|event| requests.contains(&event["source"]["id"].as_u64()));
    let headings: Vec<_> = ours
        .filter_map(|event| event["params"]["headers"].as_array())
        .flatten()
        .filter_map(|line| Some(line.as_str()?.to_lowercase()))
        .collect();
    for name in ["host:", "content-security-policy:"] {
        assert!(
            headings.iter().any(|line| line.starts_with(name)),
            "headings of both sides are written down"
        );
    }
    for telling in ["referer:", "cookie:", "set-cookie:"] {
        let found: Vec<_> = headings.iter().filter(|line| line.starts_with(telling)).collect();
        assert_eq!(found, [""; 0]);
    }
}
