//! Many labels at once: a file is handed in, its columns are told apart, and its results can be looked through and taken
//! along. All of it works without script; with it, progress moves by itself.
//!
//! A file's pages lie under an address that nobody guesses: whoever has it may see the file's results, and end them.

mod begin;
mod columns;
mod progress;
mod results;

pub use begin::{Begin, render as render_begin};
pub use columns::{Because, Column, Columns, Wrong, render as render_columns};
pub use progress::{Progress, render as render_progress};
pub use results::{Results, render as render_results};

use leptos::prelude::*;
use shirushi_shared::{text::BulkWords, time::UnixTime};

use super::{
    Frame,
    document::{Document, html},
    paths,
};
use crate::view::{ATTENTION, icon};

/// Whose pages these are.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// What the address has behind `/bulk/`.
    pub secret: &'a str,
    /// What the file is called.
    pub name: &'a str,
    /// When its results are erased.
    pub erased: UnixTime,
}

impl Place<'_> {
    /// The page itself, or what lies below it, in the page's language.
    fn address(&self, frame: &Frame<'_>, below: &str) -> String {
        frame.link(&format!("{}/{}{below}", paths::BULK, self.secret))
    }
}

fn words(frame: &Frame<'_>) -> &'static BulkWords {
    &frame.language.page_words().bulk
}

/// The heading of a file's page: what it is, and what is told of it first.
fn heading(place: Place<'_>, title: &'static str) -> AnyView {
    view! {
        <section class="lead">
            <h1>{title}</h1>
            <p class="file">{place.name.to_owned()}</p>
        </section>
    }
    .into_any()
}

/// How long it is kept, that its address is its key, and the way to end it now.
fn kept(frame: &Frame<'_>, place: Place<'_>) -> AnyView {
    let words = words(frame);
    let reader = frame.reader();
    view! {
        <section class="kept">
            <h2>{words.kept_title}</h2>
            <p>{words.address_is_key}</p>
            <p>{words.erased_on}" "{reader.language.date_time(place.erased, reader.zone)}</p>
            <form method="post" action=place.address(frame, "/erase")>
                <button>{words.erase}</button>
            </form>
        </section>
        <p class="next"><a href=frame.link(paths::BULK)>{words.another}</a></p>
    }
    .into_any()
}

/// The page that says that there is no such file.
pub fn render_gone(frame: &Frame<'_>) -> String {
    html(frame, || {
        let words = words(frame);
        let main = view! {
            <section class="message" role="status">
                {icon(ATTENTION)}
                <h1>{words.gone}</h1>
                <p>{words.gone_text}</p>
            </section>
            <p class="next"><a href=frame.link(paths::BULK)>{words.another}</a></p>
        };
        Document { title: words.gone.to_owned(), main: main.into_any(), scanner: false, listed: false }
    })
}

/// `count` with its thousands set apart.
fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_set_apart_by_thousands() {
        for (count, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(count), text);
        }
    }
}
