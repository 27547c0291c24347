//! Every route that needs a key × every role × own and foreign objects, held against the scheme's table.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::{
    document,
    harness::{Answer, Service, bearer},
};
use crate::{
    http::table::{self, Verb},
    scheme::{
        access::{reach, scope},
        evidence::ContentHash,
        sighting::{NewSighting, Suspicion},
    },
    service::access::{Action, Reach, Role, Scope},
};

/// What a request is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum About {
    /// A list, or what does not exist yet.
    Nothing,
    /// `{number}`.
    Label,
    /// `{id}`, or `{organisation}` in body or query.
    Organisation,
    /// `{id}`.
    Key,
    /// `{id}`; it refers to the evidence `{sha256}`.
    Application,
    /// `{id}`.
    Decision,
    /// `{id}`.
    Notice,
    /// `{id}`.
    Advisory,
    /// `{id}`.
    Duty,
    /// `{id}`; it is nobody's own, and has a photograph.
    Sighting,
    /// `{id}`.
    Watch,
    /// `{id}`.
    Webhook,
    /// `{id}`, its name.
    Policy,
}

/// A request to a route that needs a key.
struct Entry {
    verb: &'static str,
    route: &'static str,
    action: Action,
    about: About,
    /// Behind the address.
    query: &'static str,
    media: &'static str,
    body: String,
}

fn entry(verb: &'static str, route: &'static str, action: Action, about: About, body: &Value) -> Entry {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Entry { verb, route, action, about, query: "", media: "application/json", body }
}

