//! Organisations on record: put there, changed, suspended and accredited by the operator.
//!
//! Each is a case of the registry whose owner is itself: who changed it and why is in the history, and of two who change
//! it from the same revision one wins. The organisation [`OPERATOR`] is there from the first time that it is asked for.

use std::sync::Arc;

use shirushi_shared::{registration::CorporateNumber, status::Revision};

use super::{
    access::{AccessError, Action, Denied, Reach},
    caller::Caller,
    recent::Recent,
};
use crate::{
    clock::SystemClock,
    registry::{Actor, Case, CaseQuery, CaseWrite, Kind, Registry, RegistryError, Write, Written},
    scheme::{
        organisation::{Accreditation, Organisation, OrganisationError, OrganisationId, OrganisationKind},
        text::{Name, Reason},
    },
};

/// The organisation that runs the scheme here. There is one.
pub const OPERATOR: &str = "operator";

/// An organisation as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnRecord {
    /// What is on record.
    pub organisation: Organisation,
    /// Counts up with every change.
    pub revision: Revision,
}

/// An organisation to be put on record.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// Its id, for good.
    pub id: OrganisationId,
    /// What it is to the scheme, for good.
    pub kind: OrganisationKind,
    /// What else is known of it.
    pub details: Details,
}

/// What of an organisation may change by a letter to the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// Its name.
    pub name: Name,
    /// Its name in Latin letters.
    pub name_en: Option<Name>,
    /// 法人番号. By it an imported label is known to be a holder's.
    pub corporate_number: Option<CorporateNumber>,
}

/// A change of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrganisationChange {
    /// Its details, all of them.
    Details(Details),
    /// Nobody of it can do anything here, from now on.
    Suspend,
    /// The suspension ends.
    Reinstate,
    /// An evaluation body is accredited.
    Accredit(Accreditation),
    /// The accreditation at this place (from 0) is withdrawn.
    Withdraw(usize),
}

/// A page of organisations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationList {
    /// The organisations, by their ids.
    pub organisations: Vec<OnRecord>,
    /// After which the next page begins, where there is one.
    pub next: Option<OrganisationId>,
}

/// Why an organisation was not put on record, changed or shown.
#[derive(Debug, thiserror::Error)]
pub enum OrganisationsError {
    /// The caller may not, or there is none such for them, or the registry could not be asked.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The scheme's rules do not allow it.
    #[error(transparent)]
    Rule(#[from] OrganisationError),
    /// Whoever could make a second operator could make themselves one.
    #[error("there is one operator, the organisation {OPERATOR}")]
    SecondOperator,
}

impl From<RegistryError> for OrganisationsError {
    fn from(error: RegistryError) -> Self {
        Self::Access(error.into())
    }
}

impl From<Denied> for OrganisationsError {
    fn from(denied: Denied) -> Self {
        Self::Access(AccessError::Denied(denied))
    }
}

/// The organisations on record. Cheap to clone.
#[derive(Clone)]
pub struct Organisations {
    registry: Arc<dyn Registry>,
    clock: SystemClock,
    recent: Recent<Arc<Organisation>>,
}

impl Organisations {
    /// Those on record in `registry`.
    pub fn new(registry: Arc<dyn Registry>, clock: SystemClock) -> Self {
        Self { registry, clock, recent: Recent::new() }
    }

    /// Puts an organisation on record.
    pub async fn create(
        &self,
        new: NewOrganisation,
        why: Option<&Reason>,
        caller: &Caller,
    ) -> Result<OnRecord, OrganisationsError> {
        caller.may(Action::OrganisationCreate, None)?;
        self.operator().await?;
        if new.kind == OrganisationKind::Operator {
            return Err(OrganisationsError::SecondOperator);
        }
        let bare = Organisation::new(new.id, new.kind, new.details.name.clone());
        let organisation = new.details.of(bare);
        self.write(organisation, None, "created", why, &caller.actor).await.map_err(Into::into)
    }

    /// Changes an organisation. With `expected`, only from that revision.
    pub async fn change(
        &self,
        id: &OrganisationId,
        expected: Option<Revision>,
        change: OrganisationChange,
        why: &Reason,
        caller: &Caller,
    ) -> Result<OnRecord, OrganisationsError> {
        caller.may_with(Action::OrganisationChange, id, Kind::Organisation, id.as_str())?;
        let OnRecord { organisation, revision } = self.existing(id).await?;
        if let Some(expected) = expected.filter(|expected| *expected != revision) {
            return Err(RegistryError::Conflict { expected, found: revision }.into());
        }
        let now = self.clock.now();
        let what = change.word();
        let organisation = match change {
            OrganisationChange::Details(details) => details.of(organisation),
            OrganisationChange::Suspend => organisation.suspend(why.clone(), now)?,
            OrganisationChange::Reinstate => organisation.reinstate(now)?,
            OrganisationChange::Accredit(accreditation) => organisation.accredit(accreditation)?,
            OrganisationChange::Withdraw(place) => {
                organisation.withdraw_accreditation(place, why.clone(), now)?
            }
        };
        self.write(organisation, Some(revision), what, Some(why), &caller.actor).await.map_err(Into::into)
    }

    /// The organisation `id`, where the caller may see it.
    pub async fn show(&self, id: &OrganisationId, caller: &Caller) -> Result<OnRecord, OrganisationsError> {
        caller.may_with(Action::OrganisationRead, id, Kind::Organisation, id.as_str())?;
        Ok(self.existing(id).await?)
    }

