//! Secrets, and the signature by which a receiver knows a message (Standard Webhooks: `v1`, HMAC-SHA256).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use shirushi_shared::time::UnixTime;
use zeroize::Zeroizing;

/// What stands before a secret, by which secret scanners find one that was published by mistake.
pub const PREFIX: &str = "whsec_";
/// Bytes of a secret: the form asks for 24 to 64.
const BYTES: usize = 32;

/// The system gave no randomness.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system gave no randomness: {0}")]
pub struct NoSecret(#[from] getrandom::Error);

/// A new secret.
pub fn generate() -> Result<Zeroizing<Vec<u8>>, NoSecret> {
    let mut bytes = Zeroizing::new(vec![0; BYTES]);
    getrandom::fill(bytes.as_mut_slice())?;
    Ok(bytes)
}

/// A secret as its owner is shown it.
pub fn text_of(secret: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(secret)))
}

/// The value of `webhook-signature` under each of `secrets`, the newest first: a receiver takes any that it knows.
pub fn sign(id: &str, at: UnixTime, body: &str, secrets: &[&[u8]]) -> String {
    let signed = format!("{id}.{}.{body}", at.as_secs());
    let signatures = secrets.iter().filter_map(|secret| {
        // HMAC takes a key of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
        mac.update(signed.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    });
    signatures.collect::<Vec<_>>().join(" ")
}
