//! Writes, each one transaction under the write lock.

use shirushi_shared::time::UnixTime;

use super::{Database, Transaction, insert, read};
use crate::registry::{
    Actor, Change, NewRegistration, Publication, RegistryError, Write, Written,
    batch::{self, ChangedRow, Present},
    chain::Head,
    stored::{self, to_signed},
};

pub(super) async fn commit(
    db: &dyn Database,
    writes: Vec<Write>,
    by: &Actor,
    at: UnixTime,
) -> Result<Vec<Written>, RegistryError> {
    batch::check_distinct(&writes)?;
    let mut tx = db.begin().await?;
    let mut read = Vec::with_capacity(writes.len());
    for write in writes {
        let present = present(&mut *tx, &write).await?;
        read.push((write, present));
    }
    let rows = batch::rows(read, head(&mut *tx).await?, by, at)?;
    execute(&mut *tx, insert::registrations(&rows.new)).await?;
    for row in &rows.changed {
        change(&mut *tx, row).await?;
    }
    let opened: Vec<_> = rows.cases.iter().filter(|row| row.write.expected.is_none()).collect();
    execute(&mut *tx, insert::cases(&opened, at.as_secs())).await?;
    for row in rows.cases.iter().filter(|row| row.write.expected.is_some()) {
        change_case(&mut *tx, row, at).await?;
    }
    execute(&mut *tx, insert::history(&rows.history)).await?;
    tx.commit().await?;
    Ok(rows.written)
}

async fn execute(tx: &mut dyn Transaction, statements: Vec<insert::Statement>) -> Result<(), RegistryError> {
    for (sql, values) in statements {
        tx.execute(sql, values).await?;
    }
    Ok(())
}

/// What is on record of `write`. The transaction holds the write lock: what is so now stays so until it commits.
async fn present(tx: &mut dyn Transaction, write: &Write) -> Result<Present, RegistryError> {
    match write {
        Write::Register(new) => {
            check_free(tx, new).await?;
            Ok(Present::Nothing)
        }
        Write::Change { number, change, .. } => {
            let Some(record) = read::status_in(tx, number).await? else {
                return Ok(Present::Nothing);
            };
            let registration = match change {
                Change::State(_) | Change::Expiry { .. } => None,
                Change::Products(_) | Change::Succeeded { .. } => read::registration_in(tx, number).await?,
            };
            Ok(Present::Label(Box::new(record), registration.map(Box::new)))
        }
        Write::Case(case) => {
            let present = read::case_in(tx, case.kind, &case.id).await?;
            Ok(present.map_or(Present::Nothing, |case| Present::Case(Box::new(case))))
        }
    }
}

/// Asked beforehand, and not read out of a failed INSERT, so that the answer can name the number.
async fn check_free(tx: &mut dyn Transaction, new: &NewRegistration) -> Result<(), RegistryError> {
    let number = &new.registration.number;
    let sql = "SELECT (SELECT COUNT(*) FROM registrations WHERE number = $1),
                      (SELECT COUNT(*) FROM tokens WHERE status_index = $2 OR id = $3)";
    let values = vec![
        number.as_str().into(),
        i64::from(new.status_index.get()).into(),
        new.token.id().as_bytes().as_slice().into(),
    ];
    for mut row in tx.rows(sql, values).await? {
        if row.take::<i64>()? > 0 {
            return Err(RegistryError::AlreadyRegistered(number.clone()));
        }
        if row.take::<i64>()? > 0 {
            return Err(RegistryError::StatusIndexTaken);
        }
    }
    Ok(())
}

async fn change(tx: &mut dyn Transaction, row: &ChangedRow) -> Result<(), RegistryError> {
    let number = row.record.number.as_str();
    let values = vec![to_signed(row.record.revision.get()).into(), row.json.as_str().into(), number.into()];
    tx.execute("UPDATE status SET revision = $1, record = $2 WHERE number = $3".to_owned(), values).await?;
    if let Some((registration, document)) = &row.revised {
        let values = vec![document.as_str().into(), number.into()];
        tx.execute("UPDATE registrations SET document = $1 WHERE number = $2".to_owned(), values).await?;
        tx.execute("DELETE FROM models WHERE number = $1".to_owned(), vec![number.into()]).await?;
        execute(tx, insert::models(std::iter::once(registration))).await?;
    }
    Ok(())
}

async fn change_case(
    tx: &mut dyn Transaction,
    row: &batch::CaseRow,
    at: UnixTime,
) -> Result<(), RegistryError> {
    let case = &row.write;
    let sql =
        "UPDATE cases SET revision = $1, owner = $2, number = $3, state = $4, document = $5, changed = $6
               WHERE kind = $7 AND id = $8";
    let values = vec![
        to_signed(row.revision.get()).into(),
        case.owner.clone().into(),
        case.number.as_ref().map(|number| number.as_str().to_owned()).into(),
        case.state.as_str().into(),
        case.document.as_str().into(),
        at.as_secs().into(),
        case.kind.as_str().into(),
        case.id.as_str().into(),
    ];
    tx.execute(sql.to_owned(), values).await?;
    Ok(())
}

async fn head(tx: &mut dyn Transaction) -> Result<Head, RegistryError> {
    let sql = "SELECT position, hash FROM history ORDER BY position DESC LIMIT 1";
    let last = tx.rows(sql, Vec::new()).await?.into_iter().next();
    last.map_or(Ok(Head::GENESIS), |mut row| stored::head(&mut row))
}

pub(super) async fn note_use(db: &dyn Database, key: &str, at: UnixTime) -> Result<(), RegistryError> {
    let sql = "INSERT INTO key_uses (id, last_used) VALUES ($1, $2)
               ON CONFLICT (id) DO UPDATE SET last_used = excluded.last_used
               WHERE key_uses.last_used < excluded.last_used";
    db.execute(sql, vec![key.into(), at.as_secs().into()]).await?;
    Ok(())
}

pub(super) async fn lease(
    db: &dyn Database,
    name: &str,
    holder: &str,
    now: UnixTime,
    until: UnixTime,
) -> Result<bool, RegistryError> {
    let sql = "INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3)
               ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
               WHERE leases.holder = excluded.holder OR leases.until <= $4";
    let values = vec![name.into(), holder.into(), until.as_secs().into(), now.as_secs().into()];
    Ok(db.execute(sql, values).await? > 0)
}

pub(super) async fn publish(db: &dyn Database, publications: &[Publication]) -> Result<bool, RegistryError> {
    let sql = "INSERT INTO publications (name, version, position, signed, bytes) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (name) DO UPDATE SET version = excluded.version, position = excluded.position,
               signed = excluded.signed, bytes = excluded.bytes
               WHERE publications.version < excluded.version AND publications.position <= excluded.position";
    let mut tx = db.begin().await?;
    for publication in publications {
        let values = vec![
            publication.name.as_str().into(),
            to_signed(publication.version).into(),
            to_signed(publication.position.0).into(),
            publication.signed.as_secs().into(),
            publication.bytes.as_slice().into(),
        ];
        if tx.execute(sql.to_owned(), values).await? == 0 {
            return Ok(false);
        }
    }
    tx.commit().await?;
    Ok(true)
}
