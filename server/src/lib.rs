//! The verification service: what it can do, where its facts lie, and how it is asked.
//!
//! In reading order; who may use whom stands in ARCHITECTURE.md.

/// The truth about labels: trait, backends, conformance suite.
pub mod registry;
/// Facts with revision and age: trait, backends, conformance suite.
pub mod cache;
/// Evidence files under the hash of their content: trait, backends, conformance suite.
pub mod evidence;
/// Carries committed changes from the registry to the cache.
pub mod outbox;
/// Private keys: kept, rotated, and used.
pub mod signer;
/// Webhooks: what signs them, where they may go, and one attempt to send one.
pub mod webhook;
/// Labels for print: QR code, SVG, PNG and PDF.
pub mod artwork;
/// The operator's side of the scheme: organisations, access, applications, decisions, as values and rules.
pub mod scheme;
/// Files of rows: read, understood column by column, written.
pub mod table;
/// Reports as documents: HTML and PDF.
pub mod report;
/// What the service can do: values in, values out.
pub mod service;
/// The route table, and one resource a file.
pub mod http;
/// The command line.
pub mod cli;
/// Settings: flags, environment and file, checked all at once.
pub mod config;
/// The composition root: the only place that names the backends.
pub mod app;
/// The log.
pub mod telemetry;
/// A fictional registry to look at and to test with.
pub mod demo;
/// The only now().
pub mod clock;
/// Stops asking what does not answer, for a moment.
pub(crate) mod breaker;
/// Real servers for tests.
#[cfg(test)]
mod started;
