//! A mapping guessed from the first rows, with the reason of each guess.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use super::{Mapping, Meaning, heading, looks};

/// Rows that are looked at.
const SAMPLE: usize = 50;

/// A mapping that was guessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    /// The mapping, to be shown and corrected. It may lack what is needed: [`Mapping::problems`] tells.
    pub mapping: Mapping,
    /// Why each column was taken for what it was.
    pub reasons: BTreeMap<Meaning, Why>,
}

/// Why a column was taken for something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    /// Its heading is a word for it.
    Heading {
        /// The heading.
        heading: String,
        /// The word that was found in it.
        word: Cow<'static, str>,
    },
    /// Whoever sends it said so of an earlier file with the same headings.
    Said,
    /// Its values look like it.
    Values {
        /// How many were looked at.
        values: usize,
    },
}

impl Guess {
    /// What its sender said of an earlier file.
    pub fn said(mapping: Mapping) -> Self {
        let reasons = mapping.columns.keys().map(|meaning| (*meaning, Why::Said)).collect();
        Self { mapping, reasons }
    }

    /// A guess from the first rows of a file ([`Rows::sample`](crate::table::Rows::sample)).
    pub fn of(rows: &[Vec<String>]) -> Self {
        let rows = rows.get(..SAMPLE).unwrap_or(rows);
        let (mut columns, mut reasons) = (BTreeMap::new(), BTreeMap::new());
        let first = rows.first().map_or(&[][..], Vec::as_slice);
        let mut fits: Vec<_> = first
            .iter()
            .enumerate()
            .flat_map(|(column, text)| {
                heading::meanings(text)
                    .into_iter()
                    .map(move |(fit, meaning, word)| (fit, meaning, word, column))
            })
            .collect();
        // A value may have a word of a heading in it (a product named "QR"): headings are whole words, or several.
        let whole = fits.iter().any(|(fit, ..)| *fit == heading::Fit::Whole);
        let heading =
            whole || fits.iter().map(|fit| fit.3).collect::<std::collections::BTreeSet<_>>().len() > 1;
        if heading {
            fits.sort_by_key(|(fit, meaning, word, column)| {
                (std::cmp::Reverse((*fit, word.chars().count())), *column, *meaning)
            });
            for (_, meaning, word, column) in fits {
                if !columns.contains_key(&meaning) && !columns.values().any(|taken| *taken == column + 1) {
                    columns.insert(meaning, column + 1);
                    let heading = first.get(column).cloned().unwrap_or_default();
                    reasons.insert(meaning, Why::Heading { heading, word: word.into() });
                }
            }
        }
        let values = if heading { rows.get(1..).unwrap_or_default() } else { rows };
        let widest = rows.iter().map(Vec::len).max().unwrap_or(0);
        for column in 0..widest {
            // A heading that says something else is believed.
            let named = heading && first.get(column).is_some_and(|text| !text.trim().is_empty());
            if named || columns.values().any(|taken| *taken == column + 1) {
                continue;
            }
            let cells = values.iter().filter_map(|row| row.get(column)).map(String::as_str);
            if let Some((meaning, values)) = looks::meaning(cells)
                && !columns.contains_key(&meaning)
            {
                columns.insert(meaning, column + 1);
                reasons.insert(meaning, Why::Values { values });
            }
        }
        Self { mapping: Mapping { heading, columns }, reasons }
    }
}
