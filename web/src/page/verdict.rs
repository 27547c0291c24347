//! The page of one verdict: what a phone's camera app opens.

use leptos::prelude::*;
use shirushi_shared::api::VerdictAnswer;

use super::{
    Frame,
    document::{Document, html},
    keep, paths,
};
use crate::view::{self, Ask, ModelSearch, VerdictView, meant};

/// What was asked, as far as the answer does not tell it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What was presented: a link, token or number.
    pub text: &'a str,
    /// The model that was asked about (`?model=`), as it was typed.
    pub model: Option<&'a str>,
    /// The code that leads back here, for paper; none where the address is too long for one.
    pub code: Option<&'a Code>,
}

/// A QR symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Modules on a side.
    pub side: u16,
    /// The dark modules as an SVG path to be stroked one module wide, along the middle of each row.
    pub path: String,
}

impl Code {
    /// Light modules around it (ISO/IEC 18004, 9.1).
    const QUIET: i32 = 4;

    fn picture(&self, name: &'static str) -> AnyView {
        let side = i32::from(self.side) + 2 * Self::QUIET;
        let view_box = format!("-{0} -{0} {side} {side}", Self::QUIET);
        view! {
            <svg class="code" viewBox=view_box role="img" aria-label=name shape-rendering="crispEdges">
                <path d=self.path.clone()></path>
            </svg>
        }
        .into_any()
    }
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
