//! What is ordered about organisations, as it comes over the wire, and checked. A caller hands in words, never a state.

use serde::Deserialize;
use shirushi_shared::{
    label::{Category, Level},
    registration::CorporateNumber,
    time::{UnixTime, Window},
};

use crate::{
    http::{fields::Fields, problem::Refusal},
    scheme::{
        organisation::{Accreditation, Categories, OrganisationId, OrganisationKind},
        text::{Name, Reason},
    },
    service::organisations::{Details, NewOrganisation},
};

/// An organisation to be put on record.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct CreateRequest {
    id: String,
    kind: String,
    name: String,
    #[serde(default)]
    name_en: Option<String>,
    #[serde(default)]
    corporate_number: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

/// What is known of an organisation from now on; what is left out is known no more.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ChangeRequest {
    name: String,
    #[serde(default)]
    name_en: Option<String>,
    #[serde(default)]
    corporate_number: Option<String>,
    reason: String,
}

/// For what an evaluation body is accredited.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct AccreditRequest {
    levels: Vec<String>,
    /// Left out: every category.
    #[serde(default)]
    categories: Option<Vec<String>>,
    valid_from: UnixTime,
    valid_until: UnixTime,
    reason: String,
}

impl CreateRequest {
    /// Checks everything, and tells all that is wrong at once.
    pub(super) fn check(self) -> Result<(NewOrganisation, Option<Reason>), Refusal> {
        let mut fields = Fields::default();
        let id = fields.keep("id", OrganisationId::parse(&self.id));
        let kind = OrganisationKind::parse(&self.kind).ok_or("is no kind of organisation");
        let kind = fields.keep("kind", kind);
        let details =
            details(&mut fields, &self.name, self.name_en.as_deref(), self.corporate_number.as_deref());
        let why = fields.keep_some("reason", self.reason.as_deref(), Reason::parse);
        let new = (|| Some(NewOrganisation { id: id?, kind: kind?, details: details? }))();
        fields.done(new.map(|new| (new, why)))
    }
}

impl ChangeRequest {
    /// Checks everything, and tells all that is wrong at once.
    pub(super) fn check(self) -> Result<(Details, Reason), Refusal> {
        let mut fields = Fields::default();
        let details =
            details(&mut fields, &self.name, self.name_en.as_deref(), self.corporate_number.as_deref());
        let why = fields.keep("reason", Reason::parse(&self.reason));
        fields.done(details.zip(why))
    }
}

impl AccreditRequest {
    /// Checks everything, and tells all that is wrong at once.
    pub(super) fn check(self) -> Result<(Accreditation, Reason), Refusal> {
        let mut fields = Fields::default();
        let levels = fields.words("levels", &self.levels, |word| Level::parse(word).ok());
        let categories = match &self.categories {
            None => Categories::All,
            Some(listed) => {
                Categories::Only(fields.words("categories", listed, |word| Category::parse(word).ok()))
            }
        };
        let valid = Window { from: self.valid_from, until: self.valid_until };
        let accreditation = fields.keep("levels", Accreditation::new(levels, categories, valid));
        let why = fields.keep("reason", Reason::parse(&self.reason));
        fields.done(accreditation.zip(why))
    }
}

fn details(
    fields: &mut Fields,
    name: &str,
    name_en: Option<&str>,
    corporate_number: Option<&str>,
) -> Option<Details> {
    let name = fields.keep("name", Name::parse(name));
    let name_en = fields.keep_some("name_en", name_en, Name::parse);
    let corporate_number = fields.keep_some("corporate_number", corporate_number, CorporateNumber::parse);
    Some(Details { name: name?, name_en, corporate_number })
}
