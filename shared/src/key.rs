//! Public keys: their identity, what each may sign, when, and how far it is trusted.
//!
//! Not here: private keys. Signing enters `cose.rs` through a trait; the server's `signer.rs` implements it.

#[cfg(not(target_arch = "wasm32"))]
mod prepared;

use core::fmt;
#[cfg(not(target_arch = "wasm32"))]
use std::sync::Arc;

use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    cose::cbor::{CborError, Fault, Reader, Writer},
    time::{UnixTime, Window},
};

/// What a key may sign. One key serves one use (`token.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyUse {
    /// Label tokens.
    Label,
    /// The trust list.
    Trust,
    /// Status lists.
    Status,
    /// Verification receipts.
    Receipt,
    /// The public log.
    Log,
}

impl KeyUse {
    /// Every use, in the order of its number in signed files.
    pub const ALL: [Self; 5] = [Self::Label, Self::Trust, Self::Status, Self::Receipt, Self::Log];

    /// The use's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Trust => "trust",
            Self::Status => "status",
            Self::Receipt => "receipt",
            Self::Log => "log",
        }
    }

    /// The use named by its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key_use| key_use.as_str() == word)
    }
}

/// An Ed25519 public key with its RFC 9679 thumbprint.
#[derive(Clone)]
pub struct PublicKey {
    verifying: VerifyingKey,
    id: KeyId,
    /// Where many signatures are to be checked. The checker in the browser checks one, and has no room for tables.
    #[cfg(not(target_arch = "wasm32"))]
    prepared: Option<Arc<prepared::Prepared>>,
}

/// Bytes that are no Ed25519 public key fit for use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 public key")]
pub struct NotAKey;

impl PublicKey {
    /// The key with these 32 bytes. A key of small order, under which anyone can sign, is refused.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, NotAKey> {
        let verifying = VerifyingKey::from_bytes(bytes).map_err(|_| NotAKey)?;
        if verifying.is_weak() {
            return Err(NotAKey);
        }
        let id = KeyId(Sha256::digest(cose_key(bytes)).into());
        Ok(Self {
            verifying,
            id,
            #[cfg(not(target_arch = "wasm32"))]
            prepared: None,
        })
    }

    /// The same key, which checks signatures in half the time from now on. It takes 1.3 MB, and as long as a hundred of them.
    #[cfg(not(target_arch = "wasm32"))]
    #[must_use]
    pub fn prepared(mut self) -> Self {
        self.prepared.get_or_insert_with(|| Arc::new(prepared::Prepared::new(&self.verifying)));
        self
    }

    /// The key's 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.verifying.as_bytes()
    }

    /// Reads the key's bytes as 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        Self::from_bytes(&crate::hex::typed(text).ok_or(NotAKey)?)
    }

    /// The key's bytes as 64 hexadecimal digits, as [`PublicKey::parse`] reads them.
    pub fn to_hex(&self) -> String {
        struct Hex<'a>(&'a [u8]);
        impl fmt::Display for Hex<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                crate::hex::write(self.0, f)
            }
        }
        Hex(self.as_bytes()).to_string()
    }

    /// The key's identity.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The COSE_Key (RFC 9052 §7) in deterministic CBOR: `{1: 1 (OKP), -1: 6 (Ed25519), -2: x}`.
    pub fn to_cose_key(&self) -> Vec<u8> {
        cose_key(self.as_bytes())
    }

    pub(crate) fn write_cose_key(&self, writer: &mut Writer) {
        write_cose_key(self.as_bytes(), writer);
    }

    /// Reads a COSE_Key of exactly this shape.
    pub(crate) fn read_cose_key(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.exactly(3, Reader::map)?;
        for (key, value) in [(1, 1), (-1, 6)] {
            reader.key(key)?;
            let refused = reader.refuse(Fault::Unexpected);
            if reader.int()? != value {
                return Err(refused);
            }
        }
        reader.key(-2)?;
        let refused = reader.refuse(Fault::Unexpected);
        Self::from_bytes(&reader.byte_array()?).map_err(|_| refused)
    }

    /// Whether `signature` over `message` holds, by `verify_strict` or what accepts exactly the same (`token.md`, envelope
    /// rules; ADR 0013).
    pub(crate) fn holds(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = Signature::from_bytes(signature);
        #[cfg(not(target_arch = "wasm32"))]
        if let Some(prepared) = &self.prepared {
            return prepared.holds(&self.verifying, message, &signature);
        }
        self.verifying.verify_strict(message, &signature).is_ok()
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.verifying == other.verifying
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id)
    }
}

fn cose_key(x: &[u8; 32]) -> Vec<u8> {
    let mut writer = Writer::default();
    write_cose_key(x, &mut writer);
    writer.into_bytes()
}

