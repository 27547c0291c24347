//! `POST /v1/verify/bulk`: rows streamed in, answers streamed out, in order, before the upload has ended.
//!
//! The whole run is the body of the response, and nothing is driven but by whoever reads it: a slow reader holds up the
//! upload, and one who goes away ends the run. Each limit is told in the last line, and without a last line something is
//! missing.

mod limits;
mod media;
mod upload;

use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::Body,
    extract::{FromRef, State},
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt as _, future::ready, stream};
use serde::Deserialize;
use shirushi_shared::{
    api::{BulkEnd, ProblemType, When},
    policy::Day,
    text::Language,
};

pub(super) use self::limits::Limits;
use self::{
    media::Media,
    upload::{Ending, Upload},
};
use super::{
    extract::{Asker, Query},
    fields::Fields,
    metrics::Metrics,
    policies,
    problem::Refusal,
    state::AppState,
    verify::yes_or_no,
};
use crate::{
    service::{
        bulk::{Bulk, Feed, Wanted, Written},
        caller::Caller,
        desk::Desk,
        health::Health,
    },
    table::{self, Mapping},
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
    /// Which column of CSV means what, as JSON.
    columns: Option<String>,
}

impl Asked {
    /// What is wanted by a caller whose browser or program accepts `accepted`.
    async fn wanted(
        &self,
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
    let media = Media::of(&headers)?;
    limits.check_announced(&headers)?;
    let feed = feed(&media, asked.columns.as_deref(), limits)?;
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let wanted = asked.wanted(&desk, caller.as_ref(), accepted).await?;
    let (written, content_type) = media.answer(wanted.language);
    let health = runs.health.clone();
    let ending = Ending::default();
    let upload = Upload::new(body, feed, limits, health, ending.clone());
    let answers = Body::from_stream(answers(runs, upload, ending, wanted, written));
    Ok(([(header::CONTENT_TYPE, content_type)], answers).into_response())
}

/// What takes the rows out of a body.
fn feed(media: &Media, columns: Option<&str>, limits: Limits) -> Result<Feed, Refusal> {
    let Some(asked) = media.csv else { return Ok(Feed::json()) };
    let bounds = table::Limits { bytes: limits.bytes, ..table::Limits::default() };
    let mapping = columns.map(|json| Mapping::load(json, bounds.columns)).transpose().map_err(|wrong| {
        let wrong = wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        Refusal::new(ProblemType::BadRequest, format!("columns: {wrong}"))
    })?;
    Ok(Feed::csv(asked, bounds, mapping))
}

/// The answers to all rows of `body`, the last line, and then the rest of an upload that was stopped.
fn answers(
    runs: Runs,
    upload: Upload,
    ending: Ending,
    wanted: Wanted,
    written: Written,
) -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> + Send {
    let Runs { bulk, metrics, .. } = runs;
    let total = Arc::new(Mutex::new(BulkEnd::default()));
    let rows = stream::unfold(upload, Upload::batch);
    let counted = Arc::clone(&total);
    let first = stream::once(ready(Ok(written.begin())));
    let answers = bulk.answers(rows, wanted, move |lines| written.lines(&lines)).map(move |batch| {
        metrics.verdicts(&batch.count.outcomes);
        counted.lock().unwrap_or_else(PoisonError::into_inner).add(&batch.count);
        Ok(batch.answers)
    });
    let last = {
        let ending = ending.clone();
        stream::once(async move {
            let total = std::mem::take(&mut *total.lock().unwrap_or_else(PoisonError::into_inner));
            let end = BulkEnd { stopped: ending.why(), ..total };
            let stopped = end.stopped.as_ref().map(|stopped| tracing::field::debug(stopped.code));
            tracing::info!(rows = end.rows, bad = end.bad, stopped, "a file was verified");
            Ok(written.end(end))
        })
    };
    let rest = stream::once(async move { ending.drain().await }).filter_map(|()| ready(None));
    first.chain(answers).chain(last).chain(rest)
}
