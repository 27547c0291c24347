//! `POST /v1/verify/image`: a photograph, as the body itself or as the field `image` of a form.

use axum::{
    body::Bytes,
    extract::{FromRequest as _, Multipart, Request, State},
    http::header,
};
use shirushi_shared::{
    api::{OtherCode, PictureAnswer, ProblemType, VerdictAnswer},
    scan::{self, Origins, Scanned},
    verdict::NotALabel,
};

pub(super) use super::verify::Claims;
use super::{
    extract::{Json, Query, read_body},
    overload::{Decoders, Place},
    problem::{Refusal, form_refusal},
    verify::Questions,
};
use crate::service::{
    photograph::{self, PhotographError},
    verify::Verifier,
};

/// `POST /v1/verify/image`.
pub(super) async fn by_image(
    place: Place,
    State(decoders): State<Decoders>,
    State(verifier): State<Verifier>,
    State(questions): State<Questions>,
    Query(claims): Query<Claims>,
    request: Request,
) -> Result<Json<VerdictAnswer>, Refusal> {
    let picture = picture(request).await?;
    let codes = read(place, &decoders, &verifier, picture).await?;
    judge(&questions, &verifier, claims, codes).await.map(Json)
}

/// The codes in a photograph.
pub(super) struct Codes {
    read: Vec<String>,
    /// Which of them is the label.
    label: usize,
}

impl Codes {
    /// The text of the label.
    pub(super) fn label(&self) -> &str {
        self.read.get(self.label).map(String::as_str).unwrap_or_default()
    }
}

/// Reads the codes in `picture`.
pub(super) async fn read(
    place: Place,
    decoders: &Decoders,
    verifier: &Verifier,
    picture: Bytes,
) -> Result<Codes, Refusal> {
    let read = decoders.run(place, move || photograph::read(&picture)).await??;
    let label = photograph::pick(&read, verifier.origins()).unwrap_or_default();
    Ok(Codes { read, label })
}

/// The verdict on the label among `codes`.
pub(super) async fn judge(
    questions: &Questions,
    verifier: &Verifier,
    claims: Claims,
    codes: Codes,
) -> Result<VerdictAnswer, Refusal> {
    let mut verdict = questions.answer(claims.about(codes.label().to_owned())).await?;
    let Codes { read, label } = codes;
    let other_codes = read
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != label)
        .map(|(_, text)| other_code(text, verifier.origins()))
        .collect();
    verdict.picture = Some(PictureAnswer { read, other_codes });
    Ok(verdict)
}

/// The picture in the body of `request`.
pub(super) async fn picture(request: Request) -> Result<Bytes, Refusal> {
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    match media {
        Some(media) if media.starts_with("multipart/form-data") => picture_in_form(request, "image").await,
        // What it is shows in its first bytes; browsers and telephones name it in many ways.
        Some(media) if media.starts_with("image/") || media.starts_with("application/octet-stream") => {
            read_body(request).await
        }
        _ => Err(Refusal::new(
            ProblemType::UnsupportedMediaType,
            "send a PNG, JPEG or WebP picture as the body, or as the field `image` of a multipart/form-data form",
        )),
    }
}

/// The picture in the field `name` of a form.
pub(super) async fn picture_in_form(request: Request, name: &str) -> Result<Bytes, Refusal> {
    let mut form = Multipart::from_request(request, &()).await.map_err(Refusal::bad_request)?;
    while let Some(field) = form.next_field().await.map_err(|error| form_refusal(&error))? {
        if field.name() == Some(name) {
            return field.bytes().await.map_err(|error| form_refusal(&error));
        }
    }
    Err(Refusal::bad_request(format!("the form has no field `{name}`")))
}

fn other_code(text: &str, ours: &Origins) -> OtherCode {
    let (kind, host) = match scan::read(text, ours) {
        Scanned::Token(_) => ("label", None),
        Scanned::BrokenToken(_) => ("malformed", None),
        Scanned::Number(_) => ("number", None),
        Scanned::Gtin(_) => ("gtin", None),
        Scanned::NotALabel(NotALabel::ForeignLink { host }) => ("foreign_link", Some(host)),
        Scanned::NotALabel(NotALabel::OwnPage) => ("own_page", None),
        Scanned::NotALabel(NotALabel::PreLabelNumber { .. }) => ("pre_label_number", None),
        Scanned::NotALabel(NotALabel::Text) => ("text", None),
    };
    OtherCode { text: text.to_owned(), kind: kind.to_owned(), host }
}

impl From<PhotographError> for Refusal {
    fn from(error: PhotographError) -> Self {
        let kind = match error {
            PhotographError::Kind => ProblemType::UnsupportedMediaType,
            PhotographError::TooLarge { .. } => ProblemType::TooLarge,
            PhotographError::Damaged(_) | PhotographError::Size(_) | PhotographError::NoCode => {
                ProblemType::UnreadableImage
            }
        };
        Self::new(kind, error)
    }
}
