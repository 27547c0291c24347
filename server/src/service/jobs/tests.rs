use serde_json::json;
use shirushi_shared::{
    api::{BulkLine, Which},
    key::KeyUse,
};
use tokio::sync::watch;

use super::*;
use crate::{
    app::App,
    config::{Config, Settings},
    signer::KeyFolder,
};

/// Nodes over one registry, on a clock that can jump.
struct House {
    one: Jobs,
    other: Jobs,
    _app: App,
    _folder: tempfile::TempDir,
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    KeyFolder::init(&path("keys"), &KeyUse::ALL, SystemClock::default().now()).unwrap();
    let config = Config::load(Settings {
        database: Some(format!("sqlite:{}", path("registry.db").display())),
        keys: Some(path("keys")),
        ..Settings::default()
    });
    let app = App::open(config.unwrap()).await.unwrap();
    let one = app.state().jobs.clone();
    let other = Jobs::new(one.spool.clone(), one.bulk.clone(), one.clock.clone(), 30).unwrap();
    House { one, other, _app: app, _folder: folder }
}

fn shop(name: &str) -> OrganisationId {
    OrganisationId::parse(name).unwrap()
}

fn order(format: Option<Format>) -> Order {
    Order {
        name: crate::scheme::evidence::FileName::parse("在庫.csv").unwrap(),
        format,
        plan: Plan::Ask,
        language: shirushi_shared::text::Language::choose(Some("en"), None),
        products: false,
        date: None,
        earlier: None,
    }
}

/// Opens a job with so many rows, named by their place.
async fn opened(jobs: &Jobs, whose: Option<&OrganisationId>, rows: usize) -> Job {
    let mut upload = jobs.begin(whose, order(Some(Format::JsonLines))).await.unwrap();
    let text: String =
        (1..=rows).map(|row| format!("{}\n", json!({ "id": row, "number": format!("SHI-{row}") }))).collect();
    for piece in text.as_bytes().chunks(100_000) {
        upload.push(piece).await.unwrap();
    }
    let (job, _) = upload.finish().await.unwrap();
    assert_eq!(job.state, JobState::Waiting);
    job
}

async fn turn(jobs: &Jobs, holder: &str) -> bool {
    let (_stop, stopping) = watch::channel(false);
    jobs.turn(holder, &stopping).await.unwrap()
}

async fn seen(jobs: &Jobs, job: &Job) -> Job {
    Job::read(jobs.spool.job(&job.id).await.unwrap().unwrap()).unwrap()
}

