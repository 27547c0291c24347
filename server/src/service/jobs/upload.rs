//! A file on its way in: kept part by part as it comes, and looked at when it is complete.

use std::{io::Read as _, sync::Arc};

use sha2::{Digest as _, Sha256};
use shirushi_shared::{
    api::{FileDigest, StopCode, Stopped},
    policy::{Day, Policy},
};

use super::{
    Document, Format, Job, JobLimits, JobSecret, JobState, Jobs, JobsError, Look, Plan, check,
    source::{At, blocking, deflated, scratch},
};
use crate::{
    registry::{JobChange, PartKind, RegistryError},
    service::bulk::stopped,
    table::{Form, Guess, Rows},
};

/// Seconds that a file may take to come; what has not ended by then is erased.
pub(super) const PATIENCE: i64 = 2 * 3_600;
/// Bytes of a part.
const PART: usize = 1 << 20;
/// Rows by which columns are guessed.
const SAMPLE: usize = 50;

/// A file on its way in. One that is dropped is erased when its time is over; [`Upload::give_up`] erases it at once.
pub struct Upload {
    jobs: Jobs,
    id: String,
    owner: Option<String>,
    secret: JobSecret,
    document: Document,
    plan: Plan,
    limits: JobLimits,
    part: Vec<u8>,
    parts: u64,
    sha256: Sha256,
}

/// What a file turned out to be.
enum Found {
    Lines,
    Table(Form, Vec<Vec<String>>),
    Nothing(Stopped),
}

impl Upload {
    pub(super) fn new(
        jobs: Jobs,
        (id, owner): (String, Option<String>),
        secret: JobSecret,
        document: Document,
        plan: Plan,
        limits: JobLimits,
    ) -> Self {
        Self {
            jobs,
            id,
            owner,
            secret,
            document,
            plan,
            limits,
            part: Vec::new(),
            parts: 0,
            sha256: Sha256::new(),
        }
    }

    /// Has every row checked by `policy` as well; a row that does not say when its contract ends has `contract_end`.
    #[must_use]
    pub fn under(mut self, policy: Option<&Policy>, contract_end: Option<Day>) -> Self {
        self.document.policy = policy.map(|policy| String::from_utf8_lossy(&policy.canonical()).into_owned());
        self.document.contract_end = contract_end.map(|day| day.to_string());
        self
    }

    /// Takes the next bytes in.
    pub async fn push(&mut self, mut bytes: &[u8]) -> Result<(), JobsError> {
        self.document.bytes = self.document.bytes.saturating_add(bytes.len() as u64);
        if self.document.bytes > self.limits.bytes {
            return Err(JobsError::TooLarge(self.limits.too_many_bytes()));
        }
        self.sha256.update(bytes);
        while !bytes.is_empty() {
            let room = (PART - self.part.len()).min(bytes.len());
            let (taken, rest) = bytes.split_at(room);
            self.part.extend_from_slice(taken);
            bytes = rest;
            if self.part.len() == PART {
                self.put_part().await?;
            }
        }
        Ok(())
    }

    /// Erases what came of it.
    pub async fn give_up(self) {
        // Where that fails, it is erased when its time is over.
        let _ = self.jobs.spool.erase(&self.id).await;
    }

    /// The file is complete: looks at it, and says what comes next.
    pub async fn finish(mut self) -> Result<(Job, JobSecret), JobsError> {
        if !self.part.is_empty() {
            self.put_part().await?;
        }
        self.document.sha256 =
            Some(FileDigest::from_bytes(std::mem::take(&mut self.sha256).finalize().into()));
        let found = self.look().await?;
        let state = self.decide(found).await?;
        let jobs = &self.jobs;
        let now = jobs.clock.now();
        if state.is_ended() {
            self.document.ended = Some(now);
        }
        let expires = self.limits.expiry(now);
        let change = JobChange { state, expires, document: self.document.to_json()? };
        if !jobs.spool.set(&self.id, 1, &change, now).await? {
            return Err(JobsError::NotFound);
        }
        if state.is_ended() {
            jobs.forget_file(&self.id).await?;
        }
        jobs.wake.notify_one();
        let stored = jobs.spool.job(&self.id).await?.ok_or(JobsError::NotFound)?;
        tracing::info!(bytes = self.document.bytes, state = state.as_str(), "a job was opened");
        Ok((Job::read(stored)?, self.secret))
    }

    async fn put_part(&mut self) -> Result<(), JobsError> {
        let part = std::mem::replace(&mut self.part, Vec::with_capacity(PART));
        let packed = blocking(move || deflated(&part)).await??;
        if !self.jobs.spool.put(&self.id, PartKind::Upload, self.parts, packed).await? {
            return Err(JobsError::NotFound);
        }
        self.parts += 1;
        Ok(())
    }

    async fn look(&self) -> Result<Found, JobsError> {
        if self.document.format == Some(Format::JsonLines) {
            return Ok(Found::Lines);
        }
        let _turn = self.jobs.looks.acquire().await;
        let file = scratch(&*self.jobs.spool, &self.id).await?;
        let (is_told, limits) = (self.document.format.is_some(), self.limits.of_table());
        blocking(move || {
            let at = || At { file: Arc::clone(&file), place: 0 };
            if !is_told && begins_like_json(at()) {
                return Found::Lines;
            }
            let mut rows = match Rows::open(at(), limits) {
                Ok(rows) => rows,
                Err(refused) => return Found::Nothing(stopped(&refused)),
            };
            let sample = rows.sample(SAMPLE);
            if !sample.is_empty() {
                return Found::Table(rows.form(), sample);
            }
            match rows.find_map(Result::err) {
                Some(refused) => Found::Nothing(stopped(&refused)),
                None => Found::Nothing(Stopped {
                    code: StopCode::NotATable,
                    detail: "there is no row in the file that can be read".to_owned(),
                }),
            }
        })
        .await
    }

    /// What comes next.
    async fn decide(&mut self, found: Found) -> Result<JobState, JobsError> {
        let (form, rows) = match found {
            Found::Lines => {
                self.document.format = Some(Format::JsonLines);
                return Ok(JobState::Waiting);
            }
            Found::Nothing(stopped) => {
                self.document.format = Some(Format::Table);
                self.document.end.stopped = Some(stopped);
                return Ok(JobState::Failed);
            }
            Found::Table(form, rows) => (form, rows),
        };
        self.document.format = Some(Format::Table);
        self.document.form = Some(form);
        let mut look = Look::at(&rows);
        self.document.headings = Look::headings(&rows);
        if let (Some(owner), Some(headings)) = (&self.owner, &self.document.headings)
            && let Some(said) = self.jobs.said(owner, headings).await?
        {
            look.guess = Guess::said(said);
        }
        let mapping = match &self.plan {
            Plan::Given(mapping) => Some(mapping.clone()),
            Plan::Guess => Some(look.guess.mapping.clone()).filter(|mapping| check(mapping).is_ok()),
            Plan::Ask => None,
        };
        if mapping.is_some() {
            self.document.mapping = mapping;
            return Ok(JobState::Waiting);
        }
        let bytes = look.to_bytes().map_err(|error| RegistryError::Unavailable(Box::new(error)))?;
        self.jobs.spool.put(&self.id, PartKind::Look, 0, bytes).await?;
        Ok(JobState::Mapping)
    }
}

/// Whether a file of which nobody said what it is begins with an object.
fn begins_like_json(file: At) -> bool {
    let mut first = Vec::new();
    let read = file.take(1_024).read_to_end(&mut first);
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
    read.is_ok() && text.trim_ascii_start().starts_with(b"{")
}
