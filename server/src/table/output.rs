//! Results as files: CSV for Excel, `.xlsx`, JSON Lines. A line is cells and a shade; what they mean is the caller's.

mod csv;
mod json;
mod xlsx;
#[cfg(test)]
mod tests;

pub use csv::CsvFile;
pub use json::JsonLines;
pub use xlsx::{Sheets, XlsxFile};

/// How a line is coloured. Its words are in its cells: never colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shade {
    /// Nothing to see to.
    Good,
    /// To be looked at.
    Attention,
    /// Not to be relied on.
    Bad,
    /// Neither.
    Plain,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text, which stays text wherever it is opened.
    Text(String),
    /// A number to reckon with.
    Number(i64),
}

/// A line of results, as wide as the heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its colour, where there are colours.
    pub shade: Shade,
    /// Its cells.
    pub cells: Vec<Cell>,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}
