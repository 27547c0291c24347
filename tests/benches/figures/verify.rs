//! What a verdict costs over HTTP, against a bare JSON route of the same framework on the same machine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::{Json, Router, routing::post};
use reqwest::Client;
use serde_json::{Value, json};
use shirushi_server::{
    app::App,
    config::{Config, Settings},
    registry::Actor,
    service::{approval::Approval, issue::Issuer},
    signer::KeyFolder,
};
use shirushi_shared::{
    key::KeyUse,
    label::{AssessmentRoute, Category, Level, RegistrationNumber},
    registration::{Maker, Model, Product},
    time::{UnixTime, Window},
    token::{TextForm, Token},
};
use tokio::net::TcpListener;

const LABELS: u32 = 3_000;
const ROUNDS: u32 = 10;
/// Questions under way at once.
const ASKERS: usize = 8;

pub(crate) async fn print() {
    let place = tempfile::tempdir().unwrap();
    let keys = place.path().join("keys");
    KeyFolder::init(&keys, &[KeyUse::Label, KeyUse::Trust], UnixTime::EPOCH).unwrap();
    let config = Config::load(Settings {
        database: Some(format!("sqlite:{}", place.path().join("registry.db").display())),
        keys: Some(keys),
        public_url: Some("https://label.example".to_owned()),
        ..Settings::default()
    })
    .unwrap();
    let tokens = register(&App::issuer(&config).await.unwrap()).await;
    let service = serve(config).await;
    let bare = bare().await;
    let client = Client::new();

    // By turns, so that a slow moment of the machine hits all three alike; the middle of the ratios counts.
    let (mut known, mut unseen) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let share = (LABELS / ROUNDS) as usize;
        let fresh: Vec<_> = tokens.iter().skip(round as usize * share).take(share).cloned().collect();
        let same = vec![tokens[0].clone(); share];
        let reference = ask(&client, &bare, same.clone()).await;
        known.push(ratio(ask(&client, &service, same).await, reference));
        let reference = ask(&client, &bare, fresh.clone()).await;
        unseen.push(ratio(ask(&client, &service, fresh).await, reference));
    }
    println!(
        "POST /v1/verify, time against a bare JSON route ({ASKERS} askers, {ROUNDS} rounds, median ratio)"
    );
    println!("  a token seen before         {:.2} ×", median(known));
    println!("  a token never seen before   {:.2} ×\n", median(unseen));
}

async fn register(issuer: &Issuer) -> Vec<String> {
    let approvals = (0..LABELS).map(|serial| approval(serial, 15)).collect();
    let labels = issuer.issue(approvals, &Actor::here("bench")).await.unwrap();
    let text = |token: &Token| token.to_text(TextForm::Base64Url);
    labels.iter().map(|label| text(&label.token)).collect()
}

pub(crate) fn approval(serial: u32, models: u32) -> Approval {
    let printed_number = format!("SHI-2026-{serial:06}");
    let now = UnixTime::parse("2026-11-01T00:00:00Z").unwrap();
    Approval {
        number: RegistrationNumber::parse(&printed_number).unwrap(),
        printed_number,
        maker: Maker { name: "架空電機".to_owned(), name_en: None, corporate_number: None },
        products: vec![Product {
            name: "Camera".to_owned(),
            models: (0..models).map(|n| Model { number: format!("RX-{serial}-{n}"), gtin: None }).collect(),
        }],
        category: Category::from_code(2).unwrap(),
        level: Level::Star1,
        route: AssessmentRoute::SelfDeclaration,
        valid: Window { from: now, until: now.plus(600 * 86_400) },
        pre_label_numbers: Vec::new(),
    }
}

async fn serve(config: Config) -> String {
    let app = App::open(config).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(app.serve_on(listener, std::future::pending()));
    format!("http://{address}/v1/verify")
}

/// The least that a route can do: read JSON, write JSON of about the size of a verdict.
async fn bare() -> String {
    let answer: Value = json!({ "outcome": "valid", "models": vec!["RX-2000-12"; 60] });
    let answer = Arc::new(answer);
    let route = post(move |Json(_): Json<Value>| async move { Json(answer) });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let bare = Router::new().route("/v1/verify", route);
    tokio::spawn(async move { axum::serve(listener, bare).await });
    format!("http://{address}/v1/verify")
}

async fn ask(client: &Client, url: &str, tokens: Vec<String>) -> Duration {
    let start = Instant::now();
    let share = tokens.len().div_ceil(ASKERS);
    let askers: Vec<_> = tokens
        .chunks(share)
        .map(|tokens| {
            let (client, url, tokens) = (client.clone(), url.to_owned(), tokens.to_vec());
            tokio::spawn(async move {
                for token in tokens {
                    let answer = client.post(&url).json(&json!({ "token": token })).send().await.unwrap();
                    let answer: Value = answer.json().await.unwrap();
                    assert_eq!(answer["outcome"], "valid", "{answer}");
                }
            })
        })
        .collect();
    for asker in askers {
        asker.await.unwrap();
    }
    start.elapsed()
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
