//! Turns: a worker claims a job, answers the next slice of its rows, and hands it in together with how far the job is.
//!
//! Between two slices of a job its file stays open here, so that nothing is read twice while the turn goes round; where it is
//! not (after a crash, at another node), it is read again and what was answered is passed over.

use std::{
    collections::VecDeque,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
use shirushi_shared::{
    api::{BulkLine, RowFault, StopCode, Stopped},
    verdict::Outcome,
};
use tokio::{sync::watch, time::sleep};

use super::{
    Job, JobState, Jobs, JobsError, Opened,
    answers::ready,
    source::{Source, blocking, deflated, scratch},
};
use crate::{
    registry::{Answers, RegistryError, Slice},
    service::bulk::{BATCH, Batch, Count},
};

/// Jobs of this node that have a turn at once.
const SLOTS: usize = 2;
/// Batches of a slice: some thousand rows, a second or two.
const BATCHES: usize = 16;
/// Seconds for which a claim holds, and after how many of them it is prolonged. Whoever is killed is missed so long.
const LEASE: i64 = 10;
const BEAT: Duration = Duration::from_secs(3);
/// How often a worker that has nothing to do looks for something.
const LOOK: Duration = Duration::from_secs(1);
/// How often what has expired is erased.
const SWEEP: Duration = Duration::from_secs(60);
/// Claims without a slice after which a job is given up: its file may be what ends whoever reads it.
const ATTEMPTS: u64 = 6;
/// Claims in which rows that could not be confirmed are asked again, and the seconds between them.
const PATIENT: u64 = 3;
const PAUSE: i64 = 5;
/// Files that stay open between slices.
const OPEN: usize = 16;

/// What came of a turn.
enum Came {
    /// A slice, and how the file ended where it did.
    Slice(Box<Sliced>),
    /// The service is about to stop.
    Stopping,
    /// Rows could not be confirmed, and may be in a moment.
    Unconfirmed,
}

struct Sliced {
    text: Vec<u8>,
    count: Count,
    end: Option<Result<(), Stopped>>,
    rows: Option<u64>,
    opened: Arc<Mutex<Source>>,
}

/// A file that cannot be read at all, or what kept it from being read now.
enum Unread {
    Stopped(Stopped),
    Jobs(JobsError),
}

impl From<JobsError> for Unread {
    fn from(error: JobsError) -> Self {
        Self::Jobs(error)
    }
}

impl Jobs {
    /// Works jobs off and erases what has expired, until `shutdown` completes and the slices under way have been let go.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        let (stop, stopping) = watch::channel(false);
        let workers = (0..SLOTS).map(|slot| self.work(format!("{}-{slot}", self.node), stopping.clone()));
        let sweeping = async {
            tokio::select! {
                () = self.keep_sweeping() => {}
                () = stopped(stopping.clone()) => {}
            }
        };
        let stopper = async {
            shutdown.await;
            stop.send_replace(true);
        };
        tokio::join!(futures_util::future::join_all(workers), sweeping, stopper);
    }

    async fn keep_sweeping(&self) {
        loop {
            match self.spool.sweep(self.clock.now()).await {
                Ok(0) => {}
                Ok(jobs) => tracing::info!(jobs, "jobs were erased: their time was over"),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "jobs cannot be erased")
                }
            }
            sleep(SWEEP).await;
        }
    }

    async fn work(&self, holder: String, stopping: watch::Receiver<bool>) {
        let mut outage = false;
        while !*stopping.borrow() {
            let pause = match self.turn(&holder, &stopping).await {
                Ok(true) => {
                    outage = false;
                    continue;
                }
                Ok(false) => LOOK,
                Err(error) => {
                    if !outage {
                        tracing::warn!(error = &error as &dyn std::error::Error, "a job cannot go on");
                    }
                    outage = true;
                    LOOK
                }
            };
            tokio::select! {
                () = self.wake.notified() => {}
                () = sleep(pause) => {}
                () = stopped(stopping.clone()) => {}
            }
        }
    }

    /// Works off all that waits now, for whoever does not run workers.
    pub async fn work_off(&self) -> Result<(), JobsError> {
        let (_stop, stopping) = watch::channel(false);
        while self.turn(&self.node, &stopping).await? {}
        Ok(())
    }

    /// One turn of `holder`; false where there is nothing to do.
    pub(super) async fn turn(
        &self,
        holder: &str,
        stopping: &watch::Receiver<bool>,
    ) -> Result<bool, JobsError> {
        let now = self.clock.now();
        let Some(stored) = self.spool.claim(holder, now, now.plus(LEASE)).await? else { return Ok(false) };
        let job = Job::read(stored)?;
        if job.attempts > ATTEMPTS {
            let detail = format!("reading the file failed {ATTEMPTS} times");
            self.end(job, holder, Stopped { code: StopCode::NotATable, detail }).await?;
            return Ok(true);
        }
        let came = tokio::select! {
            came = self.slice(&job, stopping) => came,
            () = self.beat(&job.id, holder) => return Ok(true),
        };
        match came {
            Ok(Came::Slice(sliced)) => self.hand_in(job, holder, *sliced).await?,
            Ok(Came::Stopping) => self.spool.release(&job.id, holder, now, true).await?,
            Ok(Came::Unconfirmed) => {
                self.spool.release(&job.id, holder, self.clock.now().plus(PAUSE), false).await?;
            }
            Err(Unread::Stopped(stopped)) => self.end(job, holder, stopped).await?,
            Err(Unread::Jobs(error)) => {
                self.close(&job.id);
                // That the registry does not answer is not the file's fault.
                let innocent = matches!(error, JobsError::Registry(RegistryError::Unavailable(_)));
                self.spool.release(&job.id, holder, self.clock.now().plus(PAUSE), innocent).await?;
                return Err(error);
            }
        }
        Ok(true)
    }

    /// Prolongs the claim for as long as it is looked at; ends when somebody has taken the job away.
    async fn beat(&self, id: &str, holder: &str) {
        loop {
            sleep(BEAT).await;
            // Where the registry does not answer, the lease runs out, and handing in will tell.
            if let Ok(false) = self.spool.prolong(id, holder, self.clock.now().plus(LEASE)).await {
                return self.close(id);
            }
        }
    }

    /// The answers to the next rows.
    async fn slice(&self, job: &Job, stopping: &watch::Receiver<bool>) -> Result<Came, Unread> {
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
        let mut answers = pin!(self.bulk.answers(batches, job.document.wanted(), written));
        let (mut text, mut count, mut unconfirmed) = (Vec::new(), Count::default(), false);
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
        let is_whole = end.is_some() || count.rows() == (BATCHES * BATCH) as u64;
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

    /// Ends the turn with its slice.
    async fn hand_in(&self, mut job: Job, holder: &str, sliced: Sliced) -> Result<(), JobsError> {
        let Sliced { text, count, end, rows, opened } = sliced;
        let now = self.clock.now();
        let bytes = blocking(move || deflated(&text)).await??;
        let answered = count.to_end();
        let answers = Answers { rows: answered.rows, counts: to_json(&answered)?, bytes };
        let document = &mut job.document;
        document.rows = rows;
        document.began.get_or_insert(now);
        document.end.rows += answered.rows;
        document.end.bad += answered.bad;
        for (outcome, rows) in &answered.outcomes {
            *document.end.outcomes.entry(*outcome).or_default() += rows;
        }
        job.state = match &end {
            None => JobState::Running,
            Some(Ok(())) => JobState::Done,
            Some(Err(_)) => JobState::Failed,
        };
        if let Some(end) = end {
            document.ended = Some(now);
            document.end.stopped = end.err();
        }
        let (id, owner, answered) = (job.id.clone(), job.owner.is_some(), document.end.rows);
        let answers = Some(answers).filter(|answers| answers.rows > 0);
        if !self.spool.hand_in(self.slice_of(&job, holder, answers)?, now).await? {
            return Ok(());
        }
        if job.state.is_ended() {
            let stopped =
                job.document.end.stopped.as_ref().map(|stopped| tracing::field::debug(stopped.code));
            tracing::info!(rows = answered, keyed = owner, stopped, "a job has ended");
            return Ok(self.forget_file(&id).await?);
        }
        let mut open = locked(&self.open);
        if open.len() < OPEN {
            open.insert(id, Opened { source: opened, answered });
        }
        Ok(())
    }

    /// Ends a job that cannot go on.
    async fn end(&self, mut job: Job, holder: &str, stopped: Stopped) -> Result<(), JobsError> {
        let now = self.clock.now();
        tracing::info!(stopped = ?stopped.code, "a job has ended");
        job.document.end.stopped = Some(stopped);
        job.document.ended = Some(now);
        job.state = JobState::Failed;
        if self.spool.hand_in(self.slice_of(&job, holder, None)?, now).await? {
            self.forget_file(&job.id).await?;
        }
        Ok(())
    }

    fn slice_of(&self, job: &Job, holder: &str, answers: Option<Answers>) -> Result<Slice, RegistryError> {
        Ok(Slice {
            job: job.id.clone(),
            holder: holder.to_owned(),
            after: job.results,
            answers,
            state: job.state,
            expires: self.limits(job.owner.is_some()).expiry(self.clock.now()),
            document: job.document.to_json()?,
        })
    }

    /// Closes the file of a job that nobody goes on with here.
    pub(super) fn close(&self, id: &str) {
        locked(&self.open).remove(id);
    }
}

/// Each line as JSON, and whether one of them could not be confirmed because a part did not answer.
fn written(lines: Vec<BulkLine>) -> (Vec<Vec<u8>>, bool) {
    let unsure = lines.iter().any(|line| match line {
        BulkLine::Answer(answer) => answer.outcome == Outcome::StatusUnknown,
        BulkLine::Bad(bad) => bad.error.code == RowFault::Unavailable,
        BulkLine::End(_) => false,
    });
    // Writing text and numbers cannot fail.
    (lines.iter().map(|line| serde_json::to_vec(line).unwrap_or_default()).collect(), unsure)
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, RegistryError> {
    serde_json::to_string(value).map_err(|error| RegistryError::Unavailable(Box::new(error)))
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    drop(stopping.wait_for(|stopping| *stopping).await);
}
