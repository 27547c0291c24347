use std::sync::Arc;

use redis::{AsyncCommands, Client};
use shirushi_shared::status::Revision;

use super::*;
use crate::{
    cache::conformance::{self, Subject},
    registry::{Position, conformance::sample},
    started::Started,
};

/// An empty cache in the server at `url`.
async fn subject(url: String) -> Subject {
    let client = Client::open(url.as_str()).unwrap();
    let client = move || {
        let client = client.clone();
        async move { client.get_multiplexed_async_connection().await.unwrap() }
    };
    let evicting = client.clone();
    let _: () = client().await.flushall().await.unwrap();
    Subject {
        cache: Arc::new(RedisCache::new(&url).unwrap()),
        forget: Box::new(move || {
            let connection = client();
            Box::pin(async move { connection.await.flushall().await.unwrap() })
        }),
        evict: Box::new(move |number| {
            let connection = evicting();
            Box::pin(async move { connection.await.del(key(&number)).await.unwrap() })
        }),
    }
}

fn key(number: &RegistrationNumber) -> String {
    format!("{OURS}s:{number}")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_learnt_of_one_registry_is_not_told_of_another() {
    let Some(server) = crate::started::redis().await else { return };
    let of = |identity: &str| RedisCache::new(&server.url("0")).unwrap().of_registry(identity);
    let (one, other) = (of("one"), of("other"));
    assert_eq!(advance(&one, confirmed(40, 0)).await, Kept::Written);
    let ticket = one.read(&sample::number(1)).await.unwrap().ticket;
    one.fill(&record(4), sample::now(), &ticket).await.unwrap();
    assert!(one.read(&sample::number(1)).await.unwrap().found.is_some());
    assert_eq!(other.confirmed().await.unwrap().0, None, "its life has not begun");
    assert!(other.read(&sample::number(1)).await.unwrap().found.is_none());
    assert_eq!(advance(&other, confirmed(3, 0)).await, Kept::Written, "and begins lower");
    assert_eq!(one.confirmed().await.unwrap().0, Some(confirmed(40, 0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_conforms() {
    let Some(server) = crate::started::redis().await else { return };
    conformance::run(|| subject(server.url("0"))).await;
}

fn record(revision: u64) -> StatusRecord {
    let new = sample::new(1);
    StatusRecord {
        number: new.registration.number,
        revision: Revision::new(revision),
        state: shirushi_shared::label::LabelState::Active,
        valid: new.valid,
        tokens: vec![],
    }
}

fn confirmed(position: u64, seconds: i64) -> Confirmed {
    Confirmed { position: Position(position), as_of: sample::now().plus(seconds) }
}

async fn advance(cache: &RedisCache, to: Confirmed) -> Kept {
    let (_, ticket) = cache.confirmed().await.unwrap();
    cache.advance(&[], to, &ticket).await.unwrap()
}

/// Waits until the server has been found again; how long that takes is not asked.
async fn again(cache: &RedisCache) {
    while cache.ready().await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn save_and_kill(server: &mut Started) {
    let client = Client::open(server.url("0")).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("SAVE").exec_async(&mut connection).await.unwrap();
    server.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_snapshot_is_not_kept_current() {
    let Some(mut server) = crate::started::redis().await else { return };
    let cache = RedisCache::new(&server.url("0")).unwrap();
    let number = sample::number(1);
    advance(&cache, confirmed(7, 0)).await;
    let before = cache.read(&number).await.unwrap().ticket;
    cache.fill(&record(1), sample::now().plus(1), &before).await.unwrap();
    advance(&cache, confirmed(7, 10)).await;
    let (_, relay_before) = cache.confirmed().await.unwrap();

    save_and_kill(&mut server).await;
    assert!(cache.read(&number).await.is_err());
    assert!(cache.read(&number).await.is_err(), "and is left alone, which is an error as well");
    server.start_redis_again().await;
    again(&cache).await;

    let found = cache.read(&number).await.unwrap().found.unwrap();
    assert_eq!(found, (record(1), sample::now().plus(10)), "it is there, as old as it was");
    let late = cache.advance(&[], confirmed(9, 20), &relay_before).await.unwrap();
    assert_eq!(late, Kept::OtherLife, "the relay cannot go on as if nothing had happened");
    assert_eq!(cache.confirmed().await.unwrap().0, None);

    // While it was away the label was changed, at position 8. The relay begins behind that.
    assert_eq!(advance(&cache, confirmed(8, 30)).await, Kept::Written);
    let found = cache.read(&number).await.unwrap().found.unwrap();
    assert_eq!(
        found.1,
        sample::now().plus(1),
        "it is as old as its own reading, since nobody knows what it missed"
    );
    assert_eq!(cache.fill(&record(1), sample::now().plus(11), &before).await.unwrap(), Kept::OtherLife);

    let ticket = cache.read(&number).await.unwrap().ticket;
    cache.fill(&record(2), sample::now().plus(31), &ticket).await.unwrap();
    advance(&cache, confirmed(8, 40)).await;
    assert_eq!(cache.read(&number).await.unwrap().found, Some((record(2), sample::now().plus(40))));
}

#[tokio::test]
async fn a_redis_that_is_not_there_is_an_error_and_no_more() {
    // Port 1 of this machine: nobody listens.
    let cache = RedisCache::new("redis://127.0.0.1:1").unwrap();
    assert!(cache.ready().await.is_err());
    let left_alone = cache.read(&sample::number(1)).await.err().unwrap();
    assert!(left_alone.0.is::<LeftAlone>(), "{left_alone:?}");
    assert!(RedisCache::new("http://127.0.0.1").is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_hand_wrote_is_a_miss_and_is_written_over() {
    let Some(server) = crate::started::redis().await else { return };
    let cache = RedisCache::new(&server.url("0")).unwrap();
    let client = Client::open(server.url("0")).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    for junk in ["", "junk", "1 2 - {\"number\":", "99999999999999999999 1 - {}"] {
        let _: () = connection.set(key(&sample::number(1)), junk).await.unwrap();
        let lookup = cache.read(&sample::number(1)).await.unwrap();
        assert_eq!(lookup.found, None, "{junk:?}");
    }
    let _: () = connection.set(key(&sample::number(1)), "junk").await.unwrap();
    let _: () = connection.set("{shirushi:1}:control", "junk").await.unwrap();
    assert_eq!(advance(&cache, confirmed(1, 1)).await, Kept::Written);
    let ticket = cache.read(&sample::number(1)).await.unwrap().ticket;
    assert_eq!(cache.fill(&record(1), sample::now(), &ticket).await.unwrap(), Kept::Written);
    assert_eq!(cache.confirmed().await.unwrap().0, Some(confirmed(1, 1)));
}
