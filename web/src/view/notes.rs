//! Notes that belong to a verdict as loudly as its outcome.

use leptos::prelude::*;

use super::{
    Reader,
    icon::{ATTENTION, COPY, icon},
};

/// That a genuine label can be copied: part of every `valid`.
pub fn copied_note(reader: Reader) -> AnyView {
    let words = &reader.words().verdict;
    note("note copied", COPY, words.copied_title, words.copied)
}

/// That only a number was checked and no label.
pub fn number_only_note(reader: Reader) -> AnyView {
    let words = &reader.words().verdict;
    note("note number-only", ATTENTION, words.number_only_title, words.number_only)
}

fn note(class: &'static str, outline: &'static str, title: &'static str, text: &'static str) -> AnyView {
    view! {
        <section class=class>
            {icon(outline)}
            <h2>{title}</h2>
            <p>{text}</p>
        </section>
    }
    .into_any()
}
