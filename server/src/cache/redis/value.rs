//! What stands in the keys, and in the tickets.

use shirushi_shared::{label::RegistrationNumber, status::StatusRecord, time::UnixTime};

use super::super::{CacheError, Confirmed, Ticket};
use crate::registry::Position;

/// A ticket is the value of the control key, empty where there is none; that of a relay that is to begin a life says so.
const BEGIN: &str = "begin ";

/// The control key, read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Control<'a> {
    pub(super) life: &'a str,
    pub(super) run: &'a str,
    pub(super) confirmed: Confirmed,
}

impl<'a> Control<'a> {
    /// `None` where there is none, or another hand than ours wrote it: the relay then begins anew.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut fields = text.split(' ');
        let (life, _changes, run, _steps) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        let position = Position(fields.next()?.parse().ok()?);
        let as_of = UnixTime::from_secs(fields.next()?.parse().ok()?).ok()?;
        fields.next().is_none().then_some(Self { life, run, confirmed: Confirmed { position, as_of } })
    }
}

/// The record of `number` in the value of its key, with the latest instant at which it is known to have been current.
/// What cannot be read is a miss: the registry has the truth.
pub(super) fn stored_record(
    text: &str,
    number: &RegistrationNumber,
    control: Option<&Control<'_>>,
) -> Option<(StatusRecord, UnixTime)> {
    let mut fields = text.splitn(4, ' ');
    let (revision, as_of, life, json) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let as_of = UnixTime::from_secs(as_of.parse().ok()?).ok()?;
    let record: StatusRecord = serde_json::from_str(json).ok()?;
    if record.number != *number || record.revision.get() != revision.parse::<u64>().ok()? {
        return None;
    }
    let confirmed = control.filter(|control| control.life == life).map(|control| control.confirmed.as_of);
    Some((record, confirmed.map_or(as_of, |confirmed| confirmed.max(as_of))))
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
        assert_eq!((control.life, control.run, control.confirmed.position), ("00ff", "abcd", Position(42)));
        for bad in
            ["", "x", "00ff 3 abcd 17 42", "00ff 3 abcd 17 42 -1", "00ff 3 abcd 17 x 1", &format!("{good} 1")]
        {
            assert_eq!(Control::parse(bad), None, "{bad:?}");
        }
        let number = RegistrationNumber::parse("SHI-1").unwrap();
        for bad in ["", "1", "1 2 - {}", "x 2 - {}", "1 2 -"] {
            assert_eq!(stored_record(bad, &number, Some(&control)), None, "{bad:?}");
        }
    }
}
