//! The verification service: what it can do, where its facts lie, and how it is asked.
//!
//! In reading order; who may use whom stands in ARCHITECTURE.md.

/// Stops asking what does not answer, for a moment.
pub(crate) mod breaker;
/// Labels for print: QR code, SVG, PNG and PDF.
pub mod artwork;
/// Facts with revision and age: trait, backends, conformance suite.
pub mod cache;
/// Settings: flags, environment and file, checked all at once.
pub mod config;
/// The only now().
pub mod clock;
/// Carries committed changes from the registry to the cache.
pub mod outbox;
/// The truth about labels: trait, backends, conformance suite.
pub mod registry;
/// What the service can do: values in, values out.
pub mod service;
/// The route table, and one resource a file.
pub mod http;
/// The log.
pub mod telemetry;
