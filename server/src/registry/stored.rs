//! Between what a database holds and what it means. Whatever cannot be read is [`RegistryError::Corrupt`].

use serde::{Serialize, de::DeserializeOwned};
use shirushi_shared::{
    label::{PreLabelNumber, RegistrationNumber},
    registration::Registration,
    status::{Revision, StatusRecord},
    time::UnixTime,
    token::Token,
};

use super::{Actor, ApiKeyRecord, HistoryEntry, Position, RegistryError, chain::Head};

/// Names a stored value, for the error that says that it cannot be read.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    pub(super) row: &'a dyn core::fmt::Display,
}

impl Cell<'_> {
    pub(super) fn corrupt(self) -> RegistryError {
        RegistryError::Corrupt { table: self.table, column: self.column, row: self.row.to_string() }
    }

    fn json<T: DeserializeOwned>(self, text: &str) -> Result<T, RegistryError> {
        serde_json::from_str(text).map_err(|_| self.corrupt())
    }

    fn instant(self, seconds: i64) -> Result<UnixTime, RegistryError> {
        UnixTime::from_secs(seconds).map_err(|_| self.corrupt())
    }

    fn unsigned(self, number: i64) -> Result<u64, RegistryError> {
        u64::try_from(number).map_err(|_| self.corrupt())
    }

    fn hash(self, bytes: &[u8]) -> Result<[u8; 32], RegistryError> {
        bytes.try_into().map_err(|_| self.corrupt())
    }
}

/// A value as JSON text. Our types hold no maps with other keys than text and no numbers that JSON cannot write.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, RegistryError> {
    serde_json::to_string(value).map_err(|error| RegistryError::Unavailable(Box::new(error)))
}

/// A number for a column of signed 64-bit integers; all of ours fit.
pub(super) fn to_signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A row of `status`: number, revision, record.
pub(super) type StatusRow = (String, i64, String);

/// The record of a row of `status`. Number and revision stand in their own columns too, and have to agree with it.
pub(super) fn status((number, revision, json): &StatusRow) -> Result<StatusRecord, RegistryError> {
    record("status", number, number, *revision, json)
}

/// A row of `history`: position, number, revision, written_at, actor, what, record, hash.
pub(super) type HistoryRow = (i64, String, i64, i64, String, String, String, Vec<u8>);

/// The entry of a row of `history`.
pub(super) fn history_entry(row: HistoryRow) -> Result<HistoryEntry, RegistryError> {
    let (position, number, revision, at, by, what, json, hash) = row;
    let cell = |column| Cell { table: "history", column, row: &position };
    Ok(HistoryEntry {
        position: Position(cell("position").unsigned(position)?),
        at: cell("written_at").instant(at)?,
        by: Actor(by),
        what,
        record: record("history", &position, &number, revision, &json)?,
        hash: cell("hash").hash(&hash)?,
    })
}

/// A row of `history` as the outbox reads it: position, number, revision, record.
pub(super) type ChangeRow = (i64, String, i64, String);

/// The change of a row of `history`.
pub(super) fn change(row: &ChangeRow) -> Result<(Position, StatusRecord), RegistryError> {
    let (position, number, revision, json) = row;
    let cell = Cell { table: "history", column: "position", row: position };
    Ok((Position(cell.unsigned(*position)?), record("history", position, number, *revision, json)?))
}

/// Where the chain stands, by the last row of `history`: position and hash.
pub(super) fn head(last: Option<(i64, Vec<u8>)>) -> Result<Head, RegistryError> {
    let Some((position, hash)) = last else {
        return Ok(Head::GENESIS);
    };
    let cell = |column| Cell { table: "history", column, row: &position };
    Ok(Head { position: Position(cell("position").unsigned(position)?), hash: cell("hash").hash(&hash)? })
}

/// The position in a column.
pub(super) fn position(position: i64) -> Result<Position, RegistryError> {
    Cell { table: "history", column: "position", row: &position }.unsigned(position).map(Position)
}

/// The registration in the JSON of a row of `registrations`.
pub(super) fn registration(number: &RegistrationNumber, json: &str) -> Result<Registration, RegistryError> {
    let cell = Cell { table: "registrations", column: "document", row: number };
    let registration: Registration = cell.json(json)?;
    if registration.number == *number { Ok(registration) } else { Err(cell.corrupt()) }
}

/// A registration number in a column of `table`.
pub(super) fn number(table: &'static str, text: &str) -> Result<RegistrationNumber, RegistryError> {
    let cell = Cell { table, column: "number", row: &text };
    RegistrationNumber::from_normalised(text).map_err(|_| cell.corrupt())
}

/// The token in a row of `tokens`.
pub(super) fn token(number: &RegistrationNumber, bytes: Vec<u8>) -> Result<Token, RegistryError> {
    let cell = Cell { table: "tokens", column: "bytes", row: number };
    Token::from_bytes(bytes).map_err(|_| cell.corrupt())
}

/// The kind in a row of `pre_label_numbers`.
pub(super) fn pre_label_number(
    number: &RegistrationNumber,
    kind: &str,
) -> Result<PreLabelNumber, RegistryError> {
    let cell = Cell { table: "pre_label_numbers", column: "kind", row: number };
    PreLabelNumber::parse(kind).ok_or_else(|| cell.corrupt())
}

/// A row of `api_keys`: id, name, secret_sha256, scopes, created, revoked.
pub(super) type ApiKeyRow = (String, String, Vec<u8>, String, i64, Option<i64>);

/// The key of a row of `api_keys`.
pub(super) fn api_key(row: ApiKeyRow) -> Result<ApiKeyRecord, RegistryError> {
    let (id, name, secret, scopes, created, revoked) = row;
    let cell = |column| Cell { table: "api_keys", column, row: &id };
    Ok(ApiKeyRecord {
        name,
        secret_sha256: cell("secret_sha256").hash(&secret)?,
        scopes: cell("scopes").json(&scopes)?,
        created: cell("created").instant(created)?,
        revoked: revoked.map(|at| cell("revoked").instant(at)).transpose()?,
        id,
    })
}

fn record(
    table: &'static str,
    row: &dyn core::fmt::Display,
    number: &str,
    revision: i64,
    json: &str,
) -> Result<StatusRecord, RegistryError> {
    let cell = Cell { table, column: "record", row };
    let record: StatusRecord = cell.json(json)?;
    let agrees = record.number.as_str() == number
        && Cell { column: "revision", ..cell }.unsigned(revision).map(Revision::new)? == record.revision;
    if agrees { Ok(record) } else { Err(cell.corrupt()) }
}

/// The schema has another version than the one that this program knows.
#[derive(Debug, thiserror::Error)]
#[error("the registry's schema has version {found}; this program knows version {known}")]
struct OtherSchema {
    found: i64,
    known: i64,
}

/// Whether the schema of version `found` is the last one of `migrations`.
pub(super) fn check_schema(found: i64, migrations: &sqlx::migrate::Migrator) -> Result<(), RegistryError> {
    let known = migrations.iter().map(|migration| migration.version).max().unwrap_or_default();
    if found == known {
        Ok(())
    } else {
        Err(RegistryError::Unavailable(Box::new(OtherSchema { found, known })))
    }
}
