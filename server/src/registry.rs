//! The registry: the truth about labels, and its append-only history.
//!
//! One trait, two backends chosen by URL at run time (`sqlite:…`, `postgres://…`), one conformance suite for both. Every
//! statement is written once, in `sql`; the backends bring connections, the write lock and their patience.
//!
//! Two kinds of things are on record. *Labels*, with columns of their own, since every verification reads them. And
//! *cases*: all that an office keeps besides (organisations, API keys, applications, decisions, notices …), as documents
//! with an owner, a state and a revision, whose meaning only the services know. Both have the same history.
//!
//! Race semantics, which every backend keeps:
//! - A write is one transaction: what is written, a history entry for each of its parts, and the status records that
//!   follow, all or nothing. `kill -9` at any moment leaves the state before or after it.
//! - Writes have one total order. Each part gets the next [`Position`], and a position becomes visible only after every
//!   lower one: who has read up to a position has missed nothing below it. The history is thereby its own outbox
//!   (ADR 0004).
//! - Of two changes made from the same revision one wins; the other gets [`RegistryError::Conflict`].

mod audit;
mod batch;
mod chain;
mod change;
pub mod conformance;
mod entry;
mod postgres;
#[cfg(test)]
pub(crate) mod previous;
mod published;
#[cfg(test)]
pub(crate) mod second;
mod snapshot;
mod spool;
mod sql;
mod sqlite;
mod stored;
mod value;
pub mod watch;
mod write;

pub use audit::{Audit, Finding, Known};
pub use chain::{ChainBreak, ChainError, GENESIS, verify_chain, verify_history};
pub use change::{LONGEST_VALIDITY, apply, revise};
pub use entry::{Actor, Fact, HistoryEntry, Kind, Position};
pub use postgres::PostgresRegistry;
pub use published::{LabelRow, Publication, PublicationHead};
pub use snapshot::{Restoration, Snapshot, StoredRow};
pub use spool::{
    Answers, JobBounds, JobChange, JobState, NewJob, PartHead, PartKind, Slice, Spool, StoredJob,
};
pub use sqlite::SqliteRegistry;
pub use watch::Watches;
pub use write::{Case, CaseQuery, CaseWrite, Change, NewRegistration, Write, Written};

use async_trait::async_trait;
use shirushi_shared::{
    label::{IllegalTransition, PreLabelNumber, RegistrationNumber},
    registration::{Gtin, Registration},
    status::{Revision, StatusRecord},
    time::UnixTime,
    token::{StatusIndex, Token},
};

