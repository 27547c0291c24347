//! A private key in memory: signs, shows nothing, and is wiped when dropped.

use core::fmt;

use ed25519_dalek::{
    Signer, SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes, spki::der::pem::LineEnding},
};
use shirushi_shared::{
    cose::{Sign, SignError},
    key::PublicKey,
};
use zeroize::Zeroizing;

use super::SignerError;

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

    /// Reads a PKCS#8 PEM.
    pub(super) fn from_pem(pem: &str) -> Option<Self> {
        SigningKey::from_pkcs8_pem(pem).ok().and_then(Self::of)
    }

    /// Writes a PKCS#8 PEM without the public half, as OpenSSL writes and reads it.
    pub(super) fn to_pem(&self) -> Option<Zeroizing<String>> {
        let bytes = KeypairBytes { secret_key: self.signing.to_bytes(), public_key: None };
        bytes.to_pkcs8_pem(LineEnding::LF).ok()
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
