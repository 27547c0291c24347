//! Reads a criteria file: strictly, and tells all that is wrong with its contents at once.

use std::collections::BTreeSet;

use shirushi_shared::label::Level;

use super::{Criteria, Criterion, CriterionId, LevelState, TextState};

/// Largest file: a scheme's whole criteria are some ten thousand bytes.
const MAX_BYTES: usize = 1 << 20;
/// Most criteria, of all levels and categories.
const MAX_CRITERIA: usize = 2_000;
/// Most rows of a short list: mappings, clauses, waivers.
const MAX_ROWS: usize = 50;

/// Why a criteria file was not loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CriteriaError {
    /// Larger than any.
    #[error("the file is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// No JSON of this form: unknown or missing fields, unknown words, numbers out of form.
    #[error("not a criteria file: {0}")]
    Form(String),
    /// What it says does not fit together.
    #[error("the criteria contradict themselves: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Contents(Vec<CriteriaProblem>),
}

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CriteriaProblem {
    /// More rows than any scheme has.
    #[error("{0} has too many rows")]
    TooMany(&'static str),
    /// A number given twice.
    #[error("{0} is there twice")]
    Twice(CriterionId),
    /// A level with two rows.
    #[error("{0} has two rows")]
    LevelTwice(Level),
    /// A level without a row.
    #[error("{0} has no row")]
    LevelMissing(Level),
    /// A waiver of a criterion that is not there.
    #[error("{0} is waived and not there")]
    WaivedUnknown(CriterionId),
    /// Title, mark and text state go together.
    #[error("{0}: titles and mark are there where its text is known, and nowhere else")]
    Untold(CriterionId),
    /// Asked for by no level or category.
    #[error("{0} is asked for by no level or category")]
    ForNobody(CriterionId),
    /// A mapping without clauses, or to the same standard twice.
    #[error("{0}: each standard once, with its clauses")]
    Mapping(CriterionId),
    /// Open, declared by the maker, and without criteria.
    #[error("{0} is open and has no criteria")]
    OpenWithoutCriteria(Level),
}

impl Criteria {
    /// Reads `text`, the contents of a criteria file.
    pub fn load(text: &str) -> Result<Self, CriteriaError> {
        if text.len() > MAX_BYTES {
            return Err(CriteriaError::TooLarge);
        }
        let read: Self =
            serde_json::from_str(text).map_err(|error| CriteriaError::Form(error.to_string()))?;
        let wrong = problems(&read);
        if wrong.is_empty() { Ok(read) } else { Err(CriteriaError::Contents(wrong)) }
    }
}

fn problems(read: &Criteria) -> Vec<CriteriaProblem> {
    let mut wrong = Vec::new();
    let sizes = [
        ("criteria", read.criteria.len(), MAX_CRITERIA),
        ("waivers", read.waivers.len(), MAX_ROWS),
        ("levels", read.levels.len(), Level::ALL.len()),
    ];
    wrong.extend(
        sizes.iter().filter(|(_, rows, most)| rows > most).map(|(what, ..)| CriteriaProblem::TooMany(what)),
    );
    for level in Level::ALL {
        let mut rows = read.levels.iter().filter(|rule| rule.level == level);
        match (rows.next(), rows.next()) {
            (None, _) => wrong.push(CriteriaProblem::LevelMissing(level)),
            (_, Some(_)) => wrong.push(CriteriaProblem::LevelTwice(level)),
            (Some(rule), None) => {
                let has_criteria = read.criteria.iter().any(|one| one.levels.contains(&level));
                if rule.state == LevelState::Open && level.is_self_declared() && !has_criteria {
                    wrong.push(CriteriaProblem::OpenWithoutCriteria(level));
                }
            }
        }
    }
    let mut seen = BTreeSet::new();
    for criterion in &read.criteria {
        if !seen.insert(&criterion.id) {
            wrong.push(CriteriaProblem::Twice(criterion.id.clone()));
        }
        wrong.extend(problems_of(criterion));
    }
    let waived = read.waivers.iter().flat_map(|waiver| &waiver.criteria);
    let unknown = waived.filter(|id| !seen.contains(id));
    wrong.extend(unknown.map(|id| CriteriaProblem::WaivedUnknown(id.clone())));
    wrong
}

fn problems_of(criterion: &Criterion) -> Vec<CriteriaProblem> {
    let mut wrong = Vec::new();
    let known = criterion.text != TextState::NotFound;
    let told = [criterion.title_ja.is_some(), criterion.title_en.is_some(), criterion.mark.is_some()];
    if told.iter().any(|is_there| *is_there != known) {
        wrong.push(CriteriaProblem::Untold(criterion.id.clone()));
    }
    if criterion.levels.is_empty() || criterion.categories.is_empty() {
        wrong.push(CriteriaProblem::ForNobody(criterion.id.clone()));
    }
    let standards: BTreeSet<_> = criterion.mapping.iter().map(|row| row.to).collect();
    let in_form = criterion.mapping.iter().all(|row| (1..=MAX_ROWS).contains(&row.clauses.len()));
    if standards.len() != criterion.mapping.len() || !in_form {
        wrong.push(CriteriaProblem::Mapping(criterion.id.clone()));
    }
    wrong
}
