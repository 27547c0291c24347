//! What the service can do: values in, values out. Knows no HTTP, no SQL and no Redis.

/// What is known of a label's status, and how old that is: cache first, then the registry.
pub mod status;
