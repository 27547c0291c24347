//! What an evaluation body was accredited for, and when.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shirushi_shared::{
    label::{Category, Level},
    time::{UnixTime, Window},
};

use crate::scheme::text::Reason;

/// For which levels and product categories an evaluation body may evaluate, for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accreditation {
    levels: BTreeSet<Level>,
    categories: Categories,
    valid: Window,
    withdrawn: Option<Withdrawn>,
}

/// Product categories (製品類型): every one, or those listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Categories {
    /// Every category.
    All,
    /// Those listed.
    Only(BTreeSet<Category>),
}

/// That and why it was withdrawn before its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawn {
    /// From when.
    pub at: UnixTime,
    /// Why.
    pub reason: Reason,
}

/// An accreditation that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccreditationError {
    /// No level, or no category.
    #[error("an accreditation names at least one level and one category")]
    Nothing,
    /// STAR-1 and -2 are declared by the maker; nobody is accredited for them.
    #[error("{0} is declared by the maker and not evaluated")]
    SelfDeclared(Level),
    /// Ends before it starts.
    #[error("an accreditation ends after it starts")]
    Empty,
    /// More than one body can have.
    #[error("more than {} accreditations", Accreditation::MOST)]
    TooMany,
    /// There is none at this place.
    #[error("there is no accreditation {0}")]
    Absent(usize),
    /// It was withdrawn before.
    #[error("the accreditation was withdrawn on {0}")]
    Withdrawn(UnixTime),
}

impl Categories {
    /// Whether `category` is one of them.
    pub fn cover(&self, category: Category) -> bool {
        match self {
            Self::All => true,
            Self::Only(listed) => listed.contains(&category),
        }
    }

    /// Whether it lists none at all.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Only(listed) if listed.is_empty())
    }
}

impl Accreditation {
    /// Most of one evaluation body, withdrawn ones included.
    pub const MOST: usize = 200;

    /// An accreditation for `valid`.
    pub fn new(
        levels: BTreeSet<Level>,
        categories: Categories,
        valid: Window,
    ) -> Result<Self, AccreditationError> {
        if levels.is_empty() || categories.is_empty() {
            return Err(AccreditationError::Nothing);
        }
        if let Some(level) = levels.iter().find(|level| level.is_self_declared()) {
            return Err(AccreditationError::SelfDeclared(*level));
        }
        if valid.until <= valid.from {
            return Err(AccreditationError::Empty);
        }
        Ok(Self { levels, categories, valid, withdrawn: None })
    }

    /// For which levels and categories it is.
    pub const fn scope(&self) -> (&BTreeSet<Level>, &Categories) {
        (&self.levels, &self.categories)
    }

    /// Its time, and from when it was withdrawn.
    pub const fn valid(&self) -> (Window, Option<&Withdrawn>) {
        (self.valid, self.withdrawn.as_ref())
    }

    /// Whether it held at `at`, for this level and category.
    pub fn covers(&self, level: Level, category: Category, at: UnixTime) -> bool {
        self.levels.contains(&level)
            && self.categories.cover(category)
            && self.valid.contains(at)
            && self.withdrawn.as_ref().is_none_or(|withdrawn| at < withdrawn.at)
    }

    pub(super) fn withdraw(&mut self, reason: Reason, at: UnixTime) -> Result<(), AccreditationError> {
        if let Some(withdrawn) = &self.withdrawn {
            return Err(AccreditationError::Withdrawn(withdrawn.at));
        }
        self.withdrawn = Some(Withdrawn { at, reason });
        Ok(())
    }
}
