//! A TCP proxy with weather, to stand between the server and a neighbour.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
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

/// Where a question stands when the line is held at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// Before it reaches the target.
    Question,
    /// The target has done what it was asked; the answer is not told.
    Answer,
}

/// Questions in their order, each by words that all stand in it as it goes over the line in one piece.
pub type Questions = &'static [&'static [&'static str]];

/// A moment at which the line is to be held.
#[derive(Debug)]
struct Trap {
    at: At,
    /// The questions to come, of which the last is the one to be held at.
    questions: Questions,
    met: oneshot::Sender<()>,
}

/// What all connections of a proxy share.
#[derive(Debug, Clone)]
struct Line {
    weather: watch::Sender<Weather>,
    trap: Arc<Mutex<Option<Trap>>>,
}

/// A proxy on loopback; it ends, with all its connections, when dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    line: Line,
    connections: Arc<AtomicUsize>,
    listening: JoinHandle<()>,
}

impl Proxy {
    /// A proxy to `target` (`127.0.0.1:PORT`), in clear weather. The target need not run yet.
    pub async fn start(target: impl Into<String>) -> Self {
        let target = target.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let line = Line { weather: watch::Sender::new(Weather::Clear), trap: Arc::default() };
        let connections = Arc::new(AtomicUsize::new(0));
        let listening = tokio::spawn(listen(listener, target, line.clone(), Arc::clone(&connections)));
        Self { address, line, connections, listening }
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
        self.line.weather.send_replace(Weather::Clear);
    }

    /// Breaks every connection and closes each new one at once.
    pub fn cut(&self) {
        self.line.weather.send_replace(Weather::Cut);
    }

    /// Holds every byte back, both ways, until the weather changes; nothing is lost.
    pub fn stall(&self) {
        self.line.weather.send_replace(Weather::Stalled);
    }

    /// Holds each piece of data back for `time`, both ways.
    pub fn delay(&self, time: Duration) {
        self.line.weather.send_replace(Weather::Slow(time));
    }

    /// Stalls the whole line at the last of `questions`, once the others before it have been asked. What is returned
    /// resolves when that moment is met. A proxy that is dropped then lets nothing of it through.
    pub fn hold(&self, at: At, questions: Questions) -> oneshot::Receiver<()> {
        let (met, meeting) = oneshot::channel();
        *locked(&self.line.trap) = Some(Trap { at, questions, met });
        meeting
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, target: String, line: Line, connections: Arc<AtomicUsize>) {
    // Dropped with this task, and its connections with it.
    let mut open = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        connections.fetch_add(1, Ordering::Relaxed);
        while open.try_join_next().is_some() {}
        open.spawn(connect(client, target.clone(), line.clone()));
    }
}

/// One connection, until either side ends it or it is cut.
async fn connect(client: TcpStream, target: String, line: Line) {
    let mut weather = line.weather.subscribe();
    if *weather.borrow_and_update() == Weather::Cut {
        return;
    }
    let Ok(server) = TcpStream::connect(&target).await else { return };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let answering = Met::default();
    let there =
        Pump { line: line.clone(), weather: weather.clone(), way: Way::There, answering: answering.clone() };
    let back = Pump { line, weather: weather.clone(), way: Way::Back, answering };
    let both =
        async { tokio::try_join!(there.run(from_client, to_server), back.run(from_server, to_client)) };
    tokio::select! {
        _ = both => {}
        _ = weather.wait_for(|now| *now == Weather::Cut) => {}
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    There,
    Back,
}

/// One way of a connection.
struct Pump {
    line: Line,
    weather: watch::Receiver<Weather>,
    way: Way,
    /// Who is to hear that the answer has come at which the line is held: the next data that come back.
    answering: Met,
}

type Met = Arc<Mutex<Option<oneshot::Sender<()>>>>;

impl Pump {
    async fn run(
        mut self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
    ) -> io::Result<()> {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let length = from.read(&mut buffer).await?;
            let piece = buffer.get(..length).unwrap_or_default();
            if !self.springs(piece) {
                // Its sender lives as long as the proxy: an error means that the proxy is going.
                let weather = self.weather.wait_for(|now| *now != Weather::Stalled);
                let now = *weather.await.map_err(io::Error::other)?;
                if let Weather::Slow(time) = now {
                    tokio::time::sleep(time).await;
                }
            }
            if length == 0 {
                return to.shutdown().await;
            }
            to.write_all(piece).await?;
        }
    }

    /// Holds the line where `piece` is the moment for it. Whether it is the last that goes through: the question whose
    /// answer is to be held.
    fn springs(&self, piece: &[u8]) -> bool {
        // Whoever no longer waits for the moment does not need to hear of it.
        if self.way == Way::Back {
            if let Some(met) = locked(&self.answering).take() {
                let _ = met.send(());
            }
            return false;
        }
        let holds = |word: &str| piece.windows(word.len()).any(|part| part == word.as_bytes());
        let mut trap = locked(&self.line.trap);
        let sprung = trap.take_if(|trap| match trap.questions {
            [next, rest @ ..] if next.iter().all(|word| holds(word)) => {
                trap.questions = rest;
                rest.is_empty()
            }
            _ => false,
        });
        let Some(Trap { at, met, .. }) = sprung else { return false };
        self.line.weather.send_replace(Weather::Stalled);
        if at == At::Question {
            let _ = met.send(());
            return false;
        }
        *locked(&self.answering) = Some(met);
        true
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
