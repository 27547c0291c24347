use std::sync::Arc;

use super::*;
use crate::cache::conformance::{self, Subject};

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_cache_conforms() {
    conformance::run(|| async {
        let cache = Arc::new(MemoryCache::new(100));
        let (forgetting, evicting) = (Arc::clone(&cache), Arc::clone(&cache));
        Subject {
            cache,
            forget: Box::new(move || {
                forgetting.forget();
                Box::pin(async {})
            }),
            evict: Box::new(move |number| {
                evicting.lock().records.remove(&number);
                Box::pin(async {})
            }),
        }
    })
    .await;
}
