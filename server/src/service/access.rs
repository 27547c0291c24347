//! API keys: `shk_<id>_<secret>`. The registry keeps the SHA-256 of the secret; the secret is shown once.
//!
//! A key is a case of the registry: who made it, and who revoked it, is in the history.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shirushi_shared::{time::UnixTime, token::TokenId};
use zeroize::Zeroizing;

use crate::{
    clock::SystemClock,
    registry::{Actor, Case, CaseQuery, CaseWrite, Kind, Registry, RegistryError, Write},
};

/// An API key on record: never the secret itself, only its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyRecord {
    /// The public part of the key, by which it is found.
    pub id: String,
    /// Who holds it, for people and the history.
    pub person: String,
    /// The organisation for which they act.
    pub organisation: String,
    /// What they are there, as words.
    pub roles: Vec<String>,
    /// To what of it this key is narrowed, as words.
    pub scopes: Vec<String>,
    /// SHA-256 of the secret part; the secret is 32 random bytes, so that no slow hash is needed.
    pub secret_sha256: TokenId,
    /// When it was made.
    pub created: UnixTime,
    /// When it ends by itself.
    pub expires: Option<UnixTime>,
    /// When it was revoked.
    pub revoked: Option<UnixTime>,
    /// The key that it replaces.
    pub replaces: Option<String>,
}

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
        let record = self.record(id).await?.ok_or(AccessError::Unknown)?.1;
        // Digests of 32 random bytes are compared: how far they agree tells nothing that helps to find the secret.
        if digest(secret) != record.secret_sha256 || !record.holds(self.clock.now()) {
            return Err(AccessError::Unknown);
        }
        if !record.scopes.iter().any(|scope| scope == needs.as_str()) {
            return Err(AccessError::Forbidden(needs));
        }
        Ok(Actor { name: record.person, organisation: Some(record.organisation), key: Some(record.id) })
    }

    /// Makes a key. Its text is in the answer, once.
    pub async fn create(
        &self,
        person: &str,
        scopes: &[Scope],
        by: &Actor,
    ) -> Result<(ApiKeySecret, ApiKeyRecord), CreateKeyError> {
        let id = random_text::<6>()?;
        let secret = Zeroizing::new(random_text::<32>()?);
        let record = ApiKeyRecord {
            id: id.clone(),
            person: person.to_owned(),
            organisation: "operator".to_owned(),
            roles: ["administrator", "reviewer", "approver"].map(str::to_owned).to_vec(),
            scopes: scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
            secret_sha256: digest(&secret),
            created: self.clock.now(),
            expires: None,
            revoked: None,
            replaces: None,
        };
        self.write(&record, None, "created", by).await?;
        Ok((ApiKeySecret(Zeroizing::new(format!("{PREFIX}{id}_{}", *secret))), record))
    }

    /// All keys on record.
    pub async fn list(&self) -> Result<Vec<ApiKeyRecord>, RegistryError> {
        let cases = self.registry.cases(&CaseQuery::of(Kind::ApiKey, u32::MAX)).await?;
        cases.iter().map(read).collect()
    }

    /// Revokes a key; whether there was one to revoke.
    pub async fn revoke(&self, id: &str, by: &Actor) -> Result<bool, RegistryError> {
        let Some((case, mut record)) = self.record(id).await?.filter(|(_, record)| record.revoked.is_none())
        else {
            return Ok(false);
        };
        record.revoked = Some(self.clock.now());
        self.write(&record, Some(&case), "revoked", by).await?;
        Ok(true)
    }

    async fn record(&self, id: &str) -> Result<Option<(Case, ApiKeyRecord)>, RegistryError> {
        let case = self.registry.case(Kind::ApiKey, id).await?;
        case.map(|case| read(&case).map(|record| (case, record))).transpose()
    }

    async fn write(
        &self,
        record: &ApiKeyRecord,
        present: Option<&Case>,
        what: &str,
        by: &Actor,
    ) -> Result<(), RegistryError> {
        let state = if record.revoked.is_some() { "revoked" } else { "active" };
        let document = serde_json::to_string(record);
        let write = CaseWrite {
            kind: Kind::ApiKey,
            id: record.id.clone(),
            expected: present.map(|case| case.revision),
            owner: Some(record.organisation.clone()),
            number: None,
            state: state.to_owned(),
            document: document.map_err(|error| RegistryError::Unavailable(error.into()))?,
            what: what.to_owned(),
            why: None,
        };
        self.registry.commit(vec![Write::Case(write)], by, self.clock.now()).await?;
        Ok(())
    }
}

impl ApiKeyRecord {
    fn holds(&self, now: UnixTime) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|expires| now < expires)
    }
}

fn read(case: &Case) -> Result<ApiKeyRecord, RegistryError> {
    serde_json::from_str(&case.document).map_err(|_| RegistryError::Corrupt {
        table: "cases",
        column: "document",
        row: case.id.clone(),
    })
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

fn digest(secret: &str) -> TokenId {
    TokenId::from_bytes(Sha256::digest(secret.as_bytes()).into())
}

fn random_text<const BYTES: usize>() -> Result<String, getrandom::Error> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    getrandom::fill(bytes.as_mut_slice())?;
    Ok(URL_SAFE_NO_PAD.encode(bytes.as_slice()))
}
