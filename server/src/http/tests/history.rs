//! Histories: a label's for everybody, the whole one for auditors.

use axum::http::StatusCode;
use serde_json::{Value, json};
use shirushi_shared::registration::Product;

use super::harness::{NUMBER, Service};
use crate::{
    registry::{Actor, second},
    service::{Change, access::Scope},
};

#[tokio::test]
async fn a_labels_history_comes_in_pages_and_names_nobody() {
    let service = Service::start().await;
    service.issue().await;
    let key = service.key(&[Scope::Change]).await;
    for change in ["suspend", "reinstate", "grace"] {
        let order = json!({ "change": change, "reason": (change == "suspend").then_some("調査中") });
        service.order(&key, &format!("/v1/registrations/{NUMBER}/state"), &order).await;
    }
    let history = format!("/v1/registrations/{NUMBER}/history");
    let part = async |query: &str| service.get(&format!("{history}?{query}")).await;
    let what = |part: &Value| -> Vec<String> {
        let entries = part["entries"].as_array().unwrap().iter();
        entries.map(|entry| entry["what"].as_str().unwrap().to_owned()).collect()
    };
    let first = part("limit=3").await;
    assert_eq!(what(&first.json()), ["registered", "suspended", "reinstated"]);
    assert_eq!(first.json()["more"], true);
    let second = part("limit=3&after=3").await;
    assert_eq!((what(&second.json()), &second.json()["more"]), (vec!["grace".into()], &json!(false)));
    let nothing = part("after=4").await;
    assert_eq!((nothing.status, what(&nothing.json())), (StatusCode::OK, vec![]));
    assert!(!first.text().contains("test"), "who did it is not for the public: {}", first.text());
    for query in ["limit=0", "limit=101", "after=x", "page=2"] {
        assert_eq!(part(query).await.status, StatusCode::BAD_REQUEST, "{query}");
    }
    let unknown = service.get("/v1/registrations/SHI-2026-99999/history?after=1").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);

    let again = format!("{history}?limit=3");
    let held = service.get_with(&again, "if-none-match", first.header("etag")).await;
    assert_eq!(held.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn an_auditor_verifies_the_export_with_a_program_of_their_own() {
    let service = Service::start().await;
    service.issue().await;
    let key = service.key(&[Scope::Audit]).await;
    let get =
        async |query: &str| service.get_with(&format!("/v1/history{query}"), "authorization", &key).await;
    let (mut lines, mut after) = (String::new(), 0);
    loop {
        let part = get(&format!("?after={after}&limit=1")).await.json();
        for entry in part["entries"].as_array().unwrap() {
            after = entry["position"].as_u64().unwrap();
            lines += &format!("{entry}\n");
        }
        if part["more"] == false {
            break;
        }
    }
    assert_eq!(after, 7, "the operator, three keys, a decision proposed and confirmed, and a label");
    let last = second::follow(vec![0; 32], &lines).unwrap();
    assert!(lines.contains(&second::hex(&last)));
    let forged = lines.replace(NUMBER.replace('-', "").as_str(), "SHI202699999");
    let label = lines.lines().find(|line| line.contains("\"registered\"")).unwrap();
    let position = serde_json::from_str::<Value>(label).unwrap()["position"].as_u64().unwrap();
    assert_eq!(second::follow(vec![0; 32], &forged), Err(position));

    assert_eq!(get("?limit=501").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(service.get("/v1/history").await.status, StatusCode::UNAUTHORIZED);
    let other = service.key(&[Scope::Read]).await;
    let refused = service.get_with("/v1/history", "authorization", &other).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_model_that_was_removed_was_listed_then() {
    let service = Service::start().await;
    service.issue().await;
    let number = shirushi_shared::label::RegistrationNumber::parse(NUMBER).unwrap();
    let asked = async |as_of: Option<String>| {
        let as_of = as_of.map_or_else(String::new, |at| format!("&as_of={at}"));
        let answer = service.get(&format!("/v1/verify/{NUMBER}?model=RX-200W{as_of}")).await.json();
        (answer["outcome"].as_str().unwrap().to_owned(), answer["claimed"]["model"].clone())
    };
    let then = service.state.clock.now();
    assert_eq!(asked(None).await, ("valid".into(), json!("listed")));
    service.state.clock.jump(1_000);
    let before = service.state.issuer.label(&number).await.unwrap().unwrap().registration;
    let products: Vec<_> = before
        .products
        .into_iter()
        .map(|product| Product {
            models: vec![shirushi_shared::registration::Model { number: "RX-300".into(), gtin: None }],
            ..product
        })
        .collect();
    let by = Actor::here("test");
    service.state.issuer.change(&number, None, Change::Products(products), &by).await.unwrap();
    assert_eq!(asked(Some(then.to_string())).await.1, json!("listed"), "asked first about the past");
    assert_eq!(asked(None).await, ("valid".into(), json!("not_listed")));
    assert_eq!(asked(Some(then.to_string())).await.1, json!("listed"), "and after the present was asked");
}
