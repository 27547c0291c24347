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
//! Private files are encrypted where there is a passphrase (`pem.rs`), else protected by their mode alone. Those of retired
//! keys are left alone: checkers that pinned an earlier trust key still get a list by it. They may be deleted; only an
//! active key must have its file. A folder that is only read may be mounted read-only. Unix only: owners and modes.
//!
//! Everything else asks [`Signers`] for keys and knows no folder. Not here: hardware modules. They come as another
//! implementation of it (PKCS#11).

mod change;
mod error;
mod files;
mod guard;
mod key;
mod keyring;
mod pem;
mod place;
mod signers;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use shirushi_shared::{
    cose::Sign as _,
    key::{KeyId, KeyRing, KeyState, KeyUse, TrustedKey},
    time::{UnixTime, Window},
};

pub use error::SignerError;
use files::Folder;
use key::FileKey;
use keyring::Keyring;
pub use place::{KeyPlace, Passphrase, PassphraseSource};
pub use signers::{LiveKeys, SharedSigner, Signers, withdrawn};

/// A folder of keys, as it was read.
///
/// Another process may change the folder meanwhile. Changes made through this value start from the folder's newest
/// state; what it answers is as of its last reading or change.
#[derive(Debug)]
pub struct KeyFolder {
    place: KeyPlace,
    folder: Folder,
    keyring: Keyring,
    /// The active keys, and the retired trust keys whose files are still there.
    held: Vec<(TrustedKey, Arc<FileKey>)>,
    /// The files of active keys that are not there.
    missing: Vec<PathBuf>,
}

impl KeyFolder {
    /// Makes the folder where it is missing, and a key for each of `uses` that has no active one. Repeating it changes
    /// nothing.
    ///
    /// `place` is a [`KeyPlace`], or a path: a folder whose files are not encrypted.
    pub fn init<P>(place: &P, uses: &[KeyUse], now: UnixTime) -> Result<Self, SignerError>
    where
        P: ?Sized,
        for<'a> &'a P: Into<KeyPlace>,
    {
        change::init(place.into(), uses, now)
    }

    /// Reads the folder, and refuses it where others could read a private key, or where files and keyring disagree.
    pub fn open<P>(place: &P) -> Result<Self, SignerError>
    where
        P: ?Sized,
        for<'a> &'a P: Into<KeyPlace>,
    {
        let keys = Self::open_incomplete(place)?;
        match keys.missing.first() {
            Some(path) => Err(SignerError::Missing(path.clone())),
            None => Ok(keys),
        }
    }

    /// Reads the folder although private files of active keys were lost, to put it right: by rotating those uses.
    pub fn open_incomplete<P>(place: &P) -> Result<Self, SignerError>
    where
        P: ?Sized,
        for<'a> &'a P: Into<KeyPlace>,
    {
        let place: KeyPlace = place.into();
        let folder = Folder::open(&place.folder)?;
        Self::load(place, folder)
    }

    /// The files of active keys that are not there. None where the folder was opened as a whole.
    pub fn missing(&self) -> &[PathBuf] {
        &self.missing
    }

    /// Reads only the public half, for which no passphrase is needed.
    pub fn public_half(folder: &Path) -> Result<KeyRing, SignerError> {
        Ok(KeyRing::new(Folder::open(folder)?.read_keyring()?.keys))
    }

    /// The names of the private files in `folder` that are not encrypted.
    pub fn plain_files(folder: &Path) -> Result<Vec<String>, SignerError> {
        Ok(Folder::open(folder)?.private_files_by_form()?.0)
    }

    /// Whether a private file in `folder` is encrypted; where there is no folder, none is.
    pub fn is_encrypted(folder: &Path) -> Result<bool, SignerError> {
        match Folder::open(folder) {
            Err(SignerError::NotInitialised(_)) => Ok(false),
            folder => Ok(!folder?.private_files_by_form()?.1.is_empty()),
        }
    }

    /// Encrypts every private file of `place` with the passphrase of `new`, or none where there is none, and returns how
    /// many there are.
    ///
    /// File by file, each at once: a process that is killed leaves every key readable by the old passphrase or the new
    /// one, and the same call finishes it. What the files were before may still be found on the disk.
    pub fn recrypt(place: &KeyPlace, new: &PassphraseSource) -> Result<usize, SignerError> {
        let new = new.read()?;
        new.as_ref().map(Passphrase::fit_to_encrypt).transpose()?;
        change::recrypt(place, new.as_ref())
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

    /// As [`Signers::version`].
    pub const fn version(&self) -> u64 {
        self.keyring.version
    }

    /// As [`Signers::ring`].
    pub fn ring(&self) -> KeyRing {
        KeyRing::new(self.keyring.keys.clone())
    }

    /// As [`Signers::signer`].
    pub fn signer(&self, key_use: KeyUse) -> Result<SharedSigner, SignerError> {
        let found = self.held.iter().find(|(key, _)| key.key_use == key_use && key.state == KeyState::Active);
        found.map(|(_, private)| Arc::clone(private) as SharedSigner).ok_or(SignerError::NoActiveKey(key_use))
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

    fn load(place: KeyPlace, folder: Folder) -> Result<Self, SignerError> {
        let keyring = folder.read_keyring()?;
        let passphrase = place.passphrase.read()?;
        let (mut held, mut missing) = (Vec::new(), Vec::new());
        for key in keyring.keys.iter().filter(|key| signs(key)) {
            match folder.read_private(key, passphrase.as_ref()) {
                Ok((private, _)) => held.push((key.clone(), Arc::new(private))),
                Err(SignerError::Missing(path)) if key.state == KeyState::Active => missing.push(path),
                Err(SignerError::Missing(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { place, folder, keyring, held, missing })
    }
}

impl Signers for KeyFolder {
    fn version(&self) -> u64 {
        self.version()
    }

    fn ring(&self) -> KeyRing {
        self.ring()
    }

    fn signer(&self, key_use: KeyUse) -> Result<SharedSigner, SignerError> {
        self.signer(key_use)
    }

    fn trust_signers(&self) -> Vec<SharedSigner> {
        let trust = self.held.iter().filter(|(key, _)| key.key_use == KeyUse::Trust);
        trust.map(|(_, private)| Arc::clone(private) as SharedSigner).collect()
    }

    fn newer(&self) -> Result<Option<Arc<dyn Signers>>, SignerError> {
        // Opening private files costs a tenth of a second each where they are encrypted: only when there is a reason.
        if self.folder.read_keyring()? == self.keyring {
            for (key, _) in self.held.iter().filter(|(key, _)| key.state == KeyState::Active) {
                self.folder.private_file(key)?;
            }
            return Ok(None);
        }
        Ok(Some(Arc::new(Self::open(&self.place)?)))
    }
}

/// Whether a key may still sign anything: an active one its messages, a retired trust key the list for those who pinned it.
fn signs(key: &TrustedKey) -> bool {
    match key.state {
        KeyState::Active => true,
        KeyState::Retired => key.key_use == KeyUse::Trust,
        KeyState::Compromised { .. } => false,
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
