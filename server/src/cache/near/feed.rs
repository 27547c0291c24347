//! Listens to the relays' steps, and keeps the copy in step with them.

use std::{convert::Infallible, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::{
    super::{CacheError, redis::Place},
    Shared,
};

/// After Redis did not answer, until it is tried again; the line to it has pauses of its own.
const PAUSE: Duration = Duration::from_millis(250);

/// Listens until it is dropped.
pub(super) async fn follow(shared: Arc<Shared>) {
    let mut outage = false;
    loop {
        let Err(error) = listen(&shared, &mut outage).await;
        shared.copy().heard = None;
        // Logged once an outage.
        if !outage {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "this node's memory does not follow Redis"
            );
        }
        outage = true;
        sleep(PAUSE).await;
    }
}

/// Joins and listens, as long as Redis answers.
async fn listen(shared: &Shared, outage: &mut bool) -> Result<Infallible, CacheError> {
    let mut place = join(shared).await?;
    loop {
        if std::mem::take(outage) {
            tracing::info!("this node's memory follows Redis again");
        }
        let told = shared.redis.listen(&place).await?;
        // Nothing to hear may also mean that the feed is another one, of a Redis that has lost its memory.
        let mut in_step = !told.is_empty();
        for (next, step) in told {
            place = next;
            in_step &=
                step.is_some_and(|step| shared.copy().mirror.step(step.from, &step.changes, step.control));
        }
        if in_step {
            shared.copy().heard = Some(Instant::now());
        } else {
            place = join(shared).await?;
        }
    }
}

async fn join(shared: &Shared) -> Result<Place, CacheError> {
    let (control, place) = shared.redis.join().await?;
    let mut copy = shared.copy();
    copy.heard = control.is_some().then(Instant::now);
    copy.mirror.join(control);
    Ok(place)
}
