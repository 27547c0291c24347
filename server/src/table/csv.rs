//! CSV of any encoding, separator and line ending, as bytes arrive (RFC 4180, and what spreadsheets make of it).
//!
//! Bytes are pushed in and rows come out, so that a request can be answered while it is still being sent. Nothing is kept
//! but the row that is being read; a cell without end is counted and not kept.

mod decode;
mod separate;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{
    limits::{BadRow, Limits, Refused},
    row::{Building, Row},
};
use decode::Decode;
use separate::Separate;

/// How text is written as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// CP932, Microsoft's Shift_JIS, as Excel in Japan writes CSV.
    Cp932,
    /// UTF-16, as Excel writes "Unicode text"; told by its byte order mark only.
    Utf16Le,
    /// The same with the high byte first.
    Utf16Be,
}

/// What stands between cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// `,`
    Comma,
    /// A tab.
    Tab,
    /// `;`
    Semicolon,
}

/// What the sender says of a file. What is not said is told by the content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Its encoding.
    pub encoding: Option<Encoding>,
    /// Its separator.
    pub separator: Option<Separator>,
}

/// CSV being read.
pub struct Csv {
    limits: Limits,
    bytes: u64,
    decode: Decode,
    separate: Separate,
    text: String,
    reader: csv_core::Reader,
    /// The cell that is being read, one place longer than a cell may be.
    cell: Box<[u8]>,
    filled: usize,
    too_long: bool,
    row: Building,
    rows: u64,
}

impl Csv {
    /// Nothing read yet.
    pub fn new(asked: Asked, limits: Limits) -> Self {
        Self {
            limits,
            bytes: 0,
            decode: Decode::new(asked.encoding),
            separate: Separate::new(asked.separator),
            text: String::new(),
            reader: csv_core::Reader::new(),
            cell: vec![0; limits.cell.saturating_add(1)].into_boxed_slice(),
            filled: 0,
            too_long: false,
            row: Building::default(),
            rows: 0,
        }
    }

    /// The encoding, once a character told it.
    pub fn encoding(&self) -> Option<Encoding> {
        self.decode.encoding()
    }

    /// The separator, once the first line told it.
    pub fn separator(&self) -> Option<Separator> {
        self.separate.separator()
    }

    /// How many rows have been read, blank ones included.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes the next `bytes` in, and puts the rows that they complete at the end of `rows`.
    pub fn push(&mut self, bytes: &[u8], rows: &mut VecDeque<Row>) -> Result<(), Refused> {
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        if self.bytes > self.limits.bytes {
            return Err(Refused::Bytes { limit: self.limits.bytes });
        }
        self.take(bytes, false, rows)
    }

    /// Says that there are no more bytes: what was held back comes out.
    pub fn finish(&mut self, rows: &mut VecDeque<Row>) -> Result<(), Refused> {
        self.take(&[], true, rows)?;
        self.split(&[], rows)
    }

    fn take(&mut self, bytes: &[u8], last: bool, rows: &mut VecDeque<Row>) -> Result<(), Refused> {
        let mut text = std::mem::take(&mut self.text);
        self.decode.push(bytes, last, &mut text);
        if self.separate.tell(&text, last)
            && let Some(separator) = self.separate.separator()
        {
            self.reader = csv_core::ReaderBuilder::new().delimiter(separator.byte()).build();
        }
        // Before the separator is known, nothing can be split: the first line waits.
        if self.separate.separator().is_none() {
            self.text = text;
            return Ok(());
        }
        let split = if text.is_empty() { Ok(()) } else { self.split(text.as_bytes(), rows) };
        text.clear();
        self.text = text;
        split
    }

    /// Splits `input` into cells; where it is empty, the file has ended.
    fn split(&mut self, mut input: &[u8], rows: &mut VecDeque<Row>) -> Result<(), Refused> {
        use csv_core::ReadFieldResult::{End, Field, InputEmpty, OutputFull};
        let ended = input.is_empty();
        loop {
            let (result, read, written) = self.reader.read_field(input, &mut self.cell[self.filled..]);
            input = &input[read..];
            self.filled += written;
            match result {
                InputEmpty | End => return Ok(()),
                OutputFull => {
                    self.too_long = true;
                    self.filled = 0;
                    if input.is_empty() && !ended {
                        return Ok(());
                    }
                }
                Field { record_end } => {
                    let cell = self.cell();
                    self.row.cell(cell, &self.limits);
                    if record_end {
                        self.rows += 1;
                        rows.extend(std::mem::take(&mut self.row).finish(self.rows, &self.limits)?);
                    }
                    // Going on with nothing would say that the file has ended.
                    if input.is_empty() && !ended {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn cell(&mut self) -> Result<String, BadRow> {
        let (column, limit) = (self.row.column(), self.limits.cell);
        let filled = std::mem::take(&mut self.filled);
        if std::mem::take(&mut self.too_long) || filled > limit {
            return Err(BadRow::Cell { column, limit });
        }
        String::from_utf8(self.cell[..filled].to_vec()).map_err(|_| BadRow::Undecodable { column })
    }
}

impl Separator {
    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Tab => b'\t',
            Self::Semicolon => b';',
        }
    }
}
