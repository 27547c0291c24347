//! The signed lists over HTTP: one of two forms, tags that hold, and pages of other sites may read them.

use axum::http::StatusCode;
use shirushi_shared::{index::ProductIndex, status::list::SignedStatusList};

use super::harness::{Answer, NUMBER, ORIGIN, Service};

const CWT: &str = "application/statuslist+cwt";
const JWT: &str = "application/statuslist+jwt";

async fn published() -> Service {
    let service = Service::start().await;
    service.issue().await;
    service.app.publish().await.unwrap();
    service
}

fn has_forms_of_a_public_file(answer: &Answer) {
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(answer.header("etag").starts_with('"'), "strong: {}", answer.header("etag"));
}

#[tokio::test]
async fn before_anything_is_published_nothing_is_made_up() {
    let service = Service::start().await;
    for path in ["/status-lists/0", "/status-lists/0.jwt", "/product-index"] {
        let answer = service.get(path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(!answer.header("retry-after").is_empty(), "{path}");
    }
    assert_eq!(service.get("/status-lists/1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_status_list_comes_in_the_form_that_is_asked_for() {
    let service = published().await;
    let plain = service.get("/status-lists/0").await;
    assert_eq!((plain.status, plain.header("content-type")), (StatusCode::OK, CWT));
    assert_eq!(plain.header("cache-control"), "public, max-age=300, stale-if-error=86400");
    assert!(plain.headers.get_all("vary").iter().any(|vary| vary == "accept"));
    has_forms_of_a_public_file(&plain);
    let ring = service.app.live_keys().borrow().ring();
    let list = SignedStatusList::open(&plain.body, &format!("{ORIGIN}/status-lists/0"), &ring).unwrap();
    assert_eq!(list.ttl, 300);
    assert_eq!(service.get("/status-lists/0.cwt").await.body, plain.body);

    let jwt = service.get_with("/status-lists/0", "accept", JWT).await;
    assert_eq!(jwt.header("content-type"), JWT);
    assert!(jwt.text().starts_with("eyJ"));
    assert_ne!(jwt.header("etag"), plain.header("etag"), "a tag names these very bytes");
    assert_eq!(service.get("/status-lists/0.jwt").await.body, jwt.body);
    assert_eq!(service.get("/status-lists/7").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_a_caller_holds_is_not_sent_again() {
    let service = published().await;
    for path in ["/status-lists/0", "/status-lists/0.jwt", "/product-index"] {
        let tag = service.get(path).await.header("etag").to_owned();
        let again = service.get_with(path, "if-none-match", &tag).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
        has_forms_of_a_public_file(&again);
        assert_eq!(service.get_with(path, "if-none-match", "\"1-0\"").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_version_of_the_product_index_is_kept_for_good() {
    let service = published().await;
    let present = service.get("/product-index").await;
    assert_eq!(present.header("cache-control"), "public, max-age=300, stale-if-error=86400");
    has_forms_of_a_public_file(&present);
    let ring = service.app.live_keys().borrow().ring();
    let index = ProductIndex::open(&present.body, &ring).unwrap();
    let number = shirushi_shared::label::RegistrationNumber::parse(NUMBER).unwrap();
    assert!(index.find(&number).is_some());

    let address = present.header("content-location").to_owned();
    let version = service.get(&address).await;
    assert_eq!(version.body, present.body);
    assert_eq!(version.header("cache-control"), "public, max-age=31536000, immutable");
    has_forms_of_a_public_file(&version);
    let other = service.get("/product-index/1-0000000000000000").await;
    assert_eq!((other.status, other.header("cache-control")), (StatusCode::NOT_FOUND, "no-store"));
}

#[tokio::test]
async fn their_age_and_version_are_measured() {
    let service = published().await;
    let text = service.get("/metrics").await.text();
    for line in [
        "shirushi_list_version{list=\"status-lists/0\"} ",
        "shirushi_list_age_seconds{list=\"product-index\"} ",
        "shirushi_lists_made_total{list=\"trust-list\"} 1",
        "shirushi_lists_lease 0",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
}
