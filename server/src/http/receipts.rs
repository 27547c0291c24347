//! `/v1/receipts/check`, and receipts as files.

use axum::{
    extract::{FromRequest as _, Request, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use shirushi_shared::{
    api::{ProblemType, ReceiptAnswer, ReceiptCheckRequest},
    receipt::SignedReceipt,
    scan::MAX_TEXT,
    verdict::Verdict,
};

use super::{
    extract::{Json, read_body},
    problem::Refusal,
};
use crate::service::{receipt::Receipts, verify::Verifier};

/// RFC 9052 §2.
const COSE: &str = "application/cose";

/// `POST /v1/receipts/check`: a receipt in JSON, or the file itself.
pub(super) async fn check(
    State(receipts): State<Receipts>,
    State(verifier): State<Verifier>,
    request: Request,
) -> Result<Json<ReceiptAnswer>, Refusal> {
    let (receipt, token) = if media(request.headers(), header::CONTENT_TYPE).any(is_file) {
        (SignedReceipt::read(&read_body(request).await?)?, None)
    } else {
        let Json(ReceiptCheckRequest { receipt, token }) = Json::from_request(request, &()).await?;
        (SignedReceipt::read(receipt.as_bytes())?, token)
    };
    if token.as_ref().is_some_and(|token| token.len() > MAX_TEXT) {
        return Err(Refusal::new(ProblemType::TooLarge, format!("token is longer than {MAX_TEXT} bytes")));
    }
    Ok(Json(receipts.check(&verifier, &receipt, token).await?))
}

/// Whether the caller takes a receipt as a file, and says so by name.
pub(super) fn accepts_cose(asked: &HeaderMap) -> bool {
    media(asked, header::ACCEPT).any(|media| media.eq_ignore_ascii_case(COSE))
}

/// `receipt` of `verdict` as a file to be kept.
pub(super) fn file(receipt: &SignedReceipt, verdict: &Verdict) -> Response {
    // The day as the pages write it, which show Japan's time.
    let day = verdict.checked_at.date_at(9 * 3600);
    let day = format!("{:04}-{:02}-{:02}", day.year, day.month, day.day);
    // Registration numbers are letters and digits: nothing to be quoted.
    let name = match &verdict.number {
        Some(number) => format!("shirushi-receipt-{number}-{day}.cose"),
        None => format!("shirushi-receipt-{day}.cose"),
    };
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/cose; cose-type=\"cose-sign1\"")),
        (
            header::CONTENT_DISPOSITION,
            disposition.unwrap_or(HeaderValue::from_static("attachment; filename=\"shirushi-receipt.cose\"")),
        ),
    ];
    (headers, receipt.as_bytes().to_vec()).into_response()
}

fn is_file(media: &str) -> bool {
    media.eq_ignore_ascii_case(COSE) || media.eq_ignore_ascii_case("application/octet-stream")
}

/// The media types of a header, without their parameters.
pub(super) fn media(headers: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|one| one.split(';').next().unwrap_or_default().trim())
}
