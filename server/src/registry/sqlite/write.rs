//! Writes, each one `BEGIN IMMEDIATE` transaction. One that is dropped half way rolls back.

use shirushi_shared::{
    label::RegistrationNumber,
    status::{Revision, StatusRecord},
    time::UnixTime,
};
use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction, query, query_as};

use super::{
    super::{batch, chain::Head, change, stored},
    insert, read, unavailable,
};
use crate::registry::{Actor, ApiKeyRecord, Change, NewRegistration, RegistryError};

pub(super) async fn register(
    db: &SqlitePool,
    new: Vec<NewRegistration>,
    by: &Actor,
    at: UnixTime,
) -> Result<Vec<StatusRecord>, RegistryError> {
    batch::check_distinct(&new)?;
    let mut tx = begin(db).await?;
    check_free(&mut tx, &new).await?;
    let rows = batch::rows(new, head(&mut tx).await?, by, at)?;
    for rows in rows.chunks(batch::CHUNK) {
        insert::registrations(&mut tx, rows).await?;
    }
    tx.commit().await.map_err(unavailable)?;
    Ok(rows.into_iter().map(|rows| rows.entry.record).collect())
}

pub(super) async fn change(
    db: &SqlitePool,
    number: &RegistrationNumber,
    expected: Option<Revision>,
    change: Change,
    by: &Actor,
    at: UnixTime,
) -> Result<StatusRecord, RegistryError> {
    let mut tx = begin(db).await?;
    let present = read::status(&mut *tx, number).await?;
    let present = change::from_revision(present, number, expected)?;
    let what = change::word(&change);
    let entry = head(&mut tx).await?.append(at, by, what, change::apply(&present, change, at)?);
    let record = stored::to_json(&entry.record)?;
    query("UPDATE status SET revision = ?, record = ? WHERE number = ?")
        .bind(stored::to_signed(entry.record.revision.get()))
        .bind(&record)
        .bind(number.as_str())
        .execute(&mut *tx)
        .await
        .map_err(unavailable)?;
    insert::history(&mut tx, &[(&entry, &record)]).await?;
    tx.commit().await.map_err(unavailable)?;
    Ok(entry.record)
}

pub(super) async fn add_api_key(db: &SqlitePool, key: ApiKeyRecord) -> Result<(), RegistryError> {
    query(
        "INSERT INTO api_keys (id, name, secret_sha256, scopes, created, revoked) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(key.id)
    .bind(key.name)
    .bind(key.secret_sha256.to_vec())
    .bind(stored::to_json(&key.scopes)?)
    .bind(key.created.as_secs())
    .bind(key.revoked.map(UnixTime::as_secs))
    .execute(db)
    .await
    .map_err(unavailable)?;
    Ok(())
}

pub(super) async fn revoke_api_key(db: &SqlitePool, id: &str, at: UnixTime) -> Result<bool, RegistryError> {
    let revoked = query("UPDATE api_keys SET revoked = ? WHERE id = ? AND revoked IS NULL")
        .bind(at.as_secs())
        .bind(id)
        .execute(db)
        .await
        .map_err(unavailable)?;
    Ok(revoked.rows_affected() > 0)
}

async fn begin(db: &SqlitePool) -> Result<Transaction<'static, Sqlite>, RegistryError> {
    db.begin_with("BEGIN IMMEDIATE").await.map_err(unavailable)
}

async fn head(tx: &mut SqliteConnection) -> Result<Head, RegistryError> {
    let last = query_as("SELECT position, hash FROM history ORDER BY position DESC LIMIT 1")
        .fetch_optional(tx)
        .await
        .map_err(unavailable)?;
    stored::head(last)
}

/// Asked beforehand, and not read out of a failed INSERT, so that the answer can name the number. The transaction holds
/// the write lock: what is free now stays free until it commits.
async fn check_free(tx: &mut SqliteConnection, new: &[NewRegistration]) -> Result<(), RegistryError> {
    for new in new {
        let number = &new.registration.number;
        let (number_taken, place_taken): (bool, bool) = query_as(
            "SELECT EXISTS (SELECT 1 FROM registrations WHERE number = ?),
                    EXISTS (SELECT 1 FROM tokens WHERE status_index = ? OR id = ?)",
        )
        .bind(number.as_str())
        .bind(i64::from(new.status_index.get()))
        .bind(new.token.id().as_bytes().to_vec())
        .fetch_one(&mut *tx)
        .await
        .map_err(unavailable)?;
        if number_taken {
            return Err(RegistryError::AlreadyRegistered(number.clone()));
        }
        if place_taken {
            return Err(RegistryError::StatusIndexTaken);
        }
    }
    Ok(())
}
