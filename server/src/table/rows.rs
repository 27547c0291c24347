//! Rows, one after another, of whatever form the file is.

use std::{
    collections::VecDeque,
    io::{self, Read, Seek},
};

use serde::{Deserialize, Serialize};

use super::{
    csv::{Asked, Csv, Encoding, Separator},
    limits::{Limits, Refused},
    row::Row,
    xlsx,
};

/// How many bytes of CSV are read at once.
const CHUNK: usize = 64 * 1024;
/// What every `.xlsx` file begins with, as an archive.
const ARCHIVE: &[u8] = b"PK\x03\x04";
/// What `.xls` files and encrypted workbooks begin with.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0";

/// What a file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum Form {
    /// Text.
    Csv {
        /// Its encoding; not yet told while all is ASCII.
        encoding: Option<Encoding>,
        /// What separates its cells; not yet told before the first line.
        separator: Option<Separator>,
    },
    /// A workbook.
    Xlsx {
        /// The sheet that is read; not yet told before the first row.
        sheet: Option<String>,
    },
}

/// The rows of a file, read as they are asked for. After a refusal there are no more.
pub struct Rows {
    source: Source,
    ahead: VecDeque<Row>,
    refused: Option<Refused>,
    done: bool,
}

enum Source {
    Csv { csv: Box<Csv>, file: Box<dyn Read + Send>, chunk: Box<[u8]> },
    Xlsx(xlsx::Reading),
}

impl Rows {
    /// The rows of `file`, which is told by its first bytes.
    pub fn open(mut file: impl Read + Seek + Send + 'static, limits: Limits) -> Result<Self, Refused> {
        let mut first = Vec::new();
        let peeked = file.by_ref().take(4).read_to_end(&mut first).and_then(|_| file.rewind());
        peeked.map_err(|error| unreadable(0, &error))?;
        if first == COMPOUND {
            let detail =
                "an old or encrypted workbook; save it as .xlsx without a password, or as CSV".into();
            return Err(Refused::Form { detail });
        }
        if first == ARCHIVE {
            Self::xlsx(file, limits)
        } else {
            Ok(Self::csv(file, Asked::default(), limits))
        }
    }

    /// The rows of CSV in `file`. What is not asked for is told by the content.
    pub fn csv(file: impl Read + Send + 'static, asked: Asked, limits: Limits) -> Self {
        let chunk = vec![0; CHUNK].into_boxed_slice();
        let csv = Box::new(Csv::new(asked, limits));
        Self::of(Source::Csv { csv, file: Box::new(file), chunk })
    }

    /// The rows of the first sheet of the workbook in `file`.
    pub fn xlsx(file: impl Read + Seek + Send + 'static, limits: Limits) -> Result<Self, Refused> {
        Ok(Self::of(Source::Xlsx(xlsx::Reading::begin(file, limits)?)))
    }

    fn of(source: Source) -> Self {
        Self { source, ahead: VecDeque::new(), refused: None, done: false }
    }

    /// What the file turned out to be, as far as it has been read.
    pub fn form(&self) -> Form {
        match &self.source {
            Source::Csv { csv, .. } => Form::Csv { encoding: csv.encoding(), separator: csv.separator() },
            Source::Xlsx(reading) => Form::Xlsx { sheet: reading.sheet().map(str::to_owned) },
        }
    }

    /// The first `count` rows that can be read, to guess the meaning of columns by; they are handed out again.
    pub fn sample(&mut self, count: usize) -> Vec<Vec<String>> {
        while self.ahead.len() < count && !self.done {
            self.read_on();
        }
        self.ahead.iter().filter_map(|row| row.cells.as_ref().ok()).take(count).cloned().collect()
    }

    fn read_on(&mut self) {
        let more = match &mut self.source {
            Source::Csv { csv, file, chunk } => read_csv(csv, file, chunk, &mut self.ahead),
            Source::Xlsx(reading) => reading.read_on(&mut self.ahead),
        };
        match more {
            Ok(more) => self.done = !more,
            Err(refused) => {
                self.refused = Some(refused);
                self.done = true;
            }
        }
    }
}

impl Iterator for Rows {
    type Item = Result<Row, Refused>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.ahead.pop_front() {
                return Some(Ok(row));
            }
            if self.done {
                return self.refused.take().map(Err);
            }
            self.read_on();
        }
    }
}

/// Reads one chunk; whether there may be more.
fn read_csv(
    csv: &mut Csv,
    file: &mut dyn Read,
    chunk: &mut [u8],
    ahead: &mut VecDeque<Row>,
) -> Result<bool, Refused> {
    match file.read(chunk) {
        Ok(0) => csv.finish(ahead).map(|()| false),
        Ok(read) => csv.push(&chunk[..read], ahead).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(true),
        Err(error) => Err(unreadable(csv.rows(), &error)),
    }
}

fn unreadable(row: u64, error: &io::Error) -> Refused {
    Refused::Broken { row, detail: format!("the file cannot be read: {error}") }
}