    /// Up to `limit` organisations after `after` that the caller may see.
    pub async fn list(
        &self,
        after: Option<&OrganisationId>,
        limit: u32,
        caller: &Caller,
    ) -> Result<OrganisationList, OrganisationsError> {
        let owner = match caller.may(Action::OrganisationRead, None)? {
            Reach::All => None,
            Reach::Own | Reach::None => Some(caller.organisation().to_string()),
        };
        self.operator().await?;
        let query = CaseQuery {
            owner,
            after: after.map(ToString::to_string),
            ..CaseQuery::of(Kind::Organisation, limit.saturating_add(1))
        };
        let cases = self.registry.cases(&query).await?;
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let organisations = cases.iter().take(page).map(read).collect::<Result<Vec<_>, _>>()?;
        let next =
            organisations.last().filter(|_| cases.len() > page).map(|last| last.organisation.id.clone());
        Ok(OrganisationList { organisations, next })
    }

    /// The operator, put on record where it is not yet. Two nodes may do so at once: one of them does, both find it.
    pub async fn operator(&self) -> Result<Arc<Organisation>, RegistryError> {
        let id = parse(OPERATOR)?;
        let read = async { Ok::<_, RegistryError>(Some(Arc::new(self.operator_on_record(&id).await?))) };
        self.recent.find(OPERATOR, read).await?.ok_or_else(|| missing(&id))
    }

    /// The organisation `id`, as it was at most two seconds ago.
    pub(super) async fn recent(
        &self,
        id: &OrganisationId,
    ) -> Result<Option<Arc<Organisation>>, RegistryError> {
        if id.as_str() == OPERATOR {
            return self.operator().await.map(Some);
        }
        let read =
            async { Ok::<_, RegistryError>(self.find(id).await?.map(|found| Arc::new(found.organisation))) };
        self.recent.find(id.as_str(), read).await
    }

    /// The organisation `id`, as it is now; whether the caller may see it was judged before.
    pub(super) async fn existing(&self, id: &OrganisationId) -> Result<OnRecord, RegistryError> {
        if id.as_str() == OPERATOR {
            self.operator().await?;
        }
        self.find(id).await?.ok_or_else(|| missing(id))
    }

    async fn find(&self, id: &OrganisationId) -> Result<Option<OnRecord>, RegistryError> {
        self.registry.case(Kind::Organisation, id.as_str()).await?.as_ref().map(read).transpose()
    }

    async fn operator_on_record(&self, id: &OrganisationId) -> Result<Organisation, RegistryError> {
        if let Some(found) = self.find(id).await? {
            return Ok(found.organisation);
        }
        let name = Name::parse("Operator").map_err(|_| missing(id))?;
        let new = Organisation::new(id.clone(), OrganisationKind::Operator, name);
        match self.write(new, None, "created", None, &Actor::here("service")).await {
            Ok(made) => Ok(made.organisation),
            Err(RegistryError::CaseExists { .. }) => {
                self.find(id).await?.map(|found| found.organisation).ok_or_else(|| missing(id))
            }
            Err(error) => Err(error),
        }
    }

    async fn write(
        &self,
        organisation: Organisation,
        expected: Option<Revision>,
        what: &str,
        why: Option<&Reason>,
        by: &Actor,
    ) -> Result<OnRecord, RegistryError> {
        let now = self.clock.now();
        let state = if organisation.suspended(now).is_some() { "suspended" } else { "active" };
        let document = serde_json::to_string(&organisation);
        let write = CaseWrite {
            kind: Kind::Organisation,
            id: organisation.id.to_string(),
            expected,
            owner: Some(organisation.id.to_string()),
            number: None,
            state: state.to_owned(),
            document: document.map_err(|error| RegistryError::Unavailable(error.into()))?,
            what: what.to_owned(),
            why: why.map(ToString::to_string),
        };
        let done = self.registry.commit(vec![Write::Case(write)], by, now).await;
        // Also after a failure: whether it was written may not be known.
        self.recent.forget(organisation.id.as_str());
        let revision = done?.into_iter().find_map(|written| match written {
            Written::Case(revision) => Some(revision),
            Written::Label(_) => None,
        });
        Ok(OnRecord { organisation, revision: revision.unwrap_or(Revision::FIRST) })
    }
}

impl Details {
    fn of(self, mut organisation: Organisation) -> Organisation {
        organisation.name = self.name;
        organisation.name_en = self.name_en;
        organisation.corporate_number = self.corporate_number;
        organisation
    }
}

impl OrganisationChange {
    /// What happened, for the history.
    const fn word(&self) -> &'static str {
        match self {
            Self::Details(_) => "changed",
            Self::Suspend => "suspended",
            Self::Reinstate => "reinstated",
            Self::Accredit(_) => "accredited",
            Self::Withdraw(_) => "accreditation_withdrawn",
        }
    }
}

fn read(case: &Case) -> Result<OnRecord, RegistryError> {
    let organisation = serde_json::from_str(&case.document).map_err(|_| RegistryError::Corrupt {
        table: "cases",
        column: "document",
        row: case.id.clone(),
    })?;
    Ok(OnRecord { organisation, revision: case.revision })
}

fn missing(id: &OrganisationId) -> RegistryError {
    RegistryError::NoCase { kind: Kind::Organisation, id: id.to_string() }
}

fn parse(id: &str) -> Result<OrganisationId, RegistryError> {
    OrganisationId::parse(id).map_err(|error| RegistryError::Unavailable(error.into()))
}
