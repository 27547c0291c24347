//! Evidence packs: what was answered to a file of rows, closed into one file that proves itself.
//!
//! A zip with a report to read and to print, the answers, the policy, a manifest with the SHA-256 of each of them, and a
//! receipt that signs the manifest's. Answers stream in; nothing of them is in memory but a few hundred rows for the
//! report. Nothing is kept here: whoever asked for a pack keeps it.
//!
//! A pack comes back from strangers. So the receipt is looked at first, then the manifest that it signs, and then no file is
//! read further than the manifest says it is long: what a hostile archive unpacks to is bounded by what we signed.

mod build;
mod layout;
mod now;
mod read;
mod stream;
mod told;
#[cfg(test)]
mod tests;

use std::{fs::File, io, sync::Arc};

use shirushi_shared::{
    api::{BulkLine, PackInput, PackManifest},
    policy::{Day, Policy},
    receipt::{CaseReference, ReceiptError},
    text::Language,
    time::UnixTime,
};

pub use self::{
    build::PackBuilder,
    now::{MOST_ON_A_PAGE, compare},
    read::{KeptPack, check},
};
use super::receipt::{NoReceipt, Receipts};
use crate::{clock::SystemClock, report::Typefaces};

/// Makes packs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Packs {
    receipts: Receipts,
    typefaces: Typefaces,
    clock: SystemClock,
}

/// What a pack is about, beside its rows.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The language of its report.
    pub language: Language,
    /// Who asked.
    pub organisation: Option<String>,
    /// The file of rows, where it is one.
    pub input: Option<PackInput>,
    /// The requester's own reference.
    pub case: Option<CaseReference>,
    /// By which policy the rows were checked.
    pub policy: Option<Arc<Policy>>,
    /// The past instant that was asked about, where the whole run asked about one.
    pub as_of: Option<UnixTime>,
    /// The last day of the contract, for rows that do not say it.
    pub contract_end: Option<Day>,
}

/// A pack that was made.
#[derive(Debug)]
pub struct Pack {
    /// Its bytes, from the beginning; the file goes when it is dropped.
    pub file: File,
    /// How many they are.
    pub size: u64,
    /// What it would be called.
    pub name: String,
    /// What is in it.
    pub manifest: PackManifest,
}

/// Why there is no pack, or a file is none.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// It was not signed.
    #[error(transparent)]
    NoReceipt(#[from] NoReceipt),
    /// The scratch files could not be written.
    #[error("the pack cannot be written")]
    Write(#[source] io::Error),
    /// What was to be in it is longer than it may be.
    #[error("{0} is longer than {1} characters")]
    TooLong(&'static str, usize),
    /// No archive of the form of a pack.
    #[error("not an evidence pack: {0}")]
    NotAPack(String),
    /// More files than a pack has.
    #[error("not an evidence pack: it has more than {} files", PackManifest::MAX_FILES)]
    TooManyFiles,
    /// Its receipt is none.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// It could not be read.
    #[error("the pack cannot be read")]
    Read(#[source] io::Error),
}

/// Longest name of a file or organisation in a pack, in characters.
const LONGEST_NAME: usize = 300;

impl Packs {
    /// Packs that `receipts` signs, with a PDF in a typeface of `typefaces`.
    pub const fn new(receipts: Receipts, typefaces: Typefaces, clock: SystemClock) -> Self {
        Self { receipts, typefaces, clock }
    }

    /// A pack that is about to be filled. What follows writes files and keeps a processor busy.
    pub fn begin(&self, about: About) -> Result<PackBuilder, PackError> {
        for (what, text) in [
            ("the file's name", about.input.as_ref().map(|input| &input.name)),
            ("the organisation's name", about.organisation.as_ref()),
        ] {
            if text.is_some_and(|text| text.chars().count() > LONGEST_NAME) {
                return Err(PackError::TooLong(what, LONGEST_NAME));
            }
        }
        PackBuilder::new(self.clone(), about)
    }

    /// The pack of all of `lines`, of which the last tells whether the run was stopped.
    pub fn close(&self, about: About, lines: impl IntoIterator<Item = BulkLine>) -> Result<Pack, PackError> {
        let (mut builder, mut stopped) = (self.begin(about)?, None);
        for line in lines {
            match line {
                BulkLine::End(end) => stopped = end.stopped,
                line => builder.line(&line)?,
            }
        }
        builder.finish(stopped)
    }
}
