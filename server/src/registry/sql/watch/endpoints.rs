//! Where organisations want to be told.

use shirushi_shared::time::UnixTime;

use super::{Database, Row, count, first, id as name_of, instant};
use crate::registry::{
    RegistryError,
    sql::read::all,
    stored::Cell,
    watch::{Endpoint, EndpointId, EndpointState, NewEndpoint, SecretBytes},
};

pub(super) async fn add(db: &dyn Database, new: &NewEndpoint, most: u32) -> Result<bool, RegistryError> {
    let mut tx = db.begin().await?;
    let there = "SELECT COUNT(*) FROM endpoints WHERE owner = $1";
    if count(&mut *tx, there, vec![new.owner.as_str().into()]).await? >= i64::from(most) {
        return Ok(false);
    }
    let sql =
        "INSERT INTO endpoints (id, owner, url, secret, state, created) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = vec![
        new.id.as_str().into(),
        new.owner.as_str().into(),
        new.url.as_str().into(),
        new.secret.expose().into(),
        EndpointState::Active.as_str().into(),
        new.created.as_secs().into(),
    ];
    tx.execute(sql.to_owned(), values).await?;
    tx.commit().await?;
    Ok(true)
}

pub(super) async fn one(db: &dyn Database, id: &EndpointId) -> Result<Option<Endpoint>, RegistryError> {
    let sql = "SELECT id, owner, url, secret, previous, previous_until, state, created FROM endpoints
               WHERE id = $1";
    first(db.rows(sql, vec![id.as_str().into()]).await?, endpoint)
}

pub(super) async fn of(db: &dyn Database, owner: &str) -> Result<Vec<Endpoint>, RegistryError> {
    let sql = "SELECT id, owner, url, secret, previous, previous_until, state, created FROM endpoints
               WHERE owner = $1 ORDER BY created, id";
    all(db.rows(sql, vec![owner.into()]).await?, endpoint)
}

pub(super) async fn rotate(
    db: &dyn Database,
    id: &EndpointId,
    secret: &SecretBytes,
    overlap: UnixTime,
) -> Result<bool, RegistryError> {
    let sql = "UPDATE endpoints SET previous = secret, previous_until = $1, secret = $2 WHERE id = $3";
    let values = vec![overlap.as_secs().into(), secret.expose().into(), id.as_str().into()];
    Ok(db.execute(sql, values).await? > 0)
}

pub(super) async fn set(
    db: &dyn Database,
    id: &EndpointId,
    state: EndpointState,
    at: UnixTime,
) -> Result<bool, RegistryError> {
    let mut tx = db.begin().await?;
    let sql = "UPDATE endpoints SET state = $1 WHERE id = $2";
    let found = tx.execute(sql.to_owned(), vec![state.as_str().into(), id.as_str().into()]).await? > 0;
    if found && state == EndpointState::Disabled {
        let sql =
            "UPDATE deliveries SET state = 'dead', settled = $1 WHERE endpoint = $2 AND state = 'pending'";
        tx.execute(sql.to_owned(), vec![at.as_secs().into(), id.as_str().into()]).await?;
    }
    tx.commit().await?;
    Ok(found)
}

pub(super) async fn remove(db: &dyn Database, id: &EndpointId) -> Result<bool, RegistryError> {
    let mut tx = db.begin().await?;
    let deliveries = "DELETE FROM deliveries WHERE endpoint = $1";
    tx.execute(deliveries.to_owned(), vec![id.as_str().into()]).await?;
    let removed =
        tx.execute("DELETE FROM endpoints WHERE id = $1".to_owned(), vec![id.as_str().into()]).await?;
    tx.commit().await?;
    Ok(removed > 0)
}

fn endpoint(row: &mut Row) -> Result<Endpoint, RegistryError> {
    let (id, owner, url): (String, String, String) = (row.take()?, row.take()?, row.take()?);
    let secret = SecretBytes::new(row.take()?);
    let (previous, until): (Option<Vec<u8>>, Option<i64>) = (row.take()?, row.take()?);
    let until = until.map(|until| instant("endpoints", "previous_until", until)).transpose()?;
    let state: String = row.take()?;
    Ok(Endpoint {
        state: EndpointState::parse(&state)
            .ok_or_else(|| Cell { table: "endpoints", column: "state", row: &id }.corrupt())?,
        id: name_of("endpoints", &id, EndpointId::parse)?,
        owner,
        url,
        secret,
        previous: previous.map(SecretBytes::new).zip(until),
        created: instant("endpoints", "created", row.take()?)?,
    })
}
