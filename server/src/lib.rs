//! The verification service: what it can do, where its facts lie, and how it is asked.
//!
//! In reading order; who may use whom stands in ARCHITECTURE.md.

/// Stops asking what does not answer, for a moment.
pub(crate) mod breaker;
/// Labels for print: QR code, SVG, PNG and PDF.
pub mod artwork;
/// Facts with revision and age: trait, backends, conformance suite.
pub mod cache;
/// The command line.
pub mod cli;
/// The only now().
pub mod clock;
/// Carries committed changes from the registry to the cache.
pub mod outbox;
/// The truth about labels: trait, backends, conformance suite.
pub mod registry;
/// Private keys: kept, rotated, and used.
pub mod signer;
/// What the service can do: values in, values out.
pub mod service;
/// The route table, and one resource a file.
pub mod http;
