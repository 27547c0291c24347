//! Making, rotating, revoking and listing keys.

use std::collections::{BTreeSet, HashMap};

use shirushi_shared::time::UnixTime;

use super::{Access, AccessError, ApiKeyId, ApiKeyRecord, ApiKeySecret, key};
use crate::{
    registry::{Case, CaseQuery, CaseWrite, Kind, RegistryError, Write},
    scheme::{
        access::{Action, Denied, NoPermit, Permit, Reach, Role, Scope},
        organisation::OrganisationId,
        person::PersonName,
    },
    service::caller::{Caller, hidden},
};

/// Most keys of one organisation that are not revoked: enough for a key a person and machine, and a bound for a holder's
/// script that makes one a request.
pub const MAX_KEYS: u32 = 500;
/// Longest time for which a key that was replaced still works, in seconds: a month, to reach every machine that has it.
pub const MAX_OVERLAP_SECONDS: i64 = 31 * 86_400;

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// For whom its holder acts.
    pub organisation: OrganisationId,
    /// Its holder.
    pub person: PersonName,
    /// What they are there.
    pub roles: BTreeSet<Role>,
    /// To what of it the key is narrowed.
    pub scopes: BTreeSet<Scope>,
    /// When it ends by itself.
    pub expires: Option<UnixTime>,
}

/// A key that is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    /// What is on record of it.
    pub record: ApiKeyRecord,
    /// When it was used last, to the minute.
    pub last_used: Option<UnixTime>,
}

/// A page of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyList {
    /// The keys, by their public parts.
    pub keys: Vec<ListedKey>,
    /// After which the next page begins, where there is one.
    pub next: Option<ApiKeyId>,
}

