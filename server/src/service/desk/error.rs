//! Why the desk did not do what was asked.

use shirushi_shared::{api::FieldProblem, policy::PolicyError};

use crate::{
    evidence::EvidenceError,
    registry::RegistryError,
    scheme::{
        access::Denied,
        application::{Refused, Why},
        decision::DecisionRefused,
        notice::{NoticeProblem, NoticeRefused, NoticeWhy},
        policy::PolicyRefused,
        sighting::SightingRefused,
        standing::{AdvisoryRefused, DutyRefused, ExtensionRefused, ReTestReason},
    },
    service::issue::IssueError,
};

/// Why the desk did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// There is no such thing, or it is somebody else's.
    #[error("there is no such object")]
    NotFound,
    /// The caller may not do this at all.
    #[error(transparent)]
    Denied(Denied),
    /// Not in this state, or not by this person. The text names the state.
    #[error("{0}")]
    Refused(String),
    /// What was handed in is wrong: all of it.
    #[error("{} things are wrong", .0.len())]
    Invalid(Vec<FieldProblem>),
    /// The label is extended only after a new test.
    #[error("the label is extended only after a new test")]
    ReTest(Vec<ReTestReason>),
    /// The registry did not take it.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// No label was issued.
    #[error(transparent)]
    Issue(IssueError),
    /// The evidence store did not take or give a file.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// No number could be drawn.
    #[error("the system gave no randomness: {0}")]
    Random(#[from] getrandom::Error),
}

impl DeskError {
    /// What is wrong, or speaks against it, one by one.
    pub fn details(&self) -> Vec<FieldProblem> {
        match self {
            Self::Invalid(problems) => problems.clone(),
            Self::ReTest(reasons) => reasons.iter().map(told).collect(),
            _ => Vec::new(),
        }
    }

    /// One thing that is wrong, where it stands.
    pub(super) fn of_field(field: &str, detail: &impl ToString) -> Self {
        Self::Invalid(vec![problem(field, detail)])
    }
}

pub(super) fn problem(field: impl Into<String>, detail: &impl ToString) -> FieldProblem {
    FieldProblem { row: None, field: field.into(), detail: detail.to_string() }
}

fn told(reason: &ReTestReason) -> FieldProblem {
    match reason {
        ReTestReason::OpenAdvisory { id, severity, since } => {
            problem("advisory", &format!("{id}, of severity {severity}, is open since {since}"))
        }
        ReTestReason::OverdueReport { id, due } => problem("duty", &format!("{id} is overdue since {due}")),
    }
}

fn all<T: ToString>(field: &str, problems: &[T]) -> DeskError {
    DeskError::Invalid(problems.iter().map(|one| problem(field, one)).collect())
}

impl From<Denied> for DeskError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotFound => Self::NotFound,
            other => Self::Denied(other),
        }
    }
}

impl From<IssueError> for DeskError {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Registry(error) => Self::Registry(error),
            other => Self::Issue(other),
        }
    }
}

impl From<Refused> for DeskError {
    fn from(refused: Refused) -> Self {
        match *refused.why {
            Why::Incomplete(problems) => all("application", &problems),
            _ => Self::Refused(refused.to_string()),
        }
    }
}

impl From<NoticeRefused> for DeskError {
    fn from(refused: NoticeRefused) -> Self {
        match *refused.why {
            NoticeWhy::Unfit(problems) => problems.into(),
            _ => Self::Refused(refused.to_string()),
        }
    }
}

impl From<Vec<NoticeProblem>> for DeskError {
    fn from(problems: Vec<NoticeProblem>) -> Self {
        all("content", &problems)
    }
}

impl From<PolicyError> for DeskError {
    fn from(error: PolicyError) -> Self {
        let PolicyError::Wrong(problems) = error else { return Self::of_field("policy", &error) };
        let one = |it: shirushi_shared::policy::PolicyProblem| {
            let field = it.rule.map_or_else(|| "policy".to_owned(), |rule| format!("rules[{}]", rule - 1));
            problem(field, &it.wrong)
        };
        Self::Invalid(problems.into_iter().map(one).collect())
    }
}

macro_rules! refused {
    ($($refused:ty),+) => {$(
        impl From<$refused> for DeskError {
            fn from(refused: $refused) -> Self {
                Self::Refused(refused.to_string())
            }
        }
    )+};
}
refused!(DecisionRefused, AdvisoryRefused, DutyRefused, ExtensionRefused, SightingRefused, PolicyRefused);
