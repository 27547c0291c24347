//! The steps of an application, and in which state each is possible.

use serde::{Deserialize, Serialize};
use shirushi_shared::time::UnixTime;

use super::{Application, ApplicationState as State, Refused, Why};
use crate::scheme::{organisation::OrganisationId, person::Person, text::Reason, words::words};

words! {
    /// What is done to an application.
    Step {
        /// Begun by the holder.
        Draft = "draft",
        /// Changed by the holder.
        Edit = "edit",
        /// Its evaluation report filed by the evaluation body.
        FileReport = "file_report",
        /// Handed in by the holder.
        Submit = "submit",
        /// Taken back by the holder.
        Withdraw = "withdraw",
        /// Examination begun by a reviewer.
        BeginReview = "begin_review",
        /// Evaluation report accepted by a reviewer.
        AcceptReport = "accept_report",
        /// Sent back by the operator.
        Return = "return",
        /// Rejected by the operator.
        Reject = "reject",
        /// Approved by an approver.
        Approve = "approve",
    }
}

/// One step that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// When; of edits by one person after each other, the last one.
    pub at: UnixTime,
    /// By whom.
    pub by: Person,
    /// What.
    pub step: Step,
    /// Why, where a reason was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// Who takes a step.
enum Party {
    Holder,
    EvaluationBody,
    Operator,
}

impl Step {
    const fn party(self) -> Party {
        match self {
            Self::Draft | Self::Edit | Self::Submit | Self::Withdraw => Party::Holder,
            Self::FileReport => Party::EvaluationBody,
            Self::BeginReview | Self::AcceptReport | Self::Return | Self::Reject | Self::Approve => {
                Party::Operator
            }
        }
    }

    /// The table: whether this step is possible in `state`.
    pub const fn is_possible(self, state: &State) -> bool {
        match self {
            Self::Draft => false,
            Self::Edit | Self::FileReport | Self::Submit => {
                matches!(state, State::Draft | State::Returned { .. })
            }
            Self::Withdraw => !state.is_final(),
            Self::BeginReview => matches!(state, State::Submitted),
            Self::AcceptReport | Self::Return | Self::Reject | Self::Approve => {
                matches!(state, State::UnderReview { .. })
            }
        }
    }

    /// The step in the past tense, for messages.
    pub const fn past(self) -> &'static str {
        match self {
            Self::Draft => "begun",
            Self::Edit => "changed",
            Self::FileReport => "given a report",
            Self::Submit => "submitted",
            Self::Withdraw => "withdrawn",
            Self::BeginReview => "taken for review",
            Self::AcceptReport => "given an accepted report",
            Self::Return => "returned",
            Self::Reject => "rejected",
            Self::Approve => "approved",
        }
    }
}

impl Application {
    /// Whether `by` may take `step` in the present state: the state first, then whose staff they are.
    pub(super) fn allow(&self, step: Step, by: &Person) -> Result<(), Refused> {
        if !step.is_possible(&self.state) {
            return Err(self.refuse(step, by, Why::State));
        }
        let is_of = |organisation: Option<&OrganisationId>| organisation == Some(&by.organisation);
        let (is_holder, is_body) = (is_of(Some(&self.holder)), is_of(self.content.evaluation_body.as_ref()));
        match step.party() {
            Party::Holder if !is_holder => Err(self.refuse(step, by, Why::NotTheHolder)),
            Party::EvaluationBody if !is_body => Err(self.refuse(step, by, Why::NotTheEvaluationBody)),
            Party::Operator if is_holder || is_body => Err(self.refuse(step, by, Why::Partial)),
            Party::Holder | Party::EvaluationBody | Party::Operator => Ok(()),
        }
    }

    /// Notes the step. Time never runs backwards here, even where the clocks of two nodes differ.
    pub(super) fn note(&mut self, step: Step, by: Person, reason: Option<Reason>, at: UnixTime) {
        let at = self.events.last().map_or(at, |last| at.max(last.at));
        match self.events.last_mut() {
            // A draft that is saved every minute must not grow by its saving.
            Some(last) if step == Step::Edit && last.step == step && last.by == by => last.at = at,
            _ => self.events.push(Event { at, by, step, reason }),
        }
    }

    pub(super) fn refuse(&self, step: Step, by: &Person, why: Why) -> Refused {
        Refused { id: self.id.clone(), state: self.state.name(), step, by: by.clone(), why: Box::new(why) }
    }
}
