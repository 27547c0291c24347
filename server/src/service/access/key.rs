//! A key: `shk_<id>_<secret>`. The registry keeps the SHA-256 of the secret; the secret is shown once.

use std::{collections::BTreeSet, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shirushi_shared::{time::UnixTime, token::TokenId};
use zeroize::Zeroizing;

use crate::{
    registry::{Case, RegistryError},
    scheme::{
        access::{Role, Scope},
        organisation::OrganisationId,
        person::PersonName,
    },
};

/// A prefix by which secret scanners find a key that was published by mistake.
const PREFIX: &str = "shk_";
/// Length of the public part: 6 random bytes in base64url.
const ID_LENGTH: usize = 8;
/// Longest secret that is looked at; ours have 43 characters.
const LONGEST_SECRET: usize = 64;

/// The public part of a key, by which it is found and named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ApiKeyId(String);

/// Text that is no public part of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the public part of an API key: the eight characters after shk_")]
pub struct NotAnApiKeyId;

impl ApiKeyId {
    /// Reads the public part of a key.
    pub fn parse(text: &str) -> Result<Self, NotAnApiKeyId> {
        let fits = text.len() == ID_LENGTH
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if fits { Ok(Self(text.to_owned())) } else { Err(NotAnApiKeyId) }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ApiKeyId {
    type Error = NotAnApiKeyId;

    fn try_from(text: String) -> Result<Self, NotAnApiKeyId> {
        Self::parse(&text)
    }
}

impl From<ApiKeyId> for String {
    fn from(id: ApiKeyId) -> Self {
        id.0
    }
}

impl fmt::Display for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An API key on record: never the secret itself, only its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyRecord {
    /// The public part of the key.
    pub id: ApiKeyId,
    /// Who holds it, for people and the history.
    pub person: String,
    /// The organisation for which they act.
    pub organisation: OrganisationId,
    /// What they are there.
    pub roles: BTreeSet<Role>,
    /// To what of it this key is narrowed.
    pub scopes: BTreeSet<Scope>,
    /// SHA-256 of the secret part; the secret is 32 random bytes, so that no slow hash is needed.
    pub secret_sha256: TokenId,
    /// When it was made.
    pub created: UnixTime,
    /// When it ends by itself.
    pub expires: Option<UnixTime>,
    /// When it was revoked.
    pub revoked: Option<UnixTime>,
    /// The key that it replaces.
    pub replaces: Option<ApiKeyId>,
}

impl ApiKeyRecord {
    /// Whether it opens anything at `now`.
    pub fn holds(&self, now: UnixTime) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|expires| now < expires)
    }

    /// The record in `case`.
    pub(super) fn read(case: &Case) -> Result<Self, RegistryError> {
        serde_json::from_str(&case.document).map_err(|_| corrupt(&case.id))
    }

    /// The holder as a person. Keys from before there were people have names of any kind; one that names nobody stands
    /// for itself.
    pub(super) fn person_name(&self) -> Result<PersonName, RegistryError> {
        PersonName::parse(&self.person)
            .or_else(|_| PersonName::parse(&format!("key {}", self.id)))
            .map_err(|_| corrupt(self.id.as_str()))
    }
}

fn corrupt(id: &str) -> RegistryError {
    RegistryError::Corrupt { table: "cases", column: "document", row: id.to_owned() }
}

/// A key as its holder has it; shown once, when it is made, and never logged.
pub struct ApiKeySecret(Zeroizing<String>);

impl ApiKeySecret {
    #[cfg(test)]
    pub(super) fn of(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    /// The key as text, for the one time that it is shown.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeySecret(redacted)")
    }
}

/// A new key's public part, its text, and the digest that is kept of it.
pub(super) fn generate() -> Result<(ApiKeyId, ApiKeySecret, TokenId), getrandom::Error> {
    let id = ApiKeyId(random_text::<6>()?.to_string());
    let secret = random_text::<32>()?;
    let text = Zeroizing::new(format!("{PREFIX}{id}_{}", *secret));
    Ok((id, ApiKeySecret(text), digest(&secret)))
}

/// A key as a caller presents it.
pub(super) struct Presented<'a> {
    pub(super) id: ApiKeyId,
    secret: &'a str,
}

impl<'a> Presented<'a> {
    /// Takes the text of a key apart; `None` where it does not look like one.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_at_checked(ID_LENGTH)?;
        let secret = secret.strip_prefix('_').filter(|secret| secret.len() <= LONGEST_SECRET)?;
        Some(Self { id: ApiKeyId::parse(id).ok()?, secret })
    }

    /// Whether its secret is that of `record`. Digests of 32 random bytes are compared: how far they agree tells nothing
    /// that helps to find the secret.
    pub(super) fn is_of(&self, record: &ApiKeyRecord) -> bool {
        digest(self.secret) == record.secret_sha256
    }
}

fn digest(secret: &str) -> TokenId {
    TokenId::from_bytes(Sha256::digest(secret.as_bytes()).into())
}

fn random_text<const BYTES: usize>() -> Result<Zeroizing<String>, getrandom::Error> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    getrandom::fill(bytes.as_mut_slice())?;
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}
