//! What has changed since an earlier run: rows that are new, rows that are gone, and rows whose answer is another one.
//!
//! A row is known again by its name, else by what it asks about ([`answers`](super::answers)); of several alike the first
//! with the first. Of the earlier run a few words for each row are in memory, some 100 MB for a million, so that only a few
//! differences are worked out at once; the later run goes by slice by slice.

mod alike;
mod sink;
mod told;

use std::{collections::HashMap, io};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use serde::Serialize;
use shirushi_shared::{
    api::{BulkLine, Which},
    text::Language,
};
use tokio::sync::OwnedSemaphorePermit;

use self::{
    alike::{Alike, bits},
    sink::Sink,
    told::{Told, What},
};

use super::{
    Job, Jobs, JobsError,
    answers::{Slices, split},
    output::piped,
};
use crate::scheme::organisation::OrganisationId;

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

/// How many rows there are of each kind.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Counts {
    same: u64,
    changed: u64,
    new: u64,
    gone: u64,
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
