//! The registry: the truth about labels, and its append-only history.
//!
//! One trait, two backends chosen by URL at run time (`sqlite:…`, `postgres://…`), one conformance suite for both.
//!
//! Race semantics, which every backend keeps:
//! - A write is one transaction: the registration or change, its history entry, and the status record that follows from
//!   it, all or nothing. `kill -9` at any moment leaves the state before or after it.
//! - Writes have one total order. Each gets the next [`Position`], and a position becomes visible only after every lower
//!   one: who has read up to a position has missed nothing below it. The history is thereby its own outbox (ADR 0004).
//! - Of two changes made from the same revision one wins; the other gets [`RegistryError::Conflict`].

mod batch;
mod chain;
mod change;
pub mod conformance;

mod postgres;
mod sqlite;
mod stored;

pub use chain::{ChainBreak, ChainError, GENESIS, verify_chain, verify_history};
pub use change::{LONGEST_VALIDITY, apply};
pub use postgres::PostgresRegistry;
pub use sqlite::SqliteRegistry;

use async_trait::async_trait;
use shirushi_shared::{
    label::{IllegalTransition, PreLabelNumber, RegistrationNumber, StateChange},
    registration::{Gtin, Registration},
    status::{Revision, StatusRecord},
    time::{UnixTime, Window},
    token::{StatusIndex, Token},
};

/// What is put on record when a product is approved and its label issued.
#[derive(Clone, Debug)]
pub struct NewRegistration {
    /// What was approved.
    pub registration: Registration,
    /// Its validity.
    pub valid: Window,
    /// The label's place in the status list, as the token states it; no two labels share one.
    pub status_index: StatusIndex,
    /// The label that was issued for it.
    pub token: Token,
    /// Numbers that the product had before it had a label; they must never pass as one.
    pub pre_label_numbers: Vec<(PreLabelNumber, RegistrationNumber)>,
}

/// A change of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Of its state.
    State(StateChange),
    /// Of its expiry: extended, or shortened.
    Expiry {
        /// The new end of the validity.
        until: UnixTime,
    },
}

/// Who did something, for the history: an API key's name, or `cli`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor(pub String);

/// A place in the total order of writes, from 1; 0 stands before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

/// One entry of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Its place in the order of all writes.
    pub position: Position,
    /// When it was written.
    pub at: UnixTime,
    /// Who wrote it.
    pub by: Actor,
    /// What happened, as a word: `registered`, `suspended`, `reinstated`, `grace`, `revoked`, `expiry`.
    pub what: String,
    /// The status record that followed from it.
    pub record: StatusRecord,
    /// SHA-256 over the previous entry's hash and this entry (chained over the whole registry).
    pub hash: [u8; 32],
}

/// An API key on record: never the secret itself, only its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyRecord {
    /// The public part of the key, by which it is found.
    pub id: String,
    /// A name for people and the history.
    pub name: String,
    /// SHA-256 of the secret part; the secret is 32 random bytes, so that no slow hash is needed.
    pub secret_sha256: [u8; 32],
    /// What it may do, as words (`service/access.rs`).
    pub scopes: Vec<String>,
    /// When it was made.
    pub created: UnixTime,
    /// When it was revoked.
    pub revoked: Option<UnixTime>,
}

/// Why the registry did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The database does not answer, or not in time.
    #[error("the registry does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Somebody else changed the registration first.
    #[error("the registration is at revision {found:?}, not {expected:?}")]
    Conflict {
        /// The revision that the caller had seen.
        expected: Revision,
        /// The present one.
        found: Revision,
    },
    /// The number is on record already.
    #[error("{0} is registered already")]
    AlreadyRegistered(RegistrationNumber),
    /// Another label has this place in the status list: choose another one and sign again.
    #[error("the place in the status list is taken")]
    StatusIndexTaken,
    /// The number is not on record.
    #[error("{0} is not registered")]
    Unregistered(RegistrationNumber),
    /// The present state does not allow the change.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// An expiry that is not after the start of the validity, or beyond the scheme's longest.
    #[error("{0}")]
    Expiry(&'static str),
    /// What is stored cannot be read: a fault, never silently passed over.
    #[error("corrupt data in {table}.{column}, row {row}")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// The row's key.
        row: String,
    },
}

/// The truth about labels.
#[async_trait]
pub trait Registry: Send + Sync + 'static {
    /// Puts `new` on record, all of them or none, in one transaction.
    async fn register(
        &self,
        new: Vec<NewRegistration>,
        by: &Actor,
        at: UnixTime,
    ) -> Result<Vec<StatusRecord>, RegistryError>;

    /// Changes a registration. With `expected`, only from that revision.
    async fn change(
        &self,
        number: &RegistrationNumber,
        expected: Option<Revision>,
        change: Change,
        by: &Actor,
        at: UnixTime,
    ) -> Result<StatusRecord, RegistryError>;

    /// What is registered under `number`.
    async fn registration(&self, number: &RegistrationNumber) -> Result<Option<Registration>, RegistryError>;

    /// The present status record of `number`.
    async fn status(&self, number: &RegistrationNumber) -> Result<Option<StatusRecord>, RegistryError>;

    /// The status record of `number` as it was at the past instant `at`, by the history.
    async fn status_at(
        &self,
        number: &RegistrationNumber,
        at: UnixTime,
    ) -> Result<Option<StatusRecord>, RegistryError>;

    /// The history of `number`, oldest first.
    async fn history(&self, number: &RegistrationNumber) -> Result<Vec<HistoryEntry>, RegistryError>;

    /// The first `limit` entries of the whole history after `position`, in order: to verify its chain, and to export it.
    async fn entries_after(&self, position: Position, limit: u32)
    -> Result<Vec<HistoryEntry>, RegistryError>;

    /// The first `limit` status records written after `position`, in order: the outbox.
    async fn changes_after(
        &self,
        position: Position,
        limit: u32,
    ) -> Result<Vec<(Position, StatusRecord)>, RegistryError>;

    /// The position of the last write.
    async fn last_position(&self) -> Result<Position, RegistryError>;

    /// The label that was issued last for `number`.
    async fn token(&self, number: &RegistrationNumber) -> Result<Option<Token>, RegistryError>;

    /// Whether `number` is one that exists before a label.
    async fn pre_label_number(
        &self,
        number: &RegistrationNumber,
    ) -> Result<Option<PreLabelNumber>, RegistryError>;

    /// Whether a label has this place in the status list already.
    async fn status_index_taken(&self, index: StatusIndex) -> Result<bool, RegistryError>;

    /// The registrations that list `gtin`.
    async fn by_gtin(&self, gtin: Gtin) -> Result<Vec<RegistrationNumber>, RegistryError>;

    /// Up to `limit` numbers after `after` in their order, for listings.
    async fn numbers(
        &self,
        after: Option<&RegistrationNumber>,
        limit: u32,
    ) -> Result<Vec<RegistrationNumber>, RegistryError>;

    /// Puts an API key on record.
    async fn add_api_key(&self, key: ApiKeyRecord) -> Result<(), RegistryError>;

    /// The API key with this public part.
    async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRecord>, RegistryError>;

    /// All API keys, oldest first.
    async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, RegistryError>;

    /// Revokes an API key; whether there was one to revoke.
    async fn revoke_api_key(&self, id: &str, at: UnixTime) -> Result<bool, RegistryError>;

    /// Whether the registry answers and its schema is the one this program knows.
    async fn ready(&self) -> Result<(), RegistryError>;
}
