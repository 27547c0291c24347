//! `/v1/verify`: one question, one verdict. Whatever the verdict is, it is an answer.

use axum::{
    extract::{FromRef, State},
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Deserializer, de::Error as _};
use shirushi_shared::{
    api::{ReceiptWish, VerdictAnswer, VerifyRequest},
    label::Level,
    receipt::{CaseReference, SignedReceipt},
    registration::Gtin,
    time::UnixTime,
};

use super::{
    extract::{Json, Path, Query},
    metrics::Metrics,
    problem::Refusal,
    receipts::{accepts_cose, file},
    state::AppState,
};
use crate::service::{
    receipt::Receipts,
    verify::{Answer, Verifier},
};

/// Takes questions, and answers with a receipt where one is asked for.
#[derive(Clone)]
pub(super) struct Questions {
    verifier: Verifier,
    receipts: Receipts,
    metrics: Metrics,
}

impl FromRef<AppState> for Questions {
    fn from_ref(state: &AppState) -> Self {
        let AppState { verifier, receipts, metrics, .. } = state;
        Self { verifier: verifier.clone(), receipts: receipts.clone(), metrics: metrics.clone() }
    }
}

impl Questions {
    /// The verdict on what `request` asks about, with a receipt where it asks for one.
    pub(super) async fn answer(&self, request: VerifyRequest) -> Result<VerdictAnswer, Refusal> {
        let wish = request.receipt_wish()?;
        let answer = self.judge(request).await?;
        let receipt = wish.map(|wish| self.receipts.issue(&answer, wish)).transpose()?;
        Ok(VerdictAnswer { receipt: receipt.map(|receipt| receipt.to_text()), ..answer.to_wire() })
    }

    /// The receipt of the verdict on what `request` asks about, with that verdict.
    pub(super) async fn receipt(
        &self,
        mut request: VerifyRequest,
    ) -> Result<(SignedReceipt, Answer), Refusal> {
        let wish = ReceiptWish { case: request.case.take() };
        let answer = self.judge(request).await?;
        Ok((self.receipts.issue(&answer, wish)?, answer))
    }

    async fn judge(&self, request: VerifyRequest) -> Result<Answer, Refusal> {
        let (presented, claims, as_of) = request.into_parts()?;
        let answer = self.verifier.verify(presented, claims, as_of).await;
        self.metrics.verdict(answer.verdict.outcome);
        Ok(answer)
    }
}

/// Claims about the product in hand, and whether a receipt is wanted, in the query string.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claims {
    model: Option<String>,
    level: Option<Level>,
    maker: Option<String>,
    gtin: Option<Gtin>,
    as_of: Option<UnixTime>,
    #[serde(default, deserialize_with = "yes_or_no")]
    receipt: bool,
    case: Option<CaseReference>,
}

impl Claims {
    /// The question about `text`, whatever it is, with these claims.
    pub(super) fn about(self, text: String) -> VerifyRequest {
        let Self { model, level, maker, gtin, as_of, receipt, case } = self;
        let link = Some(text);
        VerifyRequest { link, model, level, maker, gtin, as_of, receipt, case, ..VerifyRequest::default() }
    }
}

/// A flag of a query string, as people write it.
pub(super) fn yes_or_no<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        _ => Err(D::Error::custom("a flag is 1 or 0")),
    }
}

/// `GET /v1/verify/{text}`: a link, token or number, as it was scanned.
pub(super) async fn by_text(
    State(questions): State<Questions>,
    Path(text): Path<String>,
    Query(claims): Query<Claims>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    answer(&questions, &headers, claims.about(text)).await
}

/// `POST /v1/verify`.
pub(super) async fn by_request(
    State(questions): State<Questions>,
    headers: HeaderMap,
    Json(request): Json<VerifyRequest>,
) -> Result<Response, Refusal> {
    answer(&questions, &headers, request).await
}

/// The verdict as JSON, or its receipt alone where the caller takes that form.
async fn answer(
    questions: &Questions,
    headers: &HeaderMap,
    request: VerifyRequest,
) -> Result<Response, Refusal> {
    if accepts_cose(headers) {
        let (receipt, answer) = questions.receipt(request).await?;
        return Ok(file(&receipt, &answer.verdict));
    }
    questions.answer(request).await.map(|answer| Json(answer).into_response())
}
