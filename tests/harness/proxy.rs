//! A TCP proxy with weather, to stand between the server and a neighbour.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// What the line between the two sides is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    Clear,
    /// Each piece of data waits this long before it goes on.
    Slow(Duration),
    /// Connections stand, and new ones are taken, but not a byte comes through.
    Stalled,
    /// Connections break, new ones are closed as soon as they are made.
    Cut,
}

/// A proxy on loopback; it ends, with all its connections, when dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    weather: watch::Sender<Weather>,
    connections: Arc<AtomicUsize>,
    listening: JoinHandle<()>,
}

impl Proxy {
    /// A proxy to `target` (`127.0.0.1:PORT`), in clear weather. The target need not run yet.
    pub async fn start(target: impl Into<String>) -> Self {
        let target = target.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (weather, forecast) = watch::channel(Weather::Clear);
        let connections = Arc::new(AtomicUsize::new(0));
        let listening = tokio::spawn(listen(listener, target, forecast, Arc::clone(&connections)));
        Self { address, weather, connections, listening }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections it has taken since its start, broken ones included.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Lets everything through again.
    pub fn clear(&self) {
        self.weather.send_replace(Weather::Clear);
    }

    /// Breaks every connection and closes each new one at once.
    pub fn cut(&self) {
        self.weather.send_replace(Weather::Cut);
    }

    /// Holds every byte back, both ways, until the weather changes; nothing is lost.
    pub fn stall(&self) {
        self.weather.send_replace(Weather::Stalled);
    }

    /// Holds each piece of data back for `time`, both ways.
    pub fn delay(&self, time: Duration) {
        self.weather.send_replace(Weather::Slow(time));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(
    listener: TcpListener,
    target: String,
    weather: watch::Receiver<Weather>,
    connections: Arc<AtomicUsize>,
) {
    // Dropped with this task, and its connections with it.
    let mut open = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        connections.fetch_add(1, Ordering::Relaxed);
        while open.try_join_next().is_some() {}
        open.spawn(connect(client, target.clone(), weather.clone()));
    }
}

/// One connection, until either side ends it or it is cut.
async fn connect(client: TcpStream, target: String, mut weather: watch::Receiver<Weather>) {
    if *weather.borrow_and_update() == Weather::Cut {
        return;
    }
    let Ok(server) = TcpStream::connect(&target).await else { return };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let (there, back) = (weather.clone(), weather.clone());
    let both =
        async { tokio::try_join!(pump(from_client, to_server, there), pump(from_server, to_client, back)) };
    tokio::select! {
        _ = both => {}
        _ = weather.wait_for(|now| *now == Weather::Cut) => {}
    }
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut weather: watch::Receiver<Weather>,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let length = from.read(&mut buffer).await?;
        // Its sender lives as long as the proxy: an error means that the proxy is going.
        let now = *weather.wait_for(|now| *now != Weather::Stalled).await.map_err(io::Error::other)?;
        if let Weather::Slow(time) = now {
            tokio::time::sleep(time).await;
        }
        if length == 0 {
            return to.shutdown().await;
        }
        to.write_all(buffer.get(..length).unwrap_or_default()).await?;
    }
}
