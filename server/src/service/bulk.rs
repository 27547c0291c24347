//! Many rows at once: a stream of rows in, a stream of answers out, in order.
//!
//! No row is read but for who takes the answers: where they are not taken, no more rows are read, and where they are
//! dropped, all ends. A few batches are under way at once, so that signatures of one are checked while the registry is
//! asked about another. Those that have begun go on to their end by themselves: one that stood still with a turn of the
//! registry in its hands would stop everybody. Work that keeps a processor busy stands in line for one of as many threads as
//! there are processors, and what asks the registry waits for one of a few turns: both fair, and shared by all runs. So a run
//! beside others gets its share, and none takes from scanners more than that (ADR 0021).

mod columns;
mod feed;
mod lines;
mod processors;
mod sheet;
mod wanted;
mod written;
#[cfg(test)]
mod tests;

use std::{io, sync::Arc};

use bytes::Bytes;
use futures_util::{FutureExt as _, Stream, StreamExt as _, future::Either};
use shirushi_shared::{
    api::{BadRow, BulkAnswer, BulkEnd, BulkLine, BulkProduct, BulkQuestion, BulkRow, RowError, RowFault},
    claim::ClaimedProduct,
};
use tokio::{
    sync::Semaphore,
    task::{JoinError, JoinHandle},
};

use self::processors::Processors;
pub(crate) use self::wanted::{Offered, models_of};
pub use self::{
    columns::{Columns, unmet},
    feed::{Feed, stopped},
    lines::Lines,
    sheet::{Sheet, question},
    wanted::Wanted,
    written::{Written, json_lines},
};
use super::verify::{
    Verifier,
    many::{Gathered, Judge, Run},
};

/// Most rows of a batch: a few statements of the registry, some milliseconds of a processor.
pub const BATCH: usize = 256;
/// Batches of all runs that ask the registry at once, of the turns that scanners have too (`service::status`).
const READINGS: usize = 4;

/// Verifies many rows. Cheap to clone; all clones share the turns.
#[derive(Clone)]
pub struct Bulk {
    verifier: Verifier,
    origin: Arc<str>,
    processors: Processors,
    readings: Arc<Semaphore>,
}

/// A row, as it was handed in.
#[derive(Clone, Debug)]
pub enum Given {
    /// A line of JSON with its place in the file.
    Line(u64, Bytes),
    /// A row that was read with its place in the file.
    Row(u64, Box<BulkRow>),
    /// What is no row.
    Bad(BadRow),
}

/// The answers to a batch.
#[derive(Debug)]
pub struct Batch<T> {
    /// As they were wanted.
    pub answers: T,
    /// What came of it.
    pub count: BulkEnd,
}

/// A row between its reading and its answer.
enum Entry {
    Asked { row: u64, id: Option<String> },
    Bad(BadRow),
}

impl Bulk {
    /// Verifies by `verifier`, with links to pages at `origin`.
    pub fn new(verifier: Verifier, origin: &str, processors: usize) -> io::Result<Self> {
        Ok(Self {
            verifier,
            origin: origin.into(),
            processors: Processors::new(processors)?,
            readings: Arc::new(Semaphore::new(READINGS)),
        })
    }

    /// The answers to `rows`, which come in batches of at most [`BATCH`]; written by `write`, on a thread of its own.
    pub fn answers<T, R, W>(
        &self,
        rows: R,
        wanted: Wanted,
        write: W,
    ) -> impl Stream<Item = Batch<T>> + Send + use<T, R, W>
    where
        T: Send + 'static,
        R: Stream<Item = Vec<Given>> + Send,
        W: Fn(Vec<BulkLine>) -> T + Clone + Send + 'static,
    {
        let (bulk, run) = (self.clone(), Arc::new(self.verifier.run()));
        // One batch a processor, one that waits for the registry, one that is ready before it is taken.
        rows.map(move |rows| {
            driven(bulk.clone().batch(rows, Arc::clone(&run), wanted.clone(), write.clone()))
        })
        .buffered(self.processors.count() + 2)
    }

