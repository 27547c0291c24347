//! The first sheet of an `.xlsx` file, after it was measured.
//!
//! `calamine` reads it, cell by cell, in a thread of its own: its cells borrow from the workbook, and whatever such a file
//! makes it do ends that thread and nothing else. What it would keep in memory is bounded beforehand ([`measure`]),
//! since it trusts what the file says of itself.

mod measure;
mod value;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    io::{Read, Seek},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use calamine::{Reader as _, SheetType, SheetVisible, Xlsx};

use super::{
    limits::{BadRow, Limits, Refused},
    row::{Building, Row},
};

/// So many rows go from the thread at once, and so many such batches may wait.
const BATCH: usize = 128;
const WAITING: usize = 4;

/// A sheet that is being read.
pub(super) struct Reading {
    messages: Receiver<Message>,
    sheet: Option<String>,
    row: u64,
}

enum Message {
    Sheet(String),
    Rows(Vec<Row>),
    End,
    Refused(Refused),
}

/// Nobody reads on.
struct Left;

impl Reading {
    /// Begins to read `file`.
    pub(super) fn begin(file: impl Read + Seek + Send + 'static, limits: Limits) -> Result<Self, Refused> {
        let (to, messages) = sync_channel(WAITING);
        let work = move || {
            let last = match read(file, &limits, &to) {
                Ok(Ok(())) => Message::End,
                Ok(Err(refused)) => Message::Refused(refused),
                Err(Left) => return,
            };
            let _ = to.send(last);
        };
        let thread = thread::Builder::new().name("workbook".into()).spawn(work);
        thread.map_err(|error| Refused::Broken { row: 0, detail: error.to_string() })?;
        Ok(Self { messages, sheet: None, row: 0 })
    }

    /// The name of the sheet, once it is known.
    pub(super) fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// Waits for the next rows; whether there may be more.
    pub(super) fn read_on(&mut self, rows: &mut VecDeque<Row>) -> Result<bool, Refused> {
        match self.messages.recv() {
            Ok(Message::Sheet(name)) => self.sheet = Some(name),
            Ok(Message::Rows(batch)) => {
                self.row = batch.last().map_or(self.row, |row| row.number);
                rows.extend(batch);
            }
            Ok(Message::End) => return Ok(false),
            Ok(Message::Refused(refused)) => return Err(refused),
            // The thread ended without a last word.
            Err(_) => return Err(broken(self.row, "the workbook cannot be read")),
        }
        Ok(true)
    }
}

fn read(
    mut file: impl Read + Seek,
    limits: &Limits,
    to: &SyncSender<Message>,
) -> Result<Result<(), Refused>, Left> {
    let mut workbook = match measure::measure(&mut file, limits).and_then(|()| open(file)) {
        Ok(workbook) => workbook,
        Err(refused) => return Ok(Err(refused)),
    };
    let sheets = workbook.sheets_metadata();
    let shown = sheets
        .iter()
        .find(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible);
    let Some(name) = shown.map(|sheet| sheet.name.clone()) else {
        return Ok(Err(form("the workbook has no sheet of cells")));
    };
    to.send(Message::Sheet(name.clone())).map_err(|_| Left)?;
    match workbook.worksheet_cells_reader(&name) {
        Ok(mut cells) => read_cells(|| cells.next_cell(), limits, to),
        Err(error) => Ok(Err(form(&error.to_string()))),
    }
}

fn open<F: Read + Seek>(mut file: F) -> Result<Xlsx<F>, Refused> {
    file.rewind().map_err(|error| form(&error.to_string()))?;
    Xlsx::new(file).map_err(|error| form(&error.to_string()))
}

fn read_cells<'a>(
    mut next: impl FnMut() -> Result<Option<calamine::Cell<calamine::DataRef<'a>>>, calamine::XlsxError>,
    limits: &Limits,
    to: &SyncSender<Message>,
) -> Result<Result<(), Refused>, Left> {
    let (mut batch, mut row) = (Vec::with_capacity(BATCH), Building::default());
    // The row that is being read, and the last that was handed over.
    let (mut number, mut handed) = (0_u64, 0_u64);
    loop {
        let cell = match next() {
            Ok(cell) => cell,
            Err(error) => {
                send(&mut batch, to)?;
                return Ok(Err(broken(handed, &error.to_string())));
            }
        };
        let place = cell.as_ref().map(calamine::Cell::get_position);
        let (of, column) = place.map_or((u64::MAX, 0), |(of, column)| (u64::from(of) + 1, column as usize));
        if of != number {
            if number > 0 {
                if number <= handed {
                    row.spoil(BadRow::Twice);
                }
                match std::mem::take(&mut row).finish(number, limits) {
                    Ok(finished) => batch.extend(finished),
                    Err(refused) => {
                        send(&mut batch, to)?;
                        return Ok(Err(refused));
                    }
                }
                handed = handed.max(number);
            }
            number = of;
        }
        if batch.len() >= BATCH {
            send(&mut batch, to)?;
        }
        let Some(cell) = cell else {
            send(&mut batch, to)?;
            return Ok(Ok(()));
        };
        place_cell(&mut row, column, cell.get_value(), limits);
    }
}

/// Puts a cell into its column: cells that are empty are left out of the file, or come with a format only.
fn place_cell(row: &mut Building, column: usize, value: &calamine::DataRef<'_>, limits: &Limits) {
    let Some(text) = value::text(value, limits.cell) else { return };
    if column < row.column() - 1 {
        row.spoil(BadRow::Twice);
    }
    while row.column() <= column && row.column() <= limits.columns {
        row.cell(Ok(String::new()), limits);
    }
    let limit = limits.cell;
    row.cell(text.map_err(|value::TooLong| BadRow::Cell { column: column + 1, limit }), limits);
}

fn send(batch: &mut Vec<Row>, to: &SyncSender<Message>) -> Result<(), Left> {
    let full = std::mem::replace(batch, Vec::with_capacity(BATCH));
    if full.is_empty() { Ok(()) } else { to.send(Message::Rows(full)).map_err(|_| Left) }
}

fn form(detail: &str) -> Refused {
    Refused::Form { detail: detail.chars().take(200).collect() }
}

fn broken(row: u64, detail: &str) -> Refused {
    Refused::Broken { row, detail: detail.chars().take(200).collect() }
}
