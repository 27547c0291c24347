//! A receiver of webhooks on loopback, as a customer would write one: it knows its secret and believes nothing else.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use shirushi_tests::patience::patiently;

/// A message as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    pub(super) id: String,
    pub(super) body: Value,
    headers: [String; 3],
    text: String,
}

impl Arrived {
    /// Standard Webhooks, by the text of the specification: `v1,` and HMAC-SHA256 of `id.timestamp.body`.
    pub(super) fn is_signed_by(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let [id, at, signatures] = &self.headers;
        signatures.split(' ').any(|signature| {
            let Some(("v1", signature)) = signature.split_once(',') else { return false };
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            mac.update(format!("{id}.{at}.{}", self.text).as_bytes());
            mac.verify_slice(&STANDARD.decode(signature).unwrap()).is_ok()
        })
    }

    pub(super) fn reason(&self) -> &str {
        self.body["data"]["reason"].as_str().unwrap_or_default()
    }

    pub(super) fn number(&self) -> &str {
        self.body["data"]["number"].as_str().unwrap_or_default()
    }
}

/// How it answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Answer {
    /// With this status.
    Status(u16),
    /// With 204.
    #[default]
    Fine,
    /// With a redirect to `/elsewhere` of the same machine.
    Elsewhere,
    /// Never.
    Never,
}

#[derive(Clone, Default)]
struct Kept {
    arrived: Arc<Mutex<Vec<Arrived>>>,
    elsewhere: Arc<Mutex<u32>>,
    answer: Arc<Mutex<Answer>>,
}

/// A running receiver.
pub(super) struct Receiver {
    pub(super) url: String,
    kept: Kept,
}

async fn hook(State(kept): State<Kept>, headers: HeaderMap, text: String) -> Response {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let headers = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(header);
    let answer = *kept.answer.lock().unwrap();
    let body = serde_json::from_str(&text).unwrap();
    let id = headers[0].clone();
    kept.arrived.lock().unwrap().push(Arrived { id, body, headers, text });
    match answer {
        Answer::Fine => StatusCode::NO_CONTENT.into_response(),
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::Elsewhere => Redirect::temporary("/elsewhere").into_response(),
        Answer::Never => std::future::pending().await,
    }
}

async fn elsewhere(State(kept): State<Kept>) {
    *kept.elsewhere.lock().unwrap() += 1;
}

impl Receiver {
    pub(super) async fn start() -> Self {
        let kept = Kept::default();
        let routes = Router::new()
            .route("/hook", post(hook))
            .route("/elsewhere", post(elsewhere).get(elsewhere))
            .with_state(kept.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, kept }
    }

    pub(super) fn answers(&self, answer: Answer) {
        *self.kept.answer.lock().unwrap() = answer;
    }

    pub(super) fn arrived(&self) -> Vec<Arrived> {
        self.kept.arrived.lock().unwrap().clone()
    }

    /// How often it was asked where a redirect led.
    pub(super) fn elsewhere(&self) -> u32 {
        *self.kept.elsewhere.lock().unwrap()
    }

    /// What has arrived, once it is at least `count` messages.
    pub(super) async fn after(&self, count: usize) -> Vec<Arrived> {
        self.when(|arrived| arrived.len() >= count).await
    }

    /// What has arrived, once it is as `is` wants it.
    pub(super) async fn when(&self, is: impl Fn(&[Arrived]) -> bool) -> Vec<Arrived> {
        match patiently(async || Some(self.arrived()).filter(|arrived| is(arrived))).await {
            Some(arrived) => arrived,
            None => panic!("no more has arrived than {:#?}", self.arrived()),
        }
    }
}
