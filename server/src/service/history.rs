//! The whole history: exported for auditors, and checked.

use std::sync::Arc;

use serde::Serialize;
use shirushi_shared::{status::StatusRecord, time::UnixTime, token::TokenId};

use crate::registry::{Audit, Fact, HistoryEntry, Known, Position, Registry, RegistryError};

/// Reads and checks the whole history. Cheap to clone.
#[derive(Clone)]
pub struct History(Arc<dyn Registry>);

/// An entry as it is exported: all that is hashed, byte for byte, so that a program of others can verify the chain by
/// the layout that stands in `registry/chain.rs`. It names persons, and holds the hashes of API keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HistoryLine {
    /// Its place in the order of all writes.
    pub position: u64,
    /// When it was written.
    pub at: UnixTime,
    /// Who wrote it.
    pub by: ActorLine,
    /// What happened, as a word.
    pub what: String,
    /// Why, where a reason was given.
    pub why: Option<String>,
    /// The kind of what it is about, as a word.
    pub kind: &'static str,
    /// The name of what it is about.
    pub id: String,
    /// Its revision from then on.
    pub revision: u64,
    /// The status from then on, of a label.
    pub record: Option<StatusRecord>,
    /// The registration, where it was put on record or changed, or the case: JSON as text, as it was hashed.
    pub document: Option<String>,
    /// The layout by which it is hashed.
    pub format: u32,
    /// SHA-256 over the previous entry's hash and this entry, in hexadecimal.
    pub hash: String,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActorLine {
    /// The person, or the part of the service.
    pub name: String,
    /// For which organisation.
    pub organisation: Option<String>,
    /// By which API key.
    pub key: Option<String>,
}

impl History {
    /// The history in `registry`.
    pub fn new(registry: Arc<dyn Registry>) -> Self {
        Self(registry)
    }

    /// The first `limit` entries after `after`, in their order.
    pub async fn lines(&self, after: Position, limit: u32) -> Result<Vec<HistoryLine>, RegistryError> {
        let entries = self.0.entries_after(after, limit).await?;
        Ok(entries.into_iter().map(HistoryLine::from).collect())
    }

    /// Proves the history from `known` on, and that all that is on record is what it says; at one instant, whoever
    /// writes meanwhile.
    pub async fn check(&self, known: Known) -> Result<Audit, RegistryError> {
        self.0.snapshot().await?.audit(known).await
    }
}

impl From<HistoryEntry> for HistoryLine {
    fn from(entry: HistoryEntry) -> Self {
        let (kind, id, revision) = (entry.fact.kind(), entry.fact.id().to_owned(), entry.fact.revision());
        let (record, document) = match entry.fact {
            Fact::Label { record, document } => (Some(record), document),
            Fact::Case { document, .. } => (None, Some(document)),
        };
        Self {
            position: entry.position.0,
            at: entry.at,
            by: ActorLine { name: entry.by.name, organisation: entry.by.organisation, key: entry.by.key },
            what: entry.what,
            why: entry.why,
            kind: kind.as_str(),
            id,
            revision: revision.get(),
            record,
            document,
            format: entry.format,
            hash: TokenId::from_bytes(entry.hash).to_string(),
        }
    }
}
