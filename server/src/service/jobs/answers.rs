//! Slices of answers: each line with a key by which the same row is known again in another run.

use std::{collections::VecDeque, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use sha2::{Digest as _, Sha256};
use shirushi_shared::{
    api::{BadRow, BulkEnd, BulkLine, BulkRow, Which},
    label::RegistrationNumber,
};
use tokio::runtime::Handle;

use super::{
    Job, Jobs, JobsError,
    source::{blocking, inflated},
};
use crate::{
    registry::{PartHead, PartKind, RegistryError, Spool},
    service::bulk::Given,
};

/// Characters of a key: 96 bits.
pub(super) const KEY: usize = 16;

impl Jobs {
    /// Up to `most` of the answers of `job`, those before the `from`th passed over. Of a job that has not ended, those that
    /// are there.
    pub async fn page(
        &self,
        job: &Job,
        which: Which,
        from: u64,
        most: usize,
    ) -> Result<Vec<BulkLine>, JobsError> {
        let (mut lines, mut before) = (Vec::new(), 0);
        for head in self.spool.parts(&job.id, PartKind::Result).await? {
            let here = which.among(&counted(&job.id, &head)?);
            if before + here <= from {
                before += here;
                continue;
            }
            let bytes = self.spool.part(&job.id, PartKind::Result, head.number).await?;
            let Some(bytes) = bytes else { break };
            let (id, skip, room) = (job.id.clone(), from.saturating_sub(before), most - lines.len());
            let found = blocking(move || {
                let text = unpacked(&id, &bytes)?;
                let read = split(&text).map(|(_, line)| parsed(&id, line));
                let wanted = read.filter(|line| line.as_ref().map_or(true, |line| which.has(line)));
                let skip = usize::try_from(skip).unwrap_or(usize::MAX);
                wanted.skip(skip).take(room).collect::<Result<Vec<_>, _>>()
            });
            lines.extend(found.await??);
            before += here;
            if lines.len() >= most {
                break;
            }
        }
        Ok(lines)
    }
}

/// The slices of a job one after another, for a thread that may wait.
pub(super) struct Slices {
    spool: Arc<dyn Spool>,
    job: String,
    heads: VecDeque<PartHead>,
    runtime: Handle,
}

impl Slices {
    /// Those that are there now.
    pub(super) async fn of(jobs: &Jobs, job: &str) -> Result<Self, JobsError> {
        let heads = jobs.spool.parts(job, PartKind::Result).await?.into();
        Ok(Self { spool: Arc::clone(&jobs.spool), job: job.to_owned(), heads, runtime: Handle::current() })
    }

    /// The next slice that has any `which`, unpacked.
    pub(super) fn next(&mut self, which: Which) -> Result<Option<Vec<u8>>, RegistryError> {
        while let Some(head) = self.heads.pop_front() {
            if which.among(&counted(&self.job, &head)?) == 0 {
                continue;
            }
            let read = self.spool.part(&self.job, PartKind::Result, head.number);
            // Erased meanwhile: what is missing must not look as if it had never been.
            let bytes = self.runtime.block_on(read)?.ok_or_else(|| corrupt(&self.job))?;
            return unpacked(&self.job, &bytes).map(Some);
        }
        Ok(None)
    }

    /// Reads a line of a slice.
    pub(super) fn parsed(&self, line: &[u8]) -> Result<BulkLine, RegistryError> {
        parsed(&self.job, line)
    }
}

/// The lines of an unpacked slice, each with its key.
pub(super) fn split(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    text.split_inclusive(|byte| *byte == b'\n').filter_map(|line| line.split_at_checked(KEY))
}

fn parsed(job: &str, line: &[u8]) -> Result<BulkLine, RegistryError> {
    BulkLine::parse(line).map_err(|_| corrupt(job))
}

fn unpacked(job: &str, bytes: &[u8]) -> Result<Vec<u8>, RegistryError> {
    inflated(bytes).map_err(|_| corrupt(job))
}

fn counted(job: &str, head: &PartHead) -> Result<BulkEnd, RegistryError> {
    serde_json::from_str(&head.counts).map_err(|_| corrupt(job))
}

fn corrupt(job: &str) -> RegistryError {
    RegistryError::Corrupt { table: "job_parts", column: "bytes", row: job.to_owned() }
}

/// A row that was read, about the day `date` where it names none, and its key.
pub(super) fn ready(given: Given, date: Option<&str>) -> (String, Given) {
    let given = match given {
        Given::Line(number, line) => match BulkRow::parse(&line) {
            Ok(row) => Given::Row(number, Box::new(row)),
            Err((id, error)) => Given::Bad(BadRow { row: number, id, error }),
        },
        other => other,
    };
    match given {
        Given::Row(number, mut row) => {
            if row.date.is_none() && row.as_of.is_none() {
                row.date = date.map(str::to_owned);
            }
            (key_of(&row), Given::Row(number, row))
        }
        Given::Bad(bad) => {
            let key = match &bad.id {
                Some(id) => key(&[("id", id)]),
                None => key(&[("row", &bad.row.to_string())]),
            };
            (key, Given::Bad(bad))
        }
        line @ Given::Line(..) => (key(&[]), line),
    }
}

/// By its name, else by what it asks about.
fn key_of(row: &BulkRow) -> String {
    if let Some(id) = &row.id {
        return key(&[("id", id)]);
    }
    // A number is the same however it is written.
    let number = row.number.as_ref().map(|text| {
        RegistrationNumber::parse(text).map_or_else(|_| text.clone(), |number| number.as_str().to_owned())
    });
    let asked = [
        ("token", row.token.as_ref()),
        ("link", row.link.as_ref()),
        ("number", number.as_ref()),
        ("scan", row.scan.as_ref()),
        ("gtin", row.gtin.as_ref()),
    ];
    let asked: Vec<_> = asked.into_iter().filter_map(|(name, text)| Some((name, text?.trim()))).collect();
    key(&asked)
}

fn key(parts: &[(&str, &str)]) -> String {
    let mut digest = Sha256::new();
    for (name, text) in parts {
        for part in [name, text] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
    }
    let digest = digest.finalize();
    BASE64URL.encode(digest.get(..12).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> String {
        ready(Given::Line(1, line.to_owned().into()), None).0
    }

    #[test]
    fn the_same_row_has_the_same_key_in_another_run() {
        assert_eq!(of(r#"{"id":"7","number":"A-1"}"#), of(r#"{"id":7,"number":"B-2"}"#), "by its name");
        assert_eq!(of(r#"{"number":"SHI-2026-00001"}"#), of(r#"{"number":" ｓｈｉ2026 00001"}"#));
        assert_ne!(of(r#"{"number":"1"}"#), of(r#"{"token":"1"}"#));
        assert_ne!(of(r#"{"number":"1"}"#), of(r#"{"number":"2"}"#));
        assert_eq!(of("nonsense").len(), KEY);
        let (_, dated) = ready(Given::Line(1, r#"{"number":"1"}"#.into()), Some("2026-03-31"));
        assert!(matches!(dated, Given::Row(1, row) if row.date.as_deref() == Some("2026-03-31")));
        let (_, own) =
            ready(Given::Line(1, r#"{"number":"1","date":"2026-01-01"}"#.into()), Some("2026-03-31"));
        assert!(matches!(own, Given::Row(1, row) if row.date.as_deref() == Some("2026-01-01")));
    }
}
