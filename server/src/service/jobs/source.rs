//! The file of a job: out of the spool into a scratch file without a name, and read row by row.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write as _},
    os::unix::fs::FileExt as _,
    sync::Arc,
};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use shirushi_shared::api::{StopCode, Stopped};
use tokio::task::spawn_blocking;

use super::{Document, Format, JobLimits, JobsError};
use crate::{
    registry::{PartKind, Spool},
    service::bulk::{Given, Lines, Sheet, stopped},
    table::Rows,
};

/// Bytes of JSON Lines that are read at once.
const CHUNK: usize = 64 * 1024;
/// Most bytes of a part, unpacked. Parts are ours; a damaged one takes no more memory than this.
const MOST: u64 = 64 << 20;

/// A file that is being read.
pub(super) struct Source {
    reading: Reading,
    limits: JobLimits,
    /// Rows that were handed out.
    taken: u64,
    end: Option<Result<(), Stopped>>,
}

enum Reading {
    Lines { lines: Box<Lines>, file: At, chunk: Box<[u8]>, is_whole: bool },
    Sheet(Box<Sheet>),
}

impl Source {
    /// Begins to read `file`.
    pub(super) fn open(file: &Arc<File>, document: &Document, limits: JobLimits) -> Result<Self, Stopped> {
        let at = At { file: Arc::clone(file), place: 0 };
        let reading = match (document.format, &document.mapping) {
            (Some(Format::Table), Some(mapping)) => {
                let rows = Rows::open(at, limits.of_table()).map_err(|refused| stopped(&refused))?;
                Reading::Sheet(Box::new(Sheet::new(rows, mapping.clone())))
            }
            _ => Reading::Lines {
                lines: Box::default(),
                file: at,
                chunk: vec![0; CHUNK].into_boxed_slice(),
                is_whole: false,
            },
        };
        Ok(Self { reading, limits, taken: 0, end: None })
    }

    /// The next rows, at most `most`; none at the end.
    pub(super) fn next(&mut self, most: usize) -> Vec<Given> {
        let mut rows = Vec::new();
        while rows.len() < most && self.end.is_none() {
            match self.reading.next() {
                Ok(Some(_)) if self.taken == self.limits.rows => {
                    self.end = Some(Err(self.limits.too_many_rows()));
                }
                Ok(Some(row)) => {
                    self.taken += 1;
                    rows.push(row);
                }
                Ok(None) => self.end = Some(Ok(())),
                Err(stopped) => self.end = Some(Err(stopped)),
            }
        }
        rows
    }

    /// How it ended, once all was read.
    pub(super) fn end(&self) -> Option<&Result<(), Stopped>> {
        self.end.as_ref()
    }

    /// Passes over so many rows: they were answered.
    pub(super) fn skip(&mut self, mut rows: u64) {
        while rows > 0 {
            let most = usize::try_from(rows).unwrap_or(usize::MAX).min(1_024);
            let passed = self.next(most).len() as u64;
            if passed == 0 {
                return;
            }
            rows -= passed;
        }
    }

    /// How many rows there are; `None` where it cannot be read to its end.
    pub(super) fn count(mut self) -> Option<u64> {
        while !self.next(1_024).is_empty() {}
        self.end?.ok().map(|()| self.taken)
    }
}

impl Reading {
    fn next(&mut self) -> Result<Option<Given>, Stopped> {
        match self {
            Self::Sheet(sheet) => sheet.next().transpose().map_err(|refused| stopped(&refused)),
            Self::Lines { lines, file, chunk, is_whole } => loop {
                if let Some(row) = lines.next_row() {
                    return Ok(Some(row));
                }
                if *is_whole {
                    return Ok(lines.last_row());
                }
                match file.read(chunk) {
                    Ok(0) => *is_whole = true,
                    Ok(read) => lines.feed(chunk.get(..read).unwrap_or_default()),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => {
                        let detail = format!("the file cannot be read: {error}");
                        return Err(Stopped { code: StopCode::NotATable, detail });
                    }
                }
            },
        }
    }
}

/// A file that several read, each at a place of their own.
pub(super) struct At {
    pub(super) file: Arc<File>,
    pub(super) place: u64,
}

impl Read for At {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.place)?;
        self.place += read as u64;
        Ok(read)
    }
}

impl Seek for At {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.place.checked_add_signed(by),
            SeekFrom::End(by) => self.file.metadata()?.len().checked_add_signed(by),
        };
        self.place = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.place)
    }
}

/// What was handed in for the job `id`, in a scratch file that is gone when nobody reads it any more, also after a crash.
pub(super) async fn scratch(spool: &dyn Spool, id: &str) -> Result<Arc<File>, JobsError> {
    let mut file = blocking(tempfile::tempfile).await??;
    for number in 0.. {
        let Some(part) = spool.part(id, PartKind::Upload, number).await? else { break };
        file = blocking(move || {
            file.write_all(&inflated(&part)?)?;
            Ok::<_, io::Error>(file)
        })
        .await??;
    }
    Ok(Arc::new(file))
}

/// `bytes`, packed.
pub(super) fn deflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = DeflateEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes)?;
    out.finish()
}

/// `bytes`, unpacked.
pub(super) fn inflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    DeflateDecoder::new(bytes).take(MOST).read_to_end(&mut out)?;
    Ok(out)
}

/// What comes of `work`, which keeps a thread busy; a panic of it is an error.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JobsError> {
    spawn_blocking(work).await.map_err(|fault| JobsError::Scratch(io::Error::other(fault)))
}
