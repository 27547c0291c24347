//! An evidence pack on the page for receipts: genuine, altered, hostile; then and now.

use std::io::{Cursor, Read as _, Write as _};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;
use shirushi_shared::{
    api::{BulkLine, FileDigest, PackInput},
    policy::Policy,
    receipt::{CaseReference, SignedReceipt},
    text::Language,
};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::harness::{Answer, NUMBER, Service};
use crate::service::{access::Scope, pack::About};

/// A pack of what the service answers to rows about [`NUMBER`] and one that is not registered.
async fn pack(service: &Service) -> Vec<u8> {
    let rows = format!(
        "{}\n{}\n",
        json!({ "id": "a", "number": NUMBER, "model": "RX-200W" }),
        json!({ "number": "SHI-2026-99999" })
    );
    let answers =
        service.post("/v1/verify/bulk?lang=en&policy=government", "application/x-ndjson", rows).await;
    let about = About {
        language: Language::En,
        organisation: Some("shop".into()),
        input: Some(PackInput { name: "rows.jsonl".into(), sha256: FileDigest::from_bytes([7; 32]) }),
        case: CaseReference::new("調達 第12号").ok(),
        policy: Some(Policy::government().unwrap().into()),
        ..About::default()
    };
    let mut builder = service.state.packs.begin(about).unwrap();
    for line in answers.text().lines() {
        builder.line(&BulkLine::parse(line.as_bytes()).unwrap()).unwrap();
    }
    let mut bytes = Vec::new();
    builder.finish(None).unwrap().file.read_to_end(&mut bytes).unwrap();
    bytes
}

