//! Reports of suspicious labels: taken from anybody, bounded, and told to nobody but the operator.

use std::net::IpAddr;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use image::{DynamicImage, RgbImage, codecs::jpeg::JpegEncoder};
use serde_json::{Value, json};

use super::harness::{Answer, NUMBER, Service, bearer};
use crate::{
    http::{overload::Decoders, rate::Peer},
    scheme::{evidence::ContentHash, sighting::Reference},
    service::access::{Role, Scope},
};

async fn operator(service: &Service) -> String {
    bearer(&service.key_for("operator", "Sato", &[Role::Reviewer], Scope::ALL).await.0)
}

async fn read(service: &Service, answer: &Answer) -> Value {
    let reference = answer.json()["reference"].as_str().unwrap().to_owned();
    let key = operator(service).await;
    service.get_with(&format!("/v1/sightings/{reference}"), "authorization", &key).await.json()
}

/// A form with these fields, and a file `picture`, as browsers send it where none was chosen, too.
fn form(fields: &[(&str, &str)], picture: &[u8]) -> (&'static str, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    let head = "--cut\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"p.jpg\"\r\n\r\n";
    body.extend([head.as_bytes(), picture, b"\r\n--cut--\r\n"].concat());
    ("multipart/form-data; boundary=cut", body)
}

fn jpeg() -> Vec<u8> {
    let mut jpeg = Vec::new();
    let picture = DynamicImage::from(RgbImage::from_pixel(40, 30, image::Rgb([200, 90, 20])));
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 90)).unwrap();
    // A position, where telephones write it.
    let exif = b"\xff\xe1\x00\x12Exif\0\0GPS 35.681";
    [&jpeg[..2], &exif[..], &jpeg[2..]].concat()
}

#[tokio::test]
async fn a_report_is_taken_read_by_the_operator_and_closed() {
    let service = Service::start().await;
    let report = json!({
        "suspicion": "other_product", "label": "shi-2026-00017", "answered": "valid",
        "account": "The box is of another maker.\nTwo of them.", "place": "a shop in Chiyoda",
        "contact": "shopper@mail.example",
    });
    let made = service.post_json("/v1/reports", &report).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let reference = made.json()["reference"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), format!("/v1/reports/{reference}"));
    assert_eq!(made.header("set-cookie"), "");

    let public = async || service.get(&format!("/v1/reports/{reference}")).await;
    assert_eq!(public().await.json()["state"], "open");
    let filed = read(&service, &made).await;
    assert_eq!(filed["number"], "SHI202600017");
    assert_eq!(filed["document"]["about"]["account"], report["account"]);
    assert_eq!(filed["document"]["about"]["contact"], report["contact"]);

    let key = operator(&service).await;
    let order = async |step: &str, body: Value| {
        service.order(&key, &format!("/v1/sightings/{reference}/{step}"), &body).await
    };
    assert_eq!(order("take", json!({})).await.json()["state"], "in_review");
    assert_eq!(order("take", json!({})).await.status, StatusCode::CONFLICT);
    assert_eq!(public().await.json()["state"], "in_review");
    let closed = order("close", json!({ "finding": "copied labels; the maker was told" })).await;
    assert_eq!(closed.json()["document"]["state"]["finding"], "copied labels; the maker was told");
    assert_eq!(closed.json()["document"]["state"]["by"]["name"], "Sato");
    let told = public().await;
    assert_eq!(told.json()["state"], "closed");
    for secret in ["copied", "Sato", "Chiyoda", "mail.example", "SHI"] {
        assert!(!told.text().contains(secret), "{}", told.text());
    }
    let listed = service.get_with("/v1/sightings?state=closed&number=SHI-2026-00017", "authorization", &key);
    assert_eq!(listed.await.json()["cases"][0]["id"], reference);
}

