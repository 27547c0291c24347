//! Differences as lines of a file.

use std::io::{self, Write as _};

use serde::Serialize;
use shirushi_shared::{claim::Listed, policy::Day, text::Language};

use super::{Change, Counts, Difference, DifferenceForm, told::Told};
use crate::{
    service::jobs::output::Pipe,
    table::output::{Cell, CsvFile, Line, Shade},
};

#[derive(Serialize)]
struct End {
    end: Counts,
}

/// Where differences are written to.
pub(super) enum Sink<'a> {
    Json(&'a mut Pipe),
    Csv(Box<CsvFile<&'a mut Pipe>>, Language),
}

impl<'a> Sink<'a> {
    pub(super) fn begin(form: DifferenceForm, language: Language, out: &'a mut Pipe) -> io::Result<Self> {
        match form {
            DifferenceForm::JsonLines => Ok(Self::Json(out)),
            DifferenceForm::Csv => {
                let heading = heading(language);
                let heading: Vec<_> = heading.iter().map(String::as_str).collect();
                Ok(Self::Csv(Box::new(CsvFile::begin(out, &heading)?), language))
            }
        }
    }

    pub(super) fn put(&mut self, difference: &Difference) -> io::Result<()> {
        match self {
            Self::Json(out) => json_line(out, difference),
            Self::Csv(file, language) => file.line(&cells(*language, difference)),
        }
    }

    pub(super) fn finish(self, counts: Counts) -> io::Result<()> {
        match self {
            Self::Json(out) => json_line(out, &End { end: counts }),
            Self::Csv(file, _) => file.finish().map(drop),
        }
    }
}

fn json_line<T: Serialize>(out: &mut Pipe, value: &T) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// The headings: what it is, then each thing before and after.
fn heading(language: Language) -> Vec<String> {
    let page = language.page_words();
    let (names, words) = (&page.columns, &page.differences);
    let space = if language.is_latin() { " " } else { "" };
    let both = [names.row, names.result, names.status, names.expires, names.claims, page.pack.by_policy]
        .into_iter()
        .flat_map(|name| [words.before, words.after].map(|when| format!("{when}{space}{name}")));
    [words.change, names.id, names.number].map(str::to_owned).into_iter().chain(both).collect()
}

fn cells(language: Language, difference: &Difference) -> Line {
    let (words, page) = (language.words(), language.page_words());
    let change = match difference.change {
        Change::New => page.differences.new,
        Change::Gone => page.differences.gone,
        Change::Changed => page.differences.changed,
    };
    let text = |text: Option<&str>| Cell::from(text.unwrap_or_default());
    let told = |tell: &dyn Fn(Told) -> Cell| {
        [difference.before, difference.after].map(|told| told.map_or(Cell::Empty, tell))
    };
    let listed = |listed| match listed {
        Listed::Listed => page.columns.listed,
        Listed::NotListed => page.columns.not_listed,
    };
    let columns: [&dyn Fn(Told) -> Cell; 6] = [
        &|told| Cell::Number(i64::try_from(told.row).unwrap_or(i64::MAX)),
        &|told| match told.outcome {
            Some(outcome) => words.outcomes.of(outcome).headline.into(),
            None => page.columns.not_answered.into(),
        },
        &|told| text(told.status.map(|status| words.states.named(status.as_str()))),
        &|told| text(told.expires.map(|end| Day::of(end.plus(-1)).to_string()).as_deref()),
        &|told| text(told.claimed.map(listed)),
        &|told| text(told.policy.map(|answer| language.policy_answer(answer))),
    ];
    let mut cells = vec![change.into(), text(difference.id.as_deref()), text(difference.number.as_deref())];
    cells.extend(columns.into_iter().flat_map(told));
    Line { shade: Shade::Plain, cells }
}
