//! A master with a replica, and three Sentinels that watch them.

use std::ffi::OsStr;

use super::{RedisServer, command, pong};
use crate::process::{Ending, Process, folder, free_port, program};

/// The master's name among the Sentinels.
const MASTER: &str = "labels";

/// A running set; gone when dropped.
#[derive(Debug)]
pub struct RedisSentinels {
    master: RedisServer,
    replica: RedisServer,
    sentinels: Vec<(u16, Process)>,
}

impl RedisSentinels {
    /// Starts all of them, and waits until the Sentinels know each other and the replica follows the master.
    pub async fn start() -> Self {
        let master = RedisServer::start().await;
        let (host, port) = master.host_and_port();
        // Diskless and at once: a replica that waits for company is of no use to a test.
        let replica =
            RedisServer::start_with(&["--replicaof", host, &port, "--repl-diskless-sync-delay", "0"]).await;
        let mut sentinels = Vec::new();
        for _ in 0..3 {
            sentinels.push(sentinel(host, &port).await);
        }
        for (sentinel, process) in &sentinels {
            let address = format!("127.0.0.1:{sentinel}");
            process
                .ready(async || {
                    let quorum = command(&address, &["SENTINEL", "CKQUORUM", MASTER]).await;
                    let replicas = command(&address, &["SENTINEL", "REPLICAS", MASTER]).await;
                    (quorum.starts_with("+OK 3") && replicas.contains("master-link-status\r\n$2\r\nok"))
                        .then_some(())
                })
                .await;
        }
        Self { master, replica, sentinels }
    }

    /// `redis+sentinel://127.0.0.1:PORT,127.0.0.1:PORT,127.0.0.1:PORT/labels`.
    pub fn url(&self) -> String {
        let addresses: Vec<_> = self.sentinels.iter().map(|(port, _)| format!("127.0.0.1:{port}")).collect();
        format!("redis+sentinel://{}/{MASTER}", addresses.join(","))
    }

    /// The server that was the master at the start.
    pub const fn master(&mut self) -> &mut RedisServer {
        &mut self.master
    }

    /// The server that was the replica at the start.
    pub const fn replica(&self) -> &RedisServer {
        &self.replica
    }

    /// Waits until the replica is the master. Sentinels take some seconds for it, and tests assert no time.
    pub async fn failed_over(&self) {
        let promoted = async || {
            let role = command(&self.replica.address(), &["ROLE"]).await;
            role.contains("master\r\n").then_some(())
        };
        self.replica.running().ready(promoted).await;
    }
}

async fn sentinel(host: &str, port: &str) -> (u16, Process) {
    let (folder, own) = (folder(), free_port());
    // Sentinels write what they learn into their file.
    let file = folder.join("sentinel.conf");
    let settings = format!(
        "port {own}\nbind 127.0.0.1\ndir {}\n\
         sentinel monitor {MASTER} {host} {port} 2\n\
         sentinel down-after-milliseconds {MASTER} 1000\n\
         sentinel failover-timeout {MASTER} 5000\n",
        folder.display()
    );
    std::fs::write(&file, settings).expect("a file in a new folder");
    let redis = program("redis-server", "redis-server", &[]);
    let process = Process::start(
        folder,
        Ending::Kill,
        &[redis.as_os_str(), file.as_os_str(), OsStr::new("--sentinel")],
    );
    let address = format!("127.0.0.1:{own}");
    process.ready(async || pong(&address).await).await;
    (own, process)
}
