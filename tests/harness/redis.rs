//! A real Redis: empty, on loopback, without persistence. One server, or several as a Cluster or with Sentinels.

mod cluster;
mod sentinel;

pub use cluster::RedisCluster;
pub use sentinel::RedisSentinels;

use std::ffi::OsStr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::process::{Ending, Process, folder, free_port, program};

/// A running (or stopped) `redis-server`; gone when dropped.
#[derive(Debug)]
pub struct RedisServer {
    port: u16,
    arguments: Vec<String>,
    process: Option<Process>,
}

impl RedisServer {
    /// Starts one and waits until it answers.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts one with further arguments, as on its command line: `["--maxmemory", "1mb"]`.
    pub async fn start_with(arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let mut server = Self { port: free_port(), arguments, process: None };
        server.run().await;
        server
    }

    /// `redis://127.0.0.1:PORT`; stays the same over a restart.
    pub fn url(&self) -> String {
        format!("redis://{}", self.address())
    }

    /// `127.0.0.1:PORT`, for a proxy in front.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn host_and_port(&self) -> (&'static str, String) {
        ("127.0.0.1", self.port.to_string())
    }

    /// The process id; `None` while stopped.
    pub fn id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// Ends it as `kill -9` does: no goodbye to clients, nothing written.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Stops it if it runs, and starts an empty one on the same port.
    pub async fn restart_empty(&mut self) {
        self.stop();
        self.run().await;
    }

    /// Freezes it: connections stay open and are even accepted, but nothing is answered.
    pub fn pause(&self) {
        self.running().signal("STOP");
    }

    /// Goes on after [`Self::pause`].
    pub fn resume(&self) {
        self.running().signal("CONT");
    }

    fn running(&self) -> &Process {
        self.process.as_ref().expect("this Redis was stopped by its test")
    }

    async fn run(&mut self) {
        let redis = program("redis-server", "redis-server", &[]);
        let port = self.port.to_string();
        let mut command = vec![redis.as_os_str()];
        command.extend(
            ["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"].map(OsStr::new),
        );
        command.extend(self.arguments.iter().map(OsStr::new));
        let process = Process::start(folder(), Ending::Kill, &command);
        let address = self.address();
        process.ready(async || pong(&address).await).await;
        self.process = Some(process);
    }
}

/// By hand and not with the client crate: that is a thing under test.
async fn pong(address: &str) -> Option<()> {
    let mut connection = TcpStream::connect(address).await.ok()?;
    connection.write_all(b"PING\r\n").await.ok()?;
    let mut answer = [0; 5];
    connection.read_exact(&mut answer).await.ok()?;
    // With a password set it refuses to answer, which is an answer.
    (answer == *b"+PONG" || answer == *b"-NOAU").then_some(())
}

/// The answer to one command as it comes over the wire, without the end of its last line.
async fn command(address: &str, words: &[&str]) -> String {
    let mut connection = TcpStream::connect(address).await.expect("the server listens");
    let mut question = format!("*{}\r\n", words.len());
    for word in words {
        question += &format!("${}\r\n{word}\r\n", word.len());
    }
    connection.write_all(question.as_bytes()).await.expect("the server reads");
    // It closes the connection after the answer, so that its end is seen.
    connection.shutdown().await.expect("it is open");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("the server answers in text");
    answer.trim_end().to_owned()
}
