//! A step that was refused: in which state, by whom, and why.

use super::{ApplicationProblem, Step};
use crate::scheme::{case_id::ApplicationId, person::Person};

/// A step that was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{id} is {state} and cannot be {} by {by}: {why}", step.past())]
pub struct Refused {
    /// Which application.
    pub id: ApplicationId,
    /// The state that it is in, as a word.
    pub state: &'static str,
    /// What was asked for.
    pub step: Step,
    /// Who asked.
    pub by: Person,
    /// Why not.
    pub why: Box<Why>,
}

/// Why a step was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// Not in this state.
    #[error("not in this state")]
    State,
    /// It is the holder's step.
    #[error("that is for the holder")]
    NotTheHolder,
    /// It is the commissioned evaluation body's step.
    #[error("that is for the commissioned evaluation body")]
    NotTheEvaluationBody,
    /// Who judges belongs to who is judged.
    #[error("nobody decides on what their own organisation handed in")]
    Partial,
    /// The same person took the step before it: two people are needed.
    #[error("the same person took the step \"{before}\": this needs another one")]
    SamePerson {
        /// The step before.
        before: Step,
    },
    /// STAR-1 and -2 have no evaluation report.
    #[error("a self-declared level has no evaluation report")]
    NoReportHere,
    /// A report is needed and is not there, or was not accepted.
    #[error("the evaluation report has not been accepted")]
    ReportNotAccepted,
    /// The number given to the label is one that exists before a label.
    #[error("an application's number is no registration number")]
    NumberIsPreLabel,
    /// It lacks something: all of it.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Incomplete(Vec<ApplicationProblem>),
}
