//! What the service can do: values in, values out. Knows no HTTP, no SQL, no Redis.

/// API keys, who presents them, and what they may do.
pub mod access;
/// Organisations on record.
pub mod organisations;
/// What the operator approves, checked.
pub mod approval;
/// Everything on record in one file, and back.
pub mod backup;
/// Somebody who was recognised, and what they may do.
pub mod caller;
/// Applications, decisions, notices, a holder's standing, and the labels that follow.
pub mod desk;
/// Whether this node can do its work.
pub mod health;
/// The whole history: exported, and checked.
pub mod history;
/// Approved products from a CSV file.
pub mod import;
/// Issuing labels, and changing what they are worth.
pub mod issue;
/// Codes in a photograph.
pub mod photograph;
/// The signed lists: made, published and shown.
pub mod publication;
/// Signed statements of answers, and what they are worth years later.
pub mod receipt;
/// Answers to a file of rows, closed into one file that proves itself.
pub mod pack;
/// What is on record beyond a verdict.
pub mod records;
/// Evidence of a label's status: cache first, registry on a miss.
pub mod status;
/// From what was presented to the verdict.
pub mod verify;
/// Many rows at once.
pub mod bulk;
/// Files that are verified in the background.
pub mod jobs;
/// Lists of labels to be told of, and webhooks.
pub mod watch;

/// Whose a label is.
mod holder;
/// What was read a moment ago.
mod recent;

/// Values of the registry in which services speak to their callers, who do not know the registry itself.
pub use crate::registry::{Actor, Audit, Change, HistoryEntry, Known, Position, RegistryError};
