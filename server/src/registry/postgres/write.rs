//! Writes, each one transaction under the write lock. One that is dropped half way rolls back.

use shirushi_shared::{
    label::RegistrationNumber,
    status::{Revision, StatusRecord},
    time::UnixTime,
};
use sqlx::{PgConnection, PgPool, Postgres, Transaction, query, query_as};

use super::{
    super::{batch, chain::Head, change, stored},
    insert, read, unavailable,
};
use crate::registry::{Actor, ApiKeyRecord, Change, NewRegistration, RegistryError};

pub(super) async fn register(
    db: &PgPool,
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
    db: &PgPool,
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
    query("UPDATE status SET revision = $1, record = $2 WHERE number = $3")
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

pub(super) async fn add_api_key(db: &PgPool, key: ApiKeyRecord) -> Result<(), RegistryError> {
    query(
        "INSERT INTO api_keys (id, name, secret_sha256, scopes, created, revoked) VALUES ($1, $2, $3, $4, $5, $6)",
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

pub(super) async fn revoke_api_key(db: &PgPool, id: &str, at: UnixTime) -> Result<bool, RegistryError> {
    let revoked = query("UPDATE api_keys SET revoked = $1 WHERE id = $2 AND revoked IS NULL")
        .bind(at.as_secs())
        .bind(id)
        .execute(db)
        .await
        .map_err(unavailable)?;
    Ok(revoked.rows_affected() > 0)
}

/// Begins a write: from here to its end no other one is under way.
async fn begin(db: &PgPool) -> Result<Transaction<'static, Postgres>, RegistryError> {
    /// The lock's name among the advisory locks of the database: "shirushi" in ASCII.
    const WRITES: i64 = 0x7368_6972_7573_6869;
    let mut tx = db.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await.map_err(unavailable)?;
    query("SELECT pg_advisory_xact_lock($1)").bind(WRITES).execute(&mut *tx).await.map_err(unavailable)?;
    Ok(tx)
}

async fn head(tx: &mut PgConnection) -> Result<Head, RegistryError> {
    let last = query_as("SELECT position, hash FROM history ORDER BY position DESC LIMIT 1")
        .fetch_optional(tx)
        .await
        .map_err(unavailable)?;
    stored::head(last)
}

/// Asked beforehand, and not read out of a failed INSERT, so that the answer can name the number. The transaction holds
/// the write lock: what is free now stays free until it commits.
async fn check_free(tx: &mut PgConnection, new: &[NewRegistration]) -> Result<(), RegistryError> {
    for new in new {
        let number = &new.registration.number;
        let (number_taken, place_taken): (bool, bool) = query_as(
            "SELECT EXISTS (SELECT 1 FROM registrations WHERE number = $1),
                    EXISTS (SELECT 1 FROM tokens WHERE status_index = $2 OR id = $3)",
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
