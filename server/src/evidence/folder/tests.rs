use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use super::*;
use crate::{
    clock::SystemClock,
    evidence::{
        conformance::{self, Subject},
        place_of,
    },
};

fn now() -> UnixTime {
    SystemClock::default().now()
}

/// Every file below `folder`.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_conforms() {
    let folders = tempfile::tempdir().unwrap();
    conformance::run(|| async {
        let root = tempfile::tempdir_in(&folders).unwrap().keep();
        let (counted, damaged) = (root.clone(), root.clone());
        Subject {
            store: Arc::new(FolderStore::open(&root, now()).unwrap()),
            count: Box::new(move || files_in(&counted).len()),
            damage: Box::new(move |place, damage| {
                let path = damaged.join(place);
                let mut content = fs::read(&path).unwrap();
                damage(&mut content);
                fs::write(&path, content).unwrap();
            }),
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_else_may_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("new/evidence");
    let store = FolderStore::open(&root, now()).unwrap();
    let hash = ContentHash::of(b"a");
    store.write(&hash, Bytes::from_static(b"a")).await.unwrap();
    let path = root.join(place_of(&hash).join("/"));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!([mode(path.parent().unwrap()), mode(&root), mode(&root.join(".drafts"))], [0o700; 3]);
}

#[tokio::test]
async fn drafts_of_the_killed_are_removed_and_those_of_the_living_are_not() {
    let folder = tempfile::tempdir().unwrap();
    drop(FolderStore::open(folder.path(), now()).unwrap());
    let draft = folder.path().join(".drafts/0123456789abcdef");
    fs::write(&draft, "half").unwrap();
    drop(FolderStore::open(folder.path(), now()).unwrap());
    assert!(draft.exists(), "its writer may be at work");
    drop(FolderStore::open(folder.path(), now().plus(3700)).unwrap());
    assert!(!draft.exists());
}

#[tokio::test]
async fn a_folder_that_is_gone_is_not_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("evidence");
    let store = FolderStore::open(&root, now()).unwrap();
    let hash = ContentHash::of(b"a");
    assert_eq!(store.read(&hash).await.unwrap(), None);
    fs::remove_dir_all(&root).unwrap();
    let failures = [
        store.read(&hash).await.map(drop).unwrap_err(),
        store.write(&hash, Bytes::new()).await.unwrap_err(),
        store.ready().await.unwrap_err(),
    ];
    for failure in failures {
        let StoreError::Unavailable(cause) = &failure else { panic!("{failure:?}") };
        assert!(cause.to_string().contains("evidence"), "it says where: {cause}");
    }

    fs::write(&root, "a file").unwrap();
    assert!(matches!(FolderStore::open(&root, now()), Err(StoreError::Unavailable(_))));
}

/// A file system of one megabyte; `None` with a line that says so, where this user may not mount.
fn small_disk() -> Option<Mounted> {
    let folder = tempfile::tempdir().unwrap();
    let mount = |arguments: &[&str]| {
        let mount = Command::new("mount").args(arguments).arg(folder.path()).stderr(Stdio::null()).status();
        mount.is_ok_and(|status| status.success())
    };
    let is_mounted = mount(&["-t", "tmpfs", "-o", "size=1m", "none"]);
    is_mounted.then_some(Mounted(folder))
}

struct Mounted(TempDir);

impl Mounted {
    fn make_read_only(&self) {
        let mount = Command::new("mount").args(["-o", "remount,ro"]).arg(self.0.path()).status();
        assert!(mount.unwrap().success());
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[tokio::test]
#[expect(clippy::print_stderr, reason = "a test's own line")]
async fn a_full_or_read_only_disk_keeps_what_it_has() {
    let Some(disk) = small_disk() else {
        eprintln!("skipped: no file system can be mounted here");
        return;
    };
    let root = disk.0.path();
    let store = FolderStore::open(root, now()).unwrap();
    let (small, large) = (Bytes::from_static(b"small"), Bytes::from(vec![0; 2 << 20]));
    let (small_hash, large_hash) = (ContentHash::of(&small), ContentHash::of(&large));
    store.write(&small_hash, small.clone()).await.unwrap();
    let full = store.write(&large_hash, large).await.unwrap_err();
    assert!(matches!(full, StoreError::Unavailable(_)), "{full:?}");
    assert_eq!(store.read(&large_hash).await.unwrap(), None);
    assert_eq!(files_in(root).len(), 1, "no draft is left");
    store
        .write(&ContentHash::of(b"b"), Bytes::from_static(b"b"))
        .await
        .expect("there is room for this again");

    disk.make_read_only();
    assert!(matches!(store.ready().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.write(&small_hash, small.clone()).await, Err(StoreError::Unavailable(_))));
    assert_eq!(store.read(&small_hash).await.unwrap().unwrap(), small);
}

/// Where the writer that is to be killed writes.
const KILLED_IN: &str = "SHIRUSHI_TEST_KILLED_IN";

/// Not a test by itself: what the next one starts as a process of its own.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "how the test tells its own child")]
async fn writes_until_it_is_killed() {
    let Ok(root) = std::env::var(KILLED_IN) else { return };
    let store = FolderStore::open(root.as_ref(), now()).unwrap();
    // Not for ever, should it outlive its test.
    for number in 0_u64..1_000 {
        let content = Bytes::from(number.to_le_bytes().repeat(1 << 15));
        store.write(&ContentHash::of(&content), content).await.unwrap();
    }
}

/// A process that writes, killed when dropped.
struct Writer(Child);

impl Writer {
    fn start(root: &Path) -> Self {
        let writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "evidence::folder::tests::writes_until_it_is_killed"])
            .env(KILLED_IN, root)
            .stdout(Stdio::null())
            .spawn();
        Self(writer.unwrap())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_writer_that_is_killed_leaves_whole_files_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let named = |path: &PathBuf| !path.starts_with(folder.path().join(".drafts"));
    let mut written = 0;
    while written < 40 {
        let mut writer = Writer::start(folder.path());
        // Killed at a moment that differs each time: when it has written a few more.
        while files_in(folder.path()).iter().filter(|path| named(path)).count() < written + 5 {
            assert!(writer.0.try_wait().unwrap().is_none(), "it writes until it is killed");
        }
        drop(writer);
        let files: Vec<_> = files_in(folder.path()).into_iter().filter(named).collect();
        for path in &files {
            let hash = ContentHash::of(&fs::read(path).unwrap());
            assert_eq!(*path, folder.path().join(place_of(&hash).join("/")), "half a file");
        }
        // The next one begins with what is there already, and goes further.
        written = files.len();
    }
    drop(FolderStore::open(folder.path(), now().plus(3700)).unwrap());
    assert_eq!(files_in(folder.path()).len(), written, "no draft is left");
}