#[tokio::test]
async fn a_token_is_known_again_by_its_digest_and_kept_nowhere() {
    let service = Service::start().await;
    let link = service.issue().await;
    let digits = link.rsplit('/').next().unwrap();
    let made = service.post_json("/v1/reports", &json!({ "suspicion": "altered", "label": link })).await;
    let filed = read(&service, &made).await;
    assert!(!filed.to_string().contains(digits), "{filed}");
    let seen = &filed["document"]["about"]["seen"];
    assert_eq!(seen["kind"], "label");
    let told = service.get(&format!("/v1/verify/{digits}")).await.json();
    assert_eq!(told["claims"]["token_sha256"], seen["sha256"]);

    let elsewhere = json!({ "suspicion": "leads_elsewhere", "label": "https://shop.example/?user=42" });
    let filed = read(&service, &service.post_json("/v1/reports", &elsewhere).await).await;
    let seen = &filed["document"]["about"]["seen"];
    assert_eq!((&seen["kind"], &seen["host"]), (&json!("foreign_link"), &json!("shop.example")));
    assert!(!filed.to_string().contains("user=42"));
}

#[tokio::test]
async fn a_photograph_is_made_anew_and_is_for_the_operator() {
    let service = Service::start().await;
    let (media, body) = form(&[("suspicion", "altered"), ("account", "one\r\ntwo")], &jpeg());
    let made = service.post("/v1/reports", media, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let filed = read(&service, &made).await;
    assert_eq!(filed["document"]["about"]["account"], "one\ntwo");
    let path = format!("/v1/sightings/{}/photograph", made.json()["reference"].as_str().unwrap());
    let kept = service.get_with(&path, "authorization", &operator(&service).await).await;
    assert_eq!(kept.header("content-type"), "image/jpeg");
    assert!(kept.header("content-disposition").starts_with("attachment"));
    assert!(!kept.body.windows(4).any(|part| part == b"Exif" || part == b"GPS "), "{}", kept.text());
    assert_eq!(filed["document"]["about"]["photograph"], ContentHash::of(&kept.body).to_string());
    assert_eq!(service.get(&path).await.status, StatusCode::UNAUTHORIZED);
    let reader = service.key(&[Scope::Read]).await;
    assert_eq!(service.get_with(&path, "authorization", &reader).await.status, StatusCode::FORBIDDEN);

    let (media, body) = form(&[("suspicion", "altered"), ("account", "a")], b"");
    let made = service.post("/v1/reports", media, body).await;
    let path = format!("/v1/sightings/{}/photograph", made.json()["reference"].as_str().unwrap());
    let none = service.get_with(&path, "authorization", &operator(&service).await).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND, "no file was chosen");
}

