//! Why keys cannot be had. No variant carries a byte of a private key.

use std::path::PathBuf;

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
    #[error("{} can be read or changed by others (mode {mode:03o}); a private key must have mode 600", path.display())]
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
