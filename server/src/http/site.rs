//! The static files of the site folder, under `/s/`: read once at the start, named by their content, compressed already.
//!
//! What the folder holds, and how it is made, stands in `web/bundle`. Without a folder there are no files, and the pages
//! say what is missing: they work without script.

use std::{
    collections::HashMap,
    path::{Component, Path as FilePath, PathBuf},
    sync::Arc,
};

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use shirushi_shared::api::ProblemType;

use super::{extract::Path, problem::Refusal, security::Page};

/// The files. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Site(Arc<Files>);

#[derive(Debug, Default)]
struct Files {
    /// From logical names (`reader.js`) to names by content (`reader-0123456789ab.js`).
    names: HashMap<String, String>,
    /// By their names by content.
    files: HashMap<String, File>,
}

#[derive(Debug)]
struct File {
    media: HeaderValue,
    plain: Bytes,
    gzip: Option<Bytes>,
    brotli: Option<Bytes>,
}

/// Why the site folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// A file of it cannot be read.
    #[error("{path} of the site folder cannot be read")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The manifest is not what the bundler writes.
    #[error("manifest.json of the site folder is not what shirushi-bundle writes")]
    Manifest(#[source] serde_json::Error),
    /// The manifest leads out of its folder.
    #[error("manifest.json of the site folder names {0:?}, which is not inside it")]
    Outside(String),
}

#[derive(Deserialize)]
struct Manifest {
    files: HashMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    #[serde(default)]
    gzip: Option<u64>,
    #[serde(default)]
    brotli: Option<u64>,
}

impl Site {
    /// Reads the site in `folder`.
    pub fn load(folder: &FilePath) -> Result<Self, SiteError> {
        let manifest = read(folder, "manifest.json")?;
        let manifest: Manifest = serde_json::from_slice(&manifest).map_err(SiteError::Manifest)?;
        let mut site = Files::default();
        for (logical, entry) in manifest.files {
            let inside =
                FilePath::new(&entry.file).components().all(|part| matches!(part, Component::Normal(_)));
            if !inside {
                return Err(SiteError::Outside(entry.file));
            }
            let neighbour = |there: Option<u64>, ending: &str| {
                there.map(|_| read(folder, &format!("{}.{ending}", entry.file))).transpose()
            };
            let file = File {
                media: media(&entry.file),
                plain: read(folder, &entry.file)?,
                gzip: neighbour(entry.gzip, "gz")?,
                brotli: neighbour(entry.brotli, "br")?,
            };
            site.names.insert(logical, entry.file.clone());
            site.files.insert(entry.file, file);
        }
        Ok(Self(Arc::new(site)))
    }

    /// Where the file with this logical name is reached: `/s/…`.
    pub fn address(&self, logical: &str) -> Option<String> {
        self.0.names.get(logical).map(|name| format!("/s/{name}"))
    }

    /// Every logical name with its name by content.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.names.iter().map(|(logical, name)| (logical.as_str(), name.as_str()))
    }

    /// What is in the file with this logical name.
    pub(super) fn plain(&self, logical: &str) -> Option<&Bytes> {
        self.by_logical_name(logical).map(|file| &file.plain)
    }

    fn by_logical_name(&self, logical: &str) -> Option<&File> {
        self.0.files.get(self.0.names.get(logical)?)
    }
}

/// `GET /s/{*file}`.
pub(super) async fn file(
    State(site): State<Site>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let file = site.0.files.get(&name).ok_or(Refusal::bare(ProblemType::NotFound))?;
    Ok(file.answer(&headers))
}

impl File {
    fn answer(&self, asked: &HeaderMap) -> Response {
        let accepts = |coding| accepts(asked, coding);
        let (bytes, coding) = match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if accepts("br") => (brotli, Some("br")),
            (_, Some(gzip)) if accepts("gzip") => (gzip, Some("gzip")),
            _ => (&self.plain, None),
        };
        let mut response = bytes.clone().into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, self.media.clone());
        if self.gzip.is_some() || self.brotli.is_some() {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        let is_script = self.media.as_bytes().starts_with(b"text/javascript");
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        if is_script {
            response.extensions_mut().insert(Page::Script);
        }
        response
    }
}

/// Whether `Accept-Encoding` names `coding` without refusing it (`;q=0`).
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let Some(list) = headers.get(header::ACCEPT_ENCODING).and_then(|list| list.to_str().ok()) else {
        return false;
    };
    list.split(',').any(|entry| {
        let (name, quality) = entry.split_once(';').unwrap_or((entry, ""));
        let quality = quality.trim().trim_start_matches("q=");
        name.trim().eq_ignore_ascii_case(coding)
            && quality.parse().is_ok_and(|q: f32| q > 0.0) | quality.is_empty()
    })
}

fn media(name: &str) -> HeaderValue {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    HeaderValue::from_static(match ending {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}

fn read(folder: &FilePath, name: &str) -> Result<Bytes, SiteError> {
    let path = folder.join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(bytes.into()),
        Err(source) => Err(SiteError::Read { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(manifest: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("a-1.js", "plain"), ("a-1.js.gz", "gz"), ("a-1.js.br", "br")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        std::fs::write(folder.path().join("manifest.json"), manifest).unwrap();
        folder
    }

    const ONE: &str = r#"{"files": {"a.js": {"file": "a-1.js", "size": 5, "gzip": 2, "brotli": 2}}}"#;

    #[test]
    fn the_smallest_form_that_the_browser_takes_is_sent() {
        let folder = folder(ONE);
        let site = Site::load(folder.path()).unwrap();
        assert_eq!(site.address("a.js").as_deref(), Some("/s/a-1.js"));
        let coding = |asked: &'static str| {
            let asked = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(asked))]);
            let answer = site.by_logical_name("a.js").unwrap().answer(&asked);
            answer.headers().get(header::CONTENT_ENCODING).map(|coding| coding.to_str().unwrap().to_owned())
        };
        assert_eq!(coding("gzip, deflate, br").as_deref(), Some("br"));
        assert_eq!(coding("gzip;q=0.5, br;q=0").as_deref(), Some("gzip"));
        assert_eq!(coding("identity"), None);
    }

    #[test]
    fn a_manifest_that_leads_out_of_its_folder_is_refused() {
        for outside in ["../a.js", "/etc/hostname", ".."] {
            let folder = folder(&ONE.replace("a-1.js", outside));
            assert!(matches!(Site::load(folder.path()), Err(SiteError::Outside(name)) if name == outside));
        }
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(Site::load(empty.path()), Err(SiteError::Read { .. })));
    }
}
