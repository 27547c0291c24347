//! The bottom of every page: how to reach this checker without following a link, and whose it is not.

use leptos::prelude::*;

use super::{Frame, paths};

pub(super) fn footer(frame: &Frame<'_>) -> AnyView {
    let site = &frame.language.words().site;
    view! {
        <footer class="site">
            <nav>
                <a href=frame.link(paths::SCAN)>{site.scan}</a>
                <a href=frame.link(paths::HOME)>{site.home}</a>
                <a href=frame.link(paths::RECEIPT)>{frame.language.page_words().receipt.title}</a>
                <a href=frame.link(paths::REPORT)>{frame.language.page_words().report.title}</a>
                <a href=frame.link(paths::ABOUT)>{site.about}</a>
            </nav>
            <h2>{site.reach_title}</h2>
            <p>{site.reach}</p>
            <p class="origin">{frame.origin.to_owned()}</p>
            <p>{site.meaning_of_label}</p>
            <p>{site.independent}</p>
        </footer>
    }
    .into_any()
}
