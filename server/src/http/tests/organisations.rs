//! Organisations and keys as the operator's staff keeps them.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::harness::{Answer, Service, bearer};
use crate::service::access::{Role, Scope};

async fn with_tag(service: &Service, key: &str, path: &str, tag: &str, body: &Value) -> Answer {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, key)
        .header(header::IF_MATCH, tag)
        .header(header::CONTENT_TYPE, "application/json");
    service.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn an_evaluation_body_from_its_record_to_its_withdrawal() {
    let service = Service::start().await;
    let office = service.key(&[Scope::Manage, Scope::Read]).await;
    let new = json!({ "id": "lab", "kind": "evaluation_body", "name": "例示評価機関", "corporate_number": "7000012050002" });
    let made = service.order(&office, "/v1/organisations", &new).await;
    assert_eq!((made.status, made.header("etag")), (StatusCode::CREATED, "\"1\""));
    assert_eq!(service.order(&office, "/v1/organisations", &new).await.status, StatusCode::CONFLICT, "twice");

    let accreditation = json!({
        "levels": ["STAR-3"], "categories": ["network_camera"],
        "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2028-01-01T00:00:00Z", "reason": "decision 12",
    });
    let path = "/v1/organisations/lab/accreditations";
    let accredited = service.order(&office, path, &accreditation).await;
    assert_eq!((accredited.status, accredited.header("etag")), (StatusCode::OK, "\"2\""));
    let declared = json!({ "levels": ["STAR-1"], "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2025-01-01T00:00:00Z", "reason": "" });
    let refused = service.order(&office, path, &declared).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields: Vec<_> =
        refused.json()["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["levels", "reason"]);

    let why = json!({ "reason": "found wanting" });
    let withdrawn = service.order(&office, &format!("{path}/0/withdraw"), &why).await;
    assert_eq!(withdrawn.json()["accreditations"][0]["withdrawal_reason"], "found wanting");
    assert_eq!(
        service.order(&office, &format!("{path}/7/withdraw"), &why).await.status,
        StatusCode::CONFLICT
    );
    assert_eq!(
        service.order(&office, "/v1/organisations/operator/accreditations", &accreditation).await.status,
        StatusCode::CONFLICT
    );
    let shown = service.get_with("/v1/organisations/lab", "authorization", &office).await;
    assert_eq!((shown.header("etag"), shown.json()["revision"].as_u64()), ("\"3\"", Some(3)));
}

#[tokio::test]
async fn two_administrators_race_and_nothing_is_lost() {
    let service = Service::start().await;
    let [one, other] =
        [service.key(&[Scope::Manage]).await, service.key(&[Scope::Manage, Scope::Read]).await];
    let new = json!({ "id": "maker", "kind": "holder", "name": "First" });
    let seen = service.order(&one, "/v1/organisations", &new).await.header("etag").to_owned();
    let path = "/v1/organisations/maker";
    let change = |name: &str| json!({ "name": name, "reason": format!("letter of {name}") });
    let (a, b) = (change("A"), change("B"));
    let (first, second) =
        tokio::join!(with_tag(&service, &one, path, &seen, &a), with_tag(&service, &other, path, &seen, &b));
    let mut statuses = [first.status, second.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::CONFLICT]);
    let winner = if first.status == StatusCode::OK { "A" } else { "B" };
    let shown = service.get_with(path, "authorization", &other).await.json();
    assert_eq!((&shown["name"], &shown["revision"]), (&json!(winner), &json!(2)));
    let stale = with_tag(&service, &one, path, &seen, &change("C")).await;
    assert_eq!(stale.json()["detail"], "it is at revision 2, not 1: read it again before changing it");

    // Without If-Match: each that succeeds is one revision, none is overwritten unseen.
    let orders = (0..10).map(|n| change(&format!("N{n}"))).collect::<Vec<_>>();
    let answers =
        futures_util::future::join_all(orders.iter().map(|body| service.order(&one, path, body))).await;
    let done = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
    assert!(done >= 1 && answers.iter().all(|a| [StatusCode::OK, StatusCode::CONFLICT].contains(&a.status)));
    let shown = service.get_with(path, "authorization", &other).await.json();
    assert_eq!(shown["revision"].as_u64(), Some(2 + done as u64));
}

