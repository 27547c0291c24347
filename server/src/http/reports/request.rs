//! A report as it is sent: in JSON, or as a form, which can have a photograph.

use axum::{
    body::Bytes,
    extract::{FromRequest as _, Multipart, Request, multipart::Field},
    http::header,
};
use serde::Deserialize;
use shirushi_shared::{
    scan::{MAX_TEXT, Origins},
    verdict::Outcome,
};

use crate::{
    http::{
        extract::Json,
        fields::Fields,
        overload::{Decoders, Place},
        problem::{Refusal, form_refusal},
    },
    scheme::sighting::{Account, Brief, NewSighting, Seen, Suspicion},
};

/// What somebody writes. What is empty was not given.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::http) struct ReportRequest {
    /// What is suspicious, as a word.
    pub(in crate::http) suspicion: String,
    /// The registration number, or what the code says.
    pub(in crate::http) label: String,
    /// What the checker had answered.
    pub(in crate::http) answered: String,
    /// In their own words.
    pub(in crate::http) account: String,
    /// Where it was seen.
    pub(in crate::http) place: String,
    /// How they may be reached.
    pub(in crate::http) contact: String,
}

/// A report that was read.
pub(in crate::http) struct Sent {
    /// What is written.
    pub(in crate::http) fields: ReportRequest,
    /// The photograph, with its place in the queue of the decoders.
    pub(in crate::http) picture: Option<(Place, Bytes)>,
}

/// Reads the body of `request`.
pub(super) async fn read(decoders: &Decoders, request: Request) -> Result<Sent, Refusal> {
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !media.is_some_and(|media| media.starts_with("multipart/form-data")) {
        let Json(fields) = Json::from_request(request, &()).await?;
        return Ok(Sent { fields, picture: None });
    }
    let place = decoders.place()?;
    let mut form = Multipart::from_request(request, &()).await.map_err(Refusal::bad_request)?;
    let (mut fields, mut picture) = (ReportRequest::default(), None);
    while let Some(field) = form.next_field().await.map_err(|error| form_refusal(&error))? {
        let text = match field.name() {
            Some("suspicion") => &mut fields.suspicion,
            Some("label") => &mut fields.label,
            Some("answered") => &mut fields.answered,
            Some("account") => &mut fields.account,
            Some("place") => &mut fields.place,
            Some("contact") => &mut fields.contact,
            Some("picture") => {
                // Where no file was chosen, browsers send an empty one.
                picture = Some(bytes(field).await?).filter(|bytes| !bytes.is_empty());
                continue;
            }
            _ => continue,
        };
        // A form ends its lines as telegraphs did.
        *text = String::from_utf8_lossy(&bytes(field).await?).replace("\r\n", "\n");
    }
    Ok(Sent { fields, picture: picture.map(|picture| (place, picture)) })
}

async fn bytes(field: Field<'_>) -> Result<Bytes, Refusal> {
    field.bytes().await.map_err(|error| form_refusal(&error))
}

impl ReportRequest {
    /// What is reported, or all that is wrong with it.
    pub(super) fn check(&self, ours: &Origins) -> Result<NewSighting, Refusal> {
        let mut fields = Fields::default();
        let words = || Suspicion::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ");
        let suspicion = Suspicion::parse(self.suspicion.trim());
        let suspicion = fields.keep("suspicion", suspicion.ok_or_else(|| format!("is one of {}", words())));
        let seen = fields.keep_some("label", given(&self.label), |text| {
            if text.len() > MAX_TEXT { Err("is longer than any code") } else { Ok(Seen::read(text, ours)) }
        });
        let answered = fields
            .keep_some("answered", given(&self.answered), |word| Outcome::parse(word).ok_or("is no outcome"));
        let account = fields.keep_some("account", given(&self.account), Account::parse);
        let place = fields.keep_some("place", given(&self.place), Brief::parse);
        let contact = fields.keep_some("contact", given(&self.contact), Brief::parse);
        fields.done(suspicion.map(|suspicion| NewSighting {
            suspicion,
            seen,
            answered,
            account,
            place,
            contact,
            photograph: None,
        }))
    }
}

fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}
