//! The values of the status list in memory: read whole once, then kept current by the history.
//!
//! 256 kB for a million labels, and an entry for each suspension that will end by itself. Places are asked of the registry
//! for the labels that change, so that no map of a million numbers is kept.

use std::collections::{BTreeMap, BTreeSet};

use shirushi_shared::{
    label::{LabelState, RegistrationNumber},
    status::{
        Revision,
        list::{ListedStatus, StatusList},
    },
    time::UnixTime,
    token::StatusIndex,
};

use super::ListsError;
use crate::registry::{Fact, HistoryEntry, LabelRow, Position, Registry};

/// Entries of the history in one reading.
const BATCH: u32 = 1000;

/// The values of all labels.
pub(super) struct Statuses {
    list: StatusList,
    /// All that was written up to here is in it.
    position: Position,
    suspensions: Suspensions,
}

/// What a look at the history came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct News {
    /// A value of the list has changed.
    pub(super) values: bool,
    /// What labels cover, or how long they hold, has changed.
    pub(super) index: bool,
}

/// Suspensions that end by themselves.
#[derive(Default)]
struct Suspensions {
    ends: BTreeMap<StatusIndex, UnixTime>,
    in_order: BTreeSet<(UnixTime, StatusIndex)>,
}

impl Statuses {
    /// The list before any label was read, to which all labels are added that are on record at `position`.
    pub(super) fn begin(position: Position) -> Self {
        Self { list: StatusList::of([]), position, suspensions: Suspensions::default() }
    }

    /// Adds a label as it was read.
    pub(super) fn add(&mut self, row: &LabelRow, now: UnixTime) {
        for place in &row.places {
            self.put(*place, &row.record.state, now);
        }
    }

    /// Brings it up to the last entry of the history, and to `now`.
    pub(super) async fn catch_up(
        &mut self,
        registry: &dyn Registry,
        now: UnixTime,
    ) -> Result<News, ListsError> {
        let mut news = News { values: self.lift(now), index: false };
        loop {
            let entries = registry.entries_after(self.position, BATCH).await?;
            if entries.is_empty() {
                let last = registry.last_position().await?;
                return if last < self.position { Err(ListsError::RegistryBehind) } else { Ok(news) };
            }
            let (reached, states) = self.latest(&entries, &mut news)?;
            let numbers: Vec<_> = states.keys().cloned().collect();
            for (number, place) in registry.places(&numbers).await? {
                if let Some(state) = states.get(&number) {
                    news.values |= self.put(place, state, now);
                }
            }
            // Only now: should the registry fail in between, the same entries are read again.
            self.position = reached;
        }
    }

    /// The values.
    pub(super) const fn list(&self) -> &StatusList {
        &self.list
    }

    /// All that was written up to here is in it.
    pub(super) const fn position(&self) -> Position {
        self.position
    }

    /// The last state of each label in `entries`, and how far they reach.
    fn latest(
        &self,
        entries: &[HistoryEntry],
        news: &mut News,
    ) -> Result<(Position, BTreeMap<RegistrationNumber, LabelState>), ListsError> {
        let mut reached = self.position;
        let mut states = BTreeMap::new();
        for entry in entries {
            if entry.position != reached.next() {
                return Err(ListsError::Gap(reached.next()));
            }
            reached = entry.position;
            news.index |= entry.is_more_than_state();
            let Fact::Label { record, .. } = &entry.fact else { continue };
            // A place that was just given out reads as valid already: an import of thousands asks for none of them.
            if record.revision != Revision::FIRST || record.state != LabelState::Active {
                states.insert(record.number.clone(), record.state.clone());
            }
        }
        Ok((reached, states))
    }

    /// Whether the value has changed.
    fn put(&mut self, place: StatusIndex, state: &LabelState, now: UnixTime) -> bool {
        let state = state.clone().at(now);
        let end = match &state {
            LabelState::Suspended { until, .. } => *until,
            LabelState::Active | LabelState::Grace { .. } | LabelState::Revoked { .. } => None,
        };
        self.suspensions.set(place, end);
        self.set(place, ListedStatus::of(&state))
    }

    fn set(&mut self, place: StatusIndex, status: ListedStatus) -> bool {
        let before = self.list.status(place);
        self.list.set(place, status);
        before != Some(status)
    }

    /// Ends the suspensions whose time has come. Whether there was one.
    fn lift(&mut self, now: UnixTime) -> bool {
        let mut lifted = false;
        while let Some(place) = self.suspensions.next_ended(now) {
            lifted |= self.set(place, ListedStatus::Valid);
        }
        lifted
    }
}

impl Suspensions {
    fn set(&mut self, place: StatusIndex, end: Option<UnixTime>) {
        let before = match end {
            Some(end) => self.ends.insert(place, end),
            None => self.ends.remove(&place),
        };
        if let Some(before) = before {
            self.in_order.remove(&(before, place));
        }
        if let Some(end) = end {
            self.in_order.insert((end, place));
        }
    }

    /// Takes out the first one that has ended at `now`.
    fn next_ended(&mut self, now: UnixTime) -> Option<StatusIndex> {
        let (end, place) = *self.in_order.first()?;
        if end > now {
            return None;
        }
        self.set(place, None);
        Some(place)
    }
}
