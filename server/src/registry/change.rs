//! What a change makes of a status record: pure, and the same for every backend.

use shirushi_shared::{
    label::{LabelState, RegistrationNumber, StateChange},
    registration::Registration,
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
pub fn apply(record: &StatusRecord, change: &Change, at: UnixTime) -> Result<StatusRecord, RegistryError> {
    let mut next = record.clone();
    next.revision = record.revision.next();
    match change {
        Change::State(StateChange::Suspend { until: Some(until), .. }) if *until <= at => {
            return Err(RegistryError::Expiry("the suspension would be over before it begins"));
        }
        Change::State(change) => next.state = next.state.change(change.clone(), at)?,
        Change::Expiry { until } => {
            let until = *until;
            if matches!(next.state, LabelState::Revoked { .. }) {
                return Err(RegistryError::Expiry("a revoked label has no expiry to change"));
            }
            next.valid.until = until;
            // Shortening may reach into the past (that ends the label now), but never before its start. Extensions made
            // early, one after the other, must not add up: they count from two years from now at the latest.
            let present_end = record.valid.until.max(at).min(at.plus(LONGEST_VALIDITY));
            check_validity(next.valid, present_end)?;
        }
        Change::Products(_) => {
            if matches!(next.state, LabelState::Revoked { .. }) {
                return Err(RegistryError::Succession("a revoked label covers nothing any more"));
            }
        }
        Change::Succeeded { by, until } => {
            if record.valid.until <= at {
                return Err(RegistryError::Succession("the label has lapsed already"));
            }
            if *by == record.number {
                return Err(RegistryError::Succession("a registration does not succeed itself"));
            }
            next.state = match next.state.at(at) {
                // A suspension goes on: it was not given because of the successor, and does not end by it.
                state @ (LabelState::Suspended { .. } | LabelState::Grace { .. }) => state,
                state => state.change(StateChange::EnterGrace, at)?,
            };
            next.valid.until = next.valid.until.min((*until).max(at));
        }
    }
    Ok(next)
}

/// The registration after `change`, where it changes what is registered.
///
/// # Errors
/// `Succession` where it has a successor already.
pub fn revise(registration: &Registration, change: &Change) -> Result<Option<Registration>, RegistryError> {
    let mut next = registration.clone();
    match change {
        Change::State(_) | Change::Expiry { .. } => return Ok(None),
        Change::Products(products) => next.products.clone_from(products),
        Change::Succeeded { by, .. } => {
            if registration.successor.is_some() {
                return Err(RegistryError::Succession("the registration has a successor already"));
            }
            next.successor = Some(by.clone());
        }
    }
    Ok(Some(next))
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
        Change::Expiry { .. } => EXPIRY,
        Change::Products(_) => "products",
        Change::Succeeded { .. } => "succeeded",
    }
}

/// The history's word for a new end of the validity.
pub(super) const EXPIRY: &str = "expiry";
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
        let after = apply(&before, &revoke, now().plus(5)).unwrap();
        assert_eq!(after.revision, Revision::new(5));
        assert_eq!(after.state, LabelState::Revoked { since: now().plus(5), reason: "r".into() });
        assert_eq!((&after.number, after.valid), (&before.number, before.valid));
    }

    #[test]
    fn a_suspension_that_has_run_out_cannot_be_lifted_again() {
        let until = Some(now().plus(10));
        let suspended = record(LabelState::Suspended { since: now(), until, reason: "r".into() });
        let reinstate = || Change::State(StateChange::Reinstate);
        assert!(apply(&suspended, &reinstate(), now().plus(9)).is_ok());
        assert!(matches!(
            apply(&suspended, &reinstate(), now().plus(10)),
            Err(RegistryError::Illegal(refused)) if refused.from == "active"
        ));
    }

    #[test]
    fn a_suspension_ends_after_it_begins() {
        let suspend = |until| {
            let change = StateChange::Suspend { until: Some(until), reason: "r".into() };
            apply(&record(LabelState::Active), &Change::State(change), now())
        };
        assert!(suspend(now().plus(1)).is_ok());
        assert!(matches!(suspend(now()), Err(RegistryError::Expiry(_))));
    }

    #[test]
    fn a_successor_ends_a_label_and_never_prolongs_it() {
        let succeeded = |state, until| {
            let by = RegistrationNumber::parse("SHI-2").unwrap();
            apply(&record(state), &Change::Succeeded { by, until }, now().plus(5))
        };
        let end = record(LabelState::Active).valid.until;
        let after = succeeded(LabelState::Active, now().plus(30 * DAY)).unwrap();
        assert_eq!(after.state, LabelState::Grace { since: now().plus(5) });
        assert_eq!(after.valid.until, now().plus(30 * DAY));
        assert_eq!(succeeded(LabelState::Active, end.plus(DAY)).unwrap().valid.until, end);
        let suspended = LabelState::Suspended { since: now(), until: None, reason: "r".into() };
        assert_eq!(succeeded(suspended.clone(), end).unwrap().state, suspended);
        let revoked = LabelState::Revoked { since: now(), reason: "r".into() };
        assert!(matches!(succeeded(revoked, end), Err(RegistryError::Illegal(_))));
    }

    #[test]
    fn an_expiry_has_bounds() {
        let expiry = |until| apply(&record(LabelState::Active), &Change::Expiry { until }, now());
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
        let further = apply(&far, &Change::Expiry { until: far.valid.until.plus(1) }, now());
        assert!(matches!(further, Err(RegistryError::Expiry(_))), "extensions do not add up without end");
        let revoked = record(LabelState::Revoked { since: now(), reason: "r".into() });
        let extended = apply(&revoked, &Change::Expiry { until: now().plus(DAY) }, now());
        assert!(matches!(extended, Err(RegistryError::Expiry(_))), "revocation is final");
    }
}
