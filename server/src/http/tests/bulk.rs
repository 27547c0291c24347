//! Many rows at once, without a socket. What a network does to them is in the `tests` crate.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::harness::{Answer, NUMBER, Service};
use crate::{http::overload::Gate, service::access::Scope};

const JSON_LINES: &str = "application/x-ndjson";

/// The lines of an answer.
fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn ask(service: &Service, rows: &[Value]) -> Vec<Value> {
    let body: String = rows.iter().map(|row| format!("{row}\n")).collect();
    lines(&service.post("/v1/verify/bulk", JSON_LINES, body).await)
}

async fn ask_text(service: &Service, key: Option<&str>, body: impl Into<Body>) -> Vec<Value> {
    let mut request = Request::post("/v1/verify/bulk").header(header::CONTENT_TYPE, JSON_LINES);
    if let Some(key) = key {
        request = request.header(header::AUTHORIZATION, key);
    }
    lines(&service.send(request.body(body.into()).unwrap()).await)
}

#[tokio::test]
async fn each_row_gets_the_verdict_that_it_gets_alone() {
    let service = Service::start().await;
    let link = service.issue().await;
    let altered = format!("{}{}", &link[..link.len() - 1], if link.ends_with('1') { '2' } else { '1' });
    let asked = [
        json!({ "link": link }),
        json!({ "token": link.rsplit('/').next() }),
        json!({ "number": NUMBER, "model": "rx200w", "level": 2, "maker": "Somebody" }),
        json!({ "number": "ＳＨＩ－２０２６－０００１７" }),
        json!({ "link": altered }),
        json!({ "link": "https://shop.example/item?id=1" }),
        json!({ "link": "https://label.shirushi.example/v/12345" }),
        json!({ "number": "SHI-2026-99999" }),
        json!({ "link": "申請番号 2026-1" }),
        json!({ "link": link, "as_of": "2020-01-01T00:00:00Z" }),
        json!({ "number": NUMBER, "as_of": "2999-01-01T00:00:00Z" }),
        json!({ "link": "4901234567894" }),
        json!({ "link": "4912345678904" }),
    ];
    let answers = ask(&service, &asked).await;
    assert_eq!(answers.len(), asked.len() + 1);
    for (row, (asked, answer)) in (1..).zip(asked.iter().zip(&answers)) {
        let alone = service.post_json("/v1/verify", asked).await.json();
        assert_eq!(answer["row"], row, "in order");
        for (name, alone) in [
            ("outcome", &alone["outcome"]),
            ("number", &alone["number"]),
            ("status", &alone["status"]["value"]),
            ("revision", &alone["status"]["revision"]),
            ("then", &alone["as_of"]),
            ("not_a_label", &alone["not_a_label"]),
        ] {
            assert_eq!(&answer[name], alone, "{name} of {asked}");
        }
        let past = alone["as_of"].is_string();
        assert_eq!(
            answer["words"].as_str().unwrap().contains("時点についての回答"),
            past,
            "of which day: {answer}"
        );
        for claim in ["level", "maker", "gtin"] {
            assert_eq!(answer["claimed"][claim]["answer"], alone["claimed"][claim], "{claim} of {asked}");
        }
        assert_eq!(answer["claimed"]["models"][0]["answer"], alone["claimed"]["model"], "{asked}");
    }
    let end = &answers[asked.len()]["end"];
    let total: u64 = end["outcomes"].as_object().unwrap().values().map(|rows| rows.as_u64().unwrap()).sum();
    assert_eq!((&end["rows"], &end["bad"], total), (&json!(asked.len()), &json!(0), asked.len() as u64));
    assert_eq!(end.get("stopped"), None);
    let metrics = service.get("/metrics").await.text();
    let valid = end["outcomes"]["valid"].as_u64().unwrap();
    let counted = format!("shirushi_verdicts_total{{outcome=\"valid\"}} {}", 2 * valid);
    assert!(metrics.contains(&counted), "each counts, alone and among others: {metrics}");
}

