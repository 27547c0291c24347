//! The operator's side of the scheme as values and rules: who may do what, what an application must show, who decides.
//!
//! Pure: no I/O, no clock, no randomness. What is stored is stored as JSON by the service, each case as one document;
//! a transition consumes a case and hands back the next one, or says in which state, by whom and why it was refused.
//! What is known of JC-STAR and what is this service's own rule stands in the doc comment of each. Rules of a
//! scheme that differ between operators are data (`criteria`).
//!
//! Documents are read back from this service's own store. What callers hand in is another set of types, made into these
//! by their constructors: a caller must never hand in a state, an event or an accreditation as JSON.
//!
//! Not here: labels and their states (`shirushi_shared::label`), and whether a caller is who they say (`service::access`).

/// Names, reasons and notes with their bounds.
pub mod text;
/// Numbers of cases.
pub mod case_id;
/// Operator, holders, evaluation bodies, auditors, verifiers.
pub mod organisation;
/// Somebody of an organisation.
pub mod person;
/// Roles, actions, scopes, and the one table of who may do what.
pub mod access;
/// What is asked of a product, and which levels are open: data.
pub mod criteria;
/// Evidence (証跡) as a case refers to it.
pub mod evidence;
/// What a holder declares, criterion by criterion.
pub mod checklist;
/// What an evaluation body found.
pub mod report;
/// Products and models with their bounds.
pub mod products;
/// An application for a label, from draft to decision.
pub mod application;
/// What takes two people.
pub mod decision;
/// Change notices (変更届).
pub mod notice;
/// Vulnerabilities and due reports of a registration, and its extension.
pub mod standing;
/// Suspicious labels that somebody reported.
pub mod sighting;
/// Procurement policies of an organisation, in editions.
pub mod policy;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod shapes;
mod words;
