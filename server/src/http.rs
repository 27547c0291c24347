//! HTTP: the route table, and what every request passes through.
//!
//! One resource a file in `http/`. A handler takes its request apart, calls one function of a service and wraps the
//! answer; status codes of errors are in `http/problem.rs` alone.

mod api_keys;
mod applications;
mod bulk;
mod cache_policy;
mod criteria;
mod decisions;
mod evidence;
mod extract;
mod fields;
mod filed;
mod health;
mod history;
mod issued;
mod jobs;
pub mod keys;
mod me;
pub mod metrics;
mod notices;
mod observe;
mod order;
pub mod origin;
mod openapi;
mod organisations;
pub mod overload;
pub mod packs;
mod paging;
pub mod pages;
mod photograph;
mod policies;
pub mod problem;
mod published;
pub mod rate;
mod receipts;
mod rest;
mod registrations;
mod reports;
mod revision;
mod security;
mod sightings;
pub mod site;
mod standing;
pub mod state;
mod status_lists;
mod table;
mod verify;
mod watches;
mod webhooks;

use axum::{
    Router,
    http::{Extensions, HeaderMap, StatusCode, Version, header},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use shirushi_shared::api::ProblemType;
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer};

use self::{
    cache_policy::CachePolicy::{Immutable, Minutes, NoStore, Revalidate},
    problem::Refusal,
    security::Policies,
    state::AppState,
    table::{
        Row,
        Verb::{Get, Post},
        row,
    },
};
use crate::service::{access::Action, import, photograph as photographs};

/// No body is expected; a stray one may be this long.
const NONE: usize = 1024;
/// A question or an order in JSON.
const SMALL: usize = 32 * 1024;
/// A thousand approvals in JSON.
const APPROVALS: usize = 4 * 1024 * 1024;
/// What a holder writes into an application: a checklist of every criterion, with notes.
const CONTENT: usize = 1024 * 1024;
/// Any evidence file; the service's own limit may be lower.
const EVIDENCE: usize = crate::service::desk::LARGEST_EVIDENCE;
/// An evidence pack, with the form around it.
const PACK: usize = 64 * 1024 * 1024 + 64 * 1024;
/// A procurement policy's file, and a byte more to tell that it is too large.
const POLICY: usize = 64 * 1024 + 1;
/// A photograph, with the form around it.
const PHOTOGRAPH: usize = photographs::MAX_BYTES + 64 * 1024;
/// A file of rows, of which never more than a batch is in memory.
const ROWS: usize = bulk::Limits::MOST_BYTES;
/// A file of a job, which goes on to the registry part by part.
const FILE: usize = crate::service::jobs::JobLimits::MOST_BYTES;
/// Fifty thousand numbers in JSON.
const NUMBERS: usize = 2 * 1024 * 1024;
/// A policy of 64 KiB, as a form writes it: three characters a byte.
const POLICY_FORM: usize = 256 * 1024;
/// A product list.
const PRODUCTS: usize = import::MAX_BYTES;

