//! What a verdict costs as the registry grows: 10^3, 10^5, 10^6 labels in one SQLite file, and the memory of the process.

use std::time::Instant;

use shirushi_server::{
    app::App,
    config::{Config, Settings},
    registry::Actor,
    service::{issue::Issuer, verify::Verifier},
    signer::KeyFolder,
};
use shirushi_shared::{
    api::Presented, claim::ProductClaims, key::KeyUse, time::UnixTime, token::TextForm, verdict::Outcome,
};

use super::verify::{approval, median};

const SIZES: [u32; 3] = [1_000, 100_000, 1_000_000];
/// Labels in one import.
const BATCH: u32 = 10_000;
/// Questions a size.
const ASKED: usize = 1_000;

pub(crate) async fn print() {
    let place = tempfile::tempdir().unwrap();
    let keys = place.path().join("keys");
    KeyFolder::init(&keys, &KeyUse::ALL, UnixTime::EPOCH).unwrap();
    let config = Config::load(Settings {
        database: Some(format!("sqlite:{}", place.path().join("registry.db").display())),
        keys: Some(keys),
        public_url: Some("https://label.example".to_owned()),
        ..Settings::default()
    })
    .unwrap();
    let issuer = App::issuer(&config).await.unwrap();
    println!(
        "a verdict as the registry grows (SQLite, {ASKED} tokens never seen before, then the same again)"
    );
    println!("  {:>9}  {:>16}  {:>16}  {:>9}", "labels", "never seen", "again", "memory");
    let (mut tokens, mut first, mut registered) = (Vec::new(), None, 0);
    for size in SIZES {
        tokens.extend(grow(&issuer, registered..size).await);
        registered = size;
        // The same number of every age, so that each size asks as widely as it is large.
        let step = (tokens.len() / ASKED).max(1);
        let sample: Vec<String> = tokens.iter().step_by(step).take(ASKED).cloned().collect();
        let verifier = App::verifier(&config).await.unwrap();
        let before = resident();
        let unseen = ask(&verifier, &sample).await;
        let again = ask(&verifier, &sample).await;
        let memory = resident().saturating_sub(before);
        let (unseen_at_first, again_at_first) = *first.get_or_insert((unseen, again));
        println!(
            "  {size:>9}  {:>5.0} µs {:>5.2} ×  {:>5.0} µs {:>5.2} ×  {memory:>6} kB",
            unseen * 1e6,
            unseen / unseen_at_first,
            again * 1e6,
            again / again_at_first,
        );
    }
    println!(
        "  (medians, and × what it is at {} labels; memory that the verifier took for these questions)\n",
        SIZES[0]
    );
}

/// Registers these, and hands out some of their tokens: all of the first thousand, then one of a hundred.
async fn grow(issuer: &Issuer, serials: core::ops::Range<u32>) -> Vec<String> {
    let mut tokens = Vec::new();
    let every = if serials.end <= SIZES[0] { 1 } else { 100 };
    let mut next = serials.start;
    while next < serials.end {
        let end = serials.end.min(next + BATCH);
        let approvals = (next..end).map(|serial| approval(serial, 2)).collect();
        let labels = issuer.issue(approvals, &Actor::here("bench")).await.unwrap();
        tokens.extend(labels.iter().step_by(every).map(|label| label.token.to_text(TextForm::Base64Url)));
        next = end;
    }
    tokens
}

/// The median time of a verdict, in seconds.
async fn ask(verifier: &Verifier, tokens: &[String]) -> f64 {
    let mut times = Vec::with_capacity(tokens.len());
    for token in tokens {
        let presented = Presented::Token(token.clone());
        let start = Instant::now();
        let answer = verifier.verify(presented, ProductClaims::default(), None).await;
        times.push(start.elapsed().as_secs_f64());
        assert_eq!(answer.verdict.outcome, Outcome::Valid);
    }
    median(times)
}

/// Resident memory of this process in kB, as Linux tells it.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
