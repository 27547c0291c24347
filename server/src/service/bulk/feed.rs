//! Rows out of bytes as they come in, whatever form they have.

use std::collections::VecDeque;

use shirushi_shared::api::{StopCode, Stopped};

use super::{Given, Lines, question};
use crate::table::{
    Guess, Limits, Mapping, Refused, Row,
    csv::{Asked, Csv},
};

/// Rows by whose values columns are guessed, where their headings do not tell.
const SAMPLE: usize = 50;

/// Takes bytes in pieces that may end anywhere, and gives out rows that are whole.
pub enum Feed {
    /// A line of JSON each.
    Json(Lines),
    /// CSV.
    Csv(Box<CsvRows>),
}

/// CSV whose columns mean what somebody said, or what its first rows tell.
pub struct CsvRows {
    csv: Csv,
    ahead: VecDeque<Row>,
    mapping: Option<Mapping>,
    /// Whether the first row is a heading that is still to be passed over.
    heading: bool,
    ended: bool,
}

impl Feed {
    /// Lines of JSON.
    pub fn json() -> Self {
        Self::Json(Lines::default())
    }

    /// CSV within `limits`; its columns are guessed where no `mapping` is given.
    pub fn csv(asked: Asked, limits: Limits, mapping: Option<Mapping>) -> Self {
        let heading = mapping.as_ref().is_some_and(|mapping| mapping.heading);
        let csv = Csv::new(asked, limits);
        Self::Csv(Box::new(CsvRows { csv, ahead: VecDeque::new(), mapping, heading, ended: false }))
    }

    /// More bytes. After an error there is no use in more of them; the rows before it are still given out.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), Stopped> {
        match self {
            Self::Json(lines) => lines.feed(bytes),
            Self::Csv(csv) => csv.csv.push(bytes, &mut csv.ahead).map_err(|refused| stopped(&refused))?,
        }
        Ok(())
    }

    /// The next row that is whole. An error is for columns of which none says which label.
    pub fn next_row(&mut self) -> Result<Option<Given>, Stopped> {
        match self {
            Self::Json(lines) => Ok(lines.next_row()),
            Self::Csv(csv) => csv.next_row(),
        }
    }

    /// No bytes come any more; the last row, where it has no end.
    pub fn last_row(&mut self) -> Result<Option<Given>, Stopped> {
        match self {
            Self::Json(lines) => Ok(lines.last_row()),
            Self::Csv(csv) => {
                if !csv.ended {
                    csv.ended = true;
                    csv.csv.finish(&mut csv.ahead).map_err(|refused| stopped(&refused))?;
                }
                csv.next_row()
            }
        }
    }
}

impl CsvRows {
    fn next_row(&mut self) -> Result<Option<Given>, Stopped> {
        if self.mapping.is_none() {
            self.mapping = self.guess()?;
            self.heading = self.mapping.as_ref().is_some_and(|mapping| mapping.heading);
        }
        let Some(mapping) = &self.mapping else { return Ok(None) };
        if self.heading && self.ahead.pop_front().is_some() {
            self.heading = false;
        }
        Ok(self.ahead.pop_front().map(|row| question(row, mapping)))
    }

    /// By the headings, as soon as they are there; else by the values, when there are enough.
    fn guess(&self) -> Result<Option<Mapping>, Stopped> {
        let sample = |most| -> Vec<_> {
            self.ahead.iter().filter_map(|row| row.cells.as_ref().ok()).take(most).cloned().collect()
        };
        let by_heading = Guess::of(&sample(1)).mapping;
        if by_heading.heading && by_heading.problems(Limits::default().columns).is_empty() {
            return Ok(Some(by_heading));
        }
        let rows = sample(SAMPLE);
        if rows.len() < SAMPLE && !self.ended {
            return Ok(None);
        }
        let guess = Guess::of(&rows).mapping;
        match guess.problems(Limits::default().columns).first() {
            None => Ok(Some(guess)),
            // Of nothing, nothing is asked.
            Some(_) if rows.is_empty() => Ok(None),
            Some(wrong) => Err(Stopped { code: StopCode::Columns, detail: wrong.to_string() }),
        }
    }
}

/// Why a file is not read further, as it is told.
pub fn stopped(refused: &Refused) -> Stopped {
    let code = match refused {
        Refused::Bytes { .. } | Refused::Unpacked { .. } => StopCode::TooManyBytes,
        Refused::Rows { .. } => StopCode::TooManyRows,
        Refused::Form { .. } | Refused::Broken { .. } => StopCode::NotATable,
    };
    Stopped { code, detail: refused.to_string() }
}
