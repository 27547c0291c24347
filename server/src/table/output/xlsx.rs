//! `.xlsx`: coloured, filtered, with its heading in sight and a summary. Rows go to a temporary file as they come.

use std::io::{self, Write};

use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};

use super::{Cell, Line, Shade};

/// Rows of a sheet without its heading. What is more goes to the next sheet.
const ROWS: u32 = (1 << 20) - 1;
/// Longest text of a cell, in UTF-16 units; Excel takes 32,767.
const LONGEST: usize = 32_000;
/// Widths of columns, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 12..=48;

/// What the sheets are called, at most 20 characters each, in the reader's language.
#[derive(Clone, Copy, Debug)]
pub struct Sheets<'a> {
    /// The results.
    pub results: &'a str,
    /// The summary.
    pub summary: &'a str,
}

/// A workbook that is being written.
pub struct XlsxFile {
    book: Workbook,
    heading: Vec<String>,
    results: String,
    summary: String,
    formats: Formats,
    /// Which sheet of results, and how many rows it has.
    sheet: usize,
    rows: u32,
}

struct Formats {
    heading: Format,
    shades: [(Shade, Format); 4],
}

impl XlsxFile {
    /// Begins with `heading`.
    pub fn begin(heading: &[&str], sheets: Sheets<'_>) -> io::Result<Self> {
        let mut file = Self {
            book: Workbook::new(),
            heading: heading.iter().map(|name| (*name).to_owned()).collect(),
            results: name(sheets.results),
            summary: name(sheets.summary),
            formats: Formats::new(),
            sheet: 0,
            rows: 0,
        };
        file.next_sheet().map_err(io::Error::other)?;
        Ok(file)
    }

    /// Adds a line.
    pub fn line(&mut self, line: &Line) -> io::Result<()> {
        self.put(line).map_err(io::Error::other)
    }

    /// Ends the file with a summary, and writes it to `out`.
    pub fn finish(mut self, summary: &[Line], out: impl Write + Send) -> io::Result<()> {
        self.end(summary, out).map_err(io::Error::other)
    }

    fn put(&mut self, line: &Line) -> Result<(), XlsxError> {
        if self.rows == ROWS {
            self.close_sheet()?;
            self.sheet += 1;
            self.next_sheet()?;
        }
        self.rows += 1;
        let sheet = self.book.worksheet_from_index(self.sheet)?;
        put_line(sheet, self.rows, line, self.formats.of(line.shade))
    }

    fn next_sheet(&mut self) -> Result<(), XlsxError> {
        self.rows = 0;
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        let number = if self.sheet == 0 { String::new() } else { format!(" {}", self.sheet + 1) };
        sheet.set_name(format!("{}{number}", self.results))?.set_freeze_panes(1, 0)?;
        for (column, heading) in (0_u16..).zip(&self.heading) {
            let width = (heading.chars().count() * 2 + 2).clamp(*WIDTHS.start(), *WIDTHS.end());
            sheet.set_column_width(column, u32::try_from(width).unwrap_or(12))?;
            sheet.write_string_with_format(0, column, cut(heading), &self.formats.heading)?;
        }
        Ok(())
    }

    fn close_sheet(&mut self) -> Result<(), XlsxError> {
        let last = u16::try_from(self.heading.len().saturating_sub(1)).unwrap_or(u16::MAX);
        self.book.worksheet_from_index(self.sheet)?.autofilter(0, 0, self.rows, last)?;
        Ok(())
    }

    fn end(&mut self, summary: &[Line], out: impl Write + Send) -> Result<(), XlsxError> {
        self.close_sheet()?;
        let sheet = self.book.add_worksheet().set_name(&self.summary)?;
        sheet.set_column_width(0, 48)?;
        for (row, line) in (0_u32..).zip(summary) {
            put_line(sheet, row, line, self.formats.of(line.shade))?;
        }
        self.book.save_to_writer(out)
    }
}

fn put_line(sheet: &mut Worksheet, row: u32, line: &Line, format: &Format) -> Result<(), XlsxError> {
    for (column, cell) in (0_u16..).zip(&line.cells) {
        match cell {
            Cell::Empty => sheet.write_blank(row, column, format)?,
            // A string is a string: nothing in it is read as a formula or a link.
            Cell::Text(text) => sheet.write_string_with_format(row, column, cut(text), format)?,
            #[expect(
                clippy::cast_precision_loss,
                reason = "Excel has no other numbers; counts and days are far below"
            )]
            Cell::Number(number) => sheet.write_number_with_format(row, column, *number as f64, format)?,
        };
    }
    Ok(())
}

/// `text` as long as a cell may be.
fn cut(text: &str) -> &str {
    let units = text.chars().scan(0, |units, c| {
        *units += c.len_utf16();
        Some((*units, c.len_utf8()))
    });
    let length: usize = units.take_while(|(units, _)| *units <= LONGEST).map(|(_, bytes)| bytes).sum();
    text.get(..length).unwrap_or_default()
}

/// A name that a sheet can have.
fn name(text: &str) -> String {
    let allowed: String = text
        .chars()
        .filter(|c| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\''))
        .take(20)
        .collect();
    if allowed.trim().is_empty() { "Sheet".to_owned() } else { allowed }
}

impl Formats {
    fn new() -> Self {
        let fill = |back: u32, text: u32| {
            Format::new().set_background_color(Color::RGB(back)).set_font_color(Color::RGB(text))
        };
        Self {
            heading: Format::new().set_bold(),
            shades: [
                (Shade::Good, fill(0xE2_F0_D9, 0x1E_4D_1E)),
                (Shade::Attention, fill(0xFF_F2_CC, 0x66_47_00)),
                (Shade::Bad, fill(0xFB_DD_D9, 0x7A_12_06)),
                (Shade::Plain, Format::new()),
            ],
        }
    }

    fn of(&self, shade: Shade) -> &Format {
        let found = self.shades.iter().find(|(of, _)| *of == shade);
        found.map_or(&self.heading, |(_, format)| format)
    }
}
