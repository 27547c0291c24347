//! All that is on record at one instant, to be proved and to be carried elsewhere.
//!
//! A [`Snapshot`] is one reading transaction: whoever writes meanwhile does not wait, and does not show in it. A
//! [`Restoration`] is one writing transaction into a registry that is empty: killed at any moment it leaves it empty.
//! Both speak of rows by the names of tables and columns, which are the same in both databases, so that what was read
//! from one of them can be written to the other.
//!
//! Not carried: the models' index, which is made anew from the registrations; signed files, which are published anew, with
//! versions that follow the clock and not those of before; leases, which are of running nodes; the registry's identity,
//! since the copy is another one.

use serde_json::{Map, Value};

use super::{
    Audit, Known, Position, RegistryError,
    sql::{Transaction, tables},
};

/// Rows in one reading.
const PAGE: u32 = 200;

/// A row on record: the table's name, and its cells by the names of their columns. Bytes are base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRow {
    /// The table's name.
    pub table: &'static str,
    /// Its cells.
    pub cells: Map<String, Value>,
}

impl StoredRow {
    /// A row read from elsewhere; `None` where there is no such table.
    pub fn of(table: &str, cells: Map<String, Value>) -> Option<Self> {
        Some(Self { table: tables::named(table)?.name, cells })
    }
}

/// All that was on record at one instant.
pub struct Snapshot {
    tx: Box<dyn Transaction>,
    schema: i64,
    place: tables::Place,
}

/// An empty registry that is being filled.
pub struct Restoration {
    tx: Box<dyn Transaction>,
}

impl Snapshot {
    pub(super) fn of(tx: Box<dyn Transaction>, schema: i64) -> Self {
        Self { tx, schema, place: tables::Place::default() }
    }

    /// The version of the schema.
    pub const fn schema(&self) -> i64 {
        self.schema
    }

    /// Proves the history from `known` on, and that all that is on record is what the history says.
    pub async fn audit(&mut self, known: Known) -> Result<Audit, RegistryError> {
        super::sql::audit::audit(&mut *self.tx, known).await
    }

    /// The next rows, in an order in which they can be written again; none at the end.
    pub async fn next(&mut self) -> Result<Vec<StoredRow>, RegistryError> {
        self.place.next(&mut *self.tx, PAGE).await
    }
}

impl Restoration {
    /// Begins in `tx`, which has the write lock.
    pub(super) async fn of(mut tx: Box<dyn Transaction>) -> Result<Self, RegistryError> {
        if tables::is_empty(&mut *tx).await? { Ok(Self { tx }) } else { Err(RegistryError::NotEmpty) }
    }

    /// Writes rows, which come in the order of [`Snapshot::next`].
    pub async fn put(&mut self, rows: &[StoredRow]) -> Result<(), RegistryError> {
        tables::put(&mut *self.tx, rows).await
    }

    /// As [`Snapshot::audit`], of what was written so far.
    pub async fn audit(&mut self) -> Result<Audit, RegistryError> {
        super::sql::audit::audit(&mut *self.tx, Known::GENESIS).await
    }

    /// Makes it so, under a new identity; gives the last position.
    pub async fn commit(mut self) -> Result<Position, RegistryError> {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits).map_err(|error| RegistryError::Unavailable(Box::new(error)))?;
        let identity: String = bits.iter().map(|byte| format!("{byte:02x}")).collect();
        self.tx.execute("UPDATE identity SET id = $1".to_owned(), vec![identity.into()]).await?;
        let last = super::sql::audit::last_position(&mut *self.tx).await?;
        self.tx.commit().await?;
        Ok(last)
    }
}
