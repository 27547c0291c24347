//! What was read a moment ago, so that a caller with many requests does not double the load of the registry.
//!
//! Kept for two seconds and forgotten at once where this node changes it. So what one node revokes holds there from its
//! next request on, and at every other node within [`FRESH`]. Longer would spare little more; shorter would cost a
//! reading for every few requests of a busy caller.

use std::time::{Duration, Instant};

use moka::sync::Cache;

/// How old what is kept may be.
pub(super) const FRESH: Duration = Duration::from_secs(2);
/// Objects that are kept at most, about a kilobyte each.
const REMEMBERED: u64 = 10_000;

/// Objects by their names, each with the instant before it was read. Cheap to clone; all clones share what is kept.
#[derive(Clone)]
pub(super) struct Recent<T>(Cache<String, (Instant, T)>);

impl<T: Clone + Send + Sync + 'static> Recent<T> {
    /// Nothing is kept yet.
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(REMEMBERED).time_to_live(FRESH).build())
    }

    /// The object `id`, as `read` finds it where it is not kept. What is not there is not remembered: made-up names
    /// push nothing out, and what is made is found at once.
    pub(super) async fn find<E>(
        &self,
        id: &str,
        read: impl Future<Output = Result<Option<T>, E>>,
    ) -> Result<Option<T>, E> {
        // By the instant before the reading and not by that of the insertion: a slow reading is old when it is kept.
        if let Some((_, known)) = self.0.get(id).filter(|(read_at, _)| read_at.elapsed() < FRESH) {
            return Ok(Some(known));
        }
        let read_at = Instant::now();
        let found = read.await?;
        if let Some(found) = &found {
            self.0.insert(id.to_owned(), (read_at, found.clone()));
        }
        Ok(found)
    }

    /// The object `id` was changed here: it is read anew.
    pub(super) fn forget(&self, id: &str) {
        self.0.invalidate(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_kept_is_not_read_again_until_it_is_changed_here() {
        let recent = Recent::new();
        let read = async |value: Option<u8>| recent.find("a", async { Ok::<_, ()>(value) }).await.unwrap();
        assert_eq!(read(None).await, None);
        assert_eq!(read(Some(1)).await, Some(1), "that there was none is not kept");
        assert_eq!(read(Some(2)).await, Some(1));
        recent.forget("a");
        assert_eq!(read(Some(3)).await, Some(3));
    }

    #[tokio::test]
    async fn a_reading_that_took_too_long_is_not_kept() {
        let recent = Recent::new();
        recent.0.insert("a".to_owned(), (Instant::now().checked_sub(FRESH).unwrap(), 1));
        assert_eq!(recent.find("a", async { Ok::<_, ()>(Some(2)) }).await, Ok(Some(2)));
    }
}
