//! `GET /v/{text}`: what a phone's camera app opens. The tail is a token or a number; it is logged nowhere.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use shirushi_shared::{api::VerifyRequest, time::UnixTime};
use shirushi_web::page;

use super::{Shell, document, shell::Visit};
use crate::http::{
    extract::{Path, Query},
    problem::Refusal,
    security::Page,
    verify::Questions,
};

/// What may stand behind a label's link. Unknown fields are passed over: links get things appended on their way.
#[derive(Deserialize)]
pub(in crate::http) struct Asked {
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    as_of: Option<UnixTime>,
}

/// `GET /v/{text}`.
pub(in crate::http) async fn verdict(
    State(questions): State<Questions>,
    State(shell): State<Shell>,
    visit: Visit,
    Path(text): Path<String>,
    Query(Asked { model, as_of }): Query<Asked>,
) -> Result<Response, Refusal> {
    // An emptied field of the form on the page asks nothing.
    let model = model.filter(|model| !model.trim().is_empty());
    // As the link that it is: the page and the scanner read a tail alike.
    let link = shell.link(&text);
    let request =
        VerifyRequest { link: Some(link.clone()), model: model.clone(), as_of, ..VerifyRequest::default() };
    let answer = questions.answer(request).await?;
    let code = shell.code(&link);
    let asked = page::verdict::Asked { text: &link, model: model.as_deref(), code: code.as_ref() };
    let html = page::verdict::render(&shell.frame(&visit), &answer, asked);
    Ok(document(Page::Plain, html))
}