/// Why the registry did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The database does not answer, or not in time.
    #[error("the registry does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Somebody else changed it first.
    #[error("it is at revision {}, not {}", found.get(), expected.get())]
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
    /// There is no such case.
    #[error("there is no {} {id}", kind.as_str())]
    NoCase {
        /// Its kind.
        kind: Kind,
        /// Its name.
        id: String,
    },
    /// There is such a case already.
    #[error("there is a {} {id} already", kind.as_str())]
    CaseExists {
        /// Its kind.
        kind: Kind,
        /// Its name.
        id: String,
    },
    /// One write touches the same thing twice.
    #[error("one write changes {0} twice")]
    Twice(String),
    /// The present state does not allow the change.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// A label that has lapsed or has a successor already.
    #[error("{0}")]
    Succession(&'static str),
    /// An expiry that is not after the start of the validity, or beyond the scheme's longest.
    #[error("{0}")]
    Expiry(&'static str),
    /// What was to be restored came upon a registry that holds something.
    #[error("the registry is not empty: nothing is restored over what is on record")]
    NotEmpty,
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

/// The truth about labels, and the office's cases.
#[async_trait]
pub trait Registry: Send + Sync + 'static {
    /// Writes all of `writes` or none, in one transaction, each with its entry in the history, in this order. No two may
    /// be of the same label or case.
    async fn commit(
        &self,
        writes: Vec<Write>,
        by: &Actor,
        at: UnixTime,
    ) -> Result<Vec<Written>, RegistryError>;

    /// Puts `new` on record, all of them or none.
    async fn register(
        &self,
        new: Vec<NewRegistration>,
        by: &Actor,
        at: UnixTime,
    ) -> Result<Vec<StatusRecord>, RegistryError> {
        let writes = new.into_iter().map(|new| Write::Register(Box::new(new))).collect();
        let written = self.commit(writes, by, at).await?;
        Ok(written.into_iter().filter_map(Written::into_record).collect())
    }

    /// Changes a registration. With `expected`, only from that revision.
    async fn change(
        &self,
        number: &RegistrationNumber,
        expected: Option<Revision>,
        change: Change,
        by: &Actor,
        at: UnixTime,
    ) -> Result<StatusRecord, RegistryError> {
        let write = Write::Change { number: number.clone(), expected, change, why: None };
        let written = self.commit(vec![write], by, at).await?;
        let record = written.into_iter().find_map(Written::into_record);
        record.ok_or_else(|| RegistryError::Unregistered(number.clone()))
    }

    /// What is registered under `number`.
    async fn registration(&self, number: &RegistrationNumber) -> Result<Option<Registration>, RegistryError>;

    /// What was registered under `number` when it was at `revision`, by the history: the same for good.
    async fn registration_of(
        &self,
        number: &RegistrationNumber,
        revision: Revision,
    ) -> Result<Option<Registration>, RegistryError>;

    /// What was registered under `number` at the past instant `at`, by the history.
    async fn registration_at(
        &self,
        number: &RegistrationNumber,
        at: UnixTime,
    ) -> Result<Option<Registration>, RegistryError>;

    /// The present status record of `number`.
    async fn status(&self, number: &RegistrationNumber) -> Result<Option<StatusRecord>, RegistryError>;

    /// The present status records of those of `numbers` that are on record, in any order, each number once. Each is as
    /// current as one of [`Self::status`] that was asked for at the same moment.
    async fn statuses(&self, numbers: &[RegistrationNumber]) -> Result<Vec<StatusRecord>, RegistryError>;

    /// What is registered under those of `numbers` that are on record, in any order, with the revision at which each of
    /// them is: both from the same instant.
    async fn registrations(
        &self,
        numbers: &[RegistrationNumber],
    ) -> Result<Vec<(Registration, Revision)>, RegistryError>;

    /// The status record of `number` as it was at the past instant `at`, by the history.
    async fn status_at(
        &self,
        number: &RegistrationNumber,
        at: UnixTime,
    ) -> Result<Option<StatusRecord>, RegistryError>;

    /// Up to `limit` labels after `after` in the order of their numbers, with all that signed lists need of them.
    async fn labels(
        &self,
        after: Option<&RegistrationNumber>,
        limit: u32,
    ) -> Result<Vec<LabelRow>, RegistryError>;

    /// The first `limit` entries of the label or case `id` of `kind` after revision `after`, oldest first.
    async fn history_after(
        &self,
        kind: Kind,
        id: &str,
        after: Revision,
        limit: u32,
    ) -> Result<Vec<HistoryEntry>, RegistryError>;

    /// The whole history of the label or case `id` of `kind`, oldest first.
    async fn history(&self, kind: Kind, id: &str) -> Result<Vec<HistoryEntry>, RegistryError> {
        self.history_after(kind, id, Revision::new(0), u32::MAX).await
    }

    /// The first `limit` entries of the whole history after `position`, in order: to verify its chain, and to export it.
    async fn entries_after(&self, position: Position, limit: u32)
    -> Result<Vec<HistoryEntry>, RegistryError>;

    /// The first `limit` positions written after `position`, in order and without a gap, with the status record where it
    /// is a label's: the outbox.
    async fn changes_after(
        &self,
        position: Position,
        limit: u32,
    ) -> Result<Vec<(Position, Option<StatusRecord>)>, RegistryError>;

    /// The position of the last write.
    async fn last_position(&self) -> Result<Position, RegistryError>;

    /// The label that was issued last for `number`.
    async fn token(&self, number: &RegistrationNumber) -> Result<Option<Token>, RegistryError>;

    /// Whether `number` is one that exists before a label.
    async fn pre_label_number(
        &self,
        number: &RegistrationNumber,
    ) -> Result<Option<PreLabelNumber>, RegistryError>;

    /// Those of `numbers` that exist before a label, in any order, with what they are.
    async fn pre_label_numbers(
        &self,
        numbers: &[RegistrationNumber],
    ) -> Result<Vec<(RegistrationNumber, PreLabelNumber)>, RegistryError>;

    /// Those of `places` in the status list that a label has already.
    async fn taken(&self, places: &[StatusIndex]) -> Result<Vec<StatusIndex>, RegistryError>;

    /// The places in the status list of all labels that were issued for `numbers`; none for those not on record.
    async fn places(
        &self,
        numbers: &[RegistrationNumber],
    ) -> Result<Vec<(RegistrationNumber, StatusIndex)>, RegistryError>;

    /// The registrations that list `gtin`.
    async fn by_gtin(&self, gtin: Gtin) -> Result<Vec<RegistrationNumber>, RegistryError>;

    /// The registrations that list any of `gtins`, in any order, each with the one it lists.
    async fn by_gtins(&self, gtins: &[Gtin]) -> Result<Vec<(Gtin, RegistrationNumber)>, RegistryError>;

    /// Up to `limit` numbers after `after` in their order, for listings.
    async fn numbers(
        &self,
        after: Option<&RegistrationNumber>,
        limit: u32,
    ) -> Result<Vec<RegistrationNumber>, RegistryError>;

    /// The case `id` of `kind`.
    async fn case(&self, kind: Kind, id: &str) -> Result<Option<Case>, RegistryError>;

    /// The cases that `query` asks for, in the order of their names.
    async fn cases(&self, query: &CaseQuery) -> Result<Vec<Case>, RegistryError>;

    /// Notes when `key` was used last. Not in the history: it is no decision, and would flood it.
    async fn note_use(&self, key: &str, at: UnixTime) -> Result<(), RegistryError>;

    /// When each of all keys was used last.
    async fn uses(&self) -> Result<Vec<(String, UnixTime)>, RegistryError>;

    /// Takes the lease `name` for `holder` until `until`, or prolongs it; false where somebody else has it at `now`.
    /// A lease spares work, and is not what keeps the truth: what it guards must be right with two holders, too.
    async fn lease(
        &self,
        name: &str,
        holder: &str,
        now: UnixTime,
        until: UnixTime,
    ) -> Result<bool, RegistryError>;

    /// What was published last under `name`.
    async fn publication(&self, name: &str) -> Result<Option<Publication>, RegistryError>;

    /// All that is published, without the files themselves: cheap, to be asked every second.
    async fn publications(&self) -> Result<Vec<PublicationHead>, RegistryError>;

    /// Publishes all of `publications` or none: none, where under one of their names this version or a later one is
    /// published already, or one with more in it (a higher position).
    async fn publish(&self, publications: &[Publication]) -> Result<bool, RegistryError>;

    /// Which registry this is: drawn at random when it is made, and anew when it is restored.
    async fn identity(&self) -> Result<String, RegistryError>;

    /// All that is on record at this instant, whoever writes meanwhile.
    async fn snapshot(&self) -> Result<Snapshot, RegistryError>;

    /// The newest version of the schema that this program knows.
    fn schema(&self) -> i64;

    /// Begins to fill this registry, which must be empty. Writers wait until it ends.
    async fn restoration(&self) -> Result<Restoration, RegistryError>;

    /// Whether the registry answers and its schema is the one this program knows.
    async fn ready(&self) -> Result<(), RegistryError>;
}
