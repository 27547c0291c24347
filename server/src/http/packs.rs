//! `POST /v1/packs/check`: an evidence pack that was handed in, looked at a few at a time, off the threads that answer; and
//! for the page that does the same.

use std::{
    fs::File,
    io::{Seek as _, Write as _},
    pin::pin,
};

use axum::{
    RequestExt as _,
    extract::{FromRef, Request, State},
    http::header,
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use shirushi_shared::api::{PackAnswer, ProblemType};

use super::{
    extract::{Json, broken_off},
    overload::{Turn, Turns},
    problem::Refusal,
    receipts::media,
    state::AppState,
};
use crate::service::{
    bulk::Bulk,
    pack::{self, KeptPack, MOST_ON_A_PAGE, PackError},
    receipt::Receipts,
    verify::Verifier,
};

/// Packs that are looked at at once, each with a scratch file of up to 64 MiB.
pub const AT_ONCE: usize = 4;

/// What is needed to say what a receipt or a pack is worth.
#[derive(Clone)]
pub(super) struct Checkers {
    pub(super) receipts: Receipts,
    pub(super) verifier: Verifier,
    pub(super) bulk: Bulk,
    pub(super) turns: Turns,
}

impl FromRef<AppState> for Checkers {
    fn from_ref(state: &AppState) -> Self {
        let AppState { receipts, verifier, bulk, pack_turns, .. } = state;
        Self {
            receipts: receipts.clone(),
            verifier: verifier.clone(),
            bulk: bulk.clone(),
            turns: pack_turns.clone(),
        }
    }
}

/// `POST /v1/packs/check`: the pack is the body.
pub(super) async fn checked(
    State(Checkers { receipts, bulk, turns, .. }): State<Checkers>,
    request: Request,
) -> Result<Json<PackAnswer>, Refusal> {
    if !media(request.headers(), header::CONTENT_TYPE).any(is_archive) {
        let detail = "a pack is handed in as application/zip or application/octet-stream";
        return Err(Refusal::new(ProblemType::UnsupportedMediaType, detail));
    }
    let turn = turns.take()?;
    let body = request.into_limited_body().into_data_stream();
    let file = scratch(body.map(|read| read.map_err(broken_off))).await?;
    let answer = check(file, turn, &receipts, &bulk).await?;
    answer.map(Json).ok_or_else(|| Refusal::new(ProblemType::InvalidInput, "not an evidence pack"))
}

fn is_archive(media: &str) -> bool {
    media.eq_ignore_ascii_case("application/zip") || media.eq_ignore_ascii_case("application/octet-stream")
}

/// All that comes, in a scratch file; how much that is, the row of the route table bounds.
pub(super) async fn scratch(bytes: impl Stream<Item = Result<Bytes, Refusal>>) -> Result<File, Refusal> {
    let mut file = tempfile::tempfile().map_err(|fault| Refusal::internal(&fault))?;
    let mut bytes = pin!(bytes);
    while let Some(chunk) = bytes.next().await.transpose()? {
        file = tokio::task::spawn_blocking(move || file.write_all(&chunk).map(|()| file))
            .await
            .map_err(|fault| Refusal::internal(&fault))?
            .map_err(|fault| Refusal::internal(&fault))?;
    }
    file.rewind().map_err(|fault| Refusal::internal(&fault))?;
    Ok(file)
}

/// What the pack in `file` is worth, and what its rows are answered today; `None` where it is no pack.
pub(super) async fn check(
    file: File,
    turn: Turn,
    receipts: &Receipts,
    bulk: &Bulk,
) -> Result<Option<PackAnswer>, Refusal> {
    let ring = receipts.ring();
    let looked = tokio::task::spawn_blocking(move || {
        let mut pack = KeptPack::open(file)?;
        let answer = pack.check(&ring)?;
        Ok((pack, answer))
    });
    let looked = looked.await.map_err(|fault| Refusal::internal(&fault))?;
    let (pack, mut answer) = match looked {
        Ok(looked) => looked,
        Err(PackError::Read(fault)) => return Err(Refusal::internal(&fault)),
        // Its form is not a pack's.
        Err(_) => return Ok(None),
    };
    if answer.is_whole() {
        // A pack that says more than this version understands is genuine all the same.
        answer.now = pack::compare(pack, bulk, MOST_ON_A_PAGE).await.ok();
    }
    drop(turn);
    Ok(Some(answer))
}
