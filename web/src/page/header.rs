//! The top of every page.

use leptos::prelude::*;
use shirushi_shared::text::Language;

use super::{Frame, paths};

pub(super) fn header(frame: &Frame<'_>) -> AnyView {
    let site = &frame.language.words().site;
    let notice = frame.notice.map(|notice| {
        view! { <aside class="notice" aria-label=site.notice>{notice.to_owned()}</aside> }
    });
    let others = Language::ALL.iter().filter(|language| **language != frame.language).map(|language| {
        let (tag, name) = (language.tag(), language.words().site.this_language);
        view! { <li><a href=frame.in_language(*language) hreflang=tag lang=tag>{name}</a></li> }
    });
    let others = others.collect_view();
    view! {
        {notice}
        <header class="site">
            <a class="home" href=frame.link(paths::HOME)>
                <svg class="mark" viewBox="0 0 48 48" aria-hidden="true" inner_html=MARK></svg>
                <span>{site.name}</span>
            </a>
            <ul class="languages">{others}</ul>
        </header>
    }
    .into_any()
}

/// Our own mark: a tag with a dot. It is not the scheme's label.
const MARK: &str =
    r#"<path d="M4 14L24 4l20 10v26H4z"/><circle cx="24" cy="18" r="4"/><path d="M13 31h22"/>"#;
