//! Signed files for everyone: the same bytes at every node, readable by any page of any site.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use shirushi_shared::api::ProblemType;

use super::{
    cache_policy::{CachePolicy, EntityTag},
    extract::Path,
    problem::Refusal,
};
use crate::service::publication::{PRODUCT_INDEX, Shelf, SignedFile};

/// COSE_Sign1 without a type of its own.
pub(super) const COSE_SIGN1: &str = "application/cose; cose-type=\"cose-sign1\"";

/// `GET /product-index`. `Content-Location` names this version for good.
pub(super) async fn product_index(
    State(shelf): State<Shelf>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let file = shown(&shelf, PRODUCT_INDEX)?;
    let address = format!("/{PRODUCT_INDEX}/{}", file.tag);
    let mut response = answer(&headers, COSE_SIGN1, &file);
    if let Ok(address) = HeaderValue::try_from(address) {
        response.headers_mut().insert(header::CONTENT_LOCATION, address);
    }
    Ok(response)
}

/// `GET /product-index/{version}`: that one and no other, for as long as it is the present one.
pub(super) async fn product_index_version(
    State(shelf): State<Shelf>,
    Path(version): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let file = shown(&shelf, PRODUCT_INDEX)?;
    if file.tag != version {
        return Err(Refusal::new(ProblemType::NotFound, "only the present version is kept: /product-index"));
    }
    let mut response = answer(&headers, COSE_SIGN1, &file);
    response.extensions_mut().insert(CachePolicy::Immutable);
    Ok(response)
}

/// The file `name`, as it is shown.
pub(super) fn shown(shelf: &Shelf, name: &str) -> Result<Arc<SignedFile>, Refusal> {
    shelf.file(name).ok_or_else(|| {
        Refusal::new(ProblemType::Unavailable, "nothing has been published yet; it takes a key for `status`")
    })
}

/// `file` as `media`, or 304 where the caller holds it already. Compressed inside, and therefore not once more.
pub(super) fn answer(asked: &HeaderMap, media: &'static str, file: &Arc<SignedFile>) -> Response {
    let body = Bytes::from_owner(Shown(Arc::clone(file)));
    let body = ([(header::CONTENT_TYPE, HeaderValue::from_static(media))], body);
    for_everyone(EntityTag::quoted(&file.tag).guard(asked, body.into_response()))
}

/// Readable by pages of other sites: it is signed, public, and the same for everyone.
pub(super) fn for_everyone(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("etag, content-location"));
    response
}

/// The bytes on the shelf, without a copy for each request.
struct Shown(Arc<SignedFile>);

impl AsRef<[u8]> for Shown {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}