/// The route table.
#[rustfmt::skip] // A table is read by its columns.
#[expect(clippy::too_many_lines, reason = "a table has a row for each route")]
fn table() -> Vec<Row> {
    vec![
        //        path                                        body        s   kept        handler
        row(Get,  "/",                                        NONE,       5,  Revalidate, pages::home),
        row(Get,  "/scan",                                    NONE,       5,  Revalidate, pages::scan),
        row(Get,  "/about",                                   NONE,       5,  Revalidate, pages::about),
        row(Get,  "/v/{text}",                                NONE,       5,  NoStore,    pages::verdict),
        row(Get,  "/check",                                   NONE,       5,  NoStore,    pages::check),
        row(Post, "/photograph",                              PHOTOGRAPH, 30, NoStore,    pages::photograph),
        row(Get,  "/receipt",                                 NONE,       5,  Revalidate, pages::receipt),
        row(Post, "/receipt",                                 PACK,       60, NoStore,    pages::receipt_checked),
        row(Post, "/receipt/keep",                            SMALL,      5,  NoStore,    pages::receipt_kept),
        row(Get,  "/report",                                  NONE,       5,  NoStore,    pages::report),
        row(Post, "/report",                                  PHOTOGRAPH, 30, NoStore,    pages::report_sent),
        row(Get,  "/watch/{secret}",                          NONE,       5,  NoStore,    pages::watch),
        row(Get,  "/robots.txt",                              NONE,       5,  Minutes(5), pages::robots),

        row(Get,  "/v1/verify/{text}",                        NONE,       5,  NoStore,    verify::by_text).reserved_for(Action::VerifyMore),
        row(Post, "/v1/verify",                               SMALL,      5,  NoStore,    verify::by_request).reserved_for(Action::VerifyMore),
        row(Post, "/v1/verify/image",                         PHOTOGRAPH, 30, NoStore,    photograph::by_image).reserved_for(Action::VerifyMore),
        row(Post, "/v1/verify/bulk",                          ROWS,       5,  NoStore,    bulk::verify).reserved_for(Action::VerifyBulk).streamed(),
        row(Get,  "/policy",                                  NONE,       5,  NoStore,    pages::policy),
        row(Post, "/policy",                                  POLICY_FORM, 10, NoStore,    pages::policy_checked),
        row(Post, "/policy/keep",                             POLICY_FORM, 10, NoStore,    pages::policy_kept),
        row(Get,  "/bulk",                                    NONE,       5,  NoStore,    pages::bulk),
        row(Post, "/bulk",                                    FILE,       7200, NoStore,  pages::bulk_sent).reserved_for(Action::VerifyBulk).streamed(),
        row(Get,  "/bulk/{job}",                              NONE,       10, NoStore,    pages::bulk_file),
        row(Post, "/bulk/{job}/columns",                      SMALL,      10, NoStore,    pages::bulk_columns),
        row(Post, "/bulk/{job}/cancel",                       SMALL,      30, NoStore,    pages::bulk_cancelled),
        row(Get,  "/bulk/{job}/differences",                  NONE,       5,  NoStore,    pages::bulk_compared),
        row(Post, "/bulk/{job}/watch",                        SMALL,      30, NoStore,    pages::bulk_watched),
        row(Post, "/bulk/{job}/erase",                        SMALL,      30, NoStore,    pages::bulk_erased),
        row(Get,  "/v1/jobs",                                 NONE,       5,  NoStore,    jobs::list),
        row(Post, "/v1/jobs",                                 FILE,       7200, NoStore,  jobs::create).reserved_for(Action::VerifyBulk).streamed(),
        row(Get,  "/v1/jobs/{job}",                           NONE,       5,  NoStore,    jobs::show),
        row(Get,  "/v1/jobs/{job}/events",                    NONE,       5,  NoStore,    jobs::events).reserved_for(Action::VerifyBulk).watched(),
        row(Get,  "/v1/jobs/{job}/results",                   NONE,       10, NoStore,    jobs::results).reserved_for(Action::VerifyBulk).streamed(),
        row(Get,  "/v1/jobs/{job}/differences",               NONE,       10, NoStore,    jobs::differences).reserved_for(Action::VerifyBulk).streamed(),
        row(Post, "/v1/jobs/{job}/pack",                      NONE,       600, NoStore,   jobs::pack).reserved_for(Action::VerifyBulk).streamed(),
        row(Post, "/v1/jobs/{job}/start",                     SMALL,      5,  NoStore,    jobs::start),
        row(Post, "/v1/jobs/{job}/cancel",                    NONE,       30, NoStore,    jobs::cancel),
        row(Post, "/v1/jobs/{job}/erase",                     NONE,       30, NoStore,    jobs::erase),
        row(Post, "/v1/receipts/check",                       SMALL,      5,  NoStore,    receipts::check),
        row(Post, "/v1/packs/check",                          PACK,       60, NoStore,    packs::checked),
        row(Post, "/v1/reports",                              PHOTOGRAPH, 30, NoStore,    reports::report),
        row(Get,  "/v1/reports/{reference}",                  NONE,       5,  NoStore,    reports::show),

        row(Get,  "/v1/registrations/{number}",               NONE,       5,  Revalidate, registrations::show),
        row(Get,  "/v1/registrations/{number}/history",       NONE,       5,  Revalidate, registrations::history),
        row(Post, "/v1/registrations",                        APPROVALS,  30, NoStore,    registrations::issue),
        row(Post, "/v1/registrations/import",                 PRODUCTS,   60, NoStore,    registrations::import),
        row(Post, "/v1/registrations/{number}/state",         SMALL,      5,  NoStore,    registrations::state),
        row(Post, "/v1/registrations/{number}/expiry",        SMALL,      5,  NoStore,    registrations::expiry),
        row(Get,  "/v1/registrations/{number}/label.svg",     NONE,       10, NoStore,    registrations::svg),
        row(Get,  "/v1/registrations/{number}/label.png",     NONE,       10, NoStore,    registrations::png),
        row(Get,  "/v1/registrations/{number}/label.pdf",     NONE,       10, NoStore,    registrations::pdf),

        row(Get,  "/v1/history",                              NONE,       10, NoStore,    history::show),
        row(Get,  "/v1/criteria",                             NONE,       5,  Revalidate, criteria::show),
        row(Post, "/v1/evidence",                             EVIDENCE,   60, NoStore,    evidence::upload),
        row(Get,  "/v1/applications",                         NONE,       5,  NoStore,    applications::list),
        row(Post, "/v1/applications",                         CONTENT,    10, NoStore,    applications::draft),
        row(Get,  "/v1/applications/{id}",                    NONE,       5,  NoStore,    applications::show),
        row(Get,  "/v1/applications/{id}/evidence/{sha256}",  NONE,       30, NoStore,    evidence::of_application),
        row(Post, "/v1/applications/{id}/content",            CONTENT,    10, NoStore,    applications::edit),
        row(Post, "/v1/applications/{id}/report",             SMALL,      5,  NoStore,    applications::report),
        row(Post, "/v1/applications/{id}/submit",             NONE,       5,  NoStore,    applications::submit),
        row(Post, "/v1/applications/{id}/withdraw",           NONE,       5,  NoStore,    applications::withdraw),
        row(Post, "/v1/applications/{id}/review",             NONE,       5,  NoStore,    applications::review),
        row(Post, "/v1/applications/{id}/accept-report",      NONE,       5,  NoStore,    applications::accept_report),
        row(Post, "/v1/applications/{id}/return",             SMALL,      5,  NoStore,    applications::send_back),
        row(Post, "/v1/applications/{id}/reject",             SMALL,      5,  NoStore,    applications::reject),
        row(Post, "/v1/applications/{id}/approve",            SMALL,      10, NoStore,    applications::approve),
        row(Get,  "/v1/decisions",                            NONE,       5,  NoStore,    decisions::list),
        row(Post, "/v1/decisions",                            SMALL,      5,  NoStore,    decisions::propose),
        row(Get,  "/v1/decisions/{id}",                       NONE,       5,  NoStore,    decisions::show),
        row(Get,  "/v1/decisions/{id}/approvals",             NONE,       30, NoStore,    decisions::approvals),
        row(Post, "/v1/decisions/{id}/confirm",               NONE,       60, NoStore,    decisions::confirm),
        row(Post, "/v1/decisions/{id}/decline",               SMALL,      5,  NoStore,    decisions::decline),
        row(Post, "/v1/registrations/{number}/notices",       CONTENT,    10, NoStore,    notices::file),
        row(Get,  "/v1/notices",                              NONE,       5,  NoStore,    notices::list),
        row(Get,  "/v1/notices/{id}",                         NONE,       5,  NoStore,    notices::show),
        row(Post, "/v1/notices/{id}/accept",                  NONE,       5,  NoStore,    notices::accept),
        row(Post, "/v1/notices/{id}/refuse",                  SMALL,      5,  NoStore,    notices::refuse),
        row(Post, "/v1/notices/{id}/withdraw",                NONE,       5,  NoStore,    notices::withdraw),
        row(Post, "/v1/advisories",                           SMALL,      5,  NoStore,    standing::record),
        row(Post, "/v1/advisories/{id}/fix",                  NONE,       5,  NoStore,    standing::fix),
        row(Post, "/v1/advisories/{id}/close",                SMALL,      5,  NoStore,    standing::close),
        row(Post, "/v1/duties",                               SMALL,      5,  NoStore,    standing::set_duty),
        row(Post, "/v1/duties/{id}/deliver",                  SMALL,      5,  NoStore,    standing::deliver),
        row(Get,  "/v1/registrations/{number}/standing",      NONE,       5,  NoStore,    standing::show),
        row(Post, "/v1/registrations/{number}/extension-review", SMALL,   5,  NoStore,    standing::extension_review),
        row(Get,  "/v1/sightings",                            NONE,       5,  NoStore,    sightings::list),
        row(Get,  "/v1/sightings/{id}",                       NONE,       5,  NoStore,    sightings::show),
        row(Get,  "/v1/sightings/{id}/photograph",            NONE,       30, NoStore,    sightings::photograph),
        row(Post, "/v1/sightings/{id}/take",                  NONE,       5,  NoStore,    sightings::take),
        row(Post, "/v1/sightings/{id}/close",                 SMALL,      5,  NoStore,    sightings::close),
        row(Get,  "/v1/policies",                             NONE,       5,  NoStore,    policies::list),
        row(Post, "/v1/policies",                             POLICY,     10, NoStore,    policies::keep),
        row(Get,  "/v1/policies/{name}",                      NONE,       5,  NoStore,    policies::show),
        row(Get,  "/v1/me",                                   NONE,       5,  NoStore,    me::show),
        row(Get,  "/v1/organisations",                        NONE,       5,  NoStore,    organisations::list),
        row(Post, "/v1/organisations",                        SMALL,      5,  NoStore,    organisations::create),
        row(Get,  "/v1/organisations/{id}",                   NONE,       5,  NoStore,    organisations::show),
        row(Post, "/v1/organisations/{id}",                   SMALL,      5,  NoStore,    organisations::change),
        row(Post, "/v1/organisations/{id}/suspend",           SMALL,      5,  NoStore,    organisations::suspend),
        row(Post, "/v1/organisations/{id}/reinstate",         SMALL,      5,  NoStore,    organisations::reinstate),
        row(Post, "/v1/organisations/{id}/accreditations",    SMALL,      5,  NoStore,    organisations::accredit),
        row(Post, "/v1/organisations/{id}/accreditations/{place}/withdraw", SMALL, 5, NoStore, organisations::withdraw),
        row(Get,  "/v1/api-keys",                             NONE,       5,  NoStore,    api_keys::list),
        row(Post, "/v1/api-keys",                             SMALL,      5,  NoStore,    api_keys::create),
        row(Post, "/v1/api-keys/{id}/rotate",                 SMALL,      5,  NoStore,    api_keys::rotate),
        row(Post, "/v1/api-keys/{id}/revoke",                 NONE,       5,  NoStore,    api_keys::revoke),

        row(Get,  "/v1/watches",                              NONE,       5,  NoStore,    watches::list),
        row(Post, "/v1/watches",                              NUMBERS,    10, NoStore,    watches::create),
        row(Get,  "/v1/watches/{id}",                         NONE,       5,  NoStore,    watches::show),
        row(Post, "/v1/watches/{id}",                         NUMBERS,    10, NoStore,    watches::change),
        row(Post, "/v1/watches/{id}/delete",                  NONE,       5,  NoStore,    watches::delete),
        row(Get,  "/v1/watches/{id}/changes",                 NONE,       5,  NoStore,    watches::changes),
        row(Get,  "/v1/webhooks",                             NONE,       5,  NoStore,    webhooks::list),
        row(Post, "/v1/webhooks",                             SMALL,      5,  NoStore,    webhooks::create),
        row(Post, "/v1/webhooks/{id}/rotate",                 SMALL,      5,  NoStore,    webhooks::rotate),
        row(Post, "/v1/webhooks/{id}/pause",                  NONE,       5,  NoStore,    webhooks::pause),
        row(Post, "/v1/webhooks/{id}/resume",                 NONE,       5,  NoStore,    webhooks::resume),
        row(Post, "/v1/webhooks/{id}/test",                   NONE,       5,  NoStore,    webhooks::test),
        row(Post, "/v1/webhooks/{id}/delete",                 NONE,       5,  NoStore,    webhooks::delete),
        row(Get,  "/v1/webhooks/{id}/deliveries",             NONE,       5,  NoStore,    webhooks::deliveries),
        row(Post, "/v1/webhooks/{id}/replay",                 SMALL,      5,  NoStore,    webhooks::replay),

        row(Get,  "/.well-known/shirushi/trust-list",         NONE,       5,  Minutes(5), keys::trust_list),
        row(Get,  "/.well-known/shirushi/trust-list/{key}",   NONE,       5,  Minutes(5), keys::trust_list_by),
        row(Get,  "/.well-known/jwks.json",                   NONE,       5,  Minutes(5), keys::jwks),
        row(Get,  "/.well-known/cose-keys",                   NONE,       5,  Minutes(5), keys::cose_keys),

        row(Get,  "/status-lists/{list}",                     NONE,       5,  Minutes(5), status_lists::show),
        row(Get,  "/product-index",                           NONE,       5,  Minutes(5), published::product_index),
        row(Get,  "/product-index/{version}",                 NONE,       5,  Immutable,  published::product_index_version),

        row(Get,  "/openapi.json",                            NONE,       5,  Revalidate, openapi::show),
        row(Get,  "/docs",                                    NONE,       5,  Revalidate, openapi::reference),

        row(Get,  "/s/{*file}",                               NONE,       10, Immutable,  site::file),
        row(Get,  "/sw.js",                                   NONE,       10, Revalidate, pages::service_worker),

        row(Get,  "/livez",                                   NONE,       5,  NoStore,    health::live).always(),
        row(Get,  "/readyz",                                  NONE,       5,  NoStore,    health::ready).always(),
        row(Get,  "/metrics",                                 NONE,       5,  NoStore,    metrics::show).always(),
    ]
}

