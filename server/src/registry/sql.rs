//! The registry in SQL: every statement once, for both databases.
//!
//! The statements use what SQLite and PostgreSQL share, with `$1` for values; a [`Database`] runs them. Values and rows go
//! through one small enum instead of through the databases' own types: it costs a copy per cell, and saves a second copy
//! of every statement, which would have to be kept the same for ever.

pub(super) mod audit;
mod insert;
mod many;
mod read;
mod spool;
pub(super) mod tables;
mod watch;
mod write;

use async_trait::async_trait;
use shirushi_shared::{
    label::{PreLabelNumber, RegistrationNumber},
    registration::{Gtin, Registration},
    status::{Revision, StatusRecord},
    time::UnixTime,
    token::{StatusIndex, Token},
};

use super::{
    Actor, Case, CaseQuery, HistoryEntry, Kind, LabelRow, Position, Publication, PublicationHead, Registry,
    RegistryError, Restoration, Snapshot, Write, Written,
    value::{Row, Value},
};

/// A database that runs statements.
#[async_trait]
pub(super) trait Database: Send + Sync + 'static {
    /// One reading: it sees one commit, whole.
    async fn rows(&self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Row>, RegistryError>;

    /// One small write of its own, outside the order of writes; how many rows it touched.
    async fn execute(&self, sql: &'static str, values: Vec<Value>) -> Result<u64, RegistryError>;

    /// Begins a write: from here to its end no other one is under way. One that is dropped rolls back.
    async fn begin(&self) -> Result<Box<dyn Transaction>, RegistryError>;

    /// Begins a reading of many statements: all of them see the commits before its first, and none after it. It holds
    /// up nobody, and may take minutes.
    async fn snapshot(&self) -> Result<Box<dyn Transaction>, RegistryError>;

    /// As [`Self::begin`], and may take minutes.
    async fn begin_long(&self) -> Result<Box<dyn Transaction>, RegistryError>;

    /// The newest schema that this program knows.
    fn schema(&self) -> i64;
}

/// A write that is under way.
#[async_trait]
pub(super) trait Transaction: Send {
    /// Reads what is so, this write included.
    async fn rows(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Row>, RegistryError>;

    /// Runs a statement that is put together from parts of ours; how many rows it touched.
    async fn execute(&mut self, sql: String, values: Vec<Value>) -> Result<u64, RegistryError>;

    /// Ends it: from now on it holds.
    async fn commit(self: Box<Self>) -> Result<(), RegistryError>;
}

/// A registry in a database.
#[derive(Debug)]
pub struct SqlRegistry<D> {
    pub(super) db: D,
}

#[async_trait]
impl<D: Database> Registry for SqlRegistry<D> {
    async fn commit(
        &self,
        writes: Vec<Write>,
        by: &Actor,
        at: UnixTime,
    ) -> Result<Vec<Written>, RegistryError> {
        write::commit(&self.db, writes, by, at).await
    }

    async fn registration(&self, number: &RegistrationNumber) -> Result<Option<Registration>, RegistryError> {
        read::registration(&self.db, number).await
    }

    async fn registration_of(
        &self,
        number: &RegistrationNumber,
        revision: Revision,
    ) -> Result<Option<Registration>, RegistryError> {
        read::registration_of(&self.db, number, revision).await
    }

    async fn registration_at(
        &self,
        number: &RegistrationNumber,
        at: UnixTime,
    ) -> Result<Option<Registration>, RegistryError> {
        read::registration_at(&self.db, number, at).await
    }

    async fn status(&self, number: &RegistrationNumber) -> Result<Option<StatusRecord>, RegistryError> {
        read::status(&self.db, number).await
    }

    async fn statuses(&self, numbers: &[RegistrationNumber]) -> Result<Vec<StatusRecord>, RegistryError> {
        many::statuses(&self.db, numbers).await
    }

    async fn registrations(
        &self,
        numbers: &[RegistrationNumber],
    ) -> Result<Vec<(Registration, Revision)>, RegistryError> {
        many::registrations(&self.db, numbers).await
    }

    async fn status_at(
        &self,
        number: &RegistrationNumber,
        at: UnixTime,
    ) -> Result<Option<StatusRecord>, RegistryError> {
        read::status_at(&self.db, number, at).await
    }

    async fn labels(
        &self,
        after: Option<&RegistrationNumber>,
        limit: u32,
    ) -> Result<Vec<LabelRow>, RegistryError> {
        read::labels(&self.db, after, limit).await
    }

    async fn history_after(
        &self,
        kind: Kind,
        id: &str,
        after: Revision,
        limit: u32,
    ) -> Result<Vec<HistoryEntry>, RegistryError> {
        read::history_after(&self.db, kind, id, after, limit).await
    }

    async fn entries_after(
        &self,
        position: Position,
        limit: u32,
    ) -> Result<Vec<HistoryEntry>, RegistryError> {
        read::entries_after(&self.db, position, limit).await
    }

    async fn changes_after(
        &self,
        position: Position,
        limit: u32,
    ) -> Result<Vec<(Position, Option<StatusRecord>)>, RegistryError> {
        read::changes_after(&self.db, position, limit).await
    }

    async fn last_position(&self) -> Result<Position, RegistryError> {
        read::last_position(&self.db).await
    }

    async fn token(&self, number: &RegistrationNumber) -> Result<Option<Token>, RegistryError> {
        read::token(&self.db, number).await
    }

    async fn pre_label_number(
        &self,
        number: &RegistrationNumber,
    ) -> Result<Option<PreLabelNumber>, RegistryError> {
        read::pre_label_number(&self.db, number).await
    }

    async fn pre_label_numbers(
        &self,
        numbers: &[RegistrationNumber],
    ) -> Result<Vec<(RegistrationNumber, PreLabelNumber)>, RegistryError> {
        many::pre_label_numbers(&self.db, numbers).await
    }

    async fn taken(&self, places: &[StatusIndex]) -> Result<Vec<StatusIndex>, RegistryError> {
        many::taken(&self.db, places).await
    }

    async fn places(
        &self,
        numbers: &[RegistrationNumber],
    ) -> Result<Vec<(RegistrationNumber, StatusIndex)>, RegistryError> {
        many::places(&self.db, numbers).await
    }

    async fn by_gtin(&self, gtin: Gtin) -> Result<Vec<RegistrationNumber>, RegistryError> {
        read::by_gtin(&self.db, gtin).await
    }

    async fn by_gtins(&self, gtins: &[Gtin]) -> Result<Vec<(Gtin, RegistrationNumber)>, RegistryError> {
        many::by_gtins(&self.db, gtins).await
    }

    async fn numbers(
        &self,
        after: Option<&RegistrationNumber>,
        limit: u32,
    ) -> Result<Vec<RegistrationNumber>, RegistryError> {
        read::numbers(&self.db, after, limit).await
    }

    async fn case(&self, kind: Kind, id: &str) -> Result<Option<Case>, RegistryError> {
        read::case(&self.db, kind, id).await
    }

    async fn cases(&self, query: &CaseQuery) -> Result<Vec<Case>, RegistryError> {
        read::cases(&self.db, query).await
    }

    async fn note_use(&self, key: &str, at: UnixTime) -> Result<(), RegistryError> {
        write::note_use(&self.db, key, at).await
    }

    async fn uses(&self) -> Result<Vec<(String, UnixTime)>, RegistryError> {
        read::uses(&self.db).await
    }

    async fn lease(
        &self,
        name: &str,
        holder: &str,
        now: UnixTime,
        until: UnixTime,
    ) -> Result<bool, RegistryError> {
        write::lease(&self.db, name, holder, now, until).await
    }

    async fn publication(&self, name: &str) -> Result<Option<Publication>, RegistryError> {
        read::publication(&self.db, name).await
    }

    async fn publications(&self) -> Result<Vec<PublicationHead>, RegistryError> {
        read::publications(&self.db).await
    }

    async fn publish(&self, publications: &[Publication]) -> Result<bool, RegistryError> {
        write::publish(&self.db, publications).await
    }

    async fn identity(&self) -> Result<String, RegistryError> {
        read::identity(&self.db).await
    }

    async fn snapshot(&self) -> Result<Snapshot, RegistryError> {
        Ok(Snapshot::of(self.db.snapshot().await?, self.db.schema()))
    }

    fn schema(&self) -> i64 {
        self.db.schema()
    }

    async fn restoration(&self) -> Result<Restoration, RegistryError> {
        Restoration::of(self.db.begin_long().await?).await
    }

    async fn ready(&self) -> Result<(), RegistryError> {
        read::ready(&self.db).await
    }
}
