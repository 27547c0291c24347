//! What every status cache has to do, told once and run for each backend.
//!
//! Part of the library, and not of its tests, since the `tests` crate runs it against a real Redis. Nothing of the service
//! calls it. A case that fails panics, as a test does.

#![expect(clippy::unwrap_used, reason = "a test suite: a failure is a panic")]

mod filling;
mod lives;
mod relaying;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use shirushi_shared::{
    label::{LabelState, RegistrationNumber},
    status::{Revision, StatusRecord},
    time::{UnixTime, Window},
};

use super::{Confirmed, Kept, StatusCache};
use crate::registry::Position;

/// A cache to test, empty, and how it is made to lose what it holds.
pub struct Subject {
    /// The cache.
    pub cache: Arc<dyn StatusCache>,
    /// Makes it lose everything, as a restart without a snapshot does (`FLUSHALL`).
    pub forget: Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>,
    /// Makes it lose one record, as an eviction does.
    pub evict: Box<dyn Fn(RegistrationNumber) -> BoxFuture<'static, ()> + Send + Sync>,
}

/// Runs every case, each on an empty cache from `open`.
pub async fn run<F>(open: impl Fn() -> F)
where
    F: Future<Output = Subject>,
{
    filling::a_record_is_as_old_as_its_reading(open().await).await;
    filling::an_older_revision_never_replaces_a_newer_one(open().await).await;
    filling::many_are_found_in_the_order_in_which_they_are_sought(open().await).await;
    filling::many_at_once_leave_the_newest(open().await).await;
    relaying::what_is_kept_is_as_young_as_the_confirmation(open().await).await;
    relaying::changes_reach_what_is_there_and_what_is_not(open().await).await;
    relaying::a_reading_that_a_change_overtook_is_not_kept(open().await).await;
    relaying::of_two_relays_one_is_first(open().await).await;
    lives::what_was_forgotten_is_not_filled_from_before(open().await).await;
    lives::a_relay_of_an_earlier_life_confirms_nothing(open().await).await;
    lives::readings_from_before_the_relay_began_are_not_kept(open().await).await;
    open().await.cache.ready().await.unwrap();
}

fn number(index: u32) -> RegistrationNumber {
    RegistrationNumber::parse(&format!("SHI-{index}")).unwrap()
}

fn record(index: u32, revision: u64) -> StatusRecord {
    let at = second(0);
    StatusRecord {
        number: number(index),
        revision: Revision::new(revision),
        state: LabelState::Revoked { since: at, reason: "回収 \"quoted\" %s".into() },
        valid: Window { from: at, until: at.plus(1_000) },
        tokens: vec![],
    }
}

fn second(seconds: i64) -> UnixTime {
    UnixTime::EPOCH.plus(1_800_000_000 + seconds)
}

fn confirmed(position: u64, seconds: i64) -> Confirmed {
    Confirmed { position: Position(position), as_of: second(seconds) }
}

impl Subject {
    /// Revision and age of what is found.
    async fn found(&self, index: u32) -> Option<(u64, UnixTime)> {
        let found = self.cache.read(&number(index)).await.unwrap().found;
        found.map(|(record, as_of)| {
            assert_eq!(
                record,
                self::record(index, record.revision.get()),
                "what is found is what was written"
            );
            (record.revision.get(), as_of)
        })
    }

    /// A reader's look-up and fill with nothing in between.
    async fn fill(&self, index: u32, revision: u64, seconds: i64) -> Kept {
        let ticket = self.cache.read(&number(index)).await.unwrap().ticket;
        self.cache.fill(&record(index, revision), second(seconds), &ticket).await.unwrap()
    }

    /// A relay's look and step with nothing in between.
    async fn advance(&self, changes: &[StatusRecord], to: Confirmed) -> Kept {
        let (_, ticket) = self.cache.confirmed().await.unwrap();
        self.cache.advance(changes, to, &ticket).await.unwrap()
    }
}
