//! Jobs: opened, filled, worked off by several, erased.

use std::sync::Arc;

use super::sample::now;
use crate::registry::{Answers, JobBounds, JobChange, JobState, NewJob, PartKind, Slice, Spool, StoredJob};

const MANY: JobBounds = JobBounds { kept: 100, open: 100 };
const LATER: i64 = 1_000_000;

fn new(id: &str, owner: Option<&str>) -> NewJob {
    let mut secret = [0; 32];
    secret.iter_mut().zip(id.bytes()).for_each(|(place, byte)| *place = byte);
    NewJob {
        id: id.into(),
        secret,
        owner: owner.map(str::to_owned),
        expires: now().plus(LATER),
        document: "{}".into(),
    }
}

async fn moved(spool: &dyn Spool, job: &StoredJob, state: JobState) -> bool {
    let change = JobChange { state, expires: job.expires, document: job.document.clone() };
    spool.set(&job.id, job.revision, &change, now()).await.unwrap()
}

/// Opens a job that waits for its turn.
async fn waiting(spool: &dyn Spool, id: &str, owner: Option<&str>, at: i64) {
    assert!(spool.open(&new(id, owner), MANY, now().plus(at)).await.unwrap());
    let job = spool.job(id).await.unwrap().unwrap();
    assert!(moved(spool, &job, JobState::Waiting).await);
}

fn slice(job: &StoredJob, holder: &str, state: JobState, text: &str) -> Slice {
    Slice {
        job: job.id.clone(),
        holder: holder.into(),
        after: job.results,
        answers: Some(Answers { rows: 2, counts: "{\"valid\":2}".into(), bytes: text.into() }),
        state,
        expires: job.expires,
        document: format!("{{\"after\":{}}}", job.results),
    }
}

async fn claimed(spool: &dyn Spool, holder: &str, at: i64) -> Option<StoredJob> {
    spool.claim(holder, now().plus(at), now().plus(at + 30)).await.unwrap()
}

pub(super) async fn a_job_is_opened_filled_and_found(spool: Arc<dyn Spool>) {
    let opened = new("j1", Some("shop"));
    assert!(spool.open(&opened, MANY, now()).await.unwrap());
    let job = spool.job("j1").await.unwrap().unwrap();
    assert_eq!(spool.job_by_secret(&opened.secret).await.unwrap(), Some(job.clone()));
    assert_eq!((job.owner.as_deref(), job.state, job.revision), (Some("shop"), JobState::Uploading, 1));
    assert_eq!((job.created, job.expires), (now(), now().plus(LATER)));
    assert_eq!(spool.job("j2").await.unwrap(), None);
    assert_eq!(spool.job_by_secret(&[7; 32]).await.unwrap(), None);
    for number in 0..70_u8 {
        assert!(spool.put("j1", PartKind::Upload, number.into(), vec![number, 0, 255]).await.unwrap());
    }
    assert_eq!(spool.part("j1", PartKind::Upload, 2).await.unwrap(), Some(vec![2, 0, 255]));
    assert_eq!(spool.part("j1", PartKind::Result, 2).await.unwrap(), None);
    assert!(moved(&*spool, &job, JobState::Mapping).await);
    assert!(!moved(&*spool, &job, JobState::Waiting).await, "of two changes from one revision one is made");
    assert!(!spool.put("j1", PartKind::Upload, 70, vec![1]).await.unwrap(), "the file is complete");
    assert_eq!(spool.parts("j1", PartKind::Upload).await.unwrap().len(), 70);
    spool.remove("j1", PartKind::Upload).await.unwrap();
    assert_eq!(spool.parts("j1", PartKind::Upload).await.unwrap(), []);

    assert!(spool.open(&new("j2", Some("shop")), MANY, now().plus(1)).await.unwrap());
    assert!(spool.open(&new("j3", Some("other")), MANY, now()).await.unwrap());
    let names: Vec<_> = spool.jobs_of("shop", 10).await.unwrap().into_iter().map(|job| job.id).collect();
    assert_eq!(names, ["j2", "j1"], "the newest first, and of nobody else");
}

