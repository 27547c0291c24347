//! Documents of the scheme as cases of the registry.

use serde::{Serialize, de::DeserializeOwned};
use shirushi_shared::{label::RegistrationNumber, status::Revision, time::UnixTime};

use super::{Desk, DeskError};
use crate::{
    registry::{Case, CaseQuery, CaseWrite, Kind, RegistryError, Write, Written},
    scheme::{
        application::{Application, ApplicationState},
        decision::{Decision, Proposal},
        notice::ChangeNotice,
        organisation::Organisation,
        policy::{Edition, PolicyBook},
        sighting::{Seen, Sighting},
        standing::{Advisory, AdvisoryState, Duty},
    },
    service::caller::Caller,
};

/// A document with what the registry notes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed<T> {
    /// The document.
    pub document: T,
    /// Counts up with every change.
    pub revision: Revision,
    /// Whose it is.
    pub owner: Option<String>,
    /// When it was opened.
    pub opened: UnixTime,
    /// When it was changed last.
    pub changed: UnixTime,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// The cases, in the order of their names.
    pub cases: Vec<Filed<T>>,
    /// After which the next page begins, where there is one.
    pub next: Option<String>,
}

/// Which part of a list.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those about this registration.
    pub number: Option<RegistrationNumber>,
    /// Only those after this name.
    pub after: Option<String>,
    /// At most so many, up to [`Page::MOST`].
    pub limit: u32,
}

impl Page {
    /// Most cases of a page.
    pub const MOST: u32 = 100;

    pub(super) fn size(&self) -> usize {
        usize::try_from(self.limit.clamp(1, Self::MOST)).unwrap_or(1)
    }

    pub(super) fn query(self, kind: Kind) -> CaseQuery {
        CaseQuery {
            state: self.state,
            number: self.number,
            after: self.after,
            ..CaseQuery::of(kind, self.limit.clamp(1, Self::MOST) + 1)
        }
    }
}

/// What is kept as a case.
pub trait Document: Serialize + DeserializeOwned {
    /// The kind of case.
    const KIND: Kind;
    /// Its name, unique within the kind.
    fn name(&self) -> &str;
    /// The word of its state, as it was written.
    fn state(&self) -> &'static str;
    /// The word of its state at `at`: some change by themselves.
    fn state_at(&self, at: UnixTime) -> &'static str;
    /// The registration that it is about.
    fn about(&self) -> Option<&RegistrationNumber>;
}

macro_rules! documents {
    ($($type:ty: $kind:ident, |$it:ident, $at:ident| $name:expr, $state:expr, $state_at:expr, $about:expr;)+) => {$(
        impl Document for $type {
            const KIND: Kind = Kind::$kind;
            fn name(&self) -> &str {
                let $it = self;
                $name
            }
            fn state(&self) -> &'static str {
                let $it = self;
                let _ = $it;
                $state
            }
            fn state_at(&self, $at: UnixTime) -> &'static str {
                let $it = self;
                let _ = $it;
                $state_at
            }
            fn about(&self) -> Option<&RegistrationNumber> {
                let $it = self;
                let _ = $it;
                $about
            }
        }
    )+};
}
documents! {
    Application: Application, |it, _at| it.id().as_str(), it.state().name(), Document::state(it), match it.state() {
        ApplicationState::Approved { number, .. } => Some(number),
        _ => None,
    };
    Decision: Decision, |it, at| it.id().as_str(), it.as_recorded().name(), it.state(at).name(), match it.what() {
        Proposal::IssueDirect { .. } => None,
        Proposal::Extend { number, .. }
        | Proposal::Revoke { number, .. }
        | Proposal::Supersede { number, .. } => Some(number),
    };
    ChangeNotice: Notice, |it, _at| it.id().as_str(), it.state().name(), Document::state(it), Some(it.number());
    Advisory: Advisory, |it, _at| it.id().as_str(), match it.state() {
        AdvisoryState::Open => "open",
        AdvisoryState::Fixed { .. } => "fixed",
        AdvisoryState::Closed { .. } => "closed",
    }, Document::state(it), Some(&it.about().number);
    Duty: Duty, |it, _at| it.id().as_str(), if it.delivered().is_some() { "delivered" } else { "due" },
        Document::state(it), Some(it.about().0);
    Sighting: Sighting, |it, _at| it.id().as_str(), it.state().name(), Document::state(it),
        it.about().seen.as_ref().and_then(Seen::number);
    Organisation: Organisation, |it, _at| it.id.as_str(), "on_record", Document::state(it), None;
    PolicyBook: Policy, |it, _at| it.id(), "book", Document::state(it), None;
    Edition: Policy, |it, _at| it.id(), "edition", Document::state(it), None;
}

