//! The composition root: the only place that names SQLite, PostgreSQL and Redis, and the only one that knows all parts.

mod backends;
mod counted;
mod connections;
mod keys;
mod publish;
mod serve;
#[cfg(test)]
mod upgrade;
mod webhooks;

use std::{path::PathBuf, sync::Arc};

use shirushi_shared::{
    key::{KeyRing, KeyUse},
    scan::Origins,
};
use tokio::sync::{Notify, watch};

use self::{backends::Backends, counted::Counted, publish::Measured};
use crate::{
    clock::SystemClock,
    config::Config,
    evidence::{EvidenceFiles, StoreError},
    http::{
        metrics::Metrics,
        overload::{Decoders, Gate, Turns},
        packs,
        pages::Shell,
        rate::ReportRate,
        site::{Site, SiteError},
        state::AppState,
    },
    outbox::Relay,
    registry::{Registry, RegistryError},
    report::Typefaces,
    scheme::{criteria::Criteria, standing::ExtensionRules},
    service::{
        access::Access,
        bulk::Bulk,
        desk::Desk,
        health::Health,
        history::History,
        issue::Issuer,
        jobs::Jobs,
        organisations::Organisations,
        pack::Packs,
        publication::{ListsError, Shelf},
        receipt::Receipts,
        records::Records,
        verify::Verifier,
    },
    signer::{KeyFolder, LiveKeys, SignerError},
};

/// Streams of rows at once: each has a few batches in memory, and shares the processors with the others.
const STREAMS: usize = 4;
/// … and those kept for callers with an API key beside them.
const KEYED_STREAMS: usize = 12;
/// Watchers at once, of anybody and with an API key: each asks the registry once a second.
const WATCHERS: (usize, usize) = (64, 192);

/// The service, put together and not yet serving.
pub struct App {
    config: Config,
    keys: keys::Watched,
    lists: publish::Lists,
    webhooks: webhooks::Webhooks,
    relay: Arc<Relay>,
    committed: Arc<Notify>,
    state: AppState,
}

