//! A service in a folder of its own, and what comes back from it.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};
use shirushi_shared::key::KeyUse;
use tower::ServiceExt as _;

use super::document;
use crate::{
    app::App,
    clock::SystemClock,
    config::{Config, Settings},
    http::{self, state::AppState, table::Row},
    scheme::{organisation::OrganisationId, person::PersonName},
    service::access::{ApiKeyRecord, ApiKeySecret, NewKey, Role, Scope},
    signer::KeyFolder,
};

pub(super) const NUMBER: &str = "SHI-2026-00017";
pub(super) const ORIGIN: &str = "https://label.shirushi.example";

/// A service that ends with its test.
pub(super) struct Service {
    pub(super) state: AppState,
    router: Router,
    pub(super) app: App,
    _folder: tempfile::TempDir,
}

/// A key as `Authorization` carries it.
pub(super) fn bearer(secret: &ApiKeySecret) -> String {
    format!("Bearer {}", secret.reveal())
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Service {
    pub(super) async fn start() -> Self {
        Self::start_with(|_| {}, Vec::new()).await
    }

    /// A service whose parts were changed, with further rows in its route table.
    pub(super) async fn start_with(change: impl FnOnce(&mut AppState), rows: Vec<Row>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("site")).unwrap();
        for (name, text) in
            [("worker-1.js", "plain"), ("worker-1.js.gz", "gz"), ("worker-1.js.br", "br"), ("sw-1.js", "sw")]
        {
            std::fs::write(path("site").join(name), text).unwrap();
        }
        let manifest = json!({ "files": {
            "worker.js": { "file": "worker-1.js", "size": 5, "gzip": 2, "brotli": 2 },
            "sw.js": { "file": "sw-1.js", "size": 5, "gzip": null, "brotli": null },
        } });
        std::fs::write(path("site/manifest.json"), manifest.to_string()).unwrap();
        let now = SystemClock::default().now();
        KeyFolder::init(&path("keys"), &KeyUse::ALL, now).unwrap();
        let config = Config::load(Settings {
            database: Some(format!("sqlite:{}", path("registry.db").display())),
            keys: Some(path("keys")),
            site: Some(path("site")),
            public_url: Some(ORIGIN.to_owned()),
            ..Settings::default()
        });
        let app = App::open(config.unwrap()).await.unwrap();
        let mut state = app.state().clone();
        change(&mut state);
        let router = http::assemble(http::table().into_iter().chain(rows).collect(), state.clone());
        Self { state, router, app, _folder: folder }
    }

    /// A key with these scopes, as `Authorization` carries it.
    pub(super) async fn key(&self, scopes: &[Scope]) -> String {
        bearer(&self.key_of("operator", &[Role::Administrator], scopes).await.0)
    }

    /// A key of `organisation`.
    pub(super) async fn key_of(
        &self,
        organisation: &str,
        roles: &[Role],
        scopes: &[Scope],
    ) -> (ApiKeySecret, ApiKeyRecord) {
        self.key_for(organisation, "test", roles, scopes).await
    }

    /// A key of somebody in particular.
    pub(super) async fn key_for(
        &self,
        organisation: &str,
        person: &str,
        roles: &[Role],
        scopes: &[Scope],
    ) -> (ApiKeySecret, ApiKeyRecord) {
        let new = NewKey {
            organisation: OrganisationId::parse(organisation).unwrap(),
            person: PersonName::parse(person).unwrap(),
            roles: roles.iter().copied().collect(),
            scopes: scopes.iter().copied().collect(),
            expires: None,
        };
        let caller = self.state.access.at_this_machine("test").await.unwrap();
        self.state.access.create(new, &caller).await.unwrap()
    }

    /// Sends `request`. What the API answers must be what its document says.
    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = self.send_anything(request).await;
        document::check(&method, &path, &answer);
        answer
    }

    /// Sends `request`, which need not be one that the document knows.
    pub(super) async fn send_anything(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Sends `request` and takes no more than the head of the answer.
    pub(super) async fn begin(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(super) async fn get_with(&self, path: &str, name: &str, value: &str) -> Answer {
        self.send(Request::get(path).header(name, value).body(Body::empty()).unwrap()).await
    }

    pub(super) async fn post(&self, path: &str, media: &str, body: impl Into<Body>) -> Answer {
        self.send(Request::post(path).header(header::CONTENT_TYPE, media).body(body.into()).unwrap()).await
    }

    pub(super) async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.post(path, "application/json", body.to_string()).await
    }

    /// Posts JSON with a key.
    pub(super) async fn order(&self, key: &str, path: &str, body: &Value) -> Answer {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, key)
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.to_string().into()).unwrap()).await
    }

    /// A second person confirms what was proposed.
    pub(super) async fn confirm(&self, proposed: &Answer) -> Answer {
        assert_eq!(proposed.status, StatusCode::ACCEPTED, "{}", proposed.text());
        let approver = self.key_for("operator", "second", &[Role::Approver], Scope::ALL).await.0;
        let place = proposed.header("location");
        let done = self.order(&bearer(&approver), &format!("{place}/confirm"), &json!({})).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text());
        done
    }

    /// Puts [`NUMBER`] on record and returns its link.
    pub(super) async fn issue(&self) -> String {
        let key = self.key(&[Scope::Issue]).await;
        let answer = self.order(&key, "/v1/registrations", &json!({ "approvals": [self.approval()] })).await;
        let answer = self.confirm(&answer).await;
        answer.json()["issued"][0]["link"].as_str().unwrap().to_owned()
    }

    /// An approval that is valid now.
    pub(super) fn approval(&self) -> Value {
        let now = self.state.clock.now();
        json!({
            "number": NUMBER,
            "maker": "例示電機株式会社",
            "products": [{ "name": "見守りカメラ", "models": [{ "number": "RX-200W", "gtin": "4901234567894" }] }],
            "category": "network_camera",
            "level": "STAR-1",
            "valid_from": now.plus(-86_400),
            "valid_until": now.plus(300 * 86_400),
        })
    }
}

impl Answer {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