#[tokio::test]
async fn lists_come_in_pages_without_gap_or_repetition() {
    let service = Service::start().await;
    let office = service.key(&[Scope::Manage, Scope::Read]).await;
    for n in 0..5 {
        let new = json!({ "id": format!("maker-{n}"), "kind": "holder", "name": "M" });
        service.order(&office, "/v1/organisations", &new).await;
        service.key_of(&format!("maker-{n}"), &[Role::Holder], &[Scope::Read]).await;
    }
    for (path, field, count) in [("/v1/organisations", "organisations", 6), ("/v1/api-keys", "keys", 6)] {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page =
                service.get_with(&format!("{path}?limit=2{after}"), "authorization", &office).await.json();
            let entries = page[field].as_array().unwrap();
            assert!(entries.len() <= 2);
            found.extend(entries.iter().map(|entry| entry["id"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert!(found.is_sorted() && found.len() == count, "{path}: {found:?}");
    }
    for limit in ["0", "201", "-1", "many"] {
        let path = format!("/v1/organisations?limit={limit}");
        assert_eq!(
            service.get_with(&path, "authorization", &office).await.status,
            StatusCode::BAD_REQUEST,
            "{limit}"
        );
    }
}

#[tokio::test]
async fn a_key_tells_its_holder_what_it_is() {
    let service = Service::start().await;
    let office = service.key(&[Scope::Manage]).await;
    let new = json!({ "id": "shop", "kind": "verifier", "name": "Shop" });
    service.order(&office, "/v1/organisations", &new).await;
    let expires = service.state.clock.now().plus(3_600);
    let new = json!({ "organisation": "shop", "person": "Till 3", "roles": ["verifier"], "scopes": ["verify"], "expires": expires });
    let made = service.order(&office, "/v1/api-keys", &new).await.json();
    let key = format!("Bearer {}", made["secret"].as_str().unwrap());
    let me = service.get_with("/v1/me", "authorization", &key).await.json();
    assert_eq!((&me["key"]["person"], &me["key"]["expires"]), (&json!("Till 3"), &json!(expires)));
    let may: Vec<_> =
        me["may"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(may, ["verify_more", "verify_bulk", "policy_read", "history_read"]);
    service.state.clock.jump(3_600);
    assert_eq!(service.get_with("/v1/me", "authorization", &key).await.status, StatusCode::UNAUTHORIZED);
    let past = json!({ "person": "P", "roles": ["administrator"], "scopes": ["read"], "expires": expires });
    assert_eq!(service.order(&office, "/v1/api-keys", &past).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_rotation_over_the_wire_leaves_no_moment_without_a_key() {
    let service = Service::start().await;
    let office = service.key(&[Scope::Manage]).await;
    let (old, record) = service.key_of("operator", &[Role::Reviewer], &[Scope::Read]).await;
    let path = format!("/v1/api-keys/{}/rotate", record.id);
    let made = service.order(&office, &path, &json!({ "overlap_hours": 1 })).await;
    assert_eq!(
        (made.status, made.json()["key"]["replaces"].clone()),
        (StatusCode::CREATED, json!(record.id))
    );
    let new = format!("Bearer {}", made.json()["secret"].as_str().unwrap());
    let opens =
        async |key: &str| service.get_with("/v1/me", "authorization", key).await.status == StatusCode::OK;
    assert!(opens(&bearer(&old)).await && opens(&new).await);
    service.state.clock.jump(3_600);
    assert!(!opens(&bearer(&old)).await && opens(&new).await);
    assert_eq!(
        service.order(&office, &path, &json!({ "overlap_hours": 1 })).await.status,
        StatusCode::CONFLICT
    );
    assert_eq!(
        service.order(&office, &path, &json!({ "overlap_hours": 4_000_000_000_u32 })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}
