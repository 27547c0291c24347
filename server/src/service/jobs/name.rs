//! What jobs are called: an id, which says nothing to strangers, and a secret, which opens the job to whoever has it.

use core::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use sha2::{Digest as _, Sha256};

/// Random bytes of an id, written as twice as many digits.
const ID: usize = 8;
/// Random bytes of a secret.
const SECRET: usize = 16;

/// 128 random bits, as text. Only their SHA-256 is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct JobSecret(String);

impl JobSecret {
    /// The secret in `text`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64URL.decode(text).ok()?;
        // Of the forms that would be read as the same bytes there is one.
        (bytes.len() == SECRET && BASE64URL.encode(&bytes) == text).then(|| Self(text.to_owned()))
    }

    /// Its text, to be handed out once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// By what it is found.
    pub(super) fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for JobSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JobSecret(…)")
    }
}

/// Whether `text` has the form of an id.
pub(super) fn is_id(text: &str) -> bool {
    text.len() == 2 * ID && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A new job's id and secret.
pub(super) fn draw() -> Result<(String, JobSecret), getrandom::Error> {
    let mut secret = [0; SECRET];
    getrandom::fill(&mut secret)?;
    Ok((draw_node()?, JobSecret(BASE64URL.encode(secret))))
}

/// The name of a process among those that hold claims.
pub(super) fn draw_node() -> Result<String, getrandom::Error> {
    let mut id = [0; ID];
    getrandom::fill(&mut id)?;
    Ok(id.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_no_secret_and_a_secret_no_id() {
        let (id, secret) = draw().unwrap();
        assert!(is_id(&id) && JobSecret::parse(&id).is_none());
        assert!(!is_id(secret.reveal()));
        assert_eq!(JobSecret::parse(secret.reveal()), Some(secret.clone()));
        assert!(!format!("{secret:?}").contains(secret.reveal()), "no log tells it");
        for other in ["", "x", "AAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAAAAAAAAAAAAAA=", "0123456789ABCDEF"] {
            assert!(JobSecret::parse(other).is_none() && !is_id(other), "{other}");
        }
    }
}
