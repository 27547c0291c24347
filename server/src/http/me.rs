//! `GET /v1/me`: what the caller's key is, and what it allows.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use serde::Serialize;

use super::{
    api_keys::KeyAnswer,
    extract::{Json, Recognised},
    problem::Refusal,
};
use crate::service::access::{Access, Action, Reach};

/// Who asks.
#[derive(Serialize)]
struct MeAnswer {
    key: Option<KeyAnswer>,
    /// Everything that the key allows, and how far.
    may: Vec<Allowed>,
}

#[derive(Serialize)]
struct Allowed {
    action: Action,
    reach: Reach,
}

/// `GET /v1/me`.
pub(super) async fn show(
    Recognised(caller): Recognised,
    State(access): State<Access>,
) -> Result<Response, Refusal> {
    let may = Action::ALL
        .iter()
        .filter_map(|action| Some(Allowed { action: *action, reach: caller.may(*action, None).ok()? }))
        .collect();
    let key = access.presented(&caller).await?.map(|record| KeyAnswer::new((*record).clone(), None));
    Ok(Json(MeAnswer { key, may }).into_response())
}