pub(super) async fn an_owner_has_so_many_jobs_and_no_more(spool: Arc<dyn Spool>) {
    let bounds = JobBounds { kept: 3, open: 2 };
    let open = async |id: &str, owner| spool.open(&new(id, owner), bounds, now()).await.unwrap();
    assert!(open("a", Some("shop")).await && open("b", Some("shop")).await);
    assert!(!open("c", Some("shop")).await, "two are open");
    assert!(open("d", None).await, "another's do not count");
    let job = spool.job("a").await.unwrap().unwrap();
    assert!(moved(&*spool, &job, JobState::Done).await);
    assert!(open("c", Some("shop")).await);
    let job = spool.job("b").await.unwrap().unwrap();
    assert!(moved(&*spool, &job, JobState::Cancelled).await);
    assert!(!open("e", Some("shop")).await, "three are kept");
    assert!(spool.erase("a").await.unwrap());
    assert!(open("e", Some("shop")).await);
}

pub(super) async fn turns_go_round_among_owners(spool: Arc<dyn Spool>) {
    for (id, owner, at) in
        [("a1", Some("a"), 0), ("a2", Some("a"), 1), ("b1", Some("b"), 2), ("n1", None, 3), ("n2", None, 4)]
    {
        waiting(&*spool, id, owner, at).await;
    }
    let mut order = Vec::new();
    for turn in 0..9_i64 {
        let job = claimed(&*spool, "w", 10 + turn).await.unwrap();
        order.push(job.id.clone());
        assert!(spool.hand_in(slice(&job, "w", JobState::Running, "x"), now()).await.unwrap());
    }
    assert_eq!(
        order,
        ["a1", "b1", "n1", "a1", "b1", "n1", "a1", "b1", "n1"],
        "each owner's oldest, by turns"
    );

    // Several at once: nobody gets the same.
    let mut at_once = Vec::new();
    while let Some(job) = claimed(&*spool, "w", 30).await {
        at_once.push(job.id);
    }
    assert_eq!(at_once, ["a1", "b1", "n1", "a2", "n2"]);
}

pub(super) async fn a_slice_is_taken_once_and_from_its_holder(spool: Arc<dyn Spool>) {
    waiting(&*spool, "j", Some("shop"), 0).await;
    let first = claimed(&*spool, "one", 0).await.unwrap();
    assert_eq!((first.state, first.attempts, first.results), (JobState::Running, 1, 0));
    assert_eq!(claimed(&*spool, "other", 29).await, None, "it is claimed");
    assert!(spool.prolong("j", "one", now().plus(60)).await.unwrap());
    assert_eq!(claimed(&*spool, "other", 59).await, None, "and prolonged");

    // It has run out, and somebody else goes on. Whoever was away comes too late, also with the same slice.
    let second = claimed(&*spool, "other", 60).await.unwrap();
    assert_eq!(second.attempts, 2);
    assert!(!spool.prolong("j", "one", now().plus(99)).await.unwrap());
    assert!(!spool.hand_in(slice(&first, "one", JobState::Running, "late"), now()).await.unwrap());
    assert!(spool.hand_in(slice(&second, "other", JobState::Running, "zero"), now()).await.unwrap());
    assert!(!spool.hand_in(slice(&second, "other", JobState::Running, "twice"), now()).await.unwrap());

    let third = claimed(&*spool, "one", 61).await.unwrap();
    assert_eq!((third.attempts, third.results, third.document.as_str()), (1, 1, "{\"after\":0}"));
    assert!(spool.hand_in(slice(&third, "one", JobState::Running, "one"), now()).await.unwrap());
    let fourth = claimed(&*spool, "one", 62).await.unwrap();
    spool.release("j", "one", now().plus(70), true).await.unwrap();
    assert_eq!(claimed(&*spool, "one", 69).await, None, "not before then");
    let again = claimed(&*spool, "one", 70).await.unwrap();
    assert_eq!((again.attempts, again.results), (fourth.attempts, 2), "it was no attempt");
    let last = Slice { answers: None, ..slice(&again, "one", JobState::Done, "") };
    assert!(spool.hand_in(last, now()).await.unwrap());
    assert_eq!(claimed(&*spool, "one", 1_000).await, None, "nothing is left to do");

    let parts = spool.parts("j", PartKind::Result).await.unwrap();
    let numbers: Vec<_> = parts.iter().map(|part| (part.number, part.rows, part.counts.as_str())).collect();
    assert_eq!(numbers, [(0, 2, "{\"valid\":2}"), (1, 2, "{\"valid\":2}")]);
    for (number, text) in [(0, "zero"), (1, "one")] {
        let bytes = spool.part("j", PartKind::Result, number).await.unwrap();
        assert_eq!(bytes.as_deref(), Some(text.as_bytes()));
    }
}

