//! Lists: made, changed, shown.

use std::{collections::BTreeSet, fmt};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use shirushi_shared::label::RegistrationNumber;
use zeroize::Zeroizing;

use super::{Happening, MAX_NUMBERS, MAX_WATCHES, Told, Watch, WatchError, WatchId, WatchLists, may};
use crate::{
    registry::{
        RegistryError,
        watch::{NewWatch, WatchEvent},
    },
    scheme::{access::Action, text::Name},
    service::caller::Caller,
    webhook::NoSecret,
};

/// Letters of a page's secret: 16 bytes in base64url.
const SECRET: usize = 22;

/// The secret in the address of a list's page: whoever has it sees the page. The registry keeps its SHA-256.
pub struct PageSecret(Zeroizing<String>);

impl PageSecret {
    fn generate() -> Result<Self, NoSecret> {
        let mut bytes = Zeroizing::new([0; 16]);
        getrandom::fill(bytes.as_mut_slice())?;
        Ok(Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()))))
    }

    /// Reads one from an address; `None` where it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == SECRET
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        fits.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for PageSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageSecret(redacted)")
    }
}

/// A list that was made.
pub struct MadeWatch {
    /// The list.
    pub watch: Watch,
    /// The address of its page, told this once.
    pub page: Zeroizing<String>,
}

/// A list's page.
#[derive(Debug)]
pub struct ListPage {
    /// The list.
    pub watch: Watch,
    /// What happened, newest first.
    pub happenings: Vec<Happening>,
    /// Before which older ones follow, where there are any.
    pub older: Option<u64>,
}

impl WatchLists {
    /// Makes a list. What is written from now on is told; a number may be one that is not registered yet.
    pub async fn create(
        &self,
        name: &Name,
        numbers: Vec<RegistrationNumber>,
        caller: &Caller,
    ) -> Result<MadeWatch, WatchError> {
        caller.may(Action::WatchWrite, None)?;
        let numbers = distinct(numbers)?;
        let (id, secret) = (WatchId::of(random()?), PageSecret::generate()?);
        let new = NewWatch {
            id: id.clone(),
            owner: caller.organisation().to_string(),
            name: name.to_string(),
            page_sha256: secret.digest(),
            created: self.clock.now(),
            numbers,
        };
        if !self.watches.add_watch(&new, MAX_WATCHES).await? {
            return Err(WatchError::TooManyWatches);
        }
        tracing::info!(watch = id.as_str(), numbers = new.numbers.len(), "a watch list was made");
        let watch = self.existing(&id).await?;
        Ok(MadeWatch { watch, page: Zeroizing::new(format!("{}/watch/{}", self.origin, *secret.0)) })
    }

    /// Gives a list another name, other numbers, or both.
    pub async fn change(
        &self,
        id: &WatchId,
        name: Option<&Name>,
        numbers: Option<Vec<RegistrationNumber>>,
        caller: &Caller,
    ) -> Result<Watch, WatchError> {
        self.own(id, Action::WatchWrite, caller).await?;
        let numbers = numbers.map(distinct).transpose()?;
        self.watches.change_watch(id, name.map(Name::as_str), numbers.as_deref()).await?;
        self.existing(id).await
    }

    /// Deletes a list with its page; gives it as it was.
    pub async fn delete(&self, id: &WatchId, caller: &Caller) -> Result<Watch, WatchError> {
        let watch = self.own(id, Action::WatchWrite, caller).await?;
        self.watches.remove_watch(id).await?;
        tracing::info!(watch = id.as_str(), "a watch list was deleted");
        Ok(watch)
    }

    /// The lists of the caller's organisation.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<Watch>, WatchError> {
        caller.may(Action::WatchRead, None)?;
        Ok(self.watches.watches_of(caller.organisation().as_str()).await?)
    }

    /// A list, with up to `limit` of its numbers after `after`, and whether there are more.
    pub async fn show(
        &self,
        id: &WatchId,
        after: Option<&RegistrationNumber>,
        limit: u32,
        caller: &Caller,
    ) -> Result<(Watch, Vec<RegistrationNumber>, bool), WatchError> {
        let watch = self.own(id, Action::WatchRead, caller).await?;
        let mut numbers = self.watches.watched(id, after, limit.saturating_add(1)).await?;
        let more = numbers.len() > to_usize(limit);
        numbers.truncate(to_usize(limit));
        Ok((watch, numbers, more))
    }

    /// Up to `limit` happenings of a list after `after`, oldest first.
    pub async fn changes(
        &self,
        id: &WatchId,
        after: u64,
        limit: u32,
        caller: &Caller,
    ) -> Result<Vec<Happening>, WatchError> {
        self.own(id, Action::WatchRead, caller).await?;
        let events = self.watches.events_after(id, after, limit).await?;
        Ok(events.into_iter().map(happening).collect::<Result<_, _>>()?)
    }

    /// The page behind `secret`, for whoever has it.
    pub async fn page(
        &self,
        secret: &PageSecret,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Option<ListPage>, RegistryError> {
        let Some(watch) = self.watches.watch_by_page(&secret.digest()).await? else { return Ok(None) };
        let mut events = self.watches.events_before(&watch.id, before, limit.saturating_add(1)).await?;
        let more = events.len() > to_usize(limit);
        events.truncate(to_usize(limit));
        let older = events.last().filter(|_| more).map(|last| last.sequence);
        let happenings = events.into_iter().map(happening).collect::<Result<_, _>>()?;
        Ok(Some(ListPage { watch, happenings, older }))
    }

    async fn existing(&self, id: &WatchId) -> Result<Watch, WatchError> {
        self.watches.watch(id).await?.ok_or_else(|| WatchError::NoWatch(id.clone()))
    }

    /// The list `id`, where it is the caller's to do `action` to; else the answer of one that never was.
    async fn own(&self, id: &WatchId, action: Action, caller: &Caller) -> Result<Watch, WatchError> {
        caller.may(action, None)?;
        let watch = self.existing(id).await?;
        if may(caller, action, &watch.owner) { Ok(watch) } else { Err(WatchError::NoWatch(id.clone())) }
    }
}

/// Random bytes for a name.
pub(super) fn random() -> Result<[u8; 12], NoSecret> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Each number once.
fn distinct(numbers: Vec<RegistrationNumber>) -> Result<Vec<RegistrationNumber>, WatchError> {
    if numbers.len() > MAX_NUMBERS {
        return Err(WatchError::TooManyNumbers);
    }
    Ok(numbers.into_iter().collect::<BTreeSet<_>>().into_iter().collect())
}

fn happening(event: WatchEvent) -> Result<Happening, RegistryError> {
    let told: Told = serde_json::from_str(&event.data).map_err(|_| RegistryError::Corrupt {
        table: "watch_events",
        column: "data",
        row: event.sequence.to_string(),
    })?;
    Ok(Happening { id: event.id, sequence: event.sequence, kind: event.kind, told })
}

fn to_usize(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
