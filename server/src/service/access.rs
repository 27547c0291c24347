//! API keys, and what they allow: whoever asks is recognised here, and may do what the scheme's table says.
//!
//! A key is a case of the registry: who made it, for whom, and who revoked it, is in the history. What a request needs of
//! the registry (the key, its organisation) may be two seconds old (`recent.rs`): a revocation, a suspension of the
//! organisation and a rotation hold at this node at once, at every other node within that time.

mod here;
mod key;
mod manage;
mod ownership;
mod uses;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use self::{
    key::{ApiKeyId, ApiKeyRecord, ApiKeySecret, NotAnApiKeyId},
    manage::{KeyError, KeyList, ListedKey, MAX_KEYS, MAX_OVERLAP_SECONDS, NewKey},
};
/// The words of the table, for callers of this service.
pub use crate::scheme::access::{Action, Denied, NoPermit, Reach, Role, Scope};

use self::{key::Presented, uses::Uses};
use super::{caller::Caller, organisations::Organisations, recent::Recent};
use crate::{
    clock::SystemClock,
    registry::{Actor, Case, Kind, Registry, RegistryError},
    scheme::{access::Permit, organisation::OrganisationId, person::Person},
};

/// Why a caller is not admitted.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// No key, none of ours, a wrong, expired or revoked one: all the same to the caller.
    #[error("no API key that is known here")]
    Unknown,
    /// The key is known, and its organisation may do nothing now.
    #[error(transparent)]
    NoPermit(#[from] NoPermit),
    /// The caller is known and may not do this.
    #[error(transparent)]
    Denied(Denied),
    /// At this machine: as what, of several things that they may be.
    #[error("the organisation has several roles: name one")]
    RoleNeeded,
    /// The registry could not be asked, or what was asked for is not there for this caller.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

/// Recognises callers by their keys, and keeps the keys. Cheap to clone.
#[derive(Clone)]
pub struct Access {
    registry: Arc<dyn Registry>,
    organisations: Organisations,
    clock: SystemClock,
    keys: Recent<Arc<ApiKeyRecord>>,
    uses: Uses,
}

impl Access {
    /// Keys on record in `registry`, of `organisations`.
    pub fn new(registry: Arc<dyn Registry>, organisations: Organisations, clock: SystemClock) -> Self {
        let uses = Uses::new(Arc::clone(&registry));
        Self { registry, organisations, clock, keys: Recent::new(), uses }
    }

    /// Who presents this key, where they may do `action` to an object of `owner`; without one, to what does not exist
    /// yet or is a list.
    pub async fn admit(
        &self,
        presented: &str,
        action: Action,
        owner: Option<&OrganisationId>,
    ) -> Result<Caller, AccessError> {
        let caller = self.recognise(presented).await?;
        caller.may(action, owner).map_err(AccessError::Denied)?;
        Ok(caller)
    }

    /// Who presents this key, whatever they may do.
    pub async fn recognise(&self, presented: &str) -> Result<Caller, AccessError> {
        let presented = Presented::read(presented).ok_or(AccessError::Unknown)?;
        let record = self.recent(presented.id.as_str()).await?.ok_or(AccessError::Unknown)?;
        let now = self.clock.now();
        if !presented.is_of(&record) || !record.holds(now) {
            return Err(AccessError::Unknown);
        }
        let organisation = self.organisations.recent(&record.organisation).await?;
        let organisation = organisation.ok_or(AccessError::Unknown)?;
        let permit = Permit::of(&organisation, record.roles.clone(), record.scopes.clone(), now)?;
        self.uses.note(&record.id, now);
        let person = Person { organisation: record.organisation.clone(), name: record.person_name()? };
        let actor = Actor {
            name: record.person.clone(),
            organisation: Some(record.organisation.to_string()),
            key: Some(record.id.to_string()),
        };
        Ok(Caller { actor, person, permit })
    }

    /// What is on record of the key by which `caller` was recognised; `None` at the command line.
    pub async fn presented(&self, caller: &Caller) -> Result<Option<Arc<ApiKeyRecord>>, RegistryError> {
        match &caller.actor.key {
            Some(id) => self.recent(id).await,
            None => Ok(None),
        }
    }

    /// The key `id`, as it was at most two seconds ago.
    async fn recent(&self, id: &str) -> Result<Option<Arc<ApiKeyRecord>>, RegistryError> {
        let read = async { Ok(self.record(id).await?.map(|(_, record)| Arc::new(record))) };
        self.keys.find(id, read).await
    }

    async fn record(&self, id: &str) -> Result<Option<(Case, ApiKeyRecord)>, RegistryError> {
        let case = self.registry.case(Kind::ApiKey, id).await?;
        case.map(|case| ApiKeyRecord::read(&case).map(|record| (case, record))).transpose()
    }
}
