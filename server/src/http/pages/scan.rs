//! `/scan`, and what of it a browser keeps for when there is no network.

use axum::{
    extract::{FromRef, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use shirushi_shared::{api::ProblemType, text::Language};
use shirushi_web::page::{self, paths, scan::Scheme};

use super::{Shell, shell::Visit, standing};
use crate::{
    http::{
        cache_policy::EntityTag, keys::Published, problem::Refusal, security::Page, site::Site,
        state::AppState,
    },
    service::verify::Verifier,
};

/// The static files that the scanner cannot do without; the plain decoder only where there is no SIMD (`sw.js`).
const FILES: [&str; 13] = [
    "scan.js",
    "checker.js",
    "checker_bg.wasm",
    "worker.js",
    "reader.js",
    "reader_bg.wasm",
    "reader_plain.js",
    "reader_plain_bg.wasm",
    "keeper.js",
    "lists.js",
    "lists_bg.wasm",
    "app.webmanifest",
    "icon.svg",
];

/// What a stock check needs beside them.
const STOCK: [&str; 2] = ["stock.js", "stock_bg.wasm"];

/// What the scanner's page is made from.
#[derive(Clone, FromRef)]
pub(in crate::http) struct Scanner {
    shell: Shell,
    published: Published,
    verifier: Verifier,
}

impl FromRef<AppState> for Scanner {
    fn from_ref(state: &AppState) -> Self {
        let AppState { shell, published, verifier, .. } = state;
        Self { shell: shell.clone(), published: published.clone(), verifier: verifier.clone() }
    }
}

impl Scanner {
    fn page(&self, visit: &Visit) -> String {
        let scheme = Scheme {
            label_origins: self.shell.origins(),
            pin: &self.published.pin(),
            oldest_list: self.verifier.freshness().offline,
        };
        page::scan::render(&self.shell.frame(visit), scheme)
    }
}

/// `GET /scan`.
pub(in crate::http) async fn scan(
    State(scanner): State<Scanner>,
    visit: Visit,
    headers: HeaderMap,
) -> Response {
    standing(&headers, Page::Scanner, scanner.page(&visit))
}

/// `GET /sw.js`: the service worker, at the root because it rules over what lies below its address; always asked about,
/// so that a new shell is found at the next visit.
///
/// It begins with the list of what belongs together: the files, which are named by their content, and the page in every
/// language by its hash. A node that is a version behind or ahead cannot get its page into a shell that is not its own.
pub(in crate::http) async fn service_worker(
    State(site): State<Site>,
    State(scanner): State<Scanner>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let script = site.plain("sw.js").ok_or(Refusal::bare(ProblemType::NotFound))?;
    let files = |names: &[&str]| names.iter().filter_map(|name| site.address(name)).collect::<Vec<_>>();
    let page = |language: Language| {
        let address = format!("{}?lang={}", paths::SCAN, language.tag());
        let html = scanner.page(&Visit::chosen(address.clone(), language));
        (address, Value::from(hex(&Sha256::digest(html))))
    };
    let pages: Map<_, _> = Language::ALL.iter().copied().map(page).collect();
    let mut shell = json!({ "files": files(&FILES), "stock": files(&STOCK), "pages": pages });
    let version = Sha256::new().chain_update(shell.to_string()).chain_update(script).finalize();
    shell["version"] = hex(&version[..6]).into();
    let text = [format!("const SHELL = {shell};\n").as_bytes(), script].concat();
    let tag = EntityTag::of_bytes(&text);
    let media = HeaderValue::from_static("text/javascript; charset=utf-8");
    let mut response = tag.guard(&headers, ([(header::CONTENT_TYPE, media)], text).into_response());
    response.extensions_mut().insert(Page::Script);
    Ok(response)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
