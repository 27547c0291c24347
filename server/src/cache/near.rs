//! Each node's own memory of what is in Redis: a verification that finds its label here asks Redis nothing.
//!
//! The relays' steps are told in Redis' feed, a stream that the step's own script appends to. Each node listens to it,
//! applies the changes to what it holds, and takes over the confirmation. So this memory is to Redis what Redis is to
//! the registry, and the argument is that of `cache.rs` once more, with the *followed step*, the last one that was
//! applied here, in the place of the confirmation. What has to hold for each record kept here: *no entry of the history
//! up to the position of the followed step has a higher revision of its registration.* Then it is current as of the
//! instant that this step confirmed. Every way in keeps it so:
//! - *The node joins* (at its start, after a lost connection, a gap, a new life of Redis): one script tells the confirmed
//!   position and the place in the feed. That becomes the followed step, and nothing is kept, unless the position is the
//!   one that was followed already.
//! - *A step is heard*: it names the position it started from. Is that not beyond the followed position, then all changes
//!   up to its end have been heard; they are applied, and it is the followed one. Else something was missed: a gap.
//! - *A record comes from Redis, or from the registry by way of a reader*: it lacks nothing up to the position confirmed
//!   in Redis at that look-up, if Redis keeps it, or the reader began after it. Here it is kept if that position is not
//!   before the followed one. If it is, then a step has come in between, whose change may have been applied here and
//!   evicted since. What is not kept here is asked of Redis again.
//! - *Eviction*: what is gone claims nothing.
//!
//! Positions are those of the registry's one history, so that it does not matter which server a step or a record came
//! from: a failover, a replica that lags and two masters at once are all the same to it. Lives are compared all the same:
//! after the registry itself was restored from a backup, and Redis emptied, the same positions are other entries.
//!
//! The copy is used only while it is [`HEARD`] that it is in step. When the connection breaks, when nothing comes in
//! time, when there is a gap, readers ask Redis from that moment on, and the registry where Redis does not answer. That is
//! not what makes it true: a copy that heard nothing for an hour would say of itself that it is an hour old. It makes it
//! of use: what is wanted is the newest that can be had, and not what is just young enough.
//!
//! What a node has once seen it does not unsee: a record here stays when Redis shows a lower revision, as one does that
//! lost its last writes ([`Mirror`]). While Redis is away, what the registry says is noted here for that purpose only.

mod feed;
mod mirror;

use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use shirushi_shared::{label::RegistrationNumber, status::StatusRecord, time::UnixTime};
use tokio::{task::AbortHandle, time::Instant};

use self::mirror::Mirror;
use super::{CacheError, Confirmed, Kept, Lookup, RedisCache, StatusCache, Ticket, redis::Control};

/// How long after the last word from Redis the copy is still used: two pauses of the feed (`redis.rs`), and some.
const HEARD: Duration = Duration::from_secs(1);

/// Redis, with a bounded copy of its records in this process.
pub struct NearCache {
    shared: Arc<Shared>,
    /// Listens from the first look-up on, for as long as this is there.
    feed: OnceLock<AbortHandle>,
}

/// What the feed and the readers work on.
struct Shared {
    redis: RedisCache,
    copy: Mutex<Copy>,
}

struct Copy {
    mirror: Mirror,
    /// When the copy was last known to be in step; `None` where it is not.
    heard: Option<Instant>,
}

impl NearCache {
    /// A copy of at most `capacity` records, of about half a kilobyte each, before `redis`. Needs a Tokio runtime.
    pub fn new(redis: RedisCache, capacity: usize) -> Self {
        let copy = Mutex::new(Copy { mirror: Mirror::new(capacity), heard: None });
        Self { shared: Arc::new(Shared { redis, copy }), feed: OnceLock::new() }
    }

    /// Drops every record of the copy, as evictions might: after the registry was restored from a backup, and Redis
    /// emptied.
    pub fn clear(&self) {
        self.shared.copy().mirror.clear();
    }

    /// How many records are in the copy.
    pub fn len(&self) -> usize {
        self.shared.copy().mirror.len()
    }

    /// Whether the copy is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn hit(&self, number: &RegistrationNumber) -> Option<Lookup> {
        let mut copy = self.shared.copy();
        copy.heard.filter(|heard| heard.elapsed() < HEARD)?;
        copy.mirror.kept(number)
    }
}

impl Shared {
    fn copy(&self) -> MutexGuard<'_, Copy> {
        // Nothing under this lock can panic half way through a change, so a poisoned lock guards sound data.
        self.copy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl StatusCache for NearCache {
    async fn read(&self, number: &RegistrationNumber) -> Result<Lookup, CacheError> {
        self.feed.get_or_init(|| tokio::spawn(feed::follow(Arc::clone(&self.shared))).abort_handle());
        if let Some(lookup) = self.hit(number) {
            return Ok(lookup);
        }
        match self.shared.redis.look(number).await {
            Ok(look) => Ok(self.shared.copy().mirror.learn(number, look)),
            // Nothing of the copy: whoever asks now gets the registry's word. With a ticket, of no life, so that this
            // word is noted here.
            Err(_) => Ok(Lookup { found: None, ticket: Ticket(String::new()) }),
        }
    }

    async fn fill(
        &self,
        record: &StatusRecord,
        as_of: UnixTime,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError> {
        let seen = Control::of(ticket);
        self.shared.copy().mirror.fill(record.clone(), as_of, seen.as_ref());
        let kept = self.shared.redis.fill(record, as_of, ticket).await?;
        if let Some(seen) = seen.filter(|_| kept == Kept::OtherLife) {
            self.shared.copy().mirror.ended(&seen.life);
        }
        Ok(kept)
    }

    async fn confirmed(&self) -> Result<(Option<Confirmed>, Ticket), CacheError> {
        self.shared.redis.confirmed().await
    }

    async fn advance(
        &self,
        changes: &[StatusRecord],
        to: Confirmed,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError> {
        let (kept, control) = self.shared.redis.step(changes, to, ticket).await?;
        if let Some(control) = control.filter(|_| kept == Kept::Written) {
            // The feed will tell it again, which then is nothing new.
            let from = Control::of(ticket).map_or(to.position, |before| before.confirmed.position);
            self.shared.copy().mirror.step(from, changes, control);
        }
        Ok(kept)
    }

    async fn ready(&self) -> Result<(), CacheError> {
        self.shared.redis.ready().await
    }
}

impl Drop for NearCache {
    fn drop(&mut self) {
        if let Some(feed) = self.feed.get() {
            feed.abort();
        }
    }
}

#[cfg(test)]
mod tests;
