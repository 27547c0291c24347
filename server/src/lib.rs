//! The verification service: what it can do, where its facts lie, and how it is asked.
//!
//! In reading order; who may use whom stands in ARCHITECTURE.md.

/// Stops asking what does not answer, for a moment.
pub(crate) mod breaker;
/// Facts with revision and age: trait, backends, conformance suite.
pub mod cache;
/// The only now().
pub mod clock;
/// Carries committed changes from the registry to the cache.
pub mod outbox;
/// The truth about labels: trait, backends, conformance suite.
pub mod registry;
/// What the service can do: values in, values out.
pub mod service;
/// Real servers for tests.
#[cfg(test)]
mod started;
