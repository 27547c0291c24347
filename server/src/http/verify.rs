//! `/v1/verify`: one question, one verdict. Whatever the verdict is, it is an answer.

use axum::extract::State;
use serde::Deserialize;
use shirushi_shared::{
    api::{VerdictAnswer, VerifyRequest},
    label::Level,
    registration::Gtin,
    time::UnixTime,
};

use super::{
    extract::{Json, Path, Query},
    metrics::Metrics,
    problem::Refusal,
};
use crate::service::verify::Verifier;

/// Claims about the product in hand, in the query string.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claims {
    model: Option<String>,
    level: Option<Level>,
    maker: Option<String>,
    gtin: Option<Gtin>,
    as_of: Option<UnixTime>,
}

impl Claims {
    /// The question about `text`, whatever it is, with these claims.
    pub(super) fn about(self, text: String) -> VerifyRequest {
        let Self { model, level, maker, gtin, as_of } = self;
        VerifyRequest { link: Some(text), model, level, maker, gtin, as_of, ..VerifyRequest::default() }
    }
}

/// `GET /v1/verify/{text}`: a link, token or number, as it was scanned.
pub(super) async fn by_text(
    State(verifier): State<Verifier>,
    State(metrics): State<Metrics>,
    Path(text): Path<String>,
    Query(claims): Query<Claims>,
) -> Result<Json<VerdictAnswer>, Refusal> {
    answer(&verifier, &metrics, claims.about(text)).await.map(Json)
}

/// `POST /v1/verify`.
pub(super) async fn by_request(
    State(verifier): State<Verifier>,
    State(metrics): State<Metrics>,
    Json(request): Json<VerifyRequest>,
) -> Result<Json<VerdictAnswer>, Refusal> {
    answer(&verifier, &metrics, request).await.map(Json)
}

/// The verdict on what `request` asks about.
pub(super) async fn answer(
    verifier: &Verifier,
    metrics: &Metrics,
    request: VerifyRequest,
) -> Result<VerdictAnswer, Refusal> {
    let (presented, claims, as_of) = request.into_parts()?;
    let answer = verifier.verify(presented, claims, as_of).await;
    metrics.verdict(answer.verdict.outcome);
    Ok(answer.to_wire())
}
