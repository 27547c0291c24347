//! Whether a checklist is complete: all that is wrong, at once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shirushi_shared::{
    label::{Category, Level},
    time::UnixTime,
};

use super::{Answer, AnswerStatus, Checklist};
use crate::scheme::{
    criteria::{Criteria, CriterionId, RecognisedScheme},
    text::Note,
};

/// What a checklist is held against.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// The scheme's criteria.
    pub criteria: &'a Criteria,
    /// The level applied for.
    pub level: Level,
    /// The product's category.
    pub category: Category,
    /// When: recognition begins at a date.
    pub at: UnixTime,
}

/// One thing that a checklist lacks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum ChecklistProblem {
    /// No answer.
    #[error("{criterion} has no answer")]
    Missing {
        /// The criterion.
        criterion: CriterionId,
    },
    /// An answer to what was not asked.
    #[error("{criterion} is not asked for here")]
    Unknown {
        /// The criterion.
        criterion: CriterionId,
    },
    /// More than one answer.
    #[error("{criterion} is answered more than once")]
    Twice {
        /// The criterion.
        criterion: CriterionId,
    },
    /// Said not to apply, and not why.
    #[error("{criterion} is said not to apply, without a reason")]
    NoReason {
        /// The criterion.
        criterion: CriterionId,
    },
    /// Said to conform, and shown by nothing.
    #[error("{criterion} is said to conform, without evidence or a note")]
    NoEvidence {
        /// The criterion.
        criterion: CriterionId,
    },
    /// The product does not conform.
    #[error("{criterion}: the product does not conform")]
    DoesNotConform {
        /// The criterion.
        criterion: CriterionId,
    },
    /// The other scheme's statement does not answer this criterion, or not yet.
    #[error("{criterion} is not answered by a statement under {scheme}")]
    NotRecognised {
        /// The criterion.
        criterion: CriterionId,
        /// The other scheme.
        scheme: RecognisedScheme,
    },
}

impl Checklist {
    /// All that is missing or wrong, in the order of the criteria; nothing where it may be handed in.
    pub fn check(&self, held: Held<'_>) -> Vec<ChecklistProblem> {
        let mut given: BTreeMap<&CriterionId, Vec<&Answer>> = BTreeMap::new();
        for answer in self.answers() {
            given.entry(&answer.criterion).or_default().push(answer);
        }
        let mut wrong = Vec::new();
        for asked in held.criteria.of(held.level, held.category) {
            let criterion = asked.id.clone();
            match given.remove(&criterion).as_deref() {
                Some([answer]) => wrong.extend(problem_of(answer, held)),
                Some([_, _, ..]) => wrong.push(ChecklistProblem::Twice { criterion }),
                Some([]) | None => wrong.push(ChecklistProblem::Missing { criterion }),
            }
        }
        wrong.extend(given.into_keys().map(|id| ChecklistProblem::Unknown { criterion: id.clone() }));
        wrong
    }
}

fn problem_of(answer: &Answer, held: Held<'_>) -> Option<ChecklistProblem> {
    let criterion = answer.criterion.clone();
    match &answer.status {
        AnswerStatus::Conforms => {
            let shown =
                !answer.evidence.is_empty() || answer.note.as_ref().is_some_and(|note| !note.is_empty());
            (!shown).then_some(ChecklistProblem::NoEvidence { criterion })
        }
        AnswerStatus::NotApplicable { reason } => {
            Note::is_empty(reason).then_some(ChecklistProblem::NoReason { criterion })
        }
        AnswerStatus::DoesNotConform => Some(ChecklistProblem::DoesNotConform { criterion }),
        AnswerStatus::Recognised { scheme, .. } => (!held.criteria.waives(*scheme, &criterion, held.at))
            .then_some(ChecklistProblem::NotRecognised { criterion, scheme: *scheme }),
    }
}
