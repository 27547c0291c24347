//! `/bulk`: a file is handed in, its columns are confirmed, its results are looked through. All of it works without script.
//!
//! A file's pages lie under its secret, which opens it without a key; the key that somebody types is used once, to say
//! whose the file is, and is in no address.

mod form;

use std::collections::BTreeSet;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use shirushi_shared::{
    api::{BulkLine, ProblemType, Which},
    label::RegistrationNumber,
};
use shirushi_web::page::{
    self,
    bulk::{Because, Begin, Column, Columns, Place, Progress, Results, Wrong},
    paths,
};

pub(in crate::http) use self::form::sent;
use super::{Shell, document, shell::Visit};
use crate::{
    http::{
        extract::{Form, Path, Query},
        fields::Fields,
        problem::{Refusal, status},
        security::Page,
    },
    scheme::text::Name,
    service::{
        access::{Access, Action},
        jobs::{Guess, Job, JobState, Jobs, JobsError, Mapping},
        watch::{MAX_NUMBERS, WatchLists},
    },
    table::{Meaning, mapping::Why},
};

/// Rows of a page.
const ROWS: usize = 100;
/// Rows that are looked through at once.
const SLICE: usize = 4_096;
/// Cells that are shown of a column.
const CELLS: usize = 4;

/// `GET /bulk`.
pub(in crate::http) async fn form(
    State(jobs): State<Jobs>,
    State(shell): State<Shell>,
    visit: Visit,
) -> Response {
    asking(&jobs, &shell, &visit, None)
}

fn asking(jobs: &Jobs, shell: &Shell, visit: &Visit, refused: Option<&str>) -> Response {
    let begin =
        Begin { refused, rows_without_key: jobs.limits(false).rows, rows_with_key: jobs.limits(true).rows };
    document(Page::Plain, page::bulk::render_begin(&shell.frame(visit), begin))
}

/// What is to be shown of the results.
#[derive(Deserialize)]
pub(in crate::http) struct Shown {
    show: Option<String>,
    #[serde(default)]
    from: u64,
}

/// `GET /bulk/{secret}`.
pub(in crate::http) async fn show(
    State(jobs): State<Jobs>,
    State(shell): State<Shell>,
    visit: Visit,
    Path(secret): Path<String>,
    Query(shown): Query<Shown>,
) -> Result<Response, Refusal> {
    let job = match jobs.find(None, &secret).await {
        Ok(job) => job,
        Err(JobsError::NotFound) => return Ok(gone(&shell, &visit)),
        Err(error) => return Err(error.into()),
    };
    let (frame, place) = (shell.frame(&visit), place(&secret, &job));
    match job.state {
        JobState::Mapping => {
            let look = jobs.look(&job).await?.ok_or(Refusal::bare(ProblemType::NotFound))?;
            let columns = columns_of(&look.guess.mapping, Some(&look.guess), &look.rows, None);
            Ok(document(Page::Plain, page::bulk::render_columns(&frame, place, &columns)))
        }
        JobState::Uploading | JobState::Waiting | JobState::Running => {
            let progress = Progress {
                running: job.state == JobState::Running,
                rows: job.document.end.rows,
                of: job.document.rows,
            };
            Ok(document(Page::Watching, page::bulk::render_progress(&frame, place, progress)))
        }
        JobState::Done | JobState::Cancelled | JobState::Failed => {
            let results = results(&jobs, &job, &shown).await?;
            Ok(document(Page::Plain, page::bulk::render_results(&frame, place, &results)))
        }
    }
}

async fn results<'a>(jobs: &Jobs, job: &'a Job, shown: &Shown) -> Result<Results<'a>, Refusal> {
    let end = &job.document.end;
    let which = shown.show.as_deref().and_then(Which::parse).unwrap_or_default();
    let lines = jobs.page(job, which, shown.from, ROWS).await?;
    let following = shown.from.saturating_add(lines.len() as u64);
    Ok(Results {
        incomplete: end.stopped.as_ref(),
        counts: Which::of(end),
        show: which,
        next: (!lines.is_empty() && following < which.among(end)).then_some(following),
        lines,
    })
}

