//! Answers as a file: JSON Lines, CSV, a workbook; written slice by slice while they are taken.

use std::io::{self, Write};

use bytes::Bytes;
use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use shirushi_shared::{
    api::{BulkLine, Which},
    text::Language,
    time::UnixTime,
};
use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
};

use super::{
    Job, Jobs, JobsError,
    answers::{Slices, split},
};
use crate::{
    service::bulk::{Columns, Written, json_lines},
    table::output::XlsxFile,
};

/// Bytes that go out at once, and pieces of that size that may wait.
const PIECE: usize = 64 * 1024;
const WAITING: usize = 4;

/// As what answers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResultForm {
    /// A line of JSON each; and of a job that has ended a last one, without which something is missing.
    #[default]
    JsonLines,
    /// For spreadsheets.
    Csv,
    /// Coloured, filtered, with a summary.
    Xlsx,
}

impl Jobs {
    /// The answers of `job` as a file. Nothing is written but for who takes it.
    pub async fn results(
        &self,
        job: &Job,
        which: Which,
        form: ResultForm,
        language: Language,
    ) -> Result<BoxStream<'static, io::Result<Bytes>>, JobsError> {
        let slices = Slices::of(self, &job.id).await?;
        let (job, now) = (job.clone(), self.clock.now());
        Ok(piped(move |out| match form {
            ResultForm::JsonLines => json(slices, which, &job, out),
            ResultForm::Csv => csv(slices, which, &job, language, out),
            ResultForm::Xlsx => xlsx(slices, which, &job, language, now, out),
        }))
    }
}

fn json(mut slices: Slices, which: Which, job: &Job, out: &mut Pipe) -> io::Result<()> {
    while let Some(text) = slices.next(which).map_err(io::Error::other)? {
        for (_, line) in split(&text) {
            if which == Which::All || which.has(&slices.parsed(line).map_err(io::Error::other)?) {
                out.write_all(line)?;
            }
        }
    }
    if job.state.is_ended() {
        out.write_all(&json_lines(&[BulkLine::End(job.document.end.clone())]))?;
    }
    Ok(())
}

fn csv(slices: Slices, which: Which, job: &Job, language: Language, out: &mut Pipe) -> io::Result<()> {
    let written = Written::csv(language);
    out.write_all(&written.begin())?;
    each(slices, which, |lines| out.write_all(&written.lines(lines)))?;
    if job.state.is_ended() { out.write_all(&written.end(job.document.end.clone())) } else { Ok(()) }
}

fn xlsx(
    slices: Slices,
    which: Which,
    job: &Job,
    language: Language,
    now: UnixTime,
    out: &mut Pipe,
) -> io::Result<()> {
    let columns = Columns::new(language);
    let mut file = XlsxFile::begin(&columns.heading(), columns.sheets())?;
    each(slices, which, |lines| {
        lines.iter().filter_map(|line| columns.line(line)).try_for_each(|line| file.line(&line))
    })?;
    let summary = columns.summary(&job.document.end, job.document.ended.unwrap_or(now));
    file.finish(&summary, out)
}

/// Hands the lines of each slice over.
fn each(
    mut slices: Slices,
    which: Which,
    mut take: impl FnMut(&[BulkLine]) -> io::Result<()>,
) -> io::Result<()> {
    while let Some(text) = slices.next(which).map_err(io::Error::other)? {
        let lines = split(&text).map(|(_, line)| slices.parsed(line));
        let mut lines = lines.collect::<Result<Vec<_>, _>>().map_err(io::Error::other)?;
        lines.retain(|line| which.has(line));
        take(&lines)?;
    }
    Ok(())
}

/// What a thread writes, as a stream. A thread that fails or panics ends it with an error and not as if all were there.
pub(super) fn piped(
    work: impl FnOnce(&mut Pipe) -> io::Result<()> + Send + 'static,
) -> BoxStream<'static, io::Result<Bytes>> {
    let (to, pieces) = mpsc::channel(WAITING);
    let thread = spawn_blocking(move || {
        let mut pipe = Pipe { to, piece: Vec::new() };
        work(&mut pipe).and_then(|()| pipe.flush())
    });
    stream::unfold((pieces, Some(thread)), taken).boxed()
}

type Taking = (mpsc::Receiver<Bytes>, Option<JoinHandle<io::Result<()>>>);

async fn taken((mut pieces, thread): Taking) -> Option<(io::Result<Bytes>, Taking)> {
    if let Some(piece) = pieces.recv().await {
        return Some((Ok(piece), (pieces, thread)));
    }
    let failed = match thread?.await {
        Ok(Ok(())) => return None,
        Ok(Err(error)) => error,
        Err(fault) => io::Error::other(fault),
    };
    tracing::warn!(error = &failed as &dyn std::error::Error, "a file of answers broke off");
    Some((Err(failed), (pieces, None)))
}

/// Where a thread writes to. It waits while nothing is taken, and fails when nobody is there any more.
pub(super) struct Pipe {
    to: mpsc::Sender<Bytes>,
    piece: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::take(&mut self.piece).into();
        self.to.blocking_send(piece).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
