//! API keys: `shk_<id>_<secret>`. The registry keeps the SHA-256 of the secret; the secret is shown once.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    clock::SystemClock,
    registry::{Actor, ApiKeyRecord, Registry, RegistryError},
};

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Approve products and issue labels.
    Issue,
    /// Change a label's state or expiry.
    Change,
    /// Read what is not public: label artwork, listings.
    Read,
    /// Make and revoke API keys.
    Manage,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Issue, Self::Change, Self::Read, Self::Manage];

    /// The scope's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Change => "change",
            Self::Read => "read",
            Self::Manage => "manage",
        }
    }

    /// The scope named by its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// A key as its holder has it; shown once, when it is made, and never logged.
pub struct ApiKeySecret(Zeroizing<String>);

impl ApiKeySecret {
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

/// Why a caller is not admitted.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// No key, none of ours, a wrong one, or a revoked one: all the same to the caller.
    #[error("no API key that is known here")]
    Unknown,
    /// The key is known and may not do this.
    #[error("the API key lacks the scope {}", .0.as_str())]
    Forbidden(Scope),
    /// The registry could not be asked.
    #[error(transparent)]
    Unavailable(#[from] RegistryError),
}

/// The system's source of randomness failed, or the registry did.
#[derive(Debug, thiserror::Error)]
pub enum CreateKeyError {
    /// No randomness, no key.
    #[error("the system gave no randomness: {0}")]
    Random(#[from] getrandom::Error),
    /// Not put on record.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

/// Admits callers by their keys.
#[derive(Clone)]
pub struct Access {
    registry: Arc<dyn Registry>,
    clock: SystemClock,
}

impl Access {
    /// Keys on record in `registry`.
    pub fn new(registry: Arc<dyn Registry>, clock: SystemClock) -> Self {
        Self { registry, clock }
    }

    /// Who presents this key, where it may do what is needed.
    pub async fn admit(&self, presented: &str, needs: Scope) -> Result<Actor, AccessError> {
        let (id, secret) = split(presented).ok_or(AccessError::Unknown)?;
        let record = self.registry.api_key(id).await?.ok_or(AccessError::Unknown)?;
        // Digests of 32 random bytes are compared: how far they agree tells nothing that helps to find the secret.
        if digest(secret) != record.secret_sha256 || record.revoked.is_some() {
            return Err(AccessError::Unknown);
        }
        if !record.scopes.iter().any(|scope| scope == needs.as_str()) {
            return Err(AccessError::Forbidden(needs));
        }
        Ok(Actor(format!("key {} ({})", record.id, record.name)))
    }

    /// Makes a key. Its text is in the answer, once.
    pub async fn create(
        &self,
        name: &str,
        scopes: &[Scope],
    ) -> Result<(ApiKeySecret, ApiKeyRecord), CreateKeyError> {
        let id = random_text::<6>()?;
        let secret = Zeroizing::new(random_text::<32>()?);
        let record = ApiKeyRecord {
            id: id.clone(),
            name: name.to_owned(),
            secret_sha256: digest(&secret),
            scopes: scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
            created: self.clock.now(),
            revoked: None,
        };
        self.registry.add_api_key(record.clone()).await?;
        Ok((ApiKeySecret(Zeroizing::new(format!("{PREFIX}{id}_{}", *secret))), record))
    }

    /// All keys on record.
    pub async fn list(&self) -> Result<Vec<ApiKeyRecord>, RegistryError> {
        self.registry.api_keys().await
    }

    /// Revokes a key; whether there was one to revoke.
    pub async fn revoke(&self, id: &str) -> Result<bool, RegistryError> {
        self.registry.revoke_api_key(id, self.clock.now()).await
    }
}

/// A prefix by which secret scanners find a key that was published by mistake.
const PREFIX: &str = "shk_";
/// Length of the public part: 6 random bytes in base64url.
const ID_LENGTH: usize = 8;

fn split(presented: &str) -> Option<(&str, &str)> {
    let (id, secret) = presented.strip_prefix(PREFIX)?.split_at_checked(ID_LENGTH)?;
    let secret = secret.strip_prefix('_')?;
    (secret.len() <= 64).then_some((id, secret))
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

fn random_text<const BYTES: usize>() -> Result<String, getrandom::Error> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    getrandom::fill(bytes.as_mut_slice())?;
    Ok(URL_SAFE_NO_PAD.encode(bytes.as_slice()))
}
