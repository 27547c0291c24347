//! The scanner's page. Its script takes over `#scanner`; without it, the page says what to do instead.

use leptos::prelude::*;

use super::{Frame, document::Document, home::photograph_form, paths};
use crate::view::{self, Ask};

/// The scanner's page; `label_origins` are the origins under which labels are printed (`https://host`).
pub fn render(frame: &Frame<'_>, label_origins: &[String]) -> String {
    let reader = frame.reader();
    let words = reader.words();
    let page = &frame.language.page_words().scan;
    let worker = frame.assets.worker_js.clone();
    let main = view! {
        <h1>{words.scan.title}</h1>
        <p class="hint">{page.lead}</p>
        <div id="scanner" data-worker=worker data-origins=label_origins.join(" ")>
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
    };
    let scanner = !frame.assets.scan_js.is_empty();
    Document { title: words.scan.title.to_owned(), main: main.into_any(), scanner, listed: true }
        .into_html(frame)
}
