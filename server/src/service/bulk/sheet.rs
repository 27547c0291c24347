//! Rows of a file as questions, by what its columns mean.

use shirushi_shared::api::{BadRow, BulkRow, RowError, RowFault};

use super::Given;
use crate::table::{self, Mapping, Meaning, Picked, Refused, Row, Rows, cell};

/// The questions of a whole file, its heading passed over.
pub struct Sheet {
    rows: Rows,
    mapping: Mapping,
    /// Whether a heading is still to come.
    heading: bool,
}

impl Sheet {
    /// The questions in `rows`, whose columns mean what `mapping` says.
    pub fn new(rows: Rows, mapping: Mapping) -> Self {
        let heading = mapping.heading;
        Self { rows, mapping, heading }
    }
}

/// After a refusal there are no more.
impl Iterator for Sheet {
    type Item = Result<Given, Refused>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let row = match self.rows.next()? {
                Ok(row) => row,
                Err(refused) => return Some(Err(refused)),
            };
            if !std::mem::take(&mut self.heading) {
                return Some(Ok(question(row, &self.mapping)));
            }
        }
    }
}

/// What `row` asks. A cell that cannot be read makes it a bad row: what somebody claims is never left out.
pub fn question(row: Row, mapping: &Mapping) -> Given {
    let Row { number: row, cells } = row;
    let cells = match cells {
        Ok(cells) => cells,
        Err(bad) => {
            let code = match bad {
                table::BadRow::Columns { .. } | table::BadRow::Cell { .. } => RowFault::TooLong,
                table::BadRow::Undecodable { .. } | table::BadRow::Twice => RowFault::NotARow,
            };
            return Given::Bad(BadRow { row, id: None, error: RowError { code, detail: bad.to_string() } });
        }
    };
    let id = name(&cells, mapping);
    match mapping.pick(&cells) {
        Ok(picked) => Given::Row(row, Box::new(asked(picked, id))),
        Err(wrong) => {
            let detail = wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            Given::Bad(BadRow { row, id, error: RowError { code: RowFault::NotAValue, detail } })
        }
    }
}

fn asked(picked: Picked, id: Option<String>) -> BulkRow {
    BulkRow {
        id,
        scan: picked.label,
        number: picked.number,
        gtin: picked.gtin.map(|gtin| gtin.to_string()),
        model: picked.models,
        maker: picked.maker,
        level: picked.level.map(|level| level.to_string()),
        corporate_number: picked.corporate_number.map(|number| number.to_string()),
        date: picked.day.map(|day| day.to_string()),
        ..BulkRow::default()
    }
}

/// What the sender calls the row: its own name for it, else what it asks about, as it stands there.
fn name(cells: &[String], mapping: &Mapping) -> Option<String> {
    let names = [Meaning::Id, Meaning::Number, Meaning::Gtin, Meaning::Label];
    let cell = |meaning| cells.get(mapping.columns.get(&meaning)?.checked_sub(1)?);
    let text =
        names.into_iter().filter_map(cell).map(|text| cell::plain(text)).find(|text| !text.is_empty())?;
    let end = text.floor_char_boundary(BulkRow::MAX_ID);
    text.get(..end).map(str::to_owned)
}
