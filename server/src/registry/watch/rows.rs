//! What is on record of lists, events and endpoints.

use std::fmt;

use shirushi_shared::{label::RegistrationNumber, time::UnixTime};
use zeroize::Zeroizing;

use super::{EndpointId, EventId, WatchId};

/// A watch list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Its name for programs.
    pub id: WatchId,
    /// The organisation whose it is.
    pub owner: String,
    /// Its name for people.
    pub name: String,
    /// When it was made.
    pub created: UnixTime,
    /// How many numbers are on it.
    pub numbers: u64,
}

/// A watch list to be put on record.
#[derive(Clone, Debug)]
pub struct NewWatch {
    /// Its name for programs.
    pub id: WatchId,
    /// The organisation whose it is.
    pub owner: String,
    /// Its name for people.
    pub name: String,
    /// SHA-256 of the secret in its page's address.
    pub page_sha256: [u8; 32],
    /// When it was made.
    pub created: UnixTime,
    /// What is on it, each once.
    pub numbers: Vec<RegistrationNumber>,
}

/// What happened to a label on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchEvent {
    /// Its place among all events: later ones have higher ones.
    pub sequence: u64,
    /// Its name.
    pub id: EventId,
    /// The label.
    pub number: RegistrationNumber,
    /// What kind of event, as a word.
    pub kind: String,
    /// When it happened.
    pub at: UnixTime,
    /// What there is to tell, as JSON.
    pub data: String,
}

/// An event to be put on record.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// On which list.
    pub watch: WatchId,
    /// Its name, the same whoever makes it of the same happening.
    pub id: EventId,
    /// The label.
    pub number: RegistrationNumber,
    /// What kind of event, as a word.
    pub kind: &'static str,
    /// When it happened.
    pub at: UnixTime,
    /// What there is to tell, as JSON.
    pub data: String,
}

/// A secret that signs: never shown by `Debug`, wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Keeps `bytes`.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, to sign with and to be stored.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(redacted)")
    }
}

/// Whether an endpoint is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointState {
    /// It is.
    Active,
    /// What is to be told waits.
    Paused,
    /// It answered that it is gone: nothing is told, and nothing waits.
    Disabled,
}

impl EndpointState {
    /// The state's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
        }
    }

    /// The state of this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Active, Self::Paused, Self::Disabled].into_iter().find(|state| state.as_str() == word)
    }
}

/// Where an organisation wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name.
    pub id: EndpointId,
    /// The organisation whose it is.
    pub owner: String,
    /// Its address.
    pub url: String,
    /// What signs.
    pub secret: SecretBytes,
    /// What signed before, and until when it does as well.
    pub previous: Option<(SecretBytes, UnixTime)>,
    /// Whether it is told.
    pub state: EndpointState,
    /// When it was made.
    pub created: UnixTime,
}

/// An endpoint to be put on record.
#[derive(Clone, Debug)]
pub struct NewEndpoint {
    /// Its name.
    pub id: EndpointId,
    /// The organisation whose it is.
    pub owner: String,
    /// Its address.
    pub url: String,
    /// What signs.
    pub secret: SecretBytes,
    /// When it was made.
    pub created: UnixTime,
}
