//! Procurement policies: kept for an organisation, in editions that stay as they are.

use shirushi_shared::{policy::Policy, status::Revision};

use super::{
    Desk, DeskError, Filed, Listed,
    cases::{Page, write},
};
use crate::{
    registry::{CaseQuery, Kind, RegistryError, Write},
    scheme::{
        access::Action,
        policy::{Edition, EditionEntry, NotAName, PolicyBook, PolicyName, PolicyVersion},
    },
    service::caller::Caller,
};

/// A policy in one of its editions.
#[derive(Clone, Debug)]
pub struct KeptPolicy {
    /// What it says.
    pub policy: Policy,
    /// What is noted of this edition.
    pub entry: EditionEntry,
    /// All of its editions.
    pub book: PolicyBook,
}

impl Desk {
    /// Most policies of an organisation.
    pub const MOST_POLICIES: u32 = Page::MOST;

    /// Keeps `text`, a policy's file, for the caller's organisation: as a policy of its own, or as another edition of one
    /// that it has. All that is wrong with it is told at once.
    pub async fn keep_policy(&self, caller: &Caller, text: &str) -> Result<KeptPolicy, DeskError> {
        let organisation = caller.organisation();
        caller.permit.decide(Action::PolicyWrite, Some(organisation))?;
        let policy = Policy::load(text)?;
        let named = |field: &str, error: NotAName| DeskError::of_field(field, &error);
        let name = PolicyName::parse(policy.name()).map_err(|error| named("name", error))?;
        let version = PolicyVersion::parse(policy.version()).map_err(|error| named("version", error))?;

        let before = match self.case::<PolicyBook>(&PolicyBook::case_of(organisation, &name)).await {
            Ok(filed) => Some(filed),
            Err(DeskError::NotFound) => None,
            Err(error) => return Err(error),
        };
        if before.is_none() && self.policies_of(caller).await? >= Self::MOST_POLICIES {
            let most = format!("an organisation keeps at most {} policies", Self::MOST_POLICIES);
            return Err(DeskError::Refused(most));
        }
        let (known, revision) = match before {
            Some(Filed { document, revision, .. }) => (document, Some(revision)),
            None => (PolicyBook::new(organisation, name.clone()), None),
        };
        let (sha256, at, by) = (policy.digest(), self.clock.now(), caller.person.clone());
        let entry = EditionEntry { version: version.clone(), sha256, at, by: by.clone() };
        let book = known.with(entry.clone())?;
        let edition = Edition::new(policy, &name, &version, by);
        self.put_edition(caller, &edition, &book, revision).await?;
        Ok(KeptPolicy { policy: edition.policy().clone(), entry, book })
    }

    /// Writes an edition and the book that lists it: both or none.
    async fn put_edition(
        &self,
        caller: &Caller,
        edition: &Edition,
        book: &PolicyBook,
        before: Option<Revision>,
    ) -> Result<(), DeskError> {
        let owner = Some(caller.organisation().as_str());
        let writes = vec![
            Write::Case(write(edition, None, owner, "kept", None)?),
            Write::Case(write(book, before, owner, "edition_added", None)?),
        ];
        self.issuer.commit(writes, &caller.actor).await?;
        Ok(())
    }

    /// The policies of the caller's organisation, in the order of their names.
    pub async fn policies(&self, caller: &Caller) -> Result<Listed<PolicyBook>, DeskError> {
        let books = Page { state: Some("book".to_owned()), limit: Self::MOST_POLICIES, ..Page::default() };
        self.list(caller, Action::PolicyRead, books).await
    }

    /// The policy `name` of the caller's organisation, in the edition `version`, or in its latest. What others keep is not
    /// found.
    pub async fn policy(
        &self,
        caller: &Caller,
        name: &PolicyName,
        version: Option<&PolicyVersion>,
    ) -> Result<KeptPolicy, DeskError> {
        let organisation = caller.organisation();
        caller.permit.decide(Action::PolicyRead, Some(organisation))?;
        let book = self.case::<PolicyBook>(&PolicyBook::case_of(organisation, name)).await?.document;
        let entry = book.edition(version).ok_or(DeskError::NotFound)?.clone();
        let id = Edition::case_of(organisation, name, &entry.version);
        let edition: Filed<Edition> = self.case(&id).await?;
        let policy = edition.document.policy().clone();
        // An edition is what its book says that it is, or nobody checks by it.
        if policy.digest() != entry.sha256 {
            let (table, column) = ("cases", "document");
            return Err(RegistryError::Corrupt { table, column, row: id }.into());
        }
        Ok(KeptPolicy { policy, entry, book })
    }

    async fn policies_of(&self, caller: &Caller) -> Result<u32, DeskError> {
        let owner = Some(caller.organisation().as_str().to_owned());
        let state = Some("book".to_owned());
        let query = CaseQuery { owner, state, ..CaseQuery::of(Kind::Policy, Self::MOST_POLICIES) };
        Ok(u32::try_from(self.registry.cases(&query).await?.len()).unwrap_or(u32::MAX))
    }
}
