//! The tables as a snapshot carries them: which, in which order, page by page.

mod watch;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Map, Value as Json};

use super::{
    Row, Transaction, Value,
    insert::{self, Statement},
};
use crate::registry::{RegistryError, StoredRow, stored};

/// A table that is carried.
pub(in crate::registry) struct Table {
    pub(in crate::registry) name: &'static str,
    columns: &'static [(&'static str, Type)],
    /// How many of the columns, from the first on, are its key.
    key: usize,
    /// Selects the columns of rows after a key, in the order of keys: the key's values, then how many.
    page: &'static str,
}

/// What a column holds; it may be NULL where the schema lets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Int,
    Text,
    Bytes,
}
use Type::{Bytes, Int, Text};

/// In an order in which what is referred to comes first.
const TABLES: [Table; 14] = [
    Table {
        name: "registrations",
        columns: &[("number", Text), ("document", Text), ("registered", Int)],
        key: 1,
        page: "SELECT number, document, registered FROM registrations
               WHERE number > $1 ORDER BY number LIMIT $2",
    },
    Table {
        name: "status",
        columns: &[("number", Text), ("revision", Int), ("record", Text)],
        key: 1,
        page: "SELECT number, revision, record FROM status WHERE number > $1 ORDER BY number LIMIT $2",
    },
    Table {
        name: "tokens",
        columns: &[
            ("id", Bytes),
            ("number", Text),
            ("bytes", Bytes),
            ("registered", Int),
            ("status_index", Int),
        ],
        key: 1,
        page: "SELECT id, number, bytes, registered, status_index FROM tokens
               WHERE id > $1 ORDER BY id LIMIT $2",
    },
    Table {
        name: "pre_label_numbers",
        columns: &[("number", Text), ("kind", Text), ("registration", Text)],
        key: 1,
        page: "SELECT number, kind, registration FROM pre_label_numbers
               WHERE number > $1 ORDER BY number LIMIT $2",
    },
    Table {
        name: "history",
        columns: &[
            ("position", Int),
            ("kind", Text),
            ("subject", Text),
            ("revision", Int),
            ("written_at", Int),
            ("actor", Text),
            ("organisation", Text),
            ("key_id", Text),
            ("what", Text),
            ("why", Text),
            ("record", Text),
            ("document", Text),
            ("format", Int),
            ("hash", Bytes),
        ],
        key: 1,
        page: "SELECT position, kind, subject, revision, written_at, actor, organisation, key_id, what, why,
                      record, document, format, hash
               FROM history WHERE position > $1 ORDER BY position LIMIT $2",
    },
    Table {
        name: "cases",
        columns: &[
            ("kind", Text),
            ("id", Text),
            ("revision", Int),
            ("owner", Text),
            ("number", Text),
            ("state", Text),
            ("document", Text),
            ("opened", Int),
            ("changed", Int),
        ],
        key: 2,
        page: "SELECT kind, id, revision, owner, number, state, document, opened, changed FROM cases
               WHERE (kind, id) > ($1, $2) ORDER BY kind, id LIMIT $3",
    },
    Table {
        name: "key_uses",
        columns: &[("id", Text), ("last_used", Int)],
        key: 1,
        page: "SELECT id, last_used FROM key_uses WHERE id > $1 ORDER BY id LIMIT $2",
    },
    watch::WATCHES,
    watch::WATCHED,
    watch::WATCH_EVENTS,
    watch::ENDPOINTS,
    watch::DELIVERIES,
    watch::WEBHOOK_CURSORS,
    Table {
        name: "columns_said",
        columns: &[("owner", Text), ("headings", Bytes), ("mapping", Text), ("said", Int)],
        key: 2,
        page: "SELECT owner, headings, mapping, said FROM columns_said
               WHERE (owner, headings) > ($1, $2) ORDER BY owner, headings LIMIT $3",
    },
];

