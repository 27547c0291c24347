//! `GET /watch/{secret}`: what happened to the labels on a list, for whoever has the address.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use shirushi_shared::api::ProblemType;
use shirushi_web::page::{
    self,
    watch::{Change, List},
};

use super::{Shell, document, shell::Visit};
use crate::{
    http::{
        extract::{Path, Query},
        problem::Refusal,
        security::Page,
    },
    service::watch::{Happening, ListPage, PageSecret, Seen, WatchLists},
};

/// Changes on a page.
const SHOWN: u32 = 50;

/// Which page.
#[derive(Deserialize)]
pub(in crate::http) struct Asked {
    #[serde(default)]
    before: Option<u64>,
}

/// `GET /watch/{secret}`. A secret that is none, was never given, or is of a list that was deleted: all the same.
pub(in crate::http) async fn watch(
    State(lists): State<WatchLists>,
    State(shell): State<Shell>,
    visit: Visit,
    Path(secret): Path<String>,
    Query(Asked { before }): Query<Asked>,
) -> Result<Response, Refusal> {
    let nowhere = || Refusal::bare(ProblemType::NotFound);
    let secret = PageSecret::parse(&secret).ok_or_else(nowhere)?;
    let ListPage { watch, happenings, older } =
        lists.page(&secret, before, SHOWN).await?.ok_or_else(nowhere)?;
    let changes = happenings.into_iter().map(change).collect();
    let list =
        List { name: &watch.name, numbers: watch.numbers, changes, older, is_newest: before.is_none() };
    Ok(document(Page::Plain, page::watch::render(&shell.frame(&visit), &list)))
}

fn change(Happening { told, .. }: Happening) -> Change {
    let seen = |seen: Seen| page::watch::Seen { state: seen.status, expires: seen.expires };
    Change {
        number: told.number.to_string(),
        at: told.changed_at,
        reason: told.reason,
        days: told.days,
        before: told.before.map(seen),
        after: seen(told.after),
    }
}
