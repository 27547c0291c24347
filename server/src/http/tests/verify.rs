//! One question, one verdict.

use axum::http::StatusCode;
use serde_json::json;

use super::harness::{NUMBER, ORIGIN, Service};

#[tokio::test]
async fn a_label_is_the_same_in_every_form_in_which_it_is_asked_about() {
    let service = Service::start().await;
    let link = service.issue().await;
    let decimal = link.strip_prefix(&format!("{ORIGIN}/v/")).unwrap();
    let escaped: String = url::form_urlencoded::byte_serialize(link.as_bytes()).collect();
    let by_link = service.post_json("/v1/verify", &json!({ "link": link })).await.json();
    assert_eq!(
        (&by_link["outcome"], &by_link["checks"]["signature"]["result"]),
        (&json!("valid"), &json!("pass"))
    );
    for answer in [
        service.post_json("/v1/verify", &json!({ "token": decimal })).await,
        service.get(&format!("/v1/verify/{decimal}")).await,
        service.get(&format!("/v1/verify/{escaped}")).await,
    ] {
        let answer = answer.json();
        assert_eq!((&answer["outcome"], &answer["claims"]), (&by_link["outcome"], &by_link["claims"]));
    }
    let by_number = service.get(&format!("/v1/verify/{NUMBER}")).await.json();
    assert_eq!(by_number["checks"]["signature"]["reason"], "number_only", "a number is no label");
}

#[tokio::test]
async fn whatever_the_verdict_is_it_is_an_answer() {
    let service = Service::start().await;
    let link = service.issue().await;
    // Another token digit is another token: the signature fails.
    let altered = format!("{}{}", &link[..link.len() - 1], if link.ends_with('1') { '2' } else { '1' });
    for (asked, outcome) in [
        ("https://shop.example/item?id=1", "not_a_label"),
        (altered.as_str(), "bad_signature"),
        ("https://label.shirushi.example/v/12345", "malformed"),
        ("SHI-2026-99999", "not_registered"),
        ("申請番号 2026-1", "not_a_label"),
        ("", "not_a_label"),
    ] {
        let answer = service.post_json("/v1/verify", &json!({ "link": asked })).await;
        assert_eq!((answer.status, &answer.json()["outcome"]), (StatusCode::OK, &json!(outcome)), "{asked}");
    }
}

#[tokio::test]
async fn claims_about_the_product_get_their_own_answers() {
    let service = Service::start().await;
    service.issue().await;
    let asked = format!("/v1/verify/{NUMBER}?model=rx200w&level=2&maker=Somebody&gtin=4901234567894");
    let answer = service.get(&asked).await.json();
    assert_eq!(answer["outcome"], "valid", "a claim never changes the outcome");
    let claimed =
        json!({ "model": "listed", "level": "not_listed", "maker": "not_listed", "gtin": "listed" });
    assert_eq!(answer["claimed"], claimed);
}

#[tokio::test]
async fn a_claim_that_is_too_long_is_refused() {
    let service = Service::start().await;
    let answer = service.post_json("/v1/verify", &json!({ "number": "1", "model": "x".repeat(300) })).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["detail"], "model is longer than 256 bytes");
}
