//! What a checker must not forget between two visits: whom it believes, and how far it has come.

use shirushi_shared::{key::PublicKey, time::UnixTime};

/// The pinned trust key and the latest of each list that was seen. Nothing older is believed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The trust key that was pinned when the checker was installed, or the one that came after it.
    pub pin: PublicKey,
    /// The key that the pinned one has been retired for, until a list by it was seen.
    pub next: Option<PublicKey>,
    /// Version of the trust list.
    pub trust: u64,
    /// Version of the product index.
    pub index: u64,
    /// Issue of the status list.
    pub status: UnixTime,
}

impl Memory {
    /// A checker that was just installed, with this pin.
    pub const fn new(pin: PublicKey) -> Self {
        Self { pin, next: None, trust: 0, index: 0, status: UnixTime::EPOCH }
    }

    /// As text, to be kept.
    pub fn to_text(&self) -> String {
        let next = self.next.as_ref().map_or_else(|| "-".to_owned(), PublicKey::to_hex);
        let Self { pin, trust, index, status, .. } = self;
        [pin.to_hex(), next, trust.to_string(), index.to_string(), status.as_secs().to_string()].join(" ")
    }

    /// What [`Self::to_text`] wrote; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let mut word = || words.next();
        let pin = PublicKey::parse(word()?).ok()?;
        let next = match word()? {
            "-" => None,
            next => Some(PublicKey::parse(next).ok()?),
        };
        let (trust, index) = (word()?.parse().ok()?, word()?.parse().ok()?);
        let status = UnixTime::from_secs(word()?.parse().ok()?).ok()?;
        words.next().is_none().then_some(Self { pin, next, trust, index, status })
    }
}
