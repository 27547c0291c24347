use std::{
    io::{Read as _, Write as _},
    sync::Arc,
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use shirushi_shared::label::StateChange;

use super::*;
use crate::{
    registry::{
        Actor, CaseQuery, CaseWrite, Change, Kind, Position, PostgresRegistry, SqliteRegistry, Write,
        conformance::sample,
    },
    started::cluster,
};

fn now() -> UnixTime {
    sample::now()
}

async fn sqlite(folder: &Path, name: &str) -> SqliteRegistry {
    SqliteRegistry::open(&folder.join(name)).await.unwrap()
}

/// A registry with some of everything.
async fn filled(folder: &Path) -> SqliteRegistry {
    let registry = sqlite(folder, "first.db").await;
    let by = Actor { name: "山田".into(), organisation: Some("operator".into()), key: Some("k".into()) };
    registry.register(sample::several(0..300), &by, now()).await.unwrap();
    let suspend = || Change::State(StateChange::Suspend { until: None, reason: "調査中".into() });
    for index in [3, 7] {
        registry.change(&sample::number(index), None, suspend(), &by, now().plus(5)).await.unwrap();
    }
    let mut products = sample::new(9).registration.products;
    products[0].models.remove(0);
    registry.change(&sample::number(9), None, Change::Products(products), &by, now().plus(6)).await.unwrap();
    for (kind, id) in [(Kind::ApiKey, "k"), (Kind::Application, "a"), (Kind::Sighting, "s")] {
        registry.commit(vec![Write::Case(case(kind, id))], &by, now().plus(7)).await.unwrap();
    }
    registry.note_use("k", now().plus(8)).await.unwrap();
    registry
}

fn case(kind: Kind, id: &str) -> CaseWrite {
    CaseWrite {
        kind,
        id: id.into(),
        expected: None,
        owner: Some("kakuu".into()),
        number: None,
        state: "draft".into(),
        document: "{\"text\":\"\\\"架空\\\"\"}".into(),
        what: "opened".into(),
        why: None,
    }
}

/// That the two hold the same, as far as anybody can ask.
async fn are_equal(one: &dyn Registry, other: &dyn Registry) {
    let all = u32::MAX;
    assert_eq!(one.labels(None, all).await.unwrap(), other.labels(None, all).await.unwrap());
    let entries = one.entries_after(Position(0), all).await.unwrap();
    assert_eq!(entries, other.entries_after(Position(0), all).await.unwrap());
    for kind in Kind::ALL {
        let query = CaseQuery::of(kind, 1_000);
        assert_eq!(one.cases(&query).await.unwrap(), other.cases(&query).await.unwrap());
    }
    assert_eq!(one.uses().await.unwrap(), other.uses().await.unwrap());
    for index in 0..300 {
        let number = sample::number(index);
        assert_eq!(one.token(&number).await.unwrap(), other.token(&number).await.unwrap());
        assert_eq!(
            one.by_gtin(sample::gtin(index)).await.unwrap(),
            other.by_gtin(sample::gtin(index)).await.unwrap()
        );
        let application = sample::application(index);
        assert_eq!(
            one.pre_label_number(&application).await.unwrap(),
            other.pre_label_number(&application).await.unwrap()
        );
    }
    assert_ne!(one.identity().await.unwrap(), other.identity().await.unwrap(), "a copy is another one");
    let audit = other.snapshot().await.unwrap().audit(Known::GENESIS).await.unwrap();
    assert_eq!(audit.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_moves_from_one_database_to_the_other_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let first = filled(folder.path()).await;
    let file = folder.path().join("backup");
    let told = back_up(&first, &file, now()).await.unwrap();
    assert_eq!(told.audit.last.position, Position(306));
    assert_eq!(told.audit.findings, []);

    let copy = sqlite(folder.path(), "copy.db").await;
    assert_eq!(restore(&copy, &file, false).await.unwrap(), told);
    are_equal(&first, &copy).await;
    let Some(cluster) = cluster().await else { return };
    let moved = PostgresRegistry::connect(&cluster.url("postgres")).await.unwrap();
    assert_eq!(restore(&moved, &file, false).await.unwrap(), told);
    are_equal(&first, &moved).await;
    let back = folder.path().join("back");
    back_up(&moved, &back, now()).await.unwrap();
    let returned = sqlite(folder.path(), "back.db").await;
    restore(&returned, &back, false).await.unwrap();
    are_equal(&first, &returned).await;

    // It goes on where it stopped.
    let change = Change::State(StateChange::Reinstate);
    moved.change(&sample::number(3), None, change, &sample::actor(), now().plus(9)).await.unwrap();
    let (position, _) = crate::registry::verify_history(&moved).await.unwrap();
    assert_eq!(position, Position(307));
    let refused = restore(&moved, &file, false).await;
    assert!(matches!(refused, Err(BackupError::Registry(RegistryError::NotEmpty))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_of_one_instant() {
    let folder = tempfile::tempdir().unwrap();
    let registry = Arc::new(filled(folder.path()).await);
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let writing = tokio::spawn({
        let registry = Arc::clone(&registry);
        async move {
            let mut written = 0;
            for index in (1_000..).step_by(2) {
                registry.register(sample::several(index..index + 2), &sample::actor(), now()).await.unwrap();
                written += 1;
                if *stopped.borrow_and_update() {
                    return written;
                }
            }
            written
        }
    });
    let mut taken = Vec::new();
    for name in ["one", "two", "three"] {
        let file = folder.path().join(name);
        taken.push((name, back_up(&*registry, &file, now()).await.unwrap(), file));
    }
    stop.send(true).unwrap();
    assert!(writing.await.unwrap() > 1, "writers did not wait for the backup");
    for (name, told, file) in taken {
        let copy = sqlite(folder.path(), &format!("{name}.db")).await;
        let restored = restore(&copy, &file, false).await.unwrap();
        assert_eq!(restored, told);
        assert_eq!(told.audit.last.position.0 % 2, 0, "two labels are registered together or not at all");
        assert_eq!(copy.last_position().await.unwrap(), told.audit.last.position);
        assert_eq!(
            registry
                .entries_after(Position(0), u32::try_from(told.audit.last.position.0).unwrap())
                .await
                .unwrap(),
            copy.entries_after(Position(0), u32::MAX).await.unwrap()
        );
    }
}

#[tokio::test]
async fn what_is_not_whole_is_refused_in_clear_words_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let first = filled(folder.path()).await;
    let file = folder.path().join("backup");
    back_up(&first, &file, now()).await.unwrap();
    let bytes = std::fs::read(&file).unwrap();
    let mut text = String::new();
    GzDecoder::new(&*bytes).read_to_string(&mut text).unwrap();
    let pack = |text: &str| {
        let mut out = GzEncoder::new(Vec::new(), Compression::fast());
        out.write_all(text.as_bytes()).unwrap();
        out.finish().unwrap()
    };
    let lines: Vec<_> = text.lines().collect();
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 1;
    let without_end = lines[..lines.len() - 1].join("\n") + "\n";
    let mut shorter = lines.clone();
    shorter.remove(40);
    let shorter = shorter.join("\n") + "\n";
    let cases = [
        ("cut in the middle", bytes[..bytes.len() / 2].to_vec(), "the backup was cut"),
        ("cut at the end", bytes[..bytes.len() - 9].to_vec(), "the backup was cut"),
        ("cut between lines", pack(&without_end), "the backup was cut"),
        ("cut to nothing", Vec::new(), "no backup of a registry"),
        ("a byte flipped", flipped, "the backup was changed or damaged"),
        ("a row less", pack(&shorter), "SHA-256"),
        ("another text", pack(&text.replacen("架空電機", "他社電機", 1)), "SHA-256"),
        ("something behind it", pack(&(text.clone() + "{}\n")), "something follows its end"),
        (
            "another table",
            pack(&text.replacen("{\"status\"", "{\"sqlite_master\"", 1)),
            "is of a table that there is not",
        ),
        (
            "another format",
            pack(&text.replacen("\"shirushi_backup\":1", "\"shirushi_backup\":2", 1)),
            "has the format 2",
        ),
        ("another schema", pack(&text.replacen("\"schema\":", "\"schema\":9", 1)), "has the schema 9"),
        ("another file", pack("hello\n"), "no backup of a registry"),
        ("not compressed", text.clone().into_bytes(), "no backup of a registry"),
    ];
    let empty = sqlite(folder.path(), "empty.db").await;
    for (what, bytes, words) in cases {
        let broken = folder.path().join("broken");
        std::fs::write(&broken, bytes).unwrap();
        let refused = restore(&empty, &broken, true).await.unwrap_err().to_string();
        assert!(refused.contains(words), "{what}: {refused}");
        assert_eq!(empty.last_position().await.unwrap(), Position(0), "{what}");
        assert_eq!(empty.numbers(None, 1).await.unwrap(), [], "{what}");
    }
    let missing = restore(&empty, &folder.path().join("nothing"), false).await;
    assert!(matches!(missing, Err(BackupError::File(..))), "{missing:?}");

    let again = back_up(&first, &file, now()).await;
    assert!(matches!(again, Err(BackupError::Exists(_))), "{again:?}");
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".part")), "{left:?}");
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn what_was_forged_before_the_backup_is_found_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let first = filled(folder.path()).await;
    first
        .forge("UPDATE status SET record = replace(record, 'suspended', 'active') WHERE number = 'SHI00003'")
        .await;
    let file = folder.path().join("backup");
    let told = back_up(&first, &file, now()).await.unwrap();
    assert_eq!(told.audit.findings, [Finding::Status("SHI00003".into())]);
    let copy = sqlite(folder.path(), "copy.db").await;
    let refused = restore(&copy, &file, false).await.unwrap_err().to_string();
    assert!(refused.contains("the status of SHI00003 is not what the history says"), "{refused}");
    assert_eq!(copy.last_position().await.unwrap(), Position(0));
    assert_eq!(restore(&copy, &file, true).await.unwrap(), told);
}
