//! Pages that say that something did not work: never in the colours of a verdict.

use leptos::prelude::*;
use shirushi_shared::{api::ProblemType, text::MessageWords};

use super::{
    Frame,
    document::{Document, html},
    paths,
};
use crate::view::{self, ATTENTION, Ask, icon};

/// The page that tells of `problem`. Internal text never gets here: the words are by kind.
pub fn render(frame: &Frame<'_>, problem: ProblemType) -> String {
    html(frame, || page(frame, problem))
}

fn page(frame: &Frame<'_>, problem: ProblemType) -> Document {
    let reader = frame.reader();
    let words = reader.words();
    let page = &frame.language.page_words().messages;
    let (title, text) = told(page, problem);
    let main = view! {
        <section class="message" role="alert">
            {icon(ATTENTION)}
            <h1>{title}</h1>
            <p>{text}</p>
        </section>
        <section>
            <h2>{words.scan.number_title}</h2>
            {view::number_form(reader, paths::CHECK, Ask::ByPage)}
        </section>
        <p class="next">
            <a class="button" href=frame.link(paths::SCAN)>{words.site.scan}</a>
            " "
            <a href=frame.link(paths::HOME)>{page.back}</a>
        </p>
    };
    Document { title: title.to_owned(), main: main.into_any(), scanner: false, listed: false }
}

const fn told(page: &MessageWords, problem: ProblemType) -> (&'static str, &'static str) {
    match problem {
        ProblemType::NotFound | ProblemType::MethodNotAllowed => (page.not_found, page.not_found_text),
        ProblemType::BadRequest
        | ProblemType::InvalidInput
        | ProblemType::Unauthorized
        | ProblemType::Forbidden
        | ProblemType::Conflict => (page.bad_request, page.bad_request_text),
        ProblemType::TooLarge => (page.too_large, page.too_large_text),
        ProblemType::UnsupportedMediaType | ProblemType::UnreadableImage => {
            (page.unreadable, page.unreadable_text)
        }
        ProblemType::TooOften => (page.too_often, page.too_often_text),
        ProblemType::Overloaded => (page.overloaded, page.overloaded_text),
        ProblemType::Unavailable => (page.unavailable, page.unavailable_text),
        ProblemType::Internal => (page.internal, page.internal_text),
    }
}
