//! What answers say to browsers and caches: every row of the route table, asked as it is meant and as it is not.

use std::{collections::BTreeSet, fmt::Write as _};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use shirushi_shared::key::KeyUse;

use super::{
    document,
    harness::{Answer, NUMBER, Service},
};
use crate::{
    http::{
        self,
        cache_policy::CachePolicy::{self, NoStore},
        extract::Path,
        overload::Gate,
        problem::Refusal,
        security::{Page, Policies},
        table::{
            Row,
            Verb::{self, Get, Post},
            row,
        },
    },
    service::{access::Scope, publication::PRODUCT_INDEX},
};

/// Signed files, which scripts of every site may read.
const FOR_EVERYONE: [&str; 7] = [
    "/.well-known/shirushi/trust-list",
    "/.well-known/shirushi/trust-list/{key}",
    "/.well-known/jwks.json",
    "/.well-known/cose-keys",
    "/status-lists/{list}",
    "/product-index",
    "/product-index/{version}",
];

/// The page with a script and the camera.
const SCANNER: &str = "/scan";

/// All that a page may be made of.
const SOURCES: [&str; 3] = ["'none'", "'self'", "'wasm-unsafe-eval'"];

/// A route, and where a request finds it.
struct Place {
    verb: Verb,
    path: &'static str,
    cache: CachePolicy,
    address: String,
}

impl Place {
    /// The place of `row`, with values for its parameters that lead to something, where anybody may be led there.
    fn of(row: &Row, service: &Service, report: &str, job: &str, list: &str) -> Self {
        let index = service.state.shelf.file(PRODUCT_INDEX).unwrap().tag.clone();
        let trust =
            service.app.live_keys().borrow().signer(KeyUse::Trust).unwrap().public_key().id().to_string();
        let values = [
            ("{number}", NUMBER),
            ("{text}", NUMBER),
            ("{list}", "0"),
            ("{*file}", "worker-1.js"),
            ("{key}", &trust),
            ("{version}", &index),
            ("{reference}", report),
            ("{job}", job),
            ("{secret}", list),
        ];
        let address =
            values.iter().fold(row.path.to_owned(), |path, (name, value)| path.replace(name, value));
        let address: Vec<_> =
            address.split('/').map(|part| if part.starts_with('{') { "12345678" } else { part }).collect();
        Self { verb: row.verb, path: row.path, cache: row.cache, address: address.join("/") }
    }

    /// A request from a page of another site, in a browser that believes to hold a cookie of ours.
    fn ask(&self, method: &Method, more: &[(header::HeaderName, &str)]) -> Request<Body> {
        let mut request = Request::builder()
            .method(method)
            .uri(&self.address)
            .header(header::ORIGIN, "https://elsewhere.example")
            .header(header::COOKIE, "id=1")
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in more {
            request = request.header(name, *value);
        }
        let body = if *method == Method::POST { Body::from("{}") } else { Body::empty() };
        request.body(body).unwrap()
    }

    fn method(&self) -> Method {
        match self.verb {
            Get => Method::GET,
            Post => Method::POST,
        }
    }

