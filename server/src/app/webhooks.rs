//! Webhooks while the service runs: the courier, and what is counted of it.

use std::{fmt, sync::Arc};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric as _},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};
use tokio::sync::Notify;

use super::{AppError, backends::Backends};
use crate::{
    clock::SystemClock,
    config::Config,
    service::{
        health::Health,
        watch::{Courier, Parts, Telling, WatchLists},
    },
    webhook::Client,
};

/// What carries and delivers.
pub(super) struct Webhooks {
    parts: Parts,
    woken: Arc<Notify>,
}

/// Lists and webhooks of the service that `config` describes.
pub(super) fn open(
    config: &Config,
    backends: &Backends,
    health: &Health,
    clock: &SystemClock,
) -> Result<(WatchLists, Webhooks), AppError> {
    let (origin, allow) = (config.public_origin.as_str(), &config.webhooks.allow);
    let watches = Arc::clone(&backends.watches);
    let lists = WatchLists::new(Arc::clone(&watches), clock.clone(), origin, allow.clone());
    let parts = Parts {
        watches,
        registry: Arc::clone(&backends.registry),
        clock: clock.clone(),
        client: Client::of_this_machine(allow.clone()).map_err(AppError::Tls)?,
        retry: config.webhooks.retry.clone(),
        origin: origin.into(),
        telling: Arc::default(),
        health: health.clone(),
    };
    let woken = lists.woken();
    Ok((lists, Webhooks { parts, woken }))
}

impl Webhooks {
    /// What is counted, for `/metrics`.
    pub(super) fn told(&self) -> Told {
        Told { telling: Arc::clone(&self.parts.telling), clock: self.parts.clock.clone() }
    }

    /// Carries and delivers until `shutdown` completes.
    pub(super) async fn run(
        self,
        committed: Arc<Notify>,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), AppError> {
        let courier = Courier::new(self.parts, self.woken).map_err(AppError::Random)?;
        courier.run(committed, shutdown).await;
        Ok(())
    }
}

/// Reads the numbers when the metrics are read.
pub(super) struct Told {
    telling: Arc<Telling>,
    clock: SystemClock,
}

impl Collector for Told {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let counts = self.telling.counts();
        let age = counts.oldest.map_or(0, |oldest| self.clock.now().since(oldest).max(0));
        let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        for (name, help, value) in [
            (
                "webhooks_pending",
                "Messages that are still to be delivered, of all nodes",
                whole(counts.pending),
            ),
            (
                "webhooks_dead",
                "Messages that were given up and can be replayed, of all nodes",
                whole(counts.dead),
            ),
            ("webhooks_oldest_seconds", "Age of the oldest message that is still to be delivered", age),
        ] {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)?;
        }
        let (name, help) = ("webhooks_attempts", "Attempts that this node made, by what they came to");
        let mut attempts = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (result, count) in self.telling.attempts() {
            ConstCounter::new(count).encode(attempts.encode_family(&[("result", result)])?)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Told(…)")
    }
}
