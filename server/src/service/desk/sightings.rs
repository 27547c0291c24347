//! Reports of suspicious labels: put on record for anybody, looked into by the operator.
//!
//! Whoever reports has no account, so nothing is asked of the table of access; how much is taken is bounded by `http`.

use bytes::Bytes;
use shirushi_shared::status::Revision;

use super::{
    Desk, DeskError, Filed, Listed,
    cases::{Page, TRIES, seen, write},
};
use crate::{
    registry::{Actor, RegistryError, Write},
    scheme::{
        access::Action,
        sighting::{NewSighting, Reference, Sighting},
        text::Reason,
    },
    service::caller::Caller,
};

/// Who reported, as the history has it: nobody knows, and nobody asked.
const PUBLIC: &str = "public";

impl Desk {
    /// Puts a report on record, with its photograph, which was made anew by `service::photograph`. The photograph is kept
    /// first: a report that was answered is whole, whatever happens then.
    pub async fn report(
        &self,
        mut about: NewSighting,
        photograph: Option<Vec<u8>>,
    ) -> Result<Filed<Sighting>, DeskError> {
        if let Some(jpeg) = photograph {
            about.photograph = Some(self.keep(jpeg).await?);
        }
        about.check().map_err(|error| DeskError::of_field("account", &error))?;
        let now = self.clock.now();
        let mut tries = 0;
        loop {
            tries += 1;
            let document = Sighting::report(Reference::of(getrandom::u64()?), about.clone(), now);
            let write = write(&document, None, None, "reported", None)?;
            match self.issuer.commit(vec![Write::Case(write)], &Actor::here(PUBLIC)).await {
                Ok(_) => {
                    let revision = Revision::FIRST;
                    return Ok(Filed { document, revision, owner: None, opened: now, changed: now });
                }
                Err(RegistryError::CaseExists { .. }) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The report `id`, for whoever knows its reference. Of what it comes to, its state is for the public.
    pub async fn reported(&self, id: &Reference) -> Result<Filed<Sighting>, DeskError> {
        self.case(id.as_str()).await
    }

    /// Reports, in the order of their references.
    pub async fn sightings(&self, caller: &Caller, page: Page) -> Result<Listed<Sighting>, DeskError> {
        self.list(caller, Action::SightingRead, page).await
    }

    /// The report `id`.
    pub async fn sighting(&self, caller: &Caller, id: &Reference) -> Result<Filed<Sighting>, DeskError> {
        caller.permit.decide(Action::SightingRead, None)?;
        self.case(id.as_str()).await
    }

    /// Takes it up.
    pub async fn take_sighting(
        &self,
        caller: &Caller,
        id: &Reference,
        expected: Option<Revision>,
    ) -> Result<Filed<Sighting>, DeskError> {
        let before = self.handled(caller, id, expected).await?;
        let next = before.document.clone().take(caller.person.clone(), self.clock.now())?;
        self.put(&before, next, "taken_up", None, caller).await
    }

    /// Closes it.
    pub async fn close_sighting(
        &self,
        caller: &Caller,
        id: &Reference,
        finding: Reason,
        expected: Option<Revision>,
    ) -> Result<Filed<Sighting>, DeskError> {
        let before = self.handled(caller, id, expected).await?;
        let why = Some(finding.to_string());
        let next = before.document.clone().close(finding, caller.person.clone(), self.clock.now())?;
        self.put(&before, next, "closed", why, caller).await
    }

    /// Its photograph, a JPEG.
    pub async fn sighting_photograph(&self, caller: &Caller, id: &Reference) -> Result<Bytes, DeskError> {
        let filed = self.handled(caller, id, None).await?;
        let digest = filed.document.about().photograph.ok_or(DeskError::NotFound)?;
        self.evidence_bytes(&digest).await?.ok_or(DeskError::NotFound)
    }

    async fn handled(
        &self,
        caller: &Caller,
        id: &Reference,
        expected: Option<Revision>,
    ) -> Result<Filed<Sighting>, DeskError> {
        caller.permit.decide(Action::SightingHandle, None)?;
        seen(self.case(id.as_str()).await?, expected)
    }
}
