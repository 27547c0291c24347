//! Changes of the folder: each takes the lock, starts from the newest keyring, and commits once.

use shirushi_shared::{
    key::{KeyId, KeyState, KeyUse, TrustedKey},
    time::UnixTime,
};

use super::{FileKey, Folder, KeyFolder, KeyPlace, Keyring, Passphrase, SignerError, trusted};

pub(super) fn init(place: KeyPlace, uses: &[KeyUse], now: UnixTime) -> Result<KeyFolder, SignerError> {
    let folder = Folder::create(&place.folder)?;
    let lock = folder.lock()?;
    let mut keyring = if folder.has_keyring() { folder.read_keyring()? } else { Keyring::default() };
    let passphrase = place.passphrase.read()?;
    let mut made = Vec::new();
    for key_use in uses {
        if keyring.active_mut(*key_use).is_none() {
            made.push(add(&mut keyring, *key_use, now)?);
        }
    }
    if made.is_empty() && folder.has_keyring() {
        folder.tidy(&keyring)?;
    } else {
        must_open(&folder, &keyring, &made, passphrase.as_ref())?;
        keyring.version += 1;
        folder.commit(&keyring, &made, passphrase.as_ref())?;
    }
    drop(lock);
    KeyFolder::load(place, folder)
}

pub(super) fn rotate(
    keys: &mut KeyFolder,
    key_use: KeyUse,
    now: UnixTime,
    overlap: i64,
) -> Result<KeyId, SignerError> {
    change(keys, |keyring| {
        if let Some(old) = keyring.active_mut(key_use) {
            // Times are whole seconds: what was signed earlier in this one stays good.
            end(old, now.plus(overlap.max(1)));
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
        // Its window stays: a token dated later is still answered with what is known of its key, and not as if the key
        // had merely run out.
        key.state = KeyState::Compromised { cutoff };
        if was != KeyState::Active {
            return Ok((Vec::new(), None));
        }
        let made = add(keyring, key_use, now)?;
        let id = made.1.key.id();
        Ok((vec![made], Some(id)))
    })
}

/// Every file is opened before the first is written, so that a wrong passphrase changes nothing. Killed in between, some
/// files are as before and some are as after; the same call finishes it, for each file is opened by either passphrase.
pub(super) fn recrypt(place: &KeyPlace, new: Option<&Passphrase>) -> Result<usize, SignerError> {
    let folder = Folder::open(&place.folder)?;
    let lock = folder.lock()?;
    let keyring = folder.read_keyring()?;
    folder.tidy(&keyring)?;
    let old = place.passphrase.read()?;
    let mut opened = Vec::new();
    for key in &keyring.keys {
        match folder.private_file(key) {
            Err(SignerError::Missing(_)) => {}
            Err(error) => return Err(error),
            Ok(_) => opened.push((key, open_by_either(&folder, key, old.as_ref(), new)?)),
        }
    }
    for (key, private) in &opened {
        folder.rewrite_private(key, private, new)?;
    }
    drop(lock);
    Ok(opened.len())
}

fn open_by_either(
    folder: &Folder,
    key: &TrustedKey,
    old: Option<&Passphrase>,
    new: Option<&Passphrase>,
) -> Result<FileKey, SignerError> {
    match folder.read_private(key, old) {
        Err(SignerError::WrongPassphrase(_) | SignerError::NeedsPassphrase(_)) if new.is_some() => {
            folder.read_private(key, new)
        }
        found => found,
    }
    .map(|(private, _)| private)
}

/// Runs `edit` on the newest keyring under the lock, commits what came out, and reads the folder again.
fn change<T>(
    keys: &mut KeyFolder,
    edit: impl FnOnce(&mut Keyring) -> Result<(Vec<(FileKey, TrustedKey)>, T), SignerError>,
) -> Result<T, SignerError> {
    let folder = keys.folder.clone();
    let lock = folder.lock()?;
    let mut keyring = folder.read_keyring()?;
    let passphrase = keys.place.passphrase.read()?;
    let (made, answer) = edit(&mut keyring)?;
    must_open(&folder, &keyring, &made, passphrase.as_ref())?;
    keyring.version += 1;
    folder.commit(&keyring, &made, passphrase.as_ref())?;
    drop(lock);
    *keys = KeyFolder::load(keys.place.clone(), folder)?;
    Ok(answer)
}

/// One passphrase for one folder: before a new key is written, the passphrase must open one that is there. It may have
/// been changed since it was read last.
fn must_open(
    folder: &Folder,
    keyring: &Keyring,
    made: &[(FileKey, TrustedKey)],
    passphrase: Option<&Passphrase>,
) -> Result<(), SignerError> {
    if made.is_empty() {
        return Ok(());
    }
    passphrase.map(Passphrase::fit_to_encrypt).transpose()?;
    for key in &keyring.keys {
        let is_new = made.iter().any(|(_, new)| new.key == key.key);
        if is_new || matches!(folder.private_file(key), Err(SignerError::Missing(_))) {
            continue;
        }
        // Plain ones open without, and say nothing of the passphrase.
        let (_, encrypted) = folder.read_private(key, passphrase)?;
        if encrypted {
            break;
        }
    }
    Ok(())
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
