//! What a label means, and what it does not.

use leptos::prelude::*;
use shirushi_shared::verdict::Outcome;

use super::{
    Frame,
    document::{Document, html},
};
use crate::view::{icon, outline};

/// The page about labels.
pub fn render(frame: &Frame<'_>) -> String {
    html(frame, || page(frame))
}

fn page(frame: &Frame<'_>) -> Document {
    let page = &frame.language.page_words().about;
    let main = view! {
        <article class="text">
            <h1>{page.title}</h1>
            <p class="lead">{page.lead}</p>
            {part(page.means_title, &[page.means_level, page.means_level12, page.means_level34, page.means_validity, page.means_models])}
            {part(page.not_title, &[page.not_complete, page.not_box, page.not_endorsed])}
            {part(page.how_title, &[page.how_signature, page.how_registry, page.how_fresh])}
            <section>
                <h2>{page.outcomes_title}</h2>
                {outcomes(frame)}
            </section>
            {part(page.sources_title, &[page.sources])}
        </article>
    };
    Document { title: page.title.to_owned(), main: main.into_any(), scanner: false, listed: true }
}

fn part(title: &'static str, texts: &[&'static str]) -> AnyView {
    let texts = texts.iter().map(|text| view! { <li>{*text}</li> }).collect_view();
    view! { <section><h2>{title}</h2><ul>{texts}</ul></section> }.into_any()
}

/// All outcomes, the good one first.
fn outcomes(frame: &Frame<'_>) -> AnyView {
    let words = &frame.language.words().outcomes;
    let rows = Outcome::ALL.into_iter().rev().map(|outcome| {
        let text = words.of(outcome);
        view! {
            <li>{icon(outline(outcome))}<strong>{text.headline}</strong><span>{text.meaning}</span></li>
        }
    });
    view! { <ul class="outcomes">{rows.collect_view()}</ul> }.into_any()
}
