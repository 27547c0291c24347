//! What handlers can ask for, part by part (`State<Part>`): none of them gets the whole.

use axum::extract::FromRef;

use super::{
    keys::Published,
    metrics::Metrics,
    origin::PublicOrigin,
    overload::{Decoders, Gate, Turns},
    pages::Shell,
    rate::ReportRate,
    site::Site,
};
use crate::{
    clock::SystemClock,
    service::{
        access::Access, bulk::Bulk, desk::Desk, health::Health, history::History, issue::Issuer, jobs::Jobs,
        organisations::Organisations, pack::Packs, publication::Shelf, receipt::Receipts, records::Records,
        verify::Verifier, watch::WatchLists,
    },
};

/// Everything that is behind the routes. Cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// From what was presented to the verdict.
    pub verifier: Verifier,
    /// From many rows to an answer for each.
    pub bulk: Bulk,
    /// Files that are verified in the background.
    pub jobs: Jobs,
    /// Signs what was answered, and checks it later.
    pub receipts: Receipts,
    /// Closes answers into evidence packs.
    pub packs: Packs,
    /// Puts products on record and changes them.
    pub issuer: Issuer,
    /// Applications, decisions, notices, and what follows from them.
    pub desk: Desk,
    /// Reads what is on record.
    pub records: Records,
    /// The whole history.
    pub history: History,
    /// Admits callers by their keys.
    pub access: Access,
    /// The organisations for which they act.
    pub organisations: Organisations,
    /// Lists of labels to be told of, and webhooks.
    pub watch_lists: WatchLists,
    /// Whether this node can do its work.
    pub health: Health,
    /// The signed list of keys and its mirrors.
    pub published: Published,
    /// The signed lists, as they are published.
    pub shelf: Shelf,
    /// Static files.
    pub site: Site,
    /// What is the same on every page.
    pub shell: Shell,
    /// What is counted.
    pub metrics: Metrics,
    /// Turns for pictures.
    pub decoders: Decoders,
    /// How many requests are taken on at once.
    pub gate: Gate,
    /// Turns for evidence packs.
    #[from_ref(skip)]
    pub pack_turns: Turns,
    /// How often the public may report.
    pub rate: ReportRate,
    /// How many streams are, beside them.
    #[from_ref(skip)]
    pub streams: Gate,
    /// How many may watch how something goes on.
    #[from_ref(skip)]
    pub watchers: Gate,
    /// Where this service is reached.
    pub origin: PublicOrigin,
    /// The present.
    pub clock: SystemClock,
}
