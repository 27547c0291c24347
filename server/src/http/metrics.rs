//! What is counted, in Prometheus' text form. Labels are route templates and words of ours, never anything a caller sent.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use shirushi_shared::verdict::Outcome;

use super::problem::Refusal;
use crate::service::health::Health;

/// The counters, and the registry that writes them.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<Request, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    verdicts: Family<Verdict, Counter>,
    relay_age: Gauge<f64, AtomicU64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Verdict {
    outcome: &'static str,
}

impl Metrics {
    /// Counters of the web layer, beside those that `add` registers for the parts below it.
    pub fn new(add: impl FnOnce(&mut Registry)) -> Self {
        let mut registry = Registry::with_prefix("shirushi");
        let requests = Family::default();
        let seconds: Family<Route, Histogram, fn() -> Histogram> = Family::new_with_constructor(histogram);
        let verdicts = Family::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_seconds", "Time to answer", seconds.clone());
        registry.register("verdicts", "Verdicts given, by outcome", verdicts.clone());
        let relay_age = Gauge::default();
        registry.register(
            "relay_age_seconds",
            "Age of what the relay has confirmed; NaN where nothing is",
            relay_age.clone(),
        );
        add(&mut registry);
        Self { registry: Arc::new(registry), requests, seconds, verdicts, relay_age }
    }

    /// Counts an answered request; `route` is the template, `None` where no route matched.
    pub(super) fn request(&self, method: &'static str, route: Option<&str>, status: u16, took: Duration) {
        let route = route.unwrap_or("unmatched").to_owned();
        self.seconds.get_or_create(&Route { route: route.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Request { method, route, status }).inc();
    }

    /// Counts verdicts.
    pub fn verdicts(&self, outcomes: &BTreeMap<Outcome, u64>) {
        for (outcome, rows) in outcomes {
            self.verdicts.get_or_create(&Verdict { outcome: outcome.as_str() }).inc_by(*rows);
        }
    }

    /// Counts a verdict.
    pub(super) fn verdict(&self, outcome: Outcome) {
        self.verdicts.get_or_create(&Verdict { outcome: outcome.as_str() }).inc();
    }
}

/// From an answer out of memory to the longest that a row of the route table allows.
fn histogram() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0])
}

/// `GET /metrics`.
pub(super) async fn show(State(metrics): State<Metrics>, State(health): State<Health>) -> Response {
    let age = health.relay_age().await.and_then(|age| i32::try_from(age).ok());
    metrics.relay_age.set(age.map_or(f64::NAN, f64::from));
    let mut text = String::new();
    match encode(&mut text, &metrics.registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
        }
        Err(fault) => Refusal::internal(&fault).into_response(),
    }
}
