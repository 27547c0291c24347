//! Rows out of a body as it comes in.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _};
use shirushi_shared::api::{StopCode, Stopped};
use tokio::time::{Instant, timeout};

use super::Limits;
use crate::{
    http::rest::drain,
    service::{
        bulk::{BATCH, Feed, Given},
        health::Health,
    },
};

/// How long nothing may come.
const IDLE: Duration = Duration::from_secs(30);
/// How often it is looked meanwhile whether the service is about to stop.
const LOOK: Duration = Duration::from_millis(500);
/// A body on its way in.
pub(super) struct Upload {
    body: BodyDataStream,
    feed: Feed,
    rows: u64,
    bytes: u64,
    limits: Limits,
    began: Instant,
    health: Health,
    /// Whether all that will be read has been.
    ended: bool,
    /// Whether no more rows are taken.
    full: bool,
    ending: Ending,
}

/// How an upload ended; shared with whoever writes the last line.
#[derive(Clone, Default)]
pub(super) struct Ending(Arc<Mutex<Option<Cut>>>);

/// Why an upload was stopped, and the rest of it, where that is still to be taken.
type Cut = (Stopped, Option<BodyDataStream>);

impl Ending {
    /// Why it was stopped, where it was.
    pub(super) fn why(&self) -> Option<Stopped> {
        let ending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ending.as_ref().map(|(stopped, _)| stopped.clone())
    }

    /// Takes and drops the rest of what was stopped.
    pub(super) async fn drain(self) {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner).take().and_then(|(_, body)| body);
        if let Some(body) = body {
            drain(body).await;
        }
    }

    fn put(&self, stopped: Stopped, rest: Option<BodyDataStream>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((stopped, rest));
    }
}

impl Upload {
    pub(super) fn new(body: Body, feed: Feed, limits: Limits, health: Health, ending: Ending) -> Self {
        Self {
            body: body.into_data_stream(),
            feed,
            rows: 0,
            bytes: 0,
            limits,
            began: Instant::now(),
            health,
            ended: false,
            full: false,
            ending,
        }
    }

    /// The next rows: those that are there, and at least one.
    pub(super) async fn batch(mut self) -> Option<(Vec<Given>, Self)> {
        let mut rows = Vec::new();
        if !self.ended
            && let Err(stopped) = self.may_go_on()
        {
            self.stop(stopped);
        }
        loop {
            self.take_rows(&mut rows);
            if self.ended || rows.len() >= BATCH {
                break;
            }
            let frame = if rows.is_empty() {
                self.wait().await
            } else {
                match self.body.next().now_or_never() {
                    Some(frame) => Self::frame(frame),
                    None => break,
                }
            };
            match frame {
                Ok(Some(frame)) => self.take_frame(&frame),
                Ok(None) => self.ended = true,
                Err(stopped) => self.stop(stopped),
            }
        }
        (!rows.is_empty()).then_some((rows, self))
    }

    /// What comes next, however long that takes within the limits.
    async fn wait(&mut self) -> Result<Option<Bytes>, Stopped> {
        let since = Instant::now();
        loop {
            match timeout(LOOK, self.body.next()).await {
                Ok(frame) => return Self::frame(frame),
                Err(_) if since.elapsed() >= IDLE => {
                    let detail = format!("nothing came for {} s", IDLE.as_secs());
                    return Err(Stopped { code: StopCode::Idle, detail });
                }
                Err(_) => self.may_go_on()?,
            }
        }
    }

    fn may_go_on(&self) -> Result<(), Stopped> {
        let (code, detail) = if self.health.is_draining() {
            (StopCode::Stopping, "the service is about to stop: send the rest again".to_owned())
        } else if self.began.elapsed() >= self.limits.time {
            (StopCode::TooSlow, self.limits.too_slow())
        } else {
            return Ok(());
        };
        Err(Stopped { code, detail })
    }

    fn frame(frame: Option<Result<Bytes, axum::Error>>) -> Result<Option<Bytes>, Stopped> {
        frame.transpose().map_err(|_| Stopped {
            code: StopCode::BrokeOff,
            detail: "the upload ended before it was complete".to_owned(),
        })
    }

    /// No more is read, and what is no whole row is not taken for one.
    fn stop(&mut self, stopped: Stopped) {
        let was_complete = std::mem::replace(&mut self.ended, true);
        self.full = true;
        let body = std::mem::replace(&mut self.body, Body::empty().into_data_stream());
        // Of whom nothing comes, there is nothing to wait for.
        let is_gone = was_complete || matches!(stopped.code, StopCode::Idle | StopCode::BrokeOff);
        self.ending.put(stopped, (!is_gone).then_some(body));
    }

    fn take_frame(&mut self, frame: &Bytes) {
        let room = usize::try_from(self.limits.bytes - self.bytes).unwrap_or(usize::MAX);
        let taken = frame.get(..room).unwrap_or(frame);
        self.bytes += taken.len() as u64;
        let fed = self.feed.feed(taken);
        if taken.len() < frame.len() {
            let detail = self.limits.too_many_bytes();
            self.stop(Stopped { code: StopCode::TooManyBytes, detail });
        } else if let Err(stopped) = fed {
            self.stop(stopped);
        }
    }

    /// Takes the rows that are whole, as many as the batch has room for; the last one also where it has no end.
    fn take_rows(&mut self, rows: &mut Vec<Given>) {
        while rows.len() < BATCH && !self.full {
            let next = match self.feed.next_row() {
                Ok(None) if self.ended => self.feed.last_row(),
                next => next,
            };
            match next {
                Ok(None) => return,
                Ok(Some(_)) if self.rows == self.limits.rows => {
                    let detail = self.limits.too_many_rows();
                    self.stop(Stopped { code: StopCode::TooManyRows, detail });
                }
                Ok(Some(row)) => {
                    self.rows += 1;
                    rows.push(row);
                }
                Err(stopped) => self.stop(stopped),
            }
        }
    }
}
