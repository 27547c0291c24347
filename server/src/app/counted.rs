//! What the status reader counts, for `/metrics`.

use std::{fmt, sync::Arc};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric as _},
    metrics::counter::ConstCounter,
};

use crate::service::status::StatusReader;

/// Reads the counters when the metrics are read.
pub(super) struct Counted(pub(super) Arc<StatusReader>);

impl Collector for Counted {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for (name, count) in self.0.metrics().all() {
            let counter = ConstCounter::new(count);
            let name = format!("status_{name}");
            let help = "Status look-ups, by what they found";
            counter.encode(encoder.encode_descriptor(&name, help, None, counter.metric_type())?)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counted(…)")
    }
}
