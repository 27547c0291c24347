//! Writes that survive a kill: a draft, on disk, then under its name in one step.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use shirushi_shared::time::UnixTime;

use crate::evidence::{ContentHash, MaxSize, place_of};

const DRAFTS: &str = ".drafts";
/// A draft is on disk for as long as it takes to write a few megabytes: the upload is complete before. One that is older
/// than this has lost its writer. By age and not by process id, which says nothing across containers that share a folder.
const ABANDONED_S: i64 = 3600;

/// The folder.
#[derive(Debug)]
pub(super) struct Disk {
    root: PathBuf,
    drafts: PathBuf,
}

impl Disk {
    /// The folder at `root`, made where it is missing.
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        let drafts = root.join(DRAFTS);
        DirBuilder::new().recursive(true).mode(0o700).create(&drafts).map_err(naming(&drafts))?;
        Ok(Self { root: root.to_owned(), drafts })
    }

    /// Removes abandoned drafts.
    pub(super) fn tidy(&self, now: UnixTime) -> io::Result<()> {
        for entry in fs::read_dir(&self.drafts).map_err(naming(&self.drafts))? {
            let path = entry.map_err(naming(&self.drafts))?.path();
            // One that is gone has found its name, or another process was tidying.
            let Ok(found) = fs::metadata(&path) else { continue };
            if found.mtime() < now.as_secs().saturating_sub(ABANDONED_S) {
                match fs::remove_file(&path) {
                    Err(error) if error.kind() != ErrorKind::NotFound => return Err(naming(&path)(error)),
                    _ => tracing::info!(draft = %path.display(), "an abandoned draft was removed"),
                }
            }
        }
        Ok(())
    }

    /// Puts `content` under `hash`.
    pub(super) fn write(&self, hash: &ContentHash, content: &[u8]) -> io::Result<()> {
        self.with_draft(|draft, mut file| {
            file.write_all(content)?;
            file.sync_all()?;
            self.publish(draft, hash)
        })
    }

    /// What lies under `hash`.
    pub(super) fn read(&self, hash: &ContentHash) -> io::Result<Option<Vec<u8>>> {
        let path = self.root.join(place_of(hash).join("/"));
        let file = match File::open(&path) {
            Ok(file) => file,
            // In a folder that is no store (any more) nothing is found, and nothing is known to be missing.
            Err(error) if error.kind() == ErrorKind::NotFound => return self.is_store().map(|()| None),
            Err(error) => return Err(naming(&path)(error)),
        };
        // One byte more than there can be: what is longer is not ours, and will not agree with the hash.
        let mut content = Vec::new();
        file.take(MaxSize::LARGEST as u64 + 1).read_to_end(&mut content).map_err(naming(&path))?;
        Ok(Some(content))
    }

    /// Whether a file can be written.
    pub(super) fn probe(&self) -> io::Result<()> {
        self.with_draft(|draft, file| {
            drop(file);
            fs::remove_file(draft)
        })
    }

    /// Gives a draft its name: one step, which a reader sees as a whole or not at all.
    fn publish(&self, draft: &Path, hash: &ContentHash) -> io::Result<()> {
        let [folder, name] = place_of(hash);
        let folder = self.root.join(folder);
        match DirBuilder::new().mode(0o700).create(&folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        fs::rename(draft, folder.join(name))?;
        // The names are on disk only after their folders are. The root as well each time: that another writer has made
        // the folder does not say that its name is on disk.
        File::open(&folder)?.sync_all()?;
        File::open(&self.root)?.sync_all()
    }

    /// Runs `work` on a new draft, which is gone when it fails.
    fn with_draft(&self, work: impl FnOnce(&Path, File) -> io::Result<()>) -> io::Result<()> {
        let name = getrandom::u64().map_err(io::Error::other)?;
        let draft = self.drafts.join(format!("{name:016x}"));
        let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&draft);
        let done = file.and_then(|file| work(&draft, file));
        done.map_err(|error| {
            // Where it cannot be removed either, it is tidied away later.
            let _ = fs::remove_file(&draft);
            naming(&self.root)(error)
        })
    }

    fn is_store(&self) -> io::Result<()> {
        fs::metadata(&self.drafts).map(drop).map_err(naming(&self.drafts))
    }
}

/// Errors of the system do not say which path they are about.
fn naming(path: &Path) -> impl FnOnce(io::Error) -> io::Error {
    let path = path.display().to_string();
    move |error| io::Error::new(error.kind(), format!("{path}: {error}"))
}
