//! Refusals of watch lists and webhooks.

use shirushi_shared::api::ProblemType;

use super::Refusal;
use crate::service::{access::AccessError, watch::WatchError};

impl From<WatchError> for Refusal {
    fn from(error: WatchError) -> Self {
        match error {
            WatchError::Denied(denied) => AccessError::Denied(denied).into(),
            WatchError::NoWatch(_) | WatchError::NoEndpoint(_) | WatchError::NoDelivery(_) => {
                Self::new(ProblemType::NotFound, error)
            }
            WatchError::TooManyWatches
            | WatchError::TooManyEndpoints
            | WatchError::Waiting
            | WatchError::NotActive(_) => Self::new(ProblemType::Conflict, error),
            WatchError::TooManyNumbers => Self::of_field("numbers", &error),
            WatchError::Target(_) => Self::of_field("url", &error),
            WatchError::Overlap => Self::of_field("overlap_hours", &error),
            WatchError::Random(_) => Self::internal(&error),
            WatchError::Registry(error) => error.into(),
        }
    }
}
