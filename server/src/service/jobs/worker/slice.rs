//! A slice: the next rows of a file, and their answers.

use std::{
    collections::VecDeque,
    pin::pin,
    sync::{Arc, Mutex},
};

use futures_util::{StreamExt as _, stream};
use shirushi_shared::{
    api::{BulkEnd, BulkLine, RowFault, Stopped},
    verdict::Outcome,
};
use tokio::sync::watch;

use super::locked;
use crate::service::{
    bulk::{BATCH, Batch},
    jobs::{
        Job, Jobs, JobsError, Opened,
        answers::ready,
        source::{Source, blocking, scratch},
    },
};

/// Batches of a slice: some thousand rows, a second or two.
const BATCHES: usize = 16;
/// Claims in which rows that could not be confirmed are asked again.
const PATIENT: u64 = 3;

/// What came of a turn.
pub(super) enum Came {
    /// A slice, and how the file ended where it did.
    Slice(Box<Sliced>),
    /// The service is about to stop.
    Stopping,
    /// Rows could not be confirmed, and may be in a moment.
    Unconfirmed,
}

pub(super) struct Sliced {
    pub(super) text: Vec<u8>,
    pub(super) count: BulkEnd,
    pub(super) end: Option<Result<(), Stopped>>,
    pub(super) rows: Option<u64>,
    pub(super) opened: Arc<Mutex<Source>>,
}

/// A file that cannot be read at all, or what kept it from being read now.
pub(super) enum Unread {
    Stopped(Stopped),
    Jobs(JobsError),
}

impl From<JobsError> for Unread {
    fn from(error: JobsError) -> Self {
        Self::Jobs(error)
    }
}

impl Jobs {
    /// The answers to the next rows.
    pub(super) async fn slice(&self, job: &Job, stopping: &watch::Receiver<bool>) -> Result<Came, Unread> {
        let (source, rows) = self.source(job).await?;
        let keys = Arc::new(Mutex::new(VecDeque::new()));
        let batches = {
            let (keys, date, stopping) = (Arc::clone(&keys), job.document.date.clone(), stopping.clone());
            stream::unfold((Arc::clone(&source), 0), move |(source, batches)| {
                let (keys, date, stopping) = (Arc::clone(&keys), date.clone(), stopping.clone());
                async move {
                    if batches == BATCHES || *stopping.borrow() {
                        return None;
                    }
                    let reading = Arc::clone(&source);
                    let read = blocking(move || {
                        let given = locked(&reading).next(BATCH);
                        given
                            .into_iter()
                            .map(|given| ready(given, date.as_deref()))
                            .unzip::<_, _, Vec<_>, Vec<_>>()
                    });
                    // A panic while the file is read: the slice is not whole, which is seen below.
                    let (of_rows, given) = read.await.ok()?;
                    if given.is_empty() {
                        return None;
                    }
                    locked(&keys).push_back(of_rows);
                    Some((given, (source, batches + 1)))
                }
            })
        };
        let wanted = job.document.wanted().map_err(JobsError::from)?;
        let mut answers = pin!(self.bulk.answers(batches, wanted, |lines| written(&lines)));
        let (mut text, mut count, mut unconfirmed) = (Vec::new(), BulkEnd::default(), false);
        while let Some(Batch { answers: (lines, unsure), count: more }) = answers.next().await {
            let of_rows: Vec<String> = locked(&keys).pop_front().unwrap_or_default();
            for (key, line) in of_rows.iter().zip(lines) {
                text.extend_from_slice(key.as_bytes());
                text.extend_from_slice(&line);
                text.push(b'\n');
            }
            unconfirmed |= unsure;
            count.add(&more);
        }
        if *stopping.borrow() {
            return Ok(Came::Stopping);
        }
        if unconfirmed && job.attempts < PATIENT {
            return Ok(Came::Unconfirmed);
        }
        let end = locked(&source).end().cloned();
        let is_whole = end.is_some() || count.rows == (BATCHES * BATCH) as u64;
        if !is_whole {
            return Err(Unread::Jobs(JobsError::Scratch(std::io::Error::other("the file was not read"))));
        }
        Ok(Came::Slice(Box::new(Sliced { text, count, end, rows, opened: source })))
    }

    /// The file of `job`, open where its next rows begin; and how many rows it has, once they were counted.
    async fn source(&self, job: &Job) -> Result<(Arc<Mutex<Source>>, Option<u64>), Unread> {
        let answered = job.document.end.rows;
        let opened = locked(&self.open).remove(&job.id);
        if let Some(Opened { source, .. }) = opened.filter(|opened| opened.answered == answered) {
            return Ok((source, job.document.rows));
        }
        let file = scratch(&*self.spool, &job.id).await?;
        let (document, limits) = (job.document.clone(), self.limits(job.owner.is_some()));
        let opened = blocking(move || {
            let rows = match document.rows {
                None => Source::open(&file, &document, limits)?.count(),
                known => known,
            };
            let mut source = Source::open(&file, &document, limits)?;
            source.skip(answered);
            Ok::<_, Stopped>((Arc::new(Mutex::new(source)), rows))
        });
        opened.await?.map_err(Unread::Stopped)
    }
}

/// Each line as JSON, and whether one of them could not be confirmed because a part did not answer.
fn written(lines: &[BulkLine]) -> (Vec<Vec<u8>>, bool) {
    let unsure = lines.iter().any(|line| match line {
        BulkLine::Answer(answer) => answer.outcome == Outcome::StatusUnknown,
        BulkLine::Bad(bad) => bad.error.code == RowFault::Unavailable,
        BulkLine::End(_) => false,
    });
    // Writing text and numbers cannot fail.
    (lines.iter().map(|line| serde_json::to_vec(line).unwrap_or_default()).collect(), unsure)
}
