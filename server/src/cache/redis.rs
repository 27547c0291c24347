//! The cache in Redis: one for all nodes of the scaled form.
//!
//! | key | value |
//! |---|---|
//! | `{shirushi:1}:control` | `LIFE CHANGES RUN STEPS POSITION AS_OF` |
//! | `{shirushi:1}:s:NUMBER` | `REVISION AS_OF LIFE JSON`, with the life in which it is kept, or `-` |
//! | `{shirushi:1}:feed` | a stream of the relays' last steps, for the nodes' memories (`near.rs`) |
//!
//! Of a cache that was told of which registry it is ([`RedisCache::of_registry`]) the keys are `{shirushi:1}:REGISTRY:…`:
//! what was learnt of one registry is not believed of another, such as one that was restored from a backup. Its keys are
//! no longer asked for; records go by themselves within a day.
//!
//! `LIFE` is random, drawn when the relay begins; `RUN` is the Redis server's `run_id` then, which every start of a
//! server draws anew, also one that loads a snapshot, and which a replica that takes over has of its own. `CHANGES` counts
//! the steps that changed a record and `STEPS` all steps. `1` is the format: another one gets other keys, so that nodes of
//! two versions side by side do not read each other's.
//!
//! Everything is in one hash slot (the braces): a record and the control key are read and written together, and this
//! is what makes the argument of `cache.rs` hold in a Cluster as well. The cost is that one node of a Cluster has all
//! of it, some 500 MB for a million labels.
//!
//! A reading is one `MGET`. Writes are Lua scripts, which Redis runs one at a time. Only the relay's script asks for the
//! run id: after a restart from a snapshot the readers see the consistent past that the snapshot holds, with its old
//! confirmation, which is true of it; and nothing confirms anything newer before a new life has begun.

mod address;
mod line;
mod script;
mod value;

pub use address::{AddressError, RedisAddress};
#[cfg(test)]
pub(super) use value::Found;
pub(super) use value::{Control, FedStep, Look};

use std::time::Duration;

use async_trait::async_trait;
use redis::RedisError;
use shirushi_shared::{label::RegistrationNumber, status::StatusRecord, time::UnixTime};

use self::{
    line::Line,
    script::Scripts,
    value::{begin_ticket, control_of, is_begin},
};
use super::{CacheError, Confirmed, Kept, Lookup, StatusCache, Ticket};

/// What every key begins with.
const OURS: &str = "{shirushi:1}:";
/// How long an answer may take: a Redis that is well answers within a millisecond, and the registry is waiting.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long a record stays that nobody writes again: bounds the memory, and is safe like any eviction (`cache.rs`).
const RECORD_LIFE_S: u32 = 24 * 3600;
/// Steps in the feed: half a minute and more of confirmations, or 16,000 changes at once, some 8 MB. Who has missed more
/// than that joins anew.
const FEED_STEPS: u32 = 64;
/// Steps told at once.
const FED_AT_ONCE: u32 = 16;
/// How long the feed is listened to in vain, until it is asked whether there is anything to hear at all.
const LISTENING: Duration = Duration::from_millis(250);

/// A cache in Redis: one server, the master that Sentinels know, or a Cluster.
pub struct RedisCache {
    line: Line,
    /// A second one, since listening holds it up.
    listening: Line,
    scripts: Scripts,
    names: Names,
}

/// The names of the keys.
struct Names {
    control: String,
    feed: String,
    record: String,
}

impl Names {
    fn beginning_with(start: &str) -> Self {
        Self {
            control: format!("{start}control"),
            feed: format!("{start}feed"),
            record: format!("{start}s:"),
        }
    }

    fn record(&self, number: &RegistrationNumber) -> String {
        format!("{}{number}", self.record)
    }
}

/// Redis is left alone for a moment, since it did not answer just now.
#[derive(Debug, thiserror::Error)]
#[error("not asked: it did not answer a moment ago")]
struct LeftAlone;

/// Redis answered with something that is none of ours.
#[derive(Debug, thiserror::Error)]
#[error("an answer that was not expected: {0}")]
struct Unexpected(String);

/// A place in the feed: what was told up to there.
#[derive(Clone, Debug)]
pub(super) struct Place(String);

impl RedisCache {
    /// A cache in the Redis at `url`, in one of the forms of [`RedisAddress`]. It connects when it is first used, and
    /// again whenever the connection was lost: a Redis that is away is a miss, at the start as later. Needs a Tokio
    /// runtime.
    ///
    /// # Errors
    /// Where `url` is none of a Redis.
    pub fn new(url: &str) -> Result<Self, CacheError> {
        RedisAddress::parse(url).map(Self::at).map_err(|error| CacheError(Box::new(error)))
    }

    /// A cache in the Redis at `address`.
    pub fn at(address: RedisAddress) -> Self {
        Self {
            line: Line::new(address.clone(), PATIENCE),
            listening: Line::new(address, LISTENING + PATIENCE),
            scripts: Scripts::new(),
            names: Names::beginning_with(OURS),
        }
    }