#[tokio::test]
async fn what_is_wrong_is_told_field_by_field() {
    let service = Service::start().await;
    let report = json!({
        "suspicion": "bad", "label": "9".repeat(8000), "answered": "good", "account": "字".repeat(1001),
        "place": "a\nb", "contact": "字".repeat(201),
    });
    let refused = service.post_json("/v1/reports", &report).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = refused.json();
    let fields: Vec<_> = told["errors"].as_array().unwrap().iter().map(|e| e["field"].clone()).collect();
    assert_eq!(json!(fields), json!(["suspicion", "label", "answered", "account", "place", "contact"]));
    let nothing = service.post_json("/v1/reports", &json!({ "suspicion": "other", "place": "a shop" })).await;
    assert_eq!(nothing.json()["errors"][0]["field"], "report");
    let unknown = service.post_json("/v1/reports", &json!({ "suspicion": "other", "owner": "me" })).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    let (media, body) = form(&[("suspicion", "other")], b"GIF89a");
    assert_eq!(service.post("/v1/reports", media, body).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let text = service.post("/v1/reports", "text/plain", "x").await;
    assert_eq!(text.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_mistyped_reference_is_told_from_an_unknown_one() {
    let service = Service::start().await;
    let never = Reference::of(7).to_string();
    let last = if never.ends_with('0') { "1" } else { "0" };
    let mistyped = format!("{}{last}", &never[..13]);
    let unknown = service.get(&format!("/v1/reports/{never}")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let wrong = service.get(&format!("/v1/reports/{mistyped}")).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text().contains("mistyped"), "{}", wrong.text());
    let page = service.get(&format!("/report?reference={never}&lang=en")).await;
    assert!(
        page.status == StatusCode::NOT_FOUND && page.text().contains("no such report"),
        "{}",
        page.text()
    );
    let page = service.get(&format!("/report?reference={mistyped}&lang=en")).await;
    assert!(page.status == StatusCode::BAD_REQUEST && page.text().contains("mistyped"), "{}", page.text());
}

#[tokio::test]
async fn whoever_sends_too_much_is_told_when_to_come_back() {
    let service = Service::start().await;
    let send = async |address: [u8; 4], forwarded: &str| {
        let mut request = Request::post("/v1/reports")
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-forwarded-for", forwarded)
            .body(Body::from(json!({ "suspicion": "other", "account": "x" }).to_string()))
            .unwrap();
        request.extensions_mut().insert(Peer(IpAddr::from(address)));
        service.send(request).await
    };
    for _ in 0..10 {
        assert_eq!(send([192, 0, 2, 1], "").await.status, StatusCode::CREATED);
    }
    // Without proxies of ours, what a visitor says of their address is not believed.
    let refused = send([192, 0, 2, 1], "203.0.113.9").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.json()["type"], "/problems/too-often");
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=360).contains(&wait), "{wait}");
    assert!(!refused.text().contains("192.0.2.1"));
    assert_eq!(send([192, 0, 2, 2], "").await.status, StatusCode::CREATED, "others are not held up");

    let mut page = Request::post("/report?lang=en").header(header::ACCEPT, "text/html");
    page = page.header(header::CONTENT_TYPE, form(&[], b"").0);
    let mut page = page.body(Body::from(form(&[], b"").1)).unwrap();
    page.extensions_mut().insert(Peer(IpAddr::from([192, 0, 2, 1])));
    let page = service.send(page).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!page.header("retry-after").is_empty());
    assert!(page.text().contains("Too much in a short time"), "{}", page.text());
    service.state.clock.jump(wait);
    assert_eq!(send([192, 0, 2, 1], "").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn the_page_takes_a_report_and_says_what_is_wrong_with_one() {
    let service = Service::start().await;
    let link = format!("/report?lang=en&answered=revoked&number={NUMBER}");
    let page = service.get(&link).await.text();
    assert!(page.contains(&format!("value=\"{NUMBER}\"")) && page.contains("value=\"revoked\""), "{page}");
    for word in crate::scheme::sighting::Suspicion::ALL {
        assert!(page.contains(&format!("<option value=\"{word}\"")), "{word}");
    }
    let (media, body) = form(&[("suspicion", "claim"), ("place", "a \"shop\"")], b"");
    let refused = service.post("/report?lang=en", media, body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text();
    assert!(page.contains("Nothing was sent yet"), "{page}");
    assert!(page.contains("a &quot;shop&quot;"), "what was typed stands there still: {page}");
    let chosen = page.split("<option value=\"claim\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(chosen.contains("selected"), "{chosen}");

    let (media, body) = form(&[("suspicion", "claim"), ("label", NUMBER)], &jpeg());
    let sent = service.post("/report?lang=en", media, body).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    let found = service.get(sent.header("location")).await;
    let reference = sent.header("location").split(['=', '&']).nth(1).unwrap();
    assert!(found.status == StatusCode::OK && found.text().contains(reference), "{}", found.text());
    assert!(!found.text().contains(NUMBER), "whoever finds the reference learns nothing of the report");
}

#[tokio::test]
async fn a_photograph_without_a_place_in_the_queue_is_not_read() {
    let service = Service::start_with(|state| state.decoders = Decoders::new(0), vec![]).await;
    let (media, body) = form(&[("suspicion", "altered")], &jpeg());
    assert_eq!(service.post("/v1/reports", media, body).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let words = json!({ "suspicion": "altered", "account": "a" });
    assert_eq!(service.post_json("/v1/reports", &words).await.status, StatusCode::CREATED);
}
