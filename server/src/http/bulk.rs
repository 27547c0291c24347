//! `POST /v1/verify/bulk`: rows streamed in, answers streamed out, in order, before the upload has ended.
//!
//! The whole run is the body of the response, and nothing is driven but by whoever reads it: a slow reader holds up the
//! upload, and one who goes away ends the run. Each limit is told in the last line, and without a last line something is
//! missing.

mod limits;
mod upload;

use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::Body,
    extract::{FromRef, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt as _, future::ready, stream};
use serde::Deserialize;
use shirushi_shared::{
    api::{BulkEnd, BulkLine, ProblemType, When},
    policy::Day,
    text::Language,
};

pub(super) use self::limits::{Asker, Limits};
use self::upload::{Ending, Upload};
use super::{
    extract::Query, fields::Fields, metrics::Metrics, policies, problem::Refusal, state::AppState,
    verify::yes_or_no,
};
use crate::service::{
    bulk::{Bulk, Count, Wanted, json_lines},
    caller::Caller,
    desk::Desk,
    health::Health,
};

/// What a run needs.
#[derive(Clone)]
pub(super) struct Runs {
    bulk: Bulk,
    metrics: Metrics,
    health: Health,
}

impl FromRef<AppState> for Runs {
    fn from_ref(state: &AppState) -> Self {
        let AppState { bulk, metrics, health, .. } = state;
        Self { bulk: bulk.clone(), metrics: metrics.clone(), health: health.clone() }
    }
}

/// What is to be in the answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    lang: Option<String>,
    #[serde(default, deserialize_with = "yes_or_no")]
    products: bool,
    policy: Option<String>,
    as_of: Option<String>,
    contract_end: Option<String>,
}

impl Asked {
    /// What is wanted by a caller whose browser or program accepts `accepted`.
    async fn wanted(
        self,
        desk: &Desk,
        caller: Option<&Caller>,
        accepted: Option<&str>,
    ) -> Result<Wanted, Refusal> {
        let mut fields = Fields::default();
        let when = fields.keep_some("as_of", self.as_of.as_deref(), When::parse);
        let end =
            fields.keep_some("contract_end", self.contract_end.as_deref(), |text| Day::parse(text.trim()));
        fields.done(Some(()))?;
        let policy = match &self.policy {
            Some(name) => Some(Arc::new(policies::named(desk, caller, name).await?)),
            None => None,
        };
        Ok(Wanted {
            language: Language::choose(self.lang.as_deref(), accepted),
            products: self.products,
            policy,
            when: when.unwrap_or_default(),
            contract_end: end,
        })
    }
}

/// `POST /v1/verify/bulk`.
pub(super) async fn verify(
    State(runs): State<Runs>,
    State(desk): State<Desk>,
    limits: Limits,
    Asker(caller): Asker,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let media = media(&headers)?;
    limits.check_announced(&headers)?;
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let wanted = asked.wanted(&desk, caller.as_ref(), accepted).await?;
    let answers = Body::from_stream(answers(runs, body, limits, wanted));
    Ok(([(header::CONTENT_TYPE, media)], answers).into_response())
}

/// The answers to all rows of `body`, the last line, and then the rest of an upload that was stopped.
fn answers(
    runs: Runs,
    body: Body,
    limits: Limits,
    wanted: Wanted,
) -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> + Send {
    let Runs { bulk, metrics, health } = runs;
    let (total, ending) = (Arc::new(Mutex::new(Count::default())), Ending::default());
    let rows = stream::unfold(Upload::new(body, limits, health, ending.clone()), Upload::batch);
    let counted = Arc::clone(&total);
    let answers = bulk.answers(rows, wanted, |lines| json_lines(&lines)).map(move |batch| {
        metrics.verdicts(&batch.count.outcomes);
        counted.lock().unwrap_or_else(PoisonError::into_inner).add(&batch.count);
        Ok(batch.answers)
    });
    let last = {
        let ending = ending.clone();
        stream::once(async move {
            let end = total.lock().unwrap_or_else(PoisonError::into_inner).to_end();
            let end = BulkEnd { stopped: ending.why(), ..end };
            let stopped = end.stopped.as_ref().map(|stopped| tracing::field::debug(stopped.code));
            tracing::info!(rows = end.rows, bad = end.bad, stopped, "a file was verified");
            Ok(json_lines(&[BulkLine::End(end)]))
        })
    };
    let rest = stream::once(async move { ending.drain().await }).filter_map(|()| ready(None));
    answers.chain(last).chain(rest)
}

/// The name of JSON Lines that the caller uses: there are two, and neither is registered.
fn media(headers: &HeaderMap) -> Result<HeaderValue, Refusal> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media.split(';').next().unwrap_or_default().trim();
    for name in ["application/x-ndjson", "application/jsonl"] {
        if essence.eq_ignore_ascii_case(name) {
            return Ok(HeaderValue::from_static(name));
        }
    }
    let detail = "send JSON Lines with Content-Type: application/x-ndjson or application/jsonl";
    Err(Refusal::new(ProblemType::UnsupportedMediaType, detail))
}