/// `POST /bulk/{secret}/columns`, with `heading` and, for each column, `c1`, `c2` … with what it means.
pub(in crate::http) async fn columns(
    State(jobs): State<Jobs>,
    State(shell): State<Shell>,
    visit: Visit,
    Path(secret): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    let (mapping, twice) = mapping_of(&fields);
    let wrong = if twice {
        Wrong::Twice
    } else {
        match jobs.start(None, &secret, Some(mapping.clone())).await {
            Ok(_) | Err(JobsError::State { .. }) => return Ok(to_file(&secret, &visit)),
            Err(JobsError::NotFound) => return Ok(gone(&shell, &visit)),
            Err(JobsError::Columns(_)) => Wrong::Lacking,
            Err(error) => return Err(error.into()),
        }
    };
    let job = jobs.find(None, &secret).await?;
    let Some(look) = jobs.look(&job).await? else { return Ok(to_file(&secret, &visit)) };
    let columns = columns_of(&mapping, None, &look.rows, Some(wrong));
    let html = page::bulk::render_columns(&shell.frame(&visit), place(&secret, &job), &columns);
    Ok((status(ProblemType::InvalidInput), document(Page::Plain, html)).into_response())
}

/// `POST /bulk/{secret}/cancel`.
pub(in crate::http) async fn cancelled(
    State(jobs): State<Jobs>,
    State(shell): State<Shell>,
    visit: Visit,
    Path(secret): Path<String>,
) -> Result<Response, Refusal> {
    match jobs.cancel(None, &secret).await {
        // It may have ended meanwhile.
        Ok(_) | Err(JobsError::State { .. }) => Ok(to_file(&secret, &visit)),
        Err(JobsError::NotFound) => Ok(gone(&shell, &visit)),
        Err(error) => Err(error.into()),
    }
}

/// `POST /bulk/{secret}/erase`.
pub(in crate::http) async fn erased(
    State(jobs): State<Jobs>,
    State(shell): State<Shell>,
    visit: Visit,
    Path(secret): Path<String>,
) -> Result<Response, Refusal> {
    match jobs.erase(None, &secret).await {
        Ok(()) => Ok(to_file(&secret, &visit)),
        Err(JobsError::NotFound) => Ok(gone(&shell, &visit)),
        Err(error) => Err(error.into()),
    }
}

/// An earlier file, by its page's address or by what stands behind `/bulk/` in it; without one, that which was named when
/// the file was handed in.
#[derive(Deserialize)]
pub(in crate::http) struct Compared {
    #[serde(default)]
    earlier: String,
}

/// `GET /bulk/{secret}/differences`: leads to the file of differences.
pub(in crate::http) async fn compared(
    visit: Visit,
    Path(secret): Path<String>,
    Query(Compared { earlier }): Query<Compared>,
) -> Response {
    let earlier = earlier.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let earlier = earlier.rsplit('/').next().unwrap_or_default();
    // A secret has letters, digits and these two; whatever else was pasted is none.
    let earlier: String =
        earlier.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).take(64).collect();
    let earlier = if earlier.is_empty() { earlier } else { format!("&earlier={earlier}") };
    let (secret, language) = (kept(&secret), visit.language.tag());
    let place = format!("/v1/jobs/{secret}/differences?format=csv&lang={language}{earlier}");
    Redirect::to(&place).into_response()
}

