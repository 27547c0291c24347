//! What somebody would try who wants to see, smuggle in or skip more than is theirs.

use serde_json::{Value, json};
use shirushi_tests::shirushi::run;

use super::way::{Way, Who, rival};
use super::{MAKER, REVIEWER, content};

const FILE: &str = "%PDF-1.7 the maker's secret (fictional)";

/// Hands in `body` as it stands.
async fn send(way: &Way, who: Who, query: &str, media: &str, body: Vec<u8>) -> (u16, Value) {
    let (node, key) = way.node(who);
    let request = node.client().post(node.url(&format!("/v1/evidence{query}"))).bearer_auth(key);
    let answer = request.header("content-type", media).body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_anothers_looks_like_what_never_was() {
    let way = Way::api().await;
    let (status, file) = send(&way, MAKER, "?name=report.pdf", "application/pdf", FILE.into()).await;
    assert_eq!(status, 201, "{file}");
    let (node, key) = way.node(MAKER);
    let (_, made) = node.order(key, "/v1/applications", &content("STAR-1", &file)).await;
    let id = made["id"].as_str().unwrap();
    let digest = file["sha256"].as_str().unwrap();
    let ask = async |who: Who, path: String| {
        let (node, key) = way.node(who);
        let answer = node.client().get(node.url(&path)).bearer_auth(key).send().await.unwrap();
        let headers: Vec<_> = answer.headers().keys().map(ToString::to_string).collect();
        (answer.status().as_u16(), headers, answer.text().await.unwrap())
    };
    for tail in ["", &format!("/evidence/{digest}")] {
        let foreign = ask(rival(), format!("/v1/applications/{id}{tail}")).await;
        let never = ask(rival(), format!("/v1/applications/A-2026-000000001{tail}")).await;
        assert_eq!(foreign, never, "{tail}");
        assert_eq!(foreign.0, 404);
    }
    // The digest alone opens nothing: a case refers to what its own organisation handed in.
    let (rivals_node, rivals_key) = way.node(rival());
    let (status, refused) =
        rivals_node.order(rivals_key, "/v1/applications", &content("STAR-1", &file)).await;
    assert_eq!(status, 422, "{refused}");
    assert!(refused.to_string().contains("was not handed in"), "{refused}");

    // Whoever may read it gets it as a download that no browser runs.
    let (node, key) = way.node(REVIEWER);
    let path = format!("/v1/applications/{id}/evidence/{digest}");
    let answer = node.client().get(node.url(&path)).bearer_auth(key).send().await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/pdf");
    assert!(header("content-disposition").starts_with("attachment; filename=\"report.pdf\""));
    assert!(header("content-security-policy").ends_with("; sandbox"));
    assert_eq!(
        (header("x-content-type-options"), header("cache-control")),
        ("nosniff".into(), "no-store".into())
    );
    assert_eq!(answer.bytes().await.unwrap(), FILE);
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_is_a_file_of_a_known_kind_and_leads_nowhere() {
    let way = Way::api_with(&["--max-evidence-mib", "1"]).await;
    let pdf = "application/pdf";
    for (name, query, media, body, expected) in [
        ("a path", "?name=..%2F..%2Fetc%2Fpasswd", pdf, FILE.as_bytes().to_vec(), 422),
        ("another path", "?name=C:%5Cx.pdf", pdf, FILE.into(), 422),
        ("a name that reads backwards", "?name=scan%E2%80%AEfdp.exe", pdf, FILE.into(), 422),
        ("no name", "", pdf, FILE.into(), 422),
        ("too large", "?name=a.txt", "text/plain", vec![b'a'; (1 << 20) + 1], 413),
        ("a page", "?name=a.html", "text/html", b"<script>".to_vec(), 415),
        ("a page that says it is a PDF", "?name=a.pdf", pdf, b"<script>".to_vec(), 422),
        ("another digest", &format!("?name=a.pdf&sha256={}", "0".repeat(64)), pdf, FILE.into(), 422),
        ("no digest", "?name=a.pdf&sha256=..", pdf, FILE.into(), 422),
        ("nothing", "?name=a.txt", "text/plain", vec![], 422),
        ("a file", "?name=a.pdf", pdf, FILE.into(), 201),
    ] {
        let (status, told) = send(&way, MAKER, query, media, body).await;
        assert_eq!(status, expected, "{name}: {told}");
    }
    // Nor by a case that refers to it.
    let (node, key) = way.node(MAKER);
    let (_, mut file) = send(&way, MAKER, "?name=a.pdf", pdf, FILE.into()).await;
    file["name"] = json!("../../etc/passwd");
    let (status, told) = node.order(key, "/v1/applications", &content("STAR-1", &file)).await;
    assert_eq!(status, 400, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checklist_answers_what_is_asked_and_nothing_else() {
    let way = Way::api().await;
    let (node, key) = way.node(MAKER);
    let (_, file) = send(&way, MAKER, "?name=a.pdf", "application/pdf", FILE.into()).await;
    let mut content = content("STAR-1", &file);
    let unknown = json!({ "criterion": "S9.9-99", "status": { "is": "conforms" }, "note": "x" });
    content["checklist"].as_array_mut().unwrap().push(unknown);
    let (status, made) = node.order(key, "/v1/applications", &content).await;
    assert_eq!(status, 201, "a draft may be wrong: {made}");
    let submit = format!("/v1/applications/{}/submit", made["id"].as_str().unwrap());
    let (status, told) = node.order(key, &submit, &json!({})).await;
    assert_eq!(status, 422);
    assert!(told.to_string().contains("S9.9-99 is not asked for here"), "{told}");
    // A state that the caller makes up is not taken.
    for smuggled in [json!({ "state": "approved" }), json!({ "holder": "rival" }), json!({ "events": [] })] {
        let mut body = super::content("STAR-1", &Value::Null);
        body.as_object_mut().unwrap().extend(smuggled.as_object().unwrap().clone());
        assert_eq!(node.order(key, "/v1/applications", &body).await.0, 400, "{smuggled}");
    }
}

#[test]
fn a_criteria_file_that_contradicts_itself_is_not_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("criteria.json");
    let path = file.display().to_string();
    let mut criteria: Value = serde_json::from_slice(&run(["criteria"]).stdout).unwrap();
    std::fs::write(&file, criteria.to_string()).unwrap();
    assert!(run(["criteria", "--criteria", &path]).status.success(), "what is told can be loaded again");
    let waived =
        json!({ "by": "uk_psti", "criteria": ["S9.9-99"], "from": "2026-01-01T00:00:00Z", "mark": "I" });
    criteria["waivers"].as_array_mut().unwrap().push(waived);
    std::fs::write(&file, criteria.to_string()).unwrap();
    for command in ["criteria", "serve"] {
        let keys = folder.path().join("keys").display().to_string();
        let database = format!("sqlite:{}", folder.path().join("registry.db").display());
        run(["keys", "init", "--keys", &keys]);
        let output = run([command, "--criteria", &path, "--keys", &keys, "--database", &database]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && told.contains("S9.9-99 is waived and not there"),
            "{command}: {told}"
        );
    }
}
