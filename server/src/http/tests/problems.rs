//! Every kind of problem once, as its caller reads it.

use std::{collections::BTreeSet, fmt::Write as _};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::json;

use super::{
    document,
    harness::{Answer, NUMBER, Service},
};
use crate::{
    clock::SystemClock,
    http::{
        cache_policy::CachePolicy::NoStore,
        overload::Gate,
        table::{Verb::Get, row},
    },
    service::{access::Scope, photograph::MAX_BYTES},
};

async fn panics() -> &'static str {
    panic!("a fault that nobody foresaw")
}

async fn hangs() -> &'static str {
    std::future::pending().await
}

#[tokio::test]
async fn every_kind_of_problem_is_a_document_with_its_status() {
    let service = Service::start_with(
        |_| {},
        vec![row(Get, "/panics", 0, 5, NoStore, panics), row(Get, "/hangs", 0, 0, NoStore, hangs)],
    )
    .await;
    service.issue().await;
    let all = service.key(&[Scope::Issue, Scope::Change]).await;
    let reader = service.key(&[Scope::Read]).await;
    let state = format!("/v1/registrations/{NUMBER}/state");
    let mut wrong = service.approval();
    wrong["level"] = json!("STAR-9");
    wrong["valid_until"] = json!("soon");
    let revoke = json!({ "change": "revoke", "reason": "test" });

    let told = [
        ("JSON that ends", service.post("/v1/verify", "application/json", "{\n  \"link\": ").await),
        ("an unknown field", service.post_json("/v1/verify", &json!({ "lnk": "x" })).await),
        ("two questions", service.post_json("/v1/verify", &json!({ "link": "x", "number": "1" })).await),
        ("a query that is none", service.get("/v1/verify/SHI-1?level=9").await),
        ("an unknown query field", service.get("/v1/verify/SHI-1?modell=RX").await),
        ("a path that is no number", service.get("/v1/registrations/%2F").await),
        ("a path that is not UTF-8", service.get("/v1/verify/%ff").await),
        ("a body too large", service.post("/v1/verify", "application/json", vec![b' '; 40_000]).await),
        ("not JSON", service.post("/v1/verify", "text/plain", "link").await),
        (
            "a JPEG that is none",
            service.post("/v1/verify/image", "image/jpeg", &b"\xff\xd8\xff\xe0hello"[..]).await,
        ),
        ("no such page", service.get("/v2/verify").await),
        ("no such registration", service.get("/v1/registrations/SHI-2026-99999").await),
        ("no such method", service.send(request(Method::DELETE, "/v1/verify")).await),
        ("no key", service.post_json(&state, &revoke).await),
        ("a key of nobody", service.order("Bearer shk_AAAAAAAA_x", &state, &revoke).await),
        ("the wrong key", service.order(&reader, &state, &revoke).await),
        (
            "twice",
            service.order(&all, "/v1/registrations", &json!({ "approvals": [service.approval()] })).await,
        ),
        ("an impossible change", service.order(&all, &state, &json!({ "change": "reinstate" })).await),
        ("fields", service.order(&all, "/v1/registrations", &json!({ "approvals": [wrong] })).await),
        ("rows", csv(&service, &all, "number,maker\nSHI-1\n").await),
        ("no reason", service.order(&all, &state, &json!({ "change": "revoke" })).await),
        ("too slow", service.get("/hangs").await),
        ("a panic", service.get("/panics").await),
        (
            "overload",
            Service::start_with(|state| state.gate = Gate::new(0), vec![]).await.get("/v1/verify/1").await,
        ),
        ("too often", too_often().await),
    ];

    let mut seen = BTreeSet::new();
    let mut shown = String::new();
    for (name, answer) in told {
        assert_eq!(answer.header("content-type"), "application/problem+json", "{name}");
        assert_eq!(answer.header("cache-control"), "no-store", "{name}");
        let body = answer.json();
        assert_eq!(body["status"], answer.status.as_u16(), "{name}");
        seen.insert(body["type"].as_str().unwrap().to_owned());
        let _ = writeln!(shown, "{name}: {}", answer.status);
        for header in ["allow", "retry-after", "www-authenticate"] {
            if !answer.header(header).is_empty() {
                let _ = writeln!(shown, "{header}: {}", answer.header(header));
            }
        }
        let _ = writeln!(shown, "{body:#}\n");
    }
    assert_eq!(seen, document::problem_types());
    insta::assert_snapshot!(shown);
}

/// The answer to whoever reports and reports, while no second passes.
async fn too_often() -> Answer {
    let service = Service::start_with(|state| state.clock = SystemClock::standing(), vec![]).await;
    loop {
        let report = json!({ "suspicion": "other", "account": "x" });
        let answer = service.post_json("/v1/reports", &report).await;
        if answer.status != StatusCode::CREATED {
            return answer;
        }
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_by_its_own_account_is_not_read() {
    let service = Service::start().await;
    let length = (MAX_BYTES + 100_000).to_string();
    let request = Request::post("/v1/verify/image")
        .header(header::CONTENT_TYPE, "image/png")
        .header(header::CONTENT_LENGTH, length)
        .body(Body::from_stream(futures_util::stream::once(async {
            panic!("the body was asked for");
            #[expect(unreachable_code, reason = "gives the stream its type")]
            Ok::<&[u8], std::io::Error>(b"")
        })));
    assert_eq!(service.send(request.unwrap()).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn whoever_watches_the_service_is_answered_however_busy_it_is() {
    let service = Service::start_with(|state| state.gate = Gate::new(0), vec![]).await;
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(service.get(path).await.status, StatusCode::OK, "{path}");
    }
    let metrics = service.get("/metrics").await.text();
    assert!(metrics.contains("route=\"/livez\""), "{metrics}");
}

#[tokio::test]
async fn a_draining_node_says_so_and_goes_on_answering() {
    let service = Service::start().await;
    service.state.health.drain();
    let ready = service.get("/readyz").await;
    assert_eq!(
        (ready.status, ready.json()["draining"].as_bool()),
        (StatusCode::SERVICE_UNAVAILABLE, Some(true))
    );
    assert_eq!(service.get("/v1/verify/SHI-1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn metrics_name_templates_and_never_what_was_sent() {
    let service = Service::start().await;
    service.get("/v1/verify/SECRET-2026-00017?model=HIDDEN").await;
    service.get("/nowhere/SECRET").await;
    service.send(request(Method::from_bytes(b"SECRET").unwrap(), "/v1/verify")).await;
    let metrics = service.get("/metrics").await.text();
    assert!(metrics.contains("route=\"/v1/verify/{text}\",status=\"200\"} 1"), "{metrics}");
    assert!(metrics.contains("shirushi_verdicts_total{outcome=\"not_registered\"} 1"), "{metrics}");
    assert!(metrics.contains("shirushi_status_cache_misses_total 1"), "{metrics}");
    assert!(!metrics.contains("SECRET") && !metrics.contains("HIDDEN"), "{metrics}");
}

fn request(method: Method, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).body(Body::empty()).unwrap()
}

async fn csv(service: &Service, key: &str, file: &'static str) -> Answer {
    let request = Request::post("/v1/registrations/import")
        .header(header::AUTHORIZATION, key)
        .header(header::CONTENT_TYPE, "text/csv; charset=utf-8");
    service.send(request.body(Body::from(file)).unwrap()).await
}
