//! Which column means what: guessed from headings or from the looks of values, told with the reason of each guess,
//! corrected, and saved as JSON for the next file of the same sender.

mod guess;
mod heading;
mod looks;
mod pick;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use guess::{Guess, Why};
pub use pick::{CellProblem, Picked};

/// What a column can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// What the label's code holds: a link, a token, anything scanned.
    Label,
    /// A registration number (登録番号).
    Number,
    /// A JAN code or other GTIN.
    Gtin,
    /// Model numbers (型番), one or several.
    Model,
    /// The maker's name.
    Maker,
    /// The maker's corporate number (法人番号).
    CorporateNumber,
    /// The level that is claimed.
    Level,
    /// The day for which it is asked (基準日).
    Day,
    /// The sender's own name for the row (管理番号): comes back with the answer.
    Id,
}

impl Meaning {
    /// Every meaning, the more telling first.
    pub const ALL: [Self; 9] = [
        Self::Label,
        Self::Number,
        Self::Gtin,
        Self::CorporateNumber,
        Self::Model,
        Self::Maker,
        Self::Level,
        Self::Day,
        Self::Id,
    ];

    /// Its word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Number => "number",
            Self::Gtin => "gtin",
            Self::Model => "model",
            Self::Maker => "maker",
            Self::CorporateNumber => "corporate_number",
            Self::Level => "level",
            Self::Day => "day",
            Self::Id => "id",
        }
    }

    /// Whether a label or registration can be found by it.
    pub const fn is_presented(self) -> bool {
        matches!(self, Self::Label | Self::Number | Self::Gtin)
    }
}

/// Which column means what. As JSON: `{"heading": true, "columns": {"number": 1, "model": 3}}`, columns from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Whether the first row is headings.
    pub heading: bool,
    /// The column of each meaning, from 1.
    pub columns: BTreeMap<Meaning, usize>,
}

/// Why a mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum MappingError {
    /// No mapping as JSON.
    #[error("not a mapping: {detail}")]
    Form {
        /// Where and why.
        detail: String,
    },
    /// Nothing says which label.
    #[error("no column says which label: one of label, number and gtin is needed")]
    NothingPresented,
    /// A column that no row has.
    #[error("column {column}: columns are 1 to {limit}")]
    Column {
        /// Which.
        column: usize,
        /// The limit.
        limit: usize,
    },
    /// A column with two meanings.
    #[error("column {column} has two meanings")]
    Twice {
        /// Which.
        column: usize,
    },
}

impl Mapping {
    /// Largest mapping as JSON.
    const MAX_BYTES: usize = 4096;

    /// Reads a saved or corrected mapping for files of at most `limit` columns.
    pub fn load(json: &str, limit: usize) -> Result<Self, Vec<MappingError>> {
        if json.len() > Self::MAX_BYTES {
            let detail = format!("longer than {} bytes", Self::MAX_BYTES);
            return Err(vec![MappingError::Form { detail }]);
        }
        let read: Self = serde_json::from_str(json)
            .map_err(|error| vec![MappingError::Form { detail: error.to_string() }])?;
        let wrong = read.problems(limit);
        if wrong.is_empty() { Ok(read) } else { Err(wrong) }
    }

    /// All that is wrong with it, at once.
    pub fn problems(&self, limit: usize) -> Vec<MappingError> {
        let mut wrong = Vec::new();
        if !self.columns.keys().any(|meaning| meaning.is_presented()) {
            wrong.push(MappingError::NothingPresented);
        }
        let mut seen = Vec::new();
        for column in self.columns.values().copied() {
            if column == 0 || column > limit {
                wrong.push(MappingError::Column { column, limit });
            } else if seen.contains(&column) {
                wrong.push(MappingError::Twice { column });
            }
            seen.push(column);
        }
        wrong
    }
}
