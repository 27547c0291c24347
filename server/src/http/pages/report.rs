//! `/report`: a suspicious label is reported, and asked about again. All of it works without script.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use shirushi_shared::api::ProblemType;
use shirushi_web::page::{
    self, paths,
    report::{Draft, Found, Progress, Wrong},
};

use super::{Shell, document, shell::Visit};
use crate::{
    http::{
        extract::Query,
        problem::{Refusal, status},
        rate::Client,
        reports::{ReportRequest, Reports},
        security::Page,
    },
    scheme::sighting::{Reference, Sighting, SightingState},
};

/// What may stand behind the address: what a verdict knows of the label, or a reference.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::http) struct Asked {
    number: String,
    answered: String,
    reference: String,
}

/// `GET /report`.
pub(in crate::http) async fn form(
    State(reports): State<Reports>,
    State(shell): State<Shell>,
    visit: Visit,
    Query(Asked { number, answered, reference }): Query<Asked>,
) -> Result<Response, Refusal> {
    let frame = shell.frame(&visit);
    if reference.trim().is_empty() {
        let draft = Draft { label: &number, answered: &answered, ..Draft::default() };
        return Ok(document(Page::Plain, page::report::render(&frame, draft, None)));
    }
    let mut reference = reference;
    let (code, found) = match Reference::parse(&reference) {
        Ok(known) => match reports.find(&known).await {
            Ok(sighting) => {
                reference = known.to_string();
                (StatusCode::OK, there(&sighting))
            }
            Err(refusal) if refusal.kind() == ProblemType::NotFound => {
                (status(ProblemType::NotFound), Found::Nowhere)
            }
            Err(refusal) => return Err(refusal),
        },
        Err(_) => (status(ProblemType::BadRequest), Found::Mistyped),
    };
    let html = page::report::render_found(&frame, &reference, found);
    Ok((code, document(Page::Plain, html)).into_response())
}

fn there(sighting: &Sighting) -> Found {
    let progress = match sighting.state() {
        SightingState::Open => Progress::Open,
        SightingState::InReview { .. } => Progress::InReview,
        SightingState::Closed { .. } => Progress::Closed,
    };
    Found::There { progress, reported: sighting.reported() }
}

/// `POST /report`: leads to the page of the report, which can be read again without sending it again.
pub(in crate::http) async fn sent(
    State(reports): State<Reports>,
    State(shell): State<Shell>,
    visit: Visit,
    from: Client,
    request: Request,
) -> Result<Response, Refusal> {
    let sent = reports.read(from, request).await?;
    let fields = sent.fields.clone();
    let refusal = match reports.take(from, sent).await {
        Ok(made) => {
            let place = format!("{}?reference={}&lang={}", paths::REPORT, made.id(), visit.language.tag());
            return Ok(Redirect::to(&place).into_response());
        }
        Err(refusal) => refusal,
    };
    let wrong = match refusal.kind() {
        ProblemType::InvalidInput if refusal.fields().any(|field| field == "report") => Wrong::Nothing,
        ProblemType::InvalidInput => Wrong::Fields,
        ProblemType::UnreadableImage | ProblemType::UnsupportedMediaType | ProblemType::TooLarge => {
            Wrong::Picture
        }
        _ => return Err(refusal),
    };
    let ReportRequest { suspicion, label, answered, account, place, contact } = &fields;
    let draft = Draft { suspicion, label, answered, account, place, contact };
    let html = page::report::render(&shell.frame(&visit), draft, Some(wrong));
    Ok((status(refusal.kind()), document(Page::Plain, html)).into_response())
}
