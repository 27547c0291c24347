//! The scheme's private keys: one key a use, in files that only their owner can read.
//!
//! ```text
//! keys/                              0700
//!   keyring.json                     public half: every key that ever was, with its window and state
//!   label-cbf65c8afcb5f690.pem       0600, PKCS#8; use and leading bytes of the thumbprint
//!   .lock                            held while one process changes the folder
//! ```
//!
//! The folder can be killed at any moment and is then either as before or as after a change: files are written under
//! another name, flushed, and renamed; a new private key becomes part of the folder when `keyring.json` names it.
//!
//! Private files of retired keys are left alone: checkers that pinned an earlier trust key may still need a list by it.
//! They may be deleted; only an active key must have its file. Unix only: the protection is the file mode.
//!
//! Not here: hardware modules. They come as another implementation of [`Sign`] (PKCS#11).

mod change;
mod error;
mod files;
mod key;
mod keyring;

use std::{path::Path, sync::Arc};

use shirushi_shared::{
    cose::Sign,
    key::{KeyId, KeyRing, KeyState, KeyUse, TrustedKey},
    time::{UnixTime, Window},
    trust::TrustList,
};

pub use error::SignerError;
use files::Folder;
use key::FileKey;
use keyring::Keyring;

/// A signer that can be shared between threads.
pub type SharedSigner = Arc<dyn Sign + Send + Sync>;

/// A folder of keys, as it was read.
///
/// Another process may change the folder meanwhile. Changes made through this value start from the folder's newest
/// state; what it answers is as of its last reading or change.
#[derive(Debug)]
pub struct KeyFolder {
    folder: Folder,
    keyring: Keyring,
    active: Vec<(KeyUse, Arc<FileKey>)>,
}

impl KeyFolder {
    /// How long a signed trust list is good, in seconds: 30 days. Checkers that are offline longer say so.
    pub const TRUST_LIST_LIFE: i64 = 30 * 24 * 3600;

    /// Makes the folder where it is missing, and a key for each of `uses` that has no active one. Repeating it changes
    /// nothing.
    pub fn init(path: &Path, uses: &[KeyUse], now: UnixTime) -> Result<Self, SignerError> {
        change::init(path, uses, now)
    }

    /// Reads the folder, and refuses it where others could read a private key, or where files and keyring disagree.
    pub fn open(path: &Path) -> Result<Self, SignerError> {
        Self::load(Folder::open(path)?)
    }

    /// Makes a new key for `key_use`, active from `now`. The old one becomes retired: its window ends `overlap` seconds
    /// after `now`, for other processes that still sign with it. What it signed in its time stays good.
    pub fn rotate(&mut self, key_use: KeyUse, now: UnixTime, overlap: i64) -> Result<KeyId, SignerError> {
        change::rotate(self, key_use, now, overlap)
    }

    /// Ends a key's window now. Where it was the active one, its use has none until it is rotated.
    pub fn retire(&mut self, key: KeyId, now: UnixTime) -> Result<(), SignerError> {
        change::retire(self, key, now)
    }

    /// Declares a key to be in wrong hands since `cutoff`. Where it was the active one, a new one is made, whose
    /// identity is returned.
    pub fn compromise(
        &mut self,
        key: KeyId,
        cutoff: UnixTime,
        now: UnixTime,
    ) -> Result<Option<KeyId>, SignerError> {
        change::compromise(self, key, cutoff, now)
    }

    /// Counts up with every change.
    pub const fn version(&self) -> u64 {
        self.keyring.version
    }

    /// The public half of every key, retired and compromised ones included.
    pub fn ring(&self) -> KeyRing {
        KeyRing::new(self.keyring.keys.clone())
    }

    /// The one key whose thumbprint begins with `prefix`: at least 8 hexadecimal digits.
    pub fn find(&self, prefix: &str) -> Result<KeyId, SignerError> {
        let prefix = prefix.to_ascii_lowercase();
        let mut named = self
            .keyring
            .keys
            .iter()
            .map(|key| key.key.id())
            .filter(|id| prefix.len() >= 8 && id.to_string().starts_with(&prefix));
        match (named.next(), named.next()) {
            (Some(id), None) => Ok(id),
            _ => Err(SignerError::NoSuchKey),
        }
    }

    /// The active key of `key_use`.
    pub fn signer(&self, key_use: KeyUse) -> Result<SharedSigner, SignerError> {
        let found = self.active.iter().find(|(one, _)| *one == key_use);
        found.map(|(_, key)| Arc::clone(key) as SharedSigner).ok_or(SignerError::NoActiveKey(key_use))
    }

    /// The trust list of this folder, signed by its trust key, good for [`Self::TRUST_LIST_LIFE`] from `now`.
    pub fn trust_list(
        &self,
        now: UnixTime,
        least_checker: &str,
        status_lists: Vec<String>,
    ) -> Result<Vec<u8>, SignerError> {
        let list = TrustList {
            version: self.version(),
            window: Window { from: now, until: now.plus(Self::TRUST_LIST_LIFE) },
            keys: self.keyring.keys.clone(),
            status_lists,
            least_checker: least_checker.to_owned(),
        };
        Ok(list.sign(self.signer(KeyUse::Trust)?.as_ref())?)
    }

    fn load(folder: Folder) -> Result<Self, SignerError> {
        let keyring = folder.read_keyring()?;
        let mut active = Vec::new();
        for key in keyring.keys.iter().filter(|key| key.state == KeyState::Active) {
            active.push((key.key_use, Arc::new(folder.read_private(key)?)));
        }
        Ok(Self { folder, keyring, active })
    }
}

/// A new key of `key_use`, active from `now` until it is rotated.
fn trusted(key: &FileKey, key_use: KeyUse, now: UnixTime) -> TrustedKey {
    TrustedKey {
        key: key.public_key().clone(),
        key_use,
        window: Window { from: now, until: UnixTime::MAX },
        state: KeyState::Active,
    }
}

#[cfg(test)]
mod tests;
