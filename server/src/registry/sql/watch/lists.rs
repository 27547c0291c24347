//! Lists, what is on them, and what happened to it.

use shirushi_shared::label::RegistrationNumber;

use super::{Database, Row, Transaction, Value, count, counted, first, id as name_of, instant, unsigned};
use crate::registry::{
    RegistryError,
    sql::{
        insert::insert,
        read::{self, all},
    },
    stored::{self, to_signed},
    watch::{EventId, HISTORY, NewWatch, TIME, Watch, WatchEvent, WatchId},
};

const ONE: &str =
    "SELECT l.id, l.owner, l.name, l.created, (SELECT COUNT(*) FROM watched w WHERE w.watch = l.id)
                   FROM watches l WHERE l.id = $1";

pub(super) async fn add(db: &dyn Database, new: &NewWatch, most: u32) -> Result<bool, RegistryError> {
    let mut tx = db.begin().await?;
    let there = "SELECT COUNT(*) FROM watches WHERE owner = $1";
    if count(&mut *tx, there, vec![new.owner.as_str().into()]).await? >= i64::from(most) {
        return Ok(false);
    }
    let sql =
        "INSERT INTO watches (id, owner, name, page_sha256, created, mark) VALUES ($1, $2, $3, $4, $5, 1)";
    let values = vec![
        new.id.as_str().into(),
        new.owner.as_str().into(),
        new.name.as_str().into(),
        new.page_sha256.as_slice().into(),
        new.created.as_secs().into(),
    ];
    tx.execute(sql.to_owned(), values).await?;
    let since = last_position(&mut *tx).await?;
    put(&mut *tx, &new.id, &new.numbers, since, 1).await?;
    // With the first list of all there begins to be something to carry.
    let cursors = [(HISTORY, since), (TIME, new.created.as_secs())];
    let cursors = cursors.iter().map(|(name, value)| [Value::from(*name), (*value).into()]);
    let then = " ON CONFLICT (name) DO NOTHING";
    for (sql, values) in insert("webhook_cursors", &["name", "value"], cursors, then) {
        tx.execute(sql, values).await?;
    }
    tx.commit().await?;
    Ok(true)
}

