//! What is known of a job.

use std::{io::Read as _, sync::Arc};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use serde::{Deserialize, Serialize};
use shirushi_shared::{
    api::{BulkEnd, FileDigest, PackInput},
    policy::{Day, Policy},
    text::Language,
    time::UnixTime,
};

use super::{Form, Guess, Mapping};
use crate::{
    registry::{JobState, RegistryError, StoredJob},
    scheme::evidence::{ContentHash, FileName},
    service::bulk::Wanted,
};

/// Rows of a look at a table, its columns, and characters of a cell.
const LOOK_ROWS: usize = 20;
const LOOK_COLUMNS: usize = 64;
const LOOK_CELL: usize = 120;
/// Most bytes of a look: `LOOK_ROWS` × `LOOK_COLUMNS` × `LOOK_CELL`, of four bytes at most, with room for JSON.
const LOOK_BYTES: u64 = 2 << 20;

/// What somebody wants of a file.
#[derive(Clone, Debug)]
pub struct Order {
    /// The file's name.
    pub name: FileName,
    /// What it is; `None`: as its content tells.
    pub format: Option<Format>,
    /// What is known of its columns.
    pub plan: Plan,
    /// Language of the answers.
    pub language: Language,
    /// Whether they name the products.
    pub products: bool,
    /// About which day rows ask that name none.
    pub date: Option<Day>,
    /// The job that this one is compared with.
    pub earlier: Option<String>,
}

/// What is known of the columns of a table.
#[derive(Clone, Debug)]
pub enum Plan {
    /// Somebody is to look at what was guessed.
    Ask,
    /// What is guessed is taken, where it says which labels.
    Guess,
    /// They mean this.
    Given(Mapping),
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A question a line, as JSON.
    JsonLines,
    /// Rows of cells: CSV or a workbook.
    Table,
}

/// What is known of a job beside its state.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document {
    /// The file's name.
    pub name: FileName,
    /// What the file is.
    pub format: Option<Format>,
    /// What the table turned out to be.
    #[serde(default)]
    pub form: Option<Form>,
    /// What the table's first row is, by which a file of the same kind is known again.
    #[serde(default)]
    pub headings: Option<ContentHash>,
    /// What its columns mean.
    #[serde(default)]
    pub mapping: Option<Mapping>,
    /// Language of the answers, by its tag.
    pub language: String,
    /// Whether they name the products.
    pub products: bool,
    /// About which day rows ask that name none.
    #[serde(default)]
    pub date: Option<String>,
    /// The id of the job that this one is compared with.
    #[serde(default)]
    pub earlier: Option<String>,
    /// The policy by which every row is checked as well, in its canonical form.
    #[serde(default)]
    pub policy: Option<String>,
    /// The last day of the contract, for rows that do not say it.
    #[serde(default)]
    pub contract_end: Option<String>,
    /// Bytes of the file.
    pub bytes: u64,
    /// What they are, once all of them have come.
    #[serde(default)]
    pub sha256: Option<FileDigest>,
    /// Rows of the file, once they were counted.
    #[serde(default)]
    pub rows: Option<u64>,
    /// What came of the rows that were answered, and why there are no more.
    pub end: BulkEnd,
    /// When its first turn came.
    #[serde(default)]
    pub began: Option<UnixTime>,
    /// When it ended.
    #[serde(default)]
    pub ended: Option<UnixTime>,
}

/// A job.
#[derive(Clone, Debug)]
pub struct Job {
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
    /// What else is known of it.
    pub document: Document,
    pub(super) attempts: u64,
    pub(super) results: u64,
}

/// The beginning of a file as a table, with what its columns seem to mean.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Look {
    /// What was guessed, with the reasons.
    pub guess: Guess,
    /// The first rows, long cells cut.
    pub rows: Vec<Vec<String>>,
}

impl Document {
    pub(super) fn new(order: Order, earlier: Option<String>) -> (Self, Plan) {
        let document = Self {
            name: order.name,
            format: order.format,
            form: None,
            headings: None,
            mapping: None,
            language: order.language.tag().to_owned(),
            products: order.products,
            date: order.date.map(|date| date.to_string()),
            earlier,
            policy: None,
            contract_end: None,
            bytes: 0,
            sha256: None,
            rows: None,
            end: BulkEnd::default(),
            began: None,
            ended: None,
        };
        (document, order.plan)
    }

