//! Receipts: asked for with an answer, kept, and checked years later.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};
use shirushi_shared::{
    key::{KeyId, KeyUse},
    receipt::SignedReceipt,
};
use tokio::sync::watch;

use super::harness::{Answer, NUMBER, ORIGIN, Service};
use crate::{
    clock::SystemClock,
    service::{access::Scope, receipt::Receipts},
    signer::{KeyFolder, Signers},
};

const DAY: i64 = 86_400;
const YEAR: i64 = 365 * DAY;

/// A service, and a hand on the keys of its receipts.
struct Story {
    service: Service,
    operator: KeyFolder,
    live: watch::Sender<Arc<dyn Signers>>,
    folder: tempfile::TempDir,
}

impl Story {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        let now = SystemClock::default().now();
        let operator = KeyFolder::init(&keys, &[KeyUse::Receipt, KeyUse::Label], now).unwrap();
        let (live, seen) = watch::channel(Arc::new(KeyFolder::open(&keys).unwrap()) as Arc<dyn Signers>);
        let change = |state: &mut crate::http::state::AppState| state.receipts = Receipts::new(ORIGIN, seen);
        let service = Service::start_with(change, Vec::new()).await;
        Self { service, operator, live, folder }
    }

    fn jump(&self, seconds: i64) {
        self.service.state.clock.jump(seconds);
    }

    /// What the operator did is in force.
    fn adopt(&self) {
        let keys = KeyFolder::open(&self.folder.path().join("keys")).unwrap();
        self.live.send_replace(Arc::new(keys));
    }

    fn rotate(&mut self) {
        self.operator.rotate(KeyUse::Receipt, self.service.state.clock.now(), 0).unwrap();
        self.adopt();
    }

    fn key(&self) -> KeyId {
        self.operator.signer(KeyUse::Receipt).unwrap().public_key().id()
    }

    async fn receipt(&self, link: &str) -> String {
        let answer = self.service.post_json("/v1/verify", &json!({ "link": link, "receipt": true })).await;
        text(&answer)
    }

    async fn check(&self, receipt: &str) -> Value {
        let answer = check(&self.service, receipt).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()
    }
}

async fn check(service: &Service, receipt: &str) -> Answer {
    service.post_json("/v1/receipts/check", &json!({ "receipt": receipt })).await
}

