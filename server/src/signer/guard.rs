//! Who else may read or change what must be ours alone, told by owner and mode.
//!
//! What belongs to us must be closed by its mode: we made it, or can close it. What belongs to another user was put there
//! by the machine's administrator (Kubernetes mounts secrets as root, mode 644 unless told otherwise, and lets us read
//! them by group or as everybody; systemd does it by an access list, which shows as mode 440): who may read that is the
//! administrator's word, and a process that is not root could not change it. Nobody but its owner may change it either way.

use std::{fs, io::ErrorKind, os::unix::fs::MetadataExt, path::Path};

use rustix::fs::StatVfsMountFlags;

use super::SignerError;

const GROUP_AND_OTHERS: u32 = 0o077;
const OTHERS: u32 = 0o007;
const WRITING: u32 = 0o022;

/// Refuses a private key that others can read or change.
pub(super) fn private_file(path: &Path) -> Result<(), SignerError> {
    let found = Owned::of(path).map_err(SignerError::file(path))?;
    if !found.is_exposed(GROUP_AND_OTHERS) {
        return Ok(());
    }
    Err(SignerError::Exposed { path: path.to_owned(), mode: found.mode })
}

/// Refuses a passphrase that others can read, or change. The group may read it: that is how secrets are mounted.
pub(super) fn secret_file(path: &Path) -> Result<(), SignerError> {
    let found = Owned::of(path).map_err(SignerError::file(path))?;
    if !found.is_exposed(OTHERS) {
        return Ok(());
    }
    Err(SignerError::PassphraseExposed { path: path.to_owned(), mode: found.mode })
}

/// Refuses a folder in which others can replace files. Where nothing can be written at all, its mode means nothing:
/// Kubernetes mounts secrets read-only under mode 1777.
pub(super) fn folder(path: &Path) -> Result<(), SignerError> {
    let found = Owned::of(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => SignerError::NotInitialised(path.to_owned()),
        _ => SignerError::File { path: path.to_owned(), source },
    })?;
    if found.mode & WRITING == 0 || is_read_only(path) {
        return Ok(());
    }
    Err(SignerError::FolderExposed { path: path.to_owned(), mode: found.mode })
}

/// A file's mode, and whether it belongs to the user as whom this process runs.
struct Owned {
    mode: u32,
    ours: bool,
}

impl Owned {
    /// Of what `path` leads to: mounted secrets are symbolic links.
    fn of(path: &Path) -> std::io::Result<Self> {
        let found = fs::metadata(path)?;
        let ours = found.uid() == rustix::process::geteuid().as_raw();
        Ok(Self { mode: found.mode() & 0o777, ours })
    }

    /// Whether more is allowed than `closed` leaves, if it is ours; or writing, if it is not.
    const fn is_exposed(&self, closed: u32) -> bool {
        let forbidden = if self.ours { closed | WRITING } else { WRITING };
        self.mode & forbidden != 0
    }
}

fn is_read_only(path: &Path) -> bool {
    rustix::fs::statvfs(path).is_ok_and(|found| found.f_flag.contains(StatVfsMountFlags::RDONLY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_of_ours_and_of_mounted_secrets() {
        let exposed = |mode, ours, closed| Owned { mode, ours }.is_exposed(closed);
        for (mode, key, secret) in [
            (0o600, false, false),
            (0o400, false, false),
            (0o440, true, false),
            (0o460, true, true),
            (0o644, true, true),
            (0o604, true, true),
        ] {
            assert_eq!(exposed(mode, true, GROUP_AND_OTHERS), key, "our key {mode:o}");
            assert_eq!(exposed(mode, true, OTHERS), secret, "our passphrase {mode:o}");
        }
        for closed in [GROUP_AND_OTHERS, OTHERS] {
            assert!(!exposed(0o644, false, closed), "a secret that the administrator mounted");
            assert!(!exposed(0o440, false, closed));
            assert!(exposed(0o664, false, closed) && exposed(0o646, false, closed), "others can change it");
        }
    }
}
