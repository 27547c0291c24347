//! A program of others that never outlives its test.
//!
//! Between the test and the program stands a small shell that waits on a pipe from the test process. When the pipe
//! closes, the shell ends the program and whatever that started, and removes its folder. The pipe closes when the
//! [`Process`] is dropped, and the kernel closes it when the test process dies, however it dies: no exit handler
//! could promise that, and statics, which are never dropped, need it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::patience::patiently;

/// A running program and its temporary folder.
#[derive(Debug)]
pub struct Process {
    name: String,
    id: u32,
    guard: Child,
    folder: PathBuf,
}

/// How the program is asked to go when its owner is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// SIGKILL to it and its process group: for what keeps nothing worth keeping.
    Kill,
    /// SIGQUIT (and SIGCONT, should a test have frozen it), for PostgreSQL, whose workers are no longer in its process
    /// group: it ends them at once.
    Quit,
}

/// `setsid` makes the program the leader of a group of its own, under the id that the shell knows. The folder goes
/// only when the last of the group has ended (`pid (name) state parent group …` in `/proc`), for those still write.
const GUARD: &str = r#"
alive() {
    for file in /proc/[0-9]*/stat; do
        read -r line <"$file" || continue
        set -- ${line##*) }
        if [ "$3" = "$id" ] && [ "$1" != Z ]; then return 0; fi
    done 2>/dev/null
    return 1
}
setsid "$@" >"$FOLDER/log" 2>&1 </dev/null &
id=$!
echo "$id"
read -r _
if [ "$ENDING" = quit ]; then kill -s QUIT "$id"; kill -s CONT "$id"; else kill -s KILL -- "-$id" || kill -s KILL "$id"; fi 2>/dev/null
wait "$id" 2>/dev/null
for again in $(seq 500); do alive && sleep 0.02 || break; done
rm -rf "$FOLDER"
"#;

impl Process {
    /// Starts `program`, which may use `folder` (see [`folder`]); the folder goes when the program goes.
    pub fn start(folder: PathBuf, ending: Ending, program: &[&OsStr]) -> Self {
        let name = program.first().map_or_else(String::new, |name| name.display().to_string());
        let mut guard = Command::new("sh");
        // In a group of its own, so that Ctrl-C in the terminal does not take the guard before the test.
        guard.process_group(0).args(["-c", GUARD, "guard"]).args(program);
        guard.env("FOLDER", &folder).env("ENDING", if ending == Ending::Quit { "quit" } else { "kill" });
        // Whatever a program wants to leave in a home or temporary folder, it leaves in its own.
        guard.current_dir(&folder).env("HOME", &folder).env("TMPDIR", &folder);
        guard.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut guard = guard.spawn().expect("a shell");
        let mut id = String::new();
        let answer = guard.stdout.as_mut().expect("piped above");
        BufReader::new(answer).read_line(&mut id).expect("the shell tells the process id");
        let id = id.trim().parse().expect("a process id is a number");
        Self { name, id, guard, folder }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it has printed so far.
    pub fn log(&self) -> String {
        let log = std::fs::read(self.folder.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// Sends a signal by name (`STOP`, `CONT`, `KILL`). By a shell, since the house forbids unsafe code.
    pub fn signal(&self, name: &str) {
        let kill = format!("kill -s {name} {}", self.id);
        let status = Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status();
        assert!(status.is_ok_and(|status| status.success()), "{}: cannot {kill}", self.name);
    }

    /// Waits until `is_ready` answers; fails with the program's own words when it never does, or has ended before.
    pub async fn ready<T>(&self, mut is_ready: impl AsyncFnMut() -> Option<T>) -> T {
        let answered = patiently(async || match is_ready().await {
            Some(answer) => Some(Some(answer)),
            None => is_gone(self.id).then_some(None),
        });
        match answered.await.flatten() {
            Some(answer) => answer,
            None => panic!("{} did not start; it said:\n{}", self.name, self.log()),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        // Nothing to do about a guard that is gone already; a panic while unwinding would hide the first one.
        let _ = self.guard.wait();
    }
}

/// A fresh folder for a [`Process`], which removes it.
pub fn folder() -> PathBuf {
    tempfile::Builder::new().prefix("shirushi-").tempdir().expect("a temporary folder").keep()
}

/// Whether no process runs under this id; one that has ended but was not waited for does not run.
pub fn is_gone(id: u32) -> bool {
    // `pid (name) state …`; the name may hold anything, also `)`.
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let has_ended = stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with(['Z', 'X']));
    // That is said of its first thread. While another one waits for the disk, files and ports are still theirs.
    has_ended && std::fs::read_dir(format!("/proc/{id}/task")).map_or(0, Iterator::count) <= 1
}

/// A loopback port that nobody listens on, nor will: below the range from which the kernel gives ports to outgoing
/// connections, and for this test process alone until it ends. That nobody listens *yet* is not enough: between looking
/// and the program's start, a test process beside this one would find the same, and its Redis meet ours in a Cluster.
/// It is looked by connecting: a port that is bound for a moment stays taken for as long as a program that another thread
/// starts just then, and which inherits it, needs to come up from the disk.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // The kernel gives a lock back when its process ends, however it ends.
    static OURS: Mutex<Vec<File>> = Mutex::new(Vec::new());
    let locks = std::env::temp_dir().join("shirushi-ports");
    std::fs::create_dir_all(&locks).expect("a temporary folder");
    // Test processes beside each other begin at different places.
    let start = u16::try_from(std::process::id() % 10_000).unwrap_or_default();
    for _ in 0..10_000 {
        let port = 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        let Ok(lock) = File::create(locks.join(port.to_string())) else { continue };
        if lock.try_lock().is_ok() && TcpStream::connect(("127.0.0.1", port)).is_err() {
            OURS.lock().unwrap_or_else(PoisonError::into_inner).push(lock);
            return port;
        }
    }
    panic!("no free port between 20000 and 30000");
}

/// The path of `program`, or a failure that says what to install.
pub fn program(name: &str, package: &str, more_folders: &[PathBuf]) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(more_folders.iter().cloned());
    let found = folders.map(|folder| folder.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| {
        panic!("{name} is not installed (Debian package {package}; `make tools` installs it)")
    })
}
