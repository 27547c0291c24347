//! Changes of the folder: each takes the lock, starts from the newest keyring, and commits once.

use std::path::Path;

use shirushi_shared::{
    key::{KeyId, KeyState, KeyUse, TrustedKey},
    time::UnixTime,
};

use super::{FileKey, Folder, KeyFolder, Keyring, SignerError, trusted};

pub(super) fn init(path: &Path, uses: &[KeyUse], now: UnixTime) -> Result<KeyFolder, SignerError> {
    let folder = Folder::create(path)?;
    let lock = folder.lock()?;
    let mut keyring = if folder.has_keyring() { folder.read_keyring()? } else { Keyring::default() };
    let mut made = Vec::new();
    for key_use in uses {
        if keyring.active_mut(*key_use).is_none() {
            made.push(add(&mut keyring, *key_use, now)?);
        }
    }
    if made.is_empty() && folder.has_keyring() {
        folder.tidy(&keyring)?;
    } else {
        keyring.version += 1;
        folder.commit(&keyring, &made)?;
    }
    drop(lock);
    KeyFolder::load(folder)
}

pub(super) fn rotate(
    keys: &mut KeyFolder,
    key_use: KeyUse,
    now: UnixTime,
    overlap: i64,
) -> Result<KeyId, SignerError> {
    change(keys, |keyring| {
        if let Some(old) = keyring.active_mut(key_use) {
            end(old, now.plus(overlap.max(0)));
            old.state = KeyState::Retired;
        }
        let made = add(keyring, key_use, now)?;
        let id = made.1.key.id();
        Ok((vec![made], id))
    })
}

pub(super) fn retire(keys: &mut KeyFolder, id: KeyId, now: UnixTime) -> Result<(), SignerError> {
    change(keys, |keyring| {
        let key = keyring.key_mut(id).ok_or(SignerError::NoSuchKey)?;
        match key.state {
            KeyState::Compromised { .. } => return Err(SignerError::Already("compromised")),
            KeyState::Retired if key.window.until <= now => return Err(SignerError::Already("retired")),
            KeyState::Active | KeyState::Retired => {}
        }
        end(key, now);
        key.state = KeyState::Retired;
        Ok((Vec::new(), ()))
    })
}

pub(super) fn compromise(
    keys: &mut KeyFolder,
    id: KeyId,
    cutoff: UnixTime,
    now: UnixTime,
) -> Result<Option<KeyId>, SignerError> {
    if cutoff > now {
        return Err(SignerError::FutureCutoff);
    }
    change(keys, |keyring| {
        let key = keyring.key_mut(id).ok_or(SignerError::NoSuchKey)?;
        let (was, key_use) = (key.state, key.key_use);
        if let KeyState::Compromised { cutoff: known } = was
            && known <= cutoff
        {
            // An earlier cut-off may become known later; it never moves forward.
            return Err(SignerError::Already("compromised from then or earlier"));
        }
        end(key, now);
        key.state = KeyState::Compromised { cutoff };
        if was != KeyState::Active {
            return Ok((Vec::new(), None));
        }
        let made = add(keyring, key_use, now)?;
        let id = made.1.key.id();
        Ok((vec![made], Some(id)))
    })
}

/// Runs `edit` on the newest keyring under the lock, commits what came out, and reads the folder again.
fn change<T>(
    keys: &mut KeyFolder,
    edit: impl FnOnce(&mut Keyring) -> Result<(Vec<(FileKey, TrustedKey)>, T), SignerError>,
) -> Result<T, SignerError> {
    let folder = keys.folder.clone();
    let lock = folder.lock()?;
    let mut keyring = folder.read_keyring()?;
    let (made, answer) = edit(&mut keyring)?;
    keyring.version += 1;
    folder.commit(&keyring, &made)?;
    drop(lock);
    *keys = KeyFolder::load(folder)?;
    Ok(answer)
}

fn add(keyring: &mut Keyring, key_use: KeyUse, now: UnixTime) -> Result<(FileKey, TrustedKey), SignerError> {
    let private = FileKey::generate()?;
    let key = trusted(&private, key_use, now);
    keyring.keys.push(key.clone());
    Ok((private, key))
}

/// A window only ever gets shorter.
fn end(key: &mut TrustedKey, at: UnixTime) {
    key.window.until = key.window.until.min(at);
}
