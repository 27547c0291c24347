//! What there is to tell of a label: as it stands on a list's page, and as it is sent.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use shirushi_shared::{label::RegistrationNumber, status::StatusRecord, time::UnixTime};

use crate::registry::watch::{EndpointId, EventId, LabelChange, WatchId};

/// A change of a label's record.
pub(super) const CHANGED: &str = "label.changed";
/// Its validity ends in so many days.
pub(super) const EXPIRING: &str = "label.expiring";
/// Its validity has ended.
pub(super) const EXPIRED: &str = "label.expired";
/// Somebody wants to see whether anything arrives.
pub(super) const TEST: &str = "webhook.test";

/// Something that happened to a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// Its name, the same at every node and after every restart.
    pub id: EventId,
    /// Its place: later ones have higher ones.
    pub sequence: u64,
    /// What kind of event, as a word.
    pub kind: String,
    /// What there is to tell.
    pub told: Told,
}

/// What there is to tell. No more than anybody can look up: no person, no reason in somebody's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The label.
    pub number: RegistrationNumber,
    /// The revision of its record. A receiver that has seen a higher one knows more already.
    pub revision: u64,
    /// Why, as a word: the history's (`suspended`, `products` …), or `suspension_ended`, `expiring`, `expired`.
    pub reason: String,
    /// Days that are left, where it is about to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// How it was; nothing of a label that was not on record.
    pub before: Option<Seen>,
    /// How it is.
    pub after: Seen,
    /// When it changed.
    pub changed_at: UnixTime,
}

/// A label's record as it is told. The state is the record's word and no verdict: that depends on the day, and is asked for
/// by the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// `active`, `grace`, `suspended` or `revoked`.
    pub status: String,
    /// When its validity ends.
    pub expires: UnixTime,
}

impl Seen {
    /// `record` as it is at `at`.
    pub(super) fn of(record: &StatusRecord, at: UnixTime) -> Self {
        Self { status: record.state.clone().at(at).name().to_owned(), expires: record.valid.until }
    }
}

impl Told {
    /// What `change` tells.
    pub(super) fn of(change: &LabelChange) -> Self {
        Self {
            number: change.after.number.clone(),
            revision: change.after.revision.get(),
            reason: change.what.clone(),
            days: None,
            before: change.before.as_ref().map(|before| Seen::of(before, change.at)),
            after: Seen::of(&change.after, change.at),
            changed_at: change.at,
        }
    }

    /// The name of this happening. Whoever makes it of the same facts gives it the same name, so that what is made twice
    /// is there once. The instant is in it: after a restoration the same revision may be another one.
    pub(super) fn id(&self, kind: &str) -> EventId {
        let (revision, at) = (self.revision.to_string(), self.changed_at.as_secs().to_string());
        let days = self.days.map(|days| days.to_string()).unwrap_or_default();
        digest(&["event", self.number.as_str(), kind, &self.reason, &revision, &at, &days])
    }
}

/// The name of the message that tells `event` to `endpoint`.
pub(super) fn message_id(event: &EventId, endpoint: &EndpointId) -> EventId {
    digest(&["message", event.as_str(), endpoint.as_str()])
}

/// None of the parts holds a line break.
fn digest(parts: &[&str]) -> EventId {
    let digest: [u8; 32] = Sha256::digest(parts.join("\n").as_bytes()).into();
    let mut name = [0; 12];
    name.copy_from_slice(digest.first_chunk::<12>().unwrap_or(&[0; 12]));
    EventId::of(name)
}

/// A message, in the order in which the specification shows its parts.
#[derive(Serialize)]
struct Body<'a, D> {
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: UnixTime,
    data: D,
}

#[derive(Serialize)]
struct Data<'a> {
    number: &'a RegistrationNumber,
    revision: u64,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
    before: Option<&'a Seen>,
    after: &'a Seen,
    changed_at: UnixTime,
    watches: &'a [WatchId],
    link: String,
}

#[derive(Serialize)]
struct Nothing<'a> {
    webhook: &'a EndpointId,
}

/// The message that tells `told` of what is on the lists `watches`.
pub(super) fn body(kind: &str, told: &Told, watches: &[WatchId], origin: &str) -> String {
    let data = Data {
        number: &told.number,
        revision: told.revision,
        reason: &told.reason,
        days: told.days,
        before: told.before.as_ref(),
        after: &told.after,
        changed_at: told.changed_at,
        watches,
        link: format!("{origin}/v/{}", told.number),
    };
    text(&Body { kind, timestamp: told.changed_at, data })
}

/// The message that only shows that one arrives.
pub(super) fn test_body(endpoint: &EndpointId, now: UnixTime) -> String {
    text(&Body { kind: TEST, timestamp: now, data: Nothing { webhook: endpoint } })
}

/// Texts and numbers: writing them cannot fail.
pub(super) fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
