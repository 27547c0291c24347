//! Tags, compression, metrics. (What browsers and caches are told of every answer is in `policies.rs`.)

use axum::http::{StatusCode, header};

use super::harness::{NUMBER, Service};

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
