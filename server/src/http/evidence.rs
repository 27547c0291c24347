//! Evidence files (証跡): handed in as raw bytes at `/v1/evidence`, read through the application that refers to them.
//!
//! What somebody handed in is given out as a download of the type that its bytes agree with, in a sandbox: no browser runs
//! it under our name.

mod header_fields;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use shirushi_shared::api::ProblemType;

pub(super) use self::header_fields::attachment;
use self::header_fields::{given_digest, given_name};
use super::{
    extract::{Admitted, Json, Path, Query, ToReadEvidence, ToUpload},
    fields::Fields,
    problem::Refusal,
    security::Page,
};
use crate::{
    scheme::{
        case_id::ApplicationId,
        evidence::{ContentHash, FileName, MediaType},
    },
    service::desk::{Desk, Upload},
};

/// What is said of a file beside its bytes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UploadQuery {
    /// Its name; else that of `Content-Disposition`.
    #[serde(default)]
    name: Option<String>,
    /// Its digest; else that of `Content-Digest` or `Digest`.
    #[serde(default)]
    sha256: Option<String>,
}

/// `POST /v1/evidence`.
pub(super) async fn upload(
    Admitted { caller, .. }: Admitted<ToUpload>,
    State(desk): State<Desk>,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<Response, Refusal> {
    let says = query.check(request.headers())?;
    let file = desk.upload(&caller, says, request.into_body().into_data_stream()).await?;
    Ok((StatusCode::CREATED, Json(file)).into_response())
}

/// `GET /v1/applications/{id}/evidence/{sha256}`.
pub(super) async fn of_application(
    Admitted { caller, .. }: Admitted<ToReadEvidence>,
    State(desk): State<Desk>,
    Path((id, sha256)): Path<(ApplicationId, ContentHash)>,
) -> Result<Response, Refusal> {
    let (file, bytes) = desk.application_evidence(&caller, &id, &sha256).await?;
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media_type.mime()));
    headers.insert(header::CONTENT_DISPOSITION, attachment(file.name.as_str()));
    response.extensions_mut().insert(Page::Download);
    Ok(response)
}

impl UploadQuery {
    fn check(self, headers: &HeaderMap) -> Result<Upload, Refusal> {
        let media_type = media_type(headers)?;
        let mut fields = Fields::default();
        let name = self.name.or_else(|| given_name(headers));
        let name = fields.keep("name", name.ok_or("is missing: ?name= or Content-Disposition"));
        let name = name.and_then(|name| fields.keep("name", FileName::parse(&name)));
        let by_query = fields.keep_some("sha256", self.sha256.as_deref(), ContentHash::parse);
        let sha256 = match by_query {
            Some(digest) => Some(digest),
            None => given_digest(headers).and_then(|digest| fields.keep("sha256", digest)),
        };
        fields.done(name.map(|name| Upload { name, media_type, sha256 }))
    }
}

fn media_type(headers: &HeaderMap) -> Result<MediaType, Refusal> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    let known = MediaType::ALL.iter().copied().find(|one| one.mime().eq_ignore_ascii_case(essence));
    known.ok_or_else(|| {
        let taken: Vec<_> = MediaType::ALL.iter().map(|one| one.mime()).collect();
        let detail = format!("Content-Type is one of {}", taken.join(", "));
        Refusal::new(ProblemType::UnsupportedMediaType, detail)
    })
}
