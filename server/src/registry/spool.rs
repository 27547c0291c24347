//! Jobs: files that are verified in the background, with what was handed in and what was answered.
//!
//! They lie in the registry's database, since every node must find them, and beside its history: they are no facts about
//! labels, no backup carries them, and they are erased. What a job's document means, only the service knows.
//!
//! Race semantics, which every backend keeps:
//! - A slice of answers commits together with how far the job has come. Whoever is killed loses the slice that they were at,
//!   and whoever goes on begins behind the last one.
//! - A claim is a lease: it spares work. Two that hold the same job do no harm, since a slice is taken only from the
//!   present holder, and only as the next one.
//! - A change by somebody else (cancelled, erased) ends a claim: what is handed in after it is not taken.

use async_trait::async_trait;
use shirushi_shared::time::UnixTime;

use super::RegistryError;

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Its file is on its way in.
    Uploading,
    /// It waits for somebody to say what its columns mean.
    Mapping,
    /// It waits for its first turn.
    Waiting,
    /// It has had a turn.
    Running,
    /// Every row was answered.
    Done,
    /// Somebody stopped it.
    Cancelled,
    /// It could not go on.
    Failed,
}

impl JobState {
    const ALL: [Self; 7] = [
        Self::Uploading,
        Self::Mapping,
        Self::Waiting,
        Self::Running,
        Self::Done,
        Self::Cancelled,
        Self::Failed,
    ];

    /// Its word, as it is stored and told.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Mapping => "mapping",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// The state with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether nothing more comes of it.
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled | Self::Failed)
    }
}

/// A job as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredJob {
    /// Its name.
    pub id: String,
    /// The organisation whose it is; `None`: of somebody without a key.
    pub owner: Option<String>,
    /// How far it is.
    pub state: JobState,
    /// Counts its changes.
    pub revision: u64,
    /// When it was opened.
    pub created: UnixTime,
    /// When it was changed last.
    pub changed: UnixTime,
    /// When it is erased.
    pub expires: UnixTime,
    /// How often it was claimed since its last slice of answers: a file that ends whoever reads it is not read for ever.
    pub attempts: u64,
    /// How many slices of answers it has.
    pub results: u64,
    /// What the service knows of it.
    pub document: String,
}

/// A job to be opened, in the state [`JobState::Uploading`].
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Its name.
    pub id: String,
    /// SHA-256 of what opens it without a key.
    pub secret: [u8; 32],
    /// The organisation whose it is.
    pub owner: Option<String>,
    /// When it is erased, if nothing comes of it.
    pub expires: UnixTime,
    /// What the service knows of it.
    pub document: String,
}

/// How many jobs an owner may have; all without a key are one owner.
#[derive(Clone, Copy, Debug)]
pub struct JobBounds {
    /// In all.
    pub kept: u64,
    /// That have not ended.
    pub open: u64,
}

/// A change of a job by somebody who is not at work on it.
#[derive(Clone, Debug)]
pub struct JobChange {
    /// From now on.
    pub state: JobState,
    /// When it is erased.
    pub expires: UnixTime,
    /// What the service knows of it.
    pub document: String,
}

/// What parts are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// The file that was handed in.
    Upload,
    /// The beginning of the file as a table, for whoever says what its columns mean.
    Look,
    /// Answers.
    Result,
}

impl PartKind {
    /// Its word, as it is stored.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Look => "look",
            Self::Result => "result",
        }
    }
}

/// A part without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartHead {
    /// Its place, from 0.
    pub number: u64,
    /// How many rows are in it.
    pub rows: u64,
    /// What came of them, for the service.
    pub counts: String,
}

/// What a turn came to.
#[derive(Clone, Debug)]
pub struct Slice {
    /// The job.
    pub job: String,
    /// Who has it.
    pub holder: String,
    /// How many slices of answers there were before.
    pub after: u64,
    /// The answers; `None` where there were no more rows.
    pub answers: Option<Answers>,
    /// How far the job is now.
    pub state: JobState,
    /// When it is erased.
    pub expires: UnixTime,
    /// What the service knows of it.
    pub document: String,
}

