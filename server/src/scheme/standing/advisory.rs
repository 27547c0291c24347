//! A vulnerability of a registered product, and what became of it.

use serde::{Deserialize, Serialize};
use shirushi_shared::{label::RegistrationNumber, time::UnixTime};

use crate::scheme::{
    case_id::AdvisoryId,
    text::{Name, Reason},
    words::words,
};

/// Recorded within so many seconds of its discovery counts as timely: 24 hours.
pub const TIMELY: i64 = 24 * 3600;

/// Most models named by one advisory.
const MAX_MODELS: usize = 1_000;

words! {
    /// How severe, in this order; the holder's own words, as in CVSS.
    Severity {
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High.
        High = "high",
        /// Critical.
        Critical = "critical",
    }
}

/// A vulnerability as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAdvisory {
    /// Which registration.
    pub number: RegistrationNumber,
    /// Which of its models; none named means all.
    #[serde(default)]
    pub models: Vec<Name>,
    /// What it is about.
    pub title: Name,
    /// How severe.
    pub severity: Severity,
    /// When the holder came to know of it.
    pub discovered: UnixTime,
}

/// A vulnerability on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advisory {
    id: AdvisoryId,
    about: NewAdvisory,
    reported: UnixTime,
    state: AdvisoryState,
}

/// What became of a vulnerability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum AdvisoryState {
    /// Neither fixed nor closed.
    Open,
    /// A fix was made available.
    Fixed {
        /// When.
        at: UnixTime,
    },
    /// Closed without a fix: not affected, a double, taken off the market.
    Closed {
        /// When.
        at: UnixTime,
        /// Why.
        reason: Reason,
    },
}

/// A record that was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdvisoryRefused {
    /// Nobody knows of it before it is discovered.
    #[error("it would be reported before it was discovered")]
    BeforeDiscovery,
    /// More models than a registration's product has.
    #[error("an advisory names at most {MAX_MODELS} models; none means all")]
    TooManyModels,
    /// It is not open.
    #[error("{id} is {state} and cannot be {asked}")]
    State {
        /// Which.
        id: AdvisoryId,
        /// The state that it is in, as a word.
        state: &'static str,
        /// What was asked for.
        asked: &'static str,
    },
}

impl Advisory {
    /// Records it as reported at `reported`.
    pub fn record(id: AdvisoryId, about: NewAdvisory, reported: UnixTime) -> Result<Self, AdvisoryRefused> {
        if reported < about.discovered {
            return Err(AdvisoryRefused::BeforeDiscovery);
        }
        if about.models.len() > MAX_MODELS {
            return Err(AdvisoryRefused::TooManyModels);
        }
        Ok(Self { id, about, reported, state: AdvisoryState::Open })
    }

    /// Its number.
    pub const fn id(&self) -> &AdvisoryId {
        &self.id
    }

    /// What was recorded.
    pub const fn about(&self) -> &NewAdvisory {
        &self.about
    }

    /// When it was reported, and whether within [`TIMELY`] of its discovery.
    pub const fn reported(&self) -> (UnixTime, bool) {
        (self.reported, self.reported.since(self.about.discovered) <= TIMELY)
    }

    /// What became of it.
    pub const fn state(&self) -> &AdvisoryState {
        &self.state
    }

    /// A fix is available since `at`.
    pub fn fix(self, at: UnixTime) -> Result<Self, AdvisoryRefused> {
        self.end("fixed", AdvisoryState::Fixed { at })
    }

    /// Closes it without a fix.
    pub fn close(self, reason: Reason, at: UnixTime) -> Result<Self, AdvisoryRefused> {
        self.end("closed", AdvisoryState::Closed { at, reason })
    }

    fn end(self, asked: &'static str, state: AdvisoryState) -> Result<Self, AdvisoryRefused> {
        match self.state {
            AdvisoryState::Open => Ok(Self { state, ..self }),
            AdvisoryState::Fixed { .. } => Err(AdvisoryRefused::State { id: self.id, state: "fixed", asked }),
            AdvisoryState::Closed { .. } => {
                Err(AdvisoryRefused::State { id: self.id, state: "closed", asked })
            }
        }
    }
}