    /// This cache, as that of the registry with this identity and of no other one.
    #[must_use]
    pub fn of_registry(self, identity: &str) -> Self {
        Self { names: Names::beginning_with(&format!("{OURS}{identity}:")), ..self }
    }

    /// What is there of `number`.
    pub(super) async fn look(&self, number: &RegistrationNumber) -> Result<Look, CacheError> {
        let question = redis::cmd("MGET").arg(&self.names.control).arg(self.names.record(number)).take();
        let (control, record): (Option<String>, Option<String>) = self.line.ask(&question).await?;
        Ok(Look::of(control, record.as_deref(), number))
    }

    /// As [`StatusCache::advance`], with the control after the step.
    pub(super) async fn step(
        &self,
        changes: &[StatusRecord],
        to: Confirmed,
        ticket: &Ticket,
    ) -> Result<(Kept, Option<Control>), CacheError> {
        let life = if is_begin(ticket) { value::new_life()? } else { String::new() };
        let mut call = self
            .scripts
            .advance
            .call()
            .key(&self.names.control)
            .key(&self.names.feed)
            .arg(control_of(ticket))
            .arg(life);
        call = call.arg(to.position.0).arg(to.as_of.as_secs()).arg(RECORD_LIFE_S).arg(FEED_STEPS);
        for record in changes {
            call = call.key(self.names.record(&record.number)).arg(record.revision.get()).arg(json(record)?);
        }
        let (word, control): (String, String) = self.line.call(&call).await?;
        Ok((kept(&word)?, Control::parse(&control)))
    }

    /// How far the relays have come, and the place in the feed where what comes after that will be told.
    pub(super) async fn join(&self) -> Result<(Option<Control>, Place), CacheError> {
        let call = self.scripts.join.call().key(&self.names.control).key(&self.names.feed);
        let (control, place): (String, String) = self.listening.call(&call).await?;
        Ok((Control::parse(&control), Place(place)))
    }

    /// Waits for steps after `place`, for a short while: each with its place, `None` for what is none of ours.
    pub(super) async fn listen(&self, place: &Place) -> Result<Vec<(Place, Option<FedStep>)>, CacheError> {
        let mut question = redis::cmd("XREAD");
        question.arg("COUNT").arg(FED_AT_ONCE).arg("BLOCK").arg(LISTENING.as_millis().to_string());
        question.arg("STREAMS").arg(&self.names.feed).arg(&place.0);
        // The one stream that was asked for, with its entries, with their fields.
        type Told = Option<Vec<(String, Vec<(String, Vec<String>)>)>>;
        let told: Told = self.listening.ask(&question).await?;
        let entries = told.into_iter().flatten().flat_map(|(_, entries)| entries);
        Ok(entries.map(|(place, fields)| (Place(place), FedStep::parse(&fields))).collect())
    }
}

fn failed(error: RedisError) -> CacheError {
    CacheError(Box::new(error))
}

/// The words of the scripts.
fn kept(word: &str) -> Result<Kept, CacheError> {
    match word {
        "written" => Ok(Kept::Written),
        "newer" => Ok(Kept::Newer),
        "other life" => Ok(Kept::OtherLife),
        other => Err(CacheError(Box::new(Unexpected(other.to_owned())))),
    }
}

fn json(record: &StatusRecord) -> Result<String, CacheError> {
    serde_json::to_string(record).map_err(|error| CacheError(Box::new(error)))
}

#[async_trait]
impl StatusCache for RedisCache {
    async fn read(&self, number: &RegistrationNumber) -> Result<Lookup, CacheError> {
        let look = self.look(number).await?;
        Ok(Lookup { found: look.found.map(|found| (found.record, found.as_of)), ticket: look.ticket })
    }

    async fn fill(
        &self,
        record: &StatusRecord,
        as_of: UnixTime,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError> {
        let call = self.scripts.fill.call().key(&self.names.control).key(self.names.record(&record.number));
        let call = call.arg(control_of(ticket)).arg(record.revision.get()).arg(as_of.as_secs());
        let word: String = self.line.call(&call.arg(json(record)?).arg(RECORD_LIFE_S)).await?;
        kept(&word)
    }

    async fn confirmed(&self) -> Result<(Option<Confirmed>, Ticket), CacheError> {
        let call = self.scripts.confirmed.call().key(&self.names.control);
        let (control, run): (String, String) = self.line.call(&call).await?;
        match Control::parse(&control).filter(|control| control.run == run) {
            Some(now) => Ok((Some(now.confirmed), Ticket(control))),
            None => Ok((None, begin_ticket(&control))),
        }
    }

    async fn advance(
        &self,
        changes: &[StatusRecord],
        to: Confirmed,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError> {
        self.step(changes, to, ticket).await.map(|(kept, _)| kept)
    }

    async fn ready(&self) -> Result<(), CacheError> {
        let _: Option<String> = self.line.ask(redis::cmd("GET").arg(&self.names.control)).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
