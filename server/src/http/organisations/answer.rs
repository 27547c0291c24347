//! An organisation over the wire.

use axum::{http::HeaderMap, response::Response};
use serde::Serialize;
use shirushi_shared::{
    label::{Category, Level},
    registration::CorporateNumber,
    time::UnixTime,
};

use crate::{
    http::{extract::Json, revision::revision_tag},
    scheme::{
        organisation::{Accreditation, Categories, OrganisationId, OrganisationKind},
        text::{Name, Reason},
    },
    service::organisations::OnRecord,
};

/// An organisation as those may read it who may.
#[derive(Serialize)]
pub(super) struct OrganisationAnswer {
    id: OrganisationId,
    kind: OrganisationKind,
    name: Name,
    name_en: Option<Name>,
    corporate_number: Option<CorporateNumber>,
    /// The present suspension.
    suspended: Option<SuspensionAnswer>,
    accreditations: Vec<AccreditationAnswer>,
    revision: u64,
}

#[derive(Serialize)]
struct SuspensionAnswer {
    since: UnixTime,
    reason: Reason,
}

#[derive(Serialize)]
struct AccreditationAnswer {
    /// By which it is withdrawn.
    place: usize,
    levels: Vec<Level>,
    /// `None`: every category.
    categories: Option<Vec<Category>>,
    valid_from: UnixTime,
    valid_until: UnixTime,
    withdrawn: Option<UnixTime>,
    withdrawal_reason: Option<Reason>,
}

impl OrganisationAnswer {
    /// `found` as it is at `now`.
    pub(super) fn new(OnRecord { organisation, revision }: &OnRecord, now: UnixTime) -> Self {
        let suspended = organisation
            .suspended(now)
            .map(|one| SuspensionAnswer { since: one.since, reason: one.reason.clone() });
        Self {
            id: organisation.id.clone(),
            kind: organisation.kind(),
            name: organisation.name.clone(),
            name_en: organisation.name_en.clone(),
            corporate_number: organisation.corporate_number,
            suspended,
            accreditations: organisation.accreditations().iter().enumerate().map(accreditation).collect(),
            revision: revision.get(),
        }
    }
}

fn accreditation((place, one): (usize, &Accreditation)) -> AccreditationAnswer {
    let (levels, categories) = one.scope();
    let (valid, withdrawn) = one.valid();
    AccreditationAnswer {
        place,
        levels: levels.iter().copied().collect(),
        categories: match categories {
            Categories::All => None,
            Categories::Only(listed) => Some(listed.iter().copied().collect()),
        },
        valid_from: valid.from,
        valid_until: valid.until,
        withdrawn: withdrawn.map(|withdrawn| withdrawn.at),
        withdrawal_reason: withdrawn.map(|withdrawn| withdrawn.reason.clone()),
    }
}

/// `found` with its revision as the tag.
pub(super) fn answer(found: &OnRecord, now: UnixTime) -> Response {
    let tag = revision_tag(found.revision.get());
    tag.guard(&HeaderMap::new(), Json(OrganisationAnswer::new(found, now)))
}
