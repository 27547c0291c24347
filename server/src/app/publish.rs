//! The signed lists while the service runs: made here where this node's turn is, and shown as they are published.

mod measured;

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::{AppError, backends::Backends, keys};
use crate::{
    clock::SystemClock,
    config::Config,
    http::keys::Published,
    registry::Registry,
    service::publication::{Parts, Publisher, Publishing, Shelf, TRUST_LIST, pin_of},
    signer::LiveKeys,
};

pub(super) use measured::Measured;

/// How often a node looks for what another one has published.
const REFRESH: Duration = Duration::from_secs(1);
/// A published trust list older than this, in seconds, is not shown any more in place of the node's own.
const TRUSTED_FOR: i64 = 24 * 3600;

/// What makes and shows the lists.
pub(super) struct Lists {
    registry: Arc<dyn Registry>,
    clock: SystemClock,
    keys: LiveKeys,
    /// What is shown.
    pub(super) shelf: Shelf,
    /// What is counted.
    pub(super) publishing: Arc<Publishing>,
    parts: Parts,
}

impl Lists {
    /// The lists of the service that `config` describes.
    pub(super) fn new(config: &Config, backends: &Backends, keys: LiveKeys, clock: SystemClock) -> Self {
        let registry = Arc::clone(&backends.registry);
        let (shelf, publishing) = (Shelf::default(), Arc::<Publishing>::default());
        let parts = Parts {
            registry: Arc::clone(&registry),
            clock: clock.clone(),
            shelf: shelf.clone(),
            publishing: Arc::clone(&publishing),
            uri: keys::status_list_uri(config),
            least_checker: keys::LEAST_CHECKER,
        };
        Self { registry, clock, keys, shelf, publishing, parts }
    }

    /// A maker of lists.
    pub(super) fn publisher(&self) -> Result<Publisher, AppError> {
        Publisher::new(self.parts.clone(), self.keys.clone()).map_err(AppError::Random)
    }

    /// Makes lists and shows them until `shutdown` completes.
    pub(super) async fn run(
        self,
        published: Published,
        committed: Arc<Notify>,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), AppError> {
        let maker = self.publisher()?;
        let following = async {
            self.follow(&published).await;
        };
        tokio::select! {
            () = maker.run(committed, shutdown) => {}
            () = following => {}
        }
        Ok(())
    }

    /// Shows what is published, for ever. While the registry does not answer, what was shown before.
    async fn follow(&self, published: &Published) {
        let mut outage = false;
        loop {
            match self.shelf.refresh(self.registry.as_ref()).await {
                Ok(_) => outage = false,
                Err(error) => {
                    if !outage {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "published lists cannot be read"
                        );
                    }
                    outage = true;
                }
            }
            self.adopt(published);
            tokio::time::sleep(REFRESH).await;
        }
    }

    /// Shows the published trust list in place of the node's own, unless that one is newer or nobody publishes any more:
    /// then every node has the same bytes, whoever is asked.
    fn adopt(&self, published: &Published) {
        let Some(list) = self.shelf.file(TRUST_LIST) else { return };
        let is_current = list.position.0 >= self.keys.borrow().version()
            && self.clock.now().since(list.signed) < TRUSTED_FOR;
        if !is_current {
            return;
        }
        let files = self.shelf.files().into_iter();
        let by_pin = files.filter(|(_, file)| file.version == list.version);
        let by_pin = by_pin
            .filter_map(|(name, file)| Some((pin_of(&name)?.to_owned(), file.bytes.clone().into())))
            .collect();
        published.adopt(list.bytes.clone().into(), by_pin);
    }
}
