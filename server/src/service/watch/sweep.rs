//! What happens by itself, since time passes: a validity that ends, or will soon; a suspension that is over.
//!
//! The cursor is a second: what lies between it and now is told, and it moves when all watched labels were looked at. A
//! sweep that is cut short is made again, and what it had told is known by its name.

use shirushi_shared::{label::LabelState, status::StatusRecord, time::UnixTime};

use super::{
    Parts,
    carrier::{self, News},
    event::{CHANGED, EXPIRED, EXPIRING, Seen, Told},
};
use crate::registry::{
    RegistryError,
    watch::{Carried, TIME},
};

/// Seconds between two sweeps: each looks at every label that is watched.
pub(super) const EVERY: i64 = 3600;
/// Days before the end at which it is announced.
const AHEAD: [u32; 2] = [90, 30];
/// Labels in one step.
const PAGE: u32 = 500;
const DAY: i64 = 86_400;

/// Tells what has happened by itself, where the last sweep is an hour ago.
pub(super) async fn sweep(parts: &Parts) -> Result<(), RegistryError> {
    let watches = &*parts.watches;
    let now = parts.clock.now();
    let Some(from) = watches.cursor(TIME).await? else { return Ok(()) };
    let since = UnixTime::EPOCH.plus(i64::try_from(from).unwrap_or(i64::MAX));
    if now.since(since) < EVERY {
        return Ok(());
    }
    let mut after = None;
    loop {
        let page = watches.watched_labels(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.number.clone());
        let news: Vec<_> = page.iter().flat_map(|record| between(record, since, now)).collect();
        let (events, deliveries) = carrier::told(parts, &news).await?;
        if !events.is_empty() {
            watches.carry(&Carried { cursor: None, events, deliveries, at: now }).await?;
        }
    }
    let cursor = Some((TIME, from, now.as_unsigned()));
    watches.carry(&Carried { cursor, events: Vec::new(), deliveries: Vec::new(), at: now }).await?;
    Ok(())
}

/// What happens to the label of `record` by itself after `since`, up to `now`.
pub(super) fn between(record: &StatusRecord, since: UnixTime, now: UnixTime) -> Vec<News> {
    let falls = |at: UnixTime| since < at && at <= now;
    let told = |at: UnixTime, reason: &str, days| Told {
        number: record.number.clone(),
        revision: record.revision.get(),
        reason: reason.to_owned(),
        days,
        before: Some(Seen::of(record, at.plus(-1))),
        after: Seen::of(record, at),
        changed_at: at,
    };
    let mut news = Vec::new();
    if matches!(record.state, LabelState::Revoked { .. }) {
        return news;
    }
    if let LabelState::Suspended { until: Some(until), .. } = &record.state
        && falls(*until)
    {
        news.push(News { kind: CHANGED, told: told(*until, "suspension_ended", None), position: None });
    }
    let end = record.valid.until;
    for days in AHEAD {
        let at = end.plus(-i64::from(days) * DAY);
        if falls(at) {
            news.push(News { kind: EXPIRING, told: told(at, "expiring", Some(days)), position: None });
        }
    }
    if falls(end) {
        news.push(News { kind: EXPIRED, told: told(end, "expired", None), position: None });
    }
    news
}
