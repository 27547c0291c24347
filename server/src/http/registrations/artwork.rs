//! `/v1/registrations/{number}/label.{svg,png,pdf}`: the label for print. Not public: a label file is what is glued on.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use serde::Deserialize;
use shirushi_shared::{
    api::{FieldProblem, ProblemType},
    label::RegistrationNumber,
};

use crate::{
    artwork::{ArtworkError, Content, Dpi, Label, LabelArt},
    http::{
        cache_policy::EntityTag,
        extract::{Admitted, Path, Query, ToReadArtwork},
        origin::PublicOrigin,
        problem::Refusal,
    },
    service::{
        access::{Access, Action},
        caller::Caller,
        issue::Issuer,
    },
};

/// The resolution of a PNG.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Resolution {
    #[serde(default)]
    dpi: Option<u32>,
}

/// `GET …/label.svg`.
pub(in crate::http) async fn svg(
    Admitted { caller, .. }: Admitted<ToReadArtwork>,
    State(access): State<Access>,
    State(issuer): State<Issuer>,
    State(origin): State<PublicOrigin>,
    Path(number): Path<RegistrationNumber>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    may_read(&access, &caller, &number).await?;
    let draw = |label: &Label| Ok(label.svg().into_bytes());
    print(&issuer, &origin, &number, &headers, "image/svg+xml", draw).await
}

/// `GET …/label.png?dpi=300|600`.
pub(in crate::http) async fn png(
    Admitted { caller, .. }: Admitted<ToReadArtwork>,
    State(access): State<Access>,
    State(issuer): State<Issuer>,
    State(origin): State<PublicOrigin>,
    Path(number): Path<RegistrationNumber>,
    Query(Resolution { dpi }): Query<Resolution>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let dpi = match dpi {
        Some(300) => Dpi::D300,
        None | Some(600) => Dpi::D600,
        Some(_) => return Err(Refusal::bad_request("dpi is 300 or 600")),
    };
    may_read(&access, &caller, &number).await?;
    print(&issuer, &origin, &number, &headers, "image/png", move |label| label.png(dpi)).await
}

/// `GET …/label.pdf`: a sheet with the label in three sizes.
pub(in crate::http) async fn pdf(
    Admitted { caller, .. }: Admitted<ToReadArtwork>,
    State(access): State<Access>,
    State(issuer): State<Issuer>,
    State(origin): State<PublicOrigin>,
    Path(number): Path<RegistrationNumber>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    may_read(&access, &caller, &number).await?;
    print(&issuer, &origin, &number, &headers, "application/pdf", Label::pdf).await
}

async fn may_read(access: &Access, caller: &Caller, number: &RegistrationNumber) -> Result<(), Refusal> {
    Ok(access.on_label(caller, Action::ArtworkRead, number).await.map(drop)?)
}

async fn print(
    issuer: &Issuer,
    origin: &PublicOrigin,
    number: &RegistrationNumber,
    headers: &HeaderMap,
    media: &'static str,
    draw: impl FnOnce(&Label) -> Result<Vec<u8>, ArtworkError> + Send + 'static,
) -> Result<Response, Refusal> {
    let unregistered = || Refusal::new(ProblemType::NotFound, format!("{number} is not registered"));
    let found = issuer.label(number).await?.ok_or_else(unregistered)?;
    let origin = origin.clone();
    // Rastering a sheet takes some milliseconds of a processor.
    let drawn = tokio::task::spawn_blocking(move || {
        let label = Label::new(LabelArt {
            content: Content::Token { origin: origin.as_str(), token: &found.token },
            printed_number: &found.registration.printed_number,
            level: found.registration.level,
            expires: found.record.valid.until,
            notice: None,
        })?;
        draw(&label)
    });
    let picture = drawn.await.map_err(|fault| Refusal::internal(&fault))??;
    let tag = EntityTag::of_bytes(&picture);
    Ok(tag.guard(headers, ([(header::CONTENT_TYPE, HeaderValue::from_static(media))], picture)))
}

impl From<ArtworkError> for Refusal {
    fn from(error: ArtworkError) -> Self {
        match error {
            // The number was registered with a character or a length that cannot be printed.
            ArtworkError::LineTooLong { .. } | ArtworkError::NoGlyph { .. } => {
                Self::of_fields(vec![FieldProblem {
                    row: None,
                    field: "number".to_owned(),
                    detail: error.to_string(),
                }])
            }
            ArtworkError::Empty
            | ArtworkError::TooLong { .. }
            | ArtworkError::Font
            | ArtworkError::Raster => Self::internal(&error),
        }
    }
}
