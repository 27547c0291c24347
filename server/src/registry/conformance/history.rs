//! The history: what was, in which order, and whether it is untouched.

use std::sync::Arc;

use shirushi_shared::{label::StateChange, status::Revision};

use super::sample::{self, actor, now};
use crate::registry::{Change, Fact, GENESIS, Position, Registry, verify_chain, verify_history};

pub(super) async fn the_past_is_as_it_was(registry: Arc<dyn Registry>) {
    let number = sample::number(0);
    registry.register(sample::several(0..1), &actor(), now()).await.unwrap();
    for (seconds, change) in [
        (100, StateChange::Suspend { until: None, reason: "r".into() }),
        (200, StateChange::Reinstate),
        (300, StateChange::Revoke { reason: "r".into() }),
    ] {
        let at = now().plus(seconds);
        registry.change(&number, None, Change::State(change), &actor(), at).await.unwrap();
    }
    let at = async |seconds| {
        let record = registry.status_at(&number, now().plus(seconds)).await.unwrap();
        record.map(|record| record.state.name())
    };
    assert_eq!(at(-1).await, None, "before it was registered");
    assert_eq!(at(0).await, Some("active"));
    assert_eq!(at(99).await, Some("active"));
    assert_eq!(at(100).await, Some("suspended"));
    assert_eq!(at(250).await, Some("active"));
    assert_eq!(at(1_000_000).await, Some("revoked"));
    assert_eq!(registry.status_at(&sample::number(9), now()).await.unwrap(), None);
}

pub(super) async fn the_outbox_has_every_change_in_order(registry: Arc<dyn Registry>) {
    assert_eq!(registry.last_position().await.unwrap(), Position(0));
    assert_eq!(registry.changes_after(Position(0), 10).await.unwrap(), []);
    registry.register(sample::several(0..3), &actor(), now()).await.unwrap();
    for index in [2, 0] {
        let grace = Change::State(StateChange::EnterGrace);
        registry.change(&sample::number(index), None, grace, &actor(), now()).await.unwrap();
    }
    let page = async |after, limit| {
        let page = registry.changes_after(Position(after), limit).await.unwrap();
        let page = page.into_iter().map(|(at, record)| (at.0, record.unwrap()));
        page.map(|(at, record)| (at, record.number, record.revision)).collect::<Vec<_>>()
    };
    let second = Revision::FIRST.next();
    let all = [
        (1, sample::number(0), Revision::FIRST),
        (2, sample::number(1), Revision::FIRST),
        (3, sample::number(2), Revision::FIRST),
        (4, sample::number(2), second),
        (5, sample::number(0), second),
    ];
    assert_eq!(page(0, 10).await, all);
    assert_eq!(page(2, 2).await, all[2..4]);
    assert_eq!(page(5, 10).await, []);
    assert_eq!(registry.last_position().await.unwrap(), Position(5));
}

pub(super) async fn the_chain_proves_the_whole_history(registry: Arc<dyn Registry>) {
    assert_eq!(verify_history(&*registry).await.unwrap(), (Position(0), GENESIS));
    registry.register(sample::several(0..1_200), &actor(), now()).await.unwrap();
    let revoke = Change::State(StateChange::Revoke { reason: "回収".into() });
    registry.change(&sample::number(3), None, revoke, &actor(), now()).await.unwrap();

    let (position, hash) = verify_history(&*registry).await.unwrap();
    assert_eq!(position, Position(1_201));
    let mut entries = registry.entries_after(Position(0), 2_000).await.unwrap();
    assert_eq!(verify_chain(Position(0), GENESIS, &entries), Ok(hash));
    if let Fact::Label { record, .. } = &mut entries[700].fact {
        record.valid.until = now();
    }
    let broken = verify_chain(Position(0), GENESIS, &entries).unwrap_err();
    assert_eq!(broken.position, Position(701));
}
