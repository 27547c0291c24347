//! What the lists have to say of a label, as evidence for the verdict. Nothing is decided here.

use shirushi_shared::{
    index::ProductIndex,
    label::RegistrationNumber,
    status::{
        StatusEvidence, StatusSource,
        list::{ListedStatus, SignedStatusList},
    },
    time::UnixTime,
    token::VerifiedToken,
    verdict::{Freshness, TokenCheck},
};

use crate::Lists;

impl Lists {
    /// The evidence on what was presented.
    ///
    /// A number alone has none: the status list is by the places that tokens name. What the index says of it is told, and
    /// its status stays unknown.
    pub(crate) fn evidence(&self, check: &TokenCheck, now: UnixTime, bounds: Freshness) -> StatusEvidence {
        let (TokenCheck::Verified(token), Some((trust, _)), Some((_, status))) =
            (check, &self.trust, &self.status)
        else {
            return StatusEvidence::None;
        };
        // Keys that are known by an expired list may have been withdrawn since; one from the future is a wrong clock.
        if now >= trust.window.until || trust.window.from.since(now) > bounds.skew {
            return StatusEvidence::None;
        }
        match &self.index {
            Some((_, index)) => by_both(token, status, index, now),
            None => taken_back(status.evidence(token.claims.status_index, None)),
        }
    }

    /// What the index has on `number`.
    pub(crate) fn index(&self) -> Option<&ProductIndex> {
        self.index.as_ref().map(|(_, index)| index)
    }

    /// The registration that lists a GTIN; with several, the one with the highest number, as the service has it.
    pub(crate) fn with_gtin(&self, gtin: shirushi_shared::registration::Gtin) -> Option<RegistrationNumber> {
        let listed = self.index()?.registrations().map(|entry| &entry.registration);
        let with =
            listed.filter(|registration| registration.models().any(|(_, model)| model.gtin == Some(gtin)));
        with.map(|registration| registration.number.clone()).max()
    }
}

/// The status list says what was decided; the index whether the registry has it at all, and its validity. The evidence is
/// as old as the list, and ends with whichever ends first.
fn by_both(
    token: &VerifiedToken,
    status: &SignedStatusList,
    index: &ProductIndex,
    now: UnixTime,
) -> StatusEvidence {
    let (number, place) = (&token.claims.number, token.claims.status_index);
    if index.find(number).is_none() {
        let (as_of, source) = (index.window.from, StatusSource::StatusList);
        // A label that is younger than the index may well be on record since.
        return if token.claims.issued < as_of {
            StatusEvidence::Unregistered { as_of, source }
        } else {
            taken_back(status.evidence(place, None))
        };
    }
    match status.evidence(place, index.valid(number, now)) {
        StatusEvidence::Listed { status, as_of, until, valid } => {
            StatusEvidence::Listed { status, as_of, until: until.min(index.window.until), valid }
        }
        other => other,
    }
}

/// Only what the operator took back. A place that was never given out reads as valid, so that without the index's word
/// there is nothing good to be known from the list.
fn taken_back(evidence: StatusEvidence) -> StatusEvidence {
    match evidence {
        StatusEvidence::Listed { status: ListedStatus::Revoked | ListedStatus::Suspended, .. } => evidence,
        _ => StatusEvidence::None,
    }
}
