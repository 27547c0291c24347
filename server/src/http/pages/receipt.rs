//! `/receipt`: checks a receipt that somebody kept, and hands one out. All of it works without script.

use axum::{
    extract::{FromRequest as _, Multipart, Request, State},
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

use super::{Shell, document, shell::Visit, standing};
use crate::{
    http::{
        extract::Form,
        problem::{Refusal, form_refusal, status},
        receipts::file,
        security::Page,
        verify::Questions,
    },
    service::{receipt::Receipts, verify::Verifier},
};

/// `GET /receipt`.
pub(in crate::http) async fn form(State(shell): State<Shell>, visit: Visit, headers: HeaderMap) -> Response {
    standing(&headers, Page::Plain, page::receipt::render(&shell.frame(&visit), Checked::Nothing))
}

/// `POST /receipt`: a form with a file `file`, or the receipt's text as `text`.
pub(in crate::http) async fn checked(
    State(receipts): State<Receipts>,
    State(verifier): State<Verifier>,
    State(shell): State<Shell>,
    visit: Visit,
    request: Request,
) -> Result<Response, Refusal> {
    let Some(kept) = kept_in_form(request).await? else {
        return Ok(Redirect::to(&format!("{}?lang={}", paths::RECEIPT, visit.language.tag())).into_response());
    };
    let answer = match SignedReceipt::read(&kept) {
        Ok(receipt) => receipts.check(&verifier, &receipt, None).await,
        Err(error) => Err(error),
    };
    let page = |checked| document(Page::Plain, page::receipt::render(&shell.frame(&visit), checked));
    Ok(match answer {
        Ok(answer) => page(Checked::Answer(&answer)),
        Err(_) => (status(ProblemType::InvalidInput), page(Checked::NotAReceipt)).into_response(),
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

/// The receipt in the form, the file before the text; `None` where both fields are empty.
async fn kept_in_form(request: Request) -> Result<Option<Vec<u8>>, Refusal> {
    let mut form = Multipart::from_request(request, &()).await.map_err(Refusal::bad_request)?;
    let (mut file, mut text) = (None, None);
    while let Some(field) = form.next_field().await.map_err(|error| form_refusal(&error))? {
        let place = match field.name() {
            Some("file") => &mut file,
            Some("text") => &mut text,
            _ => continue,
        };
        let bytes = field.bytes().await.map_err(|error| form_refusal(&error))?;
        *place = Some(bytes.to_vec()).filter(|bytes| !bytes.trim_ascii().is_empty());
    }
    Ok(file.or(text))
}
