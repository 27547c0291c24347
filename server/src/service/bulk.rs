//! Many rows at once: a stream of rows in, a stream of answers out, in order.
//!
//! No row is read but for who takes the answers: where they are not taken, no more rows are read, and where they are
//! dropped, all ends. A few batches are under way at once, so that signatures of one are checked while the registry is
//! asked about another. Those that have begun go on to their end by themselves: one that stood still with a turn of all in
//! its hands would stop everybody. Work that keeps a processor busy waits for one of as many turns as there are processors, and what
//! asks the registry for one of a few turns: both fair, and shared by all runs. So a run beside others gets its share, and
//! none takes from scanners more than that (ADR 0021).

mod columns;
mod feed;
mod lines;
mod sheet;
mod wanted;
mod written;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use shirushi_shared::{
    api::{
        BadRow, BulkAnswer, BulkEnd, BulkLine, BulkProduct, BulkQuestion, BulkRow, ClaimedModel, RowError,
        RowFault,
    },
    claim::ProductClaims,
    policy::Answer,
    verdict::Outcome,
};
use tokio::{
    sync::Semaphore,
    task::{JoinError, JoinHandle},
};

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
    processors: usize,
    turns: Arc<Semaphore>,
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
    pub count: Count,
}

/// What came of rows.
#[derive(Clone, Debug, Default)]
pub struct Count {
    /// Rows that were not answered.
    pub bad: u64,
    /// Answers by outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// … and by what the policy says, where there is one.
    pub policy: BTreeMap<Answer, u64>,
}

impl Count {
    /// What is in `lines`.
    pub fn of(lines: &[BulkLine]) -> Self {
        let mut count = Self::default();
        for line in lines {
            count.line(line);
        }
        count
    }

    /// Counts `line`.
    pub fn line(&mut self, line: &BulkLine) {
        match line {
            BulkLine::Answer(answer) => {
                *self.outcomes.entry(answer.outcome).or_default() += 1;
                if let Some(policy) = &answer.policy {
                    *self.policy.entry(policy.answer).or_default() += 1;
                }
            }
            BulkLine::Bad(_) => self.bad += 1,
            BulkLine::End(_) => {}
        }
    }

    /// How many rows they were.
    pub fn rows(&self) -> u64 {
        self.bad + self.outcomes.values().sum::<u64>()
    }

    /// Counts what `other` counted.
    pub fn add(&mut self, other: &Self) {
        self.bad += other.bad;
        for (outcome, rows) in &other.outcomes {
            *self.outcomes.entry(*outcome).or_default() += rows;
        }
        for (answer, rows) in &other.policy {
            *self.policy.entry(*answer).or_default() += rows;
        }
    }

    /// The last line of an answer that ended of itself.
    pub fn to_end(&self) -> BulkEnd {
        BulkEnd {
            rows: self.rows(),
            bad: self.bad,
            outcomes: self.outcomes.clone(),
            policy: self.policy.clone(),
            stopped: None,
        }
    }
}

/// A row between its reading and its answer.
enum Entry {
    Asked { row: u64, id: Option<String> },
    Bad(BadRow),
}

impl Bulk {
    /// Verifies by `verifier`, with links to pages at `origin`.
    pub fn new(verifier: Verifier, origin: &str, processors: usize) -> Self {
        Self {
            verifier,
            origin: origin.into(),
            processors,
            turns: Arc::new(Semaphore::new(processors)),
            readings: Arc::new(Semaphore::new(READINGS)),
        }
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
        .buffered(self.processors + 2)
    }

    async fn batch<T: Send + 'static>(
        self,
        rows: Vec<Given>,
        run: Arc<Run>,
        wanted: Wanted,
        write: impl Fn(Vec<BulkLine>) -> T + Send + 'static,
    ) -> Batch<T> {
        let asked = self.busy({
            let (verifier, run, when) = (self.verifier.clone(), Arc::clone(&run), wanted.when);
            move || {
                let (entries, questions): (Vec<_>, Vec<_>) = rows.into_iter().map(read).unzip();
                (entries, verifier.tell_apart(questions.into_iter().flatten().collect(), when, &run))
            }
        });
        let (entries, asked) = asked.await;
        let (gathered, judge) = {
            let _turn = self.readings.acquire().await;
            self.verifier.gather(asked, wanted.needs_registrations(), &run).await
        };
        let origin = Arc::clone(&self.origin);
        self.busy(move || {
            let mut gathered = gathered.into_iter();
            let line = |entry| match entry {
                Entry::Bad(row) => Some(BulkLine::Bad(row)),
                Entry::Asked { row, id } => Some(answer(row, id, gathered.next()?, judge, &wanted, &origin)),
            };
            let lines: Vec<_> = entries.into_iter().filter_map(line).collect();
            let count = Count::of(&lines);
            let answers = write(lines);
            Batch { answers, count }
        })
        .await
    }

    /// Runs `work` on a thread that may be kept busy, when its turn comes. The turn comes back when the work has ended,
    /// also where nobody waits for it any more.
    async fn busy<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        // The semaphore is never closed.
        let turn = Arc::clone(&self.turns).acquire_owned().await.ok();
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        match done.await {
            Ok(done) => done,
            Err(failed) => passed_on(failed).await,
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
    answer.claimed = registration.map(|known| gathered.claims.against(known).into()).unwrap_or_default();
    answer.policy = wanted.policy_answer(&gathered, &verdict);
    answer.hold_against(gathered.claimed_number.as_ref());
    answer.link = answer.number.as_ref().map(|number| format!("{origin}/v/{number}"));
    if let Some(known) = registration {
        answer.level = Some(known.level);
        let model =
            |claimed: String| ClaimedModel { answer: ProductClaims::covers(known, &claimed), claimed };
        answer.claimed.models = gathered.models.into_iter().map(model).collect();
        answer.product = wanted.products.then(|| BulkProduct {
            maker: known.maker.name.clone(),
            names: known.products.iter().map(|product| product.name.clone()).collect(),
        });
    }
    BulkLine::Answer(Box::new(answer))
}
