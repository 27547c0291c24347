//! Watch lists, endpoints, events and deliveries, in the SQL that both databases share.

mod carrying;
mod deliveries;
mod endpoints;
mod lists;

use async_trait::async_trait;
use shirushi_shared::{label::RegistrationNumber, status::StatusRecord, time::UnixTime};

use super::{Database, Row, SqlRegistry, Transaction, Value};
use crate::registry::{
    Position, RegistryError,
    stored::{Cell, to_signed},
    watch::{
        Attempt, Carried, Delivery, DeliveryState, Due, Endpoint, EndpointId, EndpointState, EventId,
        LabelChange, NewEndpoint, NewWatch, SecretBytes, Watch, WatchEvent, WatchId, Watcher, Watches,
        WebhookCounts,
    },
};

#[async_trait]
impl<D: Database> Watches for SqlRegistry<D> {
    async fn add_watch(&self, new: &NewWatch, most: u32) -> Result<bool, RegistryError> {
        lists::add(&self.db, new, most).await
    }

    async fn change_watch(
        &self,
        id: &WatchId,
        name: Option<&str>,
        numbers: Option<&[RegistrationNumber]>,
    ) -> Result<bool, RegistryError> {
        lists::change(&self.db, id, name, numbers).await
    }

    async fn remove_watch(&self, id: &WatchId) -> Result<bool, RegistryError> {
        lists::remove(&self.db, id).await
    }

    async fn watch(&self, id: &WatchId) -> Result<Option<Watch>, RegistryError> {
        lists::one(&self.db, id).await
    }

    async fn watch_by_page(&self, sha256: &[u8; 32]) -> Result<Option<Watch>, RegistryError> {
        lists::by_page(&self.db, sha256).await
    }

    async fn watches_of(&self, owner: &str) -> Result<Vec<Watch>, RegistryError> {
        lists::of(&self.db, owner).await
    }

    async fn watched(
        &self,
        id: &WatchId,
        after: Option<&RegistrationNumber>,
        limit: u32,
    ) -> Result<Vec<RegistrationNumber>, RegistryError> {
        lists::numbers(&self.db, id, after, limit).await
    }

    async fn events_after(
        &self,
        id: &WatchId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<WatchEvent>, RegistryError> {
        lists::events_after(&self.db, id, after, limit).await
    }

    async fn events_before(
        &self,
        id: &WatchId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<WatchEvent>, RegistryError> {
        lists::events_before(&self.db, id, before, limit).await
    }

    async fn add_endpoint(&self, new: &NewEndpoint, most: u32) -> Result<bool, RegistryError> {
        endpoints::add(&self.db, new, most).await
    }

    async fn endpoint(&self, id: &EndpointId) -> Result<Option<Endpoint>, RegistryError> {
        endpoints::one(&self.db, id).await
    }

    async fn endpoints_of(&self, owner: &str) -> Result<Vec<Endpoint>, RegistryError> {
        endpoints::of(&self.db, owner).await
    }

    async fn rotate_endpoint(
        &self,
        id: &EndpointId,
        secret: &SecretBytes,
        overlap: UnixTime,
    ) -> Result<bool, RegistryError> {
        endpoints::rotate(&self.db, id, secret, overlap).await
    }

    async fn set_endpoint(
        &self,
        id: &EndpointId,
        state: EndpointState,
        at: UnixTime,
    ) -> Result<bool, RegistryError> {
        endpoints::set(&self.db, id, state, at).await
    }

    async fn remove_endpoint(&self, id: &EndpointId) -> Result<bool, RegistryError> {
        endpoints::remove(&self.db, id).await
    }

    async fn deliveries(
        &self,
        id: &EndpointId,
        state: Option<DeliveryState>,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Delivery>, RegistryError> {
        deliveries::of(&self.db, id, state, after, limit).await
    }

    async fn replay(
        &self,
        id: &EndpointId,
        one: Option<&EventId>,
        at: UnixTime,
    ) -> Result<u64, RegistryError> {
        deliveries::replay(&self.db, id, one, at).await
    }

    async fn cursor(&self, name: &str) -> Result<Option<u64>, RegistryError> {
        carrying::cursor(&self.db, name).await
    }

    async fn label_changes(
        &self,
        after: Position,
        limit: u32,
    ) -> Result<(Vec<LabelChange>, Position), RegistryError> {
        carrying::label_changes(&self.db, after, limit).await
    }

    async fn watchers(&self, numbers: &[RegistrationNumber]) -> Result<Vec<Watcher>, RegistryError> {
        carrying::watchers(&self.db, numbers).await
    }

    async fn receivers(&self, owners: &[String]) -> Result<Vec<(String, EndpointId)>, RegistryError> {
        carrying::receivers(&self.db, owners).await
    }

    async fn carry(&self, carried: &Carried) -> Result<bool, RegistryError> {
        carrying::carry(&self.db, carried).await
    }

    async fn watched_labels(
        &self,
        after: Option<&RegistrationNumber>,
        limit: u32,
    ) -> Result<Vec<StatusRecord>, RegistryError> {
        carrying::watched_labels(&self.db, after, limit).await
    }

    async fn due(&self, now: UnixTime, limit: u32) -> Result<Vec<EndpointId>, RegistryError> {
        deliveries::due(&self.db, now, limit).await
    }

    async fn next_of(&self, id: &EndpointId, now: UnixTime, limit: u32) -> Result<Vec<Due>, RegistryError> {
        deliveries::next_of(&self.db, id, now, limit).await
    }

    async fn claim(&self, due: &Due, until: UnixTime) -> Result<bool, RegistryError> {
        deliveries::claim(&self.db, due, until).await
    }

    async fn settle(&self, due: &Due, attempt: &Attempt) -> Result<bool, RegistryError> {
        deliveries::settle(&self.db, due, attempt).await
    }

    async fn tidy(&self, now: UnixTime) -> Result<(), RegistryError> {
        deliveries::tidy(&self.db, now).await
    }

    async fn webhook_counts(&self) -> Result<WebhookCounts, RegistryError> {
        deliveries::counts(&self.db).await
    }
}

/// The first row, as `read` reads it.
fn first<T>(
    rows: Vec<Row>,
    read: impl FnOnce(&mut Row) -> Result<T, RegistryError>,
) -> Result<Option<T>, RegistryError> {
    rows.into_iter().next().map(|mut row| read(&mut row)).transpose()
}

/// How many rows there are, by a statement that counts them.
async fn count(
    tx: &mut dyn Transaction,
    sql: &'static str,
    values: Vec<Value>,
) -> Result<i64, RegistryError> {
    Ok(first(tx.rows(sql, values).await?, Row::take::<i64>)?.unwrap_or_default())
}

/// A number that counts something, and is never below zero.
fn counted(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// The name of something in a row of `table`.
fn id<T>(
    table: &'static str,
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, crate::registry::watch::NotAnId>,
) -> Result<T, RegistryError> {
    parse(text).map_err(|_| Cell { table, column: "id", row: &text }.corrupt())
}

/// The instant in a row of `table`.
fn instant(table: &'static str, column: &'static str, seconds: i64) -> Result<UnixTime, RegistryError> {
    Cell { table, column, row: &seconds }.instant(seconds)
}

/// A limit or a place in an order.
fn unsigned(number: u64) -> Value {
    to_signed(number).into()
}