/// A route that needs a key and is not in this list fails the test; so does an action that no route of it allows.
#[rustfmt::skip] // A table is read by its columns.
#[expect(clippy::too_many_lines, reason = "a table has a row for each route and action")]
fn entries() -> Vec<Entry> {
    use About::{
        Advisory, Application, Decision, Duty, Key, Label, Nothing, Notice, Organisation, Policy, Sighting, Watch, Webhook,
    };
    use Action as Do;

    let why = json!({ "reason": "test" });
    let state = |change: &str| match change {
        "suspend" | "revoke" => json!({ "change": change, "reason": "test" }),
        _ => json!({ "change": change }),
    };
    let key = json!({ "organisation": "{organisation}", "person": "P", "roles": ["{role}"], "scopes": ["read"] });
    let until = json!({ "until": "2027-01-01T00:00:00Z" });
    let propose = |what: &str, more: Value| {
        let mut body = json!({ "what": what, "number": "{number}", "reason": "test" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let approve = json!({ "number": "SHI-2026-00009", "valid_from": "2026-01-01", "valid_until": "2027-01-01" });
    let file = json!({ "sha256": sha256(), "name": "a.txt", "media_type": "txt", "size": EVIDENCE.len() });
    let report = json!({
        "number": "R-1", "level": "STAR-3", "category": "network_camera", "dated": "2026-01-01T00:00:00Z", "evidence": file,
    });
    let advisory = json!({
        "number": "{number}", "title": "T", "severity": "low", "discovered": "2026-01-01T00:00:00Z",
    });
    let duty = json!({ "number": "{number}", "what": "W", "due": "2027-01-01T00:00:00Z" });
    let notice = json!({ "note": "a new address" });
    let details = json!({ "name": "New name", "reason": "test" });
    let accreditation = json!({
        "levels": ["STAR-3"], "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2027-01-01T00:00:00Z", "reason": "test",
    });
    vec![
        entry("post", "/v1/registrations",                     Do::LabelIssue,         Nothing, &json!({ "approvals": [] })),
        Entry { media: "text/csv", ..
        entry("post", "/v1/registrations/import",              Do::LabelIssue,         Nothing, &Value::Null) },
        entry("post", "/v1/registrations/{number}/state",      Do::LabelSuspend,       Label,   &state("suspend")),
        entry("post", "/v1/registrations/{number}/state",      Do::LabelReinstate,     Label,   &state("reinstate")),
        entry("post", "/v1/registrations/{number}/state",      Do::LabelGrace,         Label,   &state("grace")),
        entry("post", "/v1/registrations/{number}/state",      Do::LabelRevoke,        Label,   &state("revoke")),
        entry("post", "/v1/registrations/{number}/expiry",     Do::LabelExtend,        Label,   &json!({ "until": "2027-01-01T00:00:00Z" })),
        entry("get",  "/v1/registrations/{number}/label.svg",  Do::ArtworkRead,        Label,   &Value::Null),
        entry("get",  "/v1/registrations/{number}/label.png",  Do::ArtworkRead,        Label,   &Value::Null),
        entry("get",  "/v1/registrations/{number}/label.pdf",  Do::ArtworkRead,        Label,   &Value::Null),
        entry("get",  "/v1/history",                           Do::HistoryExport,      Nothing, &Value::Null),
        Entry { query: "?name=a.txt", media: "text/plain", ..
        entry("post", "/v1/evidence",                          Do::EvidenceUpload,     Nothing, &Value::Null) },
        entry("get",  "/v1/applications",                      Do::ApplicationRead,    Nothing, &Value::Null),
        entry("post", "/v1/applications",                      Do::ApplicationDraft,   Nothing, &content("")),
        entry("get",  "/v1/applications/{id}",                 Do::ApplicationRead,    Application, &Value::Null),
        entry("get",  "/v1/applications/{id}/evidence/{sha256}", Do::EvidenceRead,     Application, &Value::Null),
        entry("post", "/v1/applications/{id}/content",         Do::ApplicationEdit,    Application, &content("")),
        entry("post", "/v1/applications/{id}/report",          Do::ReportFile,         Application, &report),
        entry("post", "/v1/applications/{id}/submit",          Do::ApplicationSubmit,  Application, &Value::Null),
        entry("post", "/v1/applications/{id}/withdraw",        Do::ApplicationWithdraw, Application, &Value::Null),
        entry("post", "/v1/applications/{id}/review",          Do::ReviewBegin,        Application, &Value::Null),
        entry("post", "/v1/applications/{id}/accept-report",   Do::ReviewAcceptReport, Application, &Value::Null),
        entry("post", "/v1/applications/{id}/return",          Do::ReviewReturn,       Application, &why),
        entry("post", "/v1/applications/{id}/reject",          Do::ReviewReject,       Application, &why),
        entry("post", "/v1/applications/{id}/approve",         Do::ApplicationApprove, Application, &approve),
        entry("get",  "/v1/decisions",                         Do::DecisionRead,       Nothing, &Value::Null),
        entry("post", "/v1/decisions",                         Do::LabelRevoke,        Label,   &propose("revoke", json!({ "public_reason": "test" }))),
        entry("post", "/v1/decisions",                         Do::ExtensionRequest,   Label,   &propose("extend", until.clone())),
        entry("post", "/v1/decisions",                         Do::LabelSupersede,     Label,   &propose("supersede", json!({ "public_reason": "test", "successor": OWN_LABEL }))),
        entry("get",  "/v1/decisions/{id}",                    Do::DecisionRead,       Decision, &Value::Null),
        entry("get",  "/v1/decisions/{id}/approvals",          Do::DecisionRead,       Decision, &Value::Null),
        entry("post", "/v1/decisions/{id}/confirm",            Do::DecisionConfirm,    Decision, &Value::Null),
        entry("post", "/v1/decisions/{id}/decline",            Do::DecisionDecline,    Decision, &why),
        entry("post", "/v1/registrations/{number}/notices",    Do::NoticeFile,         Label,   &notice),
        entry("get",  "/v1/notices",                           Do::NoticeRead,         Nothing, &Value::Null),
        entry("get",  "/v1/notices/{id}",                      Do::NoticeRead,         Notice,  &Value::Null),
        entry("post", "/v1/notices/{id}/accept",               Do::NoticeDecide,       Notice,  &Value::Null),
        entry("post", "/v1/notices/{id}/refuse",               Do::NoticeDecide,       Notice,  &why),
        entry("post", "/v1/notices/{id}/withdraw",             Do::NoticeWithdraw,     Notice,  &Value::Null),
        entry("post", "/v1/advisories",                        Do::AdvisoryWrite,      Label,   &advisory),
        entry("post", "/v1/advisories/{id}/fix",               Do::AdvisoryWrite,      Advisory, &Value::Null),
        entry("post", "/v1/advisories/{id}/close",             Do::AdvisoryWrite,      Advisory, &why),
        entry("post", "/v1/duties",                            Do::DutyWrite,          Label,   &duty),
        entry("post", "/v1/duties/{id}/deliver",               Do::DutyWrite,          Duty,    &json!({ "evidence": file })),
        entry("get",  "/v1/registrations/{number}/standing",   Do::StandingRead,       Label,   &Value::Null),
        entry("post", "/v1/registrations/{number}/extension-review", Do::ExtensionRequest, Label, &until),
        entry("get",  "/v1/sightings",                         Do::SightingRead,       Nothing, &Value::Null),
        entry("get",  "/v1/sightings/{id}",                    Do::SightingRead,       Sighting, &Value::Null),
        entry("get",  "/v1/sightings/{id}/photograph",         Do::SightingHandle,     Sighting, &Value::Null),
        entry("post", "/v1/sightings/{id}/take",               Do::SightingHandle,     Sighting, &Value::Null),
        entry("post", "/v1/sightings/{id}/close",              Do::SightingHandle,     Sighting, &json!({ "finding": "test" })),
        entry("get",  "/v1/jobs",                              Do::VerifyBulk,         Nothing, &Value::Null),
        entry("get",  "/v1/policies",                          Do::PolicyRead,         Nothing, &Value::Null),
        entry("post", "/v1/policies",                          Do::PolicyWrite,        Nothing, &policy("P")),
        entry("get",  "/v1/policies/{id}",                     Do::PolicyRead,         Policy,  &Value::Null),
        entry("get",  "/v1/organisations",                     Do::OrganisationRead,   Nothing, &Value::Null),
        entry("post", "/v1/organisations",                     Do::OrganisationCreate, Nothing, &json!({ "id": "new", "kind": "holder", "name": "N" })),
        entry("get",  "/v1/organisations/{id}",                Do::OrganisationRead,   Organisation, &Value::Null),
        entry("post", "/v1/organisations/{id}",                Do::OrganisationChange, Organisation, &details),
        entry("post", "/v1/organisations/{id}/suspend",        Do::OrganisationChange, Organisation, &why),
        entry("post", "/v1/organisations/{id}/reinstate",      Do::OrganisationChange, Organisation, &why),
        entry("post", "/v1/organisations/{id}/accreditations", Do::OrganisationChange, Organisation, &accreditation),
        entry("post", "/v1/organisations/{id}/accreditations/0/withdraw", Do::OrganisationChange, Organisation, &why),
        entry("get",  "/v1/api-keys",                          Do::KeyList,            Nothing, &Value::Null),
        Entry { query: "?organisation={organisation}", ..
        entry("get",  "/v1/api-keys",                          Do::KeyList,            Organisation, &Value::Null) },
        entry("post", "/v1/api-keys",                          Do::KeyCreate,          Organisation, &key),
        entry("post", "/v1/api-keys/{id}/rotate",              Do::KeyRotate,          Key,     &json!({ "overlap_hours": 1 })),
        entry("post", "/v1/api-keys/{id}/revoke",              Do::KeyRevoke,          Key,     &Value::Null),
        entry("get",  "/v1/watches",                           Do::WatchRead,          Nothing, &Value::Null),
        entry("post", "/v1/watches",                           Do::WatchWrite,         Nothing, &json!({ "name": "N", "numbers": [OWN_LABEL] })),
        entry("get",  "/v1/watches/{id}",                      Do::WatchRead,          Watch,   &Value::Null),
        entry("post", "/v1/watches/{id}",                      Do::WatchWrite,         Watch,   &json!({ "name": "M" })),
        entry("post", "/v1/watches/{id}/delete",               Do::WatchWrite,         Watch,   &Value::Null),
        entry("get",  "/v1/watches/{id}/changes",              Do::WatchRead,          Watch,   &Value::Null),
        entry("get",  "/v1/webhooks",                          Do::WebhookRead,        Nothing, &Value::Null),
        entry("post", "/v1/webhooks",                          Do::WebhookWrite,       Nothing, &json!({ "url": "https://shop.example/" })),
        entry("post", "/v1/webhooks/{id}/rotate",              Do::WebhookWrite,       Webhook, &json!({ "overlap_hours": 1 })),
        entry("post", "/v1/webhooks/{id}/pause",               Do::WebhookWrite,       Webhook, &Value::Null),
        entry("post", "/v1/webhooks/{id}/resume",              Do::WebhookWrite,       Webhook, &Value::Null),
        entry("post", "/v1/webhooks/{id}/test",                Do::WebhookWrite,       Webhook, &Value::Null),
        entry("post", "/v1/webhooks/{id}/delete",              Do::WebhookWrite,       Webhook, &Value::Null),
        entry("get",  "/v1/webhooks/{id}/deliveries",          Do::WebhookRead,        Webhook, &Value::Null),
        entry("post", "/v1/webhooks/{id}/replay",              Do::WebhookWrite,       Webhook, &json!({})),
    ]
}

/// A file that both makers handed in.
const EVIDENCE: &str = "evidence";

fn sha256() -> String {
    ContentHash::of(EVIDENCE.as_bytes()).to_string()
}

/// What an application says, with the commissioned body.
fn content(body: &str) -> Value {
    let file = json!({ "sha256": sha256(), "name": "a.txt", "media_type": "txt", "size": EVIDENCE.len() });
    let answer = json!({ "criterion": "S1.1-01", "status": { "is": "conforms" }, "evidence": [file] });
    let mut content = json!({
        "kind": { "for": "new" }, "level": "STAR-3", "category": "network_camera",
        "products": [{ "name": "P", "models": [{ "number": "M" }] }],
    });
    if !body.is_empty() {
        content["evaluation_body"] = json!(body);
        content["checklist"] = json!([answer]);
    }
    content
}

/// A policy's file.
fn policy(name: &str) -> Value {
    let rules = json!([{ "asks": { "accepted_states": ["valid"] } }]);
    json!({ "form": 1, "name": name, "version": "1", "source": "S", "rules": rules })
}

/// Routes for whoever has a key, whatever it allows.
const FOR_ANY_KEY: [(&str, &str); 1] = [("get", "/v1/me")];

/// The route as it stands in the table.
fn template(entry: &Entry) -> String {
    entry
        .route
        .replace("/accreditations/0/", "/accreditations/{place}/")
        .replace("/policies/{id}", "/policies/{name}")
}

#[tokio::test]
async fn every_route_that_needs_a_key_is_in_the_list_and_in_the_document() {
    let service = Service::start().await;
    let mut keyed = BTreeSet::new();
    for row in crate::http::table() {
        let table::Row { verb, path, .. } = row;
        // A value that every parameter takes.
        let filled: Vec<_> =
            path.split('/').map(|part| if part.starts_with('{') { "12345678" } else { part }).collect();
        let method = match verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
        };
        let request = Request::builder().method(method).uri(filled.join("/")).body(Body::empty()).unwrap();
        if service.send(request).await.status == StatusCode::UNAUTHORIZED {
            keyed.insert((verb.as_str().to_owned(), path.to_owned()));
        }
    }
    let listed: BTreeSet<_> = entries()
        .iter()
        .map(|entry| (entry.verb.to_owned(), template(entry)))
        .chain(FOR_ANY_KEY.map(|(verb, route)| (verb.to_owned(), route.to_owned())))
        .collect();
    assert_eq!(keyed, listed);
    assert_eq!(document::keyed(), listed);
}

/// The organisations of the test: for each role the caller's own one, and two whose objects are foreign.
struct Scene {
    service: Service,
    /// Keys of those who open objects: an organisation has room for five hundred.
    openers: Mutex<BTreeMap<(String, Role), String>>,
}

const OWN_LABEL: &str = "SHI-2026-00001";
const FOREIGN_LABEL: &str = "SHI-2026-00002";
const NEVER_GIVEN: [(About, &str); 11] = [
    (About::Policy, "P-2026-0000001"),
    (About::Label, "SHI-2026-99999"),
    (About::Organisation, "never-given"),
    (About::Key, "AAAAAAAA"),
    (About::Application, "A-2026-0000001"),
    (About::Decision, "D-2026-0000001"),
    (About::Notice, "N-2026-0000001"),
    (About::Advisory, "V-2026-0000001"),
    (About::Duty, "R-2026-0000001"),
    (About::Watch, "wl_AAAAAAAAAAAAAAAA"),
    (About::Webhook, "ep_AAAAAAAAAAAAAAAA"),
];

/// The organisation of somebody with `role`.
fn own(role: Role) -> &'static str {
    match role {
        Role::Administrator | Role::Reviewer | Role::Approver => "operator",
        Role::Holder => "maker",
        Role::EvaluationBody => "laboratory",
        Role::Auditor => "watch",
        Role::Verifier => "shop",
    }
}

impl Scene {
    async fn set() -> Self {
        let service = Service::start().await;
        let office = service.key(&[Scope::Manage, Scope::Issue]).await;
        for (id, kind, corporate_number) in [
            ("maker", "holder", Some("7000012050002")),
            ("laboratory", "evaluation_body", None),
            ("watch", "auditor", None),
            ("shop", "verifier", None),
            ("stranger", "holder", None),
            // Never suspended by the test: a suspended one gets no keys.
            ("rival", "holder", Some("3000012010001")),
        ] {
            let new = json!({ "id": id, "kind": kind, "name": id, "corporate_number": corporate_number });
            let made = service.order(&office, "/v1/organisations", &new).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        }
        for (number, corporate_number) in [(OWN_LABEL, "7000012050002"), (FOREIGN_LABEL, "3000012010001")] {
            let mut approval = service.approval();
            approval["number"] = json!(number);
            approval["corporate_number"] = json!(corporate_number);
            let made = service.order(&office, "/v1/registrations", &json!({ "approvals": [approval] })).await;
            service.confirm(&made).await;
        }
        Self { service, openers: Mutex::default() }
    }

    /// The key of somebody in `organisation` who opens objects.
    async fn opener(&self, organisation: &str, role: Role) -> String {
        let who = (organisation.to_owned(), role);
        if let Some(key) = self.openers.lock().unwrap().get(&who) {
            return key.clone();
        }
        let key = bearer(&self.service.key_for(organisation, "opener", &[role], Scope::ALL).await.0);
        self.openers.lock().unwrap().insert(who, key.clone());
        key
    }

    /// The place of what `by` opens, behind the last stroke of its place.
    async fn open(&self, by: &str, role: Role, path: &str, body: &Value) -> String {
        let key = self.opener(by, role).await;
        let made = self.service.order(&key, path, body).await;
        assert!(made.status.is_success(), "{path}: {}", made.text());
        made.header("location").rsplit('/').next().unwrap().to_owned()
    }

    /// An application of `maker`, which has handed in the evidence that it refers to.
    async fn application(&self, maker: &str) -> String {
        let key = self.opener(maker, Role::Holder).await;
        let upload = Request::post("/v1/evidence?name=a.txt")
            .header(header::AUTHORIZATION, key)
            .header(header::CONTENT_TYPE, "text/plain")
            .body(Body::from(EVIDENCE));
        let file = self.service.send(upload.unwrap()).await;
        assert_eq!(file.status, StatusCode::CREATED, "{}", file.text());
        let body = if maker == "maker" { "laboratory" } else { "nobody" };
        self.open(maker, Role::Holder, "/v1/applications", &content(body)).await
    }

    /// An object of `role`'s own organisation, or of another.
    async fn object(&self, about: About, role: Role, is_own: bool) -> String {
        match about {
            About::Nothing => String::new(),
            About::Label if is_own => OWN_LABEL.to_owned(),
            About::Label => FOREIGN_LABEL.to_owned(),
            About::Organisation if is_own => own(role).to_owned(),
            About::Organisation => "stranger".to_owned(),
            About::Key if is_own => {
                self.service.key_of(own(role), &[role], &[Scope::Read]).await.1.id.to_string()
            }
            About::Key => {
                self.service.key_of("rival", &[Role::Holder], &[Scope::Read]).await.1.id.to_string()
            }
            About::Watch | About::Webhook => {
                // An organisation has room for few: each that was asked about is deleted by the next.
                let (owner, role) = match (is_own, role) {
                    (true, Role::Auditor) | (false, Role::Holder) => ("shop", Role::Verifier),
                    (true, role) => (own(role), role),
                    (false, _) => ("rival", Role::Holder),
                };
                self.watching(about, owner, role).await
            }
            About::Policy => {
                let name = format!("P-{}", getrandom::u32().unwrap());
                let (organisation, role) = if is_own { (own(role), role) } else { ("rival", Role::Holder) };
                let key = bearer(&self.service.key_of(organisation, &[role], Scope::ALL).await.0);
                // Of whom the table allows none, there is none.
                self.service.order(&key, "/v1/policies", &policy(&name)).await;
                name
            }
            about => self.case(about, is_own).await,
        }
    }

    /// A list or webhook of `owner`, in place of those that it has.
    async fn watching(&self, about: About, owner: &str, role: Role) -> String {
        let key = self.opener(owner, role).await;
        let (path, body) = if about == About::Watch {
            ("/v1/watches", json!({ "name": "N", "numbers": [OWN_LABEL] }))
        } else {
            ("/v1/webhooks", json!({ "url": "https://shop.example/" }))
        };
        let there = self.service.get_with(path, "authorization", &key).await.json();
        for one in there[path.trim_start_matches("/v1/")].as_array().unwrap() {
            let gone = format!("{path}/{}/delete", one["id"].as_str().unwrap());
            self.service.order(&key, &gone, &json!({})).await;
        }
        self.open(owner, role, path, &body).await
    }

    /// A case of the office, new for each request: most steps can be taken once.
    async fn case(&self, about: About, is_own: bool) -> String {
        let (maker, label) = if is_own { ("maker", OWN_LABEL) } else { ("rival", FOREIGN_LABEL) };
        match about {
            About::Application => self.application(maker).await,
            About::Notice => {
                let path = format!("/v1/registrations/{label}/notices");
                self.open(maker, Role::Holder, &path, &json!({ "note": "moved" })).await
            }
            About::Advisory => {
                let about = json!({
                    "number": label, "title": "T", "severity": "low", "discovered": "2026-01-01T00:00:00Z",
                });
                self.open("operator", Role::Reviewer, "/v1/advisories", &about).await
            }
            About::Duty => {
                let duty = json!({ "number": label, "what": "W", "due": "2027-01-01T00:00:00Z" });
                self.open("operator", Role::Reviewer, "/v1/duties", &duty).await
            }
            About::Sighting => {
                let report = NewSighting {
                    suspicion: Suspicion::Other,
                    seen: None,
                    answered: None,
                    account: None,
                    place: None,
                    contact: None,
                    photograph: None,
                };
                let made = self.service.state.desk.report(report, Some(b"jpeg".to_vec())).await.unwrap();
                made.document.id().to_string()
            }
            About::Decision => {
                let mut approval = self.service.approval();
                approval["number"] = json!(format!("SHI-9-{}", getrandom::u32().unwrap()));
                let body = json!({ "approvals": [approval] });
                self.open("operator", Role::Administrator, "/v1/registrations", &body).await
            }
            _ => panic!("{about:?} is no case"),
        }
    }

    async fn ask(&self, key: &str, entry: &Entry, role: Role, object: &str) -> Answer {
        let put = |text: &str| {
            let text = text.replace("{sha256}", &sha256());
            ["{number}", "{id}", "{organisation}"].iter().fold(text, |t, p| t.replace(p, object))
        };
        // A role that the organisation may hold: what is judged here is the caller's permission.
        let kind = if object == own(role) { role } else { Role::Holder };
        let request = Request::builder()
            .method(entry.verb.to_uppercase().as_str())
            .uri(put(entry.route) + &put(entry.query))
            .header(header::AUTHORIZATION, key)
            .header(header::CONTENT_TYPE, entry.media)
            .body(Body::from(put(&entry.body).replace("{role}", kind.as_str())));
        self.service.send(request.unwrap()).await
    }
}

/// Whether the caller was let through, whatever came of it.
fn is_let_through(answer: &Answer) -> bool {
    ![StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&answer.status)
}

/// What an answer tells, but for the name that was asked for.
fn told(answer: &Answer, object: &str) -> (StatusCode, Vec<String>, String) {
    let names = answer.headers.keys().map(ToString::to_string).collect();
    // Registration numbers are told as they are compared.
    let reduced: String = object.chars().filter(|c| *c != '-').collect();
    (answer.status, names, answer.text().replace(object, "…").replace(&reduced, "…"))
}

#[tokio::test]
async fn every_route_keeps_to_the_table_for_every_role_and_own_and_foreign_objects() {
    let scene = Scene::set().await;
    let mut asked = 0;
    for role in Role::ALL.iter().copied() {
        let every = bearer(&scene.service.key_of(own(role), &[role], Scope::ALL).await.0);
        // One key for each scope that it lacks: an organisation has room for five hundred.
        let mut narrowed = BTreeMap::new();
        for entry in entries() {
            let Entry { action, about, route, verb, .. } = entry;
            let name = format!("{role}: {verb} {route} ({action})");
            let others: Vec<_> = Scope::ALL.iter().copied().filter(|one| *one != scope(action)).collect();
            if let std::collections::btree_map::Entry::Vacant(place) = narrowed.entry(scope(action)) {
                place.insert(bearer(&scene.service.key_of(own(role), &[role], &others).await.0));
            }
            let narrowed = &narrowed[&scope(action)];
            for is_own in [true, false] {
                let object = scene.object(about, role, is_own).await;
                let answer = scene.ask(&every, &entry, role, &object).await;
                asked += 1;
                match (reach(role, action), about, is_own) {
                    (Reach::None, ..) => {
                        assert_eq!(
                            answer.status,
                            StatusCode::FORBIDDEN,
                            "{name} own: {is_own} {}",
                            answer.text()
                        );
                    }
                    (Reach::Own, about, false) if about != About::Nothing => {
                        let never = NEVER_GIVEN.iter().find(|(kind, _)| *kind == about).unwrap().1;
                        let absent = scene.ask(&every, &entry, role, never).await;
                        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name} {}", answer.text());
                        assert_eq!(told(&answer, &object), told(&absent, never), "{name}");
                    }
                    (Reach::Own, About::Label, true) if role != Role::Holder => {
                        panic!("{name}: this test has no label of theirs");
                    }
                    (Reach::Own | Reach::All, ..) => {
                        assert!(
                            is_let_through(&answer),
                            "{name} own: {is_own} {} {}",
                            answer.status,
                            answer.text()
                        );
                    }
                }
                // The key lacks the scope: the same refusal whatever the object.
                let object = scene.object(about, role, is_own).await;
                let answer = scene.ask(narrowed, &entry, role, &object).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name} without {}", scope(action));
                assert!(!answer.text().contains(&object) || object.is_empty(), "{name} {}", answer.text());
            }
        }
    }
    assert_eq!(asked, entries().len() * Role::ALL.len() * 2);
}

