//! `kill -9` between the commit and the delivery, and during it: nothing that was committed is not told.

use std::collections::BTreeSet;

use shirushi_tests::patience::until;
use shirushi_tests::postgres::Postgres;
use shirushi_tests::process::{free_port, is_gone};

use super::receiver::{Answer, Receiver};
use super::{LOOPBACK, Shop, bare};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_committed_is_told_whenever_the_service_is_killed() {
    let (shop, receiver) = (Shop::open(), Receiver::start().await);
    let mut node = shop.node(&LOOPBACK).await;
    let (_, secret) = shop.webhook(&node, &receiver.url).await;
    shop.list(&node, 0..10).await;
    for label in 0..10 {
        shop.suspend(&node, label).await;
        // From at once after the commit to some way into the delivery.
        tokio::time::sleep(std::time::Duration::from_millis(3 * u64::from(label))).await;
        node.process().signal("KILL");
        until("it is gone", async || is_gone(node.process().id())).await;
        node = shop.node(&LOOPBACK).await;
    }
    let numbers = |arrived: &[super::receiver::Arrived]| -> BTreeSet<String> {
        arrived.iter().map(|one| one.number().to_owned()).collect()
    };
    let all: BTreeSet<_> = (0..10).map(bare).collect();
    let arrived = receiver.when(|arrived| numbers(arrived) == all).await;
    let ids: BTreeSet<_> = arrived.iter().map(|one| &one.id).collect();
    assert_eq!(ids.len(), 10, "what arrives twice has the same id");
    assert!(arrived.iter().all(|one| one.is_signed_by(&secret)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_was_under_way_is_made_again_with_its_id() {
    let (shop, receiver) = (Shop::open(), Receiver::start().await);
    let node = shop.node(&LOOPBACK).await;
    shop.webhook(&node, &receiver.url).await;
    shop.list(&node, 0..1).await;
    receiver.answers(Answer::Never);
    shop.suspend(&node, 0).await;
    shop.reinstate(&node, 0).await;
    let first = receiver.after(1).await;
    node.process().signal("KILL");
    until("it is gone", async || is_gone(node.process().id())).await;
    receiver.answers(Answer::Fine);
    let _node = shop.node(&LOOPBACK).await;
    let arrived = receiver.after(3).await;
    assert_eq!(arrived[1].id, first[0].id);
    assert_eq!([arrived[1].reason(), arrived[2].reason()], ["suspended", "reinstated"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_node_tells_what_the_killed_one_had_committed_and_nobody_tells_it_twice() {
    let receiver = Receiver::start().await;
    let database = Postgres::shared().await.database().await;
    let shop = Shop::over(tempfile::tempdir().unwrap(), database);
    let (one, other) = (shop.node(&LOOPBACK).await, shop.node_at(free_port(), &LOOPBACK).await);
    shop.webhook(&one, &receiver.url).await;
    shop.list(&one, 0..10).await;
    for label in 0..9 {
        shop.suspend(if label % 2 == 0 { &one } else { &other }, label).await;
    }
    let arrived = receiver.after(9).await;
    let ids: BTreeSet<_> = arrived.iter().map(|one| one.id.clone()).collect();
    assert_eq!((arrived.len(), ids.len()), (9, 9), "two nodes, and each message once");
    shop.suspend(&one, 9).await;
    one.process().signal("KILL");
    receiver.when(|arrived| arrived.iter().any(|told| told.number() == bare(9))).await;
}