/// Hands `file` in, as a browser sends it.
async fn hand_in(service: &Service, file: &[u8]) -> Answer {
    let head = "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"pack.zip\"\r\n\r\n";
    let body = [head.as_bytes(), file, b"\r\n--cut--\r\n"].concat();
    let request = Request::post("/receipt?lang=en")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
        .header(header::ACCEPT, "text/html");
    service.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn the_page_says_genuine_then_and_now_and_which_file_was_altered() {
    let service = Service::start().await;
    service.issue().await;
    let pack = pack(&service).await;
    let told = hand_in(&service, &pack).await;
    let html = told.text();
    assert_eq!(told.status, StatusCode::OK, "{html}");
    assert!(html.contains("data-standing=\"whole\"") && html.contains("data-changed=\"0\""), "{html}");
    for words in ["Genuine, and nothing altered", "調達 第12号", "shop", "Answers of the policy"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(!html.contains("tone-good\""), "the past is not green");
    assert_eq!(told.header("cache-control"), "no-store");

    let key = service.key(&[Scope::Change]).await;
    let suspend = json!({ "change": "suspend", "reason": "test" });
    let changed = service.order(&key, &format!("/v1/registrations/{NUMBER}/state"), &suspend).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let html = hand_in(&service, &pack).await.text();
    assert!(html.contains("data-standing=\"whole\"") && html.contains("data-changed=\"1\""), "{html}");
    assert!(html.contains("From “Valid” to “Suspended”: 1"), "{html}");

    let altered = rewritten(&pack, |name, content| {
        if name == "results.csv" {
            content.push(b'x');
        }
    });
    let html = hand_in(&service, &altered).await.text();
    assert!(
        html.contains("data-standing=\"altered\"") && html.contains("<code>results.csv</code>"),
        "{html}"
    );
    assert!(!html.contains("data-changed"), "what was altered is not asked about again");
}

/// A claim about the product that is answered otherwise today is told, though the label holds: the pack says what was
/// claimed, and not only that it was found to be so.
#[tokio::test]
async fn what_was_claimed_is_asked_about_again() {
    let service = Service::start().await;
    service.issue().await;
    let rows = [
        json!({ "number": NUMBER, "model": ["RX-200W", "RX-999"] }),
        json!({ "number": NUMBER, "model": "RX-200W", "maker": "架空電機" }),
        json!({ "number": NUMBER, "level": "STAR-4" }),
        json!({ "number": NUMBER, "gtin": "4912345678904" }),
    ];
    let rows = rows.map(|row| row.to_string()).join("\n");
    let answers = service.post("/v1/verify/bulk", "application/x-ndjson", rows).await.text();
    let mut builder = service.state.packs.begin(About::default()).unwrap();
    for line in answers.lines() {
        // As if all had been as it was claimed.
        let then = line.replace("\"not_listed\"", "\"listed\"");
        assert_eq!(then == line, line.starts_with("{\"end\""), "{line}");
        builder.line(&BulkLine::parse(then.as_bytes()).unwrap()).unwrap();
    }
    let mut pack = Vec::new();
    builder.finish(None).unwrap().file.read_to_end(&mut pack).unwrap();
    let now = &checked(&service, pack.clone()).await.json()["now"];
    assert_eq!(*now, json!({ "asked": 4, "not_asked": 0, "changed": 4, "changes": [], "claims_changed": 4 }));
    let html = hand_in(&service, &pack).await.text();
    assert!(
        html.contains("data-changed=\"4\"") && html.contains("JAN code is answered differently: 4"),
        "{html}"
    );
}

/// Packs are kept for years: one whose rows are in the form of another version is as genuine as it was, and says of how many
/// rows it does not tell what holds today.
#[tokio::test]
async fn a_pack_of_another_version_is_as_genuine_as_it_was() {
    let service = Service::start().await;
    service.issue().await;
    let row = json!({ "number": NUMBER, "model": "RX-200W" }).to_string();
    let answers = service.post("/v1/verify/bulk", "application/x-ndjson", row).await.text();
    let answer = BulkLine::parse(answers.lines().next().unwrap().as_bytes()).unwrap();
    let mut builder = service.state.packs.begin(About::default()).unwrap();
    builder.line(&answer).unwrap();
    builder.as_written(br#"{"row":2,"outcome":"valid","of":"another version"}"#).unwrap();
    let mut pack = Vec::new();
    builder.finish(None).unwrap().file.read_to_end(&mut pack).unwrap();
    let told = checked(&service, pack).await.json();
    assert_eq!((&told["standing"], &told["files"]), (&json!("true_then"), &json!({})));
    assert_eq!((&told["now"]["asked"], &told["now"]["not_asked"]), (&json!(1), &json!(1)));
}

/// The pack with its files changed by `change`.
fn rewritten(pack: &[u8], change: impl Fn(&str, &mut Vec<u8>)) -> Vec<u8> {
    let mut old = ZipArchive::new(Cursor::new(pack)).unwrap();
    let mut new = ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..old.len() {
        let mut file = old.by_index(place).unwrap();
        let (name, mut content) = (file.name().unwrap().into_owned(), Vec::new());
        file.read_to_end(&mut content).unwrap();
        change(&name, &mut content);
        new.start_file(name, SimpleFileOptions::default()).unwrap();
        new.write_all(&content).unwrap();
    }
    new.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_packs_receipt_alone_is_genuine_and_says_nothing_of_the_files() {
    let service = Service::start().await;
    service.issue().await;
    let pack = pack(&service).await;
    let mut receipt = Vec::new();
    ZipArchive::new(Cursor::new(&pack))
        .unwrap()
        .by_name("receipt.cose")
        .unwrap()
        .read_to_end(&mut receipt)
        .unwrap();
    let html = hand_in(&service, &receipt).await.text();
    assert!(html.contains("data-standing=\"receipt_only\"") && !html.contains("data-files"), "{html}");
    let by_api = service.post("/v1/receipts/check", "application/cose", receipt.clone()).await.json();
    assert_eq!(by_api["standing"], "not_genuine", "no receipt of a verdict: its purpose is another");
    assert!(SignedReceipt::from_bytes(receipt).is_ok(), "though its form is the same");
}

/// Hands `file` in, as a program sends it.
async fn checked(service: &Service, file: Vec<u8>) -> Answer {
    service.post("/v1/packs/check", "application/zip", file).await
}

#[tokio::test]
async fn a_program_is_told_the_same() {
    let service = Service::start().await;
    service.issue().await;
    let pack = pack(&service).await;
    let told = checked(&service, pack.clone()).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text());
    let told = told.json();
    assert_eq!((&told["standing"], &told["files"]), (&json!("true_then"), &json!({})));
    assert_eq!(told["then"]["rows"], 2);
    assert_eq!(
        told["now"],
        json!({ "asked": 2, "not_asked": 0, "changed": 0, "changes": [], "claims_changed": 0 })
    );

    let altered = rewritten(&pack, |name, content| {
        if name == "results.csv" {
            content.push(b'x');
        }
    });
    let told = checked(&service, altered).await.json();
    assert_eq!(told["files"], json!({ "altered": ["results.csv"] }));
    assert_eq!(told["now"], json!(null), "what was altered is not asked about again");

    let other = checked(&Service::start().await, pack.clone()).await.json();
    assert_eq!(other, json!({ "standing": "not_genuine", "reason": "unknown_key" }));
    let broken = checked(&service, pack[..pack.len() / 2].to_vec()).await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", broken.text());
    let huge = checked(&service, vec![0; 65 * 1024 * 1024]).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    let text = service.post("/v1/packs/check", "text/plain", pack).await;
    assert_eq!(text.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn what_is_no_pack_is_refused_and_too_much_is_not_taken() {
    let service = Service::start().await;
    for file in
        [&b"PK\x03\x04"[..], b"PK\x03\x04 and no archive", &[&b"PK\x03\x04"[..], &vec![0; 40_000]].concat()]
    {
        let told = hand_in(&service, file).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", told.text());
        assert!(told.text().contains("Not a whole receipt"));
    }
    let huge = [&b"PK\x03\x04"[..], &vec![0; 65 * 1024 * 1024]].concat();
    let told = hand_in(&service, &huge).await;
    assert_eq!(told.status, StatusCode::PAYLOAD_TOO_LARGE);
    let other = Service::start().await;
    other.issue().await;
    let html = hand_in(&service, &pack(&other).await).await.text();
    assert!(html.contains("data-standing=\"not_genuine\"") && html.contains("Not this service’s"), "{html}");
}
