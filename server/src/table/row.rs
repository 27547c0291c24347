//! One row: cells of text, put together one by one.

use super::limits::{BadRow, Limits, Refused};

/// A row of cells, or why it is none. Blank rows are counted and passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number in the file, from 1: in a sheet as it is shown, in CSV counted without empty lines.
    pub number: u64,
    /// Its cells as text, as they stand there.
    pub cells: Result<Vec<String>, BadRow>,
}

/// A row while its cells come in.
#[derive(Debug, Default)]
pub(super) struct Building {
    cells: Vec<String>,
    columns: usize,
    bad: Option<BadRow>,
}

impl Building {
    /// The column of the cell that comes next, from 1.
    pub(super) fn column(&self) -> usize {
        self.columns + 1
    }

    /// Adds the next cell. The first thing that is wrong counts.
    pub(super) fn cell(&mut self, cell: Result<String, BadRow>, limits: &Limits) {
        self.columns += 1;
        if self.columns > limits.columns {
            self.spoil(BadRow::Columns { limit: limits.columns });
            return;
        }
        match cell {
            Ok(text) if text.contains(char::REPLACEMENT_CHARACTER) => {
                self.spoil(BadRow::Undecodable { column: self.columns });
            }
            Ok(text) => self.cells.push(text),
            Err(bad) => self.spoil(bad),
        }
    }

    /// Makes the row a bad one, and keeps none of it.
    pub(super) fn spoil(&mut self, bad: BadRow) {
        self.cells = Vec::new();
        self.bad.get_or_insert(bad);
    }

    /// The row `number`, where it is not blank. Counts it against the limit.
    pub(super) fn finish(self, number: u64, limits: &Limits) -> Result<Option<Row>, Refused> {
        if number > limits.rows {
            return Err(Refused::Rows { row: number, limit: limits.rows });
        }
        let blank = self.bad.is_none() && self.cells.iter().all(|cell| cell.trim().is_empty());
        let cells = self.bad.map_or(Ok(self.cells), Err);
        Ok((!blank).then_some(Row { number, cells }))
    }
}
