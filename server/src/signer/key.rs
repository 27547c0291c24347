//! A private key in memory: signs, shows nothing, and is wiped when dropped.

use core::fmt;

use ed25519_dalek::{Signer, SigningKey};
use shirushi_shared::{
    cose::{Sign, SignError},
    key::PublicKey,
};
use zeroize::Zeroizing;

use super::{
    Passphrase, SignerError,
    pem::{self, PemError},
};

/// An Ed25519 key pair. Its private half is wiped when it is dropped (`SigningKey`'s own drop).
pub(super) struct FileKey {
    signing: SigningKey,
    public: PublicKey,
}

impl FileKey {
    /// A new key from the operating system's randomness.
    pub(super) fn generate() -> Result<Self, SignerError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut()).map_err(|error| SignerError::Randomness(error.to_string()))?;
        let refused = || SignerError::Randomness("it makes no key".to_owned());
        Self::of(SigningKey::from_bytes(&seed)).ok_or_else(refused)
    }

    /// Reads a private file's text.
    pub(super) fn from_pem(text: &str, passphrase: Option<&Passphrase>) -> Result<Self, PemError> {
        Self::of(pem::read(text, passphrase)?).ok_or(PemError::NotAKey)
    }

    /// A private file's text.
    pub(super) fn to_pem(&self, passphrase: Option<&Passphrase>) -> Result<Zeroizing<String>, SignerError> {
        let refused = || SignerError::Randomness("the key could not be encrypted".to_owned());
        pem::write(&self.signing, passphrase).ok_or_else(refused)
    }

    fn of(signing: SigningKey) -> Option<Self> {
        let public = PublicKey::from_bytes(signing.verifying_key().as_bytes()).ok()?;
        Some(Self { signing, public })
    }
}

impl Sign for FileKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        Ok(self.signing.sign(message).to_bytes())
    }
}

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileKey").field("public", &self.public).finish_non_exhaustive()
    }
}
