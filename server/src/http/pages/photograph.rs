//! `POST /photograph`: the form for browsers that cannot read a picture themselves.

use axum::{
    extract::{Request, State},
    response::Response,
};
use shirushi_web::page::{self, verdict::Asked};

use super::{Shell, document, shell::Visit};
use crate::{
    http::{
        overload::{Decoders, Place},
        photograph::{Claims, judge, picture_in_form, read},
        problem::Refusal,
        security::Page,
        verify::Questions,
    },
    service::verify::Verifier,
};

/// `POST /photograph`, with a file field `picture`.
pub(in crate::http) async fn photograph(
    place: Place,
    State(decoders): State<Decoders>,
    State(verifier): State<Verifier>,
    State(questions): State<Questions>,
    State(shell): State<Shell>,
    visit: Visit,
    request: Request,
) -> Result<Response, Refusal> {
    let picture = picture_in_form(request, "picture").await?;
    let codes = read(place, &decoders, &verifier, picture).await?;
    let text = codes.label().to_owned();
    let answer = judge(&questions, &verifier, Claims::default(), codes).await?;
    let code = shell.code(&text);
    let asked = Asked { text: &text, model: None, code: code.as_ref() };
    Ok(document(Page::Plain, page::verdict::render(&shell.frame(&visit), &answer, asked)))
}