#[tokio::test]
async fn a_jan_code_and_several_models_are_asked_about() {
    let service = Service::start().await;
    service.issue().await;
    let rows = [
        json!({ "id": "a", "gtin": 4_901_234_567_894_u64, "model": ["RX-200W", "RX-201"] }),
        json!({ "id": "b", "gtin": "4912345678904" }),
        json!({ "id": "c", "number": NUMBER, "gtin": "4912345678904" }),
    ];
    let answers = ask(&service, &rows).await;
    assert_eq!((&answers[0]["id"], &answers[0]["number"]), (&json!("a"), &json!("SHI202600017")));
    let models = json!([
        { "claimed": "RX-200W", "answer": "listed" },
        { "claimed": "RX-201", "answer": "not_listed" },
    ]);
    let gtin = |code: &str, answer: &str| json!({ "claimed": code, "answer": answer });
    let of_the_first = json!({ "models": models, "gtin": gtin("04901234567894", "listed") });
    assert_eq!(answers[0]["claimed"], of_the_first);
    assert_eq!(answers[0]["reason"], "number_only", "no label was checked");
    assert_eq!(answers[0]["level"], "STAR-1");
    assert_eq!(answers[1]["outcome"], "not_a_label");
    let of_the_last = json!({ "gtin": gtin("04912345678904", "not_listed") });
    assert_eq!(answers[2]["claimed"], of_the_last, "beside a number it is a claim");
    assert_eq!(
        answers[3]["end"]["not_as_claimed"], 2,
        "the first one's second model, and the last one's GTIN"
    );
}

#[tokio::test]
async fn the_answer_speaks_the_language_and_names_products_where_asked() {
    let service = Service::start().await;
    let link = service.issue().await;
    let body = || json!({ "link": link }).to_string();
    let ask = async |query: &str| {
        lines(&service.post(&format!("/v1/verify/bulk{query}"), "application/jsonl", body()).await).remove(0)
    };
    // What a single question has learnt is of use here too.
    let alone = service.post_json("/v1/verify", &json!({ "link": link })).await.json();
    assert_eq!(alone["product"]["maker"]["name"], "例示電機株式会社");
    let plain = ask("?lang=en").await;
    assert!(plain["words"].as_str().unwrap().is_ascii(), "{plain}");
    assert_eq!(plain.get("product"), None);
    assert!((299..=300).contains(&plain["days_left"].as_i64().unwrap()), "{plain}");
    assert_eq!(plain["link"], format!("https://label.shirushi.example/v/SHI202600017"));
    let products = ask("?products=1&lang=ja").await;
    assert_eq!(products["product"], json!({ "maker": "例示電機株式会社", "names": ["見守りカメラ"] }));
    assert_ne!(products["words"], plain["words"]);
    let refused = service.post("/v1/verify/bulk?colour=1", JSON_LINES, "").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let refused = service.post("/v1/verify/bulk", "application/json", "{}").await;
    assert_eq!(refused.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_bad_row_is_told_and_the_others_are_answered() {
    let service = Service::start().await;
    let link = service.issue().await;
    let good = json!({ "link": link }).to_string();
    let mut body = Vec::new();
    let rows: [&[u8]; 12] = [
        b"\xef\xbb\xbf{\"id\":\"bom\",\"number\":\"SHI-2026-00017\"}\r",
        b"",
        b"{\"id\":\"unknown field\",\"number\":\"1\",\"colour\":\"red\"}",
        b"not json",
        b"{\"id\":\"nul\",\"number\":\"SHI\0\"}",
        b"\0\0\0\0",
        b"\xff\xfe{\"number\":\"1\"}",
        b"{\"id\":\"both\",\"link\":\"1\",\"token\":\"1\"}",
        b"[]",
        b"{\"number\":\"SHI-2026-00017\",\"number\":\"SHI-2026-00018\"}",
        b"   ",
        good.as_bytes(),
    ];
    for row in rows {
        body.extend_from_slice(row);
        body.push(b'\n');
    }
    body.extend_from_slice(&vec![b'['; 200_000]);
    body.push(b'\n');
    body.extend_from_slice(&vec![b'['; 15_000]);
    body.push(b'\n');
    body.extend_from_slice(good.as_bytes());
    // In pieces that end anywhere, and a last line without an end.
    for size in [7, 1_000, body.len()] {
        let pieces: Vec<_> =
            body.chunks(size).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect();
        let answers = ask_text(&service, None, Body::from_stream(futures_util::stream::iter(pieces))).await;
        let told: Vec<_> = answers
            .iter()
            .map(|answer| match answer["error"]["code"].as_str() {
                Some(code) => format!("{} {} {code}", answer["row"], answer["id"]),
                None => format!("{} {} {}", answer["row"], answer["id"], answer["outcome"]),
            })
            .collect();
        assert_eq!(
            told,
            [
                "1 \"bom\" \"valid\"",
                "3 \"unknown field\" not_a_row",
                "4 null not_a_row",
                "5 null not_a_row",
                "6 null not_a_row",
                "7 null not_a_row",
                "8 \"both\" one_of",
                "9 null not_a_row",
                "10 null not_a_row",
                "12 null \"valid\"",
                "13 null too_long",
                "14 null not_a_row",
                "15 null \"valid\"",
                "null null null",
            ],
            "in pieces of {size}"
        );
        assert_eq!(answers[13]["end"], json!({ "rows": 13, "bad": 10, "outcomes": { "valid": 3 } }));
    }
    let empty = ask_text(&service, None, "").await;
    assert_eq!(empty, [json!({ "end": { "rows": 0, "bad": 0, "outcomes": {} } })]);
}

#[tokio::test]
async fn what_is_more_than_is_taken_is_told_with_the_limit() {
    let service = Service::start().await;
    let key = service.key(&[Scope::Verify]).await;
    let rows = "{\"number\":\"SHI-1\"}\n".repeat(1_500);
    let answers = ask_text(&service, None, rows.clone()).await;
    let end = &answers[1_000]["end"];
    assert_eq!((answers.len(), &end["rows"]), (1_001, &json!(1_000)), "what was taken is answered");
    assert_eq!(
        end["stopped"],
        json!({
            "code": "too_many_rows", "detail": "at most 1000 rows are taken at once without an API key",
        })
    );
    let answers = ask_text(&service, Some(&key), rows).await;
    assert_eq!(answers[1_500]["end"]["rows"], 1_500);

    // Announced, it is refused before any of it is read; else it ends where the limit is.
    let huge = vec![b' '; (4 << 20) + 1];
    let announced = Request::post("/v1/verify/bulk")
        .header(header::CONTENT_TYPE, JSON_LINES)
        .header(header::CONTENT_LENGTH, huge.len());
    let refused = service.send(announced.body(Body::empty()).unwrap()).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    let pieces = futures_util::stream::iter(
        huge.chunks(9_000)
            .map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece)))
            .collect::<Vec<_>>(),
    );
    let answers = ask_text(&service, None, Body::from_stream(pieces)).await;
    assert_eq!(answers.last().unwrap()["end"]["stopped"]["code"], "too_many_bytes", "{answers:?}");

    let wrong = ask_with(&service, "Bearer shk_AAAAAAAA_x").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "who sends a key counts on what it allows");
    let narrow = service.key(&[Scope::Read]).await;
    assert_eq!(ask_with(&service, &narrow).await.status, StatusCode::FORBIDDEN);
}

