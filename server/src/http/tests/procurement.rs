//! Procurement policies: kept for an organisation, and every row of a file held against one.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::harness::{Answer, NUMBER, Service, bearer};
use crate::service::access::{Role, Scope};

/// A policy with every kind of rule that facts can answer.
fn policy(version: &str) -> Value {
    json!({
        "form": 1, "name": "Cameras 2027", "version": version, "source": "Invented",
        "rules": [
            { "asks": { "accepted_states": ["valid"] } },
            { "asks": { "least_level": { "level": "STAR-1", "categories": "all", "from": "2026-04-01" } } },
            { "asks": { "valid_until": "contract_end" } },
            { "asks": "model_listed" },
            { "asks": { "maker_matches": "name_or_corporate_number" } },
            { "asks": { "evidence_not_older": { "days": 1 } } },
        ],
    })
}

/// A buyer's organisation, and a key of its.
async fn buyer(service: &Service, id: &str) -> String {
    let office = service.key(&[Scope::Manage]).await;
    let new = json!({ "id": id, "kind": "verifier", "name": id });
    assert_eq!(service.order(&office, "/v1/organisations", &new).await.status, StatusCode::CREATED);
    bearer(&service.key_of(id, &[Role::Verifier], Scope::ALL).await.0)
}

async fn ask(service: &Service, key: Option<&str>, query: &str, rows: &[Value]) -> Answer {
    let body: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let mut request = Request::post(format!("/v1/verify/bulk?lang=en{query}"))
        .header(header::CONTENT_TYPE, "application/x-ndjson");
    if let Some(key) = key {
        request = request.header(header::AUTHORIZATION, key);
    }
    service.send(request.body(Body::from(body)).unwrap()).await
}

fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What each rule says, by its word.
fn reasons(answer: &Value) -> Vec<&str> {
    answer["policy"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["reason"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_version_is_kept_once_and_stays_readable_under_its_name() {
    let service = Service::start().await;
    let shop = buyer(&service, "shop").await;
    for version in ["1", "2"] {
        let kept = service.order(&shop, "/v1/policies", &policy(version)).await;
        assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.text());
        let location = kept.header("location").to_owned();
        assert_eq!(location, format!("/v1/policies/Cameras%202027?version={version}"));
        let read = service.get_with(&location, "authorization", &shop).await.json();
        assert_eq!((&read["policy"], &read["version"]), (&policy(version), &json!(version)));
        assert_eq!(read["sha256"], kept.json()["sha256"]);
    }
    let again = service.order(&shop, "/v1/policies", &policy("1")).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text());
    assert!(again.text().contains("what was kept is not changed"), "{}", again.text());
    let latest = service.get_with("/v1/policies/Cameras%202027", "authorization", &shop).await.json();
    assert_eq!(latest["version"], "2");
    let list = service.get_with("/v1/policies", "authorization", &shop).await.json();
    let versions: Vec<_> =
        list["policies"][0]["versions"].as_array().unwrap().iter().map(|it| &it["version"]).collect();
    assert_eq!((list["policies"].as_array().unwrap().len(), versions), (1, vec![&json!("1"), &json!("2")]));
    for absent in ["/v1/policies/Cameras%202027?version=3", "/v1/policies/Other"] {
        let answer = service.get_with(absent, "authorization", &shop).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{absent}");
    }
}

#[tokio::test]
async fn all_that_is_wrong_with_a_policy_is_told_at_once() {
    let service = Service::start().await;
    let shop = buyer(&service, "shop").await;
    let wrong = json!({
        "form": 1, "name": "P", "version": "1", "source": "S",
        "rules": [
            { "asks": { "evidence_not_older": { "days": 0 } } },
            { "asks": "model_listed" },
            { "asks": "model_listed" },
        ],
    });
    let refused = service.order(&shop, "/v1/policies", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = refused.json();
    let fields: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["policy", "rules[0]", "rules[2]"]);
    for (name, status) in [("a/b", 422), ("a@b", 422), ("government", 422), ("", 422)] {
        let mut named = policy("1");
        named["name"] = json!(name);
        assert_eq!(service.order(&shop, "/v1/policies", &named).await.status, status, "{name:?}");
    }
    let mut long = policy("1");
    long["source"] = json!("x".repeat(70_000));
    assert_eq!(service.order(&shop, "/v1/policies", &long).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn what_another_organisation_keeps_is_not_there() {
    let service = Service::start().await;
    let (shop, rival) = (buyer(&service, "shop").await, buyer(&service, "rival").await);
    assert_eq!(service.order(&shop, "/v1/policies", &policy("1")).await.status, StatusCode::CREATED);
    let theirs = service.get_with("/v1/policies/Cameras%202027", "authorization", &rival).await;
    let nobodys = service.get_with("/v1/policies/Nobodys", "authorization", &rival).await;
    assert_eq!((theirs.status, theirs.text()), (StatusCode::NOT_FOUND, nobodys.text()));
    assert_eq!(
        service.get_with("/v1/policies", "authorization", &rival).await.json(),
        json!({ "policies": [] })
    );
    let row = [json!({ "number": NUMBER })];
    let bulk = ask(&service, Some(&rival), "&policy=Cameras%202027", &row).await;
    assert_eq!(bulk.status, StatusCode::NOT_FOUND);
    let operator = service.key(&[Scope::Verify, Scope::Read]).await;
    let office = service.get_with("/v1/policies/Cameras%202027", "authorization", &operator).await;
    assert_eq!(office.status, StatusCode::NOT_FOUND, "the operator has no business with it either");
    // The same name is free for them.
    assert_eq!(service.order(&rival, "/v1/policies", &policy("1")).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn every_row_is_held_against_the_policy_with_a_reason_for_each_rule() {
    let service = Service::start().await;
    let link = service.issue().await;
    let altered = format!("{}{}", &link[..link.len() - 1], if link.ends_with('1') { '2' } else { '1' });
    let shop = buyer(&service, "shop").await;
    assert_eq!(service.order(&shop, "/v1/policies", &policy("1")).await.status, StatusCode::CREATED);
    let soon = service.state.clock.now().plus(30 * 86_400).date_at(9 * 3600);
    let soon = format!("{:04}-{:02}-{:02}", soon.year, soon.month, soon.day);
    let maker = "例示電機株式会社";
    let rows = [
        json!({ "link": link, "model": "RX-200W", "maker": maker, "contract_end": soon }),
        json!({ "link": link, "model": ["RX-200W", "RX-999"], "maker": "例示電機", "contract_end": "2099-03-31" }),
        json!({ "number": NUMBER, "maker": "他社", "model": "RX-200W", "corporate_number": "7000012050002" }),
        json!({ "number": NUMBER, "contract_end": soon }),
        json!({ "link": altered, "model": "RX-200W", "maker": maker, "contract_end": soon }),
        json!({ "number": "SHI-2026-99999", "model": "RX-200W", "maker": maker }),
        json!({ "number": 1.5 }),
    ];
    let answer = ask(&service, Some(&shop), "&policy=Cameras%202027@1", &rows).await;
    let told = lines(&answer);
    let all = |reason: &'static str| vec!["met", "met", "met", "met", reason, "met"];
    assert_eq!(reasons(&told[0]), all("met"));
    assert_eq!(told[0]["policy"]["answer"], "pass");
    assert_eq!(
        reasons(&told[1]),
        ["met", "met", "ends_too_early", "model_not_listed", "only_legal_form_differs", "met"],
        "of several models the worst counts"
    );
    assert_eq!(told[1]["policy"]["answer"], "fail");
    assert_eq!(
        told[1]["policy"]["contract_end"], "2099-03-31",
        "what was held against the rules stands there"
    );
    assert_eq!(told[2]["policy"]["corporate_number"], "7000012050002");
    assert_eq!(
        reasons(&told[2]),
        ["met", "met", "no_contract_end", "met", "maker_differs", "met"],
        "the registration has no corporate number to compare"
    );
    assert_eq!(reasons(&told[3])[3..5], ["no_model_claimed", "no_maker_claimed"]);
    assert_eq!(told[3]["policy"]["answer"], "cannot_tell", "which is never a pass");
    assert_eq!(reasons(&told[4])[..4], ["not_genuine", "level_unknown", "expiry_unknown", "models_unknown"]);
    assert_eq!(reasons(&told[5])[0], "not_registered");
    assert!(told[6]["policy"].is_null() && told[6]["error"].is_object());
    let words = told[1]["policy"]["rules"][3]["words"].as_str().unwrap();
    assert_eq!(
        words,
        shirushi_shared::text::Language::En.policy_reason(shirushi_shared::policy::Reason::ModelNotListed)
    );
    let end = &told[7]["end"];
    assert_eq!(end["policy"], json!({ "pass": 1, "cannot_tell": 1, "fail": 4 }));
    // A run's own last day is for rows that do not say it.
    let told = lines(
        &ask(&service, Some(&shop), &format!("&policy=Cameras%202027&contract_end={soon}"), &rows).await,
    );
    assert_eq!((reasons(&told[1])[2], reasons(&told[2])[2]), ("ends_too_early", "met"));
    assert_eq!(told[2]["policy"]["contract_end"], *soon, "the run's, where the row has none");
}

#[tokio::test]
async fn the_past_is_held_against_the_rules_as_of_then() {
    let service = Service::start().await;
    service.issue().await;
    let rows = [json!({ "number": NUMBER, "model": "RX-200W" })];
    let now = lines(&ask(&service, None, "&policy=government", &rows).await);
    assert_eq!(now[0]["policy"]["answer"], "pass", "the example needs no key: {}", now[0]);
    // Before the rule on levels was in force, and before the registration.
    let then = lines(&ask(&service, None, "&policy=government&as_of=2026-03-31", &rows).await);
    assert_eq!(then[0]["then"], "2026-03-31T14:59:59Z");
    assert_eq!(reasons(&then[0])[..2], ["not_registered", "not_in_force"]);
    assert_eq!(then[0]["policy"]["answer"], "fail");
    // A row that says it itself outranks the run.
    let own = [json!({ "number": NUMBER, "as_of": "2026-02-01T00:00:00Z" })];
    let own = lines(&ask(&service, None, "&as_of=2026-03-31", &own).await);
    assert_eq!(own[0]["then"], "2026-02-01T00:00:00Z");
    assert!(own[0]["policy"].is_null(), "only where one is asked for");
}

#[tokio::test]
async fn a_run_without_its_policy_is_no_run() {
    let service = Service::start().await;
    let shop = buyer(&service, "shop").await;
    let row = [json!({ "number": NUMBER })];
    for (key, query, status) in [
        (None, "&policy=Cameras", StatusCode::UNAUTHORIZED),
        (Some(&shop), "&policy=Cameras", StatusCode::NOT_FOUND),
        (Some(&shop), "&policy=a/b", StatusCode::NOT_FOUND),
        (Some(&shop), "&as_of=yesterday", StatusCode::UNPROCESSABLE_ENTITY),
        (Some(&shop), "&contract_end=soon", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = ask(&service, key.map(String::as_str), query, &row).await;
        assert_eq!(answer.status, status, "{query}: {}", answer.text());
    }
}
