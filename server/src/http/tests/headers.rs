//! What each kind of answer says to browsers and caches.

use std::fmt::Write as _;

use axum::http::{StatusCode, header};

use super::harness::{NUMBER, Service};

#[tokio::test]
async fn each_answer_has_its_policies() {
    let service = Service::start().await;
    service.issue().await;
    let mut shown = String::new();
    for path in [
        "/",
        "/scan",
        "/about",
        "/receipt",
        "/report",
        "/docs",
        "/v/SHI-2026-00017",
        "/check?number=https%3A%2F%2Fshop.example%2F",
        "/nothing",
        "/robots.txt",
        "/s/worker-1.js",
        "/sw.js",
        "/openapi.json",
        "/v1/verify/SHI-2026-00017",
        "/v1/registrations/SHI-2026-00017",
        "/v1/registrations/SHI-2026-00017/history",
        "/.well-known/shirushi/trust-list",
        "/.well-known/jwks.json",
        "/.well-known/cose-keys",
        "/livez",
        "/readyz",
        "/metrics",
    ] {
        let answer = service.get(path).await;
        let csp = answer.header("content-security-policy");
        assert!(csp.starts_with("default-src 'none'; "), "{path}: {csp}");
        assert!(csp.contains("frame-ancestors 'none'") && !csp.contains("unsafe-inline"), "{path}: {csp}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("strict-transport-security"), "max-age=63072000", "{path}");
        let camera = answer.header("permissions-policy").contains("camera=(self)");
        assert_eq!(camera, path == "/scan", "{path}: the camera is the scanner's alone");
        let _ = writeln!(shown, "{path}  {}", answer.status);
        for name in ["content-type", "cache-control", "vary"] {
            let values: Vec<_> = answer.headers.get_all(name).iter().map(|v| v.to_str().unwrap()).collect();
            let _ = writeln!(shown, "  {name}: {}", values.join(", "));
        }
        // The hash follows the style sheet; that it is the right one is told by the next test.
        let (before, after) = csp.split_once("'sha256-").unwrap_or((csp, ""));
        let after = after.split_once('\'').map_or("", |(_, after)| after);
        let _ = writeln!(shown, "  csp: {before}{}{after}", if after.is_empty() { "" } else { "HASH" });
    }
    insta::assert_snapshot!(shown);
}

#[tokio::test]
async fn the_style_of_every_page_is_the_one_that_its_policy_allows() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use sha2::{Digest as _, Sha256};

    let service = Service::start().await;
    for path in ["/", "/scan", "/about", "/receipt", "/report", "/docs", "/v/SHI-1", "/check?number=x"] {
        let answer = service.get(path).await;
        let html = answer.text();
        let styles: Vec<_> =
            html.split("<style>").skip(1).map(|rest| rest.split("</style>").next().unwrap()).collect();
        assert_eq!(styles.len(), 1, "{path}");
        let hash = format!("style-src 'sha256-{}'", STANDARD.encode(Sha256::digest(styles[0])));
        assert!(answer.header("content-security-policy").contains(&hash), "{path}");
        assert!(!html.contains(" style=\"") && !html.contains(" onclick"), "{path}: nothing else is inline");
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let service = Service::start().await;
    service.issue().await;
    for path in
        ["/", "/openapi.json", "/.well-known/jwks.json", "/sw.js", &format!("/v1/registrations/{NUMBER}")]
    {
        let tag = service.get(path).await.header("etag").to_owned();
        assert!(!tag.is_empty(), "{path}");
        let again = service.get_with(path, "if-none-match", &tag).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
        assert_eq!(again.header("cache-control"), service.get(path).await.header("cache-control"), "{path}");
    }
}

#[tokio::test]
async fn text_is_compressed_and_what_a_strong_tag_names_is_not() {
    let service = Service::start().await;
    service.issue().await;
    for (path, coding) in [
        ("/", "br"),
        ("/openapi.json", "br"),
        ("/s/worker-1.js", "br"),
        ("/v1/registrations/SHI-2026-00017", ""),
        ("/.well-known/cose-keys", ""),
    ] {
        let answer = service.get_with(path, header::ACCEPT_ENCODING.as_str(), "gzip, br").await;
        assert_eq!(answer.header("content-encoding"), coding, "{path}");
    }
}

#[tokio::test]
async fn every_metric_of_the_runbook_is_measured() {
    let runbook = include_str!("../../../../docs/runbook.md");
    let service = Service::start().await;
    service.get("/v1/verify/SHI-2026-99999").await;
    let metrics = service.get("/metrics").await.text();
    let named: Vec<_> = runbook.split('`').filter(|word| word.starts_with("shirushi_")).collect();
    for name in &named {
        assert!(metrics.contains(name), "{name} in {metrics}");
    }
    assert!(named.len() > 8);
}

#[tokio::test]
async fn a_page_that_is_held_already_keeps_its_policies() {
    let service = Service::start().await;
    for path in ["/", "/scan", "/receipt"] {
        let full = service.get(path).await;
        let held = service.get_with(path, "if-none-match", full.header("etag")).await;
        assert_eq!(held.status, StatusCode::NOT_MODIFIED, "{path}");
        for name in ["content-security-policy", "permissions-policy", "cache-control"] {
            assert_eq!(held.header(name), full.header(name), "{path}: {name}");
        }
    }
}