    async fn batch<T: Send + 'static>(
        self,
        rows: Vec<Given>,
        run: Arc<Run>,
        wanted: Wanted,
        write: impl Fn(Vec<BulkLine>) -> T + Send + 'static,
    ) -> Batch<T> {
        let (verifier, readings, origin) =
            (self.verifier.clone(), Arc::clone(&self.readings), Arc::clone(&self.origin));
        let begun = move || {
            let (entries, questions): (Vec<_>, Vec<_>) = rows.into_iter().map(read).unzip();
            let asked = verifier.tell_apart(questions.into_iter().flatten().collect(), wanted.when, &run);
            let all = wanted.needs_registrations();
            let mut gathering = Box::pin(async move {
                let _turn = readings.acquire().await;
                verifier.gather(asked, all, &run).await
            });
            let finish = move |(gathered, judge): (Vec<Gathered>, Judge)| {
                let mut gathered = gathered.into_iter();
                let line = |entry| match entry {
                    Entry::Bad(row) => Some(BulkLine::Bad(row)),
                    Entry::Asked { row, id } => {
                        Some(answer(row, id, gathered.next()?, judge, &wanted, &origin))
                    }
                };
                let lines: Vec<_> = entries.into_iter().filter_map(line).collect();
                let count = BulkEnd::of(&lines);
                let answers = write(lines);
                Batch { answers, count }
            };
            // What is known here needs no waiting, and what need not wait does not stand in line again: a tenth of the time
            // (ADR 0021).
            match gathering.as_mut().now_or_never() {
                Some(gathered) => Either::Left(finish(gathered)),
                None => Either::Right((gathering, finish)),
            }
        };
        match self.processors.busy(begun).await {
            Either::Left(batch) => batch,
            Either::Right((gathering, finish)) => {
                let gathered = gathering.await;
                self.processors.busy(move || finish(gathered)).await
            }
        }
    }
}

/// A panic of ours goes on in whoever waits; that the runtime ends, ends them as well.
async fn passed_on<T>(failed: JoinError) -> T {
    match failed.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => std::future::pending().await,
    }
}

/// A task that ends with whoever waits for it.
struct Driven<T>(JoinHandle<T>);

/// What comes of `work`, which goes on also where nobody looks at it; begun when it is looked at first.
async fn driven<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let mut task = Driven(tokio::spawn(work));
    match (&mut task.0).await {
        Ok(done) => done,
        Err(failed) => passed_on(failed).await,
    }
}

impl<T> Drop for Driven<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Given {
    /// What is asked, with the row's place and name.
    pub fn into_question(self) -> Result<(u64, Option<String>, BulkQuestion), BadRow> {
        let (row, read) = match self {
            Self::Line(row, line) => (row, BulkRow::parse(&line)),
            Self::Row(row, read) => (row, Ok(*read)),
            Self::Bad(bad) => return Err(bad),
        };
        let mut read = read.map_err(|(id, error)| BadRow { row, id, error })?;
        let row = read.row.unwrap_or(row);
        let id = read.id.take_if(|id| id.len() <= BulkRow::MAX_ID);
        match read.into_question() {
            Ok(question) => Ok((row, id, question)),
            Err(error) => Err(BadRow { row, id, error }),
        }
    }
}

/// Reads a row, and what it asks.
fn read(given: Given) -> (Entry, Option<BulkQuestion>) {
    match given.into_question() {
        Ok((row, id, question)) => (Entry::Asked { row, id }, Some(question)),
        Err(bad) => (Entry::Bad(bad), None),
    }
}

fn answer(
    row: u64,
    id: Option<String>,
    gathered: Gathered,
    judge: Judge,
    wanted: &Wanted,
    origin: &str,
) -> BulkLine {
    let Some(verdict) = gathered.judge(judge) else {
        let detail = "the registry did not answer which label this GTIN belongs to: ask again".to_owned();
        return BulkLine::Bad(BadRow { row, id, error: RowError { code: RowFault::Unavailable, detail } });
    };
    let registration = gathered.registration.as_deref();
    let mut answer = BulkAnswer::of(row, id, &verdict, wanted.language);
    let answered = |known| ClaimedProduct::of(&gathered.claims, gathered.claims.against(known));
    answer.claimed = registration.map(answered).unwrap_or_default().into();
    let (models, maker) = (&*gathered.models, gathered.claims.maker.as_deref());
    let offered = Offered { models, maker, offer: gathered.offer };
    answer.policy = wanted.policy_answer(&offered, registration, &verdict);
    answer.hold_against(gathered.claimed_number.as_ref());
    answer.link = answer.number.as_ref().map(|number| format!("{origin}/v/{number}"));
    if let Some(known) = registration {
        answer.level = Some(known.level);
        answer.claimed.models = models_of(known, gathered.models);
        answer.product = wanted.products.then(|| BulkProduct {
            maker: known.maker.name.clone(),
            names: known.products.iter().map(|product| product.name.clone()).collect(),
        });
    }
    BulkLine::Answer(Box::new(answer))
}