pub(super) async fn whoever_stops_a_job_stops_its_worker(spool: Arc<dyn Spool>) {
    waiting(&*spool, "j", None, 0).await;
    let held = claimed(&*spool, "one", 0).await.unwrap();
    let seen = spool.job("j").await.unwrap().unwrap();
    assert!(moved(&*spool, &seen, JobState::Cancelled).await);
    assert!(!spool.prolong("j", "one", now().plus(60)).await.unwrap());
    assert!(!spool.hand_in(slice(&held, "one", JobState::Running, "late"), now()).await.unwrap());
    assert_eq!(spool.job("j").await.unwrap().unwrap().state, JobState::Cancelled);
    assert_eq!(spool.parts("j", PartKind::Result).await.unwrap(), []);
}

pub(super) async fn what_has_expired_is_erased_with_its_parts(spool: Arc<dyn Spool>) {
    assert!(spool.open(&new("old", None), MANY, now()).await.unwrap());
    assert!(spool.put("old", PartKind::Upload, 0, vec![1]).await.unwrap());
    let young = NewJob { expires: now().plus(2 * LATER), ..new("young", None) };
    assert!(spool.open(&young, MANY, now()).await.unwrap());
    assert!(spool.put("young", PartKind::Look, 0, vec![2]).await.unwrap());
    assert_eq!(spool.sweep(now().plus(LATER - 1)).await.unwrap(), 0);
    assert_eq!(spool.sweep(now().plus(LATER)).await.unwrap(), 1);
    assert_eq!(spool.job("old").await.unwrap(), None);
    assert_eq!(spool.part("old", PartKind::Upload, 0).await.unwrap(), None);
    assert_eq!(spool.part("young", PartKind::Look, 0).await.unwrap(), Some(vec![2]));
    assert!(spool.erase("young").await.unwrap());
    assert!(!spool.erase("young").await.unwrap());
    assert_eq!(spool.part("young", PartKind::Look, 0).await.unwrap(), None);
}

pub(super) async fn what_an_owner_said_of_columns_is_kept(spool: Arc<dyn Spool>) {
    let said = async |owner: &str, headings: u8| spool.columns(owner, &[headings; 32]).await.unwrap();
    assert_eq!(said("shop", 1).await, None);
    spool.keep_columns("shop", &[1; 32], "first", now()).await.unwrap();
    spool.keep_columns("shop", &[1; 32], "second", now().plus(1)).await.unwrap();
    spool.keep_columns("other", &[1; 32], "its own", now()).await.unwrap();
    assert_eq!(said("shop", 1).await.as_deref(), Some("second"), "the last word holds");
    assert_eq!(said("other", 1).await.as_deref(), Some("its own"));
    assert_eq!(said("shop", 2).await, None, "of files with other headings nothing was said");
    for headings in 2..=101 {
        let at = now().plus(i64::from(headings));
        spool.keep_columns("shop", &[headings; 32], "one of many", at).await.unwrap();
    }
    assert_eq!(said("shop", 1).await, None, "the oldest goes");
    assert!(said("shop", 2).await.is_some() && said("shop", 101).await.is_some());
    assert!(said("other", 1).await.is_some(), "and nobody else's");
}
