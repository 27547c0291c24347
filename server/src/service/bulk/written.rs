//! Answers as bytes of a file that is written while they come.

use bytes::Bytes;
use shirushi_shared::{
    api::{BulkEnd, BulkLine},
    text::Language,
};

use super::Columns;
use crate::table::output::CsvFile;

/// A form in which answers can be written piece by piece.
#[derive(Clone, Copy)]
pub enum Written {
    /// A line of JSON each.
    JsonLines,
    /// CSV for spreadsheets.
    Csv(Columns),
}

impl Written {
    /// CSV with headings in `language`.
    pub fn csv(language: Language) -> Self {
        Self::Csv(Columns::new(language))
    }

    /// What stands before the first answer.
    pub fn begin(self) -> Bytes {
        match self {
            Self::JsonLines => Bytes::new(),
            Self::Csv(columns) => CsvFile::begin(Vec::new(), &columns.heading())
                .and_then(CsvFile::finish)
                .unwrap_or_default()
                .into(),
        }
    }

    /// `lines`, written.
    pub fn lines(self, lines: &[BulkLine]) -> Bytes {
        match self {
            Self::JsonLines => json_lines(lines),
            Self::Csv(columns) => {
                let mut file = CsvFile::go_on(Vec::with_capacity(256 * lines.len()));
                for line in lines.iter().filter_map(|line| columns.line(line)) {
                    // Memory takes all that is written to it.
                    let _ = file.line(&line);
                }
                file.finish().unwrap_or_default().into()
            }
        }
    }

    /// What stands after the last answer. A table that is whole has no such line; where rows are missing, it says so.
    pub fn end(self, end: BulkEnd) -> Bytes {
        match self {
            Self::JsonLines => json_lines(&[BulkLine::End(end)]),
            Self::Csv(columns) => {
                let mut file = CsvFile::go_on(Vec::new());
                if let Some(line) = columns.stopped(&end) {
                    let _ = file.line(&line);
                }
                file.finish().unwrap_or_default().into()
            }
        }
    }
}

/// The answers as JSON Lines. Writing them cannot fail: they are text and numbers.
pub fn json_lines(lines: &[BulkLine]) -> Bytes {
    let mut text = Vec::with_capacity(512 * lines.len());
    for line in lines {
        if serde_json::to_writer(&mut text, line).is_ok() {
            text.push(b'\n');
        }
    }
    text.into()
}
