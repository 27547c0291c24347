//! A job closed into an evidence pack.

use std::io;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use shirushi_shared::{api::Which, policy::Day, receipt::CaseReference, text::Language};

use super::{
    Job, Jobs, JobsError,
    answers::{Slices, split},
    output::piped,
    source::blocking,
};
use crate::service::pack::{About, Pack, PackError, Packs};

/// A pack on its way out.
pub struct JobPack {
    /// What it is called.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// The archive.
    pub archive: BoxStream<'static, io::Result<Bytes>>,
}

impl Jobs {
    /// The evidence pack of a job that has ended: its answers, its policy, who had them, under the requester's `case`.
    pub async fn pack(
        &self,
        packs: &Packs,
        job: &Job,
        case: Option<CaseReference>,
        language: Language,
    ) -> Result<JobPack, JobsError> {
        if !job.state.is_ended() {
            return Err(JobsError::State { state: job.state, why: "and its answers are not all there" });
        }
        let document = &job.document;
        let day = |text: &Option<String>| text.as_deref().and_then(|text| Day::parse(text).ok());
        let now = self.clock.now();
        let about = About {
            language,
            organisation: job.owner.clone(),
            input: document.input(),
            case,
            policy: document.policy()?.map(std::sync::Arc::new),
            as_of: day(&document.date).map(|day| day.end().plus(-1)).filter(|end| *end < now),
            contract_end: day(&document.contract_end),
        };
        // As a difference, it keeps a thread and a disk busy.
        let turn = self.differences.clone().try_acquire_owned().map_err(|_| JobsError::Busy)?;
        let (mut slices, packs, stopped) =
            (Slices::of(self, &job.id).await?, packs.clone(), document.end.stopped.clone());
        let made = blocking(move || {
            let _turn = turn;
            let mut builder = packs.begin(about)?;
            while let Some(text) = slices.next(Which::All)? {
                for (_, line) in split(&text) {
                    builder.line(&slices.parsed(line)?)?;
                }
            }
            Ok::<_, JobsError>(builder.finish(stopped)?)
        });
        let Pack { mut file, size, name, .. } = made.await??;
        let archive = piped(move |out| io::copy(&mut file, out).map(drop));
        Ok(JobPack { name, size, archive })
    }
}

impl From<PackError> for JobsError {
    fn from(error: PackError) -> Self {
        match error {
            PackError::NoReceipt(error) => Self::Receipt(error),
            PackError::TooLong(..) => Self::TooLarge(error.to_string()),
            other => Self::Scratch(io::Error::other(other)),
        }
    }
}
