//! Registry, cache and evidence files, chosen by URL.

use std::sync::Arc;

use super::AppError;
use crate::{
    cache::{MemoryCache, NearCache, RedisCache, StatusCache},
    clock::SystemClock,
    config::{CacheUrl, Config, DatabaseUrl, EvidenceUrl},
    evidence::{EvidenceFiles, EvidenceStore, FolderStore, S3Place, S3Store, StoreError},
    registry::{PostgresRegistry, Registry, Spool, SqliteRegistry, Watches},
    service::status::StatusReader,
};

/// Records that this process holds at most, as the cache or before Redis: about 100 MB.
const REMEMBERED: usize = 200_000;

/// Where facts lie.
pub(super) struct Backends {
    pub(super) registry: Arc<dyn Registry>,
    /// Jobs: in the same database.
    pub(super) spool: Arc<dyn Spool>,
    /// Watch lists and webhooks, in the same place as the registry.
    pub(super) watches: Arc<dyn Watches>,
    pub(super) cache: Arc<dyn StatusCache>,
}

impl Backends {
    /// Opens what `config` names.
    pub(super) async fn open(config: &Config) -> Result<Self, AppError> {
        let (registry, spool, watches) = match &config.database {
            DatabaseUrl::Sqlite(path) => all_of(SqliteRegistry::open(path).await?),
            DatabaseUrl::Postgres(url) => all_of(PostgresRegistry::connect(url.as_str()).await?),
        };
        let cache: Arc<dyn StatusCache> = match &config.cache {
            CacheUrl::Memory => Arc::new(MemoryCache::new(REMEMBERED)),
            CacheUrl::Redis(address) => {
                let shared = RedisCache::at(address.clone()).of_registry(&registry.identity().await?);
                Arc::new(NearCache::new(shared, REMEMBERED))
            }
        };
        Ok(Self { registry, spool, watches, cache })
    }

    /// Evidence of a label's status from these.
    pub(super) fn statuses(&self, config: &Config, clock: &SystemClock) -> StatusReader {
        StatusReader::new(self.registry.clone(), self.cache.clone(), clock.clone(), config.freshness)
    }
}

/// One database in all that it is.
type Database = (Arc<dyn Registry>, Arc<dyn Spool>, Arc<dyn Watches>);

fn all_of<T: Registry + Spool + Watches>(database: T) -> Database {
    let database = Arc::new(database);
    (Arc::clone(&database) as _, Arc::clone(&database) as _, database)
}

/// Opens the evidence files that `config` names.
pub(super) fn evidence(config: &Config, clock: SystemClock) -> Result<EvidenceFiles, StoreError> {
    let store: Arc<dyn EvidenceStore> = match &config.evidence {
        EvidenceUrl::Folder(path) => Arc::new(FolderStore::open(path, clock.now())?),
        EvidenceUrl::S3(place) => Arc::new(S3Store::open(S3Place::clone(place), clock)?),
    };
    Ok(EvidenceFiles::new(store, config.max_evidence))
}
