//! Watch lists and webhooks: who wants to hear of which labels, and what is still to be told.
//!
//! Outside the history, since what somebody watches decides nothing about a label. The history is still the outbox
//! (ADR 0004): a *carrier* reads it after a cursor and puts what concerns somebody into events and deliveries, in one
//! transaction that moves the cursor. So nothing is lost or told twice by a process that is killed, and two carriers at
//! once do not matter: one of them finds the cursor moved (ADR 0025).
//!
//! A delivery is *claimed* before it is sent: its number of attempts is compared and counted up, and it becomes due again
//! later. Of two senders one gets it; of one that is killed, it is due again when the claim has run out.

mod deliveries;
mod id;
mod rows;

pub use deliveries::{
    Attempt, Carried, Delivery, DeliveryState, Due, LabelChange, NewDelivery, Settled, Watcher, WebhookCounts,
};
pub use id::{EndpointId, EventId, NotAnId, WatchId};
pub use rows::{Endpoint, EndpointState, NewEndpoint, NewEvent, NewWatch, SecretBytes, Watch, WatchEvent};

use async_trait::async_trait;
use shirushi_shared::{label::RegistrationNumber, status::StatusRecord, time::UnixTime};

use super::{Position, RegistryError};

/// The cursor over the history.
pub const HISTORY: &str = "history";
/// The cursor over time: up to this second, what happens by itself was told.
pub const TIME: &str = "time";

/// Watch lists, endpoints, events and deliveries.
#[async_trait]
pub trait Watches: Send + Sync + 'static {
    /// Puts a list on record, watching from now on; false where its owner has `most` already.
    async fn add_watch(&self, new: &NewWatch, most: u32) -> Result<bool, RegistryError>;

    /// Gives a list another name, other numbers, or both. What stays on it is told of without a gap. False where there is
    /// no such list.
    async fn change_watch(
        &self,
        id: &WatchId,
        name: Option<&str>,
        numbers: Option<&[RegistrationNumber]>,
    ) -> Result<bool, RegistryError>;

    /// Removes a list with its events; what was to be told of it stays to be told. False where there is none.
    async fn remove_watch(&self, id: &WatchId) -> Result<bool, RegistryError>;

    /// The list `id`.
    async fn watch(&self, id: &WatchId) -> Result<Option<Watch>, RegistryError>;

    /// The list whose page has a secret with this SHA-256.
    async fn watch_by_page(&self, sha256: &[u8; 32]) -> Result<Option<Watch>, RegistryError>;

    /// The lists of `owner`, oldest first.
    async fn watches_of(&self, owner: &str) -> Result<Vec<Watch>, RegistryError>;

    /// Up to `limit` numbers of the list after `after`, in their order.
    async fn watched(
        &self,
        id: &WatchId,
        after: Option<&RegistrationNumber>,
        limit: u32,
    ) -> Result<Vec<RegistrationNumber>, RegistryError>;

    /// Up to `limit` events of the list after `after`, oldest first.
    async fn events_after(
        &self,
        id: &WatchId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<WatchEvent>, RegistryError>;

    /// Up to `limit` events of the list before `before`, newest first.
    async fn events_before(
        &self,
        id: &WatchId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<WatchEvent>, RegistryError>;

    /// Puts an endpoint on record, active; false where its owner has `most` already.
    async fn add_endpoint(&self, new: &NewEndpoint, most: u32) -> Result<bool, RegistryError>;

    /// The endpoint `id`.
    async fn endpoint(&self, id: &EndpointId) -> Result<Option<Endpoint>, RegistryError>;

    /// The endpoints of `owner`, oldest first.
    async fn endpoints_of(&self, owner: &str) -> Result<Vec<Endpoint>, RegistryError>;

    /// From now on `secret` signs, and until `overlap` the present one as well. False where there is none.
    async fn rotate_endpoint(
        &self,
        id: &EndpointId,
        secret: &SecretBytes,
        overlap: UnixTime,
    ) -> Result<bool, RegistryError>;

    /// Sets an endpoint's state. One that is disabled gives up all that it was still to be told. False where there is
    /// none.
    async fn set_endpoint(
        &self,
        id: &EndpointId,
        state: EndpointState,
        at: UnixTime,
    ) -> Result<bool, RegistryError>;

    /// Removes an endpoint with its deliveries. False where there is none.
    async fn remove_endpoint(&self, id: &EndpointId) -> Result<bool, RegistryError>;

    /// Up to `limit` deliveries of the endpoint after `after`, in order; with `state`, those alone.
    async fn deliveries(
        &self,
        id: &EndpointId,
        state: Option<DeliveryState>,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Delivery>, RegistryError>;

    /// Makes dead deliveries of the endpoint due again, with all their attempts before them: all of them, or the one
    /// with this webhook-id. How many there were.
    async fn replay(
        &self,
        id: &EndpointId,
        one: Option<&EventId>,
        at: UnixTime,
    ) -> Result<u64, RegistryError>;

    /// Where a cursor stands; `None` before the first list, when there is nothing to carry.
    async fn cursor(&self, name: &str) -> Result<Option<u64>, RegistryError>;

    /// The changes of labels among the next `limit` positions after `after`, in order, and the last of these positions.
    async fn label_changes(
        &self,
        after: Position,
        limit: u32,
    ) -> Result<(Vec<LabelChange>, Position), RegistryError>;

    /// The lists that hold any of `numbers`.
    async fn watchers(&self, numbers: &[RegistrationNumber]) -> Result<Vec<Watcher>, RegistryError>;

    /// Of each of `owners`, the endpoints that are not disabled.
    async fn receivers(&self, owners: &[String]) -> Result<Vec<(String, EndpointId)>, RegistryError>;

    /// Writes events and deliveries and moves the cursor, all or nothing; false where the cursor is not where it was, and
    /// somebody else has carried them. An event or delivery that is there already stays as it is; one for a list or an
    /// endpoint that was removed meanwhile is left out.
    async fn carry(&self, carried: &Carried) -> Result<bool, RegistryError>;

    /// Up to `limit` watched labels after `after` in the order of their numbers, each with its present status.
    async fn watched_labels(
        &self,
        after: Option<&RegistrationNumber>,
        limit: u32,
    ) -> Result<Vec<StatusRecord>, RegistryError>;

    /// The active endpoints that have deliveries due at `now`.
    async fn due(&self, now: UnixTime, limit: u32) -> Result<Vec<EndpointId>, RegistryError>;

    /// Up to `limit` deliveries of the endpoint that are due at `now`: of each label the first that is pending, and no
    /// other.
    async fn next_of(&self, id: &EndpointId, now: UnixTime, limit: u32) -> Result<Vec<Due>, RegistryError>;

    /// Begins an attempt at a delivery, which is due again at `until` unless it is settled; false where somebody else
    /// has.
    async fn claim(&self, due: &Due, until: UnixTime) -> Result<bool, RegistryError>;

    /// Says what the attempt that was claimed came to; false where it is no longer ours.
    async fn settle(&self, due: &Due, attempt: &Attempt) -> Result<bool, RegistryError>;

    /// Gives up what has been pending for 30 days, and removes what is older than anybody looks at: deliveries that were
    /// made after 7 days, dead ones after 30, events after 400.
    async fn tidy(&self, now: UnixTime) -> Result<(), RegistryError>;

    /// What is to be told, for the metrics.
    async fn webhook_counts(&self) -> Result<WebhookCounts, RegistryError>;
}
