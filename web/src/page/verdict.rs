//! The page of one verdict: what a phone's camera app opens.

use leptos::prelude::*;
use shirushi_shared::api::VerdictAnswer;

use super::{Frame, document::Document, paths};
use crate::view::{self, Ask, ModelSearch, VerdictView};

/// The page that tells `answer`; `model` is the model that was asked about (`?model=`), as it was typed.
pub fn render(frame: &Frame<'_>, answer: &VerdictAnswer, model: Option<&str>) -> String {
    let reader = frame.reader();
    let words = reader.words();
    let number = answer.product.as_ref().map(|product| &product.printed_number).or(answer.number.as_ref());
    let headline = view::headline(answer, reader);
    let title = number.map_or_else(|| headline.to_owned(), |number| format!("{headline} – {number}"));
    let search = ModelSearch { asked: model.map(str::to_owned), ask: Ask::ByPage };
    let main = view! {
        {view::verdict(VerdictView { answer, reader, search })}
        <p class="next"><a class="button" href=frame.link(paths::SCAN)>{words.scan.next}</a></p>
        <section class="by-number">
            <h2>{words.scan.number_title}</h2>
            {view::number_form(reader, paths::CHECK, Ask::ByPage)}
        </section>
        <p class="print-only">{frame.address()}</p>
    };
    Document { title, main: main.into_any(), scanner: false, listed: false }.into_html(frame)
}
