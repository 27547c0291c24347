//! Between what a database holds and what it means. Whatever cannot be read is [`RegistryError::Corrupt`].

use serde::{Serialize, de::DeserializeOwned};
use shirushi_shared::{
    label::{PreLabelNumber, RegistrationNumber},
    registration::{Gtin, Registration},
    status::{Revision, StatusRecord},
    time::UnixTime,
    token::{StatusIndex, Token},
};

use super::{
    Actor, Case, Fact, HistoryEntry, Kind, Position, Publication, PublicationHead, RegistryError,
    chain::Head, value::Row,
};

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

    pub(super) fn instant(self, seconds: i64) -> Result<UnixTime, RegistryError> {
        UnixTime::from_secs(seconds).map_err(|_| self.corrupt())
    }

    pub(super) fn unsigned(self, number: i64) -> Result<u64, RegistryError> {
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

/// The record of a row that begins with number, revision and record of `status`. Number and revision stand in their own
/// columns too, and have to agree with it.
pub(super) fn status(row: &mut Row) -> Result<StatusRecord, RegistryError> {
    let (number, revision, json): (String, i64, String) = (row.take()?, row.take()?, row.take()?);
    record("status", &number, &number, revision, &json)
}

/// As [`status`], of a row that is one text: number, revision and record with a space after each.
pub(super) fn status_line(row: &str) -> Result<StatusRecord, RegistryError> {
    let mut parts = row.splitn(3, ' ');
    let number = parts.next().unwrap_or_default();
    match (parts.next().and_then(|revision| revision.parse().ok()), parts.next()) {
        (Some(revision), Some(json)) => record("status", &number, number, revision, json),
        _ => Err(Cell { table: "status", column: "record", row: &number }.corrupt()),
    }
}

/// The entry of a row of `history`: position, kind, subject, revision, written_at, actor, organisation, key_id, what,
/// why, record, document, format, hash.
pub(super) fn history_entry(row: &mut Row) -> Result<HistoryEntry, RegistryError> {
    let (at_position, kind, subject, revision): (i64, String, String, i64) =
        (row.take()?, row.take()?, row.take()?, row.take()?);
    let (at, name, organisation, key): (i64, String, Option<String>, Option<String>) =
        (row.take()?, row.take()?, row.take()?, row.take()?);
    let (what, why, json, document): (String, Option<String>, String, Option<String>) =
        (row.take()?, row.take()?, row.take()?, row.take()?);
    let (format, hash): (i64, Vec<u8>) = (row.take()?, row.take()?);
    let cell = |column| Cell { table: "history", column, row: &at_position };
    let fact = match Kind::parse(&kind).ok_or_else(|| cell("kind").corrupt())? {
        Kind::Label => {
            Fact::Label { record: record("history", &at_position, &subject, revision, &json)?, document }
        }
        kind => Fact::Case {
            kind,
            id: subject,
            revision: cell("revision").unsigned(revision).map(Revision::new)?,
            document: json,
        },
    };
    Ok(HistoryEntry {
        position: Position(cell("position").unsigned(at_position)?),
        at: cell("written_at").instant(at)?,
        by: Actor { name, organisation, key },
        what,
        why,
        fact,
        format: u32::try_from(format).map_err(|_| cell("format").corrupt())?,
        hash: cell("hash").hash(&hash)?,
    })
}

/// The change of a row of `history`: position, kind, subject, revision, record.
pub(super) fn change(row: &mut Row) -> Result<(Position, Option<StatusRecord>), RegistryError> {
    let (position, kind, subject, revision, json): (i64, String, String, i64, String) =
        (row.take()?, row.take()?, row.take()?, row.take()?, row.take()?);
    let at = Cell { table: "history", column: "position", row: &position }.unsigned(position)?;
    let record = match kind.as_str() {
        "label" => Some(record("history", &position, &subject, revision, &json)?),
        _ => None,
    };
    Ok((Position(at), record))
}

/// Where the chain stands, by the last row of `history`: position and hash.
pub(super) fn head(row: &mut Row) -> Result<Head, RegistryError> {
    let (position, hash): (i64, Vec<u8>) = (row.take()?, row.take()?);
    let cell = |column| Cell { table: "history", column, row: &position };
    Ok(Head { position: Position(cell("position").unsigned(position)?), hash: cell("hash").hash(&hash)? })
}

/// A place in the status list, in a row of `tokens`.
pub(super) fn place(place: i64) -> Result<StatusIndex, RegistryError> {
    let cell = Cell { table: "tokens", column: "status_index", row: &place };
    u32::try_from(place).ok().and_then(StatusIndex::new).ok_or_else(|| cell.corrupt())
}

/// The case of a row of `cases`: kind, id, revision, owner, number, state, document, opened, changed.
pub(super) fn case(row: &mut Row) -> Result<Case, RegistryError> {
    let (kind, id, revision, owner): (String, String, i64, Option<String>) =
        (row.take()?, row.take()?, row.take()?, row.take()?);
    let (number, state, document): (Option<String>, String, String) = (row.take()?, row.take()?, row.take()?);
    let (opened, changed): (i64, i64) = (row.take()?, row.take()?);
    let cell = |column| Cell { table: "cases", column, row: &id };
    Ok(Case {
        kind: Kind::parse(&kind).ok_or_else(|| cell("kind").corrupt())?,
        revision: cell("revision").unsigned(revision).map(Revision::new)?,
        owner,
        number: number.map(|number| self::number("cases", &number)).transpose()?,
        state,
        document,
        opened: cell("opened").instant(opened)?,
        changed: cell("changed").instant(changed)?,
        id,
    })
}

/// The publication of a row of `publications`: name, version, position, signed, bytes.
pub(super) fn publication(row: &mut Row) -> Result<Publication, RegistryError> {
    let PublicationHead { name, version, position, signed } = publication_head(row)?;
    Ok(Publication { name, version, position, signed, bytes: row.take()? })
}

/// What a row of `publications` begins with.
pub(super) fn publication_head(row: &mut Row) -> Result<PublicationHead, RegistryError> {
    let (name, version, position, signed): (String, i64, i64, i64) =
        (row.take()?, row.take()?, row.take()?, row.take()?);
    let cell = |column| Cell { table: "publications", column, row: &name };
    Ok(PublicationHead {
        version: cell("version").unsigned(version)?,
        position: Position(cell("position").unsigned(position)?),
        signed: cell("signed").instant(signed)?,
        name,
    })
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

/// The revision in a row of `status`.
pub(super) fn revision(number: &RegistrationNumber, revision: i64) -> Result<Revision, RegistryError> {
    Cell { table: "status", column: "revision", row: number }.unsigned(revision).map(Revision::new)
}

/// The GTIN in a row of `models`.
pub(super) fn gtin(number: &RegistrationNumber, text: &str) -> Result<Gtin, RegistryError> {
    Gtin::parse(text).map_err(|_| Cell { table: "models", column: "gtin", row: number }.corrupt())
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

pub(super) fn record(
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

/// Whether the schema of version `found` is the one that this program knows.
pub(super) fn check_schema(found: i64, known: i64) -> Result<(), RegistryError> {
    if found == known {
        Ok(())
    } else {
        Err(RegistryError::Unavailable(Box::new(OtherSchema { found, known })))
    }
}

/// The newest version among `migrations`.
pub(super) fn newest(migrations: &sqlx::migrate::Migrator) -> i64 {
    migrations.iter().map(|migration| migration.version).max().unwrap_or_default()
}
