//! The page of one verdict: what a phone's camera app opens.

use leptos::prelude::*;
use shirushi_shared::api::VerdictAnswer;

use super::{Frame, document::{Document, html}, keep, paths};
use crate::view::{self, Ask, ModelSearch, VerdictView};

/// What was asked, as far as the answer does not tell it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What was presented: a link, token or number.
    pub text: &'a str,
    /// The model that was asked about (`?model=`), as it was typed.
    pub model: Option<&'a str>,
}

/// The page that tells `answer`.
pub fn render(frame: &Frame<'_>, answer: &VerdictAnswer, asked: Asked<'_>) -> String {
    html(frame, || page(frame, answer, asked))
}

fn page(frame: &Frame<'_>, answer: &VerdictAnswer, asked: Asked<'_>) -> Document {
    let reader = frame.reader();
    let words = reader.words();
    let number = answer.product.as_ref().map(|product| &product.printed_number).or(answer.number.as_ref());
    let headline = view::headline(answer, reader);
    let title = number.map_or_else(|| headline.to_owned(), |number| format!("{headline} – {number}"));
    // A photograph's verdict is on a page that cannot be asked again; the label's own can.
    let tail = asked.text.rsplit_once("/v/").map_or(asked.text, |(_, tail)| tail);
    let action = (!frame.path.starts_with("/v/")).then(|| format!("/v/{tail}"));
    let search = ModelSearch { asked: asked.model.map(str::to_owned), action, ask: Ask::ByPage };
    let main = view! {
        {view::verdict(VerdictView { answer, reader, search })}
        {keep::form(frame, answer, asked)}
        <p class="next"><a class="button" href=frame.link(paths::SCAN)>{words.scan.next}</a></p>
        <section class="by-number">
            <h2>{words.scan.number_title}</h2>
            {view::number_form(reader, paths::CHECK, Ask::ByPage)}
        </section>
        <p class="print-only">{frame.address()}</p>
    };
    Document { title, main: main.into_any(), scanner: false, listed: false }
}
