//! The registry in PostgreSQL: the scaled form, any number of nodes.
//!
//! Writers take one advisory lock for the length of their transaction. A sequence would be faster and wrong: positions
//! drawn by transactions that commit in another order appear below one that the relay has already seen, and it would
//! miss them for ever. One writer at a time is thousands of changes a second, which is years of a scheme's changes. The
//! isolation is READ COMMITTED, stated because a stricter default would take its snapshot before the lock.
//!
//! A database that does not answer is `Unavailable` within [`PATIENCE`] for readings. A write that ran out of time may
//! have been committed or not; who repeats it with `expected` learns which.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions, Connection, PgPool, Postgres, Row as _, TypeInfo as _,
    migrate::Migrator,
    postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow},
    query::Query,
};
use tokio::time::{Instant, timeout, timeout_at};

use super::{
    RegistryError,
    sql::{Database, SqlRegistry, Transaction},
    stored,
    value::{Row, Value},
};

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Connections of one node. Verification takes one for a fraction of a millisecond; PostgreSQL allows 100 by default,
/// for all nodes together.
const CONNECTIONS: u32 = 16;
/// How long a reading may take, waiting for a connection included.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a write may take: its turn behind the largest import comes first.
const WRITE_PATIENCE: Duration = Duration::from_secs(15);

/// How long one statement of a backup, a check or a restoration may take.
const LONG_PATIENCE: Duration = Duration::from_mins(10);

/// The lock's name among the advisory locks of the database: "shirushi" in ASCII.
const WRITES: i64 = 0x7368_6972_7573_6869;

/// A registry in a PostgreSQL database.
pub type PostgresRegistry = SqlRegistry<PostgresDatabase>;

/// A PostgreSQL database.
#[derive(Debug)]
pub struct PostgresDatabase {
    pub(super) pool: PgPool,
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
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options.options(limits))
            .await
            .map_err(unavailable)?;
        Ok(Self { db: PostgresDatabase { pool } })
    }

    /// Closes the connections: waits for what is under way.
    pub async fn close(&self) {
        self.db.pool.close().await;
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

#[async_trait]
impl Database for PostgresDatabase {
    async fn rows(&self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Row>, RegistryError> {
        let asked = bound(sqlx::query(sql), values).fetch_all(&self.pool);
        let rows = timeout(PATIENCE, asked).await.map_err(too_late)?.map_err(unavailable)?;
        rows.iter().map(row).collect()
    }

    async fn execute(&self, sql: &'static str, values: Vec<Value>) -> Result<u64, RegistryError> {
        let asked = bound(sqlx::query(sql), values).execute(&self.pool);
        Ok(timeout(PATIENCE, asked).await.map_err(too_late)?.map_err(unavailable)?.rows_affected())
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, RegistryError> {
        let end = Instant::now() + WRITE_PATIENCE;
        let begun = async {
            let mut begun = self.pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
            sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(WRITES).execute(&mut *begun).await?;
            Ok(begun)
        };
        let begun = timeout_at(end, begun).await.map_err(too_late)?.map_err(unavailable)?;
        Ok(Box::new(PostgresTransaction { begun, patience: Patience::Until(end) }))
    }

    async fn snapshot(&self) -> Result<Box<dyn Transaction>, RegistryError> {
        let isolation = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        self.long(isolation).await.map(|begun| Box::new(begun) as _)
    }

    async fn begin_long(&self) -> Result<Box<dyn Transaction>, RegistryError> {
        let mut begun = self.long("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
        begun.execute("SELECT pg_advisory_xact_lock($1)".to_owned(), vec![WRITES.into()]).await?;
        Ok(Box::new(begun))
    }

    fn schema(&self) -> i64 {
        stored::newest(&MIGRATIONS)
    }
}

impl PostgresDatabase {
    /// A transaction whose statements may take long, each of them.
    async fn long(&self, sql: &'static str) -> Result<PostgresTransaction, RegistryError> {
        let begun = timeout(WRITE_PATIENCE, self.pool.begin_with(sql)).await;
        let begun = begun.map_err(too_late)?.map_err(unavailable)?;
        let mut begun = PostgresTransaction { begun, patience: Patience::Each(LONG_PATIENCE) };
        for limit in ["statement_timeout", "idle_in_transaction_session_timeout"] {
            let milliseconds = LONG_PATIENCE.as_millis();
            begun.execute(format!("SET LOCAL {limit} = {milliseconds}"), Vec::new()).await?;
        }
        Ok(begun)
    }
}

struct PostgresTransaction {
    begun: sqlx::Transaction<'static, Postgres>,
    patience: Patience,
}

/// How long a transaction may take.
#[derive(Clone, Copy)]
enum Patience {
    /// All of it until then.
    Until(Instant),
    /// Each statement so long.
    Each(Duration),
}

impl Patience {
    fn end(self) -> Instant {
        match self {
            Self::Until(end) => end,
            Self::Each(patience) => Instant::now() + patience,
        }
    }
}

#[async_trait]
impl Transaction for PostgresTransaction {
    async fn rows(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Row>, RegistryError> {
        let asked = bound(sqlx::query(sql), values).fetch_all(&mut *self.begun);
        let rows = timeout_at(self.patience.end(), asked).await.map_err(too_late)?.map_err(unavailable)?;
        rows.iter().map(row).collect()
    }

    async fn execute(&mut self, sql: String, values: Vec<Value>) -> Result<u64, RegistryError> {
        let asked = bound(sqlx::query(AssertSqlSafe(sql)), values).execute(&mut *self.begun);
        let done = timeout_at(self.patience.end(), asked).await.map_err(too_late)?.map_err(unavailable)?;
        Ok(done.rows_affected())
    }

    async fn commit(self: Box<Self>) -> Result<(), RegistryError> {
        timeout_at(self.patience.end(), self.begun.commit()).await.map_err(too_late)?.map_err(unavailable)
    }
}

pub(super) fn bound(
    query: Query<'_, Postgres, PgArguments>,
    values: Vec<Value>,
) -> Query<'_, Postgres, PgArguments> {
    values.into_iter().fold(query, |query, value| match value {
        Value::Int(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}

fn row(row: &PgRow) -> Result<Row, RegistryError> {
    let cells = row.columns().iter().map(|column| {
        let at = column.ordinal();
        Ok(match column.type_info().name() {
            "TEXT" | "VARCHAR" => Value::Text(row.try_get(at)?),
            "BYTEA" => Value::Bytes(row.try_get(at)?),
            _ => Value::Int(row.try_get(at)?),
        })
    });
    cells.collect::<Result<_, _>>().map(Row::new).map_err(unavailable)
}

#[cfg(test)]
mod tests;
