//! The operator's steps.

use shirushi_shared::{label::RegistrationNumber, time::UnixTime};

use super::{Application, ApplicationState, Refused, Setting, Step, Why};
use crate::scheme::{person::Person, text::Reason};

impl Application {
    /// Begins its examination.
    pub fn begin_review(mut self, by: Person, at: UnixTime) -> Result<Self, Refused> {
        self.allow(Step::BeginReview, &by)?;
        self.state = ApplicationState::UnderReview { reviewer: by.clone(), report_accepted_by: None };
        self.note(Step::BeginReview, by, None, at);
        Ok(self)
    }

    /// Accepts its evaluation report, where the body is accredited for it at its date and now.
    pub fn accept_report(mut self, setting: Setting<'_>, by: Person, at: UnixTime) -> Result<Self, Refused> {
        self.allow(Step::AcceptReport, &by)?;
        if self.content.level.is_self_declared() {
            return Err(self.refuse(Step::AcceptReport, &by, Why::NoReportHere));
        }
        self.keep_to(Step::AcceptReport, setting, &by, at)?;
        if let ApplicationState::UnderReview { report_accepted_by, .. } = &mut self.state {
            *report_accepted_by = Some(by.clone());
        }
        self.note(Step::AcceptReport, by, None, at);
        Ok(self)
    }

    /// Sends it back to the holder, who may change it and submit it again. It is examined anew then.
    pub fn return_to_holder(mut self, reason: Reason, by: Person, at: UnixTime) -> Result<Self, Refused> {
        self.allow(Step::Return, &by)?;
        self.state = ApplicationState::Returned { by: by.clone(), reason: reason.clone() };
        self.note(Step::Return, by, Some(reason), at);
        Ok(self)
    }

    /// Rejects it for good.
    pub fn reject(mut self, reason: Reason, by: Person, at: UnixTime) -> Result<Self, Refused> {
        self.allow(Step::Reject, &by)?;
        self.state = ApplicationState::Rejected { by: by.clone(), reason: reason.clone() };
        self.note(Step::Reject, by, Some(reason), at);
        Ok(self)
    }

    /// Approves it as registration `number`. Who approves has neither examined it nor accepted its report.
    pub fn approve(
        mut self,
        number: RegistrationNumber,
        setting: Setting<'_>,
        by: Person,
        at: UnixTime,
    ) -> Result<Self, Refused> {
        const STEP: Step = Step::Approve;
        self.allow(STEP, &by)?;
        let ApplicationState::UnderReview { reviewer, report_accepted_by } = &self.state else {
            return Err(self.refuse(STEP, &by, Why::State));
        };
        if reviewer.is_same_as(&by) {
            return Err(self.refuse(STEP, &by, Why::SamePerson { before: Step::BeginReview }));
        }
        match report_accepted_by {
            None if !self.content.level.is_self_declared() => {
                return Err(self.refuse(STEP, &by, Why::ReportNotAccepted));
            }
            Some(acceptor) if acceptor.is_same_as(&by) => {
                return Err(self.refuse(STEP, &by, Why::SamePerson { before: Step::AcceptReport }));
            }
            Some(_) | None => {}
        }
        if self.id.as_pre_label_number().is_ok_and(|pre_label| pre_label == number) {
            return Err(self.refuse(STEP, &by, Why::NumberIsPreLabel));
        }
        self.keep_to(STEP, setting, &by, at)?;
        self.state = ApplicationState::Approved { number, reviewer: reviewer.clone(), approver: by.clone() };
        self.note(STEP, by, None, at);
        Ok(self)
    }

    fn keep_to(&self, step: Step, setting: Setting<'_>, by: &Person, at: UnixTime) -> Result<(), Refused> {
        let problems = self.problems_of_parties(setting, at);
        if problems.is_empty() { Ok(()) } else { Err(self.refuse(step, by, Why::Incomplete(problems))) }
    }
}
