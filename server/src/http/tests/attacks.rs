//! What somebody would try who wants more than they were given. (Foreign objects by id, and keys without the scope, are
//! tried on every route in `authorisation.rs`.)

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

use super::harness::{Answer, NUMBER, Service, bearer};
use crate::{
    http::overload::Gate,
    service::access::{Role, Scope},
};

/// All that an answer tells, but for the request's number.
fn told(answer: &Answer) -> (StatusCode, String, Vec<(String, String)>) {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (answer.status, answer.text(), headers.collect())
}

#[tokio::test]
async fn forged_expired_revoked_and_unknown_keys_are_answered_alike() {
    let service = Service::start().await;
    let administrator = service.state.access.at_this_machine("test").await.unwrap();
    let make = async || service.key_of("operator", &[Role::Administrator], Scope::ALL).await;
    let (good, good_record) = make().await;
    let (other, _) = make().await;
    let (revoked, revoked_record) = make().await;
    service.state.access.revoke(&revoked_record.id, &administrator).await.unwrap();
    let (replaced, replaced_record) = make().await;
    service.state.access.rotate(&replaced_record.id, 0, &administrator).await.unwrap();

    let good = good.reveal();
    let id = good_record.id.as_str();
    let others_secret = other.reveal().get(13..).unwrap();
    let mut flipped = good.to_owned();
    let last = if flipped.pop() == Some('A') { 'B' } else { 'A' };
    flipped.push(last);
    let forged = [
        ("revoked", revoked.reveal().to_owned()),
        ("expired, by a rotation without overlap", replaced.reveal().to_owned()),
        ("an id that was never given", format!("shk_AAAAAAAA_{others_secret}")),
        ("another key's secret", format!("shk_{id}_{others_secret}")),
        ("one character off", flipped),
        ("no secret", format!("shk_{id}_")),
        ("half the secret", good.get(..30).unwrap().to_owned()),
        ("more than the secret", format!("{good}A")),
        ("an endless secret", format!("shk_{id}_{}", "A".repeat(5_000))),
        ("the digest on record", format!("shk_{id}_{}", good_record.secret_sha256)),
        ("another prefix", good.replacen("shk_", "SHK_", 1)),
        ("an id that is SQL", "shk_' OR 1=1_x".to_owned()),
        ("characters that split nowhere", "shk_日本語日本語_x".to_owned()),
        ("nothing", "shk_".to_owned()),
    ];
    let reference = service.get_with("/v1/me", "authorization", "Bearer shk_BBBBBBBB_x").await;
    assert_eq!(reference.status, StatusCode::UNAUTHORIZED);
    for (name, key) in forged {
        let request =
            Request::get("/v1/me").header(header::AUTHORIZATION, format!("Bearer {key}").as_bytes());
        let answer = service.send(request.body(Body::empty()).unwrap()).await;
        if name == "characters that split nowhere" {
            // No header that can be read is no key at all.
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
        } else {
            assert_eq!(told(&answer), told(&reference), "{name}");
        }
    }
    assert_eq!(
        service.get_with("/v1/me", "authorization", &format!("Bearer {good}")).await.status,
        StatusCode::OK
    );
    service.state.clock.jump(-3_600);
    assert_eq!(
        service.get_with("/v1/me", "authorization", &format!("Bearer {good}")).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_key_counts_where_it_belongs_and_nowhere_else() {
    let service = Service::start().await;
    let key = service.key(Scope::ALL).await;
    let secret = key.strip_prefix("Bearer ").unwrap();
    let query = format!("/v1/me?key={secret}");
    assert_eq!(
        service.get(&query).await.status,
        StatusCode::UNAUTHORIZED,
        "in the address it would be logged"
    );
    for (name, value) in [("x-api-key", secret), ("cookie", secret), ("authorization", secret)] {
        assert_eq!(service.get_with("/v1/me", name, value).await.status, StatusCode::UNAUTHORIZED, "{name}");
    }
    let twice = Request::get("/v1/me")
        .header(header::AUTHORIZATION, &key)
        .header(header::AUTHORIZATION, "Bearer shk_AAAAAAAA_x");
    let answer = service.send(twice.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "which one a proxy has checked is not known");
    let head = Request::head("/v1/api-keys").body(Body::empty()).unwrap();
    assert_eq!(service.send(head).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn nobody_hands_out_more_than_they_have() {
    let service = Service::start().await;
    let office = service.key(&[Scope::Manage]).await;
    for id in ["maker", "rival"] {
        let new = json!({ "id": id, "kind": "holder", "name": id });
        assert_eq!(service.order(&office, "/v1/organisations", &new).await.status, StatusCode::CREATED);
    }
    let manager = bearer(&service.key_of("maker", &[Role::Holder], &[Scope::Manage, Scope::Read]).await.0);
    let (_, strong) = service.key_of("maker", &[Role::Holder], &[Scope::Apply, Scope::Read]).await;
    let make = async |by: &str, organisation: &str, role: &str, scope: &str| {
        let new = json!({ "organisation": organisation, "person": "P", "roles": [role], "scopes": [scope] });
        service.order(by, "/v1/api-keys", &new).await
    };
    assert_eq!(make(&manager, "maker", "holder", "read").await.status, StatusCode::CREATED);
    for (organisation, role, scope, status) in [
        ("maker", "holder", "apply", StatusCode::FORBIDDEN),
        ("maker", "approver", "read", StatusCode::UNPROCESSABLE_ENTITY),
        ("maker", "administrator", "manage", StatusCode::UNPROCESSABLE_ENTITY),
        ("maker", "owner", "read", StatusCode::UNPROCESSABLE_ENTITY),
        ("maker", "holder", "everything", StatusCode::UNPROCESSABLE_ENTITY),
        ("operator", "administrator", "manage", StatusCode::NOT_FOUND),
        ("rival", "holder", "read", StatusCode::NOT_FOUND),
        ("Maker", "holder", "read", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = make(&manager, organisation, role, scope).await;
        assert_eq!(answer.status, status, "{organisation} {role} {scope}: {}", answer.text());
    }
    // By rotation a key's text would come into the hands of somebody who has fewer scopes.
    let rotate = format!("/v1/api-keys/{}/rotate", strong.id);
    let answer = service.order(&manager, &rotate, &json!({ "overlap_hours": 24 })).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text());
    assert_eq!(make(&office, "maker", "approver", "approve").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let second = json!({ "id": "other-operator", "kind": "operator", "name": "Other" });
    assert_eq!(service.order(&office, "/v1/organisations", &second).await.status, StatusCode::CONFLICT);
    for smuggled in [
        json!({ "id": "lab", "kind": "evaluation_body", "name": "L", "accreditations": [] }),
        json!({ "id": "lab", "kind": "evaluation_body", "name": "L", "revision": 9 }),
        json!({ "organisation": "maker", "person": "P", "roles": ["holder"], "scopes": ["read"], "id": "AAAAAAAA" }),
    ] {
        let path = if smuggled["person"].is_null() { "/v1/organisations" } else { "/v1/api-keys" };
        assert_eq!(
            service.order(&office, path, &smuggled).await.status,
            StatusCode::BAD_REQUEST,
            "{smuggled}"
        );
    }
}

#[tokio::test]
async fn a_suspended_organisations_keys_open_nothing_from_the_next_request_on() {
    let service = Service::start().await;
    let office = service.key(&[Scope::Manage]).await;
    let new = json!({ "id": "maker", "kind": "holder", "name": "Maker" });
    service.order(&office, "/v1/organisations", &new).await;
    let key = bearer(&service.key_of("maker", &[Role::Holder], Scope::ALL).await.0);
    let me = async || service.get_with("/v1/me", "authorization", &key).await;
    assert_eq!(me().await.status, StatusCode::OK);
    let why = json!({ "reason": "unpaid fees" });
    assert_eq!(service.order(&office, "/v1/organisations/maker/suspend", &why).await.status, StatusCode::OK);
    let refused = me().await;
    assert_eq!(
        (refused.status, refused.json()["detail"].clone()),
        (StatusCode::FORBIDDEN, json!("the organisation is suspended"))
    );
    let more = json!({ "organisation": "maker", "person": "P", "roles": ["holder"], "scopes": ["read"] });
    assert_eq!(
        service.order(&office, "/v1/api-keys", &more).await.status,
        StatusCode::CONFLICT,
        "nor gets it new ones"
    );
    assert_eq!(
        service.order(&office, "/v1/organisations/operator/suspend", &why).await.status,
        StatusCode::CONFLICT
    );
    assert_eq!(
        service.order(&office, "/v1/organisations/maker/reinstate", &why).await.status,
        StatusCode::OK
    );
    assert_eq!(me().await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_answer_but_the_one_that_makes_it_shows_a_keys_secret() {
    let service = Service::start().await;
    let office = service.key(&[Scope::Manage]).await;
    let new = json!({ "person": "P", "roles": ["administrator"], "scopes": ["manage"] });
    let made = service.order(&office, "/v1/api-keys", &new).await;
    assert_eq!((made.status, made.header("cache-control")), (StatusCode::CREATED, "no-store"));
    let made = made.json();
    let (id, secret) = (made["key"]["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let tail = secret.get(13..).unwrap();
    let mine = format!("Bearer {secret}");
    for answer in [
        service.get_with("/v1/api-keys", "authorization", &mine).await,
        service.get_with("/v1/me", "authorization", &mine).await,
        service.order(&office, &format!("/v1/api-keys/{id}/revoke"), &json!({})).await,
    ] {
        let text = answer.text();
        assert_eq!(answer.status, StatusCode::OK, "{text}");
        assert!(text.contains(id) && !text.contains(tail) && !text.contains("sha256"), "{text}");
    }
}

#[tokio::test]
async fn a_flood_keeps_neither_verifiers_nor_the_operator_out() {
    let service = Service::start_with(|state| state.gate = Gate::new(8), vec![]).await;
    service.issue().await;
    let office = service.key(&[Scope::Manage, Scope::Change]).await;
    let new = json!({ "id": "shop", "kind": "verifier", "name": "Shop" });
    service.order(&office, "/v1/organisations", &new).await;
    let shop = bearer(&service.key_of("shop", &[Role::Verifier], &[Scope::Verify]).await.0);
    let verify = format!("/v1/verify/{NUMBER}");
    let asked = async |key: &str| service.get_with(&verify, "authorization", key).await.status;
    let flood: Vec<_> = std::iter::from_fn(|| service.state.gate.enter().ok()).collect();
    assert_eq!(flood.len(), 6);
    assert_eq!(service.get(&verify).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(asked(&shop).await, StatusCode::OK);
    assert_eq!(asked(&office).await, StatusCode::SERVICE_UNAVAILABLE, "without the scope `verify`");
    assert_eq!(asked("Bearer shk_AAAAAAAA_x").await, StatusCode::SERVICE_UNAVAILABLE);
    let revoke = json!({ "change": "revoke", "reason": "test" });
    let state = format!("/v1/registrations/{NUMBER}/state");
    assert_eq!(service.order(&office, &state, &revoke).await.status, StatusCode::ACCEPTED);
    let crowd: Vec<_> = std::iter::from_fn(|| service.state.gate.enter_reserve().ok()).collect();
    assert_eq!(crowd.len(), 2, "every turn was given back");
    assert_eq!(asked(&shop).await, StatusCode::SERVICE_UNAVAILABLE, "the reserve has its end");
}
