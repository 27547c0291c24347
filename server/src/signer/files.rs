//! The folder on disk: modes, names, and writes that survive a kill.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{ErrorKind, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use shirushi_shared::{cose::Sign, key::TrustedKey};
use zeroize::Zeroizing;

use super::{
    FileKey, Keyring, Passphrase, SignerError, guard,
    pem::{self, PemError},
};

const KEYRING: &str = "keyring.json";
/// Ends the name of a private key that `keyring.json` does not name yet.
const PENDING: &str = ".pem.new";
/// Ends the name of a file that is being written.
const TEMPORARY: &str = ".tmp";
/// Largest private key file read.
const MAX_PEM: u64 = 16 * 1024;

/// The folder of keys, whose own mode has been checked.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// The folder at `path`, made where it is missing.
    pub(super) fn create(path: &Path) -> Result<Self, SignerError> {
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(SignerError::file(path))?;
        Self::open(path)
    }

    /// The folder at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, SignerError> {
        guard::folder(path)?;
        Ok(Self(path.to_owned()))
    }

    /// Waits until no other process changes the folder; it is ours until the file is dropped, or this process ends.
    pub(super) fn lock(&self) -> Result<File, SignerError> {
        let path = self.0.join(".lock");
        let options = &mut OpenOptions::new();
        let file = options.create(true).truncate(false).write(true).mode(0o600).open(&path);
        let file = file.map_err(SignerError::file(&path))?;
        file.lock().map_err(SignerError::file(&path))?;
        Ok(file)
    }

    /// Whether keys were made here.
    pub(super) fn has_keyring(&self) -> bool {
        self.0.join(KEYRING).exists()
    }

    /// Reads `keyring.json` and holds it against the private files.
    pub(super) fn read_keyring(&self) -> Result<Keyring, SignerError> {
        // Names first: a file is in the keyring before it has its name, so that a change made by another process
        // between the two readings is not taken for a disagreement.
        let names = self.private_files()?;
        let path = self.0.join(KEYRING);
        if !path.exists() {
            return Err(SignerError::NotInitialised(self.0.clone()));
        }
        let text = read(&path, Keyring::MAX_BYTES)?;
        let keyring = Keyring::from_json(&text).map_err(|reason| SignerError::Keyring { path, reason })?;
        let unknown = names.iter().find(|name| !keyring.keys.iter().any(|key| **name == file_name(key)));
        unknown.map_or(Ok(keyring), |name| Err(SignerError::Unknown(self.0.join(name))))
    }

    /// The file of the private half of `key`, which nobody else may read.
    pub(super) fn private_file(&self, key: &TrustedKey) -> Result<PathBuf, SignerError> {
        let [named, pending] = [file_name(key), pending_name(key)].map(|name| self.0.join(name));
        // Killed between naming the key in the keyring and giving its file its name: it still has its first one.
        // Looked for once more under its name, which another process may have given it meanwhile.
        let path = [&named, &pending, &named].into_iter().find(|path| path.exists());
        let path = path.ok_or_else(|| SignerError::Missing(named.clone()))?.clone();
        guard::private_file(&path)?;
        Ok(path)
    }

    /// Reads the private half of `key`, and tells whether its file is encrypted.
    pub(super) fn read_private(
        &self,
        key: &TrustedKey,
        passphrase: Option<&Passphrase>,
    ) -> Result<(FileKey, bool), SignerError> {
        let path = self.private_file(key)?;
        let text = read(&path, MAX_PEM)?;
        match FileKey::from_pem(&text, passphrase) {
            Ok(found) if *found.public_key() == key.key => Ok((found, pem::is_encrypted(&text))),
            Ok(_) | Err(PemError::NotAKey) => Err(SignerError::NotItsKey(path)),
            Err(PemError::NeedsPassphrase) => Err(SignerError::NeedsPassphrase(path)),
            Err(PemError::WrongPassphrase) => Err(SignerError::WrongPassphrase(path)),
            Err(PemError::TooCostly) => Err(SignerError::TooCostly(path)),
        }
    }

    /// Writes the private half of a key that has a file anew. Call with the lock held.
    pub(super) fn rewrite_private(
        &self,
        key: &TrustedKey,
        private: &FileKey,
        passphrase: Option<&Passphrase>,
    ) -> Result<(), SignerError> {
        self.replace(&file_name(key), private.to_pem(passphrase)?.as_bytes())
    }

    /// The names of the private files: those that are not encrypted, and those that are.
    pub(super) fn private_files_by_form(&self) -> Result<(Vec<String>, Vec<String>), SignerError> {
        let (mut plain, mut encrypted) = (Vec::new(), Vec::new());
        for name in self.private_files()? {
            let text = read(&self.0.join(&name), MAX_PEM)?;
            if pem::is_encrypted(&text) { encrypted.push(name) } else { plain.push(name) }
        }
        Ok((plain, encrypted))
    }

    /// Commits `keyring` together with the new private `keys` that it names. Call with the lock held.
    pub(super) fn commit(
        &self,
        keyring: &Keyring,
        keys: &[(FileKey, TrustedKey)],
        passphrase: Option<&Passphrase>,
    ) -> Result<(), SignerError> {
        for (private, key) in keys {
            self.replace(&pending_name(key), private.to_pem(passphrase)?.as_bytes())?;
        }
        let json = keyring
            .to_json()
            .map_err(|reason| SignerError::Keyring { path: self.0.join(KEYRING), reason })?;
        self.replace(KEYRING, json.as_bytes())?;
        self.tidy(keyring)
    }

    /// Finishes what a killed process began: names the files of keys that the keyring has, removes those it never got.
    /// Call with the lock held.
    pub(super) fn tidy(&self, keyring: &Keyring) -> Result<(), SignerError> {
        for name in self.names()? {
            let path = self.0.join(&name);
            let owner = keyring.keys.iter().find(|key| pending_name(key) == name);
            if let Some(key) = owner {
                fs::rename(&path, self.0.join(file_name(key))).map_err(SignerError::file(&path))?;
            } else if [PENDING, TEMPORARY].iter().any(|end| name.ends_with(end)) {
                fs::remove_file(&path).map_err(SignerError::file(&path))?;
            }
        }
        self.flush()
    }

    /// Writes a file of mode 600 so that its name always means the old or the new content.
    fn replace(&self, name: &str, content: &[u8]) -> Result<(), SignerError> {
        let temporary = self.0.join(format!("{name}{TEMPORARY}"));
        // Left over from a killed process; a fresh file has the mode that we ask for.
        match fs::remove_file(&temporary) {
            Err(source) if source.kind() != ErrorKind::NotFound => {
                return Err(SignerError::file(&temporary)(source));
            }
            _ => {}
        }
        let written = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&temporary).and_then(
            |mut file| {
                file.write_all(content)?;
                file.sync_all()
            },
        );
        written.map_err(SignerError::file(&temporary))?;
        let path = self.0.join(name);
        fs::rename(&temporary, &path).map_err(SignerError::file(&path))?;
        self.flush()
    }

    /// Makes renames durable.
    fn flush(&self) -> Result<(), SignerError> {
        File::open(&self.0).and_then(|folder| folder.sync_all()).map_err(SignerError::file(&self.0))
    }

    /// The names of private key files, none of which may be open to others.
    fn private_files(&self) -> Result<Vec<String>, SignerError> {
        let mut names = self.names()?;
        names.retain(|name| Path::new(name).extension().is_some_and(|extension| extension == "pem"));
        names.iter().try_for_each(|name| guard::private_file(&self.0.join(name)))?;
        Ok(names)
    }

    fn names(&self) -> Result<Vec<String>, SignerError> {
        let entries = fs::read_dir(&self.0).map_err(SignerError::file(&self.0))?;
        let names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
        names.collect::<Result<_, _>>().map_err(SignerError::file(&self.0))
    }
}

fn read(path: &Path, most: u64) -> Result<Zeroizing<String>, SignerError> {
    // Reserved at once, so that no copy of a private key is left behind by a growing buffer.
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(most).unwrap_or_default()));
    let file = File::open(path).map_err(SignerError::file(path))?;
    file.take(most).read_to_string(&mut text).map_err(SignerError::file(path))?;
    Ok(text)
}

fn file_name(key: &TrustedKey) -> String {
    format!("{}.pem", stem(key))
}

fn pending_name(key: &TrustedKey) -> String {
    format!("{}{PENDING}", stem(key))
}

/// Use and eight bytes of the thumbprint: enough to tell keys apart by eye and in the folder.
fn stem(key: &TrustedKey) -> String {
    format!("{}-{:.16}", key.key_use.as_str(), key.key.id().to_string())
}
