//! The status cache: facts with revision and age between the registry and the verdicts, never verdicts.
//!
//! Two backends chosen by URL (`memory`, `redis://…`), one conformance suite.
//!
//! How age works, which is the point of this module (ADR 0005). A record alone is as old as the reading it came from.
//! The relay (`outbox.rs`) reads the registry's history in order, applies what is new, and then *confirms*: "all that was
//! written before this instant has been applied". A record that was read from the registry since the relay began is
//! therefore current as of the last confirmation, without being read again. When the relay, the registry or the cache
//! stops, confirmations stop, every record ages past the freshness bound, and readers fall back to the registry or to
//! `status_unknown`. Nothing stale can look fresh:
//! - a write with a lower revision than the one present loses (`Kept::Newer`);
//! - a reader fills the cache only with the ticket of its own look-up, so that a cache that was emptied, restarted or
//!   replaced in between refuses the fill instead of keeping a record whose change it has lost;
//! - a restored snapshot is told by its run id and confirms nothing.

use async_trait::async_trait;
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

/// Names the life of the cache in which a look-up was made (a Redis run id, a memory cache's birth).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket(pub String);

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The record is now the one present.
    Written,
    /// A newer (or the same) revision was present and stayed.
    Newer,
    /// The ticket is of an earlier life of the cache: nothing was written.
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

    /// Keeps `record`, which was current in the registry at `as_of`, unless a newer one is present.
    async fn fill(&self, record: &StatusRecord, as_of: UnixTime, ticket: &Ticket)
    -> Result<Kept, CacheError>;

    /// Applies changes from the registry's history, each unless a newer one is present, in this life of the cache.
    async fn apply(
        &self,
        changes: &[StatusRecord],
        as_of: UnixTime,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError>;

    /// How far the relay has come in this life of the cache, `None` where it has not begun.
    async fn confirmed(&self) -> Result<(Option<Confirmed>, Ticket), CacheError>;

    /// Says how far the relay has come; only ever moves forward, and only in the life that `ticket` names.
    async fn confirm(&self, confirmed: Confirmed, ticket: &Ticket) -> Result<Kept, CacheError>;

    /// Whether the cache answers.
    async fn ready(&self) -> Result<(), CacheError>;
}
