//! Whose a label is.

use serde::de::DeserializeOwned;
use shirushi_shared::label::RegistrationNumber;

use crate::{
    registry::{Case, CaseQuery, Kind, Registry, RegistryError},
    scheme::{
        application::Application,
        organisation::{Organisation, OrganisationId, OrganisationKind},
    },
};

/// Organisations at most looked through for a maker's corporate number.
const MAX_HOLDERS: u32 = 10_000;

/// Whose label `number` is: of the organisation whose application led to it, else of the holder with the maker's
/// corporate number (法人番号), else nobody's here (an import of a maker who is no organisation on record). Both are the
/// operator's entries, never a caller's.
pub(super) async fn of(
    registry: &dyn Registry,
    number: &RegistrationNumber,
) -> Result<Option<OrganisationId>, RegistryError> {
    let approved = CaseQuery {
        number: Some(number.clone()),
        state: Some("approved".to_owned()),
        ..CaseQuery::of(Kind::Application, 1)
    };
    if let Some(case) = registry.cases(&approved).await?.into_iter().next() {
        return Ok(Some(document::<Application>(&case)?.holder().clone()));
    }
    let Some(registration) = registry.registration(number).await? else { return Ok(None) };
    let Some(corporate_number) = registration.maker.corporate_number else { return Ok(None) };
    for case in registry.cases(&CaseQuery::of(Kind::Organisation, MAX_HOLDERS)).await? {
        let organisation = document::<Organisation>(&case)?;
        if organisation.kind() == OrganisationKind::Holder
            && organisation.corporate_number == Some(corporate_number)
        {
            return Ok(Some(organisation.id));
        }
    }
    Ok(None)
}

fn document<T: DeserializeOwned>(case: &Case) -> Result<T, RegistryError> {
    serde_json::from_str(&case.document).map_err(|_| RegistryError::Corrupt {
        table: "cases",
        column: "document",
        row: case.id.clone(),
    })
}
