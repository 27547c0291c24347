//! Jobs: files that are verified in the background. Accepted at once, watched, stopped, gone on with after a crash, kept for
//! a while and erased.
//!
//! A job is a file in the spool, a document that says how far it is, and slices of answers (`registry::Spool`). Workers of
//! every node take turns: whoever was served longest ago comes next, for one slice ([`worker`]). Answers are those of
//! [`Bulk`], which has turns of its own beside scanners.
//!
//! A job belongs to the organisation whose key opened it, or to nobody; and whoever has its secret may see, stop and erase
//! it. To everybody else it does not exist (ADR 0023).

mod answers;
mod difference;
mod document;
mod error;
mod limits;
mod name;
mod output;
mod packing;
mod source;
mod upload;
mod worker;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use shirushi_shared::{
    api::{StopCode, Stopped},
    verdict::Outcome,
};
use tokio::{
    sync::{Notify, Semaphore},
    time::Instant,
};

pub use self::{
    difference::DifferenceForm,
    document::{Document, Format, Job, Look, Order, Plan},
    error::JobsError,
    limits::JobLimits,
    name::JobSecret,
    output::ResultForm,
    packing::JobPack,
    upload::Upload,
};
pub use crate::{
    registry::JobState,
    table::{Form, Guess, Mapping, mapping::MappingError},
};

use self::source::Source;
use super::bulk::Bulk;
use crate::{
    clock::SystemClock,
    registry::{JobChange, NewJob, PartKind, RegistryError, Spool},
    scheme::{evidence::ContentHash, organisation::OrganisationId},
    table,
};

/// Tries of a change that others were faster with.
const TRIES: usize = 8;
/// Files that are opened at once to be looked at.
const LOOKS: usize = 2;
/// Differences that are worked out at once: each has a line of an earlier run in memory, some 100 MB for a million.
const DIFFERENCES: usize = 2;
/// Most jobs of a list.
const LISTED: u32 = 200;

/// Keeps jobs and works them off. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    spool: Arc<dyn Spool>,
    bulk: Bulk,
    clock: SystemClock,
    keep_days: u16,
    /// How many this node works on at once.
    at_once: u8,
    /// This process, as the holder of claims.
    node: Arc<str>,
    /// Wakes workers: there is something to do.
    wake: Arc<Notify>,
    /// Files that are open between two slices of the same job, with how many rows of each were answered.
    open: Arc<Mutex<HashMap<String, Opened>>>,
    looks: Arc<Semaphore>,
    differences: Arc<Semaphore>,
    /// Counts what came of rows, once they are handed in.
    count: Arc<Counting>,
}

/// Counts answers by outcome.
type Counting = dyn Fn(&BTreeMap<Outcome, u64>) + Send + Sync;

/// An open file.
struct Opened {
    source: Arc<Mutex<Source>>,
    answered: u64,
    since: Instant,
}

impl Jobs {
    /// Jobs in `spool`, answered by `bulk`, kept for `keep_days` when they have ended.
    pub fn new(
        spool: Arc<dyn Spool>,
        bulk: Bulk,
        clock: SystemClock,
        keep_days: u16,
    ) -> Result<Self, getrandom::Error> {
        Ok(Self {
            spool,
            bulk,
            clock,
            keep_days,
            at_once: 1,
            node: name::draw_node()?.into(),
            wake: Arc::default(),
            open: Arc::default(),
            looks: Arc::new(Semaphore::new(LOOKS)),
            differences: Arc::new(Semaphore::new(DIFFERENCES)),
            count: Arc::new(|_| {}),
        })
    }

    /// These jobs, so many of which are worked on at once; by themselves it is one after the other.
    #[must_use]
    pub fn at_once(self, at_once: u8) -> Self {
        Self { at_once, ..self }
    }

    /// These jobs, whose answers are counted by `count`.
    #[must_use]
    pub fn counted_by(self, count: impl Fn(&BTreeMap<Outcome, u64>) + Send + Sync + 'static) -> Self {
        Self { count: Arc::new(count), ..self }
    }

