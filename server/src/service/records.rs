//! What is on record about a registration beyond its verdict.

use std::sync::Arc;

use shirushi_shared::{label::RegistrationNumber, status::Revision};

use crate::registry::{HistoryEntry, Kind, Registry, RegistryError};

/// Reads records. Cheap to clone.
#[derive(Clone)]
pub struct Records(Arc<dyn Registry>);

/// A part of a label's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// Entries, oldest first.
    pub entries: Vec<HistoryEntry>,
    /// Whether there are entries after these.
    pub more: bool,
}

impl Records {
    /// Most entries that are read at once.
    pub const MOST: u32 = 100;

    /// What `registry` has on record.
    pub fn new(registry: Arc<dyn Registry>) -> Self {
        Self(registry)
    }

    /// The first `limit` entries, at most [`Self::MOST`], of the history of `number` after revision `after`; `None` where
    /// it is not registered.
    pub async fn history(
        &self,
        number: &RegistrationNumber,
        after: Revision,
        limit: u32,
    ) -> Result<Option<HistoryPage>, RegistryError> {
        let limit = limit.min(Self::MOST);
        let mut entries = self.0.history_after(Kind::Label, number.as_str(), after, limit + 1).await?;
        if entries.is_empty() && self.0.status(number).await?.is_none() {
            return Ok(None);
        }
        let more = entries.len() > limit as usize;
        entries.truncate(limit as usize);
        Ok(Some(HistoryPage { entries, more }))
    }
}
