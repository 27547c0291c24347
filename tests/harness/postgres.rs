//! A real PostgreSQL: a cluster of its own in a temporary folder, one for the whole test process, and in it a
//! database for each test that asks.

use std::ffi::OsStr;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection as _, PgConnection};
use tokio::sync::OnceCell;

use crate::process::{Ending, Process, folder, free_port, program};

/// A running cluster.
#[derive(Debug)]
pub struct Postgres {
    port: u16,
    process: Process,
    databases: AtomicU32,
}

impl Postgres {
    /// The cluster that all tests of this process share. Making one takes two seconds, a database in it 50 ms.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<Postgres> = OnceCell::const_new();
        SHARED.get_or_init(Self::start).await
    }

    /// A cluster of one's own, for tests that stop or freeze it.
    pub async fn start() -> Self {
        let (folder, port) = (folder(), free_port());
        let user = user(&folder);
        let data = folder.join("data");
        create_cluster(&user, &folder, &data);

        let port_text = port.to_string();
        let server = binary("postgres");
        let mut command = user.prefix();
        command.extend([server.as_os_str(), OsStr::new("-D"), data.as_os_str(), OsStr::new("-p")]);
        command.push(OsStr::new(&port_text));
        for setting in SETTINGS {
            command.extend([OsStr::new("-c"), OsStr::new(setting)]);
        }
        let process = Process::start(folder, Ending::Quit, &command);
        let cluster = Self { port, process, databases: AtomicU32::new(0) };
        cluster.process.ready(async || cluster.connect().await.ok()).await;
        cluster
    }

    /// A new, empty database; its URL.
    pub async fn database(&self) -> String {
        let name = format!("story_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut connection = self.connect().await.expect("the cluster answers");
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(create).execute(&mut connection).await.expect("a new database");
        // A failed goodbye spoils nothing: the database is there.
        let _ = connection.close().await;
        self.url(&name)
    }

    /// `127.0.0.1:PORT`, for a proxy in front.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Its process: to freeze it (`STOP`, `CONT`).
    pub fn process(&self) -> &Process {
        &self.process
    }

    async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        PgConnection::connect(&self.url("postgres")).await
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@{}/{database}", self.address())
    }
}

const USER: &str = "shirushi";

/// Nothing here survives the test, so nothing is written to last.
const SETTINGS: [&str; 7] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=200",
    "shared_buffers=32MB",
];

fn create_cluster(user: &User, folder: &Path, data: &Path) {
    let initdb = binary("initdb");
    let mut command = user.prefix();
    command.extend([initdb.as_os_str(), OsStr::new("-D"), data.as_os_str()]);
    command
        .extend(["-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"].map(OsStr::new));
    let (first, rest) = command.split_first().expect("initdb at least");
    let made = Command::new(first).args(rest).current_dir(folder).output().expect("initdb starts");
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
}

fn binary(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    program(name, "postgresql", &folders)
}

/// Who runs PostgreSQL: it refuses to run as root, so root runs it as somebody else.
struct User {
    /// What to put before a command: `setpriv …`, which becomes the command and keeps its process id.
    switch: Vec<String>,
}

/// Makes `folder` the folder of whoever will run PostgreSQL.
fn user(folder: &Path) -> User {
    let owner = std::fs::metadata(folder).expect("made a moment ago").uid();
    if owner != 0 {
        return User { switch: Vec::new() };
    }
    let (id, group) = account("postgres").or_else(|| account("nobody")).expect("an account that is not root");
    chown(folder, Some(id), Some(group)).expect("root may give folders away");
    let switch = ["setpriv", &format!("--reuid={id}"), &format!("--regid={group}"), "--clear-groups"];
    User { switch: switch.map(str::to_owned).to_vec() }
}

impl User {
    fn prefix(&self) -> Vec<&OsStr> {
        self.switch.iter().map(OsStr::new).collect()
    }
}

fn account(name: &str) -> Option<(u32, u32)> {
    // name:x:uid:gid:…
    let accounts = std::fs::read_to_string("/etc/passwd").ok()?;
    let mut fields =
        accounts.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":x:"))?.split(':');
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}