/// What answers `GET`, as it stands in the route table: for whoever opens every page that there is.
pub fn addresses() -> impl Iterator<Item = &'static str> {
    table().into_iter().filter(|row| row.verb == Get).map(|row| row.path)
}

/// The service as one router.
pub fn router(state: AppState) -> Router {
    assemble(table(), state)
}

fn assemble(table: Vec<Row>, state: AppState) -> Router {
    let policies = Policies::new(state.origin.is_https());
    let shell = state.shell.clone();
    let metrics = state.metrics.clone();
    let routes = table
        .into_iter()
        .fold(Router::new(), |router, row| router.route(row.path, row.into_route(&state)))
        .fallback(async || Refusal::bare(ProblemType::NotFound))
        .method_not_allowed_fallback(async || Refusal::bare(ProblemType::MethodNotAllowed))
        .with_state(state);
    // From the inside out: what stands last sees the request first and the answer last.
    routes
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(shell, pages::dress))
        .layer(CompressionLayer::new().quality(COMPRESSION).compress_when(is_worth_compressing))
        .layer(from_fn(cache_policy::apply))
        .layer(from_fn_with_state(policies, security::apply))
        .layer(from_fn_with_state(metrics, observe::watch))
}

/// A handler that panics costs one answer. The panic itself was logged by the hook that telemetry sets.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Refusal::bare(ProblemType::Internal).into_response()
}

/// From here on brotli looks back for longer matches: the scanner's page takes a tenth less than by the usual 4, for a
/// millisecond. What comes after 5 saves a hundredth.
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(5);

/// Text that is not compressed yet. An answer with a strong tag stays as it is: the tag names these very bytes, and is
/// sent back in `If-Match`.
fn is_worth_compressing(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    let is_text = ["text/html", "text/plain", "application/json", "application/problem+json"]
        .iter()
        .any(|text| media.starts_with(text));
    let is_tagged = headers.get(header::ETAG).is_some_and(|tag| !tag.as_bytes().starts_with(b"W/"));
    is_text && !is_tagged
}

#[cfg(test)]
mod tests;
