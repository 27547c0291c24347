//! The one seam between the house and its private keys: who has them, be it files or a hardware module.

use core::fmt;
use std::sync::Arc;

use shirushi_shared::{
    cose::{Sign, SignError},
    key::{KeyRing, KeyUse, PublicKey},
    time::{UnixTime, Window},
    trust::TrustList,
};
use tokio::sync::watch;

use super::SignerError;

/// A signer that can be shared between threads.
pub type SharedSigner = Arc<dyn Sign + Send + Sync>;

/// The keys in force, for those who must sign anew when they change: `changed().await`, then `borrow_and_update()`.
pub type LiveKeys = watch::Receiver<Arc<dyn Signers>>;

/// The scheme's keys at one moment: a snapshot, which stays as it is when the keys are changed.
///
/// What an adapter for a hardware module (PKCS#11) must provide:
///
/// - **One picture.** `version`, `ring` and the signers of a snapshot belong together. Keys are changed by other
///   processes; who reads while they do so answers with the keys of before or of after.
/// - **Versions count up** with every change of the public half, for ever: checkers refuse a trust list that is older
///   than one they have seen. A module holds private keys only, so the adapter keeps the public half (`keyring.json`).
/// - **Signers outlive the snapshot.** Somebody may sign with a key that was retired a moment ago; the overlap of its
///   window is for them.
/// - **Failure is an error, not a wait.** [`Sign::sign`] is called on threads that serve requests: it answers within
///   milliseconds, or gives up by itself (a session that is lost is opened again at the next call) with a [`SignError`],
///   by which one label or list is not made. It never panics, and never signs with another key.
/// - **Nothing private leaves**: neither `Debug` nor an error shows a byte of a private key, a PIN or a passphrase.
pub trait Signers: fmt::Debug + Send + Sync {
    /// Counts up with every change.
    fn version(&self) -> u64;

    /// The public half of every key, retired and compromised ones included.
    fn ring(&self) -> KeyRing;

    /// The active key of `key_use`.
    fn signer(&self, key_use: KeyUse) -> Result<SharedSigner, SignerError>;

    /// Every key that may sign the trust list: the active trust key, and retired ones whose private half is still there,
    /// for checkers that pinned them. Never a compromised one.
    fn trust_signers(&self) -> Vec<SharedSigner>;

    /// The keys as they are now; `None` where nothing has changed. Asked every few seconds, on a thread that may wait.
    fn newer(&self) -> Result<Option<Arc<dyn Signers>>, SignerError>;

    /// The trust list of these keys, yet to be signed, good for 30 days from `now`.
    fn trust_list(&self, now: UnixTime, least_checker: &str, status_lists: &[String]) -> TrustList {
        TrustList {
            version: self.version(),
            window: Window { from: now, until: now.plus(TRUST_LIST_LIFE) },
            keys: self.ring().keys().to_vec(),
            status_lists: status_lists.to_vec(),
            least_checker: least_checker.to_owned(),
        }
    }
}

/// In seconds: 30 days. Checkers that are offline longer say so.
const TRUST_LIST_LIFE: i64 = 30 * 24 * 3600;

/// A signer in place of the one with `key`, which was taken out of use without a successor: it signs nothing.
pub fn withdrawn(key: PublicKey) -> SharedSigner {
    Arc::new(Withdrawn(key))
}

struct Withdrawn(PublicKey);

impl Sign for Withdrawn {
    fn public_key(&self) -> &PublicKey {
        &self.0
    }

    fn sign(&self, _: &[u8]) -> Result<[u8; 64], SignError> {
        Err(SignError(format!("key {} was taken out of use, and its use has no other", self.0.id())))
    }
}
