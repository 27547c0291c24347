//! Readings, each one statement: it sees one commit, whole.

use shirushi_shared::{
    label::{PreLabelNumber, RegistrationNumber},
    registration::{Gtin, Registration},
    status::{Revision, StatusRecord},
    time::UnixTime,
    token::Token,
};

use super::{Database, Row, Transaction, Value};
use crate::registry::{
    Case, CaseQuery, HistoryEntry, Kind, LabelRow, Position, Publication, PublicationHead, RegistryError,
    stored::{self, Cell},
};

const REGISTRATION: &str = "SELECT document FROM registrations WHERE number = $1";
const STATUS: &str = "SELECT number, revision, record FROM status WHERE number = $1";
/// The entries after a position, so many.
pub(super) const ENTRIES_AFTER: &str =
    "SELECT position, kind, subject, revision, written_at, actor, organisation, key_id, what, why,
            record, document, format, hash
     FROM history WHERE position > $1 ORDER BY position LIMIT $2";
/// The last position.
pub(super) const LAST_POSITION: &str = "SELECT COALESCE(MAX(position), 0) FROM history";
const CASE: &str = "SELECT kind, id, revision, owner, number, state, document, opened, changed FROM cases
                    WHERE kind = $1 AND id = $2";

pub(super) async fn registration(
    db: &dyn Database,
    number: &RegistrationNumber,
) -> Result<Option<Registration>, RegistryError> {
    let rows = db.rows(REGISTRATION, vec![number.as_str().into()]).await?;
    one(rows, |row| stored::registration(number, &row.take::<String>()?))
}

/// As [`registration`], within a write.
pub(super) async fn registration_in(
    tx: &mut dyn Transaction,
    number: &RegistrationNumber,
) -> Result<Option<Registration>, RegistryError> {
    let rows = tx.rows(REGISTRATION, vec![number.as_str().into()]).await?;
    one(rows, |row| stored::registration(number, &row.take::<String>()?))
}

pub(super) async fn registration_of(
    db: &dyn Database,
    number: &RegistrationNumber,
    revision: Revision,
) -> Result<Option<Registration>, RegistryError> {
    let sql = "SELECT document FROM history
               WHERE kind = 'label' AND subject = $1 AND revision <= $2 AND document IS NOT NULL
               ORDER BY revision DESC LIMIT 1";
    let values = vec![number.as_str().into(), stored::to_signed(revision.get()).into()];
    one(db.rows(sql, values).await?, |row| stored::registration(number, &row.take::<String>()?))
}

pub(super) async fn registration_at(
    db: &dyn Database,
    number: &RegistrationNumber,
    at: UnixTime,
) -> Result<Option<Registration>, RegistryError> {
    let sql = "SELECT document FROM history
               WHERE kind = 'label' AND subject = $1 AND written_at <= $2 AND document IS NOT NULL
               ORDER BY revision DESC LIMIT 1";
    let rows = db.rows(sql, vec![number.as_str().into(), at.as_secs().into()]).await?;
    one(rows, |row| stored::registration(number, &row.take::<String>()?))
}

pub(super) async fn status(
    db: &dyn Database,
    number: &RegistrationNumber,
) -> Result<Option<StatusRecord>, RegistryError> {
    one(db.rows(STATUS, vec![number.as_str().into()]).await?, stored::status)
}

/// As [`status`], within a write.
pub(super) async fn status_in(
    tx: &mut dyn Transaction,
    number: &RegistrationNumber,
) -> Result<Option<StatusRecord>, RegistryError> {
    one(tx.rows(STATUS, vec![number.as_str().into()]).await?, stored::status)
}

pub(super) async fn status_at(
    db: &dyn Database,
    number: &RegistrationNumber,
    at: UnixTime,
) -> Result<Option<StatusRecord>, RegistryError> {
    let sql = "SELECT position, kind, subject, revision, record FROM history
               WHERE kind = 'label' AND subject = $1 AND written_at <= $2 ORDER BY revision DESC LIMIT 1";
    let rows = db.rows(sql, vec![number.as_str().into(), at.as_secs().into()]).await?;
    Ok(one(rows, stored::change)?.and_then(|(_, record)| record))
}

