//! The registry in one SQLite file: the embedded default, one machine, no server.
//!
//! One connection writes, each write in a `BEGIN IMMEDIATE` transaction: the lock is taken before the first reading, so
//! that a revision that was read is still the present one when it is written. The lock is the file's, so a second
//! process (the command line beside the server) keeps to the same order. Readers have connections of their own, which
//! see the last commit and never wait (WAL).

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use sqlx::{
    AssertSqlSafe, Column as _, Row as _, Sqlite, SqlitePool, TypeInfo as _, ValueRef as _,
    migrate::Migrator,
    query::Query,
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow,
        SqliteSynchronous,
    },
};

use super::{
    RegistryError,
    sql::{Database, SqlRegistry, Transaction},
    stored,
    value::{Row, Value},
};

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Readers at once. Each is a thread; a look-up takes tens of microseconds.
const READERS: u32 = 4;
/// How long a reader waits for a connection: a registry that is slower than this does not answer.
const READ_PATIENCE: Duration = Duration::from_secs(2);
/// How long a writer waits for its turn: the largest import in one transaction takes seconds.
const WRITE_PATIENCE: Duration = Duration::from_secs(15);

/// A registry in an SQLite file.
pub type SqliteRegistry = SqlRegistry<SqliteFile>;

/// An SQLite file.
#[derive(Debug)]
pub struct SqliteFile {
    readers: SqlitePool,
    pub(super) writer: SqlitePool,
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
        let writer = kept.clone().max_connections(1).acquire_timeout(WRITE_PATIENCE);
        let writer = in_turn(|| writer.clone().connect_with(options.clone())).await.map_err(unavailable)?;
        migrate(&writer).await?;
        let readers = kept
            .max_connections(READERS)
            .acquire_timeout(READ_PATIENCE)
            .connect_with(options.busy_timeout(READ_PATIENCE).pragma("query_only", "ON"))
            .await
            .map_err(unavailable)?;
        Ok(Self { db: SqliteFile { readers, writer } })
    }

    /// Closes the file: waits for what is under way.
    pub async fn close(&self) {
        self.db.readers.close().await;
        self.db.writer.close().await;
    }
}

/// Does what may meet another process at a moment where SQLite waits for nobody, again until it is done or patience ends.
/// Whoever turns a new file to WAL while another does the same is told "locked" at once, whatever the busy timeout: the
/// two would wait for each other.
async fn in_turn<T, F: Future<Output = Result<T, sqlx::Error>>>(
    attempt: impl Fn() -> F,
) -> Result<T, sqlx::Error> {
    const PAUSE: Duration = Duration::from_millis(20);
    for _ in 0..WRITE_PATIENCE.as_millis() / PAUSE.as_millis() {
        match attempt().await {
            Err(error) if is_busy(&error) => tokio::time::sleep(PAUSE).await,
            done => return done,
        }
    }
    attempt().await
}

/// `SQLITE_BUSY` in any of its forms: the primary result code is the lowest byte (sqlite.org/rescode.html).
fn is_busy(error: &sqlx::Error) -> bool {
    const SQLITE_BUSY: u32 = 5;
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == SQLITE_BUSY)
}

/// Brings the schema up to date. Two processes may start at once, and sqlx takes no lock for SQLite: so all steps are one
/// transaction under the file's own lock, and whoever comes second waits and finds them done. Where there is nothing to
/// do, nobody waits for whoever is writing.
async fn migrate(writer: &SqlitePool) -> Result<(), RegistryError> {
    let unavailable_by = |error| RegistryError::Unavailable(Box::new(error));
    let applied = sqlx::query_scalar::<_, Option<i64>>(APPLIED).fetch_one(writer).await;
    // No table yet, or no step: it is a new file.
    if applied.ok().flatten() >= Some(stored::newest(&MIGRATIONS)) {
        return MIGRATIONS.run(writer).await.map_err(unavailable_by);
    }
    let mut steps = writer.begin_with("BEGIN IMMEDIATE").await.map_err(unavailable)?;
    MIGRATIONS.run(&mut *steps).await.map_err(unavailable_by)?;
    steps.commit().await.map_err(unavailable)
}

