//! CSV as Excel opens it: a byte order mark, CRLF, and no text that it would take for a formula.

use std::{
    borrow::Cow,
    io::{self, Write},
};

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

/// `text`, with an apostrophe before what a spreadsheet would take for a formula (OWASP, "CSV Injection"). A plain number is
/// none, whatever its sign.
fn guarded(text: &str) -> Cow<'_, str> {
    // Tabs and line breaks count themselves; spaces are passed over by some programs.
    let first = text.trim_start_matches([' ', '\u{3000}', '\n']).chars().next();
    let formula =
        first.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠'));
    if formula && !is_number(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

fn is_number(text: &str) -> bool {
    let bare = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = bare.split_once('.').unwrap_or((bare, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_text_and_a_number_is_a_number() {
        for text in [
            "=1+1",
            "+SUM(A1)",
            "-2+3",
            "@cmd",
            "\t=1",
            "\r=1",
            " =1",
            "＝１＋１",
            "-",
            "+81-3-0000",
            "=",
            "\n=1",
        ] {
            assert_eq!(guarded(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "-5", "+12.5", "4901234567894", "RX-200", "a=1", "'=1", "株式会社"] {
            assert_eq!(guarded(text), text, "{text:?}");
        }
    }
}
