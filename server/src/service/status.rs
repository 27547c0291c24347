//! Evidence of a label's status.
use std::sync::Arc;

use shirushi_shared::{
    label::RegistrationNumber,
    status::{StatusEvidence, StatusSource},
    time::UnixTime,
};

use crate::{clock::SystemClock, registry::Registry};

/// Reads evidence from the registry.
#[derive(Clone)]
pub struct StatusReader {
    registry: Arc<dyn Registry>,
    clock: SystemClock,
}

impl StatusReader {
    /// A reader of `registry`.
    pub fn new(registry: Arc<dyn Registry>, clock: SystemClock) -> Self {
        Self { registry, clock }
    }

    /// What is known of `number`, now or at a past instant.
    pub async fn evidence(&self, number: &RegistrationNumber, as_of: Option<UnixTime>) -> StatusEvidence {
        let now = self.clock.now();
        let found = match as_of {
            Some(at) => self.registry.status_at(number, at).await,
            None => self.registry.status(number).await,
        };
        match found {
            Ok(Some(record)) => StatusEvidence::Record { record, as_of: now, source: StatusSource::Registry },
            Ok(None) => StatusEvidence::Unregistered { as_of: now, source: StatusSource::Registry },
            Err(_) => StatusEvidence::None,
        }
    }
}