    /// The limits of jobs of an organisation, or of anybody.
    pub const fn limits(&self, keyed: bool) -> JobLimits {
        JobLimits::of(keyed, self.keep_days)
    }

    /// Opens a job for what `organisation` wants, or somebody without a key; its file comes next.
    pub async fn begin(
        &self,
        organisation: Option<&OrganisationId>,
        order: Order,
    ) -> Result<Upload, JobsError> {
        let limits = self.limits(organisation.is_some());
        let earlier = match &order.earlier {
            Some(name) => Some(self.find(organisation, name).await?.id),
            None => None,
        };
        if let Plan::Given(mapping) = &order.plan {
            check(mapping)?;
        }
        let (id, secret) = name::draw().map_err(JobsError::Random)?;
        let (document, plan) = Document::new(order, earlier);
        let now = self.clock.now();
        let new = NewJob {
            id: id.clone(),
            secret: secret.digest(),
            owner: organisation.map(ToString::to_string),
            expires: now.plus(upload::PATIENCE),
            document: document.to_json()?,
        };
        if !self.spool.open(&new, limits.bounds, now).await? {
            let told = limits.too_many_jobs();
            return Err(if limits.keyed { JobsError::TooMany(told) } else { JobsError::Crowded(told) });
        }
        Ok(Upload::new(self.clone(), (id, new.owner), secret, document, plan, limits))
    }

    /// The job that is called `name` by a caller of `organisation`, or by one without a key: by the job's id, which only its
    /// own organisation may use, or by its secret, which opens it to anybody.
    pub async fn find(&self, organisation: Option<&OrganisationId>, name: &str) -> Result<Job, JobsError> {
        let stored = match JobSecret::parse(name) {
            Some(secret) => self.spool.job_by_secret(&secret.digest()).await?,
            None if name::is_id(name) => {
                let stored = self.spool.job(name).await?;
                stored
                    .filter(|job| organisation.is_some_and(|who| job.owner.as_deref() == Some(who.as_str())))
            }
            None => None,
        };
        // One that has expired is gone, also where nobody has come to sweep.
        let stored = stored.filter(|job| job.expires > self.clock.now()).ok_or(JobsError::NotFound)?;
        Ok(Job::read(stored)?)
    }

    /// The jobs of `organisation`, the newest first.
    pub async fn list(&self, organisation: &OrganisationId) -> Result<Vec<Job>, JobsError> {
        let now = self.clock.now();
        let stored = self.spool.jobs_of(organisation.as_str(), LISTED).await?;
        let kept = stored.into_iter().filter(|job| job.expires > now);
        Ok(kept.map(Job::read).collect::<Result<_, _>>()?)
    }

    /// The beginning of the job's file as a table, while it waits for somebody to say what its columns mean.
    pub async fn look(&self, job: &Job) -> Result<Option<Look>, JobsError> {
        if job.state != JobState::Mapping {
            return Ok(None);
        }
        let bytes = self.spool.part(&job.id, PartKind::Look, 0).await?;
        Ok(bytes.map(|bytes| Look::read(&job.id, &bytes)).transpose()?)
    }

    /// What `owner` said of a file with these headings.
    async fn said(&self, owner: &str, headings: &ContentHash) -> Result<Option<Mapping>, JobsError> {
        let said = self.spool.columns(owner, headings.as_bytes()).await?;
        // What an earlier version wrote, and this one cannot use, was not said.
        Ok(said.and_then(|json| Mapping::load(&json, table::Limits::default().columns).ok()))
    }

    /// Keeps what the organisation of `job` has said of its columns, for its next file with the same headings.
    async fn keep(&self, job: &Job, said: &Mapping) -> Result<(), JobsError> {
        let (Some(owner), Some(headings)) = (&job.owner, &job.document.headings) else { return Ok(()) };
        if !said.heading {
            return Ok(());
        }
        let json =
            serde_json::to_string(said).map_err(|error| RegistryError::Unavailable(Box::new(error)))?;
        Ok(self.spool.keep_columns(owner, headings.as_bytes(), &json, self.clock.now()).await?)
    }

