//! The first page: what this is, and the ways in.

use leptos::prelude::*;

use super::{
    Frame,
    document::{Document, html},
    paths,
};
use crate::view::{self, Ask};

/// The first page.
pub fn render(frame: &Frame<'_>) -> String {
    html(frame, || page(frame))
}

fn page(frame: &Frame<'_>) -> Document {
    let reader = frame.reader();
    let words = reader.words();
    let page = &frame.language.page_words().home;
    let main = view! {
        <section class="lead">
            <h1>{page.title}</h1>
            <p>{page.lead}</p>
            <p><a class="button primary" href=frame.link(paths::SCAN)>{page.scan}</a></p>
            <p class="hint">{page.scan_hint}</p>
        </section>
        <section>
            <h2>{page.number_title}</h2>
            {view::number_form(reader, paths::CHECK, Ask::ByPage)}
        </section>
        <section>
            <h2>{page.photograph_title}</h2>
            {photograph_form(frame)}
        </section>
        <section>
            <h2>{page.phone_title}</h2>
            <p>{page.phone}</p>
        </section>
        <p><a href=frame.link(paths::ABOUT)>{words.site.about}</a></p>
    };
    Document { title: page.title.to_owned(), main: main.into_any(), scanner: false, listed: true }
}

/// Sends a photograph to the server, for where the browser cannot read it itself.
pub(super) fn photograph_form(frame: &Frame<'_>) -> AnyView {
    let page = &frame.language.page_words().home;
    view! {
        <form class="ask" method="post" action=frame.link(paths::PHOTOGRAPH) enctype="multipart/form-data">
            <label for="picture">{page.photograph_field}</label>
            <p id="picture-hint" class="hint">{page.photograph_hint}</p>
            <div class="row">
                <input
                    id="picture"
                    name="picture"
                    type="file"
                    accept="image/*"
                    aria-describedby="picture-hint"
                    required
                />
                <button>{page.photograph_submit}</button>
            </div>
        </form>
    }
    .into_any()
}
