//! `/receipt`: checks a receipt that somebody kept, and hands one out. All of it works without script.

mod upload;

use axum::{
    extract::{Request, State},
    http::HeaderMap,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use shirushi_shared::{
    api::{ProblemType, VerifyRequest},
    receipt::{CaseReference, SignedReceipt},
    time::UnixTime,
};
use shirushi_web::page::{self, paths, receipt::Checked};

use self::upload::Kept;
use super::{Shell, document, shell::Visit, standing};
use crate::{
    http::{
        extract::Form,
        packs::{self, Checkers},
        problem::{Refusal, status},
        receipts::file,
        security::Page,
        verify::Questions,
    },
    service::pack,
};

/// `GET /receipt`.
pub(in crate::http) async fn form(State(shell): State<Shell>, visit: Visit, headers: HeaderMap) -> Response {
    standing(&headers, Page::Plain, page::receipt::render(&shell.frame(&visit), Checked::Nothing))
}

/// `POST /receipt`: a form with a file `file`, a receipt or an evidence pack, or the receipt's text as `text`.
pub(in crate::http) async fn checked(
    State(Checkers { receipts, verifier, bulk, turns }): State<Checkers>,
    State(shell): State<Shell>,
    visit: Visit,
    request: Request,
) -> Result<Response, Refusal> {
    let page = |checked| document(Page::Plain, page::receipt::render(&shell.frame(&visit), checked));
    let none = || (status(ProblemType::InvalidInput), page(Checked::NotAReceipt)).into_response();
    let kept = match upload::kept_in_form(request, &turns).await? {
        None => {
            let again = format!("{}?lang={}", paths::RECEIPT, visit.language.tag());
            return Ok(Redirect::to(&again).into_response());
        }
        Some(Kept::Pack(file, turn)) => {
            let answer = packs::check(file, turn, &receipts, &bulk).await;
            return Ok(match answer? {
                Some(answer) => page(Checked::Pack(&answer)),
                None => none(),
            });
        }
        Some(Kept::Receipt(kept)) => kept,
    };
    let Ok(receipt) = SignedReceipt::read(&kept) else { return Ok(none()) };
    // A pack's receipt alone has the form of any other, and is told apart by its signature.
    if let Some(answer) = pack::check(&receipts.ring(), &receipt) {
        return Ok(page(Checked::Pack(&answer)));
    }
    Ok(match receipts.check(&verifier, &receipt, None).await {
        Ok(answer) => page(Checked::Answer(&answer)),
        Err(_) => none(),
    })
}

/// What is to be stated, as it stands in the form below a verdict.
#[derive(Deserialize)]
pub(in crate::http) struct Keep {
    text: String,
    model: Option<String>,
    as_of: Option<UnixTime>,
    #[serde(default)]
    case: String,
}

/// `POST /receipt/keep`: the verdict anew, as a file.
pub(in crate::http) async fn kept(
    State(questions): State<Questions>,
    Form(Keep { text, model, as_of, case }): Form<Keep>,
) -> Result<Response, Refusal> {
    let case = Some(case).filter(|case| !case.trim().is_empty());
    let case = case.map(|case| CaseReference::new(&case)).transpose().map_err(Refusal::bad_request)?;
    let request = VerifyRequest { link: Some(text), model, as_of, case, ..VerifyRequest::default() };
    let (receipt, answer) = questions.receipt(request).await?;
    Ok(file(&receipt, &answer.verdict))
}
