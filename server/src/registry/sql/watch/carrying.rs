//! From the history to events and deliveries.

use std::collections::BTreeSet;

use shirushi_shared::{label::RegistrationNumber, status::StatusRecord};

use super::{Database, Transaction, Value, count, counted, first, id as name_of, instant, unsigned};
use crate::registry::{
    Position, RegistryError,
    sql::{
        insert::insert,
        many::{among, many},
        read::all,
    },
    stored,
    watch::{Carried, EndpointId, LabelChange, WatchId, Watcher},
};

/// The cursor of sequences.
const SEQUENCE: &str = "sequence";
const CURSOR: &str = "SELECT value FROM webhook_cursors WHERE name = $1";

pub(super) async fn cursor(db: &dyn Database, name: &str) -> Result<Option<u64>, RegistryError> {
    first(db.rows(CURSOR, vec![name.into()]).await?, |row| Ok(counted(row.take()?)))
}

pub(super) async fn label_changes(
    db: &dyn Database,
    after: Position,
    limit: u32,
) -> Result<(Vec<LabelChange>, Position), RegistryError> {
    // Cases have positions too; their documents, which may be long, are not read.
    let sql = "SELECT h.position, h.kind, h.subject, h.revision,
                      CASE WHEN h.kind = 'label' THEN h.record ELSE '' END, h.written_at, h.what, p.record
               FROM history h LEFT JOIN history p
               ON h.kind = 'label' AND p.kind = 'label' AND p.subject = h.subject AND p.revision = h.revision - 1
               WHERE h.position > $1 ORDER BY h.position LIMIT $2";
    let (mut reached, mut changes) = (after, Vec::new());
    for mut row in db.rows(sql, vec![unsigned(after.0), i64::from(limit).into()]).await? {
        let (position, kind, subject): (i64, String, String) = (row.take()?, row.take()?, row.take()?);
        reached = stored::position(position)?;
        let (revision, record, at): (i64, String, i64) = (row.take()?, row.take()?, row.take()?);
        let (what, before): (String, Option<String>) = (row.take()?, row.take()?);
        if kind != "label" {
            continue;
        }
        let read = |revision, json: &str| stored::record("history", &position, &subject, revision, json);
        changes.push(LabelChange {
            position: reached,
            at: instant("history", "written_at", at)?,
            what,
            before: before.map(|json| read(revision.saturating_sub(1), &json)).transpose()?,
            after: read(revision, &record)?,
        });
    }
    Ok((changes, reached))
}

pub(super) async fn watchers(
    db: &dyn Database,
    numbers: &[RegistrationNumber],
) -> Result<Vec<Watcher>, RegistryError> {
    let sql = among!(
        "SELECT w.number, w.watch, l.owner, w.since FROM watched w JOIN watches l ON l.id = w.watch
         WHERE w.number"
    );
    many(
        db,
        sql,
        numbers,
        |number| number.as_str().into(),
        |row| {
            let (number, watch): (String, String) = (row.take()?, row.take()?);
            Ok(Watcher {
                number: stored::number("watched", &number)?,
                watch: name_of("watches", &watch, WatchId::parse)?,
                owner: row.take()?,
                since: Position(counted(row.take()?)),
            })
        },
    )
    .await
}

pub(super) async fn receivers(
    db: &dyn Database,
    owners: &[String],
) -> Result<Vec<(String, EndpointId)>, RegistryError> {
    let sql = among!("SELECT owner, id FROM endpoints WHERE state <> 'disabled' AND owner");
    many(
        db,
        sql,
        owners,
        |owner| owner.as_str().into(),
        |row| {
            let (owner, id): (String, String) = (row.take()?, row.take()?);
            Ok((owner, name_of("endpoints", &id, EndpointId::parse)?))
        },
    )
    .await
}

pub(super) async fn watched_labels(
    db: &dyn Database,
    after: Option<&RegistrationNumber>,
    limit: u32,
) -> Result<Vec<StatusRecord>, RegistryError> {
    let sql = "SELECT s.number, s.revision, s.record FROM status s
               WHERE s.number > $1 AND EXISTS (SELECT 1 FROM watched w WHERE w.number = s.number)
               ORDER BY s.number LIMIT $2";
    let after = after.map_or("", RegistrationNumber::as_str);
    all(db.rows(sql, vec![after.into(), i64::from(limit).into()]).await?, stored::status)
}

pub(super) async fn carry(db: &dyn Database, carried: &Carried) -> Result<bool, RegistryError> {
    let mut tx = db.begin().await?;
    if let Some((name, from, to)) = carried.cursor {
        let sql = "UPDATE webhook_cursors SET value = $1 WHERE name = $2 AND value = $3";
        let moved = tx.execute(sql.to_owned(), vec![unsigned(to), name.into(), unsigned(from)]).await?;
        if moved == 0 {
            return Ok(false);
        }
    }
    let mut sequence = count(&mut *tx, CURSOR, vec![SEQUENCE.into()]).await?;
    let mut next = || {
        sequence = sequence.saturating_add(1);
        sequence
    };
    let lists = there(
        &mut *tx,
        "SELECT COUNT(*) FROM watches WHERE id = $1",
        carried.events.iter().map(|event| event.watch.as_str()),
    )
    .await?;
    let events = carried.events.iter().filter(|event| lists.contains(event.watch.as_str())).map(|event| {
        [
            next().into(),
            event.watch.as_str().into(),
            event.id.as_str().into(),
            event.number.as_str().into(),
            event.kind.into(),
            event.at.as_secs().into(),
            event.data.as_str().into(),
        ]
    });
    let columns = ["sequence", "watch", "id", "number", "kind", "at", "data"];
    let mut statements = insert("watch_events", &columns, events, " ON CONFLICT DO NOTHING");

    let endpoints = there(
        &mut *tx,
        "SELECT COUNT(*) FROM endpoints WHERE id = $1",
        carried.deliveries.iter().map(|delivery| delivery.endpoint.as_str()),
    )
    .await?;
    let deliveries = carried.deliveries.iter().filter(|one| endpoints.contains(one.endpoint.as_str()));
    let deliveries = deliveries.map(|delivery| {
        [
            next().into(),
            delivery.id.as_str().into(),
            delivery.endpoint.as_str().into(),
            Value::from(delivery.number.as_ref().map_or("", RegistrationNumber::as_str)),
            delivery.kind.into(),
            delivery.body.as_str().into(),
            "pending".into(),
            0_i64.into(),
            carried.at.as_secs().into(),
            carried.at.as_secs().into(),
        ]
    });
    let columns = [
        "sequence",
        "id",
        "endpoint",
        "number",
        "kind",
        "body",
        "state",
        "attempts",
        "next_attempt",
        "created",
    ];
    statements.extend(insert("deliveries", &columns, deliveries, " ON CONFLICT DO NOTHING"));
    for (sql, values) in statements {
        tx.execute(sql, values).await?;
    }
    let sql = "INSERT INTO webhook_cursors (name, value) VALUES ($1, $2)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.execute(sql.to_owned(), vec![SEQUENCE.into(), sequence.into()]).await?;
    tx.commit().await?;
    Ok(true)
}

/// Those of `names` of which `sql` finds a row.
async fn there<'n>(
    tx: &mut dyn Transaction,
    sql: &'static str,
    names: impl Iterator<Item = &'n str>,
) -> Result<BTreeSet<&'n str>, RegistryError> {
    let mut found = BTreeSet::new();
    for name in names.collect::<BTreeSet<_>>() {
        if count(tx, sql, vec![name.into()]).await? > 0 {
            found.insert(name);
        }
    }
    Ok(found)
}