fn text(answer: &Answer) -> String {
    answer.json()["receipt"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
}

async fn revoke(service: &Service) {
    let key = service.key(&[Scope::Change]).await;
    let revoke = json!({ "change": "revoke", "reason": "虚偽の申告" });
    let answer = service.order(&key, &format!("/v1/registrations/{NUMBER}/state"), &revoke).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
    service.confirm(&answer).await;
}

#[tokio::test]
async fn five_years_two_rotations_and_a_revocation_later_it_is_true_then_and_revoked_now() {
    let mut story = Story::begin().await;
    let link = story.service.issue().await;
    let asked = json!({ "link": link, "model": "rx200w", "receipt": true, "case": "調達 第12号" });
    let answer = story.service.post_json("/v1/verify", &asked).await;
    let (receipt, then) = (text(&answer), answer.json());
    let fresh = story.check(&receipt).await;
    assert_eq!((&fresh["standing"], &fresh["now"]["outcome"]), (&json!("true_then"), &json!("valid")));

    for _ in 0..2 {
        story.jump(YEAR);
        story.rotate();
    }
    revoke(&story.service).await;
    story.jump(3 * YEAR);
    let told = story.check(&receipt).await;
    assert_eq!(told["standing"], "true_then");
    assert_eq!(told["now"]["outcome"], "revoked");
    assert_eq!(told["now"]["claimed"]["model"], "listed", "the question of then is answered anew");
    let stated = &told["then"];
    for (field, value) in [
        ("outcome", json!("valid")),
        ("checks", then["checks"].clone()),
        ("checked_at", then["checked_at"].clone()),
        ("number", then["number"].clone()),
        ("token_sha256", then["claims"]["token_sha256"].clone()),
        ("claimed", json!({ "model": { "claimed": "rx200w", "answer": "listed" } })),
        ("case", json!("調達 第12号")),
        ("issuer", json!(ORIGIN)),
        ("software", json!(env!("CARGO_PKG_VERSION"))),
        ("trust_list", json!(1)),
    ] {
        assert_eq!(stated[field], value, "{field}");
    }
    assert_eq!(stated["status"]["revision"], 1);
    assert!(told["now"]["checked_at"].as_str() > stated["checked_at"].as_str());
}

#[tokio::test]
async fn a_stolen_key_takes_the_weight_from_what_is_dated_after_and_the_proof_from_what_is_dated_before() {
    let mut story = Story::begin().await;
    let link = story.service.issue().await;
    let before = story.receipt(&link).await;
    story.jump(10 * DAY);
    let cutoff = story.service.state.clock.now();
    let after = story.receipt(&link).await;
    story.jump(10 * DAY);
    let stolen = story.key();
    story.operator.compromise(stolen, cutoff, story.service.state.clock.now()).unwrap();
    story.adopt();

    let told = story.check(&before).await;
    assert_eq!((&told["standing"], &told["cutoff"]), (&json!("dated_before_compromise"), &json!(cutoff)));
    assert_eq!(told["now"]["outcome"], "valid");
    let told = story.check(&after).await;
    assert_eq!((&told["standing"], &told["cutoff"]), (&json!("key_compromised"), &json!(cutoff)));
    assert_eq!(told["now"], Value::Null, "what a thief may have written is not looked up");
    let told = story.check(&story.receipt(&link).await).await;
    assert_eq!(told["standing"], "true_then", "the key that came after it signs");
}

#[tokio::test]
async fn a_receipt_from_outside_the_time_of_its_key_is_none_and_is_not_handed_out() {
    let mut story = Story::begin().await;
    let link = story.service.issue().await;
    let receipt = story.receipt(&link).await;
    story.jump(-YEAR);
    let refused = story.service.post_json("/v1/verify", &json!({ "link": link, "receipt": true })).await;
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"));
    story.jump(YEAR + DAY);
    story.operator.retire(story.key(), story.service.state.clock.now()).unwrap();
    story.adopt();
    assert_eq!(story.check(&receipt).await["standing"], "true_then", "retired after it had signed");
    let refused = story.service.post_json("/v1/verify", &json!({ "link": link, "receipt": true })).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "no key signs");
    let plain = story.service.post_json("/v1/verify", &json!({ "link": link })).await;
    assert_eq!(plain.json()["outcome"], "valid", "verdicts need no key for receipts");
    assert!(!plain.text().contains("receipt"), "{}", plain.text());
}

#[tokio::test]
async fn one_flipped_bit_anywhere_and_it_is_genuine_no_more() {
    let service = Service::start().await;
    let asked = json!({ "link": service.issue().await, "receipt": true });
    let receipt = text(&service.post_json("/v1/verify", &asked).await);
    let bytes = SignedReceipt::parse(&receipt).unwrap().as_bytes().to_vec();
    let mut refused = 0;
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 1 << (at % 8);
        let answer = service.post("/v1/receipts/check", "application/cose", altered).await;
        let told = answer.json();
        // Where the form is broken it is no receipt at all, and where it holds the signature does not.
        if answer.status == StatusCode::OK {
            assert_eq!(told["standing"], "not_genuine", "byte {at}");
            assert!(told["then"].is_null() && told["now"].is_null(), "byte {at}: nothing of it is told");
        } else {
            assert_eq!(
                (answer.status, &told["errors"][0]["field"]),
                (StatusCode::UNPROCESSABLE_ENTITY, &json!("receipt"))
            );
            refused += 1;
        }
    }
    assert!(refused < bytes.len() / 2, "most of it is payload and signature: {refused} of {}", bytes.len());
    let whole = service.post("/v1/receipts/check", "application/cose", bytes).await;
    assert_eq!(whole.json()["standing"], "true_then");
}

#[tokio::test]
async fn a_receipt_of_another_service_is_not_ours() {
    let (ours, theirs) = (Service::start().await, Service::start().await);
    let asked = json!({ "link": theirs.issue().await, "receipt": true });
    let receipt = text(&theirs.post_json("/v1/verify", &asked).await);
    let told = check(&ours, &receipt).await.json();
    assert_eq!(told, json!({ "standing": "not_genuine", "reason": "unknown_key" }));
}

