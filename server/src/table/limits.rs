//! How large a file, a row, a cell may be, and the words for what is larger.

use serde::Serialize;

/// The bounds of one file. Memory follows from them: at most a row (`columns` × `cell`) for CSV, and the strings of the
/// workbook besides for `.xlsx`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file as it lies.
    pub bytes: u64,
    /// Rows, the heading included.
    pub rows: u64,
    /// Columns of a row.
    pub columns: usize,
    /// Bytes of a cell, in UTF-8.
    pub cell: usize,
    /// Bytes of all parts of an `.xlsx` file, unpacked.
    pub unpacked: u64,
    /// Bytes of its table of strings, unpacked, which is kept in memory while the rows are read.
    pub strings: u64,
}

impl Default for Limits {
    /// A million rows, as many as a sheet of Excel holds; its longest cell, if it is ASCII.
    fn default() -> Self {
        Self {
            bytes: 1 << 30,
            rows: 1 << 20,
            columns: 256,
            cell: 1 << 15,
            unpacked: 1 << 30,
            strings: 64 << 20,
        }
    }
}

/// Why a file is not read, or not read to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Refused {
    /// Too many bytes.
    #[error("the file is larger than {limit} bytes")]
    Bytes {
        /// The limit.
        limit: u64,
    },
    /// Too many rows.
    #[error("row {row}: the file has more than {limit} rows")]
    Rows {
        /// The first row that is too many.
        row: u64,
        /// The limit.
        limit: u64,
    },
    /// A part of the archive unpacks to more than it may.
    #[error("unpacked, {part} has more than {limit} {what}")]
    Unpacked {
        /// Which part.
        part: String,
        /// Of what it has too many.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// No file of a form that is read.
    #[error("not a table that can be read: {detail}")]
    Form {
        /// Why not.
        detail: String,
    },
    /// It breaks off.
    #[error("after row {row}: {detail}")]
    Broken {
        /// The last row that was read.
        row: u64,
        /// How.
        detail: String,
    },
}

/// Why a row is not read. Columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum BadRow {
    /// Too many columns.
    #[error("the row has more than {limit} columns")]
    Columns {
        /// The limit.
        limit: usize,
    },
    /// Too long a cell. Where a quotation mark is never closed, the rest of the file is one cell.
    #[error("column {column}: the cell is longer than {limit} bytes (is a quotation mark left open?)")]
    Cell {
        /// Where.
        column: usize,
        /// The limit.
        limit: usize,
    },
    /// Bytes that are no text.
    #[error("column {column}: the cell has characters that cannot be read")]
    Undecodable {
        /// Where.
        column: usize,
    },
    /// A sheet that goes back to a row that was there.
    #[error("the row stands in the file a second time")]
    Twice,
}
