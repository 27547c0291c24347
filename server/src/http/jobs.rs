//! `/v1/jobs`: files that are verified in the background.
//!
//! A job is named by its id, with a key of the organisation whose it is; or by the secret that was in the answer to its
//! creation, by anybody who has it. Whatever a caller may not see is answered like what never existed.

mod answer;
mod events;
mod order;

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream},
    extract::{FromRef, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures_util::StreamExt as _;
use serde::Deserialize;
use shirushi_shared::{
    api::{FieldProblem, ProblemType, Which},
    receipt::CaseReference,
    text::Language,
};
use tokio::time::timeout;

pub(super) use self::events::events;
use self::{
    answer::{JobAnswer, ListAnswer},
    order::{Asked, format},
};
use super::{
    evidence::attachment,
    extract::{Admitted, Asker, Json, Path, Query, ToVerifyBulk},
    origin::PublicOrigin,
    problem::Refusal,
    rate::{Client, ReportRate},
    rest::drain,
    security::Page,
    state::AppState,
};
use crate::{
    clock::SystemClock,
    scheme::organisation::OrganisationId,
    service::desk::Desk,
    service::jobs::{DifferenceForm, Job, JobPack, Jobs, JobsError, Mapping, Order, ResultForm, Upload},
    service::pack::Packs,
};

/// How long nothing may come of a file.
const IDLE: Duration = Duration::from_secs(30);
/// What opens a job.
#[derive(Clone)]
pub(super) struct Opening {
    jobs: Jobs,
    desk: Desk,
    rate: ReportRate,
    clock: SystemClock,
    origin: PublicOrigin,
}

impl FromRef<AppState> for Opening {
    fn from_ref(state: &AppState) -> Self {
        let AppState { jobs, desk, rate, clock, origin, .. } = state;
        Self {
            jobs: jobs.clone(),
            desk: desk.clone(),
            rate: rate.clone(),
            clock: clock.clone(),
            origin: origin.clone(),
        }
    }
}

impl Opening {
    /// Opens a job; without a key, counted against where it comes from.
    pub(super) async fn begin(
        &self,
        whose: Option<&OrganisationId>,
        from: Client,
        order: Order,
    ) -> Result<Upload, Refusal> {
        if whose.is_none() {
            self.rate.take_job(from, self.clock.now())?;
        }
        Ok(self.jobs.begin(whose, order).await?)
    }
}

/// `POST /v1/jobs`: the file is the body.
pub(super) async fn create(
    State(opening): State<Opening>,
    whose: Asker,
    from: Client,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let Opening { jobs, desk, clock, origin, .. } = &opening;
    let (policy, contract_end) = asked.terms(desk, whose.0.as_ref()).await?;
    let order = asked.check(format(&headers)?, &headers)?;
    let limits = jobs.limits(whose.0.is_some());
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: u64| length > limits.bytes) {
        return Err(Refusal::new(ProblemType::TooLarge, limits.too_many_bytes()));
    }
    let upload = opening.begin(whose.organisation(), from, order).await?;
    let mut upload = upload.under(policy.as_ref(), contract_end);
    let mut body = body.into_data_stream();
    if let Err(refusal) = receive(&mut upload, &mut body).await {
        upload.give_up().await;
        drain(body).await;
        return Err(refusal);
    }
    let (job, secret) = upload.finish().await?;
    let place = HeaderValue::try_from(format!("/v1/jobs/{}", job.id));
    let place = place.map_err(|fault| Refusal::internal(&fault))?;
    let page = format!("{}/bulk/{}", origin.as_str(), secret.reveal());
    let answer = JobAnswer::of(&job, clock.now()).opened_by(&secret, page).looked_at(jobs.look(&job).await?);
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, place)], Json(answer)).into_response())
}

/// Takes a file in as it comes.
async fn receive(upload: &mut Upload, body: &mut BodyDataStream) -> Result<(), Refusal> {
    loop {
        match timeout(IDLE, body.next()).await {
            Ok(Some(Ok(frame))) => upload.push(&frame).await?,
            Ok(None) => return Ok(()),
            Ok(Some(Err(_))) => return Err(Refusal::bad_request("the file ended before it was complete")),
            Err(_) => {
                let detail = format!("nothing came for {} s", IDLE.as_secs());
                return Err(Refusal::bad_request(detail));
            }
        }
    }
}

/// `GET /v1/jobs`: those of the caller's organisation.
pub(super) async fn list(
    Admitted { caller, .. }: Admitted<ToVerifyBulk>,
    State(jobs): State<Jobs>,
    State(clock): State<SystemClock>,
) -> Result<Response, Refusal> {
    let jobs = jobs.list(caller.organisation()).await?;
    Ok(Json(ListAnswer::of(&jobs, clock.now())).into_response())
}

/// `GET /v1/jobs/{job}`.
pub(super) async fn show(
    State(jobs): State<Jobs>,
    State(clock): State<SystemClock>,
    whose: Asker,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let job = jobs.find(whose.organisation(), &name).await?;
    let look = jobs.look(&job).await?;
    Ok(Json(JobAnswer::of(&job, clock.now()).looked_at(look)).into_response())
}

/// What the columns mean; left out: what was guessed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Start {
    #[serde(default)]
    mapping: Option<Mapping>,
}

/// `POST /v1/jobs/{job}/start`.
pub(super) async fn start(
    State(jobs): State<Jobs>,
    State(clock): State<SystemClock>,
    whose: Asker,
    Path(name): Path<String>,
    Json(start): Json<Start>,
) -> Result<Response, Refusal> {
    let job = jobs.start(whose.organisation(), &name, start.mapping).await?;
    Ok(Json(JobAnswer::of(&job, clock.now())).into_response())
}

