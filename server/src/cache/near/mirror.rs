//! The copy itself: what it holds, what it follows, and what of it is kept. No clock, no connection.

use std::cmp::Ordering;

use shirushi_shared::{label::RegistrationNumber, status::StatusRecord, time::UnixTime};

use super::super::{
    Kept, Lookup,
    clock_list::ClockList,
    redis::{Control, Look},
};
use crate::registry::Position;

/// A bounded copy of what is in Redis. The argument why it is true stands in `near.rs`.
pub(super) struct Mirror {
    records: ClockList<RegistrationNumber, Entry>,
    /// The followed step.
    followed: Option<Control>,
    /// Counts how often following began with nothing kept.
    beginning: u64,
}

struct Entry {
    record: StatusRecord,
    /// The latest instant at which it was known to be current when it came.
    as_of: UnixTime,
    /// The beginning in which it is kept.
    kept: Option<u64>,
}

impl Mirror {
    pub(super) fn new(capacity: usize) -> Self {
        Self { records: ClockList::new(capacity), followed: None, beginning: 0 }
    }

    pub(super) fn clear(&mut self) {
        self.records.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// What is kept of `number`, if that is so.
    pub(super) fn kept(&mut self, number: &RegistrationNumber) -> Option<Lookup> {
        let followed = self.followed.as_ref()?;
        let entry = self.records.get_mut(number).filter(|entry| entry.kept == Some(self.beginning))?;
        let as_of = entry.as_of.max(followed.confirmed.as_of);
        Some(Lookup { found: Some((entry.record.clone(), as_of)), ticket: followed.ticket() })
    }

    /// Takes over what Redis has of `number`, and tells the better of that and what is here.
    pub(super) fn learn(&mut self, number: &RegistrationNumber, look: Look) -> Lookup {
        let Look { control, found, ticket } = look;
        // Nothing in Redis is the registry's turn, whatever is here.
        let Some(found) = found else { return Lookup { found: None, ticket } };
        let kept = self.reaches(control.as_ref().filter(|_| found.kept));
        let told = (found.record.clone(), found.as_of);
        let found = match self.write(found.record, found.as_of, kept) {
            Kept::Written | Kept::OtherLife => told,
            Kept::Newer => self.present(number).unwrap_or(told),
        };
        Lookup { found: Some(found), ticket }
    }

    /// Takes over what a reader found in the registry, whose look-up saw `seen`.
    pub(super) fn fill(&mut self, record: StatusRecord, as_of: UnixTime, seen: Option<&Control>) {
        let kept = self.reaches(seen);
        self.write(record, as_of, kept);
    }

    /// Follows from `control` on: with what is kept, where that is the position that was followed already.
    pub(super) fn join(&mut self, control: Option<Control>) {
        let before = self.followed.take();
        let (Some(now), Some(before)) = (&control, before) else {
            self.beginning += 1;
            self.followed = control;
            return;
        };
        let (position, from) = (now.confirmed.position, before.confirmed.position);
        if now.life != before.life && position < from {
            // In one history positions only grow: this is another registry, or one restored from a backup.
            self.records.clear();
        }
        let in_step = now.life == before.life && position == from;
        if !in_step {
            self.beginning += 1;
        }
        // A step of this node's own relay may have been quicker than the answer that is being told here.
        self.followed = if in_step && before.steps > now.steps { Some(before) } else { control };
    }

    /// Applies a step that led from the position `from` to `control`. Whether the copy is in step after it; if not, it
    /// has to join anew.
    pub(super) fn step(&mut self, from: Position, changes: &[StatusRecord], control: Control) -> bool {
        let Some(followed) = self.followed.as_ref().filter(|followed| followed.life == control.life) else {
            return false;
        };
        let (at, to) = (followed.confirmed.position, control.confirmed.position);
        if from > at {
            return false;
        }
        if to > at || (to == at && control.steps > followed.steps) {
            for record in changes {
                self.write(record.clone(), control.confirmed.as_of, true);
            }
            self.followed = Some(control);
        }
        true
    }

    /// Redis is in another life than `life`: if that is the one that is followed, nothing is, until the feed has joined.
    pub(super) fn ended(&mut self, life: &str) {
        if self.followed.as_ref().is_some_and(|followed| followed.life == life) {
            self.join(None);
        }
    }

    /// Whether what lacks nothing up to `seen` lacks nothing up to the followed step.
    fn reaches(&self, seen: Option<&Control>) -> bool {
        self.followed.as_ref().zip(seen).is_some_and(|(followed, seen)| {
            seen.life == followed.life && seen.confirmed.position >= followed.confirmed.position
        })
    }

    /// What is here, kept or not.
    fn present(&mut self, number: &RegistrationNumber) -> Option<(StatusRecord, UnixTime)> {
        if let Some(Lookup { found: Some(kept), .. }) = self.kept(number) {
            return Some(kept);
        }
        self.records.get_mut(number).map(|entry| (entry.record.clone(), entry.as_of))
    }

    fn write(&mut self, record: StatusRecord, as_of: UnixTime, kept: bool) -> Kept {
        let kept = kept.then_some(self.beginning);
        let Some(present) = self.records.get_mut(&record.number) else {
            self.records.insert(record.number.clone(), Entry { record, as_of, kept });
            return Kept::Written;
        };
        match present.record.revision.cmp(&record.revision) {
            Ordering::Greater => return Kept::Newer,
            Ordering::Less => *present = Entry { record, as_of, kept },
            Ordering::Equal => {
                // The later word, also if it is an earlier instant, as in `memory.rs`.
                present.as_of = as_of;
                present.kept = kept.or(present.kept);
            }
        }
        Kept::Written
    }

    #[cfg(test)]
    pub(super) const fn followed(&self) -> Option<&Control> {
        self.followed.as_ref()
    }

    /// Makes it lose a record, as an eviction does.
    #[cfg(test)]
    pub(super) fn evict(&mut self, number: &RegistrationNumber) {
        self.records.remove(number);
    }
}

#[cfg(test)]
mod tests;
