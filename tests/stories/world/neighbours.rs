//! Redis and PostgreSQL come, answer, and leave nothing behind.

use std::process::{Command, Stdio};
use std::time::Duration;

use redis::AsyncCommands as _;
use shirushi_tests::patience::{answer, until};
use shirushi_tests::postgres::Postgres;
use shirushi_tests::process::{Ending, Process, folder, is_gone};
use shirushi_tests::redis::RedisServer;
use sqlx::{Connection as _, PgConnection};

async fn connect(server: &RedisServer) -> redis::RedisResult<redis::aio::MultiplexedConnection> {
    redis::Client::open(server.url())?.get_multiplexed_async_connection().await
}

#[tokio::test]
async fn redis_answers_and_is_gone_after_its_test() {
    let server = RedisServer::start_with(&["--maxmemory", "3mb"]).await;
    let mut connection = connect(&server).await.unwrap();
    let pong: String = redis::cmd("PING").query_async(&mut connection).await.unwrap();
    assert_eq!(pong, "PONG");
    let limit: (String, String) =
        redis::cmd("CONFIG").arg("GET").arg("maxmemory").query_async(&mut connection).await.unwrap();
    assert_eq!(limit.1, "3145728", "further arguments reach it");

    let id = server.id().unwrap();
    assert!(!is_gone(id));
    drop(server);
    assert!(is_gone(id));
}

#[tokio::test]
async fn redis_restarts_empty_under_the_same_url() {
    let mut server = RedisServer::start().await;
    let (url, id) = (server.url(), server.id().unwrap());
    let () = connect(&server).await.unwrap().set("status", 1).await.unwrap();

    server.stop();
    assert!(is_gone(id) && server.id().is_none());
    assert!(connect(&server).await.is_err());

    server.restart_empty().await;
    assert_eq!(server.url(), url);
    let kept: Option<u8> = connect(&server).await.unwrap().get("status").await.unwrap();
    assert_eq!(kept, None);
}

#[tokio::test]
async fn a_paused_redis_is_silent_and_remembers() {
    let server = RedisServer::start().await;
    let mut connection = connect(&server).await.unwrap();
    let () = connection.set("status", 7).await.unwrap();
    server.pause();
    let asked = tokio::time::timeout(Duration::from_millis(200), connection.get::<_, u8>("status")).await;
    assert!(!matches!(asked, Ok(Ok(_))), "a frozen Redis cannot answer");
    server.resume();
    let status: u8 = connect(&server).await.unwrap().get("status").await.unwrap();
    assert_eq!(status, 7);
}

#[tokio::test]
async fn postgres_gives_each_test_a_database_of_its_own() {
    let cluster = Postgres::shared().await;
    let (one, other) = (cluster.database().await, cluster.database().await);
    let mut one = PgConnection::connect(&one).await.unwrap();
    let mut other = PgConnection::connect(&other).await.unwrap();
    let answer: i32 = sqlx::query_scalar("SELECT 1").fetch_one(&mut one).await.unwrap();
    assert_eq!(answer, 1);
    sqlx::query("CREATE TABLE label (number TEXT)").execute(&mut one).await.unwrap();
    let there = "SELECT count(*) FROM information_schema.tables WHERE table_name = 'label'";
    let count: i64 = sqlx::query_scalar(there).fetch_one(&mut other).await.unwrap();
    assert_eq!(count, 0);
}

#[tokio::test]
async fn postgres_is_gone_after_its_test_with_its_folder() {
    let cluster = Postgres::start().await;
    let (id, folder) = (cluster.process().id(), cluster.process().folder().to_owned());
    assert!(!is_gone(id) && folder.join("data/PG_VERSION").exists());
    // Also when its test froze it and then failed.
    cluster.process().signal("STOP");
    drop(cluster);
    assert!(is_gone(id) && !folder.exists());
}

/// The part that no `Drop` can do: this test starts itself again, and kills that second self.
#[tokio::test]
async fn a_neighbour_does_not_outlive_a_killed_test_process() {
    const INSIDE: &str = "SHIRUSHI_TEST_INSIDE";
    if let Some(file) = std::env::var_os(INSIDE) {
        let process = Process::start(folder(), Ending::Kill, &["sleep".as_ref(), "1000".as_ref()]);
        let line = format!("{} {}", process.id(), process.folder().display());
        let whole = std::path::Path::new(&file).with_extension("whole");
        std::fs::write(&whole, line).unwrap();
        std::fs::rename(whole, file).unwrap();
        std::thread::sleep(Duration::from_secs(1000));
    }
    let here = tempfile::tempdir().unwrap();
    let file = here.path().join("id");
    let mut inside = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "world::neighbours::a_neighbour_does_not_outlive_a_killed_test_process"])
        .env(INSIDE, &file)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let line = answer("its id", async || std::fs::read_to_string(&file).ok()).await;
    let (id, folder) = line.split_once(' ').unwrap();
    let id = id.parse().unwrap();
    assert!(!is_gone(id));
    inside.kill().unwrap();
    inside.wait().unwrap();
    until("it is gone", async || is_gone(id) && !std::path::Path::new(folder).exists()).await;
}
