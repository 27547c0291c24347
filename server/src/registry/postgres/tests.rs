use std::sync::Arc;

use sqlx::{Executor, query};

use super::*;
use crate::{
    registry::{ChainError, Position, Registry, Spool, conformance, conformance::sample, verify_history},
    started::{Started, cluster},
};

async fn database(cluster: &Started, name: &str) -> String {
    let mut admin = cluster.url("postgres").parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    cluster.url(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_conforms() {
    let Some(cluster) = cluster().await else { return };
    let count = std::sync::atomic::AtomicU32::new(0);
    conformance::run(|| async {
        let name = format!("case_{}", count.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        let registry = PostgresRegistry::connect(&database(&cluster, &name).await).await.unwrap();
        Arc::new(registry) as Arc<dyn Registry>
    })
    .await;
    conformance::run_spool(|| async {
        let name = format!("case_{}", count.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        let registry = PostgresRegistry::connect(&database(&cluster, &name).await).await.unwrap();
        Arc::new(registry) as Arc<dyn Spool>
    })
    .await;
    conformance::run_watches(|| async {
        let name = format!("watch_{}", count.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        PostgresRegistry::connect(&database(&cluster, &name).await).await.unwrap()
    })
    .await;

    let url = database(&cluster, "shared").await;
    nodes_share_a_database(&url).await;
    the_history_refuses_to_be_changed_and_tells_if_it_was(&url).await;
    a_database_that_hangs_or_dies_is_unavailable(&url, cluster).await;
}

async fn nodes_share_a_database(url: &str) {
    let (one, other) = tokio::join!(PostgresRegistry::connect(url), PostgresRegistry::connect(url));
    let (one, other) = (one.unwrap(), other.unwrap());
    one.register(sample::several(0..5), &sample::actor(), sample::now()).await.unwrap();
    assert!(other.status(&sample::number(4)).await.unwrap().is_some());
    other.ready().await.unwrap();
}

async fn the_history_refuses_to_be_changed_and_tells_if_it_was(url: &str) {
    let registry = PostgresRegistry::connect(url).await.unwrap();
    let forge = "UPDATE history SET actor = 'mallory' WHERE position = 3";
    assert!(query(forge).execute(&registry.db.pool).await.is_err());
    assert!(query("DELETE FROM history").execute(&registry.db.pool).await.is_err());
    assert!(query("TRUNCATE history").execute(&registry.db.pool).await.is_err());
    query("ALTER TABLE history DISABLE TRIGGER ALL").execute(&registry.db.pool).await.unwrap();
    query(forge).execute(&registry.db.pool).await.unwrap();
    match verify_history(&registry).await {
        Err(ChainError::Broken(broken)) => assert_eq!(broken.position, Position(3)),
        other => panic!("{other:?}"),
    }
}

async fn a_database_that_hangs_or_dies_is_unavailable(url: &str, cluster: Started) {
    let registry = PostgresRegistry::connect(url).await.unwrap();
    let blocker = PostgresRegistry::connect(url).await.unwrap();
    let mut lock = blocker.db.pool.begin().await.unwrap();
    lock.execute("LOCK TABLE status IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let hung = registry.status(&sample::number(1)).await;
    assert!(matches!(hung, Err(RegistryError::Unavailable(_))), "{hung:?}");
    lock.rollback().await.unwrap();
    assert!(registry.status(&sample::number(1)).await.unwrap().is_some());

    drop(cluster);
    let dead = registry.status(&sample::number(1)).await;
    assert!(matches!(dead, Err(RegistryError::Unavailable(_))), "{dead:?}");
    assert!(PostgresRegistry::connect(url).await.is_err());
}
