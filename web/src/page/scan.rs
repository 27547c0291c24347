//! The scanner's page. Its script takes over `#scanner`; without it, the page says what to do instead.

use leptos::prelude::*;

use super::{
    Frame,
    document::{Document, html},
    home::photograph_form,
    paths,
};
use crate::view::{self, Ask};

/// What the scanner needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Scheme<'a> {
    /// The origins under which labels are printed (`https://host`).
    pub label_origins: &'a [String],
    /// The trust key to pin, 64 hexadecimal digits: what a checker without a network believes, it believes by this.
    pub pin: &'a str,
    /// How old signed lists may be, in seconds.
    pub oldest_list: i64,
}

/// The scanner's page.
pub fn render(frame: &Frame<'_>, scheme: Scheme<'_>) -> String {
    html(frame, || page(frame, scheme))
}

fn page(frame: &Frame<'_>, scheme: Scheme<'_>) -> Document {
    let reader = frame.reader();
    let words = reader.words();
    let page = &frame.language.page_words().scan;
    let worker = frame.assets.worker_js.clone();
    let main = view! {
        <h1>{words.scan.title}</h1>
        <p class="hint">{page.lead}</p>
        <div
            id="scanner"
            data-worker=worker
            data-origins=scheme.label_origins.join(" ")
            data-keeper=frame.assets.keeper_js.clone()
            data-pin=scheme.pin.to_owned()
            data-oldest=scheme.oldest_list.to_string()
        >
            <noscript>
                <section class="note">
                    <h2>{page.no_script_title}</h2>
                    <p>{page.no_script}</p>
                </section>
            </noscript>
            <section>
                <h2>{words.scan.number_title}</h2>
                {view::number_form(reader, paths::CHECK, Ask::ByPage)}
            </section>
            <section>
                <h2>{frame.language.page_words().home.photograph_title}</h2>
                {photograph_form(frame)}
            </section>
        </div>
        <p class="ways"><a href=frame.stock()>{words.stock.title}</a></p>
        // What the script says, in the language of the page: it has no words of its own.
        <template id="words">{words.to_lines()}</template>
    };
    let scanner = !frame.assets.scan_js.is_empty();
    Document { title: words.scan.title.to_owned(), main: main.into_any(), scanner, listed: true }
}
