//! CSV as Excel opens it: a byte order mark, CRLF, and no text that it would take for a formula.

use std::io::{self, Write};

use shirushi_shared::csv::guarded;

use super::{Cell, Line};

/// A CSV file that is being written.
pub struct CsvFile<W: Write> {
    out: csv::Writer<W>,
}

impl<W: Write> CsvFile<W> {
    /// Begins with `heading`.
    pub fn begin(mut out: W, heading: &[&str]) -> io::Result<Self> {
        out.write_all("\u{FEFF}".as_bytes())?;
        let mut out = writer(out);
        out.write_record(heading.iter().map(|name| guarded(name).into_owned()))?;
        Ok(Self { out })
    }

    /// Goes on with a file whose beginning was written elsewhere.
    pub fn go_on(out: W) -> Self {
        Self { out: writer(out) }
    }

    /// Adds a line.
    pub fn line(&mut self, line: &Line) -> io::Result<()> {
        for cell in &line.cells {
            match cell {
                Cell::Empty => self.out.write_field("")?,
                Cell::Text(text) => self.out.write_field(&*guarded(text))?,
                Cell::Number(number) => self.out.write_field(number.to_string())?,
            }
        }
        Ok(self.out.write_record(None::<&[u8]>)?)
    }

    /// Passes on what has been written so far.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Ends the file.
    pub fn finish(self) -> io::Result<W> {
        self.out.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// Text is in quotes, so that no other separator than ours takes a cell apart.
fn writer<W: Write>(out: W) -> csv::Writer<W> {
    csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::NonNumeric)
        .terminator(csv::Terminator::CRLF)
        .from_writer(out)
}
