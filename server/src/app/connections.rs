//! Connections: taken, bounded in number and patience, and let finish.
//!
//! `axum::serve` does the same without the bounds: a caller who opens connections and sends nothing, or a byte a minute,
//! would hold them all for good. From the end of the heading on, the route table's own limits hold.

mod patient;

use std::{sync::Arc, time::Duration};

use axum::Router;
use futures_util::FutureExt as _;
use hyper::{
    Request,
    body::Incoming,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};

use self::patient::Patient;
use crate::http::rate::Peer;

/// How long a heading may take, and how long a connection may wait for its next request.
const HEADING: Duration = Duration::from_secs(15);
/// How long a caller may take nothing of an answer that is ready.
const TAKING: Duration = Duration::from_secs(30);
/// Connections for each request that is taken on at once: browsers open some in advance, and most are idle.
const CONNECTIONS: usize = 8;
/// After a connection could not be taken (no file descriptor left), until it is tried again.
const BREATH: Duration = Duration::from_millis(100);

/// Serves `router` on `listener` until `stop` completes, then lets what is under way finish for `patience`. Whether all
/// did.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    requests: usize,
    patience: Duration,
    stop: impl Future<Output = ()>,
) -> bool {
    let mut server = auto::Builder::new(TokioExecutor::new()).http1_only();
    server.http1().timer(TokioTimer::new()).header_read_timeout(HEADING);
    let open = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(requests.saturating_mul(CONNECTIONS)));
    let take = |stream: TcpStream, place| {
        let peer = stream.peer_addr().ok().map(|peer| Peer(peer.ip()));
        let router = TowerToHyperService::new(router.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            peer.and_then(|peer| request.extensions_mut().insert(peer));
            router.call(request)
        });
        let connection = open
            .watch(server.serve_connection(TokioIo::new(Patient::new(stream, TAKING)), service).into_owned());
        tokio::spawn(async move {
            // A caller who goes away in the middle is no fault of ours.
            let _ = connection.await;
            drop(place);
        });
    };
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            (stream, place) = next(&listener, &places) => take(stream, place),
            () = &mut stop => break,
        }
    }
    // Who waits in the operating system's queue believes to be connected: closing the listener would break them off.
    while let Some((stream, place)) = next(&listener, &places).now_or_never() {
        take(stream, place);
    }
    drop(listener);
    timeout(patience, open.shutdown()).await.is_ok()
}

/// The next connection, when there is a place for it: until then it waits in the operating system's queue.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, Option<tokio::sync::OwnedSemaphorePermit>) {
    // The semaphore is never closed; without a place there would be no bound, and no harm.
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are written whole: waiting for more to send only delays them.
                let _ = stream.set_nodelay(true);
                return (stream, place);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                sleep(BREATH).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn what_is_under_way_finishes_and_nothing_new_is_taken() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (arrived, mut has_arrived) = tokio::sync::mpsc::channel(1);
        let (go_on, may_go_on) = tokio::sync::watch::channel(false);
        let router = Router::new().route(
            "/",
            get(move || {
                let (arrived, mut may_go_on) = (arrived.clone(), may_go_on.clone());
                async move {
                    arrived.send(()).await.unwrap();
                    may_go_on.wait_for(|go| *go).await.unwrap();
                    "done"
                }
            }),
        );
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = tokio::spawn(serve(listener, router, 1, Duration::from_mins(1), async {
            drop(stopped.await);
        }));
        let mut caller = TcpStream::connect(address).await.unwrap();
        caller.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        has_arrived.recv().await.unwrap();
        stop.send(()).unwrap();
        // The listener is closed before the open requests are waited for.
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        go_on.send_replace(true);
        let mut answer = String::new();
        caller.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("done"), "{answer}");
        assert!(serving.await.unwrap());
    }

    #[tokio::test]
    async fn who_does_not_finish_in_time_is_left_behind() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (arrived, mut has_arrived) = tokio::sync::mpsc::channel(1);
        let router = Router::new().route(
            "/",
            get(async move || {
                arrived.send(()).await.unwrap();
                std::future::pending::<&str>().await
            }),
        );
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = tokio::spawn(serve(listener, router, 1, Duration::from_millis(50), async {
            drop(stopped.await);
        }));
        let mut caller = TcpStream::connect(address).await.unwrap();
        caller.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        has_arrived.recv().await.unwrap();
        stop.send(()).unwrap();
        assert!(!serving.await.unwrap());
    }
}
