//! Real servers that tests start for themselves, each in a folder of its own, and that end with the test.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use tempfile::TempDir;
use tokio::net::TcpStream;

/// A server, killed when dropped.
pub(crate) struct Started {
    child: Child,
    port: u16,
    scheme: &'static str,
    folder: TempDir,
}

impl Started {
    /// Its address, with a database's name or number.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("{}127.0.0.1:{}/{database}", self.scheme, self.port)
    }

    /// Sends it a signal by name. By a shell, since the house forbids unsafe code.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -s {name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Ends it at once, as a crash does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A PostgreSQL cluster; `None` with a line that says so, where it is not installed.
pub(crate) async fn cluster() -> Option<Started> {
    let initdb = program("initdb")?;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let port = free_port();
    // PostgreSQL refuses to run as root.
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let run = |program: &str| {
        if is_root {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", program]);
            command
        } else {
            Command::new(program)
        }
    };
    if is_root {
        assert!(
            Command::new("chown").args(["nobody:nogroup"]).arg(folder.path()).status().unwrap().success()
        );
    }
    let made = run(&initdb)
        .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "-D"])
        .arg(&data)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let child = run(&program("postgres")?)
        .arg("-D")
        .arg(&data)
        .args(["-p", &port.to_string(), "-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-k", ""])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Started { child, port, scheme: "postgres://postgres@", folder };
    started
        .answers(|url| async move {
            let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
            sqlx::ConnectOptions::connect(&options).await.is_ok()
        })
        .await;
    Some(started)
}

/// A Redis server; `None` with a line that says so, where it is not installed.
pub(crate) async fn redis() -> Option<Started> {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let child = redis_in(folder.path(), port)?;
    let started = Started { child, port, scheme: "redis://", folder };
    started.is_reachable().await;
    Some(started)
}

fn redis_in(folder: &Path, port: u16) -> Option<Child> {
    let child = Command::new(program("redis-server")?)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--dir"])
        .arg(folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    Some(child)
}

impl Started {
    /// Starts a Redis server again, on its old port and with what it had saved.
    pub(crate) async fn start_redis_again(&mut self) {
        self.child = redis_in(self.folder.path(), self.port).unwrap();
        self.is_reachable().await;
    }

    async fn is_reachable(&self) {
        self.answers(|_| async { TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() }).await;
    }

    async fn answers<F: Future<Output = bool>>(&self, ask: impl Fn(String) -> F) {
        for _ in 0..1_800 {
            if ask(self.url("")).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{} does not answer", self.url(""));
    }
}

/// Below the range from which the kernel gives ports to outgoing connections. Looked for by connecting: one that is bound
/// for a moment is inherited by whatever program another thread starts just then.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 10_000).unwrap();
    let ports = std::iter::repeat_with(|| 10_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000);
    ports.take(10_000).find(|port| std::net::TcpStream::connect(("127.0.0.1", *port)).is_err()).unwrap()
}

#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "a test's own switch, and its own line")]
fn program(name: &str) -> Option<String> {
    let folders = std::env::var("PATH").unwrap_or_default();
    let found =
        folders.split(':').map(|folder| format!("{folder}/{name}")).find(|path| Path::new(path).exists());
    if found.is_none() {
        assert!(std::env::var("REQUIRE_SERVERS").is_err(), "REQUIRE_SERVERS is set, and there is no {name}");
        eprintln!("skipped: there is no {name} in PATH");
    }
    found
}