/// The last step that was done.
const APPLIED: &str = "SELECT MAX(version) FROM _sqlx_migrations WHERE success";

fn unavailable(error: sqlx::Error) -> RegistryError {
    RegistryError::Unavailable(Box::new(error))
}

#[async_trait]
impl Database for SqliteFile {
    async fn rows(&self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Row>, RegistryError> {
        let rows = bound(sqlx::query(sql), values).fetch_all(&self.readers).await.map_err(unavailable)?;
        rows.iter().map(row).collect()
    }

    async fn execute(&self, sql: &'static str, values: Vec<Value>) -> Result<u64, RegistryError> {
        let done = bound(sqlx::query(sql), values).execute(&self.writer).await.map_err(unavailable)?;
        Ok(done.rows_affected())
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, RegistryError> {
        let begun = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(unavailable)?;
        Ok(Box::new(SqliteTransaction(begun)))
    }

    async fn snapshot(&self) -> Result<Box<dyn Transaction>, RegistryError> {
        // DEFERRED: the first reading fixes what is seen. In WAL mode writers go on; the log grows until this ends.
        let begun = self.readers.begin_with("BEGIN DEFERRED").await.map_err(unavailable)?;
        Ok(Box::new(SqliteTransaction(begun)))
    }

    async fn begin_long(&self) -> Result<Box<dyn Transaction>, RegistryError> {
        self.begin().await
    }

    fn schema(&self) -> i64 {
        stored::newest(&MIGRATIONS)
    }
}

struct SqliteTransaction(sqlx::Transaction<'static, Sqlite>);

#[async_trait]
impl Transaction for SqliteTransaction {
    async fn rows(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Row>, RegistryError> {
        let rows = bound(sqlx::query(sql), values).fetch_all(&mut *self.0).await.map_err(unavailable)?;
        rows.iter().map(row).collect()
    }

    async fn execute(&mut self, sql: String, values: Vec<Value>) -> Result<u64, RegistryError> {
        let query = bound(sqlx::query(AssertSqlSafe(unnamed(&sql).unwrap_or(sql))), values);
        Ok(query.execute(&mut *self.0).await.map_err(unavailable)?.rows_affected())
    }

    async fn commit(self: Box<Self>) -> Result<(), RegistryError> {
        self.0.commit().await.map_err(unavailable)
    }
}

/// `sql` with `?` for `$1`, `$2` and so on, where each stands once and in this order. sqlx asks for the name of each place,
/// which SQLite looks for among all names: with the 7,000 of a large INSERT that took longer than the writing.
fn unnamed(sql: &str) -> Option<String> {
    let (first, rest) = sql.split_once('$')?;
    let mut unnamed = first.to_owned();
    for (place, part) in (1..).zip(rest.split('$')) {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (name, then) = part.split_at(end);
        if name.parse() != Ok(place) {
            return None;
        }
        unnamed.push('?');
        unnamed.push_str(then);
    }
    Some(unnamed)
}

pub(super) fn bound(
    query: Query<'_, Sqlite, SqliteArguments>,
    values: Vec<Value>,
) -> Query<'_, Sqlite, SqliteArguments> {
    values.into_iter().fold(query, |query, value| match value {
        Value::Int(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}

fn row(row: &SqliteRow) -> Result<Row, RegistryError> {
    let cells = row.columns().iter().map(|column| {
        let at = column.ordinal();
        // The type of the value, not of the column: a sum or a sub-query has none.
        let cell = row.try_get_raw(at)?;
        Ok(match cell.type_info().name() {
            "TEXT" => Value::Text(row.try_get(at)?),
            "BLOB" => Value::Bytes(row.try_get(at)?),
            "NULL" => Value::Int(None),
            _ => Value::Int(row.try_get(at)?),
        })
    });
    cells.collect::<Result<_, _>>().map(Row::new).map_err(unavailable)
}

#[cfg(test)]
mod tests;
