//! What is so, by the plainest means: every version of a label, and what each is worth at an instant.

use shirushi_server::registry::Change;
use shirushi_shared::{
    label::{RegistrationNumber, StateChange},
    status::{Revision, StatusRecord},
    time::UnixTime,
    token::Token,
    verdict::Outcome,
};

use super::dice::Dice;

const DAY: i64 = 86_400;
const FRESH: i64 = 15;
const TWO_YEARS: i64 = 731 * DAY;

#[derive(Default)]
pub(super) struct Model {
    pub(super) labels: Vec<Label>,
}

/// A label with all its versions, oldest first, each with the instant of its decision.
pub(super) struct Label {
    pub(super) number: RegistrationNumber,
    pub(super) token: Token,
    versions: Vec<(UnixTime, Version)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Active,
    Grace,
    Suspended(Option<UnixTime>),
    Revoked,
}

#[derive(Clone, Copy)]
pub(super) struct Version {
    state: State,
    from: UnixTime,
    until: UnixTime,
    succeeded: bool,
}

/// A change that may or may not be allowed.
pub(super) fn some_change(dice: &Dice, now: UnixTime) -> (&'static str, Change) {
    let reason = || "r".to_owned();
    let state = |name, change| (name, Change::State(change));
    match dice.throw(14) {
        0..=2 => {
            let ends = [None, Some(now.plus(5)), Some(now.plus(20)), Some(now.plus(DAY)), Some(now.plus(-1))];
            state("suspend", StateChange::Suspend { until: ends[dice.pick(5)], reason: reason() })
        }
        3..=6 => state("reinstate", StateChange::Reinstate),
        7 | 8 => state("grace", StateChange::EnterGrace),
        9 => state("revoke", StateChange::Revoke { reason: reason() }),
        10 | 11 => {
            let days = i64::from(dice.throw(1_600)) - 100;
            ("expiry", Change::Expiry { until: now.plus(days * DAY) })
        }
        12 => {
            let by = RegistrationNumber::parse("SHI-9002").unwrap();
            ("succeeded", Change::Succeeded { by, until: now.plus(i64::from(dice.throw(60)) * DAY) })
        }
        _ => ("products", Change::Products(Vec::new())),
    }
}

impl Label {
    pub(super) fn issued(
        number: RegistrationNumber,
        token: Token,
        record: &StatusRecord,
        at: UnixTime,
    ) -> Self {
        let registered = record.tokens.first().map_or(at, |token| token.registered);
        let (from, until) = (record.valid.from, record.valid.until);
        let version = Version { state: State::Active, from, until, succeeded: false };
        Self { number, token, versions: vec![(registered, version)] }
    }

    pub(super) fn revision(&self) -> Revision {
        Revision::new(u64::try_from(self.versions.len()).unwrap())
    }

    pub(super) fn put(&mut self, version: Version, at: UnixTime) {
        self.versions.push((at, version));
    }

    /// The version after `change` at `at`, where it is allowed.
    pub(super) fn after(&self, change: &Change, at: UnixTime) -> Option<Version> {
        let now = self.versions.last().unwrap().1;
        let state = match now.state {
            State::Suspended(Some(end)) if end <= at => State::Active,
            state => state,
        };
        let next = |state| Some(Version { state, ..now });
        match (change, state) {
            (_, State::Revoked) => None,
            (Change::State(StateChange::Suspend { until, .. }), _) => {
                until.is_none_or(|until| until > at).then_some(())?;
                next(State::Suspended(*until))
            }
            (Change::State(StateChange::Reinstate), State::Grace | State::Suspended(_)) => {
                next(State::Active)
            }
            (Change::State(StateChange::EnterGrace), State::Active) => next(State::Grace),
            (Change::State(StateChange::Revoke { .. }), _) => next(State::Revoked),
            (Change::State(_), _) => None,
            (Change::Products(_), _) => Some(now),
            (Change::Expiry { until }, _) => {
                let counted_from = now.until.max(at).min(at.plus(TWO_YEARS));
                let allowed = *until > now.from && until.since(counted_from) <= TWO_YEARS;
                allowed.then_some(Version { until: *until, ..now })
            }
            (Change::Succeeded { until, .. }, _) => {
                let state = if state == State::Active { State::Grace } else { state };
                let until = now.until.min((*until).max(at));
                (!now.succeeded && now.until > at).then_some(Version { state, until, succeeded: true, ..now })
            }
        }
    }

    /// The verdict at the past instant `then`, exactly.
    pub(super) fn at(&self, then: UnixTime) -> Outcome {
        let version = self.versions.iter().rev().find(|(since, _)| *since <= then);
        version.map_or(Outcome::NotRegistered, |(_, version)| version.outcome(then))
    }

    /// The verdicts that are right for a question asked at `asked` and answered at `answered`.
    pub(super) fn right(&self, asked: UnixTime, answered: UnixTime) -> Vec<Outcome> {
        let ends = self.versions.iter().skip(1).map(|(since, _)| Some(*since)).chain([None]);
        let versions = self.versions.iter().zip(ends);
        // Clocks and records have whole seconds: a change is in force from some time within its second on.
        let recent = versions.filter(|(_, end)| end.is_none_or(|end| end.since(asked) >= -FRESH));
        recent.flat_map(|((_, version), _)| [version.outcome(asked), version.outcome(answered)]).collect()
    }

    /// Whether some version of it ever was worth `outcome`, which is none that a shopper could rely on.
    pub(super) fn was_ever(&self, outcome: Outcome, now: UnixTime) -> bool {
        let final_or_passed = matches!(outcome, Outcome::Revoked | Outcome::Expired);
        final_or_passed && self.versions.iter().any(|(_, version)| version.outcome(now) == outcome)
    }

    /// Some instant before `now`: the second of a change, the one before it, or any.
    pub(super) fn some_past(&self, dice: &Dice, now: UnixTime) -> UnixTime {
        let (since, _) = self.versions[dice.pick(self.versions.len())];
        let then = since.plus(i64::from(dice.throw(3)) - 1);
        if then < now { then } else { now.plus(-1) }
    }
}

impl Version {
    fn outcome(self, at: UnixTime) -> Outcome {
        match self.state {
            State::Revoked => Outcome::Revoked,
            State::Suspended(end) if end.is_none_or(|end| at < end) => Outcome::Suspended,
            _ if self.until <= at => Outcome::Expired,
            _ if at < self.from => Outcome::NotYetValid,
            State::Grace => Outcome::Grace,
            State::Active | State::Suspended(_) => Outcome::Valid,
        }
    }
}
