//! The status cache: facts with revision and age between the registry and the verdicts, never verdicts.
//!
//! Backends chosen by URL, one conformance suite: this process's memory (`memory`), and Redis (`redis://…`, also by way of
//! Sentinels and as a Cluster) with a copy of its records in each node's memory before it (`near.rs`).
//!
//! How age works, which is the point of this module (ADR 0005). A record alone is as old as the reading it came from.
//! The relay (`outbox.rs`) reads the registry's history in order, and with each [`StatusCache::advance`] applies what is
//! new and *confirms*: "all that was written before this instant has been applied". A record that the relay keeps
//! current, in short a *kept* one, is thereby current as of the last confirmation without being read again. When the
//! relay, the registry or the cache stops, confirmations stop, every record ages past the freshness bound, and readers
//! fall back to the registry or to `status_unknown`. Nothing stale can look fresh.
//!
//! Why that is so. What has to hold for each kept record: *no entry of the history up to the confirmed position has a
//! higher revision of its registration.* Then it is current as of the confirmation. Every way in keeps it so:
//! - *The relay begins* (a new cache, or one that lost its memory): it reads the last position, then begins a new life
//!   of the cache, in which no record is kept yet. A reader whose look-up falls into this life reads the registry
//!   after that, and so sees all changes up to the confirmed position.
//! - *The relay advances*: one atomic step applies all changes between the confirmed position and the new one, and
//!   confirms the new one. It is refused if anybody advanced since the relay looked: of several relays one is first.
//! - *A reader fills*: its record is kept only if no change was applied since its look-up. Otherwise a change that
//!   came in between may have been applied, and then evicted, and the older record would be kept in its place. Such
//!   a record is written all the same, as not kept: it is then as old as its own reading, and the next one will do better.
//! - *Eviction, expiry*: what is gone claims nothing, and comes back by one of the ways above. Hence a cache may drop
//!   any record at any time.
//! - *Restart, loss, failover, a restored snapshot*: another life. What was kept in an earlier life is not kept in this
//!   one, and tickets of an earlier life are refused.
//!
//! A node's memory before Redis follows Redis as Redis follows the registry; what is different there stands in `near.rs`.
//!
//! A write with a lower revision than the one present loses, kept or not ([`Kept::Newer`]).
//!
//! No step compares the clocks of two machines; a clock that is wrong shifts ages by its error and no more.

mod clock_list;
pub mod conformance;
mod memory;
mod near;
mod redis;

pub use memory::MemoryCache;
pub use near::NearCache;
pub use redis::{AddressError, RedisAddress, RedisCache};

use async_trait::async_trait;
use futures_util::future::join_all;
use shirushi_shared::{label::RegistrationNumber, status::StatusRecord, time::UnixTime};

use crate::registry::Position;

/// What the cache knows of a number, and leave to tell it more.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// The record, with the latest instant at which it is known to have been current.
    pub found: Option<(StatusRecord, UnixTime)>,
    /// Leave to fill what was missing or old.
    pub ticket: Ticket,
}

/// Says when a look-up was made, in the cache's own time: in which of its lives, and after how many changes.
/// Opaque to everybody but the cache that gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket(pub(crate) String);

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The record is now the one present.
    Written,
    /// Something newer was present and stayed: a higher revision, or the word of another relay.
    Newer,
    /// The ticket is of another life of the cache: nothing was written.
    OtherLife,
}

/// How far the relay has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// Everything up to here has been applied.
    pub position: Position,
    /// Everything that was written before this instant has been applied.
    pub as_of: UnixTime,
}

/// The cache does not answer: to a reader that is a miss and a metric, no more.
#[derive(Debug, thiserror::Error)]
#[error("the status cache does not answer")]
pub struct CacheError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Facts close at hand.
#[async_trait]
pub trait StatusCache: Send + Sync + 'static {
    /// What is known of `number`.
    async fn read(&self, number: &RegistrationNumber) -> Result<Lookup, CacheError>;

    /// What is known of each of `numbers`, in their order.
    async fn read_many(&self, numbers: &[RegistrationNumber]) -> Vec<Result<Lookup, CacheError>> {
        join_all(numbers.iter().map(|number| self.read(number))).await
    }

    /// Writes `record`, which a reading that began after the look-up of `ticket` found current, and began at `as_of`;
    /// unless a higher revision is present. Of the same revision, the present one takes over `as_of`.
    async fn fill(&self, record: &StatusRecord, as_of: UnixTime, ticket: &Ticket)
    -> Result<Kept, CacheError>;

    /// How far the relay has come in this life of the cache, `None` where it has not begun.
    async fn confirmed(&self) -> Result<(Option<Confirmed>, Ticket), CacheError>;

    /// The relay's step, whole or not at all: applies `changes`, which are all that was written between the confirmed
    /// position and `to.position`, in order, each unless a higher revision is present; then `to` is what is confirmed.
    ///
    /// With a ticket that came with `None`, a new life begins; there are no changes to apply then. The ticket is that
    /// of [`Self::confirmed`]: if anybody has advanced since then, nothing is done.
    async fn advance(
        &self,
        changes: &[StatusRecord],
        to: Confirmed,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError>;

    /// Whether the cache answers.
    async fn ready(&self) -> Result<(), CacheError>;
}