    /// Whatever was asked, and however it was answered.
    fn holds(&self, how: &str, answer: &Answer) {
        let Answer { status, headers, .. } = answer;
        let name = format!("{} {} {how}: {status}", self.verb.as_str(), self.path);
        let one = |header: &str| {
            let values: Vec<_> =
                headers.get_all(header).iter().map(|value| value.to_str().unwrap()).collect();
            assert_eq!(values.len(), 1, "{name}: {header} is said once: {values:?}");
            values[0]
        };
        let kept = status.is_success() || *status == StatusCode::NOT_MODIFIED;
        let page = answer.header("content-type").starts_with("text/html");
        let script = answer.header("content-type").starts_with("text/javascript");
        let scanner = self.path == SCANNER && kept;

        for (header, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=63072000"),
        ] {
            assert_eq!(one(header), value, "{name}: {header}");
        }
        let cache = if kept { self.cache } else { NoStore }.header();
        assert_eq!(one("cache-control"), cache.to_str().unwrap(), "{name}");
        assert_eq!(
            one("permissions-policy").contains("camera=(self)"),
            scanner,
            "{name}: the scanner's alone"
        );
        assert_eq!(one("permissions-policy").matches("=(self)").count(), usize::from(scanner), "{name}");
        assert_eq!(headers.get("set-cookie"), None, "{name}");

        let for_everyone = kept && FOR_EVERYONE.contains(&self.path);
        let allowed: Vec<_> =
            headers.keys().filter(|name| name.as_str().starts_with("access-control")).collect();
        if for_everyone {
            assert_eq!(one("access-control-allow-origin"), "*", "{name}");
            assert_eq!(headers.get("access-control-allow-credentials"), None, "{name}");
        } else {
            assert!(allowed.is_empty(), "{name}: {allowed:?}");
        }

        // What was not sent again keeps the policy of what is held, which is compared with it below.
        let policy = one("content-security-policy");
        let style = self.is_a_page_of_ours(&name, answer, page);
        let lines: Vec<_> =
            policy.split("; ").map(|line| line.split_once(' ').unwrap_or((line, ""))).collect();
        for wanted in ["default-src", "frame-ancestors", "base-uri"] {
            assert!(lines.contains(&(wanted, "'none'")), "{name}: {policy}");
        }
        let names: BTreeSet<_> = lines.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            names.len(),
            lines.len(),
            "{name}: of a line that comes twice the second counts for nothing"
        );
        if *status != StatusCode::NOT_MODIFIED {
            assert_eq!(names.contains("script-src"), scanner || script, "{name}: {policy}");
            let strange = |source: &&str| !SOURCES.contains(source) && Some(*source) != style.as_deref();
            let sources = lines.iter().flat_map(|(_, sources)| sources.split_whitespace());
            assert_eq!(sources.filter(strange).collect::<Vec<_>>(), [""; 0], "{name}: {policy}");
            assert_eq!(names.contains("style-src"), page, "{name}: {policy}");
        }
    }

    /// Nothing within a page is a script, and its style is one element: the source that allows it.
    fn is_a_page_of_ours(&self, name: &str, answer: &Answer, page: bool) -> Option<String> {
        if !page {
            return None;
        }
        let varies = answer.headers.get_all("vary").iter().any(|vary| vary == "accept-language");
        assert!(varies, "{name}: a page is in the reader's language");
        if answer.body.is_empty() || !answer.header("content-encoding").is_empty() {
            return Some(style_source(shirushi_web::page::style()));
        }
        let html = answer.text();
        let within = |element: &str| -> Vec<String> {
            let elements = html.split(element).skip(1);
            elements.map(|rest| rest.split("</").next().unwrap_or_default().to_owned()).collect()
        };
        assert!(
            within("<script").iter().all(|script| script.contains(" src=") && script.ends_with('>')),
            "{name}"
        );
        assert!(self.path == SCANNER || within("<script").is_empty(), "{name}: no script");
        let inline = [" style=\"", " onclick=", " onload=", " onerror=", "javascript:", "http-equiv"];
        assert!(inline.iter().all(|inline| !html.contains(inline)), "{name}: nothing else is inline");
        let styles = within("<style>");
        assert_eq!(styles.len(), 1, "{name}");
        Some(style_source(&styles[0]))
    }
}

fn style_source(style: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(style)))
}

/// A service with something to show at every public address.
async fn published() -> Service {
    let service = Service::start().await;
    service.issue().await;
    service.app.publish().await.unwrap();
    service
}

