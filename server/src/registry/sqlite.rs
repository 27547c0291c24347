//! The registry in one SQLite file: the embedded default, one machine, no server.
//!
//! One connection writes, each write in a `BEGIN IMMEDIATE` transaction: the lock is taken before the first reading, so
//! that a revision that was read is still the present one when it is written. The lock is the file's, so a second
//! process (the command line beside the server) keeps to the same order. Readers have connections of their own, which
//! see the last commit and never wait (WAL).

mod insert;
mod read;
mod write;

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use shirushi_shared::{
    label::{PreLabelNumber, RegistrationNumber},
    registration::{Gtin, Registration},
    status::{Revision, StatusRecord},
    time::UnixTime,
    token::{StatusIndex, Token},
};
use sqlx::{
    SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Actor, ApiKeyRecord, Change, HistoryEntry, NewRegistration, Position, Registry, RegistryError};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Readers at once. Each is a thread; a look-up takes tens of microseconds.
const READERS: u32 = 4;
/// How long a reader waits for a connection: a registry that is slower than this does not answer.
const READ_PATIENCE: Duration = Duration::from_secs(2);
/// How long a writer waits for its turn: the largest import in one transaction takes seconds.
const WRITE_PATIENCE: Duration = Duration::from_secs(15);

/// A registry in an SQLite file.
#[derive(Debug)]
pub struct SqliteRegistry {
    readers: SqlitePool,
    writer: SqlitePool,
}

impl SqliteRegistry {
    /// Opens the registry in the file at `path`, which is made where it is missing, and brings its schema up to date.
    ///
    /// # Errors
    /// `Unavailable` where the file cannot be opened, or was written by a newer version of this program.
    pub async fn open(path: &Path) -> Result<Self, RegistryError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL and not NORMAL: in WAL mode NORMAL may lose the last commits with the power, and an operator who was
            // told "revoked" must find it revoked. It costs one fsync a write; verification writes nothing.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(WRITE_PATIENCE);
        // The writer stays open as long as the registry: were the last connection closed, SQLite would fold up the WAL
        // at every pause.
        let kept = SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None).test_before_acquire(false);
        let writer = kept
            .clone()
            .max_connections(1)
            .acquire_timeout(WRITE_PATIENCE)
            .connect_with(options.clone())
            .await
            .map_err(unavailable)?;
        migrate(&writer).await?;
        let readers = kept
            .max_connections(READERS)
            .acquire_timeout(READ_PATIENCE)
            .connect_with(options.busy_timeout(READ_PATIENCE).pragma("query_only", "ON"))
            .await
            .map_err(unavailable)?;
        Ok(Self { readers, writer })
    }

    /// Closes the file: waits for what is under way.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Two processes may start at once; sqlx takes no lock for SQLite, so the slower one fails on a table that the faster
/// has just made, and finds all done when it looks again.
async fn migrate(writer: &SqlitePool) -> Result<(), RegistryError> {
    match MIGRATIONS.run(writer).await {
        Ok(()) => Ok(()),
        Err(_) => MIGRATIONS.run(writer).await.map_err(|error| RegistryError::Unavailable(Box::new(error))),
    }
}

fn unavailable(error: sqlx::Error) -> RegistryError {
    RegistryError::Unavailable(Box::new(error))
}

#[async_trait]
impl Registry for SqliteRegistry {
    async fn register(
        &self,
        new: Vec<NewRegistration>,
        by: &Actor,
        at: UnixTime,
    ) -> Result<Vec<StatusRecord>, RegistryError> {
        write::register(&self.writer, new, by, at).await
    }

    async fn change(
        &self,
        number: &RegistrationNumber,
        expected: Option<Revision>,
        change: Change,
        by: &Actor,
        at: UnixTime,
    ) -> Result<StatusRecord, RegistryError> {
        write::change(&self.writer, number, expected, change, by, at).await
    }

    async fn registration(&self, number: &RegistrationNumber) -> Result<Option<Registration>, RegistryError> {
        read::registration(&self.readers, number).await
    }

    async fn status(&self, number: &RegistrationNumber) -> Result<Option<StatusRecord>, RegistryError> {
        read::status(&self.readers, number).await
    }

    async fn status_at(
        &self,
        number: &RegistrationNumber,
        at: UnixTime,
    ) -> Result<Option<StatusRecord>, RegistryError> {
        read::status_at(&self.readers, number, at).await
    }

    async fn history(&self, number: &RegistrationNumber) -> Result<Vec<HistoryEntry>, RegistryError> {
        read::history(&self.readers, number).await
    }

    async fn entries_after(
        &self,
        position: Position,
        limit: u32,
    ) -> Result<Vec<HistoryEntry>, RegistryError> {
        read::entries_after(&self.readers, position, limit).await
    }

    async fn changes_after(
        &self,
        position: Position,
        limit: u32,
    ) -> Result<Vec<(Position, StatusRecord)>, RegistryError> {
        read::changes_after(&self.readers, position, limit).await
    }

    async fn last_position(&self) -> Result<Position, RegistryError> {
        read::last_position(&self.readers).await
    }

    async fn token(&self, number: &RegistrationNumber) -> Result<Option<Token>, RegistryError> {
        read::token(&self.readers, number).await
    }

    async fn pre_label_number(
        &self,
        number: &RegistrationNumber,
    ) -> Result<Option<PreLabelNumber>, RegistryError> {
        read::pre_label_number(&self.readers, number).await
    }

    async fn status_index_taken(&self, index: StatusIndex) -> Result<bool, RegistryError> {
        read::status_index_taken(&self.readers, index).await
    }

    async fn by_gtin(&self, gtin: Gtin) -> Result<Vec<RegistrationNumber>, RegistryError> {
        read::by_gtin(&self.readers, gtin).await
    }

    async fn numbers(
        &self,
        after: Option<&RegistrationNumber>,
        limit: u32,
    ) -> Result<Vec<RegistrationNumber>, RegistryError> {
        read::numbers(&self.readers, after, limit).await
    }

    async fn add_api_key(&self, key: ApiKeyRecord) -> Result<(), RegistryError> {
        write::add_api_key(&self.writer, key).await
    }

    async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRecord>, RegistryError> {
        read::api_key(&self.readers, id).await
    }

    async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, RegistryError> {
        read::api_keys(&self.readers).await
    }

    async fn revoke_api_key(&self, id: &str, at: UnixTime) -> Result<bool, RegistryError> {
        write::revoke_api_key(&self.writer, id, at).await
    }

    async fn ready(&self) -> Result<(), RegistryError> {
        read::ready(&self.readers).await
    }
}

#[cfg(test)]
mod tests;