pub(super) async fn labels(
    db: &dyn Database,
    after: Option<&RegistrationNumber>,
    limit: u32,
) -> Result<Vec<LabelRow>, RegistryError> {
    // One row for each token: nearly always one for each label. The limit is of labels.
    let sql = "SELECT s.number, s.revision, s.record, r.document, t.status_index
               FROM (SELECT number, revision, record FROM status WHERE number > $1 ORDER BY number LIMIT $2) s
               JOIN registrations r ON r.number = s.number
               JOIN tokens t ON t.number = s.number
               ORDER BY s.number, t.registered, t.status_index";
    let after = after.map_or("", RegistrationNumber::as_str);
    let mut labels: Vec<LabelRow> = Vec::new();
    for mut row in db.rows(sql, vec![after.into(), i64::from(limit).into()]).await? {
        let record = stored::status(&mut row)?;
        let (document, place) = (row.take::<String>()?, stored::place(row.take()?)?);
        match labels.last_mut().filter(|last| last.record.number == record.number) {
            Some(last) => last.places.push(place),
            None => labels.push(LabelRow {
                registration: stored::registration(&record.number, &document)?,
                record,
                places: vec![place],
            }),
        }
    }
    Ok(labels)
}

pub(super) async fn history_after(
    db: &dyn Database,
    kind: Kind,
    id: &str,
    after: Revision,
    limit: u32,
) -> Result<Vec<HistoryEntry>, RegistryError> {
    let sql = "SELECT position, kind, subject, revision, written_at, actor, organisation, key_id, what, why,
                      record, document, format, hash
               FROM history WHERE kind = $1 AND subject = $2 AND revision > $3 ORDER BY revision LIMIT $4";
    let after = stored::to_signed(after.get()).into();
    let values = vec![kind.as_str().into(), id.into(), after, i64::from(limit).into()];
    all(db.rows(sql, values).await?, stored::history_entry)
}

pub(super) async fn entries_after(
    db: &dyn Database,
    position: Position,
    limit: u32,
) -> Result<Vec<HistoryEntry>, RegistryError> {
    let values = vec![stored::to_signed(position.0).into(), i64::from(limit).into()];
    all(db.rows(ENTRIES_AFTER, values).await?, stored::history_entry)
}

pub(super) async fn changes_after(
    db: &dyn Database,
    position: Position,
    limit: u32,
) -> Result<Vec<(Position, Option<StatusRecord>)>, RegistryError> {
    let sql = "SELECT position, kind, subject, revision, record FROM history
               WHERE position > $1 ORDER BY position LIMIT $2";
    let values = vec![stored::to_signed(position.0).into(), i64::from(limit).into()];
    all(db.rows(sql, values).await?, stored::change)
}

pub(super) async fn last_position(db: &dyn Database) -> Result<Position, RegistryError> {
    let rows = db.rows(LAST_POSITION, Vec::new()).await?;
    let last = one(rows, |row| stored::position(row.take()?))?;
    Ok(last.unwrap_or_default())
}

pub(super) async fn token(
    db: &dyn Database,
    number: &RegistrationNumber,
) -> Result<Option<Token>, RegistryError> {
    let sql = "SELECT bytes FROM tokens WHERE number = $1 ORDER BY registered DESC LIMIT 1";
    one(db.rows(sql, vec![number.as_str().into()]).await?, |row| stored::token(number, row.take()?))
}

pub(super) async fn pre_label_number(
    db: &dyn Database,
    number: &RegistrationNumber,
) -> Result<Option<PreLabelNumber>, RegistryError> {
    let sql = "SELECT kind FROM pre_label_numbers WHERE number = $1";
    let rows = db.rows(sql, vec![number.as_str().into()]).await?;
    one(rows, |row| stored::pre_label_number(number, &row.take::<String>()?))
}

pub(super) async fn by_gtin(db: &dyn Database, gtin: Gtin) -> Result<Vec<RegistrationNumber>, RegistryError> {
    let sql = "SELECT DISTINCT number FROM models WHERE gtin = $1 ORDER BY number";
    let rows = db.rows(sql, vec![gtin.to_string().into()]).await?;
    all(rows, |row| stored::number("models", &row.take::<String>()?))
}

