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
        let next = self.next.as_ref().map_or_else(|| "-".to_owned(), hex);
        let Self { pin, trust, index, status, .. } = self;
        [hex(pin), next, trust.to_string(), index.to_string(), status.as_secs().to_string()].join(" ")
    }

    /// What [`Self::to_text`] wrote; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let mut word = || words.next();
        let pin = key(word()?)?;
        let next = match word()? {
            "-" => None,
            next => Some(key(next)?),
        };
        let (trust, index) = (word()?.parse().ok()?, word()?.parse().ok()?);
        let status = UnixTime::from_secs(word()?.parse().ok()?).ok()?;
        words.next().is_none().then_some(Self { pin, next, trust, index, status })
    }
}

fn hex(key: &PublicKey) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
    key.as_bytes().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The key of 64 hexadecimal digits.
pub(crate) fn key(text: &str) -> Option<PublicKey> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    PublicKey::from_bytes(&bytes).ok()
}
