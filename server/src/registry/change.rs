//! What a change makes of a status record: pure, and the same for every backend.

use shirushi_shared::{
    label::{LabelState, RegistrationNumber, StateChange},
    status::{Revision, StatusRecord, TokenOnRecord},
    time::{UnixTime, Window},
};

use super::{Change, NewRegistration, RegistryError};

/// The longest validity in seconds, counted from its start when it is issued and from its present end when it is extended:
/// 2 years (domain.md; extensions come in 2-year units), 731 days since one of two years may be a leap year.
pub const LONGEST_VALIDITY: i64 = 731 * 24 * 3600;

/// The record after `change` at `at`, one revision on.
///
/// # Errors
/// `Illegal` where the state does not allow it, `Expiry` where the new end is before its start, too far off, or the
/// label is revoked, and where a suspension would be over before it begins.
pub fn apply(record: &StatusRecord, change: Change, at: UnixTime) -> Result<StatusRecord, RegistryError> {
    let mut next = record.clone();
    next.revision = record.revision.next();
    match change {
        Change::State(StateChange::Suspend { until: Some(until), .. }) if until <= at => {
            return Err(RegistryError::Expiry("the suspension would be over before it begins"));
        }
        Change::State(change) => next.state = next.state.change(change, at)?,
        Change::Expiry { until } => {
            if matches!(next.state, LabelState::Revoked { .. }) {
                return Err(RegistryError::Expiry("a revoked label has no expiry to change"));
            }
            next.valid.until = until;
            // Shortening may reach into the past (that ends the label now), but never before its start. Extensions made
            // early, one after the other, must not add up: they count from two years from now at the latest.
            let present_end = record.valid.until.max(at).min(at.plus(LONGEST_VALIDITY));
            check_validity(next.valid, present_end)?;
        }
    }
    Ok(next)
}

/// The present record of `number`, where it is at the revision that the caller has seen.
pub(super) fn from_revision(
    present: Option<StatusRecord>,
    number: &RegistrationNumber,
    expected: Option<Revision>,
) -> Result<StatusRecord, RegistryError> {
    let present = present.ok_or_else(|| RegistryError::Unregistered(number.clone()))?;
    match expected {
        Some(expected) if expected != present.revision => {
            Err(RegistryError::Conflict { expected, found: present.revision })
        }
        _ => Ok(present),
    }
}

/// The first record of `new`, put on record at `at`.
pub(super) fn first_record(new: &NewRegistration, at: UnixTime) -> Result<StatusRecord, RegistryError> {
    check_validity(new.valid, new.valid.from)?;
    Ok(StatusRecord {
        number: new.registration.number.clone(),
        revision: Revision::FIRST,
        state: LabelState::Active,
        valid: new.valid,
        tokens: vec![TokenOnRecord { id: new.token.id(), registered: at }],
    })
}

/// The history's word for `change`.
pub(super) const fn word(change: &Change) -> &'static str {
    match change {
        Change::State(StateChange::Suspend { .. }) => "suspended",
        Change::State(StateChange::Reinstate) => "reinstated",
        Change::State(StateChange::EnterGrace) => "grace",
        Change::State(StateChange::Revoke { .. }) => "revoked",
        Change::Expiry { .. } => "expiry",
    }
}

/// The history's word for a new registration.
pub(super) const REGISTERED: &str = "registered";

fn check_validity(valid: Window, counted_from: UnixTime) -> Result<(), RegistryError> {
    if valid.until <= valid.from {
        Err(RegistryError::Expiry("the validity must end after it starts"))
    } else if valid.until.since(counted_from) > LONGEST_VALIDITY {
        Err(RegistryError::Expiry("the validity is longer than two years"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 3600;

    fn now() -> UnixTime {
        UnixTime::EPOCH.plus(20_000 * DAY)
    }

    fn record(state: LabelState) -> StatusRecord {
        StatusRecord {
            number: RegistrationNumber::parse("SHI-1").unwrap(),
            revision: Revision::new(4),
            state,
            valid: Window { from: now(), until: now().plus(365 * DAY) },
            tokens: vec![],
        }
    }

    #[test]
    fn a_change_is_one_revision_on_and_touches_nothing_else() {
        let before = record(LabelState::Active);
        let revoke = Change::State(StateChange::Revoke { reason: "r".into() });
        let after = apply(&before, revoke, now().plus(5)).unwrap();
        assert_eq!(after.revision, Revision::new(5));
        assert_eq!(after.state, LabelState::Revoked { since: now().plus(5), reason: "r".into() });
        assert_eq!((&after.number, after.valid), (&before.number, before.valid));
    }

    #[test]
    fn a_suspension_that_has_run_out_cannot_be_lifted_again() {
        let until = Some(now().plus(10));
        let suspended = record(LabelState::Suspended { since: now(), until, reason: "r".into() });
        let reinstate = || Change::State(StateChange::Reinstate);
        assert!(apply(&suspended, reinstate(), now().plus(9)).is_ok());
        assert!(matches!(
            apply(&suspended, reinstate(), now().plus(10)),
            Err(RegistryError::Illegal(refused)) if refused.from == "active"
        ));
    }

    #[test]
    fn a_suspension_ends_after_it_begins() {
        let suspend = |until| {
            let change = StateChange::Suspend { until: Some(until), reason: "r".into() };
            apply(&record(LabelState::Active), Change::State(change), now())
        };
        assert!(suspend(now().plus(1)).is_ok());
        assert!(matches!(suspend(now()), Err(RegistryError::Expiry(_))));
    }

    #[test]
    fn an_expiry_has_bounds() {
        let expiry = |until| apply(&record(LabelState::Active), Change::Expiry { until }, now());
        let present_end = now().plus(365 * DAY);
        assert!(expiry(present_end.plus(LONGEST_VALIDITY)).is_ok(), "extended early, from its present end");
        assert!(expiry(now().plus(1)).is_ok(), "shortened to almost nothing");
        for (until, why) in
            [(present_end.plus(LONGEST_VALIDITY + 1), "too long"), (now(), "ends as it starts")]
        {
            assert!(matches!(expiry(until), Err(RegistryError::Expiry(_))), "{why}");
        }
        let far = StatusRecord {
            valid: Window { from: now(), until: now().plus(2 * LONGEST_VALIDITY) },
            ..record(LabelState::Active)
        };
        let further = apply(&far, Change::Expiry { until: far.valid.until.plus(1) }, now());
        assert!(matches!(further, Err(RegistryError::Expiry(_))), "extensions do not add up without end");
        let revoked = record(LabelState::Revoked { since: now(), reason: "r".into() });
        let extended = apply(&revoked, Change::Expiry { until: now().plus(DAY) }, now());
        assert!(matches!(extended, Err(RegistryError::Expiry(_))), "revocation is final");
    }
}