/// The table of this name.
pub(in crate::registry) fn named(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

/// How far a snapshot has been read.
#[derive(Default)]
pub(in crate::registry) struct Place {
    table: usize,
    /// The key of the last row, `None` before the first.
    after: Option<Vec<Value>>,
}

impl Place {
    /// The next rows, at most `limit`; none at the end.
    pub(in crate::registry) async fn next(
        &mut self,
        tx: &mut dyn Transaction,
        limit: u32,
    ) -> Result<Vec<StoredRow>, RegistryError> {
        while let Some(table) = TABLES.get(self.table) {
            let mut values = self.after.clone().unwrap_or_else(|| table.before_first());
            values.push(i64::from(limit).into());
            let rows = tx.rows(table.page, values).await?;
            let rows = rows.into_iter().map(|row| table.row(row)).collect::<Result<Vec<_>, _>>()?;
            let Some((last, _)) = rows.last() else {
                *self = Self { table: self.table + 1, after: None };
                continue;
            };
            self.after = Some(last.clone());
            return Ok(rows.into_iter().map(|(_, row)| row).collect());
        }
        Ok(Vec::new())
    }
}

/// Whether nothing is on record.
pub(in crate::registry) async fn is_empty(tx: &mut dyn Transaction) -> Result<bool, RegistryError> {
    let sql = "SELECT (SELECT COUNT(*) FROM registrations) + (SELECT COUNT(*) FROM history)
                    + (SELECT COUNT(*) FROM cases) + (SELECT COUNT(*) FROM webhook_cursors)
                    + (SELECT COUNT(*) FROM endpoints)";
    let row = tx.rows(sql, Vec::new()).await?.into_iter().next();
    Ok(row.map_or(Ok(0), |mut row| row.take::<i64>())? == 0)
}

/// Writes rows, with the index of models that follows from them.
pub(in crate::registry) async fn put(
    tx: &mut dyn Transaction,
    rows: &[StoredRow],
) -> Result<(), RegistryError> {
    for of_one in rows.chunk_by(|one, next| one.table == next.table) {
        let Some(table) = of_one.first().and_then(|row| named(row.table)) else { continue };
        for (sql, values) in table.insert(of_one)? {
            tx.execute(sql, values).await?;
        }
        if table.name == "registrations" {
            let registrations = of_one.iter().map(|row| {
                let text = |column| row.cells.get(column).and_then(Json::as_str).unwrap_or_default();
                stored::registration(&stored::number("registrations", text("number"))?, text("document"))
            });
            let registrations = registrations.collect::<Result<Vec<_>, _>>()?;
            for (sql, values) in insert::models(registrations.iter()) {
                tx.execute(sql, values).await?;
            }
        }
    }
    Ok(())
}

impl Table {
    /// A key before every key.
    fn before_first(&self) -> Vec<Value> {
        let first = |kind| match kind {
            Int => Value::Int(Some(i64::MIN)),
            Text => Value::Text(Some(String::new())),
            Bytes => Value::Bytes(Some(Vec::new())),
        };
        self.columns.iter().take(self.key).map(|(_, kind)| first(*kind)).collect()
    }

    /// The row with its key.
    fn row(&self, mut row: Row) -> Result<(Vec<Value>, StoredRow), RegistryError> {
        let mut key = Vec::new();
        let mut cells = Map::new();
        for (place, (name, _)) in self.columns.iter().enumerate() {
            let value: Value = row.take()?;
            cells.insert((*name).to_owned(), to_json(&value));
            if place < self.key {
                key.push(value);
            }
        }
        Ok((key, StoredRow { table: self.name, cells }))
    }

    fn insert(&self, rows: &[StoredRow]) -> Result<Vec<Statement>, RegistryError> {
        let columns: Vec<_> = self.columns.iter().map(|(name, _)| *name).collect();
        let values = rows.iter().enumerate().map(|(place, row)| self.values(place, row));
        let values = values.collect::<Result<Vec<_>, _>>()?;
        Ok(insert::insert(self.name, &columns, values.into_iter(), ""))
    }

    /// The values of a row from elsewhere, which has every column, of its type, and no other.
    fn values(&self, place: usize, row: &StoredRow) -> Result<Vec<Value>, RegistryError> {
        let corrupt =
            |column| RegistryError::Corrupt { table: self.name, column, row: format!("{place} of these") };
        if let Some(other) = row.cells.keys().find(|cell| self.columns.iter().all(|(name, _)| cell != name)) {
            return Err(RegistryError::Corrupt { table: self.name, column: "?", row: other.clone() });
        }
        let cell = |(column, kind): &(&'static str, Type)| {
            row.cells.get(*column).and_then(|cell| from_json(cell, *kind)).ok_or_else(|| corrupt(column))
        };
        self.columns.iter().map(cell).collect()
    }
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Int(number) => (*number).into(),
        Value::Text(text) => text.clone().into(),
        Value::Bytes(bytes) => bytes.as_ref().map(|bytes| BASE64.encode(bytes)).into(),
    }
}

fn from_json(cell: &Json, kind: Type) -> Option<Value> {
    Some(match (kind, cell) {
        (Int, Json::Null) => Value::Int(None),
        (Text, Json::Null) => Value::Text(None),
        (Bytes, Json::Null) => Value::Bytes(None),
        (Int, Json::Number(number)) => Value::Int(Some(number.as_i64()?)),
        (Text, Json::String(text)) => Value::Text(Some(text.clone())),
        (Bytes, Json::String(text)) => Value::Bytes(Some(BASE64.decode(text).ok()?)),
        _ => return None,
    })
}

/// Every column that is carried, and the tables that are not, to be held against the schema.
#[cfg(test)]
pub(in crate::registry) fn carried() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let columns = |table: &'static Table| table.columns.iter().map(|(name, _)| *name).collect();
    TABLES.iter().map(move |table| (table.name, columns(table)))
}
