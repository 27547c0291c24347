//! `/v1/reports`: a suspicious label is reported, and asked about again, by anybody.
//!
//! The page `/report` goes the same way (`pages/report.rs`).

mod request;

pub(super) use request::{ReportRequest, Sent};

use axum::{
    extract::{FromRef, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use shirushi_shared::time::UnixTime;

use super::{
    extract::{Json, Path},
    overload::Decoders,
    problem::Refusal,
    rate::{Client, ReportRate},
    state::AppState,
};
use crate::{
    clock::SystemClock,
    scheme::sighting::{Reference, Sighting},
    service::{desk::Desk, photograph, verify::Verifier},
};

/// Takes reports.
#[derive(Clone)]
pub(super) struct Reports {
    desk: Desk,
    verifier: Verifier,
    decoders: Decoders,
    rate: ReportRate,
    clock: SystemClock,
}

impl FromRef<AppState> for Reports {
    fn from_ref(state: &AppState) -> Self {
        let AppState { desk, verifier, decoders, rate, clock, .. } = state;
        Self {
            desk: desk.clone(),
            verifier: verifier.clone(),
            decoders: decoders.clone(),
            rate: rate.clone(),
            clock: clock.clone(),
        }
    }
}

impl Reports {
    /// Reads what `from` sends; refused without reading it where they have sent too much.
    pub(super) async fn read(&self, from: Client, request: Request) -> Result<Sent, Refusal> {
        self.rate.look(from, self.clock.now())?;
        request::read(&self.decoders, request).await
    }

    /// Puts it on record. It is counted before its photograph is decoded, which costs more than anything else of it.
    pub(super) async fn take(&self, from: Client, sent: Sent) -> Result<Sighting, Refusal> {
        let Sent { fields, picture } = sent;
        let about = fields.check(self.verifier.origins())?;
        if picture.is_none() {
            about.check().map_err(|error| Refusal::of_field("report", &error))?;
        }
        let label = about.seen.as_ref().map(ToString::to_string);
        self.rate.take(from, label.as_deref(), self.clock.now())?;
        let photograph = match picture {
            Some((place, bytes)) => {
                Some(self.decoders.run(place, move || photograph::made_anew(&bytes)).await??)
            }
            None => None,
        };
        Ok(self.desk.report(about, photograph).await?.document)
    }

    /// The report with this reference.
    pub(super) async fn find(&self, reference: &Reference) -> Result<Sighting, Refusal> {
        Ok(self.desk.reported(reference).await?.document)
    }
}

/// What the public is told of a report: that it is there, and how far it is.
#[derive(Serialize)]
struct ReportAnswer<'a> {
    reference: &'a Reference,
    state: &'static str,
    reported: UnixTime,
}

impl<'a> ReportAnswer<'a> {
    fn of(sighting: &'a Sighting) -> Self {
        Self { reference: sighting.id(), state: sighting.state().name(), reported: sighting.reported() }
    }
}

/// `POST /v1/reports`.
pub(super) async fn report(
    State(reports): State<Reports>,
    from: Client,
    request: Request,
) -> Result<Response, Refusal> {
    let sent = reports.read(from, request).await?;
    let made = reports.take(from, sent).await?;
    let place = HeaderValue::try_from(format!("/v1/reports/{}", made.id()));
    let place = place.map_err(|fault| Refusal::internal(&fault))?;
    let answer = Json(ReportAnswer::of(&made));
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], answer).into_response())
}

/// `GET /v1/reports/{reference}`.
pub(super) async fn show(
    State(reports): State<Reports>,
    Path(reference): Path<Reference>,
) -> Result<Response, Refusal> {
    Ok(Json(ReportAnswer::of(&reports.find(&reference).await?)).into_response())
}
