//! `POST /photograph`: the form for browsers that cannot read a picture themselves.

use axum::{
    extract::{Request, State},
    response::Response,
};
use shirushi_web::page;

use super::{Shell, document, shell::Visit};
use crate::{
    http::{
        metrics::Metrics,
        overload::{Decoders, Place},
        photograph::{Claims, judge, picture_in_form},
        problem::Refusal,
        security::Page,
    },
    service::verify::Verifier,
};

/// `POST /photograph`, with a file field `picture`.
pub(in crate::http) async fn photograph(
    place: Place,
    State(decoders): State<Decoders>,
    State(verifier): State<Verifier>,
    State(metrics): State<Metrics>,
    State(shell): State<Shell>,
    visit: Visit,
    request: Request,
) -> Result<Response, Refusal> {
    let picture = picture_in_form(request, "picture").await?;
    let answer = judge(place, &decoders, &verifier, &metrics, Claims::default(), picture).await?;
    Ok(document(Page::Plain, page::verdict::render(&shell.frame(&visit), &answer, None)))
}
