//! Whether an application can be submitted, and still be approved: all that is wrong, at once.

use serde::{Deserialize, Serialize};
use shirushi_shared::time::UnixTime;

use super::Application;
use crate::scheme::{
    checklist::{ChecklistProblem, Held},
    criteria::{Closed, Criteria},
    organisation::{Organisation, OrganisationId, OrganisationKind},
    products::{self, ProductProblem},
    report::ReportProblem,
};

/// What an application is held against: as it is on record at that moment.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The scheme's criteria.
    pub criteria: &'a Criteria,
    /// Who applies.
    pub holder: &'a Organisation,
    /// The evaluation body that the application names; `None` where it names none, or one that is not on record.
    pub evaluation_body: Option<&'a Organisation>,
}

/// One thing that an application lacks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "in", content = "is", rename_all = "snake_case")]
pub enum ApplicationProblem {
    /// The organisation on record is no holder, or another one.
    #[error("{0} is not on record as a holder")]
    Holder(OrganisationId),
    /// The holder is suspended.
    #[error("the holder {0} is suspended")]
    HolderSuspended(OrganisationId),
    /// The level takes no such application.
    #[error(transparent)]
    Level(#[from] Closed),
    /// Its products.
    #[error(transparent)]
    Products(#[from] ProductProblem),
    /// Its checklist.
    #[error(transparent)]
    Checklist(#[from] ChecklistProblem),
    /// Its report.
    #[error(transparent)]
    Report(#[from] ReportProblem),
    /// STAR-3 and -4 need an evaluation body.
    #[error("the level needs a third-party evaluation: the evaluation body is missing")]
    NoEvaluationBody,
    /// STAR-3 and -4 need its report.
    #[error("the evaluation report is missing")]
    NoReport,
    /// STAR-1 and -2 are declared by the maker: there is no evaluation body.
    #[error("the level is declared by the maker: there is no evaluation body")]
    SelfDeclared,
}

impl Application {
    /// All that keeps it from being submitted at `at`.
    pub fn problems(&self, setting: Setting<'_>, at: UnixTime) -> Vec<ApplicationProblem> {
        let content = &self.content;
        let mut wrong = self.problems_of_parties(setting, at);
        wrong.extend(setting.criteria.open(content.level, content.category).err().map(Into::into));
        wrong.extend(products::check(&content.products).into_iter().map(Into::into));
        if content.level.is_self_declared() {
            let held =
                Held { criteria: setting.criteria, level: content.level, category: content.category, at };
            wrong.extend(content.checklist.check(held).into_iter().map(Into::into));
        }
        wrong
    }

    /// What may change between submission and approval without the application: organisations suspended, accreditations
    /// withdrawn. The criteria are those of its submission and are not asked again.
    pub(super) fn problems_of_parties(&self, setting: Setting<'_>, at: UnixTime) -> Vec<ApplicationProblem> {
        let mut wrong = Vec::new();
        let holder = setting.holder;
        if holder.id != self.holder || holder.kind() != OrganisationKind::Holder {
            wrong.push(ApplicationProblem::Holder(self.holder.clone()));
        } else if holder.suspended(at).is_some() {
            wrong.push(ApplicationProblem::HolderSuspended(self.holder.clone()));
        }
        let named = self.content.evaluation_body.as_ref();
        if self.content.level.is_self_declared() {
            wrong.extend(named.is_some().then_some(ApplicationProblem::SelfDeclared));
            return wrong;
        }
        let (level, category) = (self.content.level, self.content.category);
        match (setting.evaluation_body.filter(|body| Some(&body.id) == named), &self.report) {
            (None, _) => wrong.push(ApplicationProblem::NoEvaluationBody),
            (Some(_), None) => wrong.push(ApplicationProblem::NoReport),
            (Some(body), Some(report)) => {
                wrong.extend(report.check(body, level, category, at).into_iter().map(Into::into));
            }
        }
        wrong
    }
}
