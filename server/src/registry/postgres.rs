//! The registry in PostgreSQL: the scaled form, any number of nodes.
//!
//! Writers take one advisory lock for the length of their transaction. A sequence would be faster and wrong: positions
//! drawn by transactions that commit in another order appear below one that the relay has already seen, and it would
//! miss them for ever. One writer at a time is thousands of changes a second, which is years of a scheme's changes. The
//! isolation is READ COMMITTED, stated because a stricter default would take its snapshot before the lock.
//!
//! A database that does not answer is `Unavailable` within [`PATIENCE`] for readings. A write that ran out of time may
//! have been committed or not; who repeats it with `expected` learns which.

mod insert;
mod read;
mod write;

use std::time::Duration;

use async_trait::async_trait;
use shirushi_shared::{
    label::{PreLabelNumber, RegistrationNumber},
    registration::{Gtin, Registration},
    status::{Revision, StatusRecord},
    time::UnixTime,
    token::{StatusIndex, Token},
};
use sqlx::{
    ConnectOptions, Connection, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::timeout;

use super::{Actor, ApiKeyRecord, Change, HistoryEntry, NewRegistration, Position, Registry, RegistryError};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Connections of one node. Verification takes one for a fraction of a millisecond; PostgreSQL allows 100 by default,
/// for all nodes together.
const CONNECTIONS: u32 = 16;
/// How long a reading may take, waiting for a connection included.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a write may take: its turn behind the largest import comes first.
const WRITE_PATIENCE: Duration = Duration::from_secs(15);

/// A registry in a PostgreSQL database.
#[derive(Debug)]
pub struct PostgresRegistry {
    db: PgPool,
}

impl PostgresRegistry {
    /// Connects to the database at `url` (`postgres://…`) and brings its schema up to date.
    ///
    /// # Errors
    /// `Unavailable` where it cannot be reached, or was written by a newer version of this program.
    pub async fn connect(url: &str) -> Result<Self, RegistryError> {
        let options: PgConnectOptions = url.parse().map_err(unavailable)?;
        let options = options.application_name("shirushi");
        migrate(&options).await?;
        // The server's own limits too, so that what we have given up on does not go on there, holding the lock.
        let limits = [
            ("statement_timeout", WRITE_PATIENCE.as_millis().to_string()),
            ("idle_in_transaction_session_timeout", WRITE_PATIENCE.as_millis().to_string()),
        ];
        let db = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options.options(limits))
            .await
            .map_err(unavailable)?;
        Ok(Self { db })
    }

    /// Closes the connections: waits for what is under way.
    pub async fn close(&self) {
        self.db.close().await;
    }
}

/// On a connection of its own, without the limits above: a migration takes as long as it takes. Nodes that start at the
/// same time wait for each other (sqlx takes a lock).
async fn migrate(options: &PgConnectOptions) -> Result<(), RegistryError> {
    let mut connection =
        timeout(PATIENCE, options.connect()).await.map_err(too_late)?.map_err(unavailable)?;
    MIGRATIONS.run(&mut connection).await.map_err(|error| RegistryError::Unavailable(Box::new(error)))?;
    connection.close().await.map_err(unavailable)
}

fn unavailable(error: sqlx::Error) -> RegistryError {
    RegistryError::Unavailable(Box::new(error))
}

fn too_late(error: tokio::time::error::Elapsed) -> RegistryError {
    RegistryError::Unavailable(Box::new(error))
}

/// A reading, in time.
async fn in_time<T>(reading: impl Future<Output = Result<T, RegistryError>>) -> Result<T, RegistryError> {
    timeout(PATIENCE, reading).await.map_err(too_late)?
}

/// A write, in time.
async fn in_longer_time<T>(
    write: impl Future<Output = Result<T, RegistryError>>,
) -> Result<T, RegistryError> {
    timeout(WRITE_PATIENCE, write).await.map_err(too_late)?
}

#[async_trait]
impl Registry for PostgresRegistry {
    async fn register(
        &self,
        new: Vec<NewRegistration>,
        by: &Actor,
        at: UnixTime,
    ) -> Result<Vec<StatusRecord>, RegistryError> {
        in_longer_time(write::register(&self.db, new, by, at)).await
    }

    async fn change(
        &self,
        number: &RegistrationNumber,
        expected: Option<Revision>,
        change: Change,
        by: &Actor,
        at: UnixTime,
    ) -> Result<StatusRecord, RegistryError> {
        in_longer_time(write::change(&self.db, number, expected, change, by, at)).await
    }

    async fn registration(&self, number: &RegistrationNumber) -> Result<Option<Registration>, RegistryError> {
        in_time(read::registration(&self.db, number)).await
    }

    async fn status(&self, number: &RegistrationNumber) -> Result<Option<StatusRecord>, RegistryError> {
        in_time(read::status(&self.db, number)).await
    }

    async fn status_at(
        &self,
        number: &RegistrationNumber,
        at: UnixTime,
    ) -> Result<Option<StatusRecord>, RegistryError> {
        in_time(read::status_at(&self.db, number, at)).await
    }

    async fn history(&self, number: &RegistrationNumber) -> Result<Vec<HistoryEntry>, RegistryError> {
        in_time(read::history(&self.db, number)).await
    }

    async fn entries_after(
        &self,
        position: Position,
        limit: u32,
    ) -> Result<Vec<HistoryEntry>, RegistryError> {
        in_time(read::entries_after(&self.db, position, limit)).await
    }

    async fn changes_after(
        &self,
        position: Position,
        limit: u32,
    ) -> Result<Vec<(Position, StatusRecord)>, RegistryError> {
        in_time(read::changes_after(&self.db, position, limit)).await
    }

    async fn last_position(&self) -> Result<Position, RegistryError> {
        in_time(read::last_position(&self.db)).await
    }

    async fn token(&self, number: &RegistrationNumber) -> Result<Option<Token>, RegistryError> {
        in_time(read::token(&self.db, number)).await
    }

    async fn pre_label_number(
        &self,
        number: &RegistrationNumber,
    ) -> Result<Option<PreLabelNumber>, RegistryError> {
        in_time(read::pre_label_number(&self.db, number)).await
    }

    async fn status_index_taken(&self, index: StatusIndex) -> Result<bool, RegistryError> {
        in_time(read::status_index_taken(&self.db, index)).await
    }

    async fn by_gtin(&self, gtin: Gtin) -> Result<Vec<RegistrationNumber>, RegistryError> {
        in_time(read::by_gtin(&self.db, gtin)).await
    }

    async fn numbers(
        &self,
        after: Option<&RegistrationNumber>,
        limit: u32,
    ) -> Result<Vec<RegistrationNumber>, RegistryError> {
        in_time(read::numbers(&self.db, after, limit)).await
    }

    async fn add_api_key(&self, key: ApiKeyRecord) -> Result<(), RegistryError> {
        in_longer_time(write::add_api_key(&self.db, key)).await
    }

    async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRecord>, RegistryError> {
        in_time(read::api_key(&self.db, id)).await
    }

    async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, RegistryError> {
        in_time(read::api_keys(&self.db)).await
    }

    async fn revoke_api_key(&self, id: &str, at: UnixTime) -> Result<bool, RegistryError> {
        in_longer_time(write::revoke_api_key(&self.db, id, at)).await
    }

    async fn ready(&self) -> Result<(), RegistryError> {
        in_time(read::ready(&self.db)).await
    }
}

#[cfg(test)]
mod tests;
