//! Why keys cannot be had. No variant carries a byte of a private key.

use std::path::{Path, PathBuf};

use shirushi_shared::{cose::SignError, key::KeyUse};

/// Why the keys cannot be read, changed or used.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Nobody made keys here.
    #[error("{} holds no keys; make them with `shirushi keys init`", .0.display())]
    NotInitialised(PathBuf),
    /// A private key that others can read must be taken for lost.
    #[error("{} can be read or changed by others (mode {mode:03o}); a private key must have mode 600, in Kubernetes `defaultMode: 0400`", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// A folder in which others can replace files.
    #[error("{} can be changed by others (mode {mode:03o}); it must have mode 700", path.display())]
    FolderExposed {
        /// The folder.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// `keyring.json` is not what this program writes.
    #[error("{}: {reason}", path.display())]
    Keyring {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A passphrase that others can read must be taken for known.
    #[error("{} can be read by every user, or changed by others (mode {mode:03o}); a passphrase must have mode 600 or 440, in Kubernetes `defaultMode: 0400`", path.display())]
    PassphraseExposed {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// A file that holds no passphrase.
    #[error("{} {reason}", path.display())]
    Passphrase {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Nothing is encrypted with what can be guessed by trying.
    #[error(
        "the passphrase is too short: give at least {} bytes, such as `openssl rand -base64 32`",
        super::Passphrase::SHORTEST
    )]
    ShortPassphrase,
    /// Files are to be encrypted, and there is nothing to do it with.
    #[error("there is no passphrase: name its file (--keys-passphrase-file)")]
    NoPassphrase,
    /// An encrypted private key, and no passphrase.
    #[error("{} is encrypted: name the file that holds its passphrase (--keys-passphrase-file)", .0.display())]
    NeedsPassphrase(PathBuf),
    /// The passphrase does not open the private key.
    #[error("{} is not opened by the passphrase", .0.display())]
    WrongPassphrase(PathBuf),
    /// An encrypted private key made to keep its reader busy.
    #[error("{} asks for more memory or time to be opened than is granted", .0.display())]
    TooCostly(PathBuf),
    /// An active key without its file.
    #[error("{} is missing, and keyring.json names its key as active", .0.display())]
    Missing(PathBuf),
    /// A private key that `keyring.json` does not know.
    #[error("{} is not in keyring.json", .0.display())]
    Unknown(PathBuf),
    /// Not a PKCS#8 PEM of an Ed25519 key, or of another key than its name says.
    #[error("{} is not the private key that its name says", .0.display())]
    NotItsKey(PathBuf),
    /// The use has no key to sign with.
    #[error("there is no active {} key", .0.as_str())]
    NoActiveKey(KeyUse),
    /// No key, or more than one, has this name.
    #[error("no single key is called so; give at least 8 leading digits of its thumbprint")]
    NoSuchKey,
    /// A change that the key's state does not allow.
    #[error("the key is {0} already")]
    Already(&'static str),
    /// A cut-off that lies in the future.
    #[error("the cut-off lies in the future")]
    FutureCutoff,
    /// The operating system gave no randomness.
    #[error("no randomness: {0}")]
    Randomness(String),
    /// The trust list could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl SignerError {
    /// What the operating system said of `path`.
    pub(super) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
