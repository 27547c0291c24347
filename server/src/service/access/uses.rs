//! When each key was used last: noted beside the request, never in its way.

use std::sync::Arc;

use moka::sync::Cache;
use shirushi_shared::time::UnixTime;
use tokio::sync::Semaphore;

use super::ApiKeyId;
use crate::registry::Registry;

/// How exact it is, in seconds: one write a minute and key at this node, however busy its holder is.
const NOTED_EVERY: i64 = 60;
/// Notes under way at once; more are left out, and the key's next use is noted.
const AT_ONCE: usize = 4;
/// Keys whose last note is remembered here.
const REMEMBERED: u64 = 10_000;

/// Notes uses of keys.
#[derive(Clone)]
pub(super) struct Uses {
    registry: Arc<dyn Registry>,
    noted: Cache<ApiKeyId, UnixTime>,
    turns: Arc<Semaphore>,
}

impl Uses {
    pub(super) fn new(registry: Arc<dyn Registry>) -> Self {
        Self { registry, noted: Cache::new(REMEMBERED), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Notes that `id` was used at `now`. Returns at once; a note that fails costs a line in the log.
    pub(super) fn note(&self, id: &ApiKeyId, now: UnixTime) {
        let is_noted = self.noted.get(id).is_some_and(|noted| (0..NOTED_EVERY).contains(&now.since(noted)));
        if is_noted {
            return;
        }
        let Ok(turn) = Arc::clone(&self.turns).try_acquire_owned() else { return };
        self.noted.insert(id.clone(), now);
        let (registry, id) = (Arc::clone(&self.registry), id.clone());
        tokio::spawn(async move {
            if let Err(error) = registry.note_use(id.as_str(), now).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "a key's use was not noted");
            }
            drop(turn);
        });
    }
}
