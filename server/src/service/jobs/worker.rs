//! Turns: a worker claims a job, answers the next slice of its rows, and hands it in together with how far the job is.
//!
//! Between two slices of a job its file stays open here, so that nothing is read twice while the turn goes round; where it is
//! not (after a crash, at another node), it is read again and what was answered is passed over.

mod slice;

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use shirushi_shared::api::{StopCode, Stopped};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use self::slice::{Came, Sliced, Unread};
use super::{
    Job, JobState, Jobs, JobsError, Opened,
    source::{blocking, deflated},
};
use crate::registry::{Answers, RegistryError, Slice};

/// Seconds for which a claim holds, and after how many of them it is prolonged. Whoever is killed is missed so long.
const LEASE: i64 = 10;
const BEAT: Duration = Duration::from_secs(3);
/// How often a worker that has nothing to do looks for something.
const LOOK: Duration = Duration::from_secs(1);
/// How often what has expired is erased.
const SWEEP: Duration = Duration::from_mins(1);
/// Claims without a slice after which a job is given up: its file may be what ends whoever reads it.
const ATTEMPTS: u64 = 6;
/// Seconds after which a slice that failed is tried again.
const PAUSE: i64 = 5;
/// Files that stay open between slices, and for how long: another node may have gone on with the job.
const OPEN: usize = 16;
const IDLE: Duration = Duration::from_mins(5);

impl Jobs {
    /// Works jobs off and erases what has expired, until `shutdown` completes and the slices under way have been let go.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        let (stop, stopping) = watch::channel(false);
        let workers =
            (0..self.at_once).map(|slot| self.work(format!("{}-{slot}", self.node), stopping.clone()));
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
                    tracing::warn!(error = &error as &dyn std::error::Error, "jobs cannot be erased");
                }
            }
            locked(&self.open).retain(|_, opened| opened.since.elapsed() < IDLE);
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

    /// Ends the turn with its slice.
    async fn hand_in(&self, mut job: Job, holder: &str, sliced: Sliced) -> Result<(), JobsError> {
        let Sliced { text, count, end, rows, opened } = sliced;
        let now = self.clock.now();
        let bytes = blocking(move || deflated(&text)).await??;
        let answers = Answers { rows: count.rows, counts: to_json(&count)?, bytes };
        let document = &mut job.document;
        document.rows = rows;
        document.began.get_or_insert(now);
        document.end.add(&count);
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
        let slice = self.slice_of(&job, holder, answers)?;
        // Before it is handed in: whoever claims the job next, the moment it is free, finds its file open.
        self.keep_open(&id, Opened { source: opened, answered, since: Instant::now() });
        if !self.spool.hand_in(slice, now).await? {
            self.close(&id);
            return Ok(());
        }
        (self.count)(&count.outcomes);
        if job.state.is_ended() {
            let stopped =
                job.document.end.stopped.as_ref().map(|stopped| tracing::field::debug(stopped.code));
            tracing::info!(rows = answered, keyed = owner, stopped, "a job has ended");
            self.forget_file(&id).await?;
        }
        Ok(())
    }

    fn keep_open(&self, id: &str, opened: Opened) {
        let mut open = locked(&self.open);
        if open.len() < OPEN {
            open.insert(id.to_owned(), opened);
        }
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

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, RegistryError> {
    serde_json::to_string(value).map_err(|error| RegistryError::Unavailable(Box::new(error)))
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    drop(stopping.wait_for(|stopping| *stopping).await);
}