/// `secret` as far as it can stand in an address.
fn kept(secret: &str) -> String {
    secret.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// A list to be made of the labels in the results.
#[derive(Deserialize)]
pub(in crate::http) struct Watched {
    key: String,
    name: String,
}

/// `POST /bulk/{secret}/watch`: leads to the page of the list.
pub(in crate::http) async fn watched(
    State(jobs): State<Jobs>,
    State(access): State<Access>,
    State(lists): State<WatchLists>,
    Path(secret): Path<String>,
    Form(Watched { key, name }): Form<Watched>,
) -> Result<Response, Refusal> {
    let caller = access.admit(key.trim(), Action::WatchWrite, None).await?;
    let mut fields = Fields::default();
    let name = fields.keep("name", Name::parse(name.trim()));
    let name = fields.done(name)?;
    let job = jobs.find(None, &secret).await?;
    let numbers = numbers(&jobs, &job).await?;
    let made = lists.create(&name, numbers, &caller).await?;
    Ok(Redirect::to(&made.page).into_response())
}

/// The registrations in the answers of `job`, each once.
async fn numbers(jobs: &Jobs, job: &Job) -> Result<Vec<RegistrationNumber>, Refusal> {
    let (mut numbers, mut from) = (BTreeSet::new(), 0);
    loop {
        let lines = jobs.page(job, Which::All, from, SLICE).await?;
        from += lines.len() as u64;
        let answers = lines.iter().filter_map(|line| match line {
            BulkLine::Answer(answer) => RegistrationNumber::from_normalised(answer.number.as_deref()?).ok(),
            BulkLine::Bad(_) | BulkLine::End(_) => None,
        });
        numbers.extend(answers);
        // The list says itself how many are too many.
        if lines.len() < SLICE || numbers.len() > MAX_NUMBERS {
            return Ok(numbers.into_iter().collect());
        }
    }
}

fn gone(shell: &Shell, visit: &Visit) -> Response {
    let html = page::bulk::render_gone(&shell.frame(visit));
    (StatusCode::NOT_FOUND, document(Page::Plain, html)).into_response()
}

fn to_file(secret: &str, visit: &Visit) -> Response {
    Redirect::to(&format!("{}/{secret}?lang={}", paths::BULK, visit.language.tag())).into_response()
}

fn place<'a>(secret: &'a str, job: &'a Job) -> Place<'a> {
    Place { secret, name: job.document.name.as_str(), erased: job.expires }
}

/// What was chosen, and whether a meaning was chosen twice.
fn mapping_of(fields: &[(String, String)]) -> (Mapping, bool) {
    let mut mapping = Mapping { heading: false, columns: std::collections::BTreeMap::new() };
    let mut twice = false;
    for (name, value) in fields {
        let column = name.strip_prefix('c').and_then(|column| column.parse().ok());
        let meaning = Meaning::ALL.into_iter().find(|meaning| meaning.as_str() == value);
        if let (Some(column), Some(meaning)) = (column, meaning) {
            twice |= mapping.columns.insert(meaning, column).is_some();
        }
        mapping.heading |= name == "heading";
    }
    (mapping, twice)
}

fn columns_of(
    mapping: &Mapping,
    guess: Option<&Guess>,
    rows: &[Vec<String>],
    wrong: Option<Wrong>,
) -> Columns {
    let widest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let column = |number: usize| {
        let meaning =
            mapping.columns.iter().find(|(_, column)| **column == number).map(|(meaning, _)| *meaning);
        let why = guess.zip(meaning).and_then(|(guess, meaning)| guess.reasons.get(&meaning));
        Column {
            meaning: meaning.map(Meaning::as_str),
            because: why.map(|why| match why {
                Why::Heading { word, .. } => Because::Heading(word.clone().into_owned()),
                Why::Values { .. } => Because::Values,
                Why::Said => Because::Said,
            }),
            cells: rows.iter().filter_map(|row| row.get(number - 1)).take(CELLS).cloned().collect(),
        }
    };
    Columns {
        columns: (1..=widest).map(column).collect(),
        heading: mapping.heading,
        wrong: wrong.or_else(|| {
            let presents = mapping.columns.keys().any(|meaning| meaning.is_presented());
            (!presents).then_some(Wrong::Lacking)
        }),
        meanings: Meaning::ALL.map(Meaning::as_str).to_vec(),
    }
}