/// Why the service cannot be put together, or cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The registry cannot be opened.
    #[error("the registry cannot be opened")]
    Registry(#[from] RegistryError),
    /// The cache's URL is refused, or it answers in a way that cannot be used.
    #[error("the status cache cannot be opened")]
    Cache(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The evidence files' folder cannot be made, or their store cannot be used.
    #[error("the evidence files cannot be opened")]
    Evidence(#[from] StoreError),
    /// The file of criteria cannot be used.
    #[error("the criteria file {0} cannot be used")]
    Criteria(PathBuf, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// The keys cannot be read.
    #[error("the scheme's keys cannot be used")]
    Keys(#[from] SignerError),
    /// The lists cannot be made.
    #[error("the lists cannot be published")]
    Lists(#[from] ListsError),
    /// TLS cannot be set up for webhooks.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    Random(#[source] getrandom::Error),
    /// The system gave no threads.
    #[error("the system gave no threads")]
    Threads(#[source] std::io::Error),
    /// The static files cannot be read.
    #[error("the site folder {0} cannot be used")]
    Site(PathBuf, #[source] SiteError),
    /// The address cannot be listened on, or the socket failed.
    #[error("cannot listen on {0}")]
    Listen(std::net::SocketAddr, #[source] std::io::Error),
}

impl App {
    /// Puts the service together: opens registry, cache, keys and site.
    pub async fn open(config: Config) -> Result<Self, AppError> {
        let clock = SystemClock::default();
        let backends = Backends::open(&config).await?;
        let keys = keys::open(&config.keys)?;
        keys::warn_of_plain_files(&config.keys)?;
        let committed = Arc::new(Notify::new());
        let site = load_site(&config)?;
        let statuses = Arc::new(backends.statuses(&config, &clock));
        let origins: Vec<_> = config.origins().map(str::to_owned).collect();
        let verifier = Verifier::new(
            keys.ring(),
            backends.registry.clone(),
            statuses.clone(),
            Origins::new(config.origins()),
            clock.clone(),
            config.freshness,
        );
        let signer = keys.signer(KeyUse::Label)?;
        let (keys, published) = keys::Watched::new(keys, &config, clock.clone())?;
        let lists = publish::Lists::new(&config, &backends, keys.live(), clock.clone());
        let measured = Measured::new(&lists);
        let issuer = Issuer::new(backends.registry.clone(), signer, clock.clone(), committed.clone())
            .telling(statuses.clone());
        let organisations = Organisations::new(backends.registry.clone(), clock.clone());
        let desk = desk(&config, backends.registry.clone(), issuer.clone(), &clock)?;
        let health = Health::new(backends.registry.clone(), backends.cache.clone(), clock.clone());
        let (watch_lists, webhooks) = webhooks::open(&config, &backends, &health, &clock)?;
        let bulk = Bulk::new(verifier.clone(), config.public_origin.as_str(), processors())
            .map_err(AppError::Threads)?;
        let receipts = Receipts::new(config.public_origin.as_str(), keys.live());
        let jobs = Jobs::new(backends.spool, bulk.clone(), clock.clone(), config.jobs_keep_days);
        let metrics = Metrics::new(|registry| {
            registry.register_collector(Box::new(Counted(statuses)));
            registry.register_collector(Box::new(measured));
            registry.register_collector(Box::new(webhooks.told()));
        });
        let jobs = jobs.map_err(AppError::Random)?.at_once(config.jobs_at_once).counted_by({
            let metrics = metrics.clone();
            move |outcomes| metrics.verdicts(outcomes)
        });
        let state = AppState {
            verifier,
            bulk,
            jobs,
            packs: Packs::new(receipts.clone(), Typefaces::new(config.font.clone()), clock.clone()),
            receipts,
            issuer,
            desk,
            records: Records::new(backends.registry.clone()),
            history: History::new(backends.registry.clone()),
            access: Access::new(backends.registry.clone(), organisations.clone(), clock.clone()),
            organisations,
            watch_lists,
            health,
            published,
            shelf: lists.shelf.clone(),
            shell: Shell::new(config.public_origin.clone(), origins, &site, config.notice.clone()),
            site,
            metrics,
            decoders: Decoders::new(config.limits.pictures),
            pack_turns: Turns::new(packs::AT_ONCE),
            gate: Gate::new(config.limits.requests),
            rate: ReportRate::new(config.limits.proxies),
            streams: Gate::with_reserve(STREAMS, KEYED_STREAMS),
            watchers: Gate::with_reserve(WATCHERS.0, WATCHERS.1),
            origin: config.public_origin.clone(),
            clock: clock.clone(),
        };
        let relay = Arc::new(Relay::new(backends.registry, backends.cache, clock));
        Ok(Self { config, keys, lists, webhooks, relay, committed, state })
    }

    /// What the routes stand on, for a router in the same process.
    pub const fn state(&self) -> &AppState {
        &self.state
    }

    /// Makes and publishes every list now, which a service that is not served does not do by itself.
    pub async fn publish(&self) -> Result<(), AppError> {
        Ok(self.lists.publisher()?.once().await?)
    }

    /// The keys in force, for what is signed anew when they change.
    pub fn live_keys(&self) -> LiveKeys {
        self.keys.live()
    }

    /// The relay, which a service that is not served does not run.
    pub fn relay(&self) -> Arc<Relay> {
        Arc::clone(&self.relay)
    }

    /// Puts products on record and changes them, for a command: the services that run find the change by its relay.
    pub async fn issuer(config: &Config) -> Result<Issuer, AppError> {
        let backends = Backends::open(config).await?;
        let signer = keys::open(&config.keys)?.signer(KeyUse::Label)?;
        Ok(Issuer::new(backends.registry, signer, SystemClock::default(), Arc::default()))
    }

    /// Makes and publishes every list, for a command, and shows them.
    pub async fn publish_lists(config: &Config) -> Result<Shelf, AppError> {
        let clock = SystemClock::default();
        let backends = Backends::open(config).await?;
        let (keys, _) = keys::Watched::new(keys::open(&config.keys)?, config, clock.clone())?;
        let lists = publish::Lists::new(config, &backends, keys.live(), clock);
        lists.publisher()?.once().await?;
        Ok(lists.shelf)
    }

    /// What is published, for a command.
    pub async fn published_lists(config: &Config) -> Result<Shelf, AppError> {
        let shelf = Shelf::default();
        shelf.refresh(Backends::open(config).await?.registry.as_ref()).await?;
        Ok(shelf)
    }

    /// The registry, for the demonstration that fills it.
    pub async fn registry(config: &Config) -> Result<Arc<dyn Registry>, AppError> {
        Ok(Backends::open(config).await?.registry)
    }

    /// The evidence files.
    pub fn evidence(config: &Config) -> Result<EvidenceFiles, AppError> {
        Ok(backends::evidence(config, SystemClock::default())?)
    }

    /// The operator's desk, and who is recognised there, for a command.
    pub async fn desk(config: &Config) -> Result<(Access, Desk), AppError> {
        let (registry, clock) = (Backends::open(config).await?.registry, SystemClock::default());
        let signer = keys::open(&config.keys)?.signer(KeyUse::Label)?;
        let issuer = Issuer::new(Arc::clone(&registry), signer, clock.clone(), Arc::default());
        let organisations = Organisations::new(Arc::clone(&registry), clock.clone());
        let access = Access::new(Arc::clone(&registry), organisations, clock.clone());
        Ok((access, desk(config, registry, issuer, &clock)?))
    }

    /// The scheme's criteria that `config` names, or those that are built in.
    pub fn criteria(config: &Config) -> Result<Criteria, AppError> {
        let Some(file) = &config.criteria else {
            return Criteria::built_in()
                .map_err(|error| AppError::Criteria(PathBuf::from("(built in)"), error.into()));
        };
        let wrong = |error: Box<dyn std::error::Error + Send + Sync>| AppError::Criteria(file.clone(), error);
        let text = std::fs::read_to_string(file).map_err(|error| wrong(error.into()))?;
        Criteria::load(&text).map_err(|error| wrong(error.into()))
    }

    /// Keys, and the organisations that have them, for a command.
    pub async fn access(config: &Config) -> Result<(Access, Organisations), AppError> {
        let (registry, clock) = (Backends::open(config).await?.registry, SystemClock::default());
        let organisations = Organisations::new(Arc::clone(&registry), clock.clone());
        Ok((Access::new(registry, organisations.clone(), clock), organisations))
    }

    /// Signs receipts, for a command.
    pub fn receipts(config: &Config) -> Result<Receipts, AppError> {
        let (_, keys) = watch::channel(keys::open(&config.keys)?);
        Ok(Receipts::new(config.public_origin.as_str(), keys))
    }

    /// Makes evidence packs, for a command.
    pub fn packs(config: &Config) -> Result<Packs, AppError> {
        let typefaces = Typefaces::new(config.font.clone());
        Ok(Packs::new(Self::receipts(config)?, typefaces, SystemClock::default()))
    }

    /// The public half of every key, for a command: no passphrase is needed.
    pub fn ring(config: &Config) -> Result<KeyRing, AppError> {
        Ok(KeyFolder::public_half(&config.keys.folder)?)
    }

    /// Verifies many, for a command.
    pub async fn bulk(config: &Config) -> Result<Bulk, AppError> {
        let verifier = Self::verifier(config).await?;
        Bulk::new(verifier, config.public_origin.as_str(), processors()).map_err(AppError::Threads)
    }

    /// Verifies, for a command.
    pub async fn verifier(config: &Config) -> Result<Verifier, AppError> {
        let clock = SystemClock::default();
        let backends = Backends::open(config).await?;
        let statuses = Arc::new(backends.statuses(config, &clock));
        let ring = Self::ring(config)?;
        let origins = Origins::new(config.origins());
        Ok(Verifier::new(ring, backends.registry, statuses, origins, clock, config.freshness))
    }
}

fn desk(
    config: &Config,
    registry: Arc<dyn Registry>,
    issuer: Issuer,
    clock: &SystemClock,
) -> Result<Desk, AppError> {
    let evidence = backends::evidence(config, clock.clone())?;
    let criteria = Arc::new(App::criteria(config)?);
    Ok(Desk::new(registry, issuer, evidence, criteria, ExtensionRules::default(), clock.clone()))
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

fn load_site(config: &Config) -> Result<Site, AppError> {
    let Some(folder) = &config.site else {
        tracing::warn!("no site folder: pages work without script, the scanner does not (make site)");
        return Ok(Site::default());
    };
    Site::load(folder).map_err(|error| AppError::Site(folder.clone(), error))
}
