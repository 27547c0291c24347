//! What is on record about a registration beyond its verdict.

use std::sync::Arc;

use shirushi_shared::label::RegistrationNumber;

use crate::registry::{HistoryEntry, Kind, Registry, RegistryError};

/// Reads records. Cheap to clone.
#[derive(Clone)]
pub struct Records(Arc<dyn Registry>);

impl Records {
    /// What `registry` has on record.
    pub fn new(registry: Arc<dyn Registry>) -> Self {
        Self(registry)
    }

    /// The history of `number`, oldest first; `None` where it is not registered.
    pub async fn history(
        &self,
        number: &RegistrationNumber,
    ) -> Result<Option<Vec<HistoryEntry>>, RegistryError> {
        let history = self.0.history(Kind::Label, number.as_str()).await?;
        Ok((!history.is_empty()).then_some(history))
    }
}
