//! The file that is read: JSON Lines or a table, told by its first bytes.

use std::{
    fs::File,
    io::{self, Cursor, Read},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use indicatif::ProgressBar;
use tokio::sync::mpsc;

use super::is_standard;
use crate::{
    cli::{CommandError, output},
    service::bulk::{BATCH, Given, Lines, Sheet},
    table::{Guess, Limits, Mapping, MappingError, Rows, csv},
};

/// Bytes that are read at once, and pieces of that size, or batches of rows, that are read ahead.
const PIECE: usize = 64 * 1024;
const AHEAD: usize = 4;
/// Rows by which columns are guessed.
const SAMPLE: usize = 50;

/// What is read, on a thread of its own: one that waits for standard input must hold up nothing at the end.
pub(super) enum Input {
    /// JSON Lines, as they lie.
    Lines(mpsc::Receiver<io::Result<Bytes>>),
    /// The rows of a table.
    Sheet(mpsc::Receiver<Vec<Given>>),
}

/// Why reading ended before the end, where it did.
#[derive(Clone, Default)]
pub(super) struct Failure(Arc<Mutex<Option<CommandError>>>);

impl Failure {
    pub(super) fn take(&self) -> Option<CommandError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, error: CommandError) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

impl Input {
    /// Reads `path`; of a table, columns mean what the file `columns` says, or what is guessed and told.
    pub(super) fn open(
        path: &Path,
        columns: Option<&Path>,
        progress: ProgressBar,
    ) -> Result<(Self, Failure), CommandError> {
        let told = |error: io::Error| format!("{}: {error}", path.display());
        let failure = Failure::default();
        let (mut first, mut rest): (Vec<u8>, Box<dyn Read + Send>) = if is_standard(path) {
            (Vec::new(), Box::new(io::stdin()))
        } else {
            (Vec::new(), Box::new(File::open(path).map_err(told)?))
        };
        rest.by_ref().take(64).read_to_end(&mut first).map_err(told)?;
        if is_json(&first) {
            let source = Cursor::new(first).chain(rest);
            return Ok((Self::lines(source, progress, failure.clone()), failure));
        }
        let rows = if is_standard(path) {
            if first.starts_with(b"PK") {
                return Err("a workbook is read from a file, not from standard input".into());
            }
            Rows::csv(Cursor::new(first).chain(rest), csv::Asked::default(), Limits::default())
        } else {
            Rows::open(progress.wrap_read(File::open(path).map_err(told)?), Limits::default())
                .map_err(|refused| format!("{}: {refused}", path.display()))?
        };
        Ok((Self::sheet(rows, columns, failure.clone())?, failure))
    }

    fn lines(mut source: impl Read + Send + 'static, progress: ProgressBar, failure: Failure) -> Self {
        let (sender, pieces) = mpsc::channel(AHEAD);
        std::thread::spawn(move || {
            let mut buffer = vec![0; PIECE];
            loop {
                let piece = match source.read(&mut buffer) {
                    Ok(0) => return,
                    Ok(read) => Ok(Bytes::copy_from_slice(buffer.get(..read).unwrap_or_default())),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => {
                        let kind = error.kind();
                        failure.put(error.into());
                        Err(kind.into())
                    }
                };
                progress.inc(piece.as_ref().map_or(0, |piece| piece.len() as u64));
                let ended = piece.is_err();
                if sender.blocking_send(piece).is_err() || ended {
                    return;
                }
            }
        });
        Self::Lines(pieces)
    }

    fn sheet(mut rows: Rows, columns: Option<&Path>, failure: Failure) -> Result<Self, CommandError> {
        let mapping = mapping(&mut rows, columns)?;
        let (sender, batches) = mpsc::channel(AHEAD);
        std::thread::spawn(move || {
            let mut sheet = Sheet::new(rows, mapping);
            loop {
                let mut batch = Vec::with_capacity(BATCH);
                for row in sheet.by_ref().take(BATCH) {
                    match row {
                        Ok(row) => batch.push(row),
                        Err(refused) => failure.put(refused.into()),
                    }
                }
                if batch.is_empty() || sender.blocking_send(batch).is_err() {
                    return;
                }
            }
        });
        Ok(Self::Sheet(batches))
    }

    /// The rows, in batches.
    pub(super) fn rows(self) -> impl Stream<Item = Vec<Given>> + Send {
        match self {
            Self::Lines(pieces) => rows_of(pieces).left_stream(),
            Self::Sheet(batches) => {
                stream::unfold(batches, |mut batches| async { Some((batches.recv().await?, batches)) })
                    .right_stream()
            }
        }
    }
}

/// What the columns mean. What was guessed is told, as it is corrected with `--columns`.
fn mapping(rows: &mut Rows, columns: Option<&Path>) -> Result<Mapping, CommandError> {
    let most = Limits::default().columns;
    let wrong = |wrong: Vec<MappingError>| -> CommandError {
        wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ").into()
    };
    if let Some(file) = columns {
        let json = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        return Mapping::load(&json, most).map_err(wrong);
    }
    let guess = Guess::of(&rows.sample(SAMPLE)).mapping;
    output::remark(&format!("columns: {}", serde_json::to_string(&guess)?));
    let problems = guess.problems(most);
    if problems.is_empty() { Ok(guess) } else { Err(wrong(problems)) }
}

/// A table does not begin with a brace.
fn is_json(first: &[u8]) -> bool {
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    first.trim_ascii_start().starts_with(b"{")
}

/// The rows in `pieces`, in batches.
fn rows_of(pieces: mpsc::Receiver<io::Result<Bytes>>) -> impl Stream<Item = Vec<Given>> + Send {
    stream::unfold((pieces, Lines::default(), false), |(mut pieces, mut lines, mut ended)| async move {
        let mut rows = Vec::new();
        while rows.len() < BATCH {
            if let Some(row) = lines.next_row() {
                rows.push(row);
            } else if ended {
                break;
            } else if let Some(Ok(piece)) = pieces.recv().await {
                lines.feed(&piece);
            } else {
                ended = true;
                rows.extend(lines.last_row());
            }
        }
        (!rows.is_empty()).then_some((rows, (pieces, lines, ended)))
    })
}
