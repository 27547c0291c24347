//! The states of a label and the only transitions between them.
//!
//! Expiry and "not yet valid" are not states: the clock decides them, in `verdict.rs`.

use serde::{Deserialize, Serialize};

use crate::time::UnixTime;

/// What the operator has decided about a label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LabelState {
    /// 有効: listed.
    Active,
    /// 失効猶予: still listed, about to lapse.
    Grace {
        /// When grace began.
        since: UnixTime,
    },
    /// 一時停止: not to be relied on for now (an operator's measure, not a state of JC-STAR; domain.md).
    Suspended {
        /// When it began.
        since: UnixTime,
        /// When it ends by itself, where that is known.
        until: Option<UnixTime>,
        /// Why, for the public.
        reason: String,
    },
    /// 取消し: withdrawn for good.
    Revoked {
        /// From when.
        since: UnixTime,
        /// Why, for the public.
        reason: String,
    },
}

/// What the operator can do to a label's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum StateChange {
    /// Suspend with a public reason, for a time or until reinstated.
    Suspend {
        /// When it ends by itself.
        until: Option<UnixTime>,
        /// Public reason.
        reason: String,
    },
    /// End a suspension or grace.
    Reinstate,
    /// Begin grace before lapse.
    EnterGrace,
    /// Withdraw for good, with a public reason.
    Revoke {
        /// Public reason.
        reason: String,
    },
}

/// A change that the present state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a label that is {from} cannot be {change}")]
pub struct IllegalTransition {
    /// The present state's name.
    pub from: &'static str,
    /// What was asked for.
    pub change: &'static str,
}

impl LabelState {
    /// The state's name on the wire.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Grace { .. } => "grace",
            Self::Suspended { .. } => "suspended",
            Self::Revoked { .. } => "revoked",
        }
    }

    /// The state after `change` at `at`. Revocation is final; a suspension that has run out counts as lifted.
    pub fn change(self, change: StateChange, at: UnixTime) -> Result<Self, IllegalTransition> {
        let present = self.at(at);
        match (present, change) {
            (Self::Active | Self::Grace { .. } | Self::Suspended { .. }, StateChange::Revoke { reason }) => {
                Ok(Self::Revoked { since: at, reason })
            }
            (
                Self::Active | Self::Grace { .. } | Self::Suspended { .. },
                StateChange::Suspend { until, reason },
            ) => Ok(Self::Suspended { since: at, until, reason }),
            (Self::Active, StateChange::EnterGrace) => Ok(Self::Grace { since: at }),
            (Self::Grace { .. } | Self::Suspended { .. }, StateChange::Reinstate) => Ok(Self::Active),
            (from, change) => Err(IllegalTransition { from: from.name(), change: change.past() }),
        }
    }

    /// The state as it is at `at`: a suspension with an end is lifted by itself.
    #[must_use]
    pub fn at(self, at: UnixTime) -> Self {
        match self {
            Self::Suspended { until: Some(until), .. } if until <= at => Self::Active,
            state => state,
        }
    }
}

impl StateChange {
    const fn past(&self) -> &'static str {
        match self {
            Self::Suspend { .. } => "suspended",
            Self::Reinstate => "reinstated",
            Self::EnterGrace => "put into grace",
            Self::Revoke { .. } => "revoked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime::EPOCH;

    fn all_changes() -> [StateChange; 4] {
        [
            StateChange::Suspend { until: Some(NOW.plus(100)), reason: "r".into() },
            StateChange::Reinstate,
            StateChange::EnterGrace,
            StateChange::Revoke { reason: "r".into() },
        ]
    }

    #[test]
    fn the_transition_table() {
        let states = [
            LabelState::Active,
            LabelState::Grace { since: NOW },
            LabelState::Suspended { since: NOW, until: None, reason: "r".into() },
            LabelState::Revoked { since: NOW, reason: "r".into() },
        ];
        let mut table = String::new();
        for state in states {
            for change in all_changes() {
                let asked = change.past();
                let to = match state.clone().change(change, NOW) {
                    Ok(to) => to.name().to_owned(),
                    Err(error) => format!("refused: {error}"),
                };
                table += &format!("{} + {asked} -> {to}\n", state.name());
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn a_suspension_with_an_end_lifts_itself() {
        let suspended = LabelState::Suspended { since: NOW, until: Some(NOW.plus(10)), reason: "r".into() };
        assert_eq!(suspended.clone().at(NOW.plus(9)).name(), "suspended");
        assert_eq!(suspended.at(NOW.plus(10)).name(), "active");
    }
}
