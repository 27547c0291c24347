//! Why a list or an endpoint was not made, changed or shown.

use super::{
    EndpointId, EventId, MAX_ENDPOINTS, MAX_NUMBERS, MAX_OVERLAP_HOURS, MAX_WATCHES, TargetError, WatchId,
    endpoints::MAX_WAITING,
};
use crate::{registry::RegistryError, scheme::access::Denied, webhook::NoSecret};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is none such for this caller.
    #[error("there is no watch list {0}")]
    NoWatch(WatchId),
    /// There is none such for this caller.
    #[error("there is no webhook {0}")]
    NoEndpoint(EndpointId),
    /// The endpoint has no such dead letter.
    #[error("there is no dead delivery {0}")]
    NoDelivery(EventId),
    /// More than [`MAX_WATCHES`].
    #[error("the organisation has {MAX_WATCHES} watch lists: delete one that is not needed")]
    TooManyWatches,
    /// More than [`MAX_NUMBERS`].
    #[error("a watch list holds at most {MAX_NUMBERS} numbers")]
    TooManyNumbers,
    /// More than [`MAX_ENDPOINTS`].
    #[error("the organisation has {MAX_ENDPOINTS} webhooks: delete one that is not needed")]
    TooManyEndpoints,
    /// An address that is not taken.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A longer overlap than [`MAX_OVERLAP_HOURS`].
    #[error("the overlap is 0 to {MAX_OVERLAP_HOURS} hours")]
    Overlap,
    /// Nothing is sent there.
    #[error("the webhook is {0}: resume it first")]
    NotActive(&'static str),
    /// More than enough are under way.
    #[error("{MAX_WAITING} messages are waiting for it already")]
    Waiting,
    /// No randomness, no secret.
    #[error(transparent)]
    Random(#[from] NoSecret),
    /// The registry could not be asked.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}
