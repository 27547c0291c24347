//! What the service can do: values in, values out. Knows no HTTP, no SQL, no Redis.

/// API keys and what they allow.
pub mod access;
/// What the operator approves, checked.
pub mod approval;
/// Approved products from a CSV file.
pub mod import;
/// Issuing labels, and changing what they are worth.
pub mod issue;
/// Evidence of a label's status: cache first, registry on a miss.
pub mod status;
/// From what was presented to the verdict.
pub mod verify;
