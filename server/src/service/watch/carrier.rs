//! From the history to events and deliveries: read after the cursor, matched with the lists, written with the cursor.

use std::collections::{BTreeMap, BTreeSet};

use shirushi_shared::label::RegistrationNumber;

use super::{
    Parts,
    event::{self, Told},
};
use crate::registry::{
    Position, RegistryError,
    watch::{Carried, EndpointId, EventId, HISTORY, NewDelivery, NewEvent, WatchId, Watcher},
};

/// Positions in one step: what follows from them is one transaction.
const BATCH: u32 = 64;

/// A happening, and of what the lists must have been watching since.
pub(super) struct News {
    pub(super) kind: &'static str,
    pub(super) told: Told,
    /// Where it was written; `None` of what happens by itself.
    pub(super) position: Option<Position>,
}

/// Carries the next positions; false where there are none.
pub(super) async fn carry(parts: &Parts) -> Result<bool, RegistryError> {
    let watches = &*parts.watches;
    let Some(from) = watches.cursor(HISTORY).await? else { return Ok(false) };
    let (changes, reached) = watches.label_changes(Position(from), BATCH).await?;
    if reached.0 <= from {
        return Ok(false);
    }
    let news: Vec<_> = changes
        .iter()
        .map(|change| News { kind: event::CHANGED, told: Told::of(change), position: Some(change.position) })
        .collect();
    let (events, deliveries) = told(parts, &news).await?;
    let cursor = Some((HISTORY, from, reached.0));
    // Where another carrier was faster, the next step begins behind it.
    watches.carry(&Carried { cursor, events, deliveries, at: parts.clock.now() }).await?;
    Ok(true)
}

/// What `news` become: an event for each list concerned, a message for each endpoint of its owner.
pub(super) async fn told(
    parts: &Parts,
    news: &[News],
) -> Result<(Vec<NewEvent>, Vec<NewDelivery>), RegistryError> {
    let watches = &*parts.watches;
    let numbers: BTreeSet<_> = news.iter().map(|one| one.told.number.clone()).collect();
    let concerned_by = watches.watchers(&numbers.into_iter().collect::<Vec<_>>()).await?;
    let owners: BTreeSet<_> = concerned_by.iter().map(|watcher| watcher.owner.clone()).collect();
    let mut receivers: BTreeMap<String, Vec<EndpointId>> = BTreeMap::new();
    for (owner, endpoint) in watches.receivers(&owners.into_iter().collect::<Vec<_>>()).await? {
        receivers.entry(owner).or_default().push(endpoint);
    }
    let mut by_number: BTreeMap<&RegistrationNumber, Vec<&Watcher>> = BTreeMap::new();
    for watcher in &concerned_by {
        by_number.entry(&watcher.number).or_default().push(watcher);
    }
    let (mut events, mut deliveries) = (Vec::new(), Vec::new());
    for one in news {
        let concerned = by_number.get(&one.told.number).into_iter().flatten();
        let concerned: Vec<_> = concerned
            .filter(|watcher| one.position.is_none_or(|position| position > watcher.since))
            .copied()
            .collect();
        let id = one.told.id(one.kind);
        events.extend(concerned.iter().map(|watcher| event_on(&watcher.watch, &id, one)));
        let mut lists: BTreeMap<&str, Vec<WatchId>> = BTreeMap::new();
        for watcher in concerned {
            lists.entry(&watcher.owner).or_default().push(watcher.watch.clone());
        }
        for (owner, lists) in lists {
            let body = event::body(one.kind, &one.told, &lists, &parts.origin);
            for endpoint in receivers.get(owner).into_iter().flatten() {
                deliveries.push(NewDelivery {
                    id: event::message_id(&id, endpoint),
                    endpoint: endpoint.clone(),
                    number: Some(one.told.number.clone()),
                    kind: one.kind,
                    body: body.clone(),
                });
            }
        }
    }
    Ok((events, deliveries))
}

fn event_on(watch: &WatchId, id: &EventId, news: &News) -> NewEvent {
    NewEvent {
        watch: watch.clone(),
        id: id.clone(),
        number: news.told.number.clone(),
        kind: news.kind,
        at: news.told.changed_at,
        data: event::text(&news.told),
    }
}
