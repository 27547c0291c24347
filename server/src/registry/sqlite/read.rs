//! Readings, each one statement: it sees one commit, whole.

use shirushi_shared::{
    label::{PreLabelNumber, RegistrationNumber},
    registration::{Gtin, Registration},
    status::StatusRecord,
    time::UnixTime,
    token::{StatusIndex, Token},
};
use sqlx::{SqliteExecutor, SqlitePool, query_as, query_scalar};

use super::{super::stored, unavailable};
use crate::registry::{ApiKeyRecord, HistoryEntry, Position, RegistryError};

pub(super) async fn registration(
    db: &SqlitePool,
    number: &RegistrationNumber,
) -> Result<Option<Registration>, RegistryError> {
    let document: Option<String> = query_scalar("SELECT document FROM registrations WHERE number = ?")
        .bind(number.as_str())
        .fetch_optional(db)
        .await
        .map_err(unavailable)?;
    document.map(|json| stored::registration(number, &json)).transpose()
}

pub(super) async fn status(
    db: impl SqliteExecutor<'_>,
    number: &RegistrationNumber,
) -> Result<Option<StatusRecord>, RegistryError> {
    let row: Option<stored::StatusRow> =
        query_as("SELECT number, revision, record FROM status WHERE number = ?")
            .bind(number.as_str())
            .fetch_optional(db)
            .await
            .map_err(unavailable)?;
    row.as_ref().map(stored::status).transpose()
}

pub(super) async fn status_at(
    db: &SqlitePool,
    number: &RegistrationNumber,
    at: UnixTime,
) -> Result<Option<StatusRecord>, RegistryError> {
    let row: Option<stored::ChangeRow> = query_as(
        "SELECT position, number, revision, record FROM history
         WHERE number = ? AND written_at <= ? ORDER BY revision DESC LIMIT 1",
    )
    .bind(number.as_str())
    .bind(at.as_secs())
    .fetch_optional(db)
    .await
    .map_err(unavailable)?;
    row.map(|row| stored::change(&row).map(|(_, record)| record)).transpose()
}

pub(super) async fn history(
    db: &SqlitePool,
    number: &RegistrationNumber,
) -> Result<Vec<HistoryEntry>, RegistryError> {
    let rows: Vec<stored::HistoryRow> = query_as(
        "SELECT position, number, revision, written_at, actor, what, record, hash FROM history
         WHERE number = ? ORDER BY revision",
    )
    .bind(number.as_str())
    .fetch_all(db)
    .await
    .map_err(unavailable)?;
    rows.into_iter().map(stored::history_entry).collect()
}

pub(super) async fn entries_after(
    db: &SqlitePool,
    position: Position,
    limit: u32,
) -> Result<Vec<HistoryEntry>, RegistryError> {
    let rows: Vec<stored::HistoryRow> = query_as(
        "SELECT position, number, revision, written_at, actor, what, record, hash FROM history
         WHERE position > ? ORDER BY position LIMIT ?",
    )
    .bind(stored::to_signed(position.0))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await
    .map_err(unavailable)?;
    rows.into_iter().map(stored::history_entry).collect()
}

pub(super) async fn changes_after(
    db: &SqlitePool,
    position: Position,
    limit: u32,
) -> Result<Vec<(Position, StatusRecord)>, RegistryError> {
    let rows: Vec<stored::ChangeRow> = query_as(
        "SELECT position, number, revision, record FROM history
         WHERE position > ? ORDER BY position LIMIT ?",
    )
    .bind(stored::to_signed(position.0))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await
    .map_err(unavailable)?;
    rows.iter().map(stored::change).collect()
}

pub(super) async fn last_position(db: &SqlitePool) -> Result<Position, RegistryError> {
    let last: i64 = query_scalar("SELECT COALESCE(MAX(position), 0) FROM history")
        .fetch_one(db)
        .await
        .map_err(unavailable)?;
    stored::position(last)
}

pub(super) async fn token(
    db: &SqlitePool,
    number: &RegistrationNumber,
) -> Result<Option<Token>, RegistryError> {
    let bytes: Option<Vec<u8>> =
        query_scalar("SELECT bytes FROM tokens WHERE number = ? ORDER BY registered DESC LIMIT 1")
            .bind(number.as_str())
            .fetch_optional(db)
            .await
            .map_err(unavailable)?;
    bytes.map(|bytes| stored::token(number, bytes)).transpose()
}

pub(super) async fn pre_label_number(
    db: &SqlitePool,
    number: &RegistrationNumber,
) -> Result<Option<PreLabelNumber>, RegistryError> {
    let kind: Option<String> = query_scalar("SELECT kind FROM pre_label_numbers WHERE number = ?")
        .bind(number.as_str())
        .fetch_optional(db)
        .await
        .map_err(unavailable)?;
    kind.map(|kind| stored::pre_label_number(number, &kind)).transpose()
}

pub(super) async fn status_index_taken(db: &SqlitePool, index: StatusIndex) -> Result<bool, RegistryError> {
    let found: Option<String> = query_scalar("SELECT number FROM tokens WHERE status_index = ?")
        .bind(i64::from(index.get()))
        .fetch_optional(db)
        .await
        .map_err(unavailable)?;
    Ok(found.is_some())
}

pub(super) async fn by_gtin(db: &SqlitePool, gtin: Gtin) -> Result<Vec<RegistrationNumber>, RegistryError> {
    let numbers: Vec<String> =
        query_scalar("SELECT DISTINCT number FROM models WHERE gtin = ? ORDER BY number")
            .bind(gtin.to_string())
            .fetch_all(db)
            .await
            .map_err(unavailable)?;
    numbers.iter().map(|number| stored::number("models", number)).collect()
}

pub(super) async fn numbers(
    db: &SqlitePool,
    after: Option<&RegistrationNumber>,
    limit: u32,
) -> Result<Vec<RegistrationNumber>, RegistryError> {
    let numbers: Vec<String> =
        query_scalar("SELECT number FROM registrations WHERE number > ? ORDER BY number LIMIT ?")
            .bind(after.map_or("", RegistrationNumber::as_str))
            .bind(i64::from(limit))
            .fetch_all(db)
            .await
            .map_err(unavailable)?;
    numbers.iter().map(|number| stored::number("registrations", number)).collect()
}

pub(super) async fn api_key(db: &SqlitePool, id: &str) -> Result<Option<ApiKeyRecord>, RegistryError> {
    let row: Option<stored::ApiKeyRow> =
        query_as("SELECT id, name, secret_sha256, scopes, created, revoked FROM api_keys WHERE id = ?")
            .bind(id)
            .fetch_optional(db)
            .await
            .map_err(unavailable)?;
    row.map(stored::api_key).transpose()
}

pub(super) async fn api_keys(db: &SqlitePool) -> Result<Vec<ApiKeyRecord>, RegistryError> {
    let rows: Vec<stored::ApiKeyRow> = query_as(
        "SELECT id, name, secret_sha256, scopes, created, revoked FROM api_keys ORDER BY created, id",
    )
    .fetch_all(db)
    .await
    .map_err(unavailable)?;
    rows.into_iter().map(stored::api_key).collect()
}

pub(super) async fn ready(db: &SqlitePool) -> Result<(), RegistryError> {
    let version: i64 = query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success")
        .fetch_one(db)
        .await
        .map_err(unavailable)?;
    stored::check_schema(version, &super::MIGRATIONS)
}