#[tokio::test]
async fn every_answer_can_be_receipted() {
    let service = Service::start().await;
    let link = service.issue().await;
    let altered = format!("{}{}", &link[..link.len() - 1], if link.ends_with('1') { '2' } else { '1' });
    for (asked, outcome, number, now) in [
        ("https://shop.example/item", "not_a_label", None, None),
        ("https://label.shirushi.example/v/12345", "malformed", None, None),
        (altered.as_str(), "bad_signature", None, None),
        ("SHI-2026-99999", "not_registered", Some("SHI202699999"), Some("not_registered")),
        (NUMBER, "valid", Some("SHI202600017"), Some("valid")),
    ] {
        let answer = service.post_json("/v1/verify", &json!({ "link": asked, "receipt": true })).await;
        let told = check(&service, &text(&answer)).await.json();
        assert_eq!(told["standing"], "true_then", "{asked}");
        assert_eq!(told["then"]["outcome"], outcome, "{asked}");
        assert_eq!(told["then"]["number"].as_str(), number, "{asked}");
        assert_eq!(told["now"]["outcome"].as_str(), now, "{asked}");
        assert_eq!(told["then"]["token_sha256"].is_string(), outcome == "bad_signature", "{asked}");
    }
    let past = service.state.clock.now().plus(-30 * DAY);
    let answer = service.get(&format!("/v1/verify/{NUMBER}?receipt=1&case=A-1&as_of={past}")).await;
    let told = check(&service, &text(&answer)).await.json();
    assert_eq!((&told["then"]["as_of"], &told["then"]["case"]), (&json!(past), &json!("A-1")));
    assert_eq!(told["now"]["as_of"], Value::Null, "now is now");
}

#[tokio::test]
async fn whoever_has_the_label_still_is_told_of_that_very_label() {
    let service = Service::start().await;
    let link = service.issue().await;
    let receipt = text(&service.post_json("/v1/verify", &json!({ "link": link, "receipt": true })).await);
    let told = async |token: &str| {
        let asked = json!({ "receipt": receipt, "token": token });
        service.post_json("/v1/receipts/check", &asked).await.json()
    };
    let same = told(&link).await;
    assert_eq!(
        (&same["token_matches"], &same["now"]["checks"]["signature"]["reason"]),
        (&json!(true), &json!("ok"))
    );
    for other in [NUMBER, "", "https://shop.example/"] {
        let other = told(other).await;
        assert_eq!(other["token_matches"], false);
        assert_eq!(other["now"]["checks"]["signature"]["reason"], "number_only");
    }
}

#[tokio::test]
async fn a_receipt_is_a_file_for_whoever_asks_for_one() {
    let service = Service::start().await;
    let link = service.issue().await;
    let request = Request::post("/v1/verify")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/cose; cose-type=\"cose-sign1\", */*;q=0.1");
    let file = service.send(request.body(json!({ "link": link }).to_string().into()).unwrap()).await;
    assert_eq!(
        (file.status, file.header("content-type")),
        (StatusCode::OK, "application/cose; cose-type=\"cose-sign1\"")
    );
    let name = file.header("content-disposition").to_owned();
    assert!(
        name.starts_with("attachment; filename=\"shirushi-receipt-SHI202600017-20")
            && name.ends_with(".cose\""),
        "{name}"
    );
    let told = service.post("/v1/receipts/check", "application/cose", file.body.clone()).await.json();
    assert_eq!(told["standing"], "true_then");
    // As text in lines, as mails break it.
    let text = SignedReceipt::from_bytes(file.body).unwrap().to_text();
    let lines: Vec<_> = text.as_bytes().chunks(60).map(|line| str::from_utf8(line).unwrap()).collect();
    assert_eq!(check(&service, &lines.join("\r\n ")).await.json()["standing"], "true_then");
}

