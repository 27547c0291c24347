//! The checklist of a self-declaration (自己適合宣言): what the holder declares, criterion by criterion.

mod check;
mod statement;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Deserializer, Serialize};

pub use check::{ChecklistProblem, Held};
pub use statement::{NotAStatementUrl, Statement, StatementUrl};

use super::{
    criteria::{CriterionId, RecognisedScheme},
    evidence::EvidenceRef,
    text::Note,
};

/// The answers, at most [`Checklist::MOST`]. Whether they are complete is another question ([`Checklist::check`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Checklist(Vec<Answer>);

/// A checklist with more answers than any scheme has criteria.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a checklist has at most {} answers, with at most {} files each",
    Checklist::MOST,
    Answer::MOST_EVIDENCE
)]
pub struct ChecklistTooLong;

/// What is declared of one criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The criterion.
    pub criterion: CriterionId,
    /// What is declared.
    pub status: AnswerStatus,
    /// What shows it.
    #[serde(default)]
    pub evidence: Vec<EvidenceRef>,
    /// What is to be said of it.
    #[serde(default)]
    pub note: Option<Note>,
}

/// What is declared of a criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum AnswerStatus {
    /// The product conforms.
    Conforms,
    /// The criterion does not apply to it.
    NotApplicable {
        /// Why; a draft may lack it.
        reason: Note,
    },
    /// The product does not conform. It can be written down, and not be handed in.
    DoesNotConform,
    /// Another scheme's statement answers it (domain.md, recognition between schemes).
    Recognised {
        /// Which scheme.
        scheme: RecognisedScheme,
        /// Its statement.
        statement: Statement,
    },
}

impl Answer {
    /// Most files of one answer.
    pub const MOST_EVIDENCE: usize = 50;
}

impl Checklist {
    /// Most answers; a criteria file has no more.
    pub const MOST: usize = 2_000;

    /// A checklist with these answers.
    pub fn new(answers: Vec<Answer>) -> Result<Self, ChecklistTooLong> {
        let too_long = answers.len() > Self::MOST
            || answers.iter().any(|answer| answer.evidence.len() > Answer::MOST_EVIDENCE);
        if too_long { Err(ChecklistTooLong) } else { Ok(Self(answers)) }
    }

    /// The answers, in the order in which they were given.
    pub fn answers(&self) -> &[Answer] {
        &self.0
    }

    /// Every file that it refers to.
    pub fn evidence(&self) -> impl Iterator<Item = &EvidenceRef> {
        self.0.iter().flat_map(|answer| {
            let statement = match &answer.status {
                AnswerStatus::Recognised { statement: Statement::File(file), .. } => Some(file),
                _ => None,
            };
            answer.evidence.iter().chain(statement)
        })
    }
}

impl<'de> Deserialize<'de> for Checklist {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
