//! The form of a policy's file.
//!
//! ```json
//! {
//!   "form": 1,
//!   "name": "Network equipment 2027", "version": "2", "source": "Procurement department",
//!   "rules": [
//!     { "asks": { "accepted_states": ["valid", "grace"] } },
//!     { "asks": { "least_level": { "level": "STAR-1", "categories": "all", "from": "2027-04-01" } } },
//!     { "asks": { "least_level": { "level": "STAR-3", "categories": { "only": ["network_camera"] }, "from": "2028-04-01" } } },
//!     { "asks": { "valid_until": "contract_end" } },
//!     { "asks": { "valid_until": { "day": "2029-03-31" } } },
//!     { "asks": { "recognised": "uk_psti" } },
//!     { "asks": "model_listed" },
//!     { "asks": { "maker_matches": "name_or_corporate_number" } },
//!     { "asks": { "no_open_advisory": "critical" } },
//!     { "asks": { "evidence_not_older": { "days": 30 } } }
//!   ]
//! }
//! ```
//!
//! Fields stand in the order of their names: so the canonical form needs no sorting.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Day;
use crate::{label, verdict::Outcome};

/// A policy as it is written. [`super::Policy`] is one that holds together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    /// Which form this is: 1.
    pub form: u32,
    /// What the policy is called.
    pub name: String,
    /// The rules.
    pub rules: Vec<Rule>,
    /// Where it is from, and what its marks mean.
    pub source: String,
    /// Which edition of it.
    pub version: String,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What is asked.
    pub asks: Asks,
    /// How well it is known that this is asked, where the policy is somebody else's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// A remark for readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a rule asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Asks {
    /// The label is in one of these states. Every policy says which.
    AcceptedStates(BTreeSet<State>),
    /// The level is at least this.
    LeastLevel(LeastLevel),
    /// The validity reaches a day, and all of that day.
    ValidUntil(Until),
    /// Another scheme recognises the label.
    Recognised(Recognition),
    /// The registration lists the model that was offered.
    ModelListed,
    /// Whoever holds the label is whom the supplier names.
    MakerMatches(MatchBy),
    /// No advisory this severe, or severer, is open.
    NoOpenAdvisory(Severity),
    /// What is known of the status is not older.
    EvidenceNotOlder {
        /// Days of 24 hours.
        days: u32,
    },
}

/// A least level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeastLevel {
    /// For which products.
    pub categories: Categories,
    /// From when on it is asked; before, the rule passes.
    pub from: Day,
    /// The level.
    pub level: label::Level,
}

/// Product categories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Categories {
    /// Every one.
    All,
    /// These.
    Only(BTreeSet<label::Category>),
}

impl Categories {
    /// Whether `category` is one of them.
    pub fn cover(&self, category: label::Category) -> bool {
        match self {
            Self::All => true,
            Self::Only(those) => those.contains(&category),
        }
    }
}

/// Until when a label must be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// Until the end of the contract that the claim is made for.
    ContractEnd,
    /// Until this day.
    Day(Day),
}

/// How a maker is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchBy {
    /// By corporate number where both sides have one, else by name.
    NameOrCorporateNumber,
    /// By corporate number only.
    CorporateNumber,
}

/// A closed list of words, with all of them.
macro_rules! words {
    ($($(#[$meta:meta])* $name:ident { $($(#[$of:meta])* $word:ident = $text:literal,)* })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$of])* #[serde(rename = $text)] $word,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$word),*];
        }
    )*};
}

words! {
    /// States that can be accepted. A label that has lapsed or was revoked proves nothing to a buyer.
    State {
        /// 有効.
        Valid = "valid",
        /// 失効猶予.
        Grace = "grace",
        /// Before its start.
        NotYetValid = "not_yet_valid",
        /// 一時停止.
        Suspended = "suspended",
    }

    /// Schemes that may recognise a label. Recognition has a direction and a date (domain.md); its records come later.
    Recognition {
        /// The United Kingdom's product security regime.
        UkPsti = "uk_psti",
        /// Singapore's Cybersecurity Labelling Scheme.
        SingaporeCls = "singapore_cls",
    }

    /// How severe an advisory is, the least first.
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

    /// How well a row is known (domain.md).
    Mark {
        /// The official text was read.
        Official = "O",
        /// Reported by others.
        Reported = "S",
        /// Our reading.
        Reading = "I",
    }
}

impl State {
    /// The state that `outcome` comes to, where it is one that can be accepted.
    pub const fn of(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Valid => Some(Self::Valid),
            Outcome::Grace => Some(Self::Grace),
            Outcome::NotYetValid => Some(Self::NotYetValid),
            Outcome::Suspended => Some(Self::Suspended),
            _ => None,
        }
    }
}
