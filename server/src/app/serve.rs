//! Serving, and stopping: first `/readyz` says no, then no more connections are taken, then what is under way finishes.

use std::{sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::watch};

use super::{App, AppError, connections};
use crate::http;

/// How long connections are still taken while `/readyz` says no: until a balancer has looked.
const NOTICE: Duration = Duration::from_secs(1);

impl App {
    /// Serves until `stop` completes, then drains.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), AppError> {
        let address = self.config.listen;
        let listener = TcpListener::bind(address).await.map_err(|error| AppError::Listen(address, error))?;
        self.serve_on(listener, stop).await
    }

    /// Serves on `listener` until `stop` completes, then drains.
    pub async fn serve_on(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), AppError> {
        let failed = |error| AppError::Listen(self.config.listen, error);
        let address = listener.local_addr().map_err(failed)?;
        let (stopping, mut stopped) = watch::channel(false);
        let drained = Duration::from_secs(self.config.limits.drain_seconds);

        let relay = tokio::spawn({
            let (relay, mut stopped) = (Arc::clone(&self.relay), stopped.clone());
            async move {
                relay.run(async move { drop(stopped.wait_for(|stopped| *stopped).await) }).await;
            }
        });
        let lists = tokio::spawn({
            let (published, committed) = (self.state.published.clone(), Arc::clone(&self.committed));
            let mut stopped = stopped.clone();
            let shutdown = async move { drop(stopped.wait_for(|stopped| *stopped).await) };
            self.lists.run(published, committed, shutdown)
        });
        let jobs = tokio::spawn({
            let (jobs, mut stopped) = (self.state.jobs.clone(), stopped.clone());
            jobs.run(async move { drop(stopped.wait_for(|stopped| *stopped).await) })
        });
        let webhooks = tokio::spawn({
            let (committed, mut stopped) = (Arc::clone(&self.committed), stopped.clone());
            let shutdown = async move { drop(stopped.wait_for(|stopped| *stopped).await) };
            self.webhooks.run(committed, shutdown)
        });
        let helpers = [
            tokio::spawn(wake(Arc::clone(&self.committed), Arc::clone(&self.relay))),
            tokio::spawn(self.keys.run(self.state.clone())),
        ];
        tokio::spawn({
            let health = self.state.health.clone();
            async move {
                stop.await;
                tracing::info!("stopping");
                health.drain();
                tokio::time::sleep(NOTICE).await;
                stopping.send_replace(true);
            }
        });

        tracing::info!(%address, origin = self.config.public_origin.as_str(), "serving");
        let router = http::router(self.state);
        let all_finished =
            connections::serve(listener, router, self.config.limits.requests, drained, async move {
                drop(stopped.wait_for(|stopped| *stopped).await);
            })
            .await;
        if !all_finished {
            tracing::warn!("some requests did not finish in time");
        }
        for helper in helpers {
            helper.abort();
        }
        // All end by themselves between two steps.
        let _ = tokio::join!(relay, lists, jobs, webhooks);
        tracing::info!("stopped");
        Ok(())
    }
}

/// A commit of this process is carried to the cache at once.
async fn wake(committed: Arc<tokio::sync::Notify>, relay: Arc<crate::outbox::Relay>) {
    loop {
        committed.notified().await;
        relay.wake();
    }
}
