//! Makes the files: from the registry's labels, read once page by page, then from what changes.

use std::{collections::BTreeMap, sync::Arc};

use shirushi_shared::{
    index::IndexError,
    key::{KeyId, KeyUse},
    label::RegistrationNumber,
    status::list::SignedStatusList,
    time::{UnixTime, Window},
};

use super::{
    ListsError, PRODUCT_INDEX, Parts, STATUS_LIST, STATUS_LIST_JWT, TRUST_LIST,
    index::Gathered,
    statuses::Statuses,
    trust_list_by,
    turn::{Pace, Turn},
};
use crate::{
    registry::{Position, Publication, PublicationHead, Registry},
    signer::{SharedSigner, Signers},
};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// Good for 24 hours, to be fetched again after 5 minutes (token.md).
const STATUS_LIFE: i64 = 24 * HOUR;
const STATUS_TTL: u32 = 300;
const STATUS_PACE: Pace = Pace { least: 1, every: 15 * MINUTE };
/// Its validities are evidence as long as the status list's values, and not longer.
const INDEX_LIFE: i64 = 24 * HOUR;
/// Each one is a reading of the whole registry.
const INDEX_PACE: Pace = Pace { least: 10, every: 6 * HOUR };
const TRUST_PACE: Pace = Pace { least: 1, every: 12 * HOUR };

/// Labels in one reading: some megabytes.
const PAGE: u32 = 5000;
/// Seconds until a file that could not be made is tried again.
const TRY_AGAIN: i64 = 10;

/// How far a step has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// The labels are still being read.
    Reading,
    /// All that is due was made.
    All,
}

/// What the maker knows between two publications.
pub(super) struct Maker {
    statuses: Statuses,
    /// The reading of all labels at the start: how far it has come, and what it gathers for the index.
    reading: Option<Reading>,
    gathered: Option<(Gathered, Source)>,
    trust: Turn<u64>,
    lists: Turn<KeyId>,
    index: Turn<KeyId>,
    /// What was told of each file, so that it is told once.
    troubles: BTreeMap<&'static str, String>,
}

struct Reading {
    after: Option<RegistrationNumber>,
    gathered: Gathered,
    source: Source,
}

/// What a file is made from.
#[derive(Clone, Copy)]
struct Source {
    /// Before anything was read: what was so then is in it.
    as_of: UnixTime,
    position: Position,
}

impl Maker {
    /// Begins over what is published now.
    pub(super) async fn begin(registry: &dyn Registry, now: UnixTime) -> Result<Self, ListsError> {
        let heads = registry.publications().await?;
        let source = Source { as_of: now, position: registry.last_position().await? };
        Ok(Self {
            statuses: Statuses::begin(source.position),
            reading: Some(Reading { after: None, gathered: Gathered::default(), source }),
            gathered: None,
            trust: Turn::over(head(&heads, TRUST_LIST)),
            lists: Turn::over(head(&heads, STATUS_LIST)),
            index: Turn::over(head(&heads, PRODUCT_INDEX)),
            troubles: BTreeMap::new(),
        })
    }

    /// Reads a page, or catches up and makes what is due. Whom to believe is published first: a checker that does not
    /// know the key of a list finds it in the trust list.
    pub(super) async fn step(
        &mut self,
        parts: &Parts,
        keys: &Arc<dyn Signers>,
        now: UnixTime,
    ) -> Result<Made, ListsError> {
        let trust = self.make_trust(parts, keys, now).await;
        if let Some(again) = self.tell("trust list", trust)? {
            self.trust.failed(now.plus(again));
        }
        if let Some(reading) = self.reading.take() {
            self.reading = self.read(parts, reading, now).await?;
            return Ok(Made::Reading);
        }
        let news = self.statuses.catch_up(parts.registry.as_ref(), now).await?;
        if news.values {
            self.lists.touch();
        }
        if news.index {
            self.index.touch();
            self.gathered = None;
        }
        let lists = self.make_lists(parts, keys, now).await;
        if let Some(again) = self.tell("status list", lists)? {
            self.lists.failed(now.plus(again));
        }
        let index = self.make_index(parts, keys, now).await;
        if let Some(again) = self.tell("product index", index)? {
            self.index.failed(now.plus(again));
        }
        Ok(Made::All)
    }

    /// Whether every list was made at least once, or why not.
    pub(super) fn is_all_made(&self) -> Result<bool, ListsError> {
        match self.troubles.first_key_value() {
            Some((what, why)) => Err(ListsError::Incomplete { what, why: why.clone() }),
            None => Ok(self.trust.is_done() && self.lists.is_done() && self.index.is_done()),
        }
    }

    async fn read(
        &mut self,
        parts: &Parts,
        mut reading: Reading,
        now: UnixTime,
    ) -> Result<Option<Reading>, ListsError> {
        let labels = parts.registry.labels(reading.after.as_ref(), PAGE).await?;
        let Some(last) = labels.last() else {
            self.gathered = Some((reading.gathered, reading.source));
            return Ok(None);
        };
        reading.after = Some(last.record.number.clone());
        for row in labels {
            self.statuses.add(&row, now);
            reading.gathered.add(row);
        }
        Ok(Some(reading))
    }

