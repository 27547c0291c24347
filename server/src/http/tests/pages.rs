//! Pages as a browser without script gets them.

use axum::http::StatusCode;

use super::harness::{ORIGIN, Service};

#[tokio::test]
async fn a_scanned_link_opens_on_its_verdict() {
    let service = Service::start().await;
    let link = service.issue().await;
    let path = link.strip_prefix(ORIGIN).unwrap();
    let page = service.get(&format!("{path}?lang=en")).await;
    assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
    let html = page.text();
    assert!(html.contains("<title>Valid – SHI-2026-00017"), "{html}");
    assert!(html.contains("RX-200W") && html.contains("例示電機株式会社"), "{html}");
}

#[tokio::test]
async fn a_page_speaks_the_language_of_its_reader() {
    let service = Service::start().await;
    let language = async |path: &str, accepted: &str| {
        let html = service.get_with(path, "accept-language", accepted).await.text();
        html.split_once("<html lang=\"").unwrap().1[..2].to_owned()
    };
    assert_eq!(language("/", "de-DE, en;q=0.8").await, "en");
    assert_eq!(language("/", "ja").await, "ja");
    assert_eq!(language("/?lang=ja", "en").await, "ja", "what was chosen outranks the browser");
    assert_eq!(language("/v/SHI-1?model=RX&lang=en", "ja").await, "en");
}

#[tokio::test]
async fn a_typed_number_leads_to_its_page() {
    let service = Service::start().await;
    for (typed, location) in [
        ("shi-2026%2000017", "/v/SHI202600017"),
        ("%EF%BC%B3%EF%BC%A8%EF%BC%A9-1&lang=en", "/v/SHI1?lang=en"),
        ("", "/"),
    ] {
        let answer = service.get(&format!("/check?number={typed}")).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, location), "{typed}");
    }
    let foreign = service.get("/check?number=https%3A%2F%2Fevil.example%2Fv%2F1&lang=en").await;
    assert_eq!(foreign.status, StatusCode::OK, "a foreign link is named and not followed");
    assert!(foreign.text().contains("evil.example") && !foreign.text().contains("href=\"https://evil"));
}

#[tokio::test]
async fn whoever_browses_reads_refusals_as_pages_and_the_api_stays_the_api() {
    let service = Service::start().await;
    let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
    let page = service.get_with("/nowhere", "accept", browser).await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (StatusCode::NOT_FOUND, "text/html; charset=utf-8")
    );
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.text().contains("role=\"alert\""));
    let api = service.get_with("/v1/nowhere", "accept", browser).await;
    assert_eq!(api.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn a_photograph_is_answered_with_a_page() {
    let service = Service::start().await;
    let body =
        "--cut\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"\"\r\n\r\n\r\n--cut--\r\n";
    let request = axum::http::Request::post("/photograph?lang=en")
        .header("content-type", "multipart/form-data; boundary=cut")
        .header("accept", "text/html");
    let answer = service.send(request.body(body.into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(answer.text().contains("<html lang=\"en\">"), "an empty form is told in words");
}

#[tokio::test]
async fn what_a_label_holds_is_shown_and_never_run() {
    let service = Service::start().await;
    let html = service.get("/check?number=%3Cscript%3Ealert(1)%3C%2Fscript%3E").await.text();
    assert!(!html.contains("<script>"), "{html}");
    let html = service.get("/v/SHI-1?model=%22%3E%3Cimg%20src%3Dx%3E").await.text();
    assert!(!html.contains("<img"), "{html}");
}
