//! Looks at a pack that somebody kept: the receipt first, then the manifest, then the files.

use std::{
    collections::BTreeSet,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
};

use sha2::{Digest as _, Sha256};
use shirushi_shared::{
    api::{BulkAnswer, BulkLine, NotGenuine, PackAnswer, PackFile, PackFiles, PackManifest},
    cose::VerifyError,
    key::KeyRing,
    receipt::{
        ReceiptError, SignedReceipt,
        pack::{OpenedPackReceipt, SignedPackReceipt},
    },
};
use zip::{ZipArchive, read::ZipReadOptions};

use super::PackError;

/// What stands before each file in an archive's directory.
const ENTRY: &[u8; 4] = b"PK\x01\x02";
/// So often that may stand anywhere in a file before an archive is believed to have more than a pack's files: by chance it
/// stands in one of a hundred packs once.
const MOST_ENTRIES: usize = 64;
/// Longest name that is told, in characters.
const LONGEST_NAME: usize = 100;
const BLOCK: usize = 64 * 1024;

/// A pack that somebody kept, whose form is an archive's; nothing in it is believed.
pub struct KeptPack<R> {
    archive: ZipArchive<BufReader<R>>,
    names: Vec<String>,
}

impl<R: Read + Seek> KeptPack<R> {
    /// Whether `file` begins as an archive does; it stands at its beginning again.
    pub fn is_one(file: &mut R) -> io::Result<bool> {
        let mut head = Vec::new();
        file.rewind()?;
        file.by_ref().take(4).read_to_end(&mut head)?;
        file.rewind()?;
        Ok(head == b"PK\x03\x04")
    }

    /// Reads the directory of `file`.
    pub fn open(mut file: R) -> Result<Self, PackError> {
        // Whoever reads a directory keeps all of it: so it is counted before it is read.
        if entries(&mut file).map_err(PackError::Read)? > MOST_ENTRIES {
            return Err(PackError::TooManyFiles);
        }
        let form = |error: zip::result::ZipError| PackError::NotAPack(error.to_string());
        let mut archive = ZipArchive::new(BufReader::new(file)).map_err(form)?;
        if archive.len() > PackManifest::MAX_FILES {
            return Err(PackError::TooManyFiles);
        }
        // What one program reads in it, every other must.
        if archive.has_duplicate_names() || archive.has_overlapping_files().map_err(form)? {
            return Err(PackError::NotAPack(
                "two of its files have one name, or lie over each other".to_owned(),
            ));
        }
        let names = archive.file_names_raw().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        Ok(Self { archive, names })
    }

    /// What it is worth by `ring`. Its present is not asked about here.
    pub fn check(&mut self, ring: &KeyRing) -> Result<PackAnswer, PackError> {
        let receipt = self.small(PackManifest::RECEIPT, SignedPackReceipt::MAX_BYTES)?;
        let opened = match SignedPackReceipt::from_bytes(receipt).map(|receipt| open(ring, &receipt)) {
            Ok(opened) => opened?,
            // A receipt that was damaged beyond its form.
            Err(_) => Err(NotGenuine::BadSignature),
        };
        let opened = match opened {
            Ok(opened) => opened,
            Err(reason) => {
                let altered =
                    PackFiles { altered: vec![PackManifest::RECEIPT.to_owned()], ..PackFiles::default() };
                let files = (reason == NotGenuine::BadSignature).then_some(altered);
                return Ok(PackAnswer { files, ..PackAnswer::not_genuine(reason) });
            }
        };
        let answer = PackAnswer::of(&opened);
        self.with_files(answer, &opened)
    }

    /// `answer` with what its files are.
    fn with_files(
        &mut self,
        mut answer: PackAnswer,
        opened: &OpenedPackReceipt,
    ) -> Result<PackAnswer, PackError> {
        let mut files = PackFiles::default();
        let known = match self.small(PackManifest::NAME, PackManifest::MAX_BYTES) {
            Ok(bytes) if Sha256::digest(&bytes).as_slice() == opened.receipt.manifest.as_bytes() => {
                Some(bytes)
            }
            Ok(_) | Err(_) => {
                let is_there = self.names.iter().any(|name| name == PackManifest::NAME);
                let list = if is_there { &mut files.altered } else { &mut files.missing };
                list.push(PackManifest::NAME.to_owned());
                None
            }
        };
        // Without its manifest nobody can say what the other files were.
        if let Some(bytes) = known {
            let manifest: PackManifest = serde_json::from_slice(&bytes)
                .map_err(|error| PackError::NotAPack(format!("a manifest of another form: {error}")))?;
            self.compare(&manifest, &mut files);
            if let Some(then) = &mut answer.then {
                then.results_sha256 = manifest.file(PackManifest::RESULTS).map(|file| file.sha256);
                then.input = manifest.input;
                then.organisation = manifest.organisation;
                if let (Some(stated), Some(named)) = (&mut then.policy, manifest.policy) {
                    stated.name = Some(format!("{} ({})", named.name, named.version));
                }
            }
        }
        answer.files = Some(files);
        Ok(answer)
    }

