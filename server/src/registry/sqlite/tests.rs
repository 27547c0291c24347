use std::sync::Arc;

use shirushi_shared::{label::StateChange, status::Revision};
use sqlx::query;

use super::*;
use crate::registry::{
    CaseWrite, ChainError, Change, Kind, Known, Position, Registry, Spool, Write, conformance,
    conformance::sample, verify_history,
};

async fn open(folder: &tempfile::TempDir) -> SqliteRegistry {
    SqliteRegistry::open(&folder.path().join("registry.db")).await.unwrap()
}

fn grace() -> Change {
    Change::State(StateChange::EnterGrace)
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_conforms() {
    let folders = std::sync::Mutex::new(Vec::new());
    conformance::run(|| async {
        let folder = tempfile::tempdir().unwrap();
        let registry = open(&folder).await;
        folders.lock().unwrap().push(folder);
        Arc::new(registry) as Arc<dyn Registry>
    })
    .await;
    conformance::run_spool(|| async {
        let folder = tempfile::tempdir().unwrap();
        let registry = open(&folder).await;
        folders.lock().unwrap().push(folder);
        Arc::new(registry) as Arc<dyn Spool>
    })
    .await;
    conformance::run_watches(|| async {
        let folder = tempfile::tempdir().unwrap();
        let registry = open(&folder).await;
        folders.lock().unwrap().push(folder);
        registry
    })
    .await;
}

#[test]
fn places_lose_their_names_where_their_order_tells_the_same() {
    let insert = unnamed("INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT (a) DO NOTHING");
    assert_eq!(
        insert.as_deref(),
        Some("INSERT INTO t (a, b) VALUES (?, ?), (?, ?) ON CONFLICT (a) DO NOTHING")
    );
    for other in
        ["UPDATE t SET a = $2 WHERE b = $1", "SELECT $1, $1", "SELECT $1, $12", "SELECT '$'", "SELECT 1"]
    {
        assert_eq!(unnamed(other), None, "{other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = tokio::join!(open(&folder), open(&folder));
    one.register(sample::several(0..2), &sample::actor(), sample::now()).await.unwrap();
    let change = |registry: SqliteRegistry, index| async move {
        for _ in 0..10 {
            for change in [StateChange::Suspend { until: None, reason: "r".into() }, StateChange::Reinstate] {
                let change = Change::State(change);
                registry
                    .change(&sample::number(index), None, change, &sample::actor(), sample::now())
                    .await
                    .unwrap();
            }
        }
    };
    tokio::join!(change(one, 0), change(other, 1));
    let (position, _) = verify_history(&open(&folder).await).await.unwrap();
    assert_eq!(position, Position(42));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_processes_may_start_over_a_new_file() {
    for _ in 0..8 {
        let folder = tempfile::tempdir().unwrap();
        let (one, other, third, fourth) =
            tokio::join!(open(&folder), open(&folder), open(&folder), open(&folder));
        for registry in [one, other, third, fourth] {
            registry.ready().await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_was_committed_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(&folder).await;
    first.register(sample::several(0..1), &sample::actor(), sample::now()).await.unwrap();
    let changed =
        first.change(&sample::number(0), None, grace(), &sample::actor(), sample::now()).await.unwrap();
    first.close().await;
    assert!(matches!(first.status(&sample::number(0)).await, Err(RegistryError::Unavailable(_))));

    let second = open(&folder).await;
    second.ready().await.unwrap();
    assert_eq!(second.status(&sample::number(0)).await.unwrap(), Some(changed));
}

#[tokio::test]
async fn the_history_refuses_to_be_changed_and_tells_if_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let registry = open(&folder).await;
    registry.register(sample::several(0..5), &sample::actor(), sample::now()).await.unwrap();
    let db = &registry.db.writer;
    let forge = "UPDATE history SET actor = 'mallory' WHERE position = 3";
    assert!(query(forge).execute(db).await.is_err());
    assert!(query("DELETE FROM history WHERE position = 3").execute(db).await.is_err());

    // Whoever can write to the file can drop the trigger; the chain still tells.
    query("DROP TRIGGER history_is_never_changed").execute(db).await.unwrap();
    query(forge).execute(db).await.unwrap();
    match verify_history(&registry).await {
        Err(ChainError::Broken(broken)) => assert_eq!(broken.position, Position(3)),
        other => panic!("{other:?}"),
    }
}

impl SqliteRegistry {
    /// Changes rows behind the program's back.
    pub(crate) async fn forge(&self, sql: &'static str) {
        query(sql).execute(&self.db.writer).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_changed_behind_the_historys_back_is_told_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let registry = open(&folder).await;
    registry.register(sample::several(0..3), &sample::actor(), sample::now()).await.unwrap();
    let revoke = Change::State(StateChange::Revoke { reason: "r".into() });
    registry.change(&sample::number(1), None, revoke, &sample::actor(), sample::now()).await.unwrap();
    let case = |id: &str| CaseWrite {
        kind: Kind::Organisation,
        id: id.into(),
        expected: None,
        owner: None,
        number: None,
        state: "active".into(),
        document: "{\"may\":\"little\"}".into(),
        what: "opened".into(),
        why: None,
    };
    let writes = vec![Write::Case(case("a")), Write::Case(case("b"))];
    registry.commit(writes, &sample::actor(), sample::now()).await.unwrap();
    let found = async || -> Vec<String> {
        let audit = registry.snapshot().await.unwrap().audit(Known::GENESIS).await.unwrap();
        audit.findings.iter().map(ToString::to_string).collect()
    };
    assert_eq!(found().await, [""; 0]);
    let mut all = Vec::new();
    for (forgery, told) in [
        (
            "UPDATE status SET record = (SELECT record FROM history WHERE position = 2), revision = 1 \
             WHERE number = 'SHI00001'",
            "the status of SHI00001 is not what the history says",
        ),
        (
            "UPDATE registrations SET document = replace(document, 'Camera 0', 'Camera X') WHERE number = 'SHI00000'",
            "the registration of SHI00000 is not what the history says",
        ),
        (
            "UPDATE tokens SET number = 'SHI00002' WHERE number = 'SHI00001'",
            "the issued labels of SHI00001 are not those of its record",
        ),
        (
            "UPDATE models SET gtin = '04900000999996' WHERE number = 'SHI00002' AND gtin IS NOT NULL",
            "the models of SHI00002 in the index are not those of its registration",
        ),
        (
            "UPDATE cases SET document = '{\"may\":\"everything\"}' WHERE id = 'a'",
            "the organisation a is not what the history says",
        ),
        ("DELETE FROM cases WHERE id = 'b'", "the organisation b is in the history and not on record"),
        (
            "INSERT INTO cases SELECT 'api_key', 'x', 2, NULL, NULL, 'active', '{}', 0, 0",
            "the api_key x is not what the history says",
        ),
    ] {
        registry.forge(forgery).await;
        all.push(told.to_owned());
        let found = found().await;
        assert!(all.iter().all(|told| found.contains(told)), "{told}: {found:?}");
    }
    registry.forge("DROP TRIGGER history_is_never_changed").await;
    registry.forge("UPDATE history SET actor = 'mallory' WHERE position = 2").await;
    let found = found().await;
    let broken = "the history is broken at position 2: the entry, or one before it, was changed";
    assert_eq!(found[0], broken, "{found:?}");
}

#[tokio::test]
async fn every_table_is_carried_or_left_out_on_purpose() {
    let folder = tempfile::tempdir().unwrap();
    let registry = open(&folder).await;
    let sql = "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
               WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
               AND m.name NOT IN ('models', 'leases', 'publications', 'identity', 'jobs', 'job_parts', 'job_turns', '_sqlx_migrations') ORDER BY m.name, c.cid";
    let there: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&registry.db.writer).await.unwrap();
    let mut carried: Vec<_> = crate::registry::sql::tables::carried()
        .flat_map(|(table, columns)| {
            columns.into_iter().map(move |column| (table.to_owned(), column.to_owned()))
        })
        .collect();
    carried.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(carried, there, "a column that is not carried is lost with the next restoration");
}

#[tokio::test]
async fn what_cannot_be_read_is_a_fault_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let registry = open(&folder).await;
    registry.register(sample::several(0..1), &sample::actor(), sample::now()).await.unwrap();
    registry.change(&sample::number(0), None, grace(), &sample::actor(), sample::now()).await.unwrap();
    let number = sample::number(0);
    let corrupt = async |sql: &'static str| {
        query(sql).execute(&registry.db.writer).await.unwrap();
        let place = |error| match error {
            RegistryError::Corrupt { table, column, row } => format!("{table}.{column} {row}"),
            other => panic!("{other:?}"),
        };
        let mut places = Vec::new();
        places.extend(registry.status(&number).await.err().map(place));
        places.extend(
            registry.change(&number, None, grace(), &sample::actor(), sample::now()).await.err().map(place),
        );
        places
    };
    let record = "status.record SHI00000";
    assert_eq!(corrupt("UPDATE status SET record = '{\"half\":'").await, [record, record]);
    assert_eq!(corrupt("UPDATE status SET record = '{}'").await, [record, record]);
    let older = "UPDATE status SET record = (SELECT record FROM history WHERE position = 1)";
    assert_eq!(corrupt(older).await, [record, record], "a record of another revision than its row");
    let revision = "status.revision SHI00000";
    assert_eq!(corrupt("UPDATE status SET revision = -1").await, [revision, revision]);

    query("UPDATE tokens SET bytes = x'00'").execute(&registry.db.writer).await.unwrap();
    assert!(matches!(
        registry.token(&number).await,
        Err(RegistryError::Corrupt { table: "tokens", column: "bytes", .. })
    ));
    query("UPDATE registrations SET document = '[]'").execute(&registry.db.writer).await.unwrap();
    assert!(matches!(
        registry.registration(&number).await,
        Err(RegistryError::Corrupt { table: "registrations", column: "document", .. })
    ));
    let revised = registry.status_at(&number, sample::now()).await.unwrap();
    assert_eq!(revised.map(|record| record.revision), Some(Revision::new(2)), "what is intact can be read");
}

#[tokio::test]
async fn a_file_of_a_newer_program_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let registry = open(&folder).await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'later', TRUE, x'00', 0)";
    query(newer).execute(&registry.db.writer).await.unwrap();
    assert!(matches!(registry.ready().await, Err(RegistryError::Unavailable(_))));
    registry.close().await;
    assert!(SqliteRegistry::open(&folder.path().join("registry.db")).await.is_err());
}
