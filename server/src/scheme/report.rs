//! An evaluation report (適合評価報告書) of an evaluation body, for STAR-3 and -4.

use serde::{Deserialize, Serialize};
use shirushi_shared::{
    label::{Category, Level},
    time::UnixTime,
};

use super::{
    evidence::EvidenceRef,
    organisation::{Organisation, OrganisationId},
    text::Name,
};

/// What an evaluation body filed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationReport {
    /// Whose report.
    pub body: OrganisationId,
    /// Its number there.
    pub number: Name,
    /// The level evaluated for.
    pub level: Level,
    /// The product category.
    pub category: Category,
    /// Its date.
    pub dated: UnixTime,
    /// The report itself.
    pub evidence: EvidenceRef,
}

/// One reason for which a report is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportProblem {
    /// Not of the body that was commissioned.
    #[error("the report is of another evaluation body")]
    OtherBody,
    /// For another level.
    #[error("the report is for another level")]
    OtherLevel,
    /// For another category.
    #[error("the report is for another product category")]
    OtherCategory,
    /// Dated later than now.
    #[error("the report is dated in the future")]
    InFuture,
    /// The body was not accredited for it at its date.
    #[error("the evaluation body was not accredited for this at the date of the report")]
    NotAccreditedThen,
    /// The body is not accredited for it now: withdrawn, lapsed, or suspended since.
    #[error("the evaluation body is not accredited for this now")]
    NotAccreditedNow,
}

impl EvaluationReport {
    /// Everything that keeps it from being accepted at `now` for `level` and `category`, with `body` as it is on record now.
    pub fn check(
        &self,
        body: &Organisation,
        level: Level,
        category: Category,
        now: UnixTime,
    ) -> Vec<ReportProblem> {
        let accredited = |at| body.is_accredited(level, category, at);
        [
            (self.body != body.id, ReportProblem::OtherBody),
            (self.level != level, ReportProblem::OtherLevel),
            (self.category != category, ReportProblem::OtherCategory),
            (self.dated > now, ReportProblem::InFuture),
            (!accredited(self.dated), ReportProblem::NotAccreditedThen),
            (!accredited(now), ReportProblem::NotAccreditedNow),
        ]
        .into_iter()
        .filter_map(|(is_so, problem)| is_so.then_some(problem))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use shirushi_shared::time::Window;

    use super::*;
    use crate::scheme::{
        evidence::{ContentHash, FileName, FileSize, MediaType},
        organisation::{Accreditation, Categories, OrganisationKind},
    };

    const DAY: i64 = 86_400;

    fn lab() -> Organisation {
        let valid = Window { from: UnixTime::EPOCH.plus(10 * DAY), until: UnixTime::EPOCH.plus(20 * DAY) };
        let accreditation = Accreditation::new([Level::Star3].into(), Categories::All, valid).unwrap();
        let id = OrganisationId::parse("lab").unwrap();
        let name = Name::parse("Example Lab (fictional)").unwrap();
        Organisation::new(id, OrganisationKind::EvaluationBody, name).accredit(accreditation).unwrap()
    }

    fn report(day: i64) -> EvaluationReport {
        EvaluationReport {
            body: OrganisationId::parse("lab").unwrap(),
            number: Name::parse("R-1").unwrap(),
            level: Level::Star3,
            category: Category::parse("network_camera").unwrap(),
            dated: UnixTime::EPOCH.plus(day * DAY),
            evidence: EvidenceRef {
                sha256: ContentHash::from_bytes([1; 32]),
                name: FileName::parse("report.pdf").unwrap(),
                media_type: MediaType::Pdf,
                size: FileSize::new(9).unwrap(),
            },
        }
    }

    #[test]
    fn the_body_is_accredited_at_its_date_and_now() {
        for dated in 0..30 {
            for now in 0..30 {
                let category = Category::parse("network_camera").unwrap();
                let wrong =
                    report(dated).check(&lab(), Level::Star3, category, UnixTime::EPOCH.plus(now * DAY));
                let held = |day| (10..20).contains(&day);
                assert_eq!(
                    wrong.is_empty(),
                    held(dated) && held(now) && dated <= now,
                    "{dated} {now}: {wrong:?}"
                );
            }
        }
    }

    #[test]
    fn a_report_is_for_what_it_says() {
        let other = OrganisationId::parse("other-lab").unwrap();
        let wrong = EvaluationReport { body: other, ..report(12) };
        let now = UnixTime::EPOCH.plus(13 * DAY);
        let found = wrong.check(&lab(), Level::Star4, Category::parse("toy").unwrap(), now);
        use ReportProblem as P;
        let expected =
            [P::OtherBody, P::OtherLevel, P::OtherCategory, P::NotAccreditedThen, P::NotAccreditedNow];
        assert_eq!(found, expected);
    }
}