    /// Holds every file against `manifest`, which is signed.
    fn compare(&mut self, manifest: &PackManifest, files: &mut PackFiles) {
        for file in &manifest.files {
            match self.is_as(file) {
                Some(true) => {}
                Some(false) => files.altered.push(file.name.clone()),
                None => files.missing.push(file.name.clone()),
            }
        }
        let mut known: BTreeSet<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
        known.extend([PackManifest::NAME, PackManifest::RECEIPT]);
        let extra = self.names.iter().filter(|name| !known.contains(name.as_str()));
        files.extra.extend(extra.map(|name| name.chars().take(LONGEST_NAME).collect::<String>()));
    }

    /// Whether the file is what it was; `None` where there is none. It is read no further than it was long.
    fn is_as(&mut self, wanted: &PackFile) -> Option<bool> {
        let Ok(file) = self.file(&wanted.name)? else { return Some(false) };
        let mut file = file.take(wanted.size.saturating_add(1));
        let (mut sha256, mut size, mut block) = (Sha256::new(), 0, vec![0; BLOCK]);
        loop {
            match file.read(&mut block) {
                Ok(0) => break,
                Ok(read) => {
                    sha256.update(block.get(..read).unwrap_or(&block));
                    size += read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Damaged where it is packed: another content, or none.
                Err(_) => return Some(false),
            }
        }
        Some(size == wanted.size && sha256.finalize().as_slice() == wanted.sha256.as_bytes())
    }

    /// Tells the answers in it, one after the other, for as long as `next` wants more; `None` for one in the words of another
    /// version, since a pack is kept for years. Only of a pack that is whole.
    pub fn answers(&mut self, mut next: impl FnMut(Option<BulkAnswer>) -> bool) -> Result<(), PackError> {
        let missing = || PackError::NotAPack(format!("without {}", PackManifest::RESULTS));
        let file = self.file(PackManifest::RESULTS).ok_or_else(missing)?;
        let mut lines = BufReader::with_capacity(BLOCK, file.map_err(|_| missing())?);
        let mut line = Vec::new();
        loop {
            line.clear();
            // What is in it was signed by us; how long its lines are as well.
            if lines.read_until(b'\n', &mut line).map_err(PackError::Read)? == 0 {
                return Ok(());
            }
            let answer = match BulkLine::parse(&line) {
                Ok(BulkLine::Answer(answer)) => Some(*answer),
                Ok(BulkLine::Bad(_) | BulkLine::End(_)) => continue,
                Err(_) => None,
            };
            if !next(answer) {
                return Ok(());
            }
        }
    }

    /// A file of at most `most` bytes, all of it.
    fn small(&mut self, name: &str, most: usize) -> Result<Vec<u8>, PackError> {
        let none = |why: &str| PackError::NotAPack(format!("{name} {why}"));
        let file = self.file(name).ok_or_else(|| none("is missing"))?.map_err(|_| none("cannot be read"))?;
        let mut bytes = Vec::new();
        let more = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        file.take(more).read_to_end(&mut bytes).map_err(|_| none("cannot be read"))?;
        if bytes.len() > most { Err(none("is longer than it may be")) } else { Ok(bytes) }
    }

    /// The file `name`, unpacked as it is read; an error for one that cannot be.
    fn file(&mut self, name: &str) -> Option<zip::result::ZipResult<impl Read + '_>> {
        let place = self.names.iter().position(|known| known == name)?;
        // The two places in which an archive tells of a file must say the same.
        let strictly = ZipReadOptions::new().enforce_header_consistency(true);
        Some(self.archive.by_index_with_options(place, strictly))
    }
}

/// What `receipt` is worth by `ring`, without any file; `None` where it is a verdict's and no pack's.
pub fn check(ring: &KeyRing, receipt: &SignedReceipt) -> Option<PackAnswer> {
    match open(ring, &SignedPackReceipt::from(receipt)) {
        Ok(Ok(opened)) => Some(PackAnswer::of(&opened)),
        Ok(Err(_)) | Err(_) => None,
    }
}

/// Opens `receipt`: a signature that does not hold is an answer, and not an error.
fn open(
    ring: &KeyRing,
    receipt: &SignedPackReceipt,
) -> Result<Result<OpenedPackReceipt, NotGenuine>, ReceiptError> {
    match receipt.open(ring) {
        Ok(opened) => Ok(Ok(opened)),
        Err(ReceiptError::NotTrusted(VerifyError::UnknownKey(_))) => Ok(Err(NotGenuine::UnknownKey)),
        Err(ReceiptError::NotTrusted(VerifyError::BadSignature)) => Ok(Err(NotGenuine::BadSignature)),
        Err(error) => Err(error),
    }
}

/// How many entries a directory in `file` can have at most; it stands at its beginning again.
fn entries(file: &mut (impl Read + Seek)) -> io::Result<usize> {
    file.seek(SeekFrom::Start(0))?;
    let (mut found, mut block, mut kept) = (0, vec![0; BLOCK], 0);
    loop {
        let read = match file.read(block.get_mut(kept..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let filled = kept + read;
        let seen = block.get(..filled).unwrap_or_default();
        found += seen.windows(ENTRY.len()).filter(|window| *window == ENTRY).count();
        // A mark may lie across two blocks.
        let rest = filled.saturating_sub(ENTRY.len() - 1);
        block.copy_within(rest..filled, 0);
        kept = filled - rest;
    }
    file.rewind()?;
    Ok(found)
}