    /// Starts a job whose columns wait for it: with `mapping`, which is kept for the next file of the same kind, or with what
    /// was guessed.
    pub async fn start(
        &self,
        organisation: Option<&OrganisationId>,
        name: &str,
        mapping: Option<Mapping>,
    ) -> Result<Job, JobsError> {
        let job = self.find(organisation, name).await?;
        let is_said = mapping.is_some();
        let mapping = match mapping {
            Some(mapping) => mapping,
            None => self.look(&job).await?.map_or_else(Look::nothing, |look| look.guess.mapping),
        };
        let job = self
            .moved(job, |job| match job.state {
                JobState::Mapping => {
                    check(&mapping)?;
                    job.document.mapping = Some(mapping.clone());
                    job.state = JobState::Waiting;
                    Ok(())
                }
                state => Err(JobsError::State { state, why: "and does not wait for its columns" }),
            })
            .await?;
        if is_said && let Err(error) = self.keep(&job, &mapping).await {
            // It is only to be said again of the next file.
            tracing::warn!(error = &error as &dyn std::error::Error, "what was said of columns is not kept");
        }
        self.spool.remove(&job.id, PartKind::Look).await?;
        self.wake.notify_one();
        Ok(job)
    }

    /// Stops a job; what was answered stays.
    pub async fn cancel(&self, organisation: Option<&OrganisationId>, name: &str) -> Result<Job, JobsError> {
        let job = self.find(organisation, name).await?;
        let now = self.clock.now();
        let job = self
            .moved(job, |job| match job.state {
                state if state.is_ended() => Err(JobsError::State { state, why: "and cannot be stopped" }),
                JobState::Uploading => {
                    Err(JobsError::State { state: job.state, why: "erase it, or end the upload" })
                }
                _ => {
                    job.document.end.stopped =
                        Some(Stopped { code: StopCode::Cancelled, detail: "somebody stopped it".to_owned() });
                    job.document.ended = Some(now);
                    job.state = JobState::Cancelled;
                    Ok(())
                }
            })
            .await?;
        self.forget_file(&job.id).await?;
        Ok(job)
    }

    /// Erases a job with all that was handed in and answered.
    pub async fn erase(&self, organisation: Option<&OrganisationId>, name: &str) -> Result<(), JobsError> {
        let job = self.find(organisation, name).await?;
        self.close(&job.id);
        self.spool.erase(&job.id).await?;
        Ok(())
    }

    /// `job` after `step`, whoever changes it meanwhile.
    async fn moved(
        &self,
        mut job: Job,
        step: impl Fn(&mut Job) -> Result<(), JobsError>,
    ) -> Result<Job, JobsError> {
        for _ in 0..TRIES {
            let (now, revision) = (self.clock.now(), job.revision);
            step(&mut job)?;
            job.expires = self.limits(job.owner.is_some()).expiry(now);
            let change =
                JobChange { state: job.state, expires: job.expires, document: job.document.to_json()? };
            if self.spool.set(&job.id, revision, &change, now).await? {
                return Ok(Job { revision: revision + 1, changed: now, ..job });
            }
            job = Job::read(self.spool.job(&job.id).await?.ok_or(JobsError::NotFound)?)?;
        }
        Err(JobsError::Busy)
    }

    /// What was handed in is not kept longer than it is needed.
    async fn forget_file(&self, id: &str) -> Result<(), RegistryError> {
        self.close(id);
        self.spool.remove(id, PartKind::Look).await?;
        self.spool.remove(id, PartKind::Upload).await
    }
}

/// Refuses columns that cannot be used, with all that is wrong with them.
fn check(mapping: &Mapping) -> Result<(), JobsError> {
    let wrong = mapping.problems(table::Limits::default().columns);
    if wrong.is_empty() { Ok(()) } else { Err(JobsError::Columns(wrong)) }
}
