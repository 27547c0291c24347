//! The backup's file.
//!
//! | line | JSON |
//! |---|---|
//! | first | `{"shirushi_backup":1,"schema":…,"taken":…,"position":…,"hash":…}` |
//! | each row | `{"TABLE":{"COLUMN":…}}`, in an order in which the rows can be written again |
//! | last | `{"end":{"rows":…,"sha256":…}}`, over every byte before this line |

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use shirushi_shared::{time::UnixTime, token::TokenId};

use super::BackupError;
use crate::registry::{Known, Position, StoredRow};

/// The format that is written and read.
const FORMAT: i64 = 1;
/// Longest line that is read: a signed list of a million labels is far below it.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;

#[derive(Serialize, Deserialize)]
struct FirstLine {
    shirushi_backup: i64,
    schema: i64,
    taken: UnixTime,
    position: u64,
    hash: TokenId,
}

#[derive(Serialize, Deserialize)]
struct LastLine {
    end: End,
}

#[derive(Serialize, Deserialize)]
struct End {
    rows: u64,
    sha256: TokenId,
}

/// A file that is being written, under another name until it is whole.
pub(super) struct Draft {
    path: PathBuf,
    out: Option<GzEncoder<BufWriter<File>>>,
    sum: Sha256,
    rows: u64,
}

