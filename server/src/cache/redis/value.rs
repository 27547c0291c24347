//! What stands in the keys, in the feed and in the tickets.

use shirushi_shared::{label::RegistrationNumber, status::StatusRecord, time::UnixTime};

use super::super::{CacheError, Confirmed, Ticket};
use crate::registry::Position;

/// A ticket is the value of the control key, empty where there is none; that of a relay that is to begin a life says so.
const BEGIN: &str = "begin ";

/// The control key, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cache) struct Control {
    pub(in crate::cache) life: String,
    pub(in crate::cache) confirmed: Confirmed,
    pub(in crate::cache) steps: u64,
    pub(super) run: String,
    text: String,
}

/// What Redis has of a number, at one instant.
#[derive(Clone, Debug)]
pub(in crate::cache) struct Look {
    /// `None` where there is none, or another hand than ours wrote it.
    pub(in crate::cache) control: Option<Control>,
    pub(in crate::cache) found: Option<Found>,
    pub(in crate::cache) ticket: Ticket,
}

/// A record in Redis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cache) struct Found {
    pub(in crate::cache) record: StatusRecord,
    /// The latest instant at which it is known to have been current.
    pub(in crate::cache) as_of: UnixTime,
    /// Whether it is kept in the life of the control beside it.
    pub(in crate::cache) kept: bool,
}

/// A step of a relay, as the feed tells it: all changes after `from` up to the position of `control`.
#[derive(Clone, Debug)]
pub(in crate::cache) struct FedStep {
    pub(in crate::cache) from: Position,
    pub(in crate::cache) changes: Vec<StatusRecord>,
    pub(in crate::cache) control: Control,
}

impl Control {
    /// `None` where there is none, or another hand than ours wrote it: the relay then begins anew.
    pub(in crate::cache) fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split(' ');
        let (life, _changes, run) = (fields.next()?, fields.next()?, fields.next()?);
        let steps = fields.next()?.parse().ok()?;
        let position = Position(fields.next()?.parse().ok()?);
        let as_of = UnixTime::from_secs(fields.next()?.parse().ok()?).ok()?;
        fields.next().is_none().then(|| Self {
            life: life.to_owned(),
            confirmed: Confirmed { position, as_of },
            steps,
            run: run.to_owned(),
            text: text.to_owned(),
        })
    }

    /// What a ticket names.
    pub(in crate::cache) fn of(ticket: &Ticket) -> Option<Self> {
        Self::parse(control_of(ticket))
    }

    /// The ticket of a look-up made while this was the control.
    pub(in crate::cache) fn ticket(&self) -> Ticket {
        Ticket(self.text.clone())
    }
}

impl Look {
    pub(super) fn of(control: Option<String>, record: Option<&str>, number: &RegistrationNumber) -> Self {
        let text = control.unwrap_or_default();
        let control = Control::parse(&text);
        let found = record.and_then(|record| stored_record(record, number, control.as_ref()));
        Self { control, found, ticket: Ticket(text) }
    }
}

impl FedStep {
    /// Reads an entry of the feed, names and values by turns. `None` where another hand than ours wrote it.
    pub(super) fn parse(fields: &[String]) -> Option<Self> {
        let (mut from, mut changes, mut control) = (None, Vec::new(), None);
        for pair in fields.chunks(2) {
            let [name, value] = pair else { return None };
            match name.as_str() {
                "from" => from = Some(Position(value.parse().ok()?)),
                "record" => changes.push(serde_json::from_str(value).ok()?),
                "control" => control = Some(Control::parse(value)?),
                _ => return None,
            }
        }
        Some(Self { from: from?, changes, control: control? })
    }
}

/// The record of `number` in the value of its key, with the latest instant at which it is known to have been current.
/// What cannot be read is a miss: the registry has the truth.
fn stored_record(text: &str, number: &RegistrationNumber, control: Option<&Control>) -> Option<Found> {
    let mut fields = text.splitn(4, ' ');
    let (revision, as_of, life, json) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let as_of = UnixTime::from_secs(as_of.parse().ok()?).ok()?;
    let record: StatusRecord = serde_json::from_str(json).ok()?;
    if record.number != *number || record.revision.get() != revision.parse::<u64>().ok()? {
        return None;
    }
    let keeper = control.filter(|control| control.life == life);
    let as_of = keeper.map_or(as_of, |control| control.confirmed.as_of.max(as_of));
    Some(Found { record, as_of, kept: keeper.is_some() })
}

/// The ticket of a relay that found no life to go on with.
pub(super) fn begin_ticket(control: &str) -> Ticket {
    Ticket(format!("{BEGIN}{control}"))
}

pub(super) fn is_begin(ticket: &Ticket) -> bool {
    ticket.0.starts_with(BEGIN)
}

/// The control key's value in a ticket.
pub(super) fn control_of(ticket: &Ticket) -> &str {
    ticket.0.strip_prefix(BEGIN).unwrap_or(&ticket.0)
}

/// The name of a new life: 64 random bits, never `-`.
pub(super) fn new_life() -> Result<String, CacheError> {
    let bits = getrandom::u64().map_err(|error| CacheError(Box::new(error)))?;
    Ok(format!("{bits:016x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_hand_wrote_is_none_of_ours() {
        let good = "00ff 3 abcd 17 42 1800000000";
        let control = Control::parse(good).unwrap();
        assert_eq!(
            (control.life.as_str(), control.run.as_str(), control.confirmed.position),
            ("00ff", "abcd", Position(42))
        );
        for bad in
            ["", "x", "00ff 3 abcd 17 42", "00ff 3 abcd 17 42 -1", "00ff 3 abcd 17 x 1", &format!("{good} 1")]
        {
            assert_eq!(Control::parse(bad), None, "{bad:?}");
        }
        let number = RegistrationNumber::parse("SHI-1").unwrap();
        for bad in ["", "1", "1 2 - {}", "x 2 - {}", "1 2 -"] {
            assert_eq!(stored_record(bad, &number, Some(&control)), None, "{bad:?}");
        }
        let fed = |fields: &[&str]| FedStep::parse(&fields.iter().map(|&one| one.into()).collect::<Vec<_>>());
        let step = fed(&["from", "41", "control", good]).unwrap();
        assert_eq!((step.from, step.control, step.changes), (Position(41), control, vec![]));
        for bad in [
            &[][..],
            &["from", "41"],
            &["control", good],
            &["from", "41", "control", good, "record"],
            &["from", "41", "control", good, "record", "{}"],
            &["from", "x", "control", good],
            &["from", "41", "control", good, "other", ""],
        ] {
            assert!(fed(bad).is_none(), "{bad:?}");
        }
    }
}
