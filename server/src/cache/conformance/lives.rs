//! A cache that loses its memory.

use super::{Kept, Subject, confirmed, number, record, second};

pub(super) async fn what_was_forgotten_is_not_filled_from_before(subject: Subject) {
    subject.advance(&[], confirmed(7, 10)).await;
    subject.fill(1, 1, 11).await;
    let before = subject.cache.read(&number(1)).await.unwrap().ticket;
    (subject.forget)().await;
    assert_eq!(subject.found(1).await, None);
    let late = subject.cache.fill(&record(1, 1), second(12), &before).await.unwrap();
    assert_eq!(late, Kept::OtherLife);
    assert_eq!(subject.found(1).await, None);

    subject.advance(&[], confirmed(9, 20)).await;
    let late = subject.cache.fill(&record(1, 1), second(12), &before).await.unwrap();
    assert_eq!(late, Kept::OtherLife, "nor when the next life has begun");
    assert_eq!(subject.found(1).await, None);
}

pub(super) async fn a_relay_of_an_earlier_life_confirms_nothing(subject: Subject) {
    subject.advance(&[], confirmed(7, 10)).await;
    let (_, before) = subject.cache.confirmed().await.unwrap();
    (subject.forget)().await;
    assert_eq!(subject.cache.confirmed().await.unwrap().0, None);
    let late = subject.cache.advance(&[record(1, 2)], confirmed(8, 20), &before).await.unwrap();
    assert_eq!(late, Kept::OtherLife);
    assert_eq!(subject.cache.confirmed().await.unwrap().0, None);
    assert_eq!(subject.found(1).await, None);
}

pub(super) async fn readings_from_before_the_relay_began_are_not_kept(subject: Subject) {
    subject.fill(1, 1, 5).await;
    let before = subject.cache.read(&number(2)).await.unwrap().ticket;
    subject.advance(&[], confirmed(7, 10)).await;
    subject.cache.fill(&record(2, 1), second(6), &before).await.unwrap();
    subject.advance(&[], confirmed(7, 20)).await;
    assert_eq!(
        subject.found(1).await,
        Some((1, second(5))),
        "a change before position 7 may be missing in it"
    );
    let found = subject.found(2).await;
    assert!(found.is_none_or(|found| found == (1, second(6))), "{found:?}");
}
