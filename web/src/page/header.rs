//! The top of every page.

use leptos::prelude::*;

use super::{Frame, paths};

pub(super) fn header(frame: &Frame<'_>) -> AnyView {
    let site = &frame.language.words().site;
    let notice = frame.notice.map(|notice| {
        view! { <aside class="notice" aria-label=site.notice>{notice.to_owned()}</aside> }
    });
    let other = frame.language.other().tag();
    view! {
        {notice}
        <header class="site">
            <a class="home" href=frame.link(paths::HOME)>
                <svg class="mark" viewBox="0 0 48 48" aria-hidden="true" inner_html=MARK></svg>
                <span>{site.name}</span>
            </a>
            <a class="language" href=frame.other_language() hreflang=other lang=other>{site.switch_language}</a>
        </header>
    }
    .into_any()
}

/// Our own mark: a tag with a dot. It is not the scheme's label.
const MARK: &str =
    r#"<path d="M4 14L24 4l20 10v26H4z"/><circle cx="24" cy="18" r="4"/><path d="M13 31h22"/>"#;
