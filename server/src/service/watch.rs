//! Watch lists and webhooks: which labels somebody wants to hear of, and how they are told when one changes.
//!
//! Lists and endpoints belong to an organisation and are for its own people alone. They are outside the history: what a
//! shop watches decides nothing about a label. A [`Courier`] at every node carries what is committed into events and
//! deliveries, and makes the deliveries, each of them at least once and those of one label in order (ADR 0025).

mod carrier;
mod courier;
mod endpoints;
mod error;
mod event;
mod lists;
mod parts;
mod sending;
mod sweep;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio::sync::Notify;

pub use self::{
    courier::Courier,
    endpoints::{MAX_OVERLAP_HOURS, Made},
    error::WatchError,
    event::{Happening, Seen, Told},
    lists::{ListPage, MadeWatch, PageSecret},
    parts::{Parts, Retry, Telling},
};
use crate::{
    clock::SystemClock,
    registry::watch::Watches,
    scheme::{access::Action, organisation::OrganisationId},
    service::caller::Caller,
};
pub use crate::{
    registry::watch::{
        Delivery, DeliveryState, Endpoint, EndpointId, EndpointState, EventId, NotAnId, Watch, WatchId,
        WebhookCounts,
    },
    webhook::{Allowed, NotAllowed, TargetError},
};

/// Most lists of an organisation.
pub const MAX_WATCHES: u32 = 100;
/// Most numbers on a list.
pub const MAX_NUMBERS: usize = 50_000;
/// Most endpoints of an organisation: each is told of every change.
pub const MAX_ENDPOINTS: u32 = 10;

/// Lists and endpoints. Cheap to clone.
#[derive(Clone)]
pub struct WatchLists {
    watches: Arc<dyn Watches>,
    clock: SystemClock,
    allowed: Allowed,
    origin: Arc<str>,
    /// Tells the courier of this node that there is something to be sent.
    woken: Arc<Notify>,
}

impl WatchLists {
    /// Those on record in `watches`, of a service at `origin`; beside the public internet, `allowed` may be told.
    pub fn new(watches: Arc<dyn Watches>, clock: SystemClock, origin: &str, allowed: Allowed) -> Self {
        Self { watches, clock, allowed, origin: origin.into(), woken: Arc::default() }
    }

    /// Whoever waits for something to be sent.
    pub fn woken(&self) -> Arc<Notify> {
        Arc::clone(&self.woken)
    }
}

/// Whether the caller may do `action` to what belongs to `owner`.
fn may(caller: &Caller, action: Action, owner: &str) -> bool {
    OrganisationId::parse(owner).is_ok_and(|owner| caller.may(action, Some(&owner)).is_ok())
}
