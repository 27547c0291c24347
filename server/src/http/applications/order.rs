//! What is ordered about applications.

use serde::Deserialize;
use shirushi_shared::{
    label::{Category, Level},
    time::UnixTime,
};

use crate::{
    http::problem::Refusal,
    scheme::{evidence::EvidenceRef, organisation::OrganisationId, report::EvaluationReport, text::Name},
    service::{approval, desk::Approve},
};

/// An evaluation report (適合評価報告書): whose it is follows from who files it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ReportRequest {
    number: Name,
    level: Level,
    category: Category,
    dated: UnixTime,
    evidence: EvidenceRef,
}

/// What an approval says beyond the application.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ApproveRequest {
    /// As it is printed.
    number: String,
    /// A date in Japan, or an instant.
    valid_from: String,
    /// The last day in Japan, or the first instant after it.
    valid_until: String,
}

impl ReportRequest {
    /// The report, as that of `body`.
    pub(super) fn of(self, body: &OrganisationId) -> EvaluationReport {
        let Self { number, level, category, dated, evidence } = self;
        EvaluationReport { body: body.clone(), number, level, category, dated, evidence }
    }
}

impl ApproveRequest {
    /// The approval.
    pub(super) fn check(self) -> Result<Approve, Refusal> {
        let valid = approval::validity(&self.valid_from, &self.valid_until).map_err(Refusal::of_fields)?;
        Ok(Approve { printed_number: self.number, valid })
    }
}
