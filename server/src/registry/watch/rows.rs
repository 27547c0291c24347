//! What is on record of lists, endpoints, events and deliveries.

use std::fmt;

use shirushi_shared::{label::RegistrationNumber, status::StatusRecord, time::UnixTime};
use zeroize::Zeroizing;

use super::{EndpointId, EventId, WatchId};
use crate::registry::Position;

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

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is still to be made.
    Pending,
    /// It was made.
    Delivered,
    /// It was given up: a dead letter, which can be replayed.
    Dead,
}

impl DeliveryState {
    /// The state's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }

    /// The state of this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Delivered, Self::Dead].into_iter().find(|state| state.as_str() == word)
    }
}

/// A delivery, to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its place in the order.
    pub sequence: u64,
    /// `webhook-id`.
    pub id: EventId,
    /// The label; none of a test.
    pub number: Option<String>,
    /// What kind of event, as a word.
    pub kind: String,
    /// How it stands.
    pub state: DeliveryState,
    /// Attempts that were begun.
    pub attempts: u64,
    /// When the next one is due, where it is pending.
    pub next_attempt: UnixTime,
    /// What the last one came to, in a word.
    pub answer: Option<String>,
    /// When it was put on record.
    pub created: UnixTime,
    /// When it was delivered or given up.
    pub settled: Option<UnixTime>,
}

/// A delivery to be put on record, due at once.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    /// `webhook-id`, the same whoever makes it of the same happening.
    pub id: EventId,
    /// To where.
    pub endpoint: EndpointId,
    /// The label; none of a test.
    pub number: Option<RegistrationNumber>,
    /// What kind of event, as a word.
    pub kind: &'static str,
    /// What is sent.
    pub body: String,
}

/// A delivery that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Its place in the order.
    pub sequence: u64,
    /// `webhook-id`.
    pub id: EventId,
    /// What is sent.
    pub body: String,
    /// Attempts that were begun before.
    pub attempts: u64,
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What follows.
    pub then: Settled,
    /// What it came to, in a word.
    pub answer: String,
}

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It was delivered at this instant.
    Delivered(UnixTime),
    /// It is tried again then.
    Again(UnixTime),
    /// It was given up at this instant.
    Dead(UnixTime),
}

/// A list that holds a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watcher {
    /// The label.
    pub number: RegistrationNumber,
    /// The list.
    pub watch: WatchId,
    /// Whose it is.
    pub owner: String,
    /// It is told of what was written after this.
    pub since: Position,
}

/// A change of a label, as the history tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelChange {
    /// Where it was written.
    pub position: Position,
    /// When.
    pub at: UnixTime,
    /// What happened, as the history's word.
    pub what: String,
    /// The status before; none of a new one.
    pub before: Option<StatusRecord>,
    /// The status from then on.
    pub after: StatusRecord,
}

/// What a carrier writes at once.
#[derive(Clone, Debug)]
pub struct Carried {
    /// The cursor that moves, from where to where; none of a test.
    pub cursor: Option<(&'static str, u64, u64)>,
    /// What happened, for the lists.
    pub events: Vec<NewEvent>,
    /// What is to be told.
    pub deliveries: Vec<NewDelivery>,
    /// Now.
    pub at: UnixTime,
}

/// What is to be told, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WebhookCounts {
    /// Pending deliveries.
    pub pending: u64,
    /// Dead ones.
    pub dead: u64,
    /// When the oldest pending one was put on record.
    pub oldest: Option<UnixTime>,
}
