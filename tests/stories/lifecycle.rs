//! From application to revocation: one story for each route of the scheme, once through the API and once on the command line.
//!
//! The story is told once; `way` knows how each of its steps is said to a node and to the program.

mod attacks;
mod way;

use serde_json::{Value, json};
use shirushi_server::clock::SystemClock;
use shirushi_shared::time::UnixTime;
use shirushi_tests::patience::until;

use way::{Step, Way, Who};

const MAKER: Who = Who { person: "maker/Suzuki", role: "holder" };
const LAB: Who = Who { person: "lab/Tanaka", role: "evaluation_body" };
const ADMINISTRATOR: Who = Who { person: "operator/Ito", role: "administrator" };
const REVIEWER: Who = Who { person: "operator/Sato", role: "reviewer" };
/// The same person, who may approve as well.
const SAME_AS_REVIEWER: Who = Who { person: "operator/Sato", role: "approver" };
const APPROVER: Who = Who { person: "operator/Kato", role: "approver" };
const SECOND_APPROVER: Who = Who { person: "operator/Mori", role: "approver" };

const NUMBER: &str = "SHI-2026-00017";
const NEXT: &str = "SHI-2026-00018";

#[tokio::test(flavor = "multi_thread")]
async fn star_1_through_the_api() {
    life(Way::api().await, "STAR-1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn star_3_through_the_api() {
    life(Way::api().await, "STAR-3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn star_1_on_the_command_line() {
    life(Way::command_line(), "STAR-1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn star_3_on_the_command_line() {
    life(Way::command_line(), "STAR-3").await;
}

async fn life(way: Way, level: &str) {
    let application = handed_in(&way, level).await;
    let link = approved(&way, &application, level).await;
    kept_up_to_date(&way, &link).await;
    extended(&way).await;
    suspended_for_a_while(&way, &link).await;
    if level == "STAR-1" {
        replaced(&way, &link).await;
    }
    revoked(&way, &link, &application).await;
}

/// A step of an application.
fn step<'a>(id: &'a str, path: &'a str, cli: &'a str) -> Step {
    Step::new(format!("/v1/applications/{id}/{path}"), ["application", cli, id])
}

/// Drafted, completed, and handed in.
async fn handed_in(way: &Way, level: &str) -> String {
    let begun = Step::new("/v1/applications", ["application", "draft"]).with(content(level, &Value::Null));
    let draft = way.does(MAKER, begun).await;
    assert_eq!((&draft["state"], &draft["owner"]), (&json!("draft"), &json!("maker")));
    let id = draft["id"].as_str().unwrap().to_owned();
    way.refuses(REVIEWER, step(&id, "review", "review"), "is draft").await;
    way.refuses_input(MAKER, step(&id, "submit", "submit"), "").await;

    let file = way.uploads(MAKER, "checklist.txt", "how the product meets S1.1-01 (fictional)").await;
    let complete = step(&id, "content", "edit").with(content(level, &file));
    way.does(MAKER, complete).await;
    if level == "STAR-3" {
        way.refuses_input(MAKER, step(&id, "submit", "submit"), "the evaluation report is missing").await;
        let evidence = way.uploads(LAB, "report.txt", "the report (fictional)").await;
        let report = json!({
            "number": "R-2026-1", "level": level, "category": "network_camera", "dated": days(-1), "evidence": evidence,
        });
        way.does(LAB, step(&id, "report", "report").with(report)).await;
    }
    let submitted = way.does(MAKER, step(&id, "submit", "submit")).await;
    assert_eq!(submitted["state"], "submitted");
    way.refuses(MAKER, step(&id, "submit", "submit"), "is submitted").await;
    id
}

/// Examined, sent back, examined again, approved by another: the label.
async fn approved(way: &Way, id: &str, level: &str) -> String {
    let approve = || {
        let says = [("number", NUMBER.to_owned()), ("valid_from", day(-1)), ("valid_until", day(400))];
        step(id, "approve", "approve").saying(&says)
    };
    way.does(REVIEWER, step(id, "review", "review")).await;
    let why = [("reason", "the manual names no contact (fictional)".to_owned())];
    let returned = way.does(REVIEWER, step(id, "return", "return").saying(&why)).await;
    assert_eq!(returned["document"]["state"]["reason"], why[0].1);
    way.refuses(APPROVER, approve(), "is returned").await;
    way.does(MAKER, step(id, "submit", "submit")).await;
    way.does(REVIEWER, step(id, "review", "review")).await;
    if level == "STAR-3" {
        way.refuses(APPROVER, approve(), "has not been accepted").await;
        way.does(REVIEWER, step(id, "accept-report", "accept-report")).await;
    } else {
        way.refuses(REVIEWER, step(id, "accept-report", "accept-report"), "no evaluation report").await;
    }
    way.refuses(SAME_AS_REVIEWER, approve(), "same person").await;
    let done = way.does(APPROVER, approve()).await;
    assert_eq!(done["application"]["state"], "approved");
    let link = done["issued"][0]["link"].as_str().unwrap().to_owned();
    assert_eq!(way.verify(&link, None).await["outcome"], "valid");
    way.refuses(MAKER, step(id, "withdraw", "withdraw"), "is approved").await;
    link
}

/// A model is added by a notice.
async fn kept_up_to_date(way: &Way, link: &str) {
    assert_eq!(way.verify(link, Some("RX-210")).await["claimed"]["model"], "not_listed");
    let add = json!({ "add": [{ "name": "Camera", "models": [{ "number": "RX-210" }] }] });
    let file = Step::new(format!("/v1/registrations/{NUMBER}/notices"), ["notice", "file", NUMBER]);
    let filed = way.does(MAKER, file.with(add)).await;
    let id = filed["id"].as_str().unwrap();
    let accept = || Step::new(format!("/v1/notices/{id}/accept"), ["notice", "accept", id]);
    way.does(REVIEWER, accept()).await;
    assert_eq!(way.verify(link, Some("RX-210")).await["claimed"]["model"], "listed");
    way.refuses(REVIEWER, accept(), "is accepted").await;
}

/// Extended: not with a vulnerability open, and then by two people.
async fn extended(way: &Way) {
    let about = json!({
        "number": NUMBER, "title": "Command injection (fictional)", "severity": "critical", "discovered": days(-1),
    });
    let record = Step::new("/v1/advisories", ["advisory", "record"]).with(about);
    let advisory = way.does(MAKER, record).await;
    let id = advisory["id"].as_str().unwrap();
    let until = days(700);
    let reason = "two more years (fictional)";
    let extend = || {
        let order = json!({ "what": "extend", "number": NUMBER, "until": until, "reason": reason });
        let cli = ["decision", "propose", "extend", NUMBER, "--until", &until, "--reason", reason];
        Step::new("/v1/decisions", cli).ordering(order)
    };
    way.refuses(MAKER, extend(), id).await;
    let fix = || Step::new(format!("/v1/advisories/{id}/fix"), ["advisory", "fix", id]);
    way.does(MAKER, fix()).await;
    way.refuses(MAKER, fix(), "is fixed").await;
    let proposed = way.does(MAKER, extend()).await;
    let done = way.does(APPROVER, confirm(&proposed)).await;
    let changed = &done["changed"];
    let expires =
        if changed["expires"].is_null() { &changed["status"]["expires"] } else { &changed["expires"] };
    assert_eq!(expires, &json!(until));
}

/// Suspended with an end, which comes by itself.
async fn suspended_for_a_while(way: &Way, link: &str) {
    let end = seconds(20);
    let reason = "under investigation (fictional)";
    let order = json!({ "change": "suspend", "reason": reason, "until": end });
    let cli = ["suspend", NUMBER, "--reason", reason, "--until", &end];
    let suspend =
        Step::new(format!("/v1/registrations/{NUMBER}/state"), cli).ordering(order).at_the_machine();
    way.does(ADMINISTRATOR, suspend).await;
    assert_eq!(way.verify(link, None).await["outcome"], "suspended");
    until("its end has come", async || way.verify(link, None).await["outcome"] == "valid").await;
}

/// Another registration takes its place.
async fn replaced(way: &Way, link: &str) {
    let approval = json!({
        "number": NEXT, "maker": "架空電機", "products": [{ "name": "Camera", "models": [{ "number": "RX-300" }] }],
        "category": "network_camera", "level": "STAR-1", "valid_from": day(-1), "valid_until": day(400),
    });
    way.issues(&approval, ADMINISTRATOR, APPROVER).await;
    let reason = "the next model (fictional)";
    let order = json!({
        "what": "supersede", "number": NUMBER, "successor": NEXT, "public_reason": reason, "reason": reason,
    });
    let cli = [
        "decision",
        "propose",
        "supersede",
        NUMBER,
        "--successor",
        NEXT,
        "--public-reason",
        reason,
        "--reason",
        reason,
    ];
    let proposed = way.does(ADMINISTRATOR, Step::new("/v1/decisions", cli).ordering(order)).await;
    assert_eq!(way.verify(link, None).await["outcome"], "valid", "proposed is not done");
    way.does(APPROVER, confirm(&proposed)).await;
    assert_eq!(way.verify(link, None).await["outcome"], "grace");
}

/// Revoked by two people.
async fn revoked(way: &Way, link: &str, application: &str) {
    let reason = "found not to meet the criteria (fictional)";
    let revoke = || {
        let order = json!({ "what": "revoke", "number": NUMBER, "public_reason": reason, "reason": reason });
        let cli = ["decision", "propose", "revoke", NUMBER, "--public-reason", reason, "--reason", reason];
        Step::new("/v1/decisions", cli).ordering(order)
    };
    let proposed = way.does(APPROVER, revoke()).await;
    way.refuses(APPROVER, confirm(&proposed), "same person").await;
    assert_ne!(way.verify(link, None).await["outcome"], "revoked");
    way.does(SECOND_APPROVER, confirm(&proposed)).await;
    assert_eq!(way.verify(link, None).await["outcome"], "revoked");
    way.refuses(SECOND_APPROVER, confirm(&proposed), "is confirmed").await;
    way.refuses(APPROVER, revoke(), "revoked").await;
    way.refuses(MAKER, step(application, "withdraw", "withdraw"), "is approved").await;
}

fn confirm(proposed: &Value) -> Step {
    let id = proposed["id"].as_str().unwrap();
    Step::new(format!("/v1/decisions/{id}/confirm"), ["decision", "confirm", id])
}

/// What the maker applies for; without evidence it is not complete.
fn content(level: &str, evidence: &Value) -> Value {
    let mut content = json!({
        "kind": { "for": "new" }, "level": level, "category": "network_camera",
        "products": [{ "name": "Camera", "models": [{ "number": "RX-200" }] }],
    });
    if level == "STAR-3" {
        content["evaluation_body"] = json!("lab");
    } else if !evidence.is_null() {
        let answer = |place: u32| {
            let criterion = format!("S1.1-{place:02}");
            let status = json!({ "is": "conforms" });
            json!({ "criterion": criterion, "status": status, "evidence": [evidence], "note": "chapter 3" })
        };
        content["checklist"] = (1..=16).map(answer).collect();
    }
    content
}

fn now() -> UnixTime {
    SystemClock::default().now()
}

fn seconds(from_now: i64) -> String {
    now().plus(from_now).to_string()
}

fn days(from_now: i64) -> String {
    seconds(from_now * 86_400)
}

/// A day in Japan.
fn day(from_now: i64) -> String {
    now().plus(from_now * 86_400 + 9 * 3_600).to_string().get(..10).unwrap().to_owned()
}