/// Answers of a slice.
#[derive(Clone, Debug)]
pub struct Answers {
    /// How many rows.
    pub rows: u64,
    /// What came of them.
    pub counts: String,
    /// The answers themselves.
    pub bytes: Vec<u8>,
}

/// Jobs, and their parts.
#[async_trait]
pub trait Spool: Send + Sync + 'static {
    /// Opens a job; false where its owner has as many as they may have.
    async fn open(&self, new: &NewJob, bounds: JobBounds, at: UnixTime) -> Result<bool, RegistryError>;

    /// The job of this name.
    async fn job(&self, id: &str) -> Result<Option<StoredJob>, RegistryError>;

    /// The job that this secret opens, by its SHA-256.
    async fn job_by_secret(&self, secret: &[u8; 32]) -> Result<Option<StoredJob>, RegistryError>;

    /// The last `limit` jobs of the organisation `owner`, the newest first.
    async fn jobs_of(&self, owner: &str, limit: u32) -> Result<Vec<StoredJob>, RegistryError>;

    /// Adds a part to what was handed in, or says what the file looks like; false where the job is not uploading any more.
    async fn put(
        &self,
        job: &str,
        kind: PartKind,
        number: u64,
        bytes: Vec<u8>,
    ) -> Result<bool, RegistryError>;

    /// Changes a job that is at `revision`, and ends whatever claim there is to it; false where it is not.
    async fn set(
        &self,
        job: &str,
        revision: u64,
        change: &JobChange,
        at: UnixTime,
    ) -> Result<bool, RegistryError>;

    /// Claims a job that waits or runs and that nobody has at `now`: of the owner who was served longest ago the oldest.
    async fn claim(
        &self,
        holder: &str,
        now: UnixTime,
        until: UnixTime,
    ) -> Result<Option<StoredJob>, RegistryError>;

    /// Prolongs a claim; false where it is `holder`'s no more.
    async fn prolong(&self, job: &str, holder: &str, until: UnixTime) -> Result<bool, RegistryError>;

    /// Gives a claim up, so that nobody takes it before `until`. What was `innocent` does not count as an attempt.
    async fn release(
        &self,
        job: &str,
        holder: &str,
        until: UnixTime,
        innocent: bool,
    ) -> Result<(), RegistryError>;

    /// Ends a turn with what came of it; false where the job is `holder`'s no more, or has another slice there already.
    async fn hand_in(&self, slice: Slice, at: UnixTime) -> Result<bool, RegistryError>;

    /// The parts of a kind, in order.
    async fn parts(&self, job: &str, kind: PartKind) -> Result<Vec<PartHead>, RegistryError>;

    /// The bytes of a part.
    async fn part(&self, job: &str, kind: PartKind, number: u64) -> Result<Option<Vec<u8>>, RegistryError>;

    /// Removes the parts of a kind.
    async fn remove(&self, job: &str, kind: PartKind) -> Result<(), RegistryError>;

    /// Erases a job with all its parts; false where there is none.
    async fn erase(&self, job: &str) -> Result<bool, RegistryError>;

    /// Keeps what `owner` said at `at` of files with these headings, given by their SHA-256, in place of what was said of
    /// them before. Of each owner the last hundred are kept.
    async fn keep_columns(
        &self,
        owner: &str,
        headings: &[u8; 32],
        mapping: &str,
        at: UnixTime,
    ) -> Result<(), RegistryError>;

    /// What `owner` said last of files with these headings.
    async fn columns(&self, owner: &str, headings: &[u8; 32]) -> Result<Option<String>, RegistryError>;

    /// Erases what has expired at `now`, and what a crash has left of erased jobs; how many jobs.
    async fn sweep(&self, now: UnixTime) -> Result<u64, RegistryError>;
}