pub(super) async fn change(
    db: &dyn Database,
    id: &WatchId,
    name: Option<&str>,
    numbers: Option<&[RegistrationNumber]>,
) -> Result<bool, RegistryError> {
    let mut tx = db.begin().await?;
    let rows = tx.rows("SELECT name, mark FROM watches WHERE id = $1", vec![id.as_str().into()]).await?;
    let present = first(rows, |row| Ok((row.take::<String>()?, row.take::<i64>()?)))?;
    let Some((present, mark)) = present else { return Ok(false) };
    let mark = mark.saturating_add(1);
    let sql = "UPDATE watches SET name = $1, mark = $2 WHERE id = $3";
    let values = vec![name.unwrap_or(&present).into(), mark.into(), id.as_str().into()];
    tx.execute(sql.to_owned(), values).await?;
    if let Some(numbers) = numbers {
        let since = last_position(&mut *tx).await?;
        put(&mut *tx, id, numbers, since, mark).await?;
        let others = "DELETE FROM watched WHERE watch = $1 AND mark < $2";
        tx.execute(others.to_owned(), vec![id.as_str().into(), mark.into()]).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Puts `numbers` on a list; what is on it already stays as it is, but for its mark.
async fn put(
    tx: &mut dyn Transaction,
    id: &WatchId,
    numbers: &[RegistrationNumber],
    since: i64,
    mark: i64,
) -> Result<(), RegistryError> {
    let rows = numbers
        .iter()
        .map(|number| [id.as_str().into(), number.as_str().into(), Value::from(since), Value::from(mark)]);
    let then = " ON CONFLICT (watch, number) DO UPDATE SET mark = excluded.mark";
    for (sql, values) in insert("watched", &["watch", "number", "since", "mark"], rows, then) {
        tx.execute(sql, values).await?;
    }
    Ok(())
}

async fn last_position(tx: &mut dyn Transaction) -> Result<i64, RegistryError> {
    count(tx, read::LAST_POSITION, Vec::new()).await
}

pub(super) async fn remove(db: &dyn Database, id: &WatchId) -> Result<bool, RegistryError> {
    let mut tx = db.begin().await?;
    for sql in ["DELETE FROM watched WHERE watch = $1", "DELETE FROM watch_events WHERE watch = $1"] {
        tx.execute(sql.to_owned(), vec![id.as_str().into()]).await?;
    }
    let removed =
        tx.execute("DELETE FROM watches WHERE id = $1".to_owned(), vec![id.as_str().into()]).await?;
    tx.commit().await?;
    Ok(removed > 0)
}

pub(super) async fn one(db: &dyn Database, id: &WatchId) -> Result<Option<Watch>, RegistryError> {
    first(db.rows(ONE, vec![id.as_str().into()]).await?, watch)
}

pub(super) async fn by_page(db: &dyn Database, sha256: &[u8; 32]) -> Result<Option<Watch>, RegistryError> {
    let sql = "SELECT l.id, l.owner, l.name, l.created, (SELECT COUNT(*) FROM watched w WHERE w.watch = l.id)
               FROM watches l WHERE l.page_sha256 = $1";
    first(db.rows(sql, vec![sha256.as_slice().into()]).await?, watch)
}

pub(super) async fn of(db: &dyn Database, owner: &str) -> Result<Vec<Watch>, RegistryError> {
    let sql = "SELECT l.id, l.owner, l.name, l.created, (SELECT COUNT(*) FROM watched w WHERE w.watch = l.id)
               FROM watches l WHERE l.owner = $1 ORDER BY l.created, l.id";
    all(db.rows(sql, vec![owner.into()]).await?, watch)
}

pub(super) async fn numbers(
    db: &dyn Database,
    id: &WatchId,
    after: Option<&RegistrationNumber>,
    limit: u32,
) -> Result<Vec<RegistrationNumber>, RegistryError> {
    let sql = "SELECT number FROM watched WHERE watch = $1 AND number > $2 ORDER BY number LIMIT $3";
    let after = after.map_or("", RegistrationNumber::as_str);
    let rows = db.rows(sql, vec![id.as_str().into(), after.into(), i64::from(limit).into()]).await?;
    all(rows, |row| stored::number("watched", &row.take::<String>()?))
}

pub(super) async fn events_after(
    db: &dyn Database,
    id: &WatchId,
    after: u64,
    limit: u32,
) -> Result<Vec<WatchEvent>, RegistryError> {
    let sql = "SELECT sequence, id, number, kind, at, data FROM watch_events
               WHERE watch = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
    let values = vec![id.as_str().into(), unsigned(after), i64::from(limit).into()];
    all(db.rows(sql, values).await?, event)
}

pub(super) async fn events_before(
    db: &dyn Database,
    id: &WatchId,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<WatchEvent>, RegistryError> {
    let sql = "SELECT sequence, id, number, kind, at, data FROM watch_events
               WHERE watch = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3";
    let before = before.map_or(i64::MAX, to_signed);
    let values = vec![id.as_str().into(), before.into(), i64::from(limit).into()];
    all(db.rows(sql, values).await?, event)
}

fn watch(row: &mut Row) -> Result<Watch, RegistryError> {
    let (id, owner, name): (String, String, String) = (row.take()?, row.take()?, row.take()?);
    Ok(Watch {
        id: name_of("watches", &id, WatchId::parse)?,
        owner,
        name,
        created: instant("watches", "created", row.take()?)?,
        numbers: counted(row.take()?),
    })
}

fn event(row: &mut Row) -> Result<WatchEvent, RegistryError> {
    let (sequence, id, number): (i64, String, String) = (row.take()?, row.take()?, row.take()?);
    Ok(WatchEvent {
        sequence: counted(sequence),
        id: name_of("watch_events", &id, EventId::parse)?,
        number: stored::number("watch_events", &number)?,
        kind: row.take()?,
        at: instant("watch_events", "at", row.take()?)?,
        data: row.take()?,
    })
}