/// `POST /v1/jobs/{job}/cancel`.
pub(super) async fn cancel(
    State(jobs): State<Jobs>,
    State(clock): State<SystemClock>,
    whose: Asker,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let job = jobs.cancel(whose.organisation(), &name).await?;
    Ok(Json(JobAnswer::of(&job, clock.now())).into_response())
}

/// `POST /v1/jobs/{job}/erase`.
pub(super) async fn erase(
    State(jobs): State<Jobs>,
    whose: Asker,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    jobs.erase(whose.organisation(), &name).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Which answers, and as what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    format: Option<String>,
    outcome: Option<String>,
    lang: Option<String>,
}

/// `GET /v1/jobs/{job}/results`.
pub(super) async fn results(
    State(jobs): State<Jobs>,
    whose: Asker,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    let (form, media, end) = match wanted.format.as_deref() {
        None | Some("jsonl") => (ResultForm::JsonLines, "application/x-ndjson", "jsonl"),
        Some("csv") => (ResultForm::Csv, "text/csv; charset=utf-8", "csv"),
        Some("xlsx") => (ResultForm::Xlsx, order::XLSX, "xlsx"),
        Some(_) => return Err(Refusal::of_field("format", &"is jsonl, csv or xlsx")),
    };
    let which = wanted.outcome.map_or(Some(Which::All), |word| Which::parse(&word));
    let which = which.ok_or_else(|| {
        Refusal::of_field(
            "outcome",
            &"is an outcome, not_as_claimed, policy_pass, policy_fail, policy_cannot_tell, or bad",
        )
    })?;
    let job = jobs.find(whose.organisation(), &name).await?;
    let language = language(wanted.lang.as_deref(), &job);
    let answers = jobs.results(&job, which, form, language).await?;
    Ok(download(Body::from_stream(answers), media, &job, &format!("results.{end}")))
}

/// Since which job, and as what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compared {
    earlier: Option<String>,
    format: Option<String>,
    lang: Option<String>,
}

/// `GET /v1/jobs/{job}/differences`.
pub(super) async fn differences(
    State(jobs): State<Jobs>,
    whose: Asker,
    Path(name): Path<String>,
    Query(compared): Query<Compared>,
) -> Result<Response, Refusal> {
    let (form, media, end) = match compared.format.as_deref() {
        None | Some("jsonl") => (DifferenceForm::JsonLines, "application/x-ndjson", "jsonl"),
        Some("csv") => (DifferenceForm::Csv, "text/csv; charset=utf-8", "csv"),
        Some(_) => return Err(Refusal::of_field("format", &"is jsonl or csv")),
    };
    let whose = whose.organisation();
    let job = jobs.find(whose, &name).await?;
    let language = language(compared.lang.as_deref(), &job);
    let found = jobs.differences(whose, &job, compared.earlier.as_deref(), form, language).await?;
    Ok(download(Body::from_stream(found), media, &job, &format!("differences.{end}")))
}

/// Of what a pack is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Packed {
    /// The requester's own reference.
    case: Option<CaseReference>,
    lang: Option<String>,
}

/// `POST /v1/jobs/{job}/pack`.
pub(super) async fn pack(
    State(jobs): State<Jobs>,
    State(packs): State<Packs>,
    whose: Asker,
    Path(name): Path<String>,
    Query(packed): Query<Packed>,
) -> Result<Response, Refusal> {
    let job = jobs.find(whose.organisation(), &name).await?;
    let language = language(packed.lang.as_deref(), &job);
    let JobPack { name, size, archive } = jobs.pack(&packs, &job, packed.case, language).await?;
    let mut response = Body::from_stream(archive).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(header::CONTENT_LENGTH, size.into());
    headers.insert(header::CONTENT_DISPOSITION, attachment(&name));
    response.extensions_mut().insert(Page::Download);
    Ok(response)
}

/// That which is asked for, else that of the job.
fn language(asked: Option<&str>, job: &Job) -> Language {
    asked.map_or_else(|| job.document.language(), |asked| Language::choose(Some(asked), None))
}

/// A file that is kept and not shown.
fn download(body: Body, media: &'static str, job: &Job, end: &str) -> Response {
    let name = job.document.name.as_str();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CONTENT_DISPOSITION, attachment(&format!("{stem}-{end}")));
    response.extensions_mut().insert(Page::Download);
    response
}

impl From<JobsError> for Refusal {
    fn from(error: JobsError) -> Self {
        match error {
            JobsError::NotFound => Self::new(ProblemType::NotFound, error),
            JobsError::State { .. } | JobsError::TooMany(_) => Self::new(ProblemType::Conflict, error),
            JobsError::Crowded(_) => Self::new(ProblemType::Overloaded, error),
            JobsError::TooLarge(_) => Self::new(ProblemType::TooLarge, error),
            JobsError::Columns(wrong) => {
                let problem = |wrong: &dyn ToString| FieldProblem {
                    row: None,
                    field: "mapping".to_owned(),
                    detail: wrong.to_string(),
                };
                Self::of_fields(wrong.iter().map(|wrong| problem(wrong)).collect())
            }
            JobsError::NoEarlier => Self::bad_request(error),
            JobsError::Busy => Self::bare(ProblemType::Overloaded),
            JobsError::Registry(error) => error.into(),
            JobsError::Receipt(error) => error.into(),
            JobsError::Scratch(_) | JobsError::Random(_) => Self::internal(&error),
        }
    }
}
