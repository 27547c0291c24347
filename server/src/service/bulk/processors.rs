//! Threads that work keeps busy.

use std::{
    any::Any,
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Arc,
};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::{runtime::Handle, sync::oneshot};

/// As many threads as work may keep busy at once, with one line of work before them, first come, first served. A thread
/// that has done its work finds the next in the line: where each piece waited for a turn, and then for a thread to be woken
/// for it, a fifth of the time was lost (ADR 0021). All clones share the threads.
#[derive(Clone)]
pub(super) struct Processors(Arc<ThreadPool>);

impl Processors {
    /// So many of them.
    pub(super) fn new(threads: usize) -> io::Result<Self> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("bulk-{index}"))
            .build()
            .map_err(|error: ThreadPoolBuildError| io::Error::other(error))?;
        Ok(Self(Arc::new(pool)))
    }

    /// How many.
    pub(super) fn count(&self) -> usize {
        self.0.current_num_threads()
    }

    /// Does `work` when its turn comes, with this runtime at hand. Where nobody waits for it any more, it is not begun.
    pub(super) async fn busy<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let (done, result) = oneshot::channel();
        let runtime = Handle::current();
        self.0.spawn_fifo(move || {
            if done.is_closed() {
                return;
            }
            let _runtime = runtime.enter();
            let worked: Result<T, Box<dyn Any + Send>> = catch_unwind(AssertUnwindSafe(work));
            // Whoever has gone away meanwhile wants to know nothing.
            let _ = done.send(worked);
        });
        match result.await {
            Ok(Ok(done)) => done,
            // A panic of ours goes on in whoever waits.
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn no_more_is_done_at_once_than_there_are_threads_and_what_nobody_waits_for_is_left() {
        static AT_ONCE: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        static DONE: AtomicUsize = AtomicUsize::new(0);
        let processors = Processors::new(2).unwrap();
        let work = || {
            let at_once = AT_ONCE.fetch_add(1, Ordering::SeqCst) + 1;
            MOST.fetch_max(at_once, Ordering::SeqCst);
            std::thread::sleep(std::time::Duration::from_millis(5));
            AT_ONCE.fetch_sub(1, Ordering::SeqCst);
            DONE.fetch_add(1, Ordering::SeqCst);
        };
        let all = (0..20).map(|_| {
            let processors = processors.clone();
            tokio::spawn(async move { processors.busy(work).await })
        });
        let mut all: Vec<_> = all.collect();
        let unwanted = all.split_off(10);
        for task in unwanted {
            task.abort();
        }
        for task in all {
            task.await.unwrap();
        }
        assert_eq!((MOST.load(Ordering::SeqCst), DONE.load(Ordering::SeqCst)), (2, 10));
    }

    #[tokio::test]
    async fn a_panic_goes_on_in_whoever_waits_and_the_thread_goes_on() {
        let processors = Processors::new(1).unwrap();
        let task = {
            let processors = processors.clone();
            tokio::spawn(async move { processors.busy(|| resume_unwind(Box::new("ours"))).await })
        };
        let panic = task.await.unwrap_err().into_panic();
        assert_eq!(panic.downcast_ref(), Some(&"ours"));
        assert_eq!(processors.busy(|| 7).await, 7);
    }
}
