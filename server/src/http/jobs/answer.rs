//! Jobs on the wire.

use std::collections::BTreeMap;

use serde::Serialize;
use shirushi_shared::{api::Stopped, policy::Answer, time::UnixTime, verdict::Outcome};

use crate::service::jobs::{Form, Format, Job, JobSecret, Look, Mapping};

/// A job.
#[derive(Serialize)]
pub(super) struct JobAnswer<'a> {
    id: &'a str,
    state: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Format>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<&'a Form>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mapping: Option<&'a Mapping>,
    language: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier: Option<&'a str>,
    bytes: u64,
    /// Rows of the file, once they were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
    /// Rows that have been answered, bad ones included.
    answered: u64,
    bad: u64,
    outcomes: &'a BTreeMap<Outcome, u64>,
    /// Answers that deny a claim of their row.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_as_claimed: Option<u64>,
    /// What the policy says of the rows, where there is one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    policy: &'a BTreeMap<Answer, u64>,
    /// Why there are rows without an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<&'a Stopped>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows_per_second: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_left: Option<u64>,
    created: UnixTime,
    changed: UnixTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<UnixTime>,
    erased_at: UnixTime,
    /// The beginning of the file, while it waits for its columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    look: Option<Look>,
    /// What opens the job without a key: told once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// Its page: told once.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
}

/// The jobs of an organisation.
#[derive(Serialize)]
pub(super) struct ListAnswer<'a> {
    jobs: Vec<JobAnswer<'a>>,
}

impl<'a> JobAnswer<'a> {
    /// `job` as it is at `now`.
    pub(super) fn of(job: &'a Job, now: UnixTime) -> Self {
        let document = &job.document;
        Self {
            id: &job.id,
            state: job.state.as_str(),
            name: document.name.as_str(),
            format: document.format,
            form: document.form.as_ref(),
            mapping: document.mapping.as_ref(),
            language: &document.language,
            as_of: document.date.as_deref(),
            earlier: document.earlier.as_deref(),
            bytes: document.bytes,
            rows: document.rows,
            answered: document.end.rows,
            bad: document.end.bad,
            outcomes: &document.end.outcomes,
            not_as_claimed: Some(document.end.not_as_claimed).filter(|rows| *rows > 0),
            policy: &document.end.policy,
            stopped: document.end.stopped.as_ref(),
            rows_per_second: job.rate(now),
            seconds_left: job.seconds_left(now),
            created: job.created,
            changed: job.changed,
            ended: document.ended,
            erased_at: job.expires,
            look: None,
            secret: None,
            page: None,
        }
    }

    /// … with what opens it.
    pub(super) fn opened_by(self, secret: &JobSecret, page: String) -> Self {
        Self { secret: Some(secret.reveal().to_owned()), page: Some(page), ..self }
    }

    /// … with the beginning of its file.
    pub(super) fn looked_at(self, look: Option<Look>) -> Self {
        Self { look, ..self }
    }
}

impl<'a> ListAnswer<'a> {
    pub(super) fn of(jobs: &'a [Job], now: UnixTime) -> Self {
        Self { jobs: jobs.iter().map(|job| JobAnswer::of(job, now)).collect() }
    }
}
