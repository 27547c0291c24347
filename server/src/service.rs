//! What the service can do: values in, values out. Knows no HTTP, no SQL, no Redis.

/// API keys and what they allow.
pub mod access;
/// What the operator approves, checked.
pub mod approval;
/// Whether this node can do its work.
pub mod health;
/// Approved products from a CSV file.
pub mod import;
/// Issuing labels, and changing what they are worth.
pub mod issue;
/// Codes in a photograph.
pub mod photograph;
/// The signed lists: made, published and shown.
pub mod publication;
/// What is on record beyond a verdict.
pub mod records;
/// Evidence of a label's status: cache first, registry on a miss.
pub mod status;
/// From what was presented to the verdict.
pub mod verify;

/// Values of the registry in which services speak to their callers, who do not know the registry itself.
pub use crate::registry::{Actor, Change, HistoryEntry, RegistryError};
