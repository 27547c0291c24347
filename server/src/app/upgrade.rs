//! Data of the program of before are opened by today's, and everything of them still holds.

use std::{path::Path, sync::Arc};

use shirushi_shared::{
    label::{RegistrationNumber, StateChange},
    status::Revision,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};

use crate::{
    clock::SystemClock,
    registry::{
        Change, Kind, Known, Position, PostgresRegistry, Registry, SqliteRegistry, conformance::sample,
        previous, verify_history,
    },
    service::{
        access::{Access, AccessError, Action, Denied, Scope},
        organisations::Organisations,
    },
    started::cluster,
};

#[tokio::test(flavor = "multi_thread")]
async fn an_sqlite_file_of_before_is_carried_forward() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.db");
    previous::sqlite(&file).await;
    let registry = SqliteRegistry::open(&file).await.unwrap();
    everything_still_holds(Arc::new(registry)).await;
    // And again, with what was written since.
    let again = SqliteRegistry::open(&file).await.unwrap();
    assert_eq!(verify_history(&again).await.unwrap().0, Position(6));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_database_of_before_is_carried_forward() {
    let Some(cluster) = cluster().await else { return };
    let url = cluster.url("postgres");
    previous::postgres(&url).await;

    // A node that dies in the middle of it leaves nothing behind.
    let mut dying = url.parse::<sqlx::postgres::PgConnectOptions>().unwrap().connect().await.unwrap();
    let half = half(include_str!("../../migrations/postgres/0002_office.sql"));
    dying.execute(AssertSqlSafe(format!("BEGIN; {half}"))).await.unwrap();
    dying.close_hard().await.unwrap();

    // Two nodes of the new program start at once.
    let (one, other) = tokio::join!(PostgresRegistry::connect(&url), PostgresRegistry::connect(&url));
    everything_still_holds(Arc::new(one.unwrap())).await;
    other.unwrap().ready().await.unwrap();
}

#[tokio::test]
async fn killed_while_it_carries_forward_it_begins_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.db");
    previous::sqlite(&file).await;

    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file);
    let mut dying = options.connect().await.unwrap();
    // Small enough a memory that what is not committed yet is written to the log beside the file, too.
    let half = half(include_str!("../../migrations/sqlite/0002_office.sql"));
    dying.execute(AssertSqlSafe(format!("PRAGMA cache_size = 1; BEGIN IMMEDIATE; {half}"))).await.unwrap();
    // What a machine finds that loses its power now: the files as they are, and no process.
    let after = folder.path().join("after.db");
    for ending in ["", "-wal"] {
        let from = format!("{}{ending}", file.display());
        if Path::new(&from).exists() {
            std::fs::copy(from, format!("{}{ending}", after.display())).unwrap();
        }
    }
    let log = std::fs::metadata(format!("{}-wal", after.display())).unwrap().len();
    assert!(log > 0, "half of it is on the disk");
    drop(dying);
    everything_still_holds(Arc::new(SqliteRegistry::open(&after).await.unwrap())).await;
}

/// The first statements of a migration, up to where the old history is gone and the new one is filled.
fn half(migration: &str) -> &str {
    let end = migration.find("-- All that the office keeps").unwrap();
    &migration[..end]
}

async fn everything_still_holds(registry: Arc<dyn Registry>) {
    registry.ready().await.unwrap();
    let number = RegistrationNumber::parse("SHI-00001").unwrap();
    let (position, hash) = verify_history(&*registry).await.unwrap();
    assert_eq!(position, Position(4));
    let audit = registry.snapshot().await.unwrap().audit(Known::GENESIS).await.unwrap();
    assert_eq!(audit.findings, []);
    assert_eq!(audit.last, Known { position, hash });
    assert_eq!(audit.unproved_keys, [previous::KEY, previous::REVOKED]);

    let status = registry.status(&number).await.unwrap().unwrap();
    assert_eq!((status.revision, status.state.name()), (Revision::new(3), "active"));
    let then = registry.status_at(&number, sample::now().plus(70)).await.unwrap().unwrap();
    assert_eq!(then.state.name(), "suspended");
    let registration = sample::new(1).registration;
    assert_eq!(registry.registration(&number).await.unwrap().as_ref(), Some(&registration));
    let then = registry.registration_at(&number, sample::now().plus(70)).await.unwrap();
    assert_eq!(then.as_ref(), Some(&registration));
    assert_eq!(registry.registration_at(&number, sample::now().plus(-1)).await.unwrap(), None);
    assert_eq!(registry.token(&number).await.unwrap(), Some(sample::new(1).token));
    assert_eq!(registry.by_gtin(sample::gtin(1)).await.unwrap(), std::slice::from_ref(&number));
    assert!(registry.pre_label_number(&sample::application(1)).await.unwrap().is_some());

    let clock = SystemClock::default();
    let organisations = Organisations::new(Arc::clone(&registry), clock.clone());
    let access = Access::new(Arc::clone(&registry), organisations, clock);
    let presented = |key: &str| format!("shk_{key}_{}", previous::SECRET);
    let by = access.admit(&presented(previous::KEY), Action::LabelGrace, None).await.unwrap().actor;
    assert_eq!((by.name.as_str(), by.key.as_deref()), ("operator", Some(previous::KEY)));
    let narrower = access.admit(&presented(previous::KEY), Action::LabelIssue, None).await;
    assert!(matches!(narrower, Err(AccessError::Denied(Denied::MissingScope(Scope::Issue)))), "{narrower:?}");
    let revoked = access.admit(&presented(previous::REVOKED), Action::ArtworkRead, None).await;
    assert!(matches!(revoked, Err(AccessError::Unknown)), "{revoked:?}");

    let change = Change::State(StateChange::EnterGrace);
    registry.change(&number, Some(Revision::new(3)), change, &by, sample::now().plus(200)).await.unwrap();
    let history = registry.history(Kind::Label, number.as_str()).await.unwrap();
    let formats: Vec<_> = history.iter().map(|entry| (entry.what.as_str(), entry.format)).collect();
    assert_eq!(formats, [("registered", 1), ("suspended", 1), ("reinstated", 1), ("grace", 2)]);
    assert_eq!(history[3].by, by);
    // The change, and before it the operator's own organisation, which the key is the first to need.
    assert_eq!(verify_history(&*registry).await.unwrap().0, Position(6));
}