/// Why a key was not made, rotated or revoked.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The caller may not, or there is none such for them, or the registry could not be asked.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The organisation cannot have such a key.
    #[error(transparent)]
    NoPermit(#[from] NoPermit),
    /// Nothing would be allowed.
    #[error("a key has at least one role and one scope")]
    Nothing,
    /// An expiry that has passed.
    #[error("the expiry is not in the future")]
    Expiry,
    /// A negative overlap, or a longer one than [`MAX_OVERLAP_SECONDS`].
    #[error("the overlap is 0 to {} hours", MAX_OVERLAP_SECONDS / 3600)]
    Overlap,
    /// More than [`MAX_KEYS`].
    #[error("the organisation has {MAX_KEYS} keys: revoke those that are not needed")]
    TooMany,
    /// It has expired or was revoked.
    #[error("the key {0} has expired or was revoked")]
    Ended(ApiKeyId),
    /// No randomness, no key.
    #[error("the system gave no randomness: {0}")]
    Random(#[from] getrandom::Error),
}

impl From<RegistryError> for KeyError {
    fn from(error: RegistryError) -> Self {
        Self::Access(error.into())
    }
}

impl Access {
    /// Makes a key. Its text is in the answer, once. Nobody but an administrator hands out more than they have.
    pub async fn create(
        &self,
        new: NewKey,
        caller: &Caller,
    ) -> Result<(ApiKeySecret, ApiKeyRecord), KeyError> {
        let owner = new.organisation.clone();
        caller
            .permit
            .may_grant(Action::KeyCreate, &owner, &new.scopes)
            .map_err(|denied| hidden(denied, Kind::Organisation, owner.as_str()))?;
        let now = self.clock.now();
        if new.roles.is_empty() || new.scopes.is_empty() {
            return Err(KeyError::Nothing);
        }
        if new.expires.is_some_and(|expires| expires <= now) {
            return Err(KeyError::Expiry);
        }
        let organisation = self.organisations.existing(&owner).await?.organisation;
        // The roles must be of the organisation's kind; a suspended one gets no new keys.
        Permit::of(&organisation, new.roles.clone(), new.scopes.clone(), now)?;
        self.check_room(&owner).await?;
        let (id, secret, secret_sha256) = key::generate()?;
        let record = ApiKeyRecord {
            id,
            person: new.person.to_string(),
            organisation: owner,
            roles: new.roles,
            scopes: new.scopes,
            secret_sha256,
            created: now,
            expires: new.expires,
            revoked: None,
            replaces: None,
        };
        self.commit(vec![write(&record, None, "created")?], caller, now).await?;
        Ok((secret, record))
    }

    /// Makes a key in place of `id`, for the same person, roles and scopes and as long a life. The old one works for
    /// `overlap` more seconds, unless it ends earlier by itself. One transaction: there is no moment without a key, and of
    /// two who rotate at once one wins.
    ///
    /// A rotation whose answer was lost is simply made again while the old key works.
    pub async fn rotate(
        &self,
        id: &ApiKeyId,
        overlap: i64,
        caller: &Caller,
    ) -> Result<(ApiKeySecret, ApiKeyRecord), KeyError> {
        let (case, mut old) = self.existing(id).await?;
        caller
            .permit
            .may_grant(Action::KeyRotate, &old.organisation, &old.scopes)
            .map_err(|denied| hidden(denied, Kind::ApiKey, id.as_str()))?;
        if !(0..=MAX_OVERLAP_SECONDS).contains(&overlap) {
            return Err(KeyError::Overlap);
        }
        let now = self.clock.now();
        if !old.holds(now) {
            return Err(KeyError::Ended(id.clone()));
        }
        self.check_room(&old.organisation).await?;
        let (new_id, secret, secret_sha256) = key::generate()?;
        let new = ApiKeyRecord {
            id: new_id,
            secret_sha256,
            created: now,
            expires: old.expires.map(|expires| now.plus(expires.since(old.created))),
            replaces: Some(id.clone()),
            ..old.clone()
        };
        let last = now.plus(overlap);
        old.expires = Some(old.expires.map_or(last, |expires| expires.min(last)));
        let writes = vec![write(&new, None, "created")?, write(&old, Some(&case), "replaced")?];
        self.commit(writes, caller, now).await?;
        Ok((secret, new))
    }

    /// Revokes a key at once.
    pub async fn revoke(&self, id: &ApiKeyId, caller: &Caller) -> Result<ApiKeyRecord, KeyError> {
        let (case, mut record) = self.existing(id).await?;
        caller.may_with(Action::KeyRevoke, &record.organisation, Kind::ApiKey, id.as_str())?;
        if record.revoked.is_some() {
            return Err(KeyError::Ended(id.clone()));
        }
        let now = self.clock.now();
        record.revoked = Some(now);
        self.commit(vec![write(&record, Some(&case), "revoked")?], caller, now).await?;
        Ok(record)
    }

    /// Up to `limit` keys after `after`: those of `organisation`, or all that the caller may see.
    pub async fn list(
        &self,
        organisation: Option<&OrganisationId>,
        after: Option<&ApiKeyId>,
        limit: u32,
        caller: &Caller,
    ) -> Result<KeyList, AccessError> {
        let reach = match organisation {
            Some(owner) => caller.may_with(Action::KeyList, owner, Kind::Organisation, owner.as_str())?,
            None => caller.may(Action::KeyList, None).map_err(AccessError::Denied)?,
        };
        if let Some(owner) = organisation {
            self.organisations.existing(owner).await?;
        }
        let owner = match reach {
            Reach::All => organisation,
            Reach::Own | Reach::None => Some(caller.organisation()),
        };
        let query = CaseQuery {
            owner: owner.map(ToString::to_string),
            after: after.map(ToString::to_string),
            ..CaseQuery::of(Kind::ApiKey, limit.saturating_add(1))
        };
        let cases = self.registry.cases(&query).await?;
        let is_more = cases.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        let uses: HashMap<_, _> = self.registry.uses().await?.into_iter().collect();
        let listed = |case: &Case| {
            let last_used = uses.get(&case.id).copied();
            ApiKeyRecord::read(case).map(|record| ListedKey { record, last_used })
        };
        let page = cases.iter().take(usize::try_from(limit).unwrap_or(usize::MAX));
        let keys = page.map(listed).collect::<Result<Vec<_>, _>>()?;
        let next = keys.last().filter(|_| is_more).map(|last| last.record.id.clone());
        Ok(KeyList { keys, next })
    }

    async fn existing(&self, id: &ApiKeyId) -> Result<(Case, ApiKeyRecord), RegistryError> {
        let missing = || RegistryError::NoCase { kind: Kind::ApiKey, id: id.to_string() };
        self.record(id.as_str()).await?.ok_or_else(missing)
    }

    /// Two who ask at the same moment may both find the last place free: the bound is against floods, and not exact.
    async fn check_room(&self, owner: &OrganisationId) -> Result<(), KeyError> {
        let query = CaseQuery {
            owner: Some(owner.to_string()),
            state: Some(ACTIVE.to_owned()),
            ..CaseQuery::of(Kind::ApiKey, MAX_KEYS)
        };
        let is_full = self.registry.cases(&query).await?.len() >= usize::try_from(MAX_KEYS).unwrap_or(0);
        if is_full { Err(KeyError::TooMany) } else { Ok(()) }
    }

    async fn commit(
        &self,
        writes: Vec<CaseWrite>,
        caller: &Caller,
        now: UnixTime,
    ) -> Result<(), RegistryError> {
        let ids: Vec<_> = writes.iter().map(|write| write.id.clone()).collect();
        let done =
            self.registry.commit(writes.into_iter().map(Write::Case).collect(), &caller.actor, now).await;
        // Also after a failure: whether it was written may not be known.
        for id in ids {
            self.keys.forget(&id);
        }
        done.map(drop)
    }
}

const ACTIVE: &str = "active";

fn write(record: &ApiKeyRecord, present: Option<&Case>, what: &str) -> Result<CaseWrite, RegistryError> {
    let state = if record.revoked.is_some() { "revoked" } else { ACTIVE };
    let document = serde_json::to_string(record);
    Ok(CaseWrite {
        kind: Kind::ApiKey,
        id: record.id.to_string(),
        expected: present.map(|case| case.revision),
        owner: Some(record.organisation.to_string()),
        number: None,
        state: state.to_owned(),
        document: document.map_err(|error| RegistryError::Unavailable(error.into()))?,
        what: what.to_owned(),
        why: None,
    })
}

impl From<Denied> for KeyError {
    fn from(denied: Denied) -> Self {
        Self::Access(AccessError::Denied(denied))
    }
}
