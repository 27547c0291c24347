//! What is to be told: from a change in the history to what an attempt came to.

use shirushi_shared::{label::RegistrationNumber, status::StatusRecord, time::UnixTime};

use super::{EndpointId, EventId, NewEvent, WatchId};
use crate::registry::Position;

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