/// The document of a case.
pub(super) fn read<T: DeserializeOwned>(case: Case) -> Result<Filed<T>, DeskError> {
    let document = serde_json::from_str(&case.document).map_err(|_| RegistryError::Corrupt {
        table: "cases",
        column: "document",
        row: case.id.clone(),
    })?;
    let Case { revision, owner, opened, changed, .. } = case;
    Ok(Filed { document, revision, owner, opened, changed })
}

/// A write of `document`: new where `before` is none, else the next revision of it.
pub(super) fn write<T: Document>(
    document: &T,
    before: Option<Revision>,
    owner: Option<&str>,
    what: &str,
    why: Option<String>,
) -> Result<CaseWrite, DeskError> {
    let json = serde_json::to_string(document).map_err(|error| RegistryError::Unavailable(error.into()))?;
    Ok(CaseWrite {
        kind: T::KIND,
        id: document.name().to_owned(),
        expected: before,
        owner: owner.map(str::to_owned),
        number: document.about().cloned(),
        state: document.state().to_owned(),
        document: json,
        what: what.to_owned(),
        why,
    })
}

/// How often another number is drawn because the first is given already.
pub(super) const TRIES: u32 = 20;

impl Desk {
    /// The case `id`, where there is one.
    pub(super) async fn case<T: Document>(&self, id: &str) -> Result<Filed<T>, DeskError> {
        let case = self.registry.case(T::KIND, id).await?.ok_or(DeskError::NotFound)?;
        read(case)
    }

    /// Writes the next revision of a case alone.
    pub(super) async fn put<T: Document>(
        &self,
        before: &Filed<T>,
        document: T,
        what: &str,
        why: Option<String>,
        caller: &Caller,
    ) -> Result<Filed<T>, DeskError> {
        let write = write(&document, Some(before.revision), before.owner.as_deref(), what, why)?;
        let written = self.issuer.commit(vec![Write::Case(write)], &caller.actor).await?;
        Ok(filed(before, document, &written, self.clock.now()))
    }

    /// Opens a case under a number that is drawn: random, so that no number tells how many there are of others.
    pub(super) async fn open<T: Document>(
        &self,
        make: impl Fn(u16, u32) -> Result<T, DeskError>,
        owner: &str,
        what: &str,
        caller: &Caller,
    ) -> Result<Filed<T>, DeskError> {
        let now = self.clock.now();
        let year = u16::try_from(now.date_at(9 * 3600).year).unwrap_or(9999);
        let mut tries = 0;
        loop {
            tries += 1;
            let document = make(year, getrandom::u32()? % 1_000_000)?;
            let write = write(&document, None, Some(owner), what, None)?;
            match self.issuer.commit(vec![Write::Case(write)], &caller.actor).await {
                Ok(_) => {
                    let (revision, owner) = (Revision::FIRST, Some(owner.to_owned()));
                    return Ok(Filed { document, revision, owner, opened: now, changed: now });
                }
                Err(RegistryError::CaseExists { .. }) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// The case as it is after `written`.
pub(super) fn filed<T>(before: &Filed<T>, document: T, written: &[Written], now: UnixTime) -> Filed<T> {
    let revision = written.iter().find_map(|written| match written {
        Written::Case(revision) => Some(*revision),
        Written::Label(_) => None,
    });
    Filed {
        document,
        revision: revision.unwrap_or_else(|| before.revision.next()),
        owner: before.owner.clone(),
        opened: before.opened,
        changed: now,
    }
}

/// Refuses a caller who has seen another revision than the present one.
pub(super) fn seen<T>(filed: Filed<T>, expected: Option<Revision>) -> Result<Filed<T>, DeskError> {
    match expected {
        Some(expected) if expected != filed.revision => {
            Err(RegistryError::Conflict { expected, found: filed.revision }.into())
        }
        _ => Ok(filed),
    }
}
