//! What is to be told, attempt by attempt.

use shirushi_shared::time::UnixTime;

use super::{Database, Row, Value, counted, first, id as name_of, instant, unsigned};
use crate::registry::{
    RegistryError,
    sql::read::all,
    stored::Cell,
    watch::{Attempt, Delivery, DeliveryState, Due, EndpointId, EventId, Settled, WebhookCounts},
};

const DAY: i64 = 86_400;
/// Days for which something is tried, however long its receiver was paused.
const TRIED: i64 = 30;
/// Days for which what was delivered can be looked at.
const DELIVERED_KEPT: i64 = 7;
/// Days for which a dead letter can be replayed.
const DEAD_KEPT: i64 = 30;
/// Days for which a list's page shows what happened.
const EVENTS_KEPT: i64 = 400;

pub(super) async fn of(
    db: &dyn Database,
    id: &EndpointId,
    state: Option<DeliveryState>,
    after: u64,
    limit: u32,
) -> Result<Vec<Delivery>, RegistryError> {
    let sql = "SELECT sequence, id, number, kind, state, attempts, next_attempt, answer, created, settled
               FROM deliveries WHERE endpoint = $1 AND sequence > $2 AND ($3 = '' OR state = $3)
               ORDER BY sequence LIMIT $4";
    let state = state.map_or("", DeliveryState::as_str);
    let values = vec![id.as_str().into(), unsigned(after), state.into(), i64::from(limit).into()];
    all(db.rows(sql, values).await?, delivery)
}

pub(super) async fn replay(
    db: &dyn Database,
    id: &EndpointId,
    one: Option<&EventId>,
    at: UnixTime,
) -> Result<u64, RegistryError> {
    // `created` begins anew, too: what is replayed has its 30 days again.
    let sql = "UPDATE deliveries SET state = 'pending', attempts = 0, next_attempt = $1, created = $1, settled = NULL
               WHERE endpoint = $2 AND state = 'dead' AND ($3 = '' OR id = $3)";
    let one = one.map_or("", EventId::as_str);
    db.execute(sql, vec![at.as_secs().into(), id.as_str().into(), one.into()]).await
}

pub(super) async fn due(
    db: &dyn Database,
    now: UnixTime,
    limit: u32,
) -> Result<Vec<EndpointId>, RegistryError> {
    let sql = "SELECT e.id FROM endpoints e WHERE e.state = 'active' AND EXISTS
               (SELECT 1 FROM deliveries d WHERE d.endpoint = e.id AND d.state = 'pending' AND d.next_attempt <= $1)
               ORDER BY e.id LIMIT $2";
    let rows = db.rows(sql, vec![now.as_secs().into(), i64::from(limit).into()]).await?;
    all(rows, |row| name_of("endpoints", &row.take::<String>()?, EndpointId::parse))
}

pub(super) async fn next_of(
    db: &dyn Database,
    id: &EndpointId,
    now: UnixTime,
    limit: u32,
) -> Result<Vec<Due>, RegistryError> {
    // What waits behind an earlier delivery of its label is not due, whatever its time says.
    let sql = "SELECT d.sequence, d.id, d.body, d.attempts FROM deliveries d
               WHERE d.endpoint = $1 AND d.state = 'pending' AND d.next_attempt <= $2 AND NOT EXISTS
               (SELECT 1 FROM deliveries b WHERE b.endpoint = d.endpoint AND b.number = d.number
                AND b.state = 'pending' AND b.sequence < d.sequence)
               ORDER BY d.next_attempt, d.sequence LIMIT $3";
    let values = vec![id.as_str().into(), now.as_secs().into(), i64::from(limit).into()];
    all(db.rows(sql, values).await?, |row| {
        let (sequence, id): (i64, String) = (row.take()?, row.take()?);
        Ok(Due {
            sequence: counted(sequence),
            id: name_of("deliveries", &id, EventId::parse)?,
            body: row.take()?,
            attempts: counted(row.take()?),
        })
    })
}

