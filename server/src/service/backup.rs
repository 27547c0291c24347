//! Backup and restoration: everything on record in one file, of either database and for either.
//!
//! The file is gzip of JSON lines: a heading, a line for each row, and an end that counts the rows and has the SHA-256 of
//! all before it, so that a file that was cut or changed is noticed. It holds what the registry holds, the hashes of API
//! keys among it: only its owner may read it.
//!
//! Not in it: the scheme's keys and the evidence files (of applications, photographs of reports), which have places and
//! backups of their own.

mod file;

use std::path::Path;

use shirushi_shared::time::UnixTime;

use self::file::{Draft, Reading};
use crate::registry::{Audit, Finding, Known, Registry, RegistryError};

/// Rows that are written to a registry at once.
const ROWS: usize = 500;

/// Why a backup was not made, or not restored. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The file cannot be written or read.
    #[error("{0} cannot be used")]
    File(String, #[source] std::io::Error),
    /// There is a file of this name.
    #[error("{0} is there already: a backup is never written over another one")]
    Exists(String),
    /// It is no backup.
    #[error("this is no backup of a registry: {0}")]
    NoBackup(&'static str),
    /// Of another format or schema.
    #[error(
        "the backup has {what} {found}, and this program has {known}: restore it with the program that made it, then start this one"
    )]
    OtherVersion {
        /// Of what.
        what: &'static str,
        /// The backup's.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// It has no end.
    #[error("the backup was cut: it has no end")]
    Cut,
    /// It is not what was written.
    #[error("the backup was changed or damaged: {0}")]
    Changed(String),
    /// What was restored is not in order.
    #[error("the backup is whole, and what it holds is not in order: {0}")]
    NotInOrder(String),
}

/// What is in a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// How many rows.
    pub rows: u64,
    /// When it was taken.
    pub taken: UnixTime,
    /// What the check of it came to: the last position with its hash, and findings.
    pub audit: Audit,
}

/// Writes all that is on record in `registry` at this instant to a new file at `out`; whoever writes to the registry
/// meanwhile does not wait. Findings are no reason not to make it.
pub async fn back_up(registry: &dyn Registry, out: &Path, now: UnixTime) -> Result<Told, BackupError> {
    let mut draft = Draft::begin(out)?;
    let mut snapshot = registry.snapshot().await?;
    let audit = snapshot.audit(Known::GENESIS).await?;
    draft.heading(snapshot.schema(), now, audit.last)?;
    loop {
        let rows = snapshot.next().await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            draft.row(row)?;
        }
    }
    let rows = draft.finish(out)?;
    Ok(Told { rows, taken: now, audit })
}

/// Restores the backup at `from` into `registry`, which must be empty: whole, and in order, or not at all. With
/// `even_if_broken` also what is not in order, as it is.
pub async fn restore(
    registry: &dyn Registry,
    from: &Path,
    even_if_broken: bool,
) -> Result<Told, BackupError> {
    // Read to its end first: what is not whole is told in words of its own, and not by what a database makes of it.
    let mut reading = Reading::open(from, registry.schema())?;
    while !reading.next(ROWS)?.is_empty() {}
    let mut restoration = registry.restoration().await?;
    let mut reading = Reading::open(from, registry.schema())?;
    loop {
        let rows = reading.next(ROWS)?;
        if rows.is_empty() {
            break;
        }
        restoration.put(&rows).await.map_err(|error| match error {
            // A row that has not the form of its table was not written by us.
            RegistryError::Corrupt { .. } => BackupError::Changed(error.to_string()),
            error => error.into(),
        })?;
    }
    let heading = reading.heading();
    let mut audit = restoration.audit().await?;
    if audit.last != heading.last && audit.findings.is_empty() {
        audit.findings.push(Finding::NotAsKnown(heading.last.position));
    }
    if !audit.is_clean() && !even_if_broken {
        let found: Vec<_> = audit.findings.iter().take(5).map(ToString::to_string).collect();
        return Err(BackupError::NotInOrder(found.join("; ")));
    }
    let told = Told { rows: reading.rows(), taken: heading.taken, audit };
    restoration.commit().await?;
    Ok(told)
}

#[cfg(test)]
mod tests;
