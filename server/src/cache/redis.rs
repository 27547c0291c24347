//! The cache in Redis: one for all nodes of the scaled form.
//!
//! | key | value |
//! |---|---|
//! | `{shirushi:1}:control` | `LIFE CHANGES RUN STEPS POSITION AS_OF` |
//! | `{shirushi:1}:s:NUMBER` | `REVISION AS_OF LIFE JSON`, with the life in which it is kept, or `-` |
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

mod script;
mod value;

use std::time::Duration;

use async_trait::async_trait;
use redis::{
    Client, ErrorKind, ProtocolVersion, RedisError, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use shirushi_shared::{label::RegistrationNumber, status::StatusRecord, time::UnixTime};
use tokio::time::timeout;

use self::{
    script::Scripts,
    value::{Control, begin_ticket, control_of, is_begin, stored_record},
};
use super::{CacheError, Confirmed, Kept, Lookup, StatusCache, Ticket};
use crate::breaker::Breaker;

const CONTROL: &str = "{shirushi:1}:control";
const RECORD: &str = "{shirushi:1}:s:";
/// How long an answer may take: a Redis that is well answers within a millisecond, and the registry is waiting.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long a Redis that did not answer is left alone.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a record stays that nobody writes again: bounds the memory, and is safe like any eviction (`cache.rs`).
const RECORD_LIFE_S: u32 = 24 * 3600;

/// A cache in a Redis server.
pub struct RedisCache {
    connection: ConnectionManager,
    scripts: Scripts,
    breaker: Breaker,
}

/// Redis is left alone for a moment, since it did not answer just now.
#[derive(Debug, thiserror::Error)]
#[error("not asked: it did not answer a moment ago")]
struct LeftAlone;

/// Redis answered with something that is none of ours.
#[derive(Debug, thiserror::Error)]
#[error("an answer that was not expected: {0}")]
struct Unexpected(String);

impl RedisCache {
    /// A cache in the server at `url` (`redis://…`). It connects when it is first used, and again whenever the
    /// connection was lost: a Redis that is away is a miss, at the start as later. Needs a Tokio runtime.
    ///
    /// # Errors
    /// Where `url` is none of a Redis.
    pub fn new(url: &str) -> Result<Self, CacheError> {
        let client = Client::open(url).map_err(failed)?;
        let info = client.get_connection_info().clone();
        // RESP3 tells of a lost connection by itself, so that it is up again before the next question.
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let client = Client::open(info.set_redis_settings(settings)).map_err(failed)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1)
            .set_pipeline_buffer_size(1_000);
        let connection = ConnectionManager::new_lazy_with_config(client, config).map_err(failed)?;
        Ok(Self { connection, scripts: Scripts::new(), breaker: Breaker::new(PAUSE) })
    }

    /// Runs `question`, in time; at once in vain, while Redis is left alone.
    async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(ConnectionManager) -> RedisResult<T>,
    ) -> Result<T, CacheError> {
        if self.breaker.is_open() {
            return Err(CacheError(Box::new(LeftAlone)));
        }
        match timeout(PATIENCE, question(self.connection.clone())).await {
            Ok(Ok(answer)) => {
                self.breaker.succeeded();
                Ok(answer)
            }
            Ok(Err(error)) => {
                // A server that says no (out of memory, say) has answered.
                if !matches!(error.kind(), ErrorKind::Server(_) | ErrorKind::Extension) {
                    self.breaker.failed();
                }
                Err(failed(error))
            }
            Err(late) => {
                self.breaker.failed();
                Err(CacheError(Box::new(late)))
            }
        }
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

fn key(number: &RegistrationNumber) -> String {
    format!("{RECORD}{number}")
}

#[async_trait]
impl StatusCache for RedisCache {
    async fn read(&self, number: &RegistrationNumber) -> Result<Lookup, CacheError> {
        let (control, record): (Option<String>, Option<String>) = self
            .ask(async |mut redis| {
                redis::cmd("MGET").arg(CONTROL).arg(key(number)).query_async(&mut redis).await
            })
            .await?;
        let control = control.unwrap_or_default();
        let found =
            record.and_then(|record| stored_record(&record, number, Control::parse(&control).as_ref()));
        Ok(Lookup { found, ticket: Ticket(control) })
    }

    async fn fill(
        &self,
        record: &StatusRecord,
        as_of: UnixTime,
        ticket: &Ticket,
    ) -> Result<Kept, CacheError> {
        let json = json(record)?;
        let word: String = self
            .ask(async |mut redis| {
                self.scripts
                    .fill
                    .key(CONTROL)
                    .key(key(&record.number))
                    .arg(control_of(ticket))
                    .arg(record.revision.get())
                    .arg(as_of.as_secs())
                    .arg(json)
                    .arg(RECORD_LIFE_S)
                    .invoke_async(&mut redis)
                    .await
            })
            .await?;
        kept(&word)
    }

    async fn confirmed(&self) -> Result<(Option<Confirmed>, Ticket), CacheError> {
        let (control, run): (String, String) = self
            .ask(async |mut redis| self.scripts.confirmed.key(CONTROL).invoke_async(&mut redis).await)
            .await?;
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
        let life = if is_begin(ticket) { value::new_life()? } else { String::new() };
        let mut call = self.scripts.advance.key(CONTROL);
        call.arg(control_of(ticket)).arg(life).arg(to.position.0).arg(to.as_of.as_secs()).arg(RECORD_LIFE_S);
        for record in changes {
            call.key(key(&record.number)).arg(record.revision.get()).arg(json(record)?);
        }
        let word: String = self.ask(async |mut redis| call.invoke_async(&mut redis).await).await?;
        kept(&word)
    }

    async fn ready(&self) -> Result<(), CacheError> {
        let _: String = self.ask(async |mut redis| redis::cmd("PING").query_async(&mut redis).await).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
