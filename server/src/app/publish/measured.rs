//! The age and version of each list that this node shows, and what it does for them, for `/metrics`.

use std::{fmt, sync::Arc};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric as _},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};

use super::Lists;
use crate::{
    clock::SystemClock,
    service::publication::{Publishing, Shelf},
};

/// Reads the numbers when the metrics are read.
pub(in crate::app) struct Measured {
    shelf: Shelf,
    publishing: Arc<Publishing>,
    clock: SystemClock,
}

impl Measured {
    /// The numbers of `lists`.
    pub(in crate::app) fn new(lists: &Lists) -> Self {
        Self {
            shelf: lists.shelf.clone(),
            publishing: Arc::clone(&lists.publishing),
            clock: lists.clock.clone(),
        }
    }
}

impl Collector for Measured {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let now = self.clock.now();
        let files = self.shelf.files();
        let mut gauges = |name, help, value: &dyn Fn(usize) -> i64| -> fmt::Result {
            let kind = prometheus_client::metrics::MetricType::Gauge;
            let mut family = encoder.encode_descriptor(name, help, None, kind)?;
            for (at, (list, _)) in files.iter().enumerate() {
                let labels = [("list", list.as_str())];
                ConstGauge::new(value(at)).encode(family.encode_family(&labels)?)?;
            }
            Ok(())
        };
        gauges("list_age_seconds", "Age of each list that this node shows", &|at| {
            files.get(at).map_or(0, |(_, file)| now.since(file.signed))
        })?;
        gauges("list_version", "Version of each list that this node shows", &|at| {
            files.get(at).map_or(0, |(_, file)| i64::try_from(file.version).unwrap_or(i64::MAX))
        })?;
        let kind = prometheus_client::metrics::MetricType::Counter;
        let mut made =
            encoder.encode_descriptor("lists_made", "Lists made and published by this node", None, kind)?;
        for (list, count) in self.publishing.made() {
            let labels = [("list", list.as_str())];
            ConstCounter::new(count).encode(made.encode_family(&labels)?)?;
        }
        let holds = ConstGauge::new(i64::from(self.publishing.holds_lease()));
        let help = "Whether this node makes the lists";
        holds.encode(encoder.encode_descriptor("lists_lease", help, None, holds.metric_type())?)
    }
}

impl fmt::Debug for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Measured(…)")
    }
}