async fn ask_with(service: &Service, key: &str) -> Answer {
    let request = Request::post("/v1/verify/bulk")
        .header(header::CONTENT_TYPE, JSON_LINES)
        .header(header::AUTHORIZATION, key);
    service.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn an_upload_that_breaks_off_or_meets_a_stop_says_so() {
    let service = Service::start().await;
    let row = || Ok(Bytes::from_static(b"{\"number\":\"SHI-1\"}\n"));
    let broken = futures_util::stream::iter([row(), Err(std::io::Error::other("the line went dead"))]);
    let answers = ask_text(&service, None, Body::from_stream(broken)).await;
    assert_eq!((&answers[0]["row"], &answers[1]["end"]["stopped"]["code"]), (&json!(1), &json!("broke_off")));

    service.state.health.drain();
    let answers = ask_text(&service, None, Body::from_stream(futures_util::stream::iter([row()]))).await;
    assert_eq!(answers[0]["end"]["stopped"]["code"], "stopping");
}

#[tokio::test]
async fn a_stream_has_its_turn_until_it_ends_and_takes_none_of_the_others() {
    let service = Service::start_with(|state| state.streams = Gate::with_reserve(1, 1), Vec::new()).await;
    let key = service.key(&[Scope::Verify]).await;
    let begin = async |key: Option<&str>| {
        let mut request = Request::post("/v1/verify/bulk").header(header::CONTENT_TYPE, JSON_LINES);
        if let Some(key) = key {
            request = request.header(header::AUTHORIZATION, key);
        }
        service
            .begin(
                request
                    .body(Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>()))
                    .unwrap(),
            )
            .await
    };
    let first = begin(None).await;
    assert_eq!(first.status(), StatusCode::OK, "it is answered before a row has come");
    assert_eq!(begin(None).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    let keyed = begin(Some(&key)).await;
    assert_eq!(keyed.status(), StatusCode::OK, "one is kept for callers with a key");
    assert_eq!(begin(Some(&key)).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(service.get(&format!("/v1/verify/{NUMBER}")).await.status, StatusCode::OK);
    drop(first);
    assert_eq!(begin(None).await.status(), StatusCode::OK, "who goes away gives it back");
}

/// Sends `body` as `media`, and asks for answers in the form `accept`.
async fn exchange(
    service: &Service,
    query: &str,
    media: &str,
    accept: &str,
    body: impl Into<Body>,
) -> Answer {
    let request = Request::post(format!("/v1/verify/bulk{query}"))
        .header(header::CONTENT_TYPE, media)
        .header(header::ACCEPT, accept);
    service.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn a_table_comes_in_as_a_shop_has_it_and_goes_out_as_a_table() {
    let service = Service::start().await;
    let link = service.issue().await;
    let table = format!(
        "管理番号,ラベル,登録番号,型番\r\n\
         1,{link},ＳＨＩ－２０２６－０００１７,RX-200W\r\n\
         2,,SHI-2026-00017,\"RX-200W\nRX-999\"\r\n\
         3,{link},SHI-2026-00018,\r\n\
         4,,=1+1,\r\n\
         5,,,\r\n"
    );
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode(&table);
    for (media, body) in [
        ("text/csv", table.clone().into_bytes()),
        ("text/csv; charset=Shift_JIS", cp932.to_vec()),
        ("text/csv", cp932.to_vec()),
    ] {
        let answer = exchange(&service, "?lang=en", media, "application/x-ndjson", body).await;
        let answers = lines(&answer);
        let told: Vec<_> = answers[..5].iter().map(|answer| (&answer["row"], &answer["id"])).collect();
        let expected = [2, 3, 4, 5, 6].map(|row| (json!(row), json!((row - 1).to_string())));
        assert_eq!(told, expected.iter().map(|(row, id)| (row, id)).collect::<Vec<_>>(), "{media}");
        assert_eq!(answers[0]["outcome"], "valid");
        assert_eq!(
            answers[0]["claimed"]["number"]["answer"], "listed",
            "the number beside a code is a claim"
        );
        assert_eq!(
            answers[1]["claimed"]["models"][1],
            json!({ "claimed": "RX-999", "answer": "not_listed" })
        );
        assert_eq!(
            answers[2]["claimed"]["number"],
            json!({ "claimed": "SHI202600018", "answer": "not_listed" }),
            "the code is of another registration"
        );
        assert_eq!(answers[3]["outcome"], "not_a_label", "{}", answers[3]);
        assert_eq!(answers[4]["error"]["code"], "one_of");
        assert_eq!(answers[5]["end"]["rows"], 5);
    }
    let csv = exchange(&service, "?lang=en", "text/csv", "*/*", table.clone()).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    let text = csv.text();
    let mut rows = text.strip_prefix('\u{feff}').unwrap().lines();
    assert!(rows.next().unwrap().starts_with("\"Row\",\"Your reference\",\"Result\""), "{text}");
    assert_eq!(rows.clone().count(), 5, "{text}");
    assert!(!text.contains("\"=1+1\""), "what would be a formula is none: {text}");
    let given = r#"?columns={"heading":true,"columns":{"number":3}}"#;
    let given = given.replace('{', "%7B").replace('}', "%7D").replace('"', "%22");
    let answers = lines(&exchange(&service, &given, "text/csv", "application/jsonl", table.clone()).await);
    assert!(answers[0]["claimed"].is_null() && answers[0]["reason"] == "number_only", "{}", answers[0]);
}

#[tokio::test]
async fn a_table_that_is_none_says_so_in_the_form_of_the_answers() {
    let service = Service::start().await;
    let nothing = "色,重さ\n赤,5\n";
    let answer = exchange(&service, "?lang=en", "text/csv", "text/csv", nothing).await.text();
    let last = answer.lines().last().unwrap();
    assert!(last.contains("no column says which label") && last.ends_with("\"columns\""), "{answer}");
    let answers = lines(&exchange(&service, "", "text/csv", "application/x-ndjson", nothing).await);
    assert_eq!(answers[0]["end"]["stopped"]["code"], "columns");
    let long = format!("登録番号\n{}", "SHI-1\n".repeat(1_001));
    let answer = exchange(&service, "?lang=en", "text/csv", "text/csv", long).await.text();
    assert!(answer.lines().last().unwrap().contains("at most 1000 rows"), "a table that was cut says so");
    for (query, media, status) in [
        ("", "text/csv; charset=ebcdic", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("?columns=%7B%7D", "text/csv", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(exchange(&service, query, media, "*/*", nothing).await.status, status, "{media}");
    }
}
