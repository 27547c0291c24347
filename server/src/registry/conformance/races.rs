//! Several at once.

use std::sync::Arc;

use shirushi_shared::{label::StateChange, status::Revision};

use super::sample::{self, actor, now};
use crate::registry::{Change, Kind, Position, Registry, RegistryError, verify_history};

pub(super) async fn of_two_changes_from_one_revision_one_wins(registry: Arc<dyn Registry>) {
    registry.register(sample::several(0..10), &actor(), now()).await.unwrap();
    for index in 0..10 {
        let revoke = |reason: &'static str| {
            let registry = Arc::clone(&registry);
            tokio::spawn(async move {
                let change = Change::State(StateChange::Suspend { until: None, reason: reason.into() });
                let seen = Some(Revision::FIRST);
                registry.change(&sample::number(index), seen, change, &actor(), now()).await
            })
        };
        let (one, other) = tokio::join!(revoke("one"), revoke("other"));
        let (won, lost): (Vec<_>, Vec<_>) =
            [one.unwrap(), other.unwrap()].into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 1));
        assert!(matches!(lost[0], Err(RegistryError::Conflict { found, .. }) if found == Revision::new(2)));
        let won = won.into_iter().next().unwrap().unwrap();
        assert_eq!(registry.status(&sample::number(index)).await.unwrap(), Some(won));
        assert_eq!(registry.history(Kind::Label, sample::number(index).as_str()).await.unwrap().len(), 2);
    }
}

/// Writers of different labels, so that nothing but the order of writes itself holds them apart; and one who follows
/// the outbox as the relay does, and must never find that a position appeared below one that it had seen.
pub(super) async fn who_has_read_up_to_a_position_has_missed_nothing(registry: Arc<dyn Registry>) {
    const WRITERS: u32 = 8;
    const CHANGES: u32 = 20;
    const ENTRIES: u64 = (WRITERS * (CHANGES + 1)) as u64;
    registry.register(sample::several(0..WRITERS), &actor(), now()).await.unwrap();
    let writers: Vec<_> = (0..WRITERS)
        .map(|index| {
            let registry = Arc::clone(&registry);
            tokio::spawn(async move {
                for count in 0..CHANGES {
                    let change = match count % 2 {
                        0 => StateChange::Suspend { until: None, reason: "r".into() },
                        _ => StateChange::Reinstate,
                    };
                    let change = Change::State(change);
                    registry.change(&sample::number(index), None, change, &actor(), now()).await.unwrap();
                }
            })
        })
        .collect();

    let mut reached = 0;
    while reached < ENTRIES {
        for (position, _) in registry.changes_after(Position(reached), 5).await.unwrap() {
            assert_eq!(
                position,
                Position(reached + 1),
                "a gap, which would be filled behind the reader's back"
            );
            reached = position.0;
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(verify_history(&*registry).await.unwrap().0, Position(ENTRIES));
}

pub(super) async fn of_two_registrations_of_one_number_one_wins(registry: Arc<dyn Registry>) {
    let register = |index: u32| {
        let registry = Arc::clone(&registry);
        tokio::spawn(async move {
            let mut new = sample::new(0);
            new.status_index = sample::new(index).status_index;
            new.token = sample::new(index).token;
            registry.register(vec![new], &actor(), now()).await
        })
    };
    let (one, other) = tokio::join!(register(1), register(2));
    let results = [one.unwrap(), other.unwrap()];
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert!(results.iter().any(|result| matches!(result, Err(RegistryError::AlreadyRegistered(_)))));
    assert_eq!(registry.last_position().await.unwrap(), Position(1));
}