#[tokio::test]
async fn what_cannot_be_signed_or_read_is_refused_and_not_repeated() {
    let service = Service::start().await;
    let secret = "SECRET-7781";
    let long = format!("{secret}{}", "x".repeat(64));
    for (case, why) in [
        (format!("{secret}\n"), "has a control character"),
        (format!("{secret}\u{202e}"), "has a control character"),
        (long, "longer than 64 characters"),
        ("  ".to_owned(), "is empty"),
    ] {
        let asked = json!({ "number": "1", "receipt": true, "case": case });
        let answer = service.post_json("/v1/verify", &asked).await;
        let told = answer.text();
        assert!(
            answer.status == StatusCode::BAD_REQUEST && told.contains(why) && !told.contains(secret),
            "{told}"
        );
        let query = url::form_urlencoded::byte_serialize(case.as_bytes()).collect::<String>();
        let answer = service.get(&format!("/v1/verify/1?receipt=1&case={query}")).await;
        assert!(
            answer.status == StatusCode::BAD_REQUEST && !answer.text().contains(secret),
            "{}",
            answer.text()
        );
    }
    let alone = service.post_json("/v1/verify", &json!({ "number": "1", "case": "A-1" })).await;
    assert_eq!(alone.status, StatusCode::BAD_REQUEST, "a reference on nothing");
    for (receipt, status) in [
        (String::new(), StatusCode::UNPROCESSABLE_ENTITY),
        ("gA".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        ("=".repeat(100), StatusCode::UNPROCESSABLE_ENTITY),
        ("A".repeat(SignedReceipt::MAX_KEPT + 1), StatusCode::UNPROCESSABLE_ENTITY),
        ("A".repeat(40_000), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        assert_eq!(check(&service, &receipt).await.status, status, "{} characters", receipt.len());
    }
    for (body, status) in [
        (vec![0x84; 5_000], StatusCode::UNPROCESSABLE_ENTITY),
        (vec![0xff; 40_000], StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        assert_eq!(service.post("/v1/receipts/check", "application/cose", body).await.status, status);
    }
    let token = json!({ "receipt": "gA", "token": "1".repeat(8_000) });
    assert_eq!(
        service.post_json("/v1/receipts/check", &token).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        service.post("/v1/receipts/check", "text/plain", "x").await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    let metrics = service.get("/metrics").await.text();
    assert!(!metrics.contains(secret), "{metrics}");
}

/// A form with these fields, as a browser sends it.
fn form(fields: &[(&str, &[u8])]) -> Request<Body> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"\"\r\n\r\n");
        body.extend([head.as_bytes(), value, b"\r\n"].concat());
    }
    body.extend(b"--cut--\r\n");
    let request = Request::post("/receipt?lang=en")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
        .header(header::ACCEPT, "text/html");
    request.body(body.into()).unwrap()
}

#[tokio::test]
async fn the_page_hands_out_a_file_and_reads_it_again_without_script() {
    let service = Service::start().await;
    let link = service.issue().await;
    let page = service.get(&format!("{}?lang=en", link.strip_prefix(ORIGIN).unwrap())).await.text();
    assert!(
        page.contains("action=\"/receipt/keep?lang=en\"")
            && page.contains(&format!("name=\"text\" value=\"{link}\"")),
        "{page}"
    );
    let fields = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("text", link.as_str()), ("model", "RX-200W"), ("case", "")])
        .finish();
    let file = service.post("/receipt/keep", "application/x-www-form-urlencoded", fields).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text());
    assert!(file.header("content-disposition").starts_with("attachment"));
    revoke(&service).await;

    let told = service.send(form(&[("file", &file.body), ("text", b"")])).await;
    let html = told.text();
    assert_eq!(told.status, StatusCode::OK);
    assert!(
        html.contains("data-standing=\"true_then\"")
            && html.contains("data-then=\"valid\"")
            && html.contains("data-now=\"revoked\""),
        "{html}"
    );
    assert!(!html.contains("tone-good\""), "nothing is green about a revoked label");
    assert_eq!(told.header("cache-control"), "no-store");

    let mut altered = file.body.clone();
    *altered.last_mut().unwrap() ^= 1;
    for (given, status, shown) in [
        (altered.as_slice(), StatusCode::OK, "Altered receipt"),
        (b"holiday.jpg", StatusCode::UNPROCESSABLE_ENTITY, "Not a whole receipt"),
    ] {
        let told = service.send(form(&[("text", given)])).await;
        assert!(told.status == status && told.text().contains(shown), "{}", told.text());
    }
    let nothing = service.send(form(&[("file", b""), ("text", b" \r\n")])).await;
    assert_eq!((nothing.status, nothing.header("location")), (StatusCode::SEE_OTHER, "/receipt?lang=en"));
    let huge = service.send(form(&[("file", &vec![0; 40_000])])).await;
    assert!(huge.status == StatusCode::PAYLOAD_TOO_LARGE && huge.text().contains("Send a smaller file"));
    let bad = service.post("/receipt/keep", "application/x-www-form-urlencoded", "text=1&case=a%0Ab").await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
}