pub(super) async fn claim(db: &dyn Database, due: &Due, until: UnixTime) -> Result<bool, RegistryError> {
    let sql = "UPDATE deliveries SET attempts = attempts + 1, next_attempt = $1
               WHERE sequence = $2 AND attempts = $3 AND state = 'pending'";
    let values = vec![until.as_secs().into(), unsigned(due.sequence), unsigned(due.attempts)];
    Ok(db.execute(sql, values).await? > 0)
}

pub(super) async fn settle(db: &dyn Database, due: &Due, attempt: &Attempt) -> Result<bool, RegistryError> {
    let (state, at) = match attempt.then {
        Settled::Delivered(at) => (DeliveryState::Delivered, at),
        Settled::Again(at) => (DeliveryState::Pending, at),
        Settled::Dead(at) => (DeliveryState::Dead, at),
    };
    let settled = (state != DeliveryState::Pending).then(|| at.as_secs());
    let sql = "UPDATE deliveries SET state = $1, next_attempt = $2, answer = $3, settled = $4
               WHERE sequence = $5 AND attempts = $6 AND state = 'pending'";
    let values = vec![
        state.as_str().into(),
        at.as_secs().into(),
        attempt.answer.as_str().into(),
        Value::Int(settled),
        unsigned(due.sequence),
        unsigned(due.attempts.saturating_add(1)),
    ];
    Ok(db.execute(sql, values).await? > 0)
}

pub(super) async fn tidy(db: &dyn Database, now: UnixTime) -> Result<(), RegistryError> {
    let before = |days: i64| Value::from(now.as_secs() - days * DAY);
    let given_up =
        "UPDATE deliveries SET state = 'dead', settled = $1 WHERE state = 'pending' AND created < $2";
    db.execute(given_up, vec![now.as_secs().into(), before(TRIED)]).await?;
    let delivered = "DELETE FROM deliveries WHERE state = 'delivered' AND settled < $1";
    db.execute(delivered, vec![before(DELIVERED_KEPT)]).await?;
    let dead = "DELETE FROM deliveries WHERE state = 'dead' AND settled < $1";
    db.execute(dead, vec![before(DEAD_KEPT)]).await?;
    db.execute("DELETE FROM watch_events WHERE at < $1", vec![before(EVENTS_KEPT)]).await?;
    Ok(())
}

pub(super) async fn counts(db: &dyn Database) -> Result<WebhookCounts, RegistryError> {
    let sql = "SELECT (SELECT COUNT(*) FROM deliveries WHERE state = 'pending'),
                      (SELECT COUNT(*) FROM deliveries WHERE state = 'dead'),
                      (SELECT COALESCE(MIN(created), 0) FROM deliveries WHERE state = 'pending')";
    let found = first(db.rows(sql, Vec::new()).await?, |row| {
        let (pending, dead) = (counted(row.take()?), counted(row.take()?));
        let oldest = instant("deliveries", "created", row.take()?)?;
        Ok(WebhookCounts { pending, dead, oldest: (pending > 0).then_some(oldest) })
    })?;
    Ok(found.unwrap_or_default())
}

fn delivery(row: &mut Row) -> Result<Delivery, RegistryError> {
    let (sequence, id, number): (i64, String, String) = (row.take()?, row.take()?, row.take()?);
    let (kind, state): (String, String) = (row.take()?, row.take()?);
    let (attempts, next_attempt): (i64, i64) = (row.take()?, row.take()?);
    let answer: Option<String> = row.take()?;
    let (created, settled): (i64, Option<i64>) = (row.take()?, row.take()?);
    Ok(Delivery {
        sequence: counted(sequence),
        state: DeliveryState::parse(&state)
            .ok_or_else(|| Cell { table: "deliveries", column: "state", row: &id }.corrupt())?,
        id: name_of("deliveries", &id, EventId::parse)?,
        number: (!number.is_empty()).then_some(number),
        kind,
        attempts: counted(attempts),
        next_attempt: instant("deliveries", "next_attempt", next_attempt)?,
        answer,
        created: instant("deliveries", "created", created)?,
        settled: settled.map(|at| instant("deliveries", "settled", at)).transpose()?,
    })
}
