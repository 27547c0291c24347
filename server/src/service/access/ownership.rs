//! Whose a label is.

use shirushi_shared::label::RegistrationNumber;

use super::{Access, AccessError, Caller};
use crate::{
    registry::{Case, CaseQuery, Kind, RegistryError},
    scheme::{
        access::{Action, Reach},
        organisation::OrganisationId,
    },
};

/// Applications about one label that are looked at: the first one, and those for its extensions and changes.
const APPLICATIONS: u32 = 50;

impl Access {
    /// Whether `caller` may do `action` to the label `number`. A label of others is answered as one that is not
    /// registered.
    pub async fn on_label(
        &self,
        caller: &Caller,
        action: Action,
        number: &RegistrationNumber,
    ) -> Result<Reach, AccessError> {
        let reach = caller.may(action, None).map_err(AccessError::Denied)?;
        if reach == Reach::All || self.holds_label(caller.organisation(), number).await? {
            Ok(reach)
        } else {
            Err(RegistryError::Unregistered(number.clone()).into())
        }
    }

    /// Whether `organisation` holds the label `number`: by the application that it was issued for, and where there is none
    /// (import), by the corporate number (法人番号) of its maker. Both are the operator's entries, never a caller's.
    async fn holds_label(
        &self,
        organisation: &OrganisationId,
        number: &RegistrationNumber,
    ) -> Result<bool, RegistryError> {
        let about =
            CaseQuery { number: Some(number.clone()), ..CaseQuery::of(Kind::Application, APPLICATIONS) };
        let applications = self.registry.cases(&about).await?;
        if let Some(last) = applications.iter().max_by_key(|case| case.opened) {
            return Ok(is_owner(last, organisation));
        }
        let Some(registration) = self.registry.registration(number).await? else { return Ok(false) };
        let holder = self.organisations.recent(organisation).await?;
        let own = holder.and_then(|holder| holder.corporate_number);
        Ok(own.is_some() && own == registration.maker.corporate_number)
    }
}

fn is_owner(case: &Case, organisation: &OrganisationId) -> bool {
    case.owner.as_deref() == Some(organisation.as_str())
}
