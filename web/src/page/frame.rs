//! What every page needs to know of where it is.

use shirushi_shared::text::{Language, Zone};

use super::paths;
use crate::view::Reader;

/// Where a page is and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The language of the page.
    pub language: Language,
    /// Path and query of this page, for the language switch: `/v/SHI-2026-00017?model=RX-200`.
    pub path: &'a str,
    /// The public origin, `https://label.example`: shown to be typed, and printed.
    pub origin: &'a str,
    /// Static files.
    pub assets: &'a Assets,
    /// A line above everything, such as that all data are invented.
    pub notice: Option<&'a str>,
}

/// Addresses of static files as they are served, content hash included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets {
    /// `scan.js`: starts the scanner; the only script that a page names.
    pub scan_js: String,
    /// `checker.js`: what `scan.js` imports; named so that it is fetched at the same time.
    pub checker_js: String,
    /// `worker.js`: the decoder's module worker.
    pub worker_js: String,
    /// `keeper.js`: the module worker with the lists for when there is no network.
    pub keeper_js: String,
    /// `bulk.js`: keeps the progress of a file up to date; nothing else needs it.
    pub bulk_js: String,
    /// `app.webmanifest`: for those who put the checker on their home screen.
    pub manifest: String,
    /// `icon.svg`: the page's icon; none where empty.
    pub icon_svg: String,
}

impl Frame<'_> {
    /// For whom: times are Japan's, and say so.
    pub(super) const fn reader(&self) -> Reader {
        Reader { language: self.language, zone: Zone::JAPAN }
    }

    /// `path` in the page's language.
    pub(super) fn link(&self, path: &str) -> String {
        format!("{path}?lang={}", self.language.tag())
    }

    /// The scanner for a stock check.
    pub(super) fn stock(&self) -> String {
        self.link(paths::SCAN) + "&stock"
    }

    /// This page in `language`, everything else of its query kept.
    pub(super) fn in_language(&self, language: Language) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((self.path, ""));
        let others = query.split('&').filter(|field| !field.is_empty() && !field.starts_with("lang="));
        let mut link = format!("{}?", local(path));
        for field in others {
            link.push_str(field);
            link.push('&');
        }
        link + "lang=" + language.tag()
    }

    /// The address to print: origin and path, without the query.
    pub(super) fn address(&self) -> String {
        let path = self.path.split_once('?').map_or(self.path, |(path, _)| path);
        format!("{}{}", self.origin, local(path))
    }
}

/// `path` as a path of this host: `//evil.example` would be another host's.
fn local(path: &str) -> String {
    format!("/{}", path.trim_start_matches(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_switch_stays_on_the_page_and_on_the_host() {
        let assets = Assets::default();
        let link = |path| {
            Frame {
                language: Language::Ja,
                path,
                origin: "https://label.example",
                assets: &assets,
                notice: None,
            }
            .in_language(Language::En)
        };
        assert_eq!(link("/v/SHI-1?model=RX&lang=ja"), "/v/SHI-1?model=RX&lang=en");
        assert_eq!(link("/"), "/?lang=en");
        assert_eq!(link("//evil.example/?a=1"), "/evil.example/?a=1&lang=en");
        assert_eq!(link("\\\\evil.example"), "/evil.example?lang=en");
    }
}
