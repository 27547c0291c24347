//! Files of rows, as retailers and suppliers have them: read, understood column by column, and written back.
//!
//! Files come from anyone. Everything is bounded ([`Limits`]), a refusal names its row, column and limit, and a row that
//! cannot be read is a row with a reason and not the end of the file, wherever the rest can still be told.
//!
//! Not here: what a row is asked for and what is answered. Rows are cells of text, results are cells of text with a
//! shade; labels, verdicts and HTTP are others'.

/// How large a file, a row, a cell may be.
pub mod limits;
/// One row of cells.
pub mod row;
/// Rows, one after another, of whatever form the file is.
pub mod rows;
/// CSV of any encoding, separator and line ending, as bytes arrive.
pub mod csv;
/// The first sheet of an `.xlsx` file, after it was measured.
pub mod xlsx;

/// A cell as it was meant: codes, numbers that a spreadsheet has spoilt, levels, days, several models.
pub mod cell;
/// Which column means what: guessed, told with its reason, corrected, saved.
pub mod mapping;
/// Results as files: CSV, `.xlsx`, JSON Lines.
pub mod output;

pub use limits::{BadRow, Limits, Refused};
pub use mapping::{Guess, Mapping, MappingError, Meaning, Picked};
pub use row::Row;
pub use rows::{Form, Rows};
