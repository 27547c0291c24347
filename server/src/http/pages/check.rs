//! `GET /check?number=…`: takes what was typed or pasted, and leads to the page of its verdict.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use shirushi_shared::{
    api::VerifyRequest,
    scan::{self, Scanned},
    token::TextForm,
};
use shirushi_web::page::{self, verdict::Asked};

use super::{Shell, document, shell::Visit};
use crate::{
    http::{extract::Query, problem::Refusal, security::Page, verify::Questions},
    service::verify::Verifier,
};

/// The form's field.
#[derive(Deserialize)]
pub(in crate::http) struct Typed {
    #[serde(default)]
    number: String,
}

/// `GET /check`.
pub(in crate::http) async fn check(
    State(verifier): State<Verifier>,
    State(questions): State<Questions>,
    State(shell): State<Shell>,
    visit: Visit,
    Query(Typed { number }): Query<Typed>,
) -> Result<Response, Refusal> {
    if number.trim().is_empty() {
        return Ok(Redirect::to("/").into_response());
    }
    let tail = match scan::read(&number, verifier.origins()) {
        Scanned::Token(token) => token.to_text(TextForm::Decimal),
        Scanned::Number(number) => number.to_string(),
        // What has no page of its own is answered here: damaged codes, foreign links, a GTIN, plain text.
        Scanned::BrokenToken(_) | Scanned::Gtin(_) | Scanned::NotALabel(_) => {
            let request = VerifyRequest { link: Some(number.clone()), ..VerifyRequest::default() };
            let answer = questions.answer(request).await?;
            let asked = Asked { text: &number, model: None, code: None };
            let html = page::verdict::render(&shell.frame(&visit), &answer, asked);
            return Ok(document(Page::Plain, html));
        }
    };
    let tail: String = url::form_urlencoded::byte_serialize(tail.as_bytes()).collect();
    let language = if visit.chosen { format!("?lang={}", visit.language.tag()) } else { String::new() };
    Ok(Redirect::to(&format!("/v/{tail}{language}")).into_response())
}
