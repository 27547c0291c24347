//! Private keys as text: PKCS#8 (RFC 5958), as it is or encrypted with a passphrase (PBES2, RFC 8018), as OpenSSL reads
//! and writes it.
//!
//! Written: scrypt with N = 2^14, r = 8, p = 1, and AES-256-CBC. More memory would be stronger, but OpenSSL grants a file
//! 32 MB and no more, and a folder that other tools can open is worth the difference: a passphrase must be long anyway.
//! Read: any PBES2 with scrypt or PBKDF2 that does not ask for more than [`MOST_MEMORY`] and [`MOST_ITERATIONS`].
//!
//! CBC tells a wrong passphrase from damage only by what comes out; both are answered as a wrong passphrase.
//! Not wiped: the crates' own scratch memory and derived keys, which they do not clear.

use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes},
};
use pkcs8::{
    EncryptedPrivateKeyInfoOwned, EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef, SecretDocument,
    der::{asn1::OctetString, pem::PemLabel},
    pkcs5::{
        EncryptionScheme as Scheme,
        pbes2::{EncryptionScheme, Kdf, Parameters, Salt, ScryptParams},
    },
};
use zeroize::Zeroizing;

use super::Passphrase;

/// Most memory that a file may ask for, in bytes.
const MOST_MEMORY: u64 = 128 << 20;
/// Most rounds of PBKDF2 that a file may ask for: some seconds.
const MOST_ITERATIONS: u32 = 5_000_000;
/// Bytes of a block of AES, by which a text grows at the most when it is encrypted.
const BLOCK: usize = 16;

/// Why a text gives no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PemError {
    /// Not a PKCS#8 PEM of an Ed25519 key.
    NotAKey,
    /// Encrypted, and there is no passphrase.
    NeedsPassphrase,
    /// The passphrase does not open it, or it is damaged.
    WrongPassphrase,
    /// It asks for more work than is granted.
    TooCostly,
}

/// The text of `key`, encrypted where there is a passphrase. `None` where the system gives no randomness.
pub(super) fn write(key: &SigningKey, passphrase: Option<&Passphrase>) -> Option<Zeroizing<String>> {
    // Without the public half, as OpenSSL writes it.
    let bytes = KeypairBytes { secret_key: key.to_bytes(), public_key: None };
    let plain = bytes.to_pkcs8_der().ok()?;
    let Some(passphrase) = passphrase else {
        return plain.to_pem(PrivateKeyInfoRef::PEM_LABEL, LineEnding::LF).ok();
    };
    let parameters = fresh()?;
    let length = plain.as_bytes().len();
    let mut buffer = Zeroizing::new(Vec::with_capacity(length + BLOCK));
    buffer.extend_from_slice(plain.as_bytes());
    buffer.resize(length + BLOCK, 0);
    let encrypted = parameters.encrypt_in_place(passphrase.reveal(), &mut buffer, length).ok()?;
    let file = EncryptedPrivateKeyInfoOwned {
        encryption_algorithm: parameters.into(),
        encrypted_data: OctetString::new(encrypted).ok()?,
    };
    let file = SecretDocument::encode_msg(&file).ok()?;
    file.to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF).ok()
}

/// Reads a text. One that is not encrypted needs no passphrase, and is read where there is one.
pub(super) fn read(text: &str, passphrase: Option<&Passphrase>) -> Result<SigningKey, PemError> {
    let (label, document) = SecretDocument::from_pem(text).map_err(|_| PemError::NotAKey)?;
    if label == PrivateKeyInfoRef::PEM_LABEL {
        return SigningKey::from_pkcs8_der(document.as_bytes()).map_err(|_| PemError::NotAKey);
    }
    if label != EncryptedPrivateKeyInfoRef::PEM_LABEL {
        return Err(PemError::NotAKey);
    }
    let file = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()).map_err(|_| PemError::NotAKey)?;
    let Scheme::Pbes2(parameters) = &file.encryption_algorithm else { return Err(PemError::NotAKey) };
    if !is_bearable(&parameters.kdf) {
        return Err(PemError::TooCostly);
    }
    let passphrase = passphrase.ok_or(PemError::NeedsPassphrase)?;
    let mut buffer = Zeroizing::new(file.encrypted_data.as_bytes().to_vec());
    let plain = parameters.decrypt_in_place(passphrase.reveal(), &mut buffer);
    let plain = plain.map_err(|_| PemError::WrongPassphrase)?;
    SigningKey::from_pkcs8_der(plain).map_err(|_| PemError::WrongPassphrase)
}

/// Whether a text says of itself that it is encrypted.
pub(super) fn is_encrypted(text: &str) -> bool {
    text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
}

/// The parameters that we write, with a salt and an initial vector of their own.
fn fresh() -> Option<Parameters> {
    let (mut salt, mut iv) = ([0; BLOCK], [0; BLOCK]);
    getrandom::fill(&mut salt).ok()?;
    getrandom::fill(&mut iv).ok()?;
    let scrypt = ScryptParams {
        salt: Salt::new(salt).ok()?,
        cost_parameter: 1 << 14,
        block_size: 8,
        parallelization: 1,
        key_length: None,
    };
    Some(Parameters { kdf: Kdf::Scrypt(scrypt), encryption: EncryptionScheme::Aes256Cbc { iv } })
}

/// Checked before anything is computed: the decoder computes what a file asks for, and stumbles over N = 0.
fn is_bearable(kdf: &Kdf) -> bool {
    match kdf {
        Kdf::Scrypt(scrypt) => {
            let blocks = u64::from(scrypt.block_size) * u64::from(scrypt.parallelization);
            let work = blocks.saturating_mul(scrypt.cost_parameter).saturating_mul(128);
            scrypt.cost_parameter.is_power_of_two() && (1..=MOST_MEMORY).contains(&work)
        }
        Kdf::Pbkdf2(pbkdf2) => (1..=MOST_ITERATIONS).contains(&pbkdf2.iteration_count),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
