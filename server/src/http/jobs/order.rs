//! What is wanted of a file, as the query says it.

use axum::http::{HeaderMap, header};
use serde::Deserialize;
use shirushi_shared::{
    api::ProblemType,
    policy::{Day, Policy},
    text::Language,
};

use crate::{
    http::{fields::Fields, policies, problem::Refusal, verify::yes_or_no},
    scheme::evidence::FileName,
    service::{
        caller::Caller,
        desk::Desk,
        jobs::{Format, Mapping, Order, Plan},
    },
};

/// A workbook's media type.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Most columns of a table.
const COLUMNS: usize = 256;

/// The query of a job to be opened.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Asked {
    name: Option<String>,
    lang: Option<String>,
    #[serde(default, deserialize_with = "yes_or_no")]
    products: bool,
    /// `auto`, or a mapping as JSON.
    mapping: Option<String>,
    /// A day.
    as_of: Option<String>,
    /// Another job.
    earlier: Option<String>,
    /// `NAME` or `NAME@VERSION`.
    policy: Option<String>,
    /// A day.
    contract_end: Option<String>,
}

impl Asked {
    /// By which policy of the caller's every row is checked, and until when contracts run that do not say it.
    pub(super) async fn terms(
        &self,
        desk: &Desk,
        caller: Option<&Caller>,
    ) -> Result<(Option<Policy>, Option<Day>), Refusal> {
        let mut fields = Fields::default();
        let end = fields.keep_some("contract_end", self.contract_end.as_deref(), Day::parse);
        fields.done(Some(()))?;
        let policy = match &self.policy {
            Some(name) => Some(policies::named(desk, caller, name).await?),
            None => None,
        };
        Ok((policy, end))
    }

    /// What is wanted of a file of this format, or all that is wrong with it.
    pub(super) fn check(self, format: Option<Format>, headers: &HeaderMap) -> Result<Order, Refusal> {
        let mut fields = Fields::default();
        let name = fields.keep("name", FileName::parse(self.name.as_deref().unwrap_or("file")));
        let date = fields.keep_some("as_of", self.as_of.as_deref(), Day::parse);
        let plan = match self.mapping.as_deref() {
            None => Plan::Ask,
            Some("auto") => Plan::Guess,
            Some(json) => match Mapping::load(json, COLUMNS) {
                Ok(mapping) => Plan::Given(mapping),
                Err(wrong) => {
                    for wrong in &wrong {
                        fields.refuse("mapping", wrong);
                    }
                    Plan::Ask
                }
            },
        };
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = Language::choose(self.lang.as_deref(), accepted);
        let (products, earlier) = (self.products, self.earlier);
        fields.done(name.map(|name| Order { name, format, plan, language, products, date, earlier }))
    }
}

/// What the body is; `None`: its content tells.
pub(super) fn format(headers: &HeaderMap) -> Result<Option<Format>, Refusal> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/x-ndjson" | "application/jsonl" => Ok(Some(Format::JsonLines)),
        // Of these two the content tells which it is: a workbook is often sent as the other.
        "text/csv" | XLSX => Ok(Some(Format::Table)),
        "application/octet-stream" => Ok(None),
        _ => {
            let detail = format!(
                "send a file with Content-Type: text/csv, {XLSX}, application/x-ndjson, application/jsonl or \
                 application/octet-stream"
            );
            Err(Refusal::new(ProblemType::UnsupportedMediaType, detail))
        }
    }
}
