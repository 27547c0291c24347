//! How far a job is, as it comes (Server-Sent Events).

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, stream};
use tokio::time::{Instant, sleep};

use super::answer::JobAnswer;
use crate::{
    clock::SystemClock,
    http::{
        extract::{Asker, Path},
        problem::Refusal,
    },
    scheme::organisation::OrganisationId,
    service::{
        health::Health,
        jobs::{Job, Jobs},
    },
};

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(1);
/// How often something is said where nothing has happened.
const BEAT: Duration = Duration::from_secs(10);
/// How long one watches; browsers begin again by themselves.
const LONGEST: Duration = Duration::from_hours(1);

/// Somebody who watches a job.
struct Watch {
    jobs: Jobs,
    clock: SystemClock,
    health: Health,
    organisation: Option<OrganisationId>,
    name: String,
    began: Instant,
    /// What is to be told next.
    next: Option<Job>,
    /// The revision that was told last.
    told: u64,
}

/// `GET /v1/jobs/{job}/events`: an event `job` at each change; the last one when it has ended.
pub(in crate::http) async fn events(
    State(jobs): State<Jobs>,
    State(clock): State<SystemClock>,
    State(health): State<Health>,
    whose: Asker,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let job = jobs.find(whose.organisation(), &name).await?;
    let watch = Watch {
        jobs,
        clock,
        health,
        organisation: whose.organisation().cloned(),
        name,
        began: Instant::now(),
        next: Some(job),
        told: 0,
    };
    Ok(Sse::new(changes(watch)).keep_alive(KeepAlive::new().interval(BEAT)).into_response())
}

fn changes(watch: Watch) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    stream::unfold(Some(watch), |watch| async move {
        let mut watch = watch?;
        let job = watch.change().await?;
        let answer = JobAnswer::of(&job, watch.clock.now());
        // Text and numbers, without line breaks: writing them cannot fail.
        let event = Event::default().event("job").json_data(answer).unwrap_or_default();
        watch.told = job.revision;
        Some((Ok(event), Some(watch).filter(|_| !job.state.is_ended())))
    })
}

impl Watch {
    /// The job when it is not any more as it was told; `None` where there is nothing more to tell.
    async fn change(&mut self) -> Option<Job> {
        if let Some(first) = self.next.take() {
            return Some(first);
        }
        loop {
            sleep(LOOK).await;
            // A service that stops does not wait for who watches.
            if self.health.is_draining() || self.began.elapsed() > LONGEST {
                return None;
            }
            // Erased, or the registry does not answer: whoever asks again is told.
            let job = self.jobs.find(self.organisation.as_ref(), &self.name).await.ok()?;
            if job.revision != self.told {
                return Some(job);
            }
        }
    }
}
