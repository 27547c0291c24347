//! A row by its meanings.

use serde::Serialize;
use shirushi_shared::{
    label::Level,
    policy::Day,
    registration::{CorporateNumber, Gtin},
};

use super::{Mapping, Meaning};
use crate::table::cell::{self, Note, Spoilt};

/// What a row says, cell by cell. Nothing is looked up, and nothing decided: that a text is a token is for the scan to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picked {
    /// The sender's own name for the row.
    pub id: Option<String>,
    /// What the label's code holds.
    pub label: Option<String>,
    /// A registration number, as it stands there.
    pub number: Option<String>,
    /// A JAN code or other GTIN.
    pub gtin: Option<Gtin>,
    /// The models, one for each.
    pub models: Vec<String>,
    /// The maker's name.
    pub maker: Option<String>,
    /// The maker's corporate number.
    pub corporate_number: Option<CorporateNumber>,
    /// The level that is claimed.
    pub level: Option<Level>,
    /// The day for which it is asked.
    pub day: Option<Day>,
    /// What was put right, and where.
    pub notes: Vec<(Meaning, Note)>,
}

/// A cell that cannot be used. What a row claims is not left out because it cannot be read: the row says so instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("column {column}: {spoilt}")]
pub struct CellProblem {
    /// Where, from 1.
    pub column: usize,
    /// What the column means.
    pub meaning: Meaning,
    /// What is wrong.
    pub spoilt: Spoilt,
}

impl Mapping {
    /// What `row` says, or all that cannot be used of it. A dash or nothing in a cell is nothing.
    pub fn pick(&self, row: &[String]) -> Result<Picked, Vec<CellProblem>> {
        let (mut picked, mut wrong) = (Picked::default(), Vec::new());
        for (meaning, column) in &self.columns {
            let text = column.checked_sub(1).and_then(|column| row.get(column)).map_or("", String::as_str);
            let plain = cell::plain(text);
            if plain.chars().all(|c| matches!(c, '-' | 'ー' | '—')) {
                continue;
            }
            if let Err(spoilt) = picked.take(*meaning, text, plain) {
                wrong.push(CellProblem { column: *column, meaning: *meaning, spoilt });
            }
        }
        if wrong.is_empty() { Ok(picked) } else { Err(wrong) }
    }
}

impl Picked {
    fn take(&mut self, meaning: Meaning, text: &str, plain: String) -> Result<(), Spoilt> {
        let note = match meaning {
            Meaning::Label => {
                self.label = Some(plain);
                None
            }
            Meaning::Id => {
                self.id = Some(plain);
                None
            }
            Meaning::Number => {
                self.number = Some(plain);
                None
            }
            Meaning::Maker => {
                self.maker = Some(plain);
                None
            }
            Meaning::Level => {
                self.level = Some(cell::level(text)?);
                None
            }
            Meaning::Day => {
                self.day = Some(cell::day(text)?);
                None
            }
            Meaning::Gtin => {
                let (gtin, note) = cell::gtin(text)?;
                self.gtin = Some(gtin);
                note
            }
            Meaning::CorporateNumber => {
                let (number, note) = cell::corporate_number(text)?;
                self.corporate_number = Some(number);
                note
            }
            Meaning::Model => {
                let (models, note) = cell::models(text)?;
                self.models = models;
                note
            }
        };
        self.notes.extend(note.map(|note| (meaning, note)));
        Ok(())
    }
}
