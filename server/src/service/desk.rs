//! The operator's desk: applications, decisions, change notices, a holder's standing, and the labels that follow.
//!
//! The rules are in `scheme`, pure; here they meet the registry. Each function reads what is on record, asks the table of
//! access whether the caller may see and do this, takes the step, and writes the case and what follows from it (a label, a
//! change of one) in one transaction. What belongs to others does not exist: the answer is that of a number never given.
//!
//! Whoever writes says from which revision, or takes the one that was just read: of two at once one wins.

mod applications;
mod cases;
mod decisions;
mod error;
mod evidence;
mod notices;
mod policies;
mod sightings;
mod standing;
#[cfg(test)]
mod tests;

pub use applications::{Approve, Approved, ReviewStep};
pub use cases::{Document, Filed, Listed, Page};
pub use decisions::{Done, ExpiryChange};
pub use error::DeskError;
pub use evidence::Upload;
pub use policies::KeptPolicy;
/// Bytes of the largest evidence file that can be allowed.
pub const LARGEST_EVIDENCE: usize = crate::evidence::MaxSize::LARGEST;
/// Why the evidence store did not take or give a file, for callers of this service.
pub use crate::evidence::{EvidenceError, StoreError};

use std::sync::Arc;

use shirushi_shared::{label::RegistrationNumber, registration::Registration};

use super::{caller::Caller, holder, issue::Issuer};
use crate::{
    clock::SystemClock,
    evidence::EvidenceFiles,
    registry::{CaseQuery, Kind, Registry},
    scheme::{
        access::Action,
        criteria::Criteria,
        organisation::{Organisation, OrganisationId},
        standing::ExtensionRules,
    },
};

/// The desk. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    registry: Arc<dyn Registry>,
    issuer: Issuer,
    evidence: EvidenceFiles,
    criteria: Arc<Criteria>,
    rules: ExtensionRules,
    clock: SystemClock,
}

impl Desk {
    /// A desk over `registry`, where `issuer` issues and `criteria` are asked of products.
    pub const fn new(
        registry: Arc<dyn Registry>,
        issuer: Issuer,
        evidence: EvidenceFiles,
        criteria: Arc<Criteria>,
        rules: ExtensionRules,
        clock: SystemClock,
    ) -> Self {
        Self { registry, issuer, evidence, criteria, rules, clock }
    }

    /// The criteria that applications are held against.
    pub fn criteria(&self) -> &Criteria {
        &self.criteria
    }

    /// Whose label `number` is.
    pub async fn holder(&self, number: &RegistrationNumber) -> Result<Option<OrganisationId>, DeskError> {
        Ok(holder::of(&*self.registry, number).await?)
    }

    /// The registration `number`, where the caller may do `action` to it: all, or their own.
    async fn registration(
        &self,
        caller: &Caller,
        action: Action,
        number: &RegistrationNumber,
    ) -> Result<Registration, DeskError> {
        let reach = caller.permit.decide(action, None)?;
        if reach == crate::scheme::access::Reach::Own {
            let holder = self.holder(number).await?;
            if holder.as_ref() != Some(caller.permit.organisation()) {
                return Err(DeskError::NotFound);
            }
        }
        self.registry.registration(number).await?.ok_or(DeskError::NotFound)
    }

    async fn organisation(&self, id: &OrganisationId) -> Result<Option<Organisation>, DeskError> {
        let case = self.registry.case(Kind::Organisation, id.as_str()).await?;
        case.map(|case| cases::read::<Organisation>(case).map(|filed| filed.document)).transpose()
    }

    /// Cases of a kind: the caller's own, or all, as far as the table of access reaches.
    async fn list<T: Document>(
        &self,
        caller: &Caller,
        action: Action,
        page: Page,
    ) -> Result<Listed<T>, DeskError> {
        let owner = match caller.permit.decide(action, None)? {
            crate::scheme::access::Reach::All => None,
            _ => Some(caller.permit.organisation().as_str().to_owned()),
        };
        let size = page.size();
        // One more than is shown tells whether there is a next page.
        let query = CaseQuery { owner, ..page.query(T::KIND) };
        let mut found = self.registry.cases(&query).await?;
        let is_more = found.len() > size;
        found.truncate(size);
        let next = found.last().filter(|_| is_more).map(|last| last.id.clone());
        Ok(Listed { cases: found.into_iter().map(cases::read).collect::<Result<_, _>>()?, next })
    }
}
