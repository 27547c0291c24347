//! Where keys lie, and where the passphrase that opens them comes from.

use core::fmt;
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use zeroize::Zeroizing;

use super::{SignerError, guard};

/// A folder of keys, with what opens its private files.
#[derive(Clone, Debug)]
pub struct KeyPlace {
    /// The folder.
    pub folder: PathBuf,
    /// What opens its private files.
    pub passphrase: PassphraseSource,
}

/// Where the passphrase comes from.
#[derive(Clone, Debug, Default)]
pub enum PassphraseSource {
    /// There is none: files are written as they are, protected by their mode alone.
    #[default]
    None,
    /// A file, read whenever keys are read, so that a secret that is replaced while the service runs is found: a
    /// credential of systemd, a mounted secret of Kubernetes.
    File(PathBuf),
    /// Given by the environment, or typed.
    Given(Passphrase),
}

/// What private files are encrypted with. It shows nothing, and is wiped when its last copy is dropped.
#[derive(Clone)]
pub struct Passphrase(Arc<Zeroizing<Vec<u8>>>);

impl Passphrase {
    /// Longest passphrase, in bytes.
    pub const LONGEST: usize = 1024;
    /// Shortest passphrase by which files are encrypted, in bytes. Those encrypted elsewhere are read by any.
    pub const SHORTEST: usize = 12;

    /// The passphrase of these bytes, whatever they are.
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(Arc::new(bytes))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether somebody typed the same twice. Takes a time that depends on it: not for what a stranger presents.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// Reads the whole of a secret file but the end of its line. Refused where other users can read the file.
    pub fn read(path: &Path) -> Result<Self, SignerError> {
        guard::secret_file(path)?;
        // Reserved at once, so that no copy is left behind by a growing buffer.
        let most = Self::LONGEST + 2;
        let mut bytes = Zeroizing::new(Vec::with_capacity(most + 1));
        let file = File::open(path).map_err(SignerError::file(path))?;
        file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(SignerError::file(path))?;
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
            if bytes.last() == Some(&b'\r') {
                bytes.pop();
            }
        }
        match bytes.len() {
            0 => Err(SignerError::Passphrase { path: path.to_owned(), reason: "holds no passphrase" }),
            length if length > Self::LONGEST => {
                Err(SignerError::Passphrase { path: path.to_owned(), reason: "is too long for a passphrase" })
            }
            _ => Ok(Self::new(bytes)),
        }
    }

    /// Its bytes, for the one that encrypts and decrypts.
    pub(super) fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// Refuses one that can be guessed by trying.
    pub(super) fn fit_to_encrypt(&self) -> Result<&Self, SignerError> {
        if self.0.len() >= Self::SHORTEST { Ok(self) } else { Err(SignerError::ShortPassphrase) }
    }
}

impl PassphraseSource {
    /// The passphrase as it is now.
    pub(super) fn read(&self) -> Result<Option<Passphrase>, SignerError> {
        match self {
            Self::None => Ok(None),
            Self::File(path) => Passphrase::read(path).map(Some),
            Self::Given(passphrase) => Ok(Some(passphrase.clone())),
        }
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

impl From<PathBuf> for KeyPlace {
    /// A folder whose files are not encrypted.
    fn from(folder: PathBuf) -> Self {
        Self { folder, passphrase: PassphraseSource::None }
    }
}

impl From<&Path> for KeyPlace {
    fn from(folder: &Path) -> Self {
        folder.to_owned().into()
    }
}

impl From<&PathBuf> for KeyPlace {
    fn from(folder: &PathBuf) -> Self {
        folder.clone().into()
    }
}

impl From<&Self> for KeyPlace {
    fn from(place: &Self) -> Self {
        place.clone()
    }
}