pub(super) async fn numbers(
    db: &dyn Database,
    after: Option<&RegistrationNumber>,
    limit: u32,
) -> Result<Vec<RegistrationNumber>, RegistryError> {
    let sql = "SELECT number FROM registrations WHERE number > $1 ORDER BY number LIMIT $2";
    let after = after.map_or("", RegistrationNumber::as_str);
    let rows = db.rows(sql, vec![after.into(), i64::from(limit).into()]).await?;
    all(rows, |row| stored::number("registrations", &row.take::<String>()?))
}

pub(super) async fn case(db: &dyn Database, kind: Kind, id: &str) -> Result<Option<Case>, RegistryError> {
    one(db.rows(CASE, vec![kind.as_str().into(), id.into()]).await?, stored::case)
}

/// As [`case`], within a write.
pub(super) async fn case_in(
    tx: &mut dyn Transaction,
    kind: Kind,
    id: &str,
) -> Result<Option<Case>, RegistryError> {
    one(tx.rows(CASE, vec![kind.as_str().into(), id.into()]).await?, stored::case)
}

pub(super) async fn cases(db: &dyn Database, query: &CaseQuery) -> Result<Vec<Case>, RegistryError> {
    // An empty text stands for "any": no owner, number or state is empty.
    let sql = "SELECT kind, id, revision, owner, number, state, document, opened, changed FROM cases
               WHERE kind = $1 AND id > $2 AND ($3 = '' OR owner = $3) AND ($4 = '' OR number = $4)
               AND ($5 = '' OR state = $5) ORDER BY id LIMIT $6";
    let any = |text: &Option<String>| Value::from(text.clone().unwrap_or_default());
    let number = query.number.as_ref().map_or("", RegistrationNumber::as_str);
    let values = vec![
        query.kind.as_str().into(),
        any(&query.after),
        any(&query.owner),
        number.into(),
        any(&query.state),
        i64::from(query.limit).into(),
    ];
    all(db.rows(sql, values).await?, stored::case)
}

pub(super) async fn uses(db: &dyn Database) -> Result<Vec<(String, UnixTime)>, RegistryError> {
    let rows = db.rows("SELECT id, last_used FROM key_uses ORDER BY id", Vec::new()).await?;
    all(rows, |row| {
        let id: String = row.take()?;
        let at = Cell { table: "key_uses", column: "last_used", row: &id }.instant(row.take()?)?;
        Ok((id, at))
    })
}

pub(super) async fn publication(db: &dyn Database, name: &str) -> Result<Option<Publication>, RegistryError> {
    let sql = "SELECT name, version, position, signed, bytes FROM publications WHERE name = $1";
    one(db.rows(sql, vec![name.into()]).await?, stored::publication)
}

pub(super) async fn publications(db: &dyn Database) -> Result<Vec<PublicationHead>, RegistryError> {
    let sql = "SELECT name, version, position, signed FROM publications ORDER BY name";
    all(db.rows(sql, Vec::new()).await?, stored::publication_head)
}

pub(super) async fn identity(db: &dyn Database) -> Result<String, RegistryError> {
    let found = one(db.rows("SELECT id FROM identity", Vec::new()).await?, Row::take)?;
    let nothing = Cell { table: "identity", column: "id", row: &1 };
    found.ok_or_else(|| nothing.corrupt())
}

pub(super) async fn ready(db: &dyn Database) -> Result<(), RegistryError> {
    let sql = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success";
    let found = one(db.rows(sql, Vec::new()).await?, Row::take::<i64>)?;
    stored::check_schema(found.unwrap_or_default(), db.schema())
}

/// The row, where there is one, as `read` reads it.
fn one<T>(
    rows: Vec<Row>,
    mut read: impl FnMut(&mut Row) -> Result<T, RegistryError>,
) -> Result<Option<T>, RegistryError> {
    rows.into_iter().next().map(|mut row| read(&mut row)).transpose()
}

pub(super) fn all<T>(
    rows: Vec<Row>,
    mut read: impl FnMut(&mut Row) -> Result<T, RegistryError>,
) -> Result<Vec<T>, RegistryError> {
    rows.into_iter().map(|mut row| read(&mut row)).collect()
}
