//! Readers and a relay.

use super::{Kept, Subject, confirmed, number, record, second};

pub(super) async fn what_is_kept_is_as_young_as_the_confirmation(subject: Subject) {
    assert_eq!(subject.cache.confirmed().await.unwrap().0, None);
    assert_eq!(subject.advance(&[], confirmed(7, 10)).await, Kept::Written);
    assert_eq!(subject.cache.confirmed().await.unwrap().0, Some(confirmed(7, 10)));
    assert_eq!(subject.fill(1, 3, 12).await, Kept::Written);
    assert_eq!(subject.found(1).await, Some((3, second(12))), "its own reading is the younger one");
    assert_eq!(subject.advance(&[], confirmed(7, 20)).await, Kept::Written);
    assert_eq!(subject.found(1).await, Some((3, second(20))));
    // The relay stops: nothing gets younger.
    assert_eq!(subject.found(1).await, Some((3, second(20))));
    assert_eq!(subject.fill(1, 3, 31).await, Kept::Written);
    assert_eq!(subject.found(1).await, Some((3, second(31))), "but by being read again");
}

pub(super) async fn changes_reach_what_is_there_and_what_is_not(subject: Subject) {
    subject.advance(&[], confirmed(7, 10)).await;
    subject.fill(1, 1, 11).await;
    subject.fill(2, 5, 11).await;
    let changes = [record(1, 2), record(2, 4), record(3, 1), record(1, 3)];
    assert_eq!(subject.advance(&changes, confirmed(11, 20)).await, Kept::Written);
    assert_eq!(subject.cache.confirmed().await.unwrap().0, Some(confirmed(11, 20)));
    assert_eq!(subject.found(1).await, Some((3, second(20))), "the later of its two changes");
    assert_eq!(subject.found(2).await, Some((5, second(20))), "a reader had seen a newer one, which stays");
    assert_eq!(subject.found(3).await, Some((1, second(20))), "not there before");
    subject.advance(&[], confirmed(11, 30)).await;
    assert_eq!(subject.found(3).await, Some((1, second(30))), "and kept from now on");
}

/// The race that an eviction would make of: look-up, reading, change, change applied, evicted, fill.
pub(super) async fn a_reading_that_a_change_overtook_is_not_kept(subject: Subject) {
    subject.advance(&[], confirmed(7, 10)).await;
    let ticket = subject.cache.read(&number(1)).await.unwrap().ticket;
    subject.advance(&[record(1, 2)], confirmed(8, 12)).await;
    (subject.evict)(number(1)).await;
    assert_eq!(subject.found(1).await, None);
    subject.cache.fill(&record(1, 1), second(11), &ticket).await.unwrap();
    subject.advance(&[], confirmed(8, 20)).await;
    let found = subject.found(1).await;
    assert!(found.is_none_or(|found| found == (1, second(11))), "never younger than its reading: {found:?}");
    assert_eq!(subject.fill(1, 2, 21).await, Kept::Written);
    subject.advance(&[], confirmed(8, 30)).await;
    assert_eq!(subject.found(1).await, Some((2, second(30))));
}

pub(super) async fn of_two_relays_one_is_first(subject: Subject) {
    let (_, one) = subject.cache.confirmed().await.unwrap();
    let (_, other) = subject.cache.confirmed().await.unwrap();
    assert_eq!(subject.cache.advance(&[], confirmed(7, 10), &one).await.unwrap(), Kept::Written);
    assert_ne!(subject.cache.advance(&[], confirmed(6, 9), &other).await.unwrap(), Kept::Written);
    assert_eq!(subject.cache.confirmed().await.unwrap().0, Some(confirmed(7, 10)));

    let (_, one) = subject.cache.confirmed().await.unwrap();
    let (_, other) = subject.cache.confirmed().await.unwrap();
    let all = [record(1, 2), record(1, 3)];
    assert_eq!(subject.cache.advance(&all, confirmed(9, 20), &one).await.unwrap(), Kept::Written);
    (subject.evict)(number(1)).await;
    let late = subject.cache.advance(&all[..1], confirmed(8, 15), &other).await.unwrap();
    assert_eq!(late, Kept::Newer);
    assert_eq!(subject.found(1).await, None, "the slower relay's older change does not come back");
    assert_eq!(subject.cache.confirmed().await.unwrap().0, Some(confirmed(9, 20)));
}
