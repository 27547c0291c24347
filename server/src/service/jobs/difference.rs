//! What has changed since an earlier run: rows that are new, rows that are gone, and rows whose answer is another one.
//!
//! A row is known again by its name, else by what it asks about ([`answers`](super::answers)); of several alike the first
//! with the first. Of the earlier run a few words for each row are in memory, some 100 MB for a million, so that only a few
//! differences are worked out at once; the later run goes by slice by slice.

use std::{
    collections::HashMap,
    io::{self, Write as _},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use serde::Serialize;
use shirushi_shared::{
    api::BulkLine, claim::Listed, policy::Day, text::Language, time::UnixTime, verdict::Outcome,
};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    Job, Jobs, JobsError,
    answers::{Slices, Which, split},
    output::{Pipe, piped},
};
use crate::{
    scheme::organisation::OrganisationId,
    table::output::{Cell, CsvFile, Line, Shade},
};

/// As what a difference is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DifferenceForm {
    /// A line of JSON each, and a last one with how many there are.
    #[default]
    JsonLines,
    /// For spreadsheets.
    Csv,
}

/// A row that is not as it was.
#[derive(Debug, Serialize)]
struct Difference {
    change: Change,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// What is another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    what: Vec<What>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Told>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Told>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    New,
    Gone,
    Changed,
}

/// What can be another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Outcome,
    Status,
    Expires,
    Claimed,
}

/// What was told of a row, as far as it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Told {
    row: u64,
    /// Absent where the row was not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<UnixTime>,
    /// `not_listed` where any claim was answered so.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed: Option<Listed>,
}

/// How many rows there are of each kind.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Counts {
    same: u64,
    changed: u64,
    new: u64,
    gone: u64,
}

#[derive(Serialize)]
struct End {
    end: Counts,
}

impl Jobs {
    /// What has changed in `job` since `earlier`, or since the job that it was opened to be compared with. Both have ended.
    pub async fn differences(
        &self,
        organisation: Option<&OrganisationId>,
        job: &Job,
        earlier: Option<&str>,
        form: DifferenceForm,
        language: Language,
    ) -> Result<BoxStream<'static, io::Result<Bytes>>, JobsError> {
        let before = match (earlier, &job.document.earlier) {
            (Some(name), _) => self.find(organisation, name).await?,
            // Whoever opened the job was asked then whether they may see it.
            (None, Some(id)) => Job::read(self.spool.job(id).await?.ok_or(JobsError::NotFound)?)?,
            (None, None) => return Err(JobsError::NoEarlier),
        };
        for job in [&before, job] {
            if !job.state.is_ended() {
                return Err(JobsError::State { state: job.state, why: "and its answers are not all there" });
            }
        }
        let turn = self.differences.clone().try_acquire_owned().map_err(|_| JobsError::Busy)?;
        let first = Slices::of(self, &before.id).await?;
        let again = Slices::of(self, &before.id).await?;
        let after = Slices::of(self, &job.id).await?;
        Ok(piped(move |out| compare(turn, first, again, after, Sink::begin(form, language, out)?)))
    }
}

fn compare(
    _turn: OwnedSemaphorePermit,
    mut before: Slices,
    mut again: Slices,
    mut after: Slices,
    mut sink: Sink<'_>,
) -> io::Result<()> {
    let (mut told, mut alike) = (HashMap::new(), Alike::default());
    each(&mut before, |key, line| {
        let mut place = key;
        if told.contains_key(&key) {
            place = alike.another(key);
        }
        told.insert(place, Told::of(line));
        Ok(())
    })?;
    let mut counts = Counts::default();
    each(&mut after, |key, line| {
        let now = Told::of(line);
        let Some(was) = told.remove(&alike.next(key)) else {
            counts.new += 1;
            return sink.put(&Difference::of(Change::New, line, None, Some(now)));
        };
        if now.what(was).is_empty() {
            counts.same += 1;
            return Ok(());
        }
        counts.changed += 1;
        sink.put(&Difference::of(Change::Changed, line, Some(was), Some(now)))
    })?;
    alike.begin_again();
    if !told.is_empty() {
        each(&mut again, |key, line| {
            if told.remove(&alike.next(key)).is_none() {
                return Ok(());
            }
            counts.gone += 1;
            sink.put(&Difference::of(Change::Gone, line, Some(Told::of(line)), None))
        })?;
    }
    sink.finish(counts)
}

fn each(slices: &mut Slices, mut take: impl FnMut(u128, &BulkLine) -> io::Result<()>) -> io::Result<()> {
    while let Some(text) = slices.next(Which::All).map_err(io::Error::other)? {
        for (key, line) in split(&text) {
            take(bits(key), &slices.parsed(line).map_err(io::Error::other)?)?;
        }
    }
    Ok(())
}

/// A key as a number of 96 bits.
fn bits(key: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    if let (Ok(read), Some(end)) = (BASE64URL.decode(key), bytes.get_mut(4..)) {
        end.iter_mut().zip(read).for_each(|(place, byte)| *place = byte);
    }
    u128::from_be_bytes(bytes)
}

/// Rows of the earlier run that are alike: each has a place of its own, its key with how many there were before it. Only of
/// keys that come several times anything is kept.
#[derive(Default)]
struct Alike {
    /// How many there are, and how many of them were met.
    keys: HashMap<u128, (u32, u32)>,
}

impl Alike {
    /// The place of one more row of the earlier run with this key.
    fn another(&mut self, key: u128) -> u128 {
        let (count, _) = self.keys.entry(key).or_insert((1, 0));
        let place = key | u128::from(*count) << 96;
        *count += 1;
        place
    }

