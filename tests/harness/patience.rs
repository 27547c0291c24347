//! Waiting for what comes at last. Tests assert no time, so all of them have one patience, as long as only a broken world
//! needs: other tests use the machine too, and a disk that writes down what a build has left can stand still for a minute.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long anything is waited for.
pub const PATIENCE: Duration = Duration::from_mins(3);
const PAUSE: Duration = Duration::from_millis(50);

/// Asks again until it is so; fails, and says `what` never was, where it does not come.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    answer(what, async || is_so().await.then_some(())).await;
}

/// Asks again until there is an answer; fails, and says `what` never came, where there is none.
pub async fn answer<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    match patiently(ask).await {
        Some(answer) => answer,
        None => panic!("it never came to this: {what}"),
    }
}

/// Asks again until there is an answer; `None` when patience is at its end.
pub async fn patiently<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return Some(answer);
        }
        if Instant::now() > end {
            return None;
        }
        sleep(PAUSE).await;
    }
}