    async fn make_trust(
        &mut self,
        parts: &Parts,
        keys: &Arc<dyn Signers>,
        now: UnixTime,
    ) -> Result<bool, ListsError> {
        let version = keys.version();
        if !self.trust.has_come(now, &version, TRUST_PACE) {
            return Ok(false);
        }
        let source = Source { as_of: now, position: Position(version) };
        let list = keys.trust_list(now, parts.least_checker, std::slice::from_ref(&parts.uri));
        let file = |name: String, signer: &SharedSigner| -> Result<_, ListsError> {
            Ok((name, list.sign(signer.as_ref())?))
        };
        let mut files = vec![file(TRUST_LIST.to_owned(), &keys.signer(KeyUse::Trust)?)?];
        for signer in keys.trust_signers() {
            files.push(file(trust_list_by(signer.public_key().id()), &signer)?);
        }
        publish(parts, &mut self.trust, version, source, now, files).await
    }

    async fn make_lists(
        &mut self,
        parts: &Parts,
        keys: &Arc<dyn Signers>,
        now: UnixTime,
    ) -> Result<bool, ListsError> {
        let signer = keys.signer(KeyUse::Status)?;
        let key = signer.public_key().id();
        if !self.lists.has_come(now, &key, STATUS_PACE) {
            return Ok(false);
        }
        let statement = SignedStatusList {
            uri: parts.uri.clone(),
            window: Window { from: now, until: now.plus(STATUS_LIFE) },
            ttl: STATUS_TTL,
            list: self.statuses.list().clone(),
        };
        let files = aside(move || {
            Ok(vec![
                (STATUS_LIST.to_owned(), statement.sign(signer.as_ref())?),
                (STATUS_LIST_JWT.to_owned(), statement.sign_jwt(signer.as_ref())?.into_bytes()),
            ])
        })
        .await?;
        let source = Source { as_of: now, position: self.statuses.position() };
        publish(parts, &mut self.lists, key, source, now, files).await
    }

    async fn make_index(
        &mut self,
        parts: &Parts,
        keys: &Arc<dyn Signers>,
        now: UnixTime,
    ) -> Result<bool, ListsError> {
        let signer = keys.signer(KeyUse::Status)?;
        let key = signer.public_key().id();
        if !self.index.has_come(now, &key, INDEX_PACE) {
            return Ok(false);
        }
        let (gathered, source) = match self.gathered.take() {
            Some(gathered) => gathered,
            None => gather(parts.registry.as_ref(), now).await?,
        };
        let window = Window { from: source.as_of, until: source.as_of.plus(INDEX_LIFE) };
        let version = self.index.next_version(now);
        let bytes = aside(move || Ok(gathered.sign(version, window, signer.as_ref())?)).await?;
        let files = vec![(PRODUCT_INDEX.to_owned(), bytes)];
        publish(parts, &mut self.index, key, source, now, files).await
    }

    /// Says once what is wrong with one file, and after how many seconds it is worth another try. What is wrong with all
    /// of them goes on to the caller.
    fn tell(
        &mut self,
        what: &'static str,
        outcome: Result<bool, ListsError>,
    ) -> Result<Option<i64>, ListsError> {
        let error = match outcome {
            Ok(made) => {
                if made {
                    self.troubles.remove(what);
                }
                return Ok(None);
            }
            Err(error) if error.is_of_one_file() => error,
            Err(error) => return Err(error),
        };
        let text = error.to_string();
        if self.troubles.insert(what, text.clone()).as_ref() != Some(&text) {
            tracing::error!(error = &error as &dyn std::error::Error, "the {what} cannot be made");
        }
        // It will not be smaller soon, and finding that out costs a reading of the whole registry.
        let too_large = matches!(error, ListsError::Index(IndexError::TooLarge));
        Ok(Some(if too_large { INDEX_PACE.every } else { TRY_AGAIN }))
    }
}

/// Publishes `files`, which belong together. False where another node has published meanwhile.
async fn publish<K: PartialEq>(
    parts: &Parts,
    turn: &mut Turn<K>,
    keys: K,
    source: Source,
    now: UnixTime,
    files: Vec<(String, Vec<u8>)>,
) -> Result<bool, ListsError> {
    if let Some(published) = turn.ahead_of(source.position) {
        return Err(ListsError::Older { published, known: source.position });
    }
    let version = turn.next_version(now);
    let publications: Vec<_> = files
        .into_iter()
        .map(|(name, bytes)| Publication { name, version, position: source.position, signed: now, bytes })
        .collect();
    let Some(first) = publications.first().map(Publication::head) else { return Ok(false) };
    if parts.registry.publish(&publications).await? {
        tracing::debug!(name = first.name, version, position = source.position.0, "published");
        parts.publishing.count(&first.name);
        turn.done(first, keys);
        for publication in publications {
            parts.shelf.put(publication);
        }
    } else {
        let heads = parts.registry.publications().await?;
        turn.overtaken(head(&heads, &first.name));
        return Ok(false);
    }
    Ok(true)
}

async fn gather(registry: &dyn Registry, now: UnixTime) -> Result<(Gathered, Source), ListsError> {
    let source = Source { as_of: now, position: registry.last_position().await? };
    let (mut gathered, mut after) = (Gathered::default(), None);
    loop {
        let labels = registry.labels(after.as_ref(), PAGE).await?;
        let Some(last) = labels.last() else { return Ok((gathered, source)) };
        after = Some(last.record.number.clone());
        for row in labels {
            gathered.add(row);
        }
    }
}

/// Compressing takes a tenth of a second, in which no request should wait.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ListsError> + Send + 'static,
) -> Result<T, ListsError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| ListsError::GivenUp)?
}

fn head(heads: &[PublicationHead], name: &str) -> Option<PublicationHead> {
    heads.iter().find(|head| head.name == name).cloned()
}
