//! The steps of those who hand in: the holder and the evaluation body.

use shirushi_shared::{
    label::{Category, Level},
    registration::Product,
    time::UnixTime,
};

use super::{Application, ApplicationState, Content, Event, Refused, Setting, Step, Why};
use crate::scheme::{
    case_id::ApplicationId, organisation::OrganisationId, person::Person, report::EvaluationReport,
};

impl Application {
    /// A draft, of `by`'s organisation.
    pub fn draft(id: ApplicationId, content: Content, by: Person, at: UnixTime) -> Self {
        Self {
            id,
            holder: by.organisation.clone(),
            content,
            report: None,
            state: ApplicationState::Draft,
            criteria_version: None,
            events: vec![Event { at, by, step: Step::Draft, reason: None }],
        }
    }

    /// Replaces what the holder wrote. A report that was filed stays only where it is still about the same products, level,
    /// category and body: otherwise models could be added that nobody evaluated.
    pub fn edit(mut self, content: Content, by: Person, at: UnixTime) -> Result<Self, Refused> {
        self.allow(Step::Edit, &by)?;
        if evaluated(&self.content) != evaluated(&content) {
            self.report = None;
        }
        self.content = content;
        self.note(Step::Edit, by, None, at);
        Ok(self)
    }

    /// Files the evaluation body's report. Whether it is acceptable is asked when the application is submitted, and again later.
    pub fn file_report(
        mut self,
        report: EvaluationReport,
        by: Person,
        at: UnixTime,
    ) -> Result<Self, Refused> {
        self.allow(Step::FileReport, &by)?;
        if self.content.level.is_self_declared() {
            return Err(self.refuse(Step::FileReport, &by, Why::NoReportHere));
        }
        if report.body != by.organisation {
            return Err(self.refuse(Step::FileReport, &by, Why::NotTheEvaluationBody));
        }
        self.report = Some(report);
        self.note(Step::FileReport, by, None, at);
        Ok(self)
    }

    /// Hands it in, complete: with its checklist, or with its evaluation report.
    pub fn submit(mut self, setting: Setting<'_>, by: Person, at: UnixTime) -> Result<Self, Refused> {
        self.allow(Step::Submit, &by)?;
        let problems = self.problems(setting, at);
        if !problems.is_empty() {
            return Err(self.refuse(Step::Submit, &by, Why::Incomplete(problems)));
        }
        self.criteria_version = Some(setting.criteria.version.clone());
        self.state = ApplicationState::Submitted;
        self.note(Step::Submit, by, None, at);
        Ok(self)
    }

    /// Takes it back; the holder can until it is decided.
    pub fn withdraw(mut self, by: Person, at: UnixTime) -> Result<Self, Refused> {
        self.allow(Step::Withdraw, &by)?;
        self.state = ApplicationState::Withdrawn;
        self.note(Step::Withdraw, by, None, at);
        Ok(self)
    }
}

/// What an evaluation report is about.
fn evaluated(content: &Content) -> (&[Product], Level, Category, Option<&OrganisationId>) {
    (&content.products, content.level, content.category, content.evaluation_body.as_ref())
}
