//! Issuing and changing, by those who may.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

use super::harness::{Answer, NUMBER, Service};
use crate::service::access::{Role, Scope};

#[tokio::test]
async fn a_change_shows_in_the_next_verdict_and_in_the_history() {
    let service = Service::start().await;
    service.issue().await;
    let key = service.key(&[Scope::Change]).await;
    let verdict = format!("/v1/verify/{NUMBER}");
    assert_eq!(service.get(&verdict).await.json()["outcome"], "valid");
    for (change, outcome) in [
        (json!({ "change": "suspend", "reason": "調査中" }), "suspended"),
        (json!({ "change": "reinstate" }), "valid"),
        (json!({ "change": "grace" }), "grace"),
    ] {
        let answer = service.order(&key, &format!("/v1/registrations/{NUMBER}/state"), &change).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert_eq!(service.get(&verdict).await.json()["outcome"], outcome);
    }
    let revoke = json!({ "change": "revoke", "reason": "虚偽の申告" });
    let proposed = service.order(&key, &format!("/v1/registrations/{NUMBER}/state"), &revoke).await;
    assert_eq!(service.get(&verdict).await.json()["outcome"], "grace", "one person alone revokes nothing");
    service.confirm(&proposed).await;
    assert_eq!(service.get(&verdict).await.json()["outcome"], "revoked");
    let history = service.get(&format!("/v1/registrations/{NUMBER}/history")).await.json();
    let entries = history["entries"].as_array().unwrap();
    let what: Vec<_> = entries.iter().map(|entry| entry["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["registered", "suspended", "reinstated", "grace", "revoked"]);
    assert!(!history.to_string().contains("key "), "who changed it is not for the public: {history}");
}

#[tokio::test]
async fn of_two_who_saw_the_same_revision_one_wins() {
    let service = Service::start().await;
    service.issue().await;
    let key = service.key(&[Scope::Change]).await;
    let seen = service.get(&format!("/v1/registrations/{NUMBER}")).await.header("etag").to_owned();
    assert_eq!(seen, "\"1\"");
    let until = service.state.clock.now().plus(100 * 86_400);
    let extend = async || -> Answer {
        let request = Request::post(format!("/v1/registrations/{NUMBER}/expiry"))
            .header(header::AUTHORIZATION, &key)
            .header(header::IF_MATCH, &seen)
            .header(header::CONTENT_TYPE, "application/json");
        service.send(request.body(Body::from(json!({ "until": until }).to_string())).unwrap()).await
    };
    let first = extend().await;
    assert_eq!((first.status, first.header("etag")), (StatusCode::OK, "\"2\""));
    assert_eq!(first.json()["status"]["expires"], json!(until));
    let second = extend().await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert_eq!(second.json()["detail"], "it is at revision 2, not 1: read it again before changing it");
}

#[tokio::test]
async fn a_revoked_key_opens_nothing() {
    let service = Service::start().await;
    service.issue().await;
    let (secret, record) = service.key_of("operator", &[Role::Administrator], &[Scope::Read]).await;
    let key = format!("bearer {}", secret.reveal());
    let label = format!("/v1/registrations/{NUMBER}/label.svg");
    assert_eq!(service.get_with(&label, "authorization", &key).await.status, StatusCode::OK);
    let by = service.state.access.at_this_machine("test").await.unwrap();
    service.state.access.revoke(&record.id, &by).await.unwrap();
    assert_eq!(service.get_with(&label, "authorization", &key).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        service.get_with(&label, "authorization", "Basic eA==").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_file_is_taken_whole_or_not_at_all() {
    let service = Service::start().await;
    let key = service.key(&[Scope::Issue]).await;
    let now = service.state.clock.now();
    let (from, until) = (now.plus(-60), now.plus(86_400));
    let heading = "number,maker,product,models,category,level,valid_from,valid_until\n";
    let good = format!("SHI-1,例示,カメラ,A-1|A-2,network_camera,STAR-1,{from},{until}\n");
    let bad = format!("SHI-2,例示,カメラ,B-1,toaster,STAR-3,{from},{until}\n");
    let send = async |file: String| {
        let request = Request::post("/v1/registrations/import")
            .header(header::AUTHORIZATION, &key)
            .header(header::CONTENT_TYPE, "text/csv");
        service.send(request.body(Body::from(file)).unwrap()).await
    };
    let refused = send(format!("{heading}{good}{bad}")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = refused.json()["errors"].clone();
    let places: Vec<_> = errors
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["row"].as_u64(), e["field"].as_str().unwrap()))
        .collect();
    assert_eq!(places, [(Some(3), "category"), (Some(3), "evaluation_body")]);
    assert_eq!(service.get("/v1/registrations/SHI-1").await.status, StatusCode::NOT_FOUND);
    service.confirm(&send(format!("{heading}{good}")).await).await;
    assert_eq!(service.get("/v1/registrations/SHI-1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_label_for_print_comes_in_three_kinds() {
    let service = Service::start().await;
    service.issue().await;
    let key = service.key(&[Scope::Read]).await;
    for (file, media, begins) in [
        ("label.svg", "image/svg+xml", &b"<svg"[..]),
        ("label.png?dpi=300", "image/png", b"\x89PNG"),
        ("label.pdf", "application/pdf", b"%PDF"),
    ] {
        let path = format!("/v1/registrations/{NUMBER}/{file}");
        let label = service.get_with(&path, "authorization", &key).await;
        assert_eq!((label.status, label.header("content-type")), (StatusCode::OK, media), "{file}");
        assert!(label.body.windows(begins.len()).take(200).any(|found| found == begins), "{file}");
    }
    let odd = format!("/v1/registrations/{NUMBER}/label.png?dpi=96");
    assert_eq!(service.get_with(&odd, "authorization", &key).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_published_keys_are_those_that_labels_are_signed_with() {
    use shirushi_shared::{
        key::{KeyUse, PublicKey},
        token::Token,
        trust::TrustList,
    };

    let service = Service::start().await;
    let link = service.issue().await;
    let jwks = service.get("/.well-known/jwks.json").await.json();
    let key = |use_: KeyUse| {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let keys = jwks["keys"].as_array().unwrap();
        let jwk = keys.iter().find(|key| key["shirushi_use"] == use_.as_str()).unwrap();
        let x = URL_SAFE_NO_PAD.decode(jwk["x"].as_str().unwrap()).unwrap();
        PublicKey::from_bytes(&x.try_into().unwrap()).unwrap()
    };
    let list = service.get("/.well-known/shirushi/trust-list").await;
    let list = TrustList::open(&list.body, &key(KeyUse::Trust)).unwrap();
    let token = Token::parse(link.rsplit('/').next().unwrap()).unwrap();
    assert_eq!(token.verify(&list.ring()).unwrap().key, key(KeyUse::Label).id());
    let cose = service.get("/.well-known/cose-keys").await.body;
    assert_eq!(cose[0], 0x85, "an array, one key for each use");
    assert!(cose.windows(32).any(|window| window == key(KeyUse::Label).as_bytes()));
}
