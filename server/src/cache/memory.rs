//! The cache in this process: the embedded default. Its life is that of the process.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use shirushi_shared::{label::RegistrationNumber, status::StatusRecord, time::UnixTime};

use super::{CacheError, Confirmed, Kept, Lookup, StatusCache, Ticket, clock_list::ClockList};

/// A bounded cache in memory.
#[derive(Debug)]
pub struct MemoryCache {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    records: ClockList<RegistrationNumber, Entry>,
    /// Counts this cache's lives: one when it is made, another whenever it forgets.
    life: u64,
    /// Counts the advances in all lives.
    steps: u64,
    /// Counts the advances that changed a record.
    changes: u64,
    confirmed: Option<Confirmed>,
}

#[derive(Debug)]
struct Entry {
    record: StatusRecord,
    /// The instant of its own reading.
    as_of: UnixTime,
    /// Whether the relay keeps it current (module doc of `cache.rs`).
    kept: bool,
}

impl MemoryCache {
    /// An empty cache that holds at most `capacity` records, of about half a kilobyte each.
    pub fn new(capacity: usize) -> Self {
        let records = ClockList::new(capacity);
        Self { inner: Mutex::new(Inner { records, life: 1, steps: 0, changes: 0, confirmed: None }) }
    }

    /// Forgets everything and begins another life, as a restart would: after the registry was restored from a backup.
    pub fn forget(&self) {
        let mut inner = self.lock();
        inner.records.clear();
        inner.life += 1;
        inner.confirmed = None;
    }

    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.lock().records.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing under this lock can panic half way through a change, so a poisoned lock guards sound data.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The ticket of a look-up made now.
    fn ticket(&self) -> Ticket {
        Ticket(format!("{} {} {}", self.life, self.changes, self.steps))
    }

    fn find(&mut self, number: &RegistrationNumber) -> Option<(StatusRecord, UnixTime)> {
        let confirmed = self.confirmed.map(|confirmed| confirmed.as_of);
        self.records.get_mut(number).map(|entry| {
            let confirmed = confirmed.filter(|_| entry.kept);
            (entry.record.clone(), confirmed.map_or(entry.as_of, |confirmed| confirmed.max(entry.as_of)))
        })
    }

    fn write(&mut self, entry: Entry) -> Kept {
        let Some(present) = self.records.get_mut(&entry.record.number) else {
            self.records.insert(entry.record.number.clone(), entry);
            return Kept::Written;
        };
        match present.record.revision.cmp(&entry.record.revision) {
            core::cmp::Ordering::Greater => Kept::Newer,
            core::cmp::Ordering::Less => {
                *present = entry;
                Kept::Written
            }
            core::cmp::Ordering::Equal => {
                // The later word, even if its clock says that it is the earlier: a clock that was ahead once must not
                // leave an instant behind that nobody can put right.
                present.as_of = entry.as_of;
                present.kept |= entry.kept;
                Kept::Written
            }
        }
    }
}

#[async_trait]
impl StatusCache for MemoryCache {
    async fn read(&self, number: &RegistrationNumber) -> Result<Lookup, CacheError> {
        let mut inner = self.lock();
        Ok(Lookup { found: inner.find(number), ticket: inner.ticket() })
    }

    async fn read_many(&self, numbers: &[RegistrationNumber]) -> Vec<Result<Lookup, CacheError>> {
        let mut inner = self.lock();
        let ticket = inner.ticket();
        let look = |number| Ok(Lookup { found: inner.find(number), ticket: ticket.clone() });
        numbers.iter().map(look).collect()
    }

    async fn fill(
        &self,
        record: &StatusRecord,
        as_of: UnixTime,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError> {
        let mut inner = self.lock();
        let Some((_, changes, _)) = parse(ticket).filter(|(life, ..)| *life == inner.life) else {
            return Ok(Kept::OtherLife);
        };
        let kept = inner.confirmed.is_some() && changes == inner.changes;
        Ok(inner.write(Entry { record: record.clone(), as_of, kept }))
    }

    async fn confirmed(&self) -> Result<(Option<Confirmed>, Ticket), CacheError> {
        let inner = self.lock();
        Ok((inner.confirmed, inner.ticket()))
    }

    async fn advance(
        &self,
        changes: &[StatusRecord],
        to: Confirmed,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError> {
        let mut inner = self.lock();
        match parse(ticket) {
            Some((life, _, steps)) if life == inner.life && steps == inner.steps => {}
            Some((life, ..)) if life == inner.life => return Ok(Kept::Newer),
            _ => return Ok(Kept::OtherLife),
        }
        inner.steps += 1;
        if inner.confirmed.is_none() || !changes.is_empty() {
            // Also as the relay begins: look-ups from before that are not of use any more.
            inner.changes += 1;
        }
        for record in changes {
            inner.write(Entry { record: record.clone(), as_of: to.as_of, kept: true });
        }
        inner.confirmed = Some(to);
        Ok(Kept::Written)
    }

    async fn ready(&self) -> Result<(), CacheError> {
        Ok(())
    }
}

/// Life, changes and steps of a ticket.
fn parse(ticket: &Ticket) -> Option<(u64, u64, u64)> {
    let mut fields = ticket.0.split(' ').map(str::parse);
    match (fields.next()?, fields.next()?, fields.next()?) {
        (Ok(life), Ok(changes), Ok(steps)) => Some((life, changes, steps)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
