//! The INSERTs of a registration, many rows a statement.

use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::{
    super::{
        batch::{CHUNK, NewRows},
        stored::to_signed,
    },
    unavailable,
};
use crate::registry::{HistoryEntry, RegistryError};

/// Writes at most [`CHUNK`] registrations with all that belongs to them.
pub(super) async fn registrations(tx: &mut PgConnection, rows: &[NewRows]) -> Result<(), RegistryError> {
    let mut sql = QueryBuilder::new("INSERT INTO registrations (number, document, registered) ");
    sql.push_values(rows, |mut row, rows| {
        row.push_bind(rows.number())
            .push_bind(&rows.document)
            .push_bind(rows.new.registration.registered.as_secs());
    });
    execute(tx, sql).await?;
    status(tx, rows).await?;
    tokens(tx, rows).await?;
    let entries: Vec<_> = rows.iter().map(|rows| (&rows.entry, rows.record.as_str())).collect();
    history(tx, &entries).await?;
    models(tx, rows).await?;
    pre_label_numbers(tx, rows).await
}

/// Writes entries of the history, each with its record as JSON.
pub(super) async fn history(
    tx: &mut PgConnection,
    entries: &[(&HistoryEntry, &str)],
) -> Result<(), RegistryError> {
    let mut sql = QueryBuilder::new(
        "INSERT INTO history (position, number, revision, written_at, actor, what, record, hash) ",
    );
    sql.push_values(entries, |mut row, (entry, record)| {
        row.push_bind(to_signed(entry.position.0))
            .push_bind(entry.record.number.as_str())
            .push_bind(to_signed(entry.record.revision.get()))
            .push_bind(entry.at.as_secs())
            .push_bind(&entry.by.0)
            .push_bind(&entry.what)
            .push_bind(*record)
            .push_bind(entry.hash.to_vec());
    });
    execute(tx, sql).await
}

async fn status(tx: &mut PgConnection, rows: &[NewRows]) -> Result<(), RegistryError> {
    let mut sql = QueryBuilder::new("INSERT INTO status (number, revision, record) ");
    sql.push_values(rows, |mut row, rows| {
        row.push_bind(rows.number())
            .push_bind(to_signed(rows.entry.record.revision.get()))
            .push_bind(&rows.record);
    });
    execute(tx, sql).await
}

async fn tokens(tx: &mut PgConnection, rows: &[NewRows]) -> Result<(), RegistryError> {
    let mut sql = QueryBuilder::new("INSERT INTO tokens (id, number, bytes, registered, status_index) ");
    sql.push_values(rows, |mut row, rows| {
        row.push_bind(rows.new.token.id().as_bytes().to_vec())
            .push_bind(rows.number())
            .push_bind(rows.new.token.as_bytes())
            .push_bind(rows.entry.at.as_secs())
            .push_bind(i64::from(rows.new.status_index.get()));
    });
    execute(tx, sql).await
}

async fn models(tx: &mut PgConnection, rows: &[NewRows]) -> Result<(), RegistryError> {
    let models: Vec<_> = rows
        .iter()
        .flat_map(|rows| rows.new.registration.models().map(|model| (rows.number(), model)))
        .collect();
    for models in models.chunks(CHUNK) {
        let mut sql = QueryBuilder::new("INSERT INTO models (number, product, model, gtin) ");
        sql.push_values(models, |mut row, (number, (product, model))| {
            row.push_bind(*number)
                .push_bind(&product.name)
                .push_bind(&model.number)
                .push_bind(model.gtin.map(|gtin| gtin.to_string()));
        });
        execute(tx, sql).await?;
    }
    Ok(())
}

async fn pre_label_numbers(tx: &mut PgConnection, rows: &[NewRows]) -> Result<(), RegistryError> {
    let numbers: Vec<_> = rows
        .iter()
        .flat_map(|rows| rows.new.pre_label_numbers.iter().map(|before| (rows.number(), before)))
        .collect();
    for numbers in numbers.chunks(CHUNK) {
        let mut sql = QueryBuilder::new("INSERT INTO pre_label_numbers (number, kind, registration) ");
        sql.push_values(numbers, |mut row, (registration, (kind, number))| {
            row.push_bind(number.as_str()).push_bind(kind.as_str()).push_bind(*registration);
        });
        // One application can lead to several registrations: the number is then on record already.
        sql.push(" ON CONFLICT (number) DO NOTHING");
        execute(tx, sql).await?;
    }
    Ok(())
}

async fn execute(tx: &mut PgConnection, mut sql: QueryBuilder<Postgres>) -> Result<(), RegistryError> {
    sql.build().execute(tx).await.map_err(unavailable)?;
    Ok(())
}