/// Every answer is there, once, in order.
async fn is_whole(jobs: &Jobs, job: &Job, rows: u64) {
    let job = seen(jobs, job).await;
    assert_eq!((job.state, job.document.end.rows, job.document.rows), (JobState::Done, rows, Some(rows)));
    let lines = jobs.page(&job, Which::All, 0, usize::MAX).await.unwrap();
    let ids: Vec<_> = lines
        .iter()
        .map(|line| match line {
            BulkLine::Answer(answer) => {
                assert_eq!(answer.id.as_deref(), Some(answer.row.to_string().as_str()));
                answer.row
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, (1..=rows).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_killed_is_followed_by_somebody_who_goes_on_where_they_were() {
    let House { one, other, .. } = &house().await;
    let shop = shop("shop");
    let job = opened(one, Some(&shop), 9_000).await;
    assert!(turn(one, "one").await);
    let first = seen(one, &job).await;
    assert_eq!((first.document.end.rows, first.document.rows), (4_096, Some(9_000)));

    // Killed at the beginning of the next slice: for a while the job is still theirs.
    let now = one.clock.now();
    assert!(one.spool.claim("dead", now, now.plus(10)).await.unwrap().is_some());
    assert!(!turn(other, "other").await);
    one.clock.jump(10);
    assert!(turn(other, "other").await, "the file is read again, what was answered is passed over");
    assert_eq!(seen(one, &job).await.document.end.rows, 8_192);
    // The first one still has the file open, at a place that is not the job's any more.
    assert!(turn(one, "one").await);
    is_whole(one, &job, 9_000).await;
    assert!(!turn(one, "one").await);
    assert_eq!(one.spool.parts(&job.id, PartKind::Upload).await.unwrap(), [], "the file is not kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_job_does_not_wait_for_a_large_one_of_somebody_else() {
    let House { one, .. } = &house().await;
    let (large, small) = (shop("large"), shop("small"));
    let big = opened(one, Some(&large), 13_000).await;
    one.clock.jump(1);
    let second = opened(one, Some(&large), 10).await;
    assert!(turn(one, "one").await);
    let little = opened(one, Some(&small), 10).await;
    let anybody = opened(one, None, 10).await;
    assert!(turn(one, "one").await && turn(one, "one").await);
    for job in [&little, &anybody] {
        is_whole(one, job, 10).await;
    }
    assert_eq!(seen(one, &big).await.document.end.rows, 4_096);
    assert_eq!(seen(one, &second).await.document.end.rows, 0, "their own second job waits for their first");
    one.work_off().await.unwrap();
    is_whole(one, &big, 13_000).await;
    is_whole(one, &second, 10).await;
}

#[tokio::test]
async fn a_file_that_ends_whoever_reads_it_is_given_up() {
    let House { one, .. } = &house().await;
    let job = opened(one, None, 5).await;
    for _ in 0..6 {
        let now = one.clock.now();
        assert!(one.spool.claim("dead", now, now.plus(10)).await.unwrap().is_some());
        one.clock.jump(10);
    }
    assert!(turn(one, "one").await);
    let job = seen(one, &job).await;
    assert_eq!(job.state, JobState::Failed);
    assert_eq!(job.document.end.stopped.unwrap().detail, "reading the file failed 6 times");
    assert!(!turn(one, "one").await);
}

#[tokio::test]
async fn a_service_that_stops_lets_its_slices_go() {
    let House { one, other, .. } = &house().await;
    let job = opened(one, None, 500).await;
    let (stop, stopping) = watch::channel(true);
    assert!(one.turn("one", &stopping).await.unwrap());
    drop(stop);
    let left = seen(one, &job).await;
    assert_eq!((left.state, left.attempts, left.document.end.rows), (JobState::Running, 0, 0));
    assert!(turn(other, "other").await, "at once, by somebody else");
    is_whole(other, &job, 500).await;
}

#[tokio::test]
async fn answers_come_in_pages_by_outcome() {
    let House { one, .. } = &house().await;
    let mut upload = one.begin(None, order(None)).await.unwrap();
    for row in 1..=700 {
        let text = if row % 7 == 0 { "{}".to_owned() } else { json!({ "number": "SHI-1" }).to_string() };
        upload.push(format!("{text}\n").as_bytes()).await.unwrap();
    }
    let (job, _) = upload.finish().await.unwrap();
    one.work_off().await.unwrap();
    let job = seen(one, &job).await;
    assert_eq!((job.document.end.rows, job.document.end.bad), (700, 100));
    let rows = async |which, from, most| -> Vec<u64> {
        let lines = one.page(&job, which, from, most).await.unwrap();
        lines
            .iter()
            .map(|line| match line {
                BulkLine::Answer(answer) => answer.row,
                BulkLine::Bad(bad) => bad.row,
                BulkLine::End(_) => 0,
            })
            .collect()
    };
    assert_eq!(rows(Which::All, 0, 3).await, [1, 2, 3]);
    assert_eq!(rows(Which::Bad, 0, 3).await, [7, 14, 21]);
    assert_eq!(rows(Which::Bad, 98, 3).await, [693, 700]);
    assert_eq!(rows(Which::Bad, 100, 3).await, [0; 0]);
    assert_eq!(rows(Which::parse("not_registered").unwrap_or(Which::All), 5, 2).await.len(), 2);
}
