//! Jobs, without a socket. What a crash does to them is in the `tests` crate.

use std::io::Write as _;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::harness::{Answer, NUMBER, Service, bearer};
use crate::service::access::{Role, Scope};

const JSON_LINES: &str = "application/x-ndjson";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn post(
    service: &Service,
    key: Option<&str>,
    query: &str,
    media: &str,
    body: impl Into<Body>,
) -> Answer {
    let mut request = Request::post(format!("/v1/jobs{query}")).header(header::CONTENT_TYPE, media);
    if let Some(key) = key {
        request = request.header(header::AUTHORIZATION, key);
    }
    service.send(request.body(body.into()).unwrap()).await
}

async fn opened(
    service: &Service,
    key: Option<&str>,
    query: &str,
    media: &str,
    body: impl Into<Body>,
) -> Value {
    let answer = post(service, key, query, media, body).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
    let job = answer.json();
    assert_eq!(answer.header("location"), format!("/v1/jobs/{}", job["id"].as_str().unwrap()));
    job
}

/// The job's path by its secret.
fn place(job: &Value) -> String {
    format!("/v1/jobs/{}", job["secret"].as_str().unwrap())
}

async fn lines(service: &Service, path: &str) -> Vec<Value> {
    let answer = service.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn rows(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

/// A key of another organisation that verifies.
async fn another(service: &Service, organisation: &str) -> String {
    let office = service.key(&[Scope::Manage]).await;
    let new = json!({ "id": organisation, "kind": "verifier", "name": organisation });
    assert_eq!(service.order(&office, "/v1/organisations", &new).await.status, StatusCode::CREATED);
    bearer(&service.key_of(organisation, &[Role::Verifier], &[Scope::Verify]).await.0)
}

#[tokio::test]
async fn a_file_is_accepted_at_once_and_answered_later() {
    let service = Service::start().await;
    let link = service.issue().await;
    let file = rows(&[
        json!({ "id": "a", "link": link }),
        json!({ "id": "b", "number": "SHI-2026-99999" }),
        json!({ "id": "c" }),
        json!({ "id": "d", "link": link, "model": "NOT-A-MODEL" }),
    ]);
    let job = opened(&service, None, "?name=stock.jsonl&lang=en&products=1", JSON_LINES, file).await;
    assert_eq!(
        (&job["state"], &job["name"], &job["answered"]),
        (&json!("waiting"), &json!("stock.jsonl"), &json!(0))
    );
    let page = job["page"].as_str().unwrap();
    assert_eq!(page, format!("https://label.shirushi.example/bulk/{}", job["secret"].as_str().unwrap()));
    let now = service.state.clock.now();
    assert!(job["erased_at"].as_str().unwrap() >= now.plus(86_000).to_string().as_str(), "{job}");
    assert!(
        lines(&service, &format!("{}/results", place(&job))).await.is_empty(),
        "nothing yet, and no last line"
    );

    service.state.jobs.work_off().await.unwrap();
    let done = service.get(&place(&job)).await.json();
    assert_eq!(done["state"], "done");
    assert_eq!((&done["rows"], &done["answered"], &done["bad"]), (&json!(4), &json!(4), &json!(1)));
    assert_eq!((&done["outcomes"]["valid"], &done["not_as_claimed"]), (&json!(2), &json!(1)));
    let metrics = service.get("/metrics").await.text();
    assert!(metrics.contains("shirushi_verdicts_total{outcome=\"not_registered\"} 1"), "{metrics}");
    assert_eq!((done.get("secret"), done.get("page")), (None, None), "told once");

    let answers = lines(&service, &format!("{}/results", place(&job))).await;
    let ids: Vec<_> = answers.iter().map(|line| line["id"].as_str().unwrap_or("-")).collect();
    assert_eq!(ids, ["a", "b", "c", "d", "-"], "in order, and a last line");
    let alone = service.post_json("/v1/verify", &json!({ "link": link })).await.json();
    assert_eq!(answers[0]["outcome"], alone["outcome"]);
    assert_eq!(answers[0]["product"]["maker"], "例示電機株式会社");
    assert_eq!(answers[4]["end"]["rows"], 4);
    let valid = lines(&service, &format!("{}/results?outcome=valid", place(&job))).await;
    assert_eq!((valid.len(), &valid[0]["id"]), (3, &json!("a")));
    let denied = lines(&service, &format!("{}/results?outcome=not_as_claimed", place(&job))).await;
    assert_eq!((denied.len(), &denied[0]["id"]), (2, &json!("d")), "valid, and not this model's");
    let bad = lines(&service, &format!("{}/results?outcome=bad", place(&job))).await;
    assert_eq!(bad[0]["error"]["code"], "one_of");

    let csv = service.get(&format!("{}/results?format=csv&lang=ja", place(&job))).await;
    assert!(csv.body.starts_with("\u{FEFF}".as_bytes()), "{}", csv.text());
    assert_eq!(csv.text().lines().count(), 5, "{}", csv.text());
    assert!(csv.header("content-disposition").contains("stock-results.csv"));
    let xlsx = service.get(&format!("{}/results?format=xlsx", place(&job))).await;
    assert!(xlsx.body.starts_with(b"PK") && xlsx.header("content-type") == XLSX);
    let refused = service.get(&format!("{}/results?format=pdf", place(&job))).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn columns_wait_for_somebody_who_knows_them() {
    let service = Service::start().await;
    service.issue().await;
    let file = format!("登録番号,型番\n{NUMBER},RX-200W\n{NUMBER},RX-999\n");
    let job = opened(&service, None, "?name=stock.csv", "text/csv", file.clone()).await;
    assert_eq!(job["state"], "mapping");
    assert_eq!(
        job["look"]["guess"]["mapping"],
        json!({ "heading": true, "columns": { "number": 1, "model": 2 } })
    );
    assert_eq!(job["look"]["rows"][1], json!([NUMBER, "RX-200W"]));
    service.state.jobs.work_off().await.unwrap();
    assert_eq!(service.get(&place(&job)).await.json()["state"], "mapping", "it waits");

    let start = format!("{}/start", place(&job));
    let wrong = json!({ "mapping": { "heading": true, "columns": { "model": 0 } } });
    let refused = service.post_json(&start, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["errors"].as_array().unwrap().len(), 2, "{}", refused.text());
    assert_eq!(service.post_json(&start, &json!({})).await.status, StatusCode::OK);
    assert_eq!(service.post_json(&start, &json!({})).await.status, StatusCode::CONFLICT);
    service.state.jobs.work_off().await.unwrap();
    let answers = lines(&service, &format!("{}/results", place(&job))).await;
    let models: Vec<_> = answers.iter().map(|line| line["claimed"]["models"][0]["answer"].clone()).collect();
    assert_eq!(models[..2], [json!("listed"), json!("not_listed")]);

    let guessed = opened(&service, None, "?mapping=auto", "application/octet-stream", file.clone()).await;
    assert_eq!((&guessed["state"], &guessed["format"]), (&json!("waiting"), &json!("table")));
    let unclear = opened(&service, None, "?mapping=auto", "text/csv", "a,b\n1,2\n").await;
    assert_eq!(unclear["state"], "mapping", "what is guessed says not which labels");
    let given = "?mapping=%7B%22heading%22%3Atrue%2C%22columns%22%3A%7B%22number%22%3A1%7D%7D";
    assert_eq!(opened(&service, None, given, "text/csv", file).await["state"], "waiting");
    assert_eq!(
        post(&service, None, "?mapping=%7B%7D", "text/csv", "").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        post(&service, None, "?as_of=tomorrow", JSON_LINES, "").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(post(&service, None, "", "image/png", "").await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn what_was_said_of_columns_holds_for_the_next_file_of_the_same_organisation() {
    let service = Service::start().await;
    service.issue().await;
    let (mine, theirs) = (another(&service, "mine").await, another(&service, "theirs").await);
    // Headings that nobody could guess.
    let file = || format!("Kennung,Sonstiges\n{NUMBER},RX-200W\n");
    let first = opened(&service, Some(&mine), "", "text/csv", file()).await;
    assert_eq!(first["look"]["guess"]["mapping"]["heading"], false);
    let said = json!({ "heading": true, "columns": { "number": 1, "model": 2 } });
    let start = format!("{}/start", place(&first));
    let wrong = json!({ "mapping": { "heading": true, "columns": { "model": 2 } } });
    assert_eq!(service.post_json(&start, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(service.post_json(&start, &json!({ "mapping": said })).await.status, StatusCode::OK);

    let next = opened(&service, Some(&mine), "", "text/csv", file()).await;
    assert_eq!(next["state"], "mapping", "it is shown, and can be put right");
    assert_eq!(next["look"]["guess"]["mapping"], said);
    assert_eq!(next["look"]["guess"]["reasons"]["model"], json!({ "why": "said" }));
    let page = service.get(&format!("/bulk/{}?lang=ja", next["secret"].as_str().unwrap())).await.text();
    assert_eq!(page.matches("前回の指定から").count(), 2, "{page}");
    let auto = opened(&service, Some(&mine), "?mapping=auto", "text/csv", file()).await;
    assert_eq!(auto["state"], "waiting", "it is known");

    let other = opened(&service, Some(&theirs), "?mapping=auto", "text/csv", file()).await;
    let nobody = opened(&service, None, "?mapping=auto", "text/csv", file()).await;
    for stranger in [other, nobody] {
        assert_ne!(stranger["look"]["guess"]["mapping"], said, "others have not said it");
    }
    let more = opened(&service, Some(&mine), "", "text/csv", format!("{}x,y,z\n", file())).await;
    assert_eq!(more["look"]["guess"]["mapping"], said, "by its headings, whatever follows");
}

#[tokio::test]
async fn what_belongs_to_others_is_answered_like_what_never_existed() {
    let service = Service::start().await;
    let (mine, theirs) = (another(&service, "mine").await, another(&service, "theirs").await);
    let job = opened(&service, Some(&mine), "", JSON_LINES, rows(&[json!({ "number": NUMBER })])).await;
    service.state.jobs.work_off().await.unwrap();
    let id = job["id"].as_str().unwrap();
    let ask = async |key: Option<&str>, verb: &str, name: &str, rest: &str| {
        let mut request = Request::builder().method(verb).uri(format!("/v1/jobs/{name}{rest}"));
        if let Some(key) = key {
            request = request.header(header::AUTHORIZATION, key);
        }
        let request = request.header(header::CONTENT_TYPE, "application/json").body("{}".into());
        let answer = service.send(request.unwrap()).await;
        (answer.status, answer.text())
    };
    for (verb, rest) in [
        ("GET", ""),
        ("GET", "/events"),
        ("GET", "/results"),
        ("GET", "/differences"),
        ("POST", "/pack"),
        ("POST", "/start"),
        ("POST", "/cancel"),
        ("POST", "/erase"),
    ] {
        let never = ask(Some(&theirs), verb, "0123456789abcdef", rest).await;
        assert_eq!(never.0, StatusCode::NOT_FOUND);
        for key in [Some(&*theirs), None] {
            assert_eq!(ask(key, verb, id, rest).await, never, "{verb} {rest}");
        }
        assert_eq!(ask(None, verb, "AAAAAAAAAAAAAAAAAAAAAA", rest).await, never, "nor by a guessed secret");
    }
    assert_eq!(ask(Some(&mine), "GET", id, "").await.0, StatusCode::OK);
    assert_eq!(ask(Some(&mine), "GET", id, "/results").await.0, StatusCode::OK);
    let secret = job["secret"].as_str().unwrap();
    assert_eq!(ask(None, "GET", secret, "").await.0, StatusCode::OK, "whoever has the link may see it");
    assert_eq!(ask(Some(&theirs), "GET", secret, "").await.0, StatusCode::OK);
    let list = service.get_with("/v1/jobs", "authorization", &mine).await.json();
    assert_eq!(list["jobs"][0]["id"], id);
    let list = service.get_with("/v1/jobs", "authorization", &theirs).await.json();
    assert_eq!(list["jobs"], json!([]));
    // An earlier run of somebody else is none.
    let earlier = format!("?earlier={id}");
    assert_eq!(post(&service, Some(&theirs), &earlier, JSON_LINES, "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_job_is_stopped_and_erased_and_ends_by_itself() {
    let service = Service::start().await;
    let file = || rows(&[json!({ "number": NUMBER })]);
    let job = opened(&service, None, "", JSON_LINES, file()).await;
    let cancel = format!("{}/cancel", place(&job));
    let cancelled = service.post_json(&cancel, &json!({})).await.json();
    assert_eq!(
        (&cancelled["state"], &cancelled["stopped"]["code"]),
        (&json!("cancelled"), &json!("cancelled"))
    );
    assert_eq!(service.post_json(&cancel, &json!({})).await.status, StatusCode::CONFLICT);
    service.state.jobs.work_off().await.unwrap();
    assert_eq!(service.get(&place(&job)).await.json()["state"], "cancelled");
    let erased = service.post_json(&format!("{}/erase", place(&job)), &json!({})).await;
    assert_eq!(erased.status, StatusCode::NO_CONTENT);
    assert_eq!(service.get(&place(&job)).await.status, StatusCode::NOT_FOUND);

    let key = another(&service, "shop").await;
    let (short, long) = (
        opened(&service, None, "", JSON_LINES, file()).await,
        opened(&service, Some(&key), "", JSON_LINES, file()).await,
    );
    service.state.jobs.work_off().await.unwrap();
    service.state.clock.jump(86_400 + 10);
    assert_eq!(service.get(&place(&short)).await.status, StatusCode::NOT_FOUND, "a day without a key");
    assert_eq!(service.get(&place(&long)).await.status, StatusCode::OK);
    service.state.clock.jump(29 * 86_400);
    assert_eq!(service.get(&place(&long)).await.status, StatusCode::NOT_FOUND, "thirty days with one");
}

#[tokio::test]
async fn what_is_more_than_is_taken_is_told_with_the_limit() {
    let service = Service::start().await;
    let key = another(&service, "shop").await;
    let many = "{\"number\":\"SHI-1\"}\n".repeat(1_001);
    let job = opened(&service, None, "", JSON_LINES, many.clone()).await;
    service.state.jobs.work_off().await.unwrap();
    let failed = service.get(&place(&job)).await.json();
    assert_eq!(
        (&failed["state"], &failed["answered"]),
        (&json!("failed"), &json!(1_000)),
        "what was taken is answered"
    );
    let detail = "at most 1000 rows are taken without an API key";
    assert_eq!(failed["stopped"], json!({ "code": "too_many_rows", "detail": detail }));
    let job = opened(&service, Some(&key), "", JSON_LINES, many).await;
    service.state.jobs.work_off().await.unwrap();
    assert_eq!(service.get(&place(&job)).await.json()["answered"], 1_001);

    let huge = vec![b' '; (4 << 20) + 1];
    let announced = Request::post("/v1/jobs")
        .header(header::CONTENT_TYPE, JSON_LINES)
        .header(header::CONTENT_LENGTH, huge.len());
    let refused = service.send(announced.body(Body::empty()).unwrap()).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    let pieces: Vec<_> = huge.chunks(9_000).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect();
    let refused =
        post(&service, None, "", JSON_LINES, Body::from_stream(futures_util::stream::iter(pieces))).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text().contains("4194304 bytes"), "{}", refused.text());
    let broken =
        futures_util::stream::iter([Ok(b"{}\n".to_vec()), Err(std::io::Error::other("the line went dead"))]);
    let refused = post(&service, None, "", JSON_LINES, Body::from_stream(broken)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);

    // An organisation has so many that have not ended, and others have theirs.
    let mut last = None;
    for _ in 0..9 {
        last = Some(post(&service, Some(&key), "", "text/csv", "a,b\n1,2\n").await);
    }
    let last = last.unwrap();
    assert_eq!(last.status, StatusCode::CONFLICT);
    assert!(last.text().contains("at most 8 jobs"), "{}", last.text());
    let mut waits = 0;
    while post(&service, None, "", "text/csv", "a,b\n1,2\n").await.status != StatusCode::TOO_MANY_REQUESTS {
        waits += 1;
    }
    assert!(waits <= 20, "without a key one address has some at once, and then waits");
}

/// A workbook whose one part unpacks to far more than is taken.
fn bomb() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..100 {
        archive.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_hostile_file_fails_with_its_reason_and_nothing_else_does() {
    let service = Service::start().await;
    for (media, file, code) in [
        (XLSX, bomb(), "too_many_bytes"),
        (XLSX, b"PK\x03\x04nonsense".to_vec(), "not_a_table"),
        ("application/octet-stream", b"\xD0\xCF\x11\xE0old workbook".to_vec(), "not_a_table"),
        ("text/csv", Vec::new(), "not_a_table"),
    ] {
        let job = opened(&service, None, "?mapping=auto", media, file).await;
        assert_eq!(job["state"], "failed", "{job}");
        assert_eq!(job["stopped"]["code"], code, "{job}");
        assert!(!job["stopped"]["detail"].as_str().unwrap().is_empty());
    }
    // A line of JSON that is none costs its own row.
    let nonsense = format!("{}\n[[[[\n\0\0\n{{\"number\":\"SHI-1\"}}", "[".repeat(100_000));
    let job = opened(&service, None, "", JSON_LINES, nonsense).await;
    service.state.jobs.work_off().await.unwrap();
    let done = service.get(&place(&job)).await.json();
    assert_eq!((&done["state"], &done["answered"], &done["bad"]), (&json!("done"), &json!(4), &json!(3)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_sees_how_it_goes_on_until_it_has_ended() {
    let service = Service::start().await;
    let job = opened(&service, None, "", JSON_LINES, rows(&[json!({ "number": NUMBER })])).await;
    let jobs = service.state.jobs.clone();
    let working = tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        jobs.work_off().await.unwrap();
    });
    let events = service.get(&format!("{}/events", place(&job))).await;
    working.await.unwrap();
    assert_eq!(events.header("content-type"), "text/event-stream");
    let told: Vec<Value> = events
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("data: ").map(|data| serde_json::from_str(data).unwrap()))
        .collect();
    let states: Vec<_> = told.iter().map(|job| job["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["waiting", "done"], "{}", events.text());
    assert_eq!(told[1]["answered"], 1);
    assert!(!events.text().contains("secret"));
}

#[tokio::test]
async fn the_difference_to_an_earlier_run_is_what_has_changed() {
    let service = Service::start().await;
    service.issue().await;
    let ask = |number: &str| json!({ "number": number });
    let first = rows(&[
        ask("SHI-2026-00017"),
        ask("SHI-2026-88888"),
        ask("SHI-2026-77777"),
        ask("SHI-2026-77777"),
        json!({}),
    ]);
    let first = opened(&service, None, "", JSON_LINES, first).await;
    let compared = format!("{}/differences", place(&first));
    assert_eq!(service.get(&compared).await.status, StatusCode::BAD_REQUEST, "with what?");
    service.state.jobs.work_off().await.unwrap();

    let office = service.key(&[Scope::Change]).await;
    let revoke = json!({ "change": "revoke", "reason": "test" });
    let proposed = service.order(&office, &format!("/v1/registrations/{NUMBER}/state"), &revoke).await;
    service.confirm(&proposed).await;
    let second = rows(&[ask("SHI-2026-99999"), ask("shi 2026 00017"), ask("SHI-2026-77777"), json!({})]);
    let query = format!("?earlier={}", first["secret"].as_str().unwrap());
    let second = opened(&service, None, &query, JSON_LINES, second).await;
    assert_eq!(second["earlier"], first["id"]);
    let compared = format!("{}/differences", place(&second));
    assert_eq!(service.get(&compared).await.status, StatusCode::CONFLICT, "it has not ended");
    service.state.jobs.work_off().await.unwrap();

    let told = lines(&service, &compared).await;
    let changes: Vec<_> = told.iter().map(|line| (line["change"].clone(), line["number"].clone())).collect();
    assert_eq!(
        changes,
        [
            (json!("new"), json!("SHI202699999")),
            (json!("changed"), json!("SHI202600017")),
            (json!("gone"), json!("SHI202688888")),
            (json!("gone"), json!("SHI202677777")),
            (Value::Null, Value::Null),
        ],
        "{told:?}"
    );
    let revoked = &told[1];
    assert_eq!(
        (&revoked["before"]["outcome"], &revoked["after"]["outcome"]),
        (&json!("valid"), &json!("revoked"))
    );
    assert_eq!((&revoked["before"]["row"], &revoked["after"]["row"]), (&json!(1), &json!(2)));
    assert!(revoked["what"].as_array().unwrap().contains(&json!("status")));
    assert_eq!(told[4]["end"], json!({ "same": 2, "changed": 1, "new": 1, "gone": 2 }));
    let csv = service.get(&format!("{compared}?format=csv&lang=ja")).await;
    assert_eq!((csv.status, csv.text().lines().count()), (StatusCode::OK, 5), "{}", csv.text());
    assert!(csv.text().lines().next().unwrap().contains("今回の調達条件の判定"), "{}", csv.text());
    let same = lines(&service, &format!("{compared}?earlier={}", second["secret"].as_str().unwrap())).await;
    assert_eq!(same, [json!({ "end": { "same": 4, "changed": 0, "new": 0, "gone": 0 } })]);
}

#[tokio::test]
async fn every_row_is_checked_by_a_policy_where_one_is_named() {
    let service = Service::start().await;
    service.issue().await;
    let asked =
        rows(&[json!({ "number": NUMBER, "model": "RX-200W" }), json!({ "number": "SHI-2026-99999" })]);
    let job = opened(&service, None, "?policy=government", JSON_LINES, asked.clone()).await;
    service.state.jobs.work_off().await.unwrap();
    let answers = lines(&service, &format!("{}/results", place(&job))).await;
    assert!(answers[0]["policy"]["answer"].is_string(), "{answers:?}");
    assert_eq!(answers[1]["policy"]["answer"], "fail");
    let told = service.get(&place(&job)).await.json();
    assert_eq!(told["policy"], answers[2]["end"]["policy"], "{told}");
    let pack = service.post_json(&format!("{}/pack?case=No.12", place(&job)), &json!({})).await;
    assert_eq!(pack.status, StatusCode::OK, "{}", pack.text());
    assert!(pack.body.starts_with(b"PK") && pack.header("content-type") == "application/zip");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(pack.body)).unwrap();
    let names: Vec<_> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    for name in ["manifest.json", "policy.json", "receipt.cose", "results.jsonl"] {
        assert!(names.contains(&name.to_owned()), "{name}: {names:?}");
    }
    let kept = std::io::read_to_string(archive.by_name("results.jsonl").unwrap()).unwrap();
    assert_eq!(kept.lines().count(), 3, "{kept}");
    let key = another(&service, "shop").await;
    for (key, status) in [(None, StatusCode::UNAUTHORIZED), (Some(&*key), StatusCode::NOT_FOUND)] {
        let refused = post(&service, key, "?policy=somebody-elses", JSON_LINES, asked.clone()).await;
        assert_eq!(refused.status, status, "{}", refused.text());
    }
}
