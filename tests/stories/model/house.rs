//! The real service, in this process, with hands on its clock, its cache and its registry.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use shirushi_server::{
    cache::{CacheError, Confirmed, Kept, Lookup, MemoryCache, StatusCache, Ticket},
    clock::SystemClock,
    outbox::Relay,
    registry::{Actor, Change, Registry as _, RegistryError, SqliteRegistry, verify_history},
    service::{
        import::read_csv,
        issue::{IssueError, Issued, Issuer},
        status::StatusReader,
        verify::Verifier,
    },
    signer::KeyFolder,
};
use shirushi_shared::{
    api::Presented,
    claim::ProductClaims,
    key::KeyUse,
    label::RegistrationNumber,
    scan::Origins,
    status::{Revision, StatusRecord},
    time::UnixTime,
    token::{LabelClaims, StatusIndex, TextForm, Token},
    verdict::{Freshness, Outcome},
};

use super::reference::Label;

/// Fewer than there are labels, so that records are evicted.
const REMEMBERED: usize = 4;

pub(super) struct House {
    pub(super) clock: SystemClock,
    folder: tempfile::TempDir,
    keys: KeyFolder,
    cache: Arc<Failing>,
    open: Open,
    away: bool,
    last_change: Option<Change>,
}

/// What a restart begins anew.
struct Open {
    registry: Arc<SqliteRegistry>,
    issuer: Issuer,
    verifier: Verifier,
    relay: Relay,
}

/// What came of a change.
pub(super) enum Done {
    Changed(UnixTime),
    Refused,
    /// Nobody could be asked, or the revision was another one.
    Nobody,
}

