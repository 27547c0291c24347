//! What is the same on every page, and what the request says about its reader.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{FromRequestParts, Query},
    http::{HeaderMap, Uri, header, request::Parts},
};
use serde::Deserialize;
use shirushi_shared::text::Language;
use shirushi_web::page::{Assets, Frame, verdict::Code};

use crate::{
    artwork::qr::Symbol,
    http::{origin::PublicOrigin, site::Site},
};

/// What is the same on every page. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Shell(Arc<Everywhere>);

#[derive(Debug)]
struct Everywhere {
    origin: PublicOrigin,
    origins: Vec<String>,
    assets: Assets,
    notice: Option<String>,
}

impl Shell {
    /// Pages of the service at `origin`, whose labels are printed under `origins`; `notice` stands above all of them.
    pub fn new(origin: PublicOrigin, origins: Vec<String>, site: &Site, notice: Option<String>) -> Self {
        let address = |logical| site.address(logical).unwrap_or_default();
        let assets = Assets {
            scan_js: address("scan.js"),
            checker_js: address("checker.js"),
            worker_js: address("worker.js"),
            keeper_js: address("keeper.js"),
            bulk_js: address("bulk.js"),
            manifest: address("app.webmanifest"),
            icon_svg: address("icon.svg"),
        };
        Self(Arc::new(Everywhere { origin, origins, assets, notice }))
    }

    /// The origins of labels.
    pub(super) fn origins(&self) -> &[String] {
        &self.0.origins
    }

    /// The link that a label with this tail would hold.
    pub(super) fn link(&self, tail: &str) -> String {
        format!("{}/v/{tail}", self.0.origin.as_str())
    }

    /// The QR code of `link`; none for one that is too long, which only a stranger's can be.
    pub(super) fn code(&self, link: &str) -> Option<Code> {
        let symbol = link.starts_with(self.0.origin.as_str()).then(|| Symbol::of(link).ok())??;
        Some(Code { side: symbol.width(), path: symbol.rows() })
    }

    /// The frame of the page that `visit` sees.
    pub(super) fn frame<'a>(&'a self, visit: &'a Visit) -> Frame<'a> {
        Frame {
            language: visit.language,
            path: &visit.path,
            origin: self.0.origin.as_str(),
            assets: &self.0.assets,
            notice: self.0.notice.as_deref(),
        }
    }
}

/// What a request says about its reader.
#[derive(Clone, Debug)]
pub(in crate::http) struct Visit {
    pub(super) language: Language,
    /// Whether the reader chose the language (`?lang=`), and links should go on in it.
    pub(super) chosen: bool,
    path: String,
}

#[derive(Default, Deserialize)]
struct Chosen {
    #[serde(default)]
    lang: Option<String>,
}

impl Visit {
    /// What `uri` and `headers` say.
    pub(super) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let chosen =
            Query::<Chosen>::try_from_uri(uri).map_or_else(|_| Chosen::default(), |Query(chosen)| chosen);
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Self {
            language: Language::choose(chosen.lang.as_deref(), accepted),
            chosen: chosen.lang.is_some(),
            path: path.to_owned(),
        }
    }
}

impl Visit {
    /// That of somebody who chose `language` on the page `path`.
    pub(super) fn chosen(path: String, language: Language) -> Self {
        Self { language, chosen: true, path }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri, &parts.headers))
    }
}
