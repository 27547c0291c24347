//! One attempt at a delivery, and what follows from it.

use std::sync::atomic::Ordering;

use shirushi_shared::time::UnixTime;

use super::{Parts, Retry};
use crate::{
    registry::watch::{Attempt, Due, Endpoint, EndpointState, Settled},
    webhook::{Message, NotSent, Target, sign},
};

/// An answer by which a receiver says that it wants to hear nothing any more.
const GONE: u16 = 410;

/// Makes the attempt at `due` that was claimed.
pub(super) async fn send(parts: Parts, endpoint: Endpoint, due: Due) {
    let answer = attempt(&parts, &endpoint, &due).await;
    let now = parts.clock.now();
    let (then, told) = judge(answer, due.attempts.saturating_add(1), &parts.retry, now);
    let counter = match then {
        Settled::Delivered(_) => &parts.telling.delivered,
        Settled::Again(_) => &parts.telling.failed,
        Settled::Dead(_) => &parts.telling.given_up,
    };
    counter.fetch_add(1, Ordering::Relaxed);
    if matches!(then, Settled::Dead(_)) {
        tracing::warn!(webhook = endpoint.id.as_str(), message = due.id.as_str(), "a delivery was given up");
    }
    // What is not written down is tried again when the claim has run out: the receiver knows it by its id.
    let settled = parts.watches.settle(&due, &Attempt { then, answer: told }).await;
    let disabled = match answer {
        Ok(GONE) => parts.watches.set_endpoint(&endpoint.id, EndpointState::Disabled, now).await.map(|_| ()),
        _ => Ok(()),
    };
    if let Err(error) = settled.map(|_| ()).and(disabled) {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "what became of a delivery was not written down");
    }
}

async fn attempt(parts: &Parts, endpoint: &Endpoint, due: &Due) -> Result<u16, NotSent> {
    // The setting may have changed since the endpoint was made.
    let target = Target::parse(&endpoint.url, parts.client.allowed()).map_err(|_| NotSent::NotPublic)?;
    let now = parts.clock.now();
    let previous = endpoint.previous.as_ref().filter(|(_, until)| now < *until);
    let secrets: Vec<_> = std::iter::once(endpoint.secret.expose())
        .chain(previous.map(|(secret, _)| secret.expose()))
        .collect();
    let id = due.id.as_str();
    let headers = vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", now.as_secs().to_string()),
        ("webhook-signature", sign(id, now, &due.body, &secrets)),
    ];
    let message = Message { headers, body: due.body.clone().into() };
    parts.client.post(&target, message).await.map(|status| status.as_u16())
}

/// What follows from `answer` to attempt `attempt`, and how it is told to the endpoint's owner.
fn judge(answer: Result<u16, NotSent>, attempt: u64, retry: &Retry, now: UnixTime) -> (Settled, String) {
    let told = match answer {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    let then = match answer {
        Ok(200..=299) => Settled::Delivered(now),
        Ok(GONE) => Settled::Dead(now),
        _ => retry.after(attempt).map_or(Settled::Dead(now), |pause| Settled::Again(now.plus(jitter(pause)))),
    };
    (then, told)
}

/// `pause`, and up to a fifth more: what failed together should not come back together.
fn jitter(pause: i64) -> i64 {
    let most = pause / 5 + 1;
    pause + getrandom::u32().map_or(0, |random| i64::from(random) % most)
}
