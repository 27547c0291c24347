//! Pages: complete in their first answer, without script. What stands on them is `shirushi_web`'s.

mod bulk;
mod check;
mod dress;
mod photograph;
mod policy;
mod receipt;
mod report;
mod scan;
mod shell;
mod verdict;
mod watch;

pub(super) use bulk::{
    cancelled as bulk_cancelled, columns as bulk_columns, compared as bulk_compared, erased as bulk_erased,
    form as bulk, sent as bulk_sent, show as bulk_file, watched as bulk_watched,
};
pub(super) use check::check;
pub(super) use dress::dress;
pub(super) use photograph::photograph;
pub(super) use policy::{checked as policy_checked, form as policy, kept as policy_kept};
pub(super) use receipt::{checked as receipt_checked, form as receipt, kept as receipt_kept};
pub(super) use report::{form as report, sent as report_sent};
pub(super) use scan::{scan, service_worker};
pub use shell::Shell;
pub(super) use verdict::verdict;
pub(super) use watch::watch;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use shirushi_web::page;

use self::shell::Visit;
use super::{cache_policy::EntityTag, security::Page};

/// `GET /`.
pub(super) async fn home(State(shell): State<Shell>, visit: Visit, headers: HeaderMap) -> Response {
    standing(&headers, Page::Plain, page::home::render(&shell.frame(&visit)))
}

/// `GET /about`.
pub(super) async fn about(State(shell): State<Shell>, visit: Visit, headers: HeaderMap) -> Response {
    standing(&headers, Page::Plain, page::about::render(&shell.frame(&visit)))
}

/// `GET /robots.txt`: pages about single labels are nobody's search results.
pub(super) async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /v/\nDisallow: /check\nDisallow: /report?\nDisallow: /bulk/\nDisallow: /watch/\nDisallow: /v1/\n"
}

/// A page that is the same for everybody who speaks its language. The tag is weak: the page may be sent compressed.
fn standing(asked: &HeaderMap, kind: Page, html: String) -> Response {
    EntityTag::weak_of_bytes(html.as_bytes()).guard(asked, document(kind, html))
}

/// An HTML document that `kind` describes to the security headers.
pub(super) fn document(kind: Page, html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::VARY, HeaderValue::from_static("accept-language")),
    ];
    let mut response = (headers, html).into_response();
    response.extensions_mut().insert(kind);
    response
}
