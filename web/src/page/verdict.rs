//! The page of one verdict: what a phone's camera app opens.

use leptos::prelude::*;
use shirushi_shared::api::VerdictAnswer;

pub use super::asked::{Asked, Code};
use super::{
    Frame,
    document::{Document, html},
    keep, paths,
};
use crate::view::{self, Ask, ModelSearch, VerdictView, meant};

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
    let beside_claims = meant(answer, reader, &search);
    let main = view! {
        {view::verdict(VerdictView { answer, reader, search, beside_claims })}
        {keep::form(frame, answer, asked)}
        <p class="next"><a class="button" href=frame.link(paths::SCAN)>{words.scan.next}</a></p>
        <section class="by-number">
            <h2>{words.scan.number_title}</h2>
            {view::number_form(reader, paths::CHECK, Ask::ByPage)}
        </section>
        {on_paper(frame, asked.code)}
    };
    Document { title, main: main.into_any(), scanner: false, listed: false }
}

/// What a printed verdict needs beside itself: the way back to one that holds now.
fn on_paper(frame: &Frame<'_>, code: Option<&Code>) -> AnyView {
    let words = &frame.language.page_words().sheet;
    view! {
        <section class="print-only again">
            {code.map(|code| code.picture(words.code))}
            <h2>{words.again}</h2>
            <p>{words.again_text}</p>
            <p class="address">{frame.address()}</p>
        </section>
    }
    .into_any()
}