fn write_cose_key(x: &[u8; 32], writer: &mut Writer) {
    writer.map(3).int(1).int(1).int(-1).int(6).int(-2).bytes(x);
}

/// A key's identity: the SHA-256 thumbprint of its COSE_Key (RFC 9679).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 32]);

impl KeyId {
    /// The whole thumbprint.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its leading bytes, as a signed message names it.
    pub fn hint(&self, length: HintLength) -> KeyHint {
        KeyHint(self.0.iter().copied().take(length as usize).collect())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::hex::write(&self.0, f)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// How many bytes of a thumbprint a message carries: paper is dear, files are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintLength {
    /// On paper.
    Four = 4,
    /// In files.
    Eight = 8,
}

/// The leading bytes of a thumbprint (`kid`): a hint which keys to try, never security.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyHint(Vec<u8>);

impl KeyHint {
    /// The hint of these bytes: 4 or 8 of them.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        matches!(bytes.len(), 4 | 8).then(|| Self(bytes.to_vec()))
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn names(&self, id: KeyId) -> bool {
        id.0.starts_with(&self.0)
    }
}

impl fmt::Display for KeyHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::hex::write(&self.0, f)
    }
}

/// How far a key is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum KeyState {
    /// In use.
    Active,
    /// Signs no more; what it signed in its time stays good.
    Retired,
    /// In wrong hands. Only what the registry had on record before `cutoff` stays good.
    Compromised {
        /// The earliest instant at which it may have been misused.
        cutoff: UnixTime,
    },
}

/// A key of the scheme, as the trust list names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKey {
    /// The key.
    pub key: PublicKey,
    /// What it may sign.
    pub key_use: KeyUse,
    /// When it may sign.
    pub window: Window,
    /// How far it is trusted.
    pub state: KeyState,
}

/// Why a file that says it was signed at a time is not believed, although its signature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    /// The key might not sign then.
    #[error("signed at {0}, when its key might not sign")]
    NotInForce(UnixTime),
    /// The key is in wrong hands: whoever has it can write any time into a file.
    #[error("signed by a key that is compromised since {0}")]
    Compromised(UnixTime),
}

impl TrustedKey {
    /// Whether a file that it signed and that says it was issued `at` may be relied on now. Only for files that are
    /// replaced all the time: labels and receipts, which are kept for years, have finer answers.
    pub fn stands_behind(&self, at: UnixTime) -> Result<(), KeyRefusal> {
        match self.state {
            KeyState::Compromised { cutoff } => Err(KeyRefusal::Compromised(cutoff)),
            KeyState::Active | KeyState::Retired if self.window.contains(at) => Ok(()),
            KeyState::Active | KeyState::Retired => Err(KeyRefusal::NotInForce(at)),
        }
    }
}

/// The keys that a verifier knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyRing(Vec<TrustedKey>);

impl KeyRing {
    /// A ring of `keys`.
    pub fn new(keys: Vec<TrustedKey>) -> Self {
        Self(keys)
    }

    /// The same ring, for whoever checks many labels ([`PublicKey::prepared`]).
    #[cfg(not(target_arch = "wasm32"))]
    #[must_use]
    pub fn prepared(self) -> Self {
        let prepared = |trusted: TrustedKey| match trusted.key_use {
            KeyUse::Label => TrustedKey { key: trusted.key.prepared(), ..trusted },
            _ => trusted,
        };
        Self(self.0.into_iter().map(prepared).collect())
    }

    /// Its keys.
    pub fn keys(&self) -> &[TrustedKey] {
        &self.0
    }

    /// The keys for `key_use` that `hint` may mean: none, one, or on a collision several, all of which are tried.
    pub fn candidates<'r, 'h>(
        &'r self,
        key_use: KeyUse,
        hint: &'h KeyHint,
    ) -> impl Iterator<Item = &'r TrustedKey> + use<'r, 'h> {
        self.0.iter().filter(move |key| key.key_use == key_use && hint.names(key.key.id()))
    }
}

#[cfg(test)]
pub(crate) mod vectors;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_of_the_documented_test_key() {
        let signing = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        let key = PublicKey::from_bytes(signing.verifying_key().as_bytes()).unwrap();
        assert_eq!(key.id().to_string(), "cbf65c8afcb5f69056927170cfe6acc226f1e3182e0aac3b83245e746beb0e6a");
        assert_eq!(key.id().hint(HintLength::Four).to_string(), "cbf65c8a");
        assert_eq!(PublicKey::read_cose_key(&mut Reader::new(&key.to_cose_key())), Ok(key));
    }

    #[test]
    fn a_key_under_which_anyone_can_sign_is_no_key() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::from_bytes(&identity), Err(NotAKey));
    }
}