impl Draft {
    /// Begins the file that will be `out`.
    pub(super) fn begin(out: &Path) -> Result<Self, BackupError> {
        if out.exists() {
            return Err(BackupError::Exists(out.display().to_string()));
        }
        // A name of its own for each attempt: two that run at once must not write into each other.
        let bits = getrandom::u64().map_err(|error| failed(out)(io::Error::other(error)))?;
        let mut name = out.as_os_str().to_owned();
        name.push(format!(".{bits:016x}.part"));
        let path = PathBuf::from(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(failed(&path))?;
        let encoder = GzEncoder::new(BufWriter::new(file), Compression::default());
        Ok(Self { path, out: Some(encoder), sum: Sha256::new(), rows: 0 })
    }

    pub(super) fn heading(&mut self, schema: i64, taken: UnixTime, last: Known) -> Result<(), BackupError> {
        let (position, hash) = (last.position.0, TokenId::from_bytes(last.hash));
        self.line(&FirstLine { shirushi_backup: FORMAT, schema, taken, position, hash })
    }

    pub(super) fn row(&mut self, row: &StoredRow) -> Result<(), BackupError> {
        self.rows += 1;
        self.line(&Map::from_iter([(row.table.to_owned(), Value::Object(row.cells.clone()))]))
    }

    /// Ends the file, and gives it its name when it is safe on the disk; tells how many rows are in it.
    pub(super) fn finish(mut self, name: &Path) -> Result<u64, BackupError> {
        let sha256 = TokenId::from_bytes(self.sum.clone().finalize().into());
        self.line(&LastLine { end: End { rows: self.rows, sha256 } })?;
        let Some(out) = self.out.take() else { return Ok(self.rows) };
        let written = || -> io::Result<()> {
            let file = out.finish()?.into_inner()?;
            file.sync_all()?;
            if name.exists() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(&self.path, name)?;
            // The name too is safe only when its folder is.
            let folder = name.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        };
        written().map_err(failed(name))?;
        Ok(self.rows)
    }

    fn line(&mut self, value: &impl Serialize) -> Result<(), BackupError> {
        let mut line = serde_json::to_vec(value).map_err(|error| failed(&self.path)(error.into()))?;
        line.push(b'\n');
        self.sum.update(&line);
        match &mut self.out {
            Some(out) => out.write_all(&line).map_err(failed(&self.path)),
            None => Ok(()),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone where it has got its name; else it is of no use to anybody.
        let _ = fs::remove_file(&self.path);
    }
}

/// What the first line says.
#[derive(Clone, Copy)]
pub(super) struct Heading {
    pub(super) taken: UnixTime,
    pub(super) last: Known,
}

/// A file that is being read.
pub(super) struct Reading {
    lines: BufReader<GzDecoder<BufReader<File>>>,
    heading: Heading,
    sum: Sha256,
    rows: u64,
    ended: bool,
}

impl Reading {
    /// Opens the backup at `path`, which must be of this `schema`.
    pub(super) fn open(path: &Path, schema: i64) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(failed(path))?;
        let lines = BufReader::new(GzDecoder::new(BufReader::new(file)));
        let heading = Heading { taken: UnixTime::EPOCH, last: Known::GENESIS };
        let mut reading = Self { lines, heading, sum: Sha256::new(), rows: 0, ended: false };
        let line = reading.line().map_err(|_| BackupError::NoBackup("it is not compressed as one"))?;
        let first: Value = serde_json::from_slice(&line.unwrap_or_default())
            .map_err(|_| BackupError::NoBackup("it does not begin as one"))?;
        // The format first: of another one nothing else is known.
        let format = first.get("shirushi_backup").and_then(Value::as_i64);
        let format = format.ok_or(BackupError::NoBackup("it does not begin as one"))?;
        is_ours("the format", format, FORMAT)?;
        let first: FirstLine = serde_json::from_value(first)
            .map_err(|error| BackupError::Changed(format!("its first line: {error}")))?;
        is_ours("the schema", first.schema, schema)?;
        let last = Known { position: Position(first.position), hash: *first.hash.as_bytes() };
        reading.heading = Heading { taken: first.taken, last };
        Ok(reading)
    }

    pub(super) const fn heading(&self) -> Heading {
        self.heading
    }

    /// How many rows there were so far.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// The next rows, at most `limit`; none after the end, which was then found to be right.
    pub(super) fn next(&mut self, limit: usize) -> Result<Vec<StoredRow>, BackupError> {
        let mut rows = Vec::new();
        while rows.len() < limit && !self.ended {
            let before = self.sum.clone();
            let line = self.line()?.ok_or(BackupError::Cut)?;
            let number = self.rows + 2;
            let changed = |detail: &str| BackupError::Changed(format!("line {number} {detail}"));
            let line: Map<String, Value> =
                serde_json::from_slice(&line).map_err(|_| changed("is no object of JSON"))?;
            let mut fields = line.into_iter();
            match (fields.next(), fields.next()) {
                (Some((name, end)), None) if name == "end" => self.end(end, before)?,
                (Some((table, Value::Object(cells))), None) => {
                    let row = StoredRow::of(&table, cells);
                    rows.push(row.ok_or_else(|| changed("is of a table that there is not"))?);
                    self.rows += 1;
                }
                _ => return Err(changed("is no row")),
            }
        }
        Ok(rows)
    }

    fn end(&mut self, end: Value, sum: Sha256) -> Result<(), BackupError> {
        let end: End = serde_json::from_value(end)
            .map_err(|error| BackupError::Changed(format!("its last line: {error}")))?;
        if end.sha256 != TokenId::from_bytes(sum.finalize().into()) {
            return Err(BackupError::Changed("its content has not the SHA-256 of its last line".into()));
        }
        if end.rows != self.rows {
            return Err(BackupError::Changed("it has not as many rows as its last line says".into()));
        }
        if self.line()?.is_some() {
            return Err(BackupError::Changed("something follows its end".into()));
        }
        self.ended = true;
        Ok(())
    }

    /// The next line; `None` where the file ends between two lines.
    fn line(&mut self) -> Result<Option<Vec<u8>>, BackupError> {
        let mut line = Vec::new();
        let read = (&mut self.lines).take(LONGEST_LINE).read_until(b'\n', &mut line);
        match read {
            Ok(0) => Ok(None),
            Ok(_) if line.last() == Some(&b'\n') => {
                self.sum.update(&line);
                Ok(Some(line))
            }
            Ok(_) => Err(BackupError::Cut),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(BackupError::Cut),
            // The compression has a check sum of its own.
            Err(error) => Err(BackupError::Changed(error.to_string())),
        }
    }
}

fn is_ours(what: &'static str, found: i64, known: i64) -> Result<(), BackupError> {
    if found == known { Ok(()) } else { Err(BackupError::OtherVersion { what, found, known }) }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> BackupError {
    let path = path.display().to_string();
    move |error| match error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(path.clone()),
        _ => BackupError::File(path.clone(), error),
    }
}