#[tokio::test]
async fn lists_show_what_is_ones_own_and_no_more() {
    let scene = Scene::set().await;
    let service = &scene.service;
    let mut keys = Vec::new();
    for role in Role::ALL.iter().copied() {
        keys.push((role, bearer(&service.key_of(own(role), &[role], Scope::ALL).await.0)));
    }
    for (maker, others) in [("maker", "rival"), ("rival", "maker")] {
        let (mine, theirs) = (scene.application(maker).await, scene.application(others).await);
        let key = bearer(&service.key_of(maker, &[Role::Holder], Scope::ALL).await.0);
        let list = service.get_with("/v1/applications", "authorization", &key).await.text();
        assert!(list.contains(&mine) && !list.contains(&theirs), "{maker}: {list}");
    }
    for (role, key) in keys {
        for (path, field, owner, action) in [
            ("/v1/organisations", "organisations", "id", Action::OrganisationRead),
            ("/v1/api-keys", "keys", "organisation", Action::KeyList),
        ] {
            let answer = service.get_with(path, "authorization", &key).await;
            let owners: BTreeSet<String> = match answer.status {
                StatusCode::OK => {
                    let listed = answer.json()[field].as_array().unwrap().clone();
                    listed.iter().map(|one| one[owner].as_str().unwrap().to_owned()).collect()
                }
                _ => BTreeSet::new(),
            };
            match reach(role, action) {
                Reach::None => assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role} {path}"),
                Reach::Own => assert_eq!(owners, [own(role).to_owned()].into(), "{role} {path}"),
                Reach::All => assert!(owners.contains("operator") && owners.len() > 1, "{role} {path}"),
            }
        }
    }
}
