//! The criteria of a scheme (適合基準) and which levels are open: data, since they grow and other operators have others.
//!
//! The file that is built in holds what domain.md knows of JC-STAR, each row with its mark; what was not found there (mark **X**)
//! has a number and no text. An operator gives another file in the same form.

mod check;
mod id;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use shirushi_shared::{
    label::{Category, Level},
    time::UnixTime,
};

pub use check::{CriteriaError, CriteriaProblem};
pub use id::{ClauseId, CriterionId, NotAClauseId, NotACriterionId};

use super::{
    organisation::Categories,
    text::{Name, Reason},
    words::words,
};

/// The file that is built in.
const BUILT_IN: &str = include_str!("../../criteria/star-1.json");

/// A scheme's criteria as they were loaded, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    /// Which scheme, as a word.
    pub scheme: Name,
    /// Which edition of the file; an application keeps the one that it was held against.
    pub version: Name,
    /// Where it is from, and what its marks mean.
    pub source: Reason,
    /// What is open, a row for each level.
    pub levels: Vec<LevelRule>,
    /// The criteria, in their order.
    pub criteria: Vec<Criterion>,
    /// Which criteria another scheme's statement answers.
    pub waivers: Vec<Waiver>,
}

words! {
    /// How well a row is known (domain.md). What was not found has no mark and no text.
    Mark {
        /// The official text was read.
        Official = "O",
        /// Reported by others.
        Reported = "S",
        /// Our reading.
        Reading = "I",
    }
}

words! {
    /// What is known of a criterion's text.
    TextState {
        /// Its title says what it is about.
        Described = "described",
        /// Its title is a part of it.
        Cut = "cut",
        /// Only its number is known: not published to us.
        NotFound = "not_found",
    }
}

words! {
    /// Whether a level takes applications.
    LevelState {
        /// It does.
        Open = "open",
        /// Its criteria are being set.
        CriteriaBeingSet = "criteria_being_set",
        /// It does not yet.
        NotOpen = "not_open",
    }
}

words! {
    /// Other requirements to which a criterion corresponds.
    Standard {
        /// ETSI EN 303 645.
        En303645 = "en_303_645",
        /// The three requirements of the UK's product security regime.
        UkPsti = "uk_psti",
    }
}

words! {
    /// Another scheme whose statement answers criteria here. Recognition has a direction and a date (domain.md).
    RecognisedScheme {
        /// A statement of compliance under the UK's product security regime.
        UkPsti = "uk_psti",
    }
}

/// Whether a level is open, and for which product categories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelRule {
    /// The level.
    pub level: Level,
    /// Whether it takes applications …
    pub state: LevelState,
    /// … and for these categories only.
    pub categories: Categories,
}

/// One criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its number.
    pub id: CriterionId,
    /// The levels that ask for it.
    pub levels: Vec<Level>,
    /// The product categories that it applies to.
    pub categories: Categories,
    /// What is known of its text.
    pub text: TextState,
    /// How well that is known; absent where there is no text.
    pub mark: Option<Mark>,
    /// What it is about, in Japanese.
    pub title_ja: Option<Name>,
    /// … in English.
    pub title_en: Option<Name>,
    /// What it corresponds to elsewhere.
    pub mapping: Vec<Mapping>,
}

/// What a criterion corresponds to elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Where.
    pub to: Standard,
    /// Its clauses there.
    pub clauses: Vec<ClauseId>,
    /// How well that is known.
    pub mark: Mark,
}

/// Criteria that another scheme's statement answers, from a date on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Whose statement.
    pub by: RecognisedScheme,
    /// Which criteria.
    pub criteria: Vec<CriterionId>,
    /// From when.
    pub from: UnixTime,
    /// How well that is known.
    pub mark: Mark,
}

/// Why no application can be made for a level and category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Closed {
    /// Its criteria are being set: they may be loaded when they are there.
    #[error("the criteria of {level} are being set")]
    CriteriaBeingSet {
        /// The level.
        level: Level,
    },
    /// It takes no applications yet.
    #[error("{level} is not open for applications")]
    NotOpen {
        /// The level.
        level: Level,
    },
    /// It takes none for this category.
    #[error("{level} is not open for {category}")]
    NotForCategory {
        /// The level.
        level: Level,
        /// The category.
        category: Category,
    },
}

impl Criteria {
    /// The criteria that are built in.
    pub fn built_in() -> Result<Self, CriteriaError> {
        Self::load(BUILT_IN)
    }

    /// Whether an application for `level` and `category` can be made.
    pub fn open(&self, level: Level, category: Category) -> Result<(), Closed> {
        let Some(rule) = self.levels.iter().find(|rule| rule.level == level) else {
            return Err(Closed::NotOpen { level });
        };
        let without_criteria = level.is_self_declared() && self.of(level, category).next().is_none();
        match rule.state {
            LevelState::NotOpen => Err(Closed::NotOpen { level }),
            LevelState::CriteriaBeingSet => Err(Closed::CriteriaBeingSet { level }),
            LevelState::Open if !rule.categories.cover(category) => {
                Err(Closed::NotForCategory { level, category })
            }
            // A declaration against nothing would declare nothing.
            LevelState::Open if without_criteria => Err(Closed::CriteriaBeingSet { level }),
            LevelState::Open => Ok(()),
        }
    }

    /// The criteria of `level` for a product of `category`, in their order.
    pub fn of(&self, level: Level, category: Category) -> impl Iterator<Item = &Criterion> {
        let asked = move |one: &&Criterion| one.levels.contains(&level) && one.categories.cover(category);
        self.criteria.iter().filter(asked)
    }

    /// Whether a statement under `scheme` answers `criterion` at `at`.
    pub fn waives(&self, scheme: RecognisedScheme, criterion: &CriterionId, at: UnixTime) -> bool {
        self.waivers
            .iter()
            .any(|waiver| waiver.by == scheme && waiver.from <= at && waiver.criteria.contains(criterion))
    }
}