    /// The place of the next row with this key.
    fn next(&mut self, key: u128) -> u128 {
        let Some((_, met)) = self.keys.get_mut(&key) else { return key };
        let place = key | u128::from(*met) << 96;
        *met += 1;
        place
    }

    fn begin_again(&mut self) {
        self.keys.values_mut().for_each(|(_, met)| *met = 0);
    }
}

impl Told {
    fn of(line: &BulkLine) -> Self {
        match line {
            BulkLine::Answer(answer) => Self {
                row: answer.row,
                outcome: Some(answer.outcome),
                status: answer.status.as_deref().and_then(Status::parse),
                expires: answer.expires,
                claimed: answer.claimed.all().reduce(|one, other| match other {
                    Listed::NotListed => other,
                    Listed::Listed => one,
                }),
            },
            BulkLine::Bad(bad) => Self { row: bad.row, ..Self::nothing() },
            BulkLine::End(_) => Self::nothing(),
        }
    }

    const fn nothing() -> Self {
        Self { row: 0, outcome: None, status: None, expires: None, claimed: None }
    }

    /// What is another than it `was`.
    fn what(self, was: Self) -> Vec<What> {
        let differs = [
            (self.outcome != was.outcome, What::Outcome),
            (self.status != was.status, What::Status),
            (self.expires != was.expires, What::Expires),
            (self.claimed != was.claimed, What::Claimed),
        ];
        differs.into_iter().filter_map(|(differs, what)| differs.then_some(what)).collect()
    }
}

/// A status, in a byte: there may be a million of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Active,
    Grace,
    Suspended,
    Revoked,
    Unregistered,
}

impl Status {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Grace => "grace",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Unregistered => "unregistered",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Active, Self::Grace, Self::Suspended, Self::Revoked, Self::Unregistered]
            .into_iter()
            .find(|status| status.as_str() == word)
    }
}

impl Difference {
    fn of(change: Change, line: &BulkLine, before: Option<Told>, after: Option<Told>) -> Self {
        let (id, number) = match line {
            BulkLine::Answer(answer) => (answer.id.clone(), answer.number.clone()),
            BulkLine::Bad(bad) => (bad.id.clone(), None),
            BulkLine::End(_) => (None, None),
        };
        let what = before.zip(after).map(|(was, now)| now.what(was)).unwrap_or_default();
        Self { change, id, number, what, before, after }
    }
}

/// Where differences are written to.
enum Sink<'a> {
    Json(&'a mut Pipe),
    Csv(Box<CsvFile<&'a mut Pipe>>, Language),
}

impl<'a> Sink<'a> {
    fn begin(form: DifferenceForm, language: Language, out: &'a mut Pipe) -> io::Result<Self> {
        match form {
            DifferenceForm::JsonLines => Ok(Self::Json(out)),
            DifferenceForm::Csv => {
                let heading = heading(language);
                let heading: Vec<_> = heading.iter().map(String::as_str).collect();
                Ok(Self::Csv(Box::new(CsvFile::begin(out, &heading)?), language))
            }
        }
    }

    fn put(&mut self, difference: &Difference) -> io::Result<()> {
        match self {
            Self::Json(out) => json_line(out, difference),
            Self::Csv(file, language) => file.line(&cells(*language, difference)),
        }
    }

    fn finish(self, counts: Counts) -> io::Result<()> {
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
    let (names, words) = (&language.page_words().columns, &language.page_words().differences);
    let space = if language.is_latin() { " " } else { "" };
    let both = [names.row, names.result, names.status, names.expires, names.claims]
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
    let columns: [&dyn Fn(Told) -> Cell; 5] = [
        &|told| Cell::Number(i64::try_from(told.row).unwrap_or(i64::MAX)),
        &|told| match told.outcome {
            Some(outcome) => words.outcomes.of(outcome).headline.into(),
            None => page.columns.not_answered.into(),
        },
        &|told| text(told.status.map(|status| words.states.named(status.as_str()))),
        &|told| text(told.expires.map(|end| Day::of(end.plus(-1)).to_string()).as_deref()),
        &|told| text(told.claimed.map(listed)),
    ];
    let mut cells = vec![change.into(), text(difference.id.as_deref()), text(difference.number.as_deref())];
    cells.extend(columns.into_iter().flat_map(told));
    Line { shade: Shade::Plain, cells }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_are_alike_have_places_of_their_own() {
        let key = bits(b"AAAAAAAAAAAAAAAB");
        assert_eq!(key, 1);
        let mut alike = Alike::default();
        assert_eq!(alike.next(key), key, "of a key that comes once nothing is kept");
        let places = [key, alike.another(key), alike.another(key)];
        assert_eq!(places, [1, 1 | 1 << 96, 1 | 2 << 96]);
        assert_eq!([alike.next(key), alike.next(key), alike.next(key)], places);
        alike.begin_again();
        assert_eq!(alike.next(key), key);
    }

    #[test]
    fn what_is_another_is_named() {
        let was = Told { outcome: Some(Outcome::Valid), status: Status::parse("active"), ..Told::nothing() };
        let now = Told { outcome: Some(Outcome::Revoked), status: Status::parse("revoked"), ..was };
        assert_eq!(now.what(was), [What::Outcome, What::Status]);
        assert_eq!(Told { row: 9, ..was }.what(was), [], "another place in the file is no difference");
        let expires = Some(UnixTime::EPOCH);
        assert_eq!(
            Told { expires, claimed: Some(Listed::NotListed), ..was }.what(was),
            [What::Expires, What::Claimed]
        );
    }
}
