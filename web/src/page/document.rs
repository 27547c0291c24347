//! The HTML document around a page.

use leptos::prelude::*;

use super::{Assets, Frame, footer::footer, header::header};

/// The style sheet of every page, exactly as it stands in its `<style>` element.
pub const fn style() -> &'static str {
    STYLE
}

const STYLE: &str = concat!(
    include_str!("../../style/base.css"),
    include_str!("../../style/forms.css"),
    include_str!("../../style/verdict.css"),
    include_str!("../../style/receipt.css"),
    include_str!("../../style/report.css"),
    include_str!("../../style/bulk.css"),
    include_str!("../../style/scan.css"),
    include_str!("../../style/print.css"),
);

/// A page's own part of the document.
pub(super) struct Document {
    /// Title; the outcome first, where there is one.
    pub(super) title: String,
    /// What stands in `<main>`.
    pub(super) main: AnyView,
    /// Whether the scanner is on it.
    pub(super) scanner: bool,
    /// Whether search engines may list it: not where it is about one label.
    pub(super) listed: bool,
}

/// The HTML of the page that `document` makes.
///
/// Within an owner of its own: what parts of a page keep in the reactive arena (a reference to a field, say) goes with the
/// page, instead of staying for as long as the server runs.
pub(super) fn html(frame: &Frame<'_>, document: impl FnOnce() -> Document) -> String {
    let owner = Owner::new();
    owner.with(|| document().into_html(frame))
}

impl Document {
    fn into_html(self, frame: &Frame<'_>) -> String {
        let words = frame.language.words();
        let title = format!("{} – {}", self.title, words.site.name);
        let icon = frame.assets.icon_svg.clone();
        let icon = (!icon.is_empty()).then(|| view! { <link rel="icon" type="image/svg+xml" href=icon/> });
        let view = view! {
            <html lang=frame.language.tag()>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width,initial-scale=1"/>
                    <meta name="color-scheme" content="light dark"/>
                    {(!self.listed).then(|| view! { <meta name="robots" content="noindex"/> })}
                    <title>{title}</title>
                    <style>{STYLE}</style>
                    {icon}
                    {self.scanner.then(|| scripts(frame.assets))}
                </head>
                <body>
                    <a class="skip" href="#main">{words.site.skip}</a>
                    {header(frame)}
                    <main id="main" tabindex="-1">{self.main}</main>
                    {footer(frame)}
                </body>
            </html>
        };
        // Comments between neighbouring texts are for hydration, which does not happen here. A text from outside
        // cannot hold one: its `<` is escaped.
        format!("<!doctype html>{}", view.to_html().replace("<!>", ""))
    }
}

/// The scanner's script, and what it imports, so that both are fetched at the same time.
fn scripts(assets: &Assets) -> AnyView {
    let (scan, checker) = (assets.scan_js.clone(), assets.checker_js.clone());
    let manifest = assets.manifest.clone();
    view! {
        <link rel="manifest" href=manifest/>
        <link rel="modulepreload" href=checker/>
        <script type="module" src=scan></script>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use shirushi_shared::text::Language;

    use super::*;

    #[test]
    fn nothing_of_a_page_outlives_it() {
        let assets = Assets::default();
        let origin = "https://label.example";
        let frame = Frame { language: Language::En, path: "/", origin, assets: &assets, notice: None };
        let mut kept = None;
        html(&frame, || {
            let value = StoredValue::new(7);
            assert_eq!(value.try_get_value(), Some(7));
            kept = Some(value);
            Document { title: String::new(), main: ().into_any(), scanner: false, listed: true }
        });
        assert_eq!(kept.unwrap().try_get_value(), None);
    }
}