/// A job that has ended, by its secret.
async fn job(service: &Service, query: &str) -> String {
    let file = json!({ "number": NUMBER }).to_string();
    let opened = service.post(&format!("/v1/jobs{query}"), "application/x-ndjson", file).await;
    service.state.jobs.work_off().await.unwrap();
    opened.json()["secret"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_answer_of_every_route_has_its_policies() {
    let service = published().await;
    let busy = Service::start_with(
        |state| {
            state.gate = Gate::new(0);
            state.streams = Gate::new(0);
            state.watchers = Gate::new(0);
        },
        vec![],
    )
    .await;
    let office = service.key(Scope::ALL).await;
    let report = json!({ "suspicion": "altered", "label": NUMBER });
    let report =
        service.post_json("/v1/reports", &report).await.json()["reference"].as_str().unwrap().to_owned();
    let earlier = job(&service, "").await;
    let ended = job(&service, &format!("?earlier={earlier}")).await;
    let list = json!({ "name": "N", "numbers": [NUMBER] });
    let page = service.order(&office, "/v1/watches", &list).await.json()["page"].as_str().unwrap().to_owned();
    let secret = page.rsplit('/').next().unwrap();
    let mut rows = http::table();
    // What is erased cannot be shown any more.
    rows.sort_by_key(|row| row.path.ends_with("/erase"));
    for row in rows {
        let place = Place::of(&row, &service, &report, &ended, secret);
        let method = place.method();
        let ask = async |how: &str, method: &Method, more: &[_]| {
            let answer = service.send_anything(place.ask(method, more)).await;
            place.holds(how, &answer);
            answer
        };
        let plain = ask("as it is meant", &method, &[]).await;
        // A route that leads nowhere here would go through without having shown what it is.
        let answered = plain.status.is_success()
            || [StatusCode::UNAUTHORIZED, StatusCode::SEE_OTHER].contains(&plain.status);
        assert!(
            row.verb == Post || answered,
            "{}: {}; `Place::of` needs values for its parameters",
            row.path,
            plain.status
        );
        ask("with a key", &method, &[(header::AUTHORIZATION, &office)]).await;
        ask("by a browser", &method, &[(header::ACCEPT, "text/html"), (header::ACCEPT_ENCODING, "br")]).await;
        if row.verb == Get {
            ask("for its heading", &Method::HEAD, &[]).await;
            let held = ask("held already", &Method::GET, &[(header::IF_NONE_MATCH, "*")]).await;
            if held.status == StatusCode::NOT_MODIFIED {
                for name in ["content-security-policy", "permissions-policy", "cache-control"] {
                    assert_eq!(held.header(name), plain.header(name), "{}: {name}", row.path);
                }
            }
        }
        let other = ask("by another method", &Method::DELETE, &[]).await;
        assert_eq!(other.status, StatusCode::METHOD_NOT_ALLOWED, "{}", row.path);
        let asks_leave = (header::ACCESS_CONTROL_REQUEST_METHOD, method.as_str());
        let leave = ask("by a script of another site", &Method::OPTIONS, &[asks_leave]).await;
        assert_eq!(leave.status, StatusCode::METHOD_NOT_ALLOWED, "{}", row.path);
        let much = ask("with too much", &method, &[(header::CONTENT_LENGTH, "99999999999")]).await;
        assert_eq!(much.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", row.path);
        let shed = busy.send_anything(place.ask(&method, &[])).await;
        place.holds("when there is no room", &shed);
        assert!(
            row.always || shed.status == StatusCode::SERVICE_UNAVAILABLE,
            "{}: {}",
            row.path,
            shed.status
        );
    }
}

async fn panics() -> &'static str {
    panic!("a fault that nobody foresaw")
}

async fn hangs() -> &'static str {
    std::future::pending().await
}

/// The problem of this name.
async fn problem(Path(name): Path<String>) -> Result<Response, Refusal> {
    Err(Refusal::bare(serde_json::from_value(json!(format!("/problems/{name}"))).unwrap()))
}

#[tokio::test]
async fn every_refusal_has_its_policies_as_a_document_and_as_a_page() {
    // What may be kept for good when it is an answer is not kept when it is none.
    let immutable = CachePolicy::Immutable;
    let rows = vec![
        row(Get, "/panics", 0, 5, immutable, panics),
        row(Get, "/hangs", 0, 0, immutable, hangs),
        row(Get, "/refused/{name}", 0, 5, immutable, problem),
    ];
    let service = Service::start_with(|_| {}, rows).await;
    let kinds = document::problem_types();
    let refused = kinds.iter().map(|kind| kind.replace("/problems/", "/refused/"));
    let others = ["/panics", "/hangs", "/nowhere", "/s/nowhere.js", "/v1/nowhere", "/../etc/passwd"];
    for address in refused.chain(others.map(str::to_owned)) {
        let place = Place { verb: Get, path: "a refusal", cache: immutable, address };
        for (accept, media) in
            [("*/*", "application/problem+json"), ("text/html", "text/html; charset=utf-8")]
        {
            let answer = service.send_anything(place.ask(&Method::GET, &[(header::ACCEPT, accept)])).await;
            let media = if place.address.starts_with("/v1/") { "application/problem+json" } else { media };
            assert_eq!(answer.header("content-type"), media, "{}", place.address);
            assert!(!answer.status.is_success(), "{}: {}", place.address, answer.status);
            place.holds(&place.address, &answer);
        }
    }
}

#[test]
fn the_policies() {
    let policies = Policies::new(true);
    let mut shown = String::new();
    for page in [Page::Nothing, Page::Plain, Page::Scanner, Page::Script, Page::Download] {
        let policy = policies.of(page).to_str().unwrap();
        let policy = policy.replace(&style_source(shirushi_web::page::style()), "HASH OF THE STYLE");
        let _ = writeln!(shown, "{page:?}\n  {}", policy.replace("; ", "\n  "));
    }
    insta::assert_snapshot!(shown);
}
