//! Evidence files in a real S3 server, and what becomes of them when it is not well.

use std::error::Error;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use shirushi_server::clock::SystemClock;
use shirushi_server::evidence::conformance::{self, Subject};
use shirushi_server::evidence::{
    EvidenceError, EvidenceFiles, EvidenceStore, MaxSize, S3Credentials, S3Place, S3Store, StoreError,
};
use shirushi_server::scheme::evidence::ContentHash;
use shirushi_tests::patience::until;
use shirushi_tests::proxy::Proxy;
use shirushi_tests::s3::{BUCKET, KEY_ID, S3Server, SECRET};

const REPORT: Bytes = Bytes::from_static(b"%PDF-1.7 a report");

/// A store at `endpoint`, with further words for its URL.
fn store_at(endpoint: &str, further: &str, secret: &str) -> Result<S3Store, StoreError> {
    let credentials =
        S3Credentials { key_id: KEY_ID.to_owned(), secret: secret.to_owned(), session_token: None };
    let url = format!("s3://{BUCKET}/a/b?endpoint={endpoint}{further}");
    S3Store::open(S3Place::parse(&url, credentials).unwrap(), SystemClock::default())
}

fn store(server: &S3Server) -> S3Store {
    store_at(&server.endpoint(), "", SECRET).unwrap()
}

/// An error with all its causes, as a log shows it.
fn told(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |&error| error.source());
    causes.fold(error.to_string(), |told, cause| format!("{told}: {cause}"))
}

fn assert_unavailable<T>(answer: Result<T, StoreError>) {
    match answer {
        Err(StoreError::Unavailable(_)) => {}
        Err(other) => panic!("refused: {other}"),
        Ok(_) => panic!("an answer of nobody"),
    }
}

/// Waits until the store is asked again; how long that takes is not asked.
async fn again(store: &S3Store) {
    until("the store is asked again", async || store.ready().await.is_ok()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_s3_store_conforms() {
    conformance::run(|| async {
        let server = Arc::new(S3Server::start().await);
        let (counted, damaged) = (Arc::clone(&server), Arc::clone(&server));
        Subject {
            store: Arc::new(store(&server)),
            count: Box::new(move || counted.count()),
            damage: Box::new(move |place, damage| {
                let object = damaged.objects().join("a/b").join(place);
                let mut content = fs::read(&object).unwrap();
                damage(&mut content);
                fs::write(&object, content).unwrap();
            }),
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_gone_says_nothing_of_what_it_has() {
    let server = S3Server::start().await;
    let proxy = Proxy::start(server.address()).await;
    let store = store_at(&format!("http://{}", proxy.address()), "", SECRET).unwrap();
    let hash = ContentHash::of(&REPORT);
    store.write(&hash, REPORT).await.unwrap();

    proxy.cut();
    assert_unavailable(store.read(&hash).await);
    let connections = proxy.connections();
    assert_unavailable(store.read(&ContentHash::of(b"never put")).await);
    assert_unavailable(store.write(&hash, REPORT).await);
    assert_eq!(proxy.connections(), connections, "it is left alone for a moment");

    proxy.clear();
    again(&store).await;
    assert_eq!(store.read(&hash).await.unwrap().unwrap(), REPORT);
    assert_eq!(store.read(&ContentHash::of(b"never put")).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_once_is_not_noticed() {
    let server = S3Server::start().await;
    let proxy = Proxy::start(server.address()).await;
    let store = store_at(&format!("http://{}", proxy.address()), "", SECRET).unwrap();
    proxy.cut();
    let writing = tokio::spawn(async move { store.write(&ContentHash::of(&REPORT), REPORT).await });
    // It has tried, and was refused.
    while proxy.connections() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    proxy.clear();
    writing.await.unwrap().unwrap();
    assert_eq!(server.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_answers_too_slowly_is_not_waited_for() {
    let server = S3Server::start().await;
    let proxy = Proxy::start(server.address()).await;
    let store = store_at(&format!("http://{}", proxy.address()), "", SECRET)
        .unwrap()
        .with_patience(Duration::from_millis(300));
    let hash = ContentHash::of(&REPORT);
    store.write(&hash, REPORT).await.unwrap();
    proxy.stall();
    // Without a bound this would wait for good, since nothing ever comes.
    assert_unavailable(store.read(&hash).await);
    assert_unavailable(store.write(&hash, REPORT).await);
    proxy.clear();
    again(&store).await;
    assert_eq!(store.read(&hash).await.unwrap().unwrap(), REPORT);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_named_and_not_told() {
    let server = S3Server::start().await;
    let store = store_at(&server.endpoint(), "", "another+secret").unwrap();
    let hash = ContentHash::of(&REPORT);
    for failure in [
        store.write(&hash, REPORT).await.unwrap_err(),
        store.read(&hash).await.unwrap_err(),
        store.ready().await.unwrap_err(),
    ] {
        assert!(matches!(failure, StoreError::Refused(_)), "{failure:?}");
        let told = format!("{} {failure:?}", told(&failure));
        assert!(told.contains("403 SignatureDoesNotMatch: the access key or its secret is wrong"), "{told}");
        for secret in ["another", "Signature=", KEY_ID] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
    }
    assert_eq!(server.count(), 0);

    fs::remove_dir_all(server.objects()).unwrap();
    // To a reading this server says `NoSuchKey` without a bucket, unlike Amazon's, whose answer is told apart by a test
    // beside the code.
    let failure = self::store(&server).ready().await.unwrap_err();
    assert!(told(&failure).contains("404 NoSuchBucket: the bucket is not there"), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_was_changed_on_its_way_is_refused_by_the_store() {
    let server = S3Server::start().await;
    let store = store(&server);
    let hash = ContentHash::of(&REPORT);
    let refused = store.write(&hash, Bytes::from_static(b"changed")).await.unwrap_err();
    assert!(told(&refused).contains("400 BadDigest"), "{refused:?}");
    // This server says so after it has kept the object, unlike Amazon's. It is not handed out all the same.
    let files = EvidenceFiles::new(Arc::new(store), MaxSize::new(1).unwrap());
    assert!(matches!(files.read(&hash).await, Err(EvidenceError::Corrupt(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_spoken_with_whom_our_authorities_vouch_for() {
    let server = S3Server::start_tls().await;
    let trusting = format!("&ca={}", server.authority().display());
    let store = store_at(&server.endpoint(), &trusting, SECRET).unwrap();
    let hash = ContentHash::of(&REPORT);
    store.write(&hash, REPORT).await.unwrap();
    assert_eq!(store.read(&hash).await.unwrap().unwrap(), REPORT);

    // By its address, to which the certificate is not made out.
    let by_address = format!("https://{}", server.address());
    assert_unavailable(store_at(&by_address, &trusting, SECRET).unwrap().read(&hash).await);

    let other = S3Server::start_tls().await;
    let distrusting = format!("&ca={}", other.authority().display());
    let failure = store_at(&server.endpoint(), &distrusting, SECRET).unwrap().read(&hash).await.unwrap_err();
    assert!(told(&failure).contains("certificate"), "{}", told(&failure));
    let none = format!("&ca={}", server.objects().display());
    assert!(matches!(store_at(&server.endpoint(), &none, SECRET), Err(StoreError::Refused(_))));

    // The authorities of this machine do not know it either; on a machine that has none, that is told at once.
    if let Ok(store) = store_at(&server.endpoint(), "", SECRET) {
        assert_unavailable(store.read(&hash).await);
    }
}