    pub(super) fn to_json(&self) -> Result<String, RegistryError> {
        serde_json::to_string(self).map_err(|error| RegistryError::Unavailable(Box::new(error)))
    }

    /// Language of the answers.
    pub fn language(&self) -> Language {
        Language::choose(Some(&self.language), None)
    }

    /// The file, as a pack names it.
    pub(super) fn input(&self) -> Option<PackInput> {
        self.sha256.map(|sha256| PackInput { name: self.name.to_string(), sha256 })
    }

    /// The policy by which rows are checked; an error where it cannot be read: rows are not answered without it.
    pub fn policy(&self) -> Result<Option<Policy>, RegistryError> {
        let corrupt =
            |_| RegistryError::Corrupt { table: "jobs", column: "document", row: "policy".to_owned() };
        self.policy.as_deref().map(Policy::load).transpose().map_err(corrupt)
    }

    pub(super) fn wanted(&self) -> Result<Wanted, RegistryError> {
        Ok(Wanted {
            language: self.language(),
            products: self.products,
            policy: self.policy()?.map(Arc::new),
            contract_end: self.contract_end.as_deref().and_then(|day| Day::parse(day).ok()),
            ..Wanted::default()
        })
    }
}

impl Job {
    pub(super) fn read(stored: StoredJob) -> Result<Self, RegistryError> {
        let StoredJob { id, owner, state, revision, created, changed, expires, attempts, results, document } =
            stored;
        let document = serde_json::from_str(&document).map_err(|_| RegistryError::Corrupt {
            table: "jobs",
            column: "document",
            row: id.clone(),
        })?;
        Ok(Self { id, owner, state, revision, created, changed, expires, document, attempts, results })
    }

    /// Rows that were answered in a second, since its first turn and until `now`; `None` before the first.
    pub fn rate(&self, now: UnixTime) -> Option<u64> {
        let seconds = self.document.ended.unwrap_or(now).since(self.document.began?).max(1);
        Some(self.document.end.rows / u64::try_from(seconds).unwrap_or(1))
            .filter(|_| self.document.end.rows > 0)
    }

    /// Seconds until it ends, where it runs and its rows are known.
    pub fn seconds_left(&self, now: UnixTime) -> Option<u64> {
        let left = self.document.rows?.checked_sub(self.document.end.rows)?;
        let seconds = u64::try_from(now.since(self.document.began?).max(1)).unwrap_or(1);
        let is_under_way = self.state == JobState::Running && self.document.end.rows > 0;
        is_under_way.then(|| (left * seconds).div_ceil(self.document.end.rows))
    }
}

impl Look {
    /// A look at the first rows of a table.
    pub(super) fn at(rows: &[Vec<String>]) -> Self {
        let cell = |text: &String| text.chars().take(LOOK_CELL).collect();
        let shown = |row: &Vec<String>| row.iter().take(LOOK_COLUMNS).map(cell).collect();
        Self { guess: Guess::of(rows), rows: rows.iter().take(LOOK_ROWS).map(shown).collect() }
    }

    /// What the first of `rows` is, as headings: its cells, without what stands around their words.
    pub(super) fn headings(rows: &[Vec<String>]) -> Option<ContentHash> {
        let cells: Vec<_> = rows.first()?.iter().map(|cell| cell.trim()).collect();
        Some(ContentHash::of(serde_json::to_string(&cells).ok()?.as_bytes()))
    }

    /// Columns of which nothing is known.
    pub(super) fn nothing() -> Mapping {
        Mapping { heading: false, columns: std::collections::BTreeMap::new() }
    }

    pub(super) fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        let mut out = DeflateEncoder::new(Vec::new(), Compression::fast());
        serde_json::to_writer(&mut out, self)?;
        out.finish()
    }

    pub(super) fn read(id: &str, bytes: &[u8]) -> Result<Self, RegistryError> {
        serde_json::from_reader(DeflateDecoder::new(bytes).take(LOOK_BYTES)).map_err(|_| {
            RegistryError::Corrupt { table: "job_parts", column: "bytes", row: format!("{id} look") }
        })
    }
}
