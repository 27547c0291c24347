//! What Shirushi knows, without the world: labels, tokens, keys, evidence and the one verdict.
//!
//! Pure on purpose: no clock, no randomness, no environment, no files, no sockets, no DOM. The same code
//! judges on the server, in the command line and in the shopper's browser (wasm32), so they cannot disagree.
//! Loading keys, reading pictures and asking a registry live elsewhere and hand their results in as values.
//!
//! In reading order:

#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

/// Requests, answers and problem types: what goes over the wire.
pub mod api;
/// What a reader claims about the product in hand, held against the registration.
pub mod claim;
/// The one signed envelope (COSE_Sign1) with its purposes, over strict deterministic CBOR.
pub mod cose;
/// Bytes as decimal text for the numeric mode of QR codes.
pub mod digits;
/// Who may sign what, and when: unknown, retired and compromised keys are different answers.
pub mod key;
/// Registration numbers, levels, product categories, and a label's states with their transitions.
pub mod label;
/// What a registration covers: maker, products, models, with GTIN and corporate numbers.
pub mod registration;
/// Whatever a camera, hand scanner, paste or file hands over, told apart.
pub mod scan;
/// What the registry says of a label now, and how old that knowledge is.
pub mod status;
/// The words of the checker: Japanese, easy Japanese, English.
pub mod text;
/// Instants, validity windows and calendar dates; never `now()`.
pub mod time;
/// The label token: what is printed, signed, and how it is checked.
pub mod token;
/// The signed list of the scheme's keys.
pub mod trust;
/// The signed index of what each registration covers, for checkers without a network.
pub mod index;
/// Evidence and a clock in, verdict out: the only decision table.
pub mod verdict;
/// The signed statement of a verdict, for later.
pub mod receipt;
/// What a buyer asks of suppliers' labels, held against claims and verdicts.
pub mod policy;

/// Lines of CSV that no spreadsheet takes for formulas.
pub mod csv;
/// Digests as text.
mod hex;
/// Unicode normalisation.
mod nfkc;
/// zlib with a bound.
mod zlib;