impl House {
    pub(super) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = SystemClock::default();
        let keys = KeyFolder::init(&folder.path().join("keys"), &[KeyUse::Label], clock.now()).unwrap();
        let cache = Arc::new(Failing { cache: MemoryCache::new(REMEMBERED), fails: AtomicBool::default() });
        let open = Open::new(&folder, &keys, &cache, &clock).await;
        Self { clock, folder, keys, cache, open, away: false, last_change: None }
    }

    /// Whether everybody can be asked.
    pub(super) fn is_whole(&self) -> bool {
        !self.away
    }

    /// A new process: another connection, other memory but for the cache, which outlives it as Redis does.
    pub(super) async fn restart(&mut self) {
        self.open.registry.close().await;
        self.open = Open::new(&self.folder, &self.keys, &self.cache, &self.clock).await;
        self.away = false;
    }

    pub(super) async fn lose_registry(&mut self) {
        self.open.registry.close().await;
        self.away = true;
    }

    pub(super) fn forget(&self) {
        self.cache.cache.forget();
    }

    pub(super) fn cache_fails(&self, fails: bool) {
        self.cache.fails.store(fails, Ordering::Relaxed);
    }

    pub(super) async fn relay(&self) {
        // What it cannot do now it does later: that is for the verdicts to survive.
        let _ = self.open.relay.step().await;
    }

    pub(super) async fn issue(&self, name: usize, days: i64) -> Option<Issued> {
        let now = self.clock.now();
        let (from, until) = (now.plus(if name.is_multiple_of(3) { 60 } else { 0 }), now.plus(days * 86_400));
        let csv = format!(
            "number,maker,product,models,category,level,valid_from,valid_until\n\
             SHI-{name},M (fictional),P,A,network_camera,1,{from},{until}\n"
        );
        let approvals = read_csv(csv.as_bytes()).unwrap();
        match self.open.issuer.issue(approvals, &Actor::here("model")).await {
            Ok(issued) => issued.into_iter().next(),
            Err(IssueError::Registry(RegistryError::Unavailable(_))) if self.away => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// Changes a label: here, or as another process does, of which this one's cache is not told; and perhaps the caller
    /// goes away in the middle. Then the registry is asked what came of it.
    pub(super) async fn change(
        &mut self,
        number: &RegistrationNumber,
        expected: Option<Revision>,
        change: Change,
        cancelled: bool,
        elsewhere: bool,
    ) -> Done {
        self.last_change = Some(change.clone());
        let by = Actor::here("model");
        let before = self.revision(number).await;
        let at = self.clock.now();
        let write = async {
            if elsewhere {
                self.open.registry.change(number, expected, change, &by, at).await
            } else {
                self.open.issuer.change(number, expected, change, &by).await
            }
        };
        let patience = Duration::from_micros(if cancelled { 300 } else { 60_000_000 });
        let done: Option<Result<StatusRecord, _>> = tokio::time::timeout(patience, write).await.ok();
        match done {
            Some(Ok(record)) => Done::Changed(self.when(&record).await),
            Some(Err(RegistryError::Unavailable(_))) if self.away => Done::Nobody,
            Some(Err(RegistryError::Conflict { .. })) => panic!("the model knows every revision"),
            Some(Err(
                RegistryError::Illegal(_) | RegistryError::Expiry(_) | RegistryError::Succession(_),
            )) => Done::Refused,
            Some(Err(error)) => panic!("{error}"),
            None => self.after_cancelling(number, before).await,
        }
    }

    async fn after_cancelling(&self, number: &RegistrationNumber, before: Option<Revision>) -> Done {
        if self.away {
            return Done::Nobody;
        }
        // A write that must be refused waits for its turn: after it, the cancelled one is over.
        let never = Change::Expiry { until: UnixTime::EPOCH };
        let expected = Some(Revision::new(u64::MAX >> 2));
        let refused =
            self.open.registry.change(number, expected, never, &Actor::here("model"), UnixTime::EPOCH).await;
        assert!(matches!(refused, Err(RegistryError::Conflict { .. })), "{refused:?}");
        let record = self.open.registry.status(number).await.unwrap().unwrap();
        if Some(record.revision) == before { Done::Nobody } else { Done::Changed(self.when(&record).await) }
    }

    /// When the present version was written, by the history.
    async fn when(&self, record: &StatusRecord) -> UnixTime {
        let kind = shirushi_server::registry::Kind::Label;
        let history = self.open.registry.history(kind, record.number.as_str()).await.unwrap();
        history.last().unwrap().at
    }

    pub(super) fn last_change(&self) -> Change {
        self.last_change.clone().unwrap()
    }

    pub(super) async fn verify(&self, label: &Label, as_of: Option<UnixTime>) -> Outcome {
        self.ask(label.token.to_text(TextForm::Base64Url), as_of).await
    }

    /// A label signed by the scheme's own key that was never put on record.
    pub(super) async fn verify_forged(&self) -> Option<Outcome> {
        let now = self.clock.now();
        let claims = LabelClaims {
            number: RegistrationNumber::parse("SHI-9001").unwrap(),
            expires: now.plus(1_000_000),
            issued: now,
            level: shirushi_shared::label::Level::Star1,
            category: shirushi_shared::label::Category::from_code(2).unwrap(),
            status_index: StatusIndex::new(77).unwrap(),
        };
        let token = Token::issue(&claims, self.keys.signer(KeyUse::Label).unwrap().as_ref()).unwrap();
        Some(self.ask(token.to_text(TextForm::Base64Url), None).await)
    }

    async fn ask(&self, token: String, as_of: Option<UnixTime>) -> Outcome {
        let presented = Presented::Token(token);
        self.open.verifier.verify(presented, ProductClaims::default(), as_of).await.verdict.outcome
    }

    pub(super) async fn revision(&self, number: &RegistrationNumber) -> Option<Revision> {
        self.open.registry.status(number).await.ok().flatten().map(|record| record.revision)
    }

    /// How many entries the history has, all of them proved.
    pub(super) async fn entries(&self) -> u64 {
        verify_history(&*self.open.registry).await.unwrap().0.0
    }
}

impl Open {
    async fn new(
        folder: &tempfile::TempDir,
        keys: &KeyFolder,
        cache: &Arc<Failing>,
        clock: &SystemClock,
    ) -> Self {
        let registry = Arc::new(SqliteRegistry::open(&folder.path().join("registry.db")).await.unwrap());
        let shared = Arc::clone(cache) as Arc<dyn StatusCache>;
        let freshness = Freshness::LONGEST;
        let statuses =
            Arc::new(StatusReader::new(registry.clone(), shared.clone(), clock.clone(), freshness));
        let origins = Origins::new(["https://label.shirushi.example"]);
        let verifier = Verifier::new(
            keys.ring(),
            registry.clone(),
            Arc::clone(&statuses),
            origins,
            clock.clone(),
            freshness,
        );
        let signer = keys.signer(KeyUse::Label).unwrap();
        let issuer = Issuer::new(registry.clone(), signer, clock.clone(), Arc::default()).telling(statuses);
        let relay = Relay::new(registry.clone(), shared, clock.clone());
        Self { registry, issuer, verifier, relay }
    }
}

/// A cache that can stop answering.
struct Failing {
    cache: MemoryCache,
    fails: AtomicBool,
}

impl Failing {
    fn asked(&self) -> Result<&MemoryCache, CacheError> {
        if self.fails.load(Ordering::Relaxed) { Err(CacheError("it fails".into())) } else { Ok(&self.cache) }
    }
}

#[async_trait]
impl StatusCache for Failing {
    async fn read(&self, number: &RegistrationNumber) -> Result<Lookup, CacheError> {
        self.asked()?.read(number).await
    }

    async fn fill(
        &self,
        record: &StatusRecord,
        as_of: UnixTime,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError> {
        self.asked()?.fill(record, as_of, ticket).await
    }

    async fn confirmed(&self) -> Result<(Option<Confirmed>, Ticket), CacheError> {
        self.asked()?.confirmed().await
    }

    async fn advance(
        &self,
        changes: &[StatusRecord],
        to: Confirmed,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError> {
        self.asked()?.advance(changes, to, ticket).await
    }

    async fn ready(&self) -> Result<(), CacheError> {
        self.asked()?.ready().await
    }
}
