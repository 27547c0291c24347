//! Readers alone, without a relay.

use std::sync::Arc;

use futures_util::future::join_all;

use super::{Kept, Subject, number, record, second};

pub(super) async fn a_record_is_as_old_as_its_reading(subject: Subject) {
    assert_eq!(subject.found(1).await, None);
    assert_eq!(subject.fill(1, 1, 10).await, Kept::Written);
    assert_eq!(subject.found(1).await, Some((1, second(10))));
    assert_eq!(subject.found(2).await, None, "of this number only");
    assert_eq!(subject.fill(1, 1, 20).await, Kept::Written);
    assert_eq!(subject.found(1).await, Some((1, second(20))), "read again, it is younger");
}

pub(super) async fn an_older_revision_never_replaces_a_newer_one(subject: Subject) {
    assert_eq!(subject.fill(1, 9, 10).await, Kept::Written);
    assert_eq!(subject.fill(1, 10, 11).await, Kept::Written, "ten is more than nine");
    assert_eq!(subject.fill(1, 9, 99).await, Kept::Newer);
    assert_eq!(subject.found(1).await, Some((10, second(11))));
}

pub(super) async fn many_are_found_in_the_order_in_which_they_are_sought(subject: Subject) {
    for (index, seconds) in [(1, 10), (2, 20), (3, 30)] {
        assert_eq!(subject.fill(index, 1, seconds).await, Kept::Written);
    }
    let found = subject.cache.read_many(&[number(3), number(9), number(1), number(3)]).await;
    let found = found.into_iter().map(|lookup| lookup.unwrap().found);
    let expected = [Some((record(3, 1), second(30))), None, Some((record(1, 1), second(10)))];
    assert_eq!(found.collect::<Vec<_>>(), [&expected[..], &expected[..1]].concat());
}

pub(super) async fn many_at_once_leave_the_newest(subject: Subject) {
    let ticket = subject.cache.read(&number(1)).await.unwrap().ticket;
    let fills = (1..=100_u64).map(|step| {
        let (cache, ticket) = (Arc::clone(&subject.cache), ticket.clone());
        let revision = step * 37 % 101;
        tokio::spawn(async move { cache.fill(&record(1, revision), second(0), &ticket).await.unwrap() })
    });
    for fill in join_all(fills).await {
        assert_ne!(fill.unwrap(), Kept::OtherLife);
    }
    assert_eq!(subject.found(1).await, Some((100, second(0))));
}
