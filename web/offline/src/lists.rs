//! The three signed lists: taken in when they are believed and not older than what was seen.

use shirushi_shared::{
    index::{IndexError, ProductIndex},
    key::{KeyRing, PublicKey},
    status::list::{SignedStatusList, StatusListError},
    time::UnixTime,
    trust::{TrustError, TrustList},
};

use crate::Memory;

/// What is believed at present.
#[derive(Debug)]
pub struct Lists {
    memory: Memory,
    /// The pin that the page names. It came with the code that runs here, and is what a checker falls back on.
    page: PublicKey,
    /// With its keys, by which every label is checked.
    pub(crate) trust: Option<(TrustList, KeyRing)>,
    /// With its bytes, which are read again when the keys change.
    pub(crate) status: Option<(Vec<u8>, SignedStatusList)>,
    pub(crate) index: Option<(Vec<u8>, ProductIndex)>,
}

/// How old the lists are, by their own word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ages {
    /// Issue of the status list.
    pub status: Option<UnixTime>,
    /// Issue of the product index.
    pub index: Option<UnixTime>,
    /// When the first of all of them expires.
    pub until: Option<UnixTime>,
}

/// Why a list is not taken in.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The trust list is not believed.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The status list is not believed.
    #[error(transparent)]
    Status(#[from] StatusListError),
    /// The product index is not believed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// Good, and older than one that was seen.
    #[error("older than what was seen before")]
    Older,
    /// The trust list wants a later checker than this.
    #[error("the trust list is for later checkers than this one")]
    LaterChecker,
    /// There is no trust list to believe it by, or it names no such list.
    #[error("no trust list says whom to believe")]
    NoTrust,
}

impl Lists {
    /// Nothing yet, for a page that pins `page`, going on from `memory` where there is one.
    pub fn new(page: PublicKey, memory: Option<Memory>) -> Self {
        let memory = memory.unwrap_or_else(|| Memory::new(page.clone()));
        Self { memory, page, trust: None, status: None, index: None }
    }

    /// What is not to be forgotten.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Thumbprint of the key by which the next trust list is wanted.
    pub fn wanted_pin(&self) -> String {
        self.memory.next.as_ref().unwrap_or(&self.memory.pin).id().to_string()
    }

    /// The service has no trust list by our pin any more: that key is in wrong hands, or gone. The page's own is pinned
    /// instead. It came from the service together with this code, over an encrypted line; there is nobody else to ask.
    pub fn pin_is_gone(&mut self) {
        self.memory.pin = self.page.clone();
        self.memory.next = None;
    }

    /// Takes in a trust list.
    pub fn take_trust(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let by_next = self.memory.next.as_ref().and_then(|next| TrustList::open(bytes, next).ok());
        let list = match by_next {
            Some(list) => {
                if let Some(next) = self.memory.next.take() {
                    self.memory.pin = next;
                }
                list
            }
            None => TrustList::open(bytes, &self.memory.pin)?,
        };
        // Whoever holds a retired key can go on signing with it: by it, nothing is read that was not read before.
        let outdated = self.memory.next.is_some() && list.version != self.memory.trust;
        if list.version < self.memory.trust || outdated {
            return Err(Refused::Older);
        }
        let next = list.next_pin(&self.memory.pin);
        if next.is_err() {
            (self.trust, self.status, self.index) = (None, None, None);
        }
        let next = next?;
        self.memory.next = (*next != self.memory.pin).then(|| next.clone());
        self.memory.trust = list.version;
        if version(&list.least_checker) > version(env!("CARGO_PKG_VERSION")) {
            (self.trust, self.status, self.index) = (None, None, None);
            return Err(Refused::LaterChecker);
        }
        let ring = list.ring();
        self.trust = Some((list, ring));
        // What an earlier list's keys have signed is read again by this one's.
        if let Some((bytes, _)) = self.status.take() {
            let _ = self.take_status(bytes);
        }
        if let Some((bytes, _)) = self.index.take() {
            let _ = self.take_index(bytes);
        }
        Ok(())
    }

    /// Takes in a status list.
    pub fn take_status(&mut self, bytes: Vec<u8>) -> Result<(), Refused> {
        let (trust, ring) = self.trust.as_ref().ok_or(Refused::NoTrust)?;
        let mut refused = Refused::NoTrust;
        for uri in &trust.status_lists {
            match SignedStatusList::open(&bytes, uri, ring) {
                Ok(list) if list.window.from < self.memory.status => return Err(Refused::Older),
                Ok(list) => {
                    self.memory.status = list.window.from;
                    self.status = Some((bytes, list));
                    return Ok(());
                }
                Err(error) => refused = error.into(),
            }
        }
        Err(refused)
    }

    /// Takes in a product index.
    pub fn take_index(&mut self, bytes: Vec<u8>) -> Result<(), Refused> {
        let (_, ring) = self.trust.as_ref().ok_or(Refused::NoTrust)?;
        let index = ProductIndex::open(&bytes, ring)?;
        if index.version < self.memory.index {
            return Err(Refused::Older);
        }
        self.memory.index = index.version;
        self.index = Some((bytes, index));
        Ok(())
    }

    /// How old they are.
    pub fn ages(&self) -> Ages {
        let (status, index) = (self.status.as_ref(), self.index.as_ref());
        let windows = [
            self.trust.as_ref().map(|(list, _)| list.window),
            status.map(|(_, list)| list.window),
            index.map(|(_, list)| list.window),
        ];
        Ages {
            status: windows[1].map(|window| window.from),
            index: windows[2].map(|window| window.from),
            until: windows.iter().flatten().map(|window| window.until).min(),
        }
    }
}

/// `1.20.3` as numbers, which compare as versions do. What is no number counts as the lowest.
fn version(text: &str) -> [u32; 3] {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    core::array::from_fn(|_| parts.next().unwrap_or(0))
}
