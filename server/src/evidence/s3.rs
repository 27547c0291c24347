//! Evidence in an S3-compatible store: for any number of nodes.
//!
//! The key of a file is `PREFIX/ab/cdef…`, as in the folder store, so that either can be copied to the other by any tool.
//! Requests are signed by `rusty-s3` in the query (`X-Amz-Signature`), with five minutes to live; such a URL is a
//! credential for that time, and appears in no log and no error.
//!
//! Everything asked here may be asked twice: a file's name is its content. So every request is repeated, where the store
//! cannot be reached or says that it is overloaded, a few times within one bounded time; after that the store is left alone
//! for a moment. What it refuses (credentials, permissions, bucket) is not repeated.
//!
//! The credentials' permissions are `GetObject`, `PutObject`, and `ListBucket`: without the last, Amazon's S3 answers 403
//! and not 404 for what is not there. `DeleteObject` is not needed, and better not given.

mod answer;
mod http;
mod place;

pub use place::{S3Credentials, S3Place};

use std::time::Duration;

use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use hyper::StatusCode;
use jiff::Timestamp;
use rusty_s3::S3Action;
use tokio::time::{sleep, timeout};

use self::{answer::Answer, http::HttpClient};
use super::{Cause, ContentHash, EvidenceStore, StoreError, place_of};
use crate::{breaker::Breaker, clock::SystemClock};

/// How long an answer may take, with all repetitions: enough for the largest file at 4 MB/s.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the answer may take whether the store is there.
const PATIENCE_READY: Duration = Duration::from_secs(2);
/// Before each repetition.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];
/// How long a store that did not answer is left alone.
const ALONE: Duration = Duration::from_secs(2);
/// How long a signature holds. The clocks of both sides may differ by no more.
const SIGNED_FOR: Duration = Duration::from_mins(5);
/// The bucket itself, as `rusty-s3` names it.
const BUCKET: &str = "";

/// Evidence in a bucket.
pub struct S3Store {
    place: S3Place,
    http: HttpClient,
    clock: SystemClock,
    breaker: Breaker,
    patience: Duration,
}

/// The store is left alone for a moment, since it did not answer just now.
#[derive(Debug, thiserror::Error)]
#[error("not asked: it did not answer a moment ago")]
struct LeftAlone;

/// The store answered that it cannot.
#[derive(Debug, thiserror::Error)]
#[error("it answered {0}")]
struct Overloaded(StatusCode);

impl S3Store {
    /// A store at `place`. It connects when it is first used: one that is away now may be there later. Needs a Tokio
    /// runtime.
    ///
    /// # Errors
    /// `Refused`, where no authorities for TLS can be read.
    pub fn open(place: S3Place, clock: SystemClock) -> Result<Self, StoreError> {
        let http = HttpClient::new(&place).map_err(StoreError::Refused)?;
        Ok(Self { place, http, clock, breaker: Breaker::new(ALONE), patience: PATIENCE })
    }

    /// The same store, given up after `patience` and not after 20 seconds.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// What the store answers to `action` with `content`.
    async fn ask<'a, A: S3Action<'a>>(
        &self,
        action: &A,
        headers: &[(&'static str, String)],
        content: Bytes,
        patience: Duration,
    ) -> Result<Answer, StoreError> {
        if self.breaker.is_open() {
            return Err(StoreError::Unavailable(LeftAlone.into()));
        }
        let answer = match timeout(patience, self.insist(action, headers, content)).await {
            Ok(Ok(answer)) if answer.is_passing() => Err(Overloaded(answer.status).into()),
            Ok(answer) => answer,
            Err(late) => Err(late.into()),
        };
        match answer {
            Ok(_) => self.breaker.succeeded(),
            Err(_) => self.breaker.failed(),
        }
        answer.map_err(StoreError::Unavailable)
    }

    /// The first answer that will not be another one in a moment, or the last.
    async fn insist<'a, A: S3Action<'a>>(
        &self,
        action: &A,
        headers: &[(&'static str, String)],
        content: Bytes,
    ) -> Result<Answer, Cause> {
        for pause in PAUSES {
            match self.ask_once(action, headers, content.clone()).await {
                Ok(answer) if !answer.is_passing() => return Ok(answer),
                _ => sleep(pause).await,
            }
        }
        self.ask_once(action, headers, content).await
    }

    async fn ask_once<'a, A: S3Action<'a>>(
        &self,
        action: &A,
        headers: &[(&'static str, String)],
        content: Bytes,
    ) -> Result<Answer, Cause> {
        let now = Timestamp::from_second(self.clock.now().as_secs())?;
        let url = action.sign_with_time(SIGNED_FOR, &now);
        self.http.send(A::METHOD.to_str(), url.as_str(), headers, content).await
    }

    fn key(&self, hash: &ContentHash) -> String {
        self.place.key(&place_of(hash).join("/"))
    }
}

#[async_trait]
impl EvidenceStore for S3Store {
    async fn write(&self, hash: &ContentHash, content: Bytes) -> Result<(), StoreError> {
        let key = self.key(hash);
        let mut put = self.place.bucket().put_object(Some(self.place.credentials()), &key);
        // Signed: the store takes it only if what arrived has this hash. And a browser that is sent here by somebody
        // else's settings shows nothing.
        let headers = [
            ("content-type", "application/octet-stream".to_owned()),
            ("x-amz-checksum-sha256", BASE64_STANDARD.encode(hash.as_bytes())),
        ];
        for (name, value) in &headers {
            put.headers_mut().insert(*name, value.as_str());
        }
        let answer = self.ask(&put, &headers, content, self.patience).await?;
        if answer.status == StatusCode::OK { Ok(()) } else { Err(answer.refusal()) }
    }

    async fn read(&self, hash: &ContentHash) -> Result<Option<Bytes>, StoreError> {
        let key = self.key(hash);
        let get = self.place.bucket().get_object(Some(self.place.credentials()), &key);
        self.ask(&get, &[], Bytes::new(), self.patience).await?.content()
    }

    async fn ready(&self) -> Result<(), StoreError> {
        // Lists one object (`ListObjectsV2`): that needs the bucket, the credentials and `ListBucket`, and a refusal has
        // a body that says why, which `HeadBucket` has not.
        let mut list = self.place.bucket().get_object(Some(self.place.credentials()), BUCKET);
        list.query_mut().insert("list-type", "2");
        list.query_mut().insert("max-keys", "1");
        let patience = PATIENCE_READY.min(self.patience);
        let answer = self.ask(&list, &[], Bytes::new(), patience).await?;
        if answer.status == StatusCode::OK { Ok(()) } else { Err(answer.refusal()) }
    }
}
