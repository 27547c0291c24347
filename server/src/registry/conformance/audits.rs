//! What a check of the whole registry finds, and what a snapshot sees.

use std::sync::Arc;

use shirushi_shared::label::StateChange;

use super::sample::{self, actor, now};
use crate::registry::{
    Audit, CaseWrite, Change, Finding, Kind, Known, Position, Registry, RegistryError, Write, verify_history,
};

async fn audit(registry: &dyn Registry, known: Known) -> Audit {
    registry.snapshot().await.unwrap().audit(known).await.unwrap()
}

pub(super) async fn what_was_written_is_in_order(registry: Arc<dyn Registry>) {
    assert_eq!(audit(&*registry, Known::GENESIS).await.last, Known::GENESIS);
    registry.register(sample::several(0..700), &actor(), now()).await.unwrap();
    let grace = Change::State(StateChange::EnterGrace);
    registry.change(&sample::number(3), None, grace, &actor(), now()).await.unwrap();
    let mut products = sample::new(5).registration.products;
    products[0].models.truncate(1);
    registry.change(&sample::number(5), None, Change::Products(products), &actor(), now()).await.unwrap();
    let case = CaseWrite {
        kind: Kind::Notice,
        id: "n".into(),
        expected: None,
        owner: None,
        number: None,
        state: "s".into(),
        document: "{}".into(),
        what: "filed".into(),
        why: None,
    };
    registry.commit(vec![Write::Case(case)], &actor(), now()).await.unwrap();

    let (position, hash) = verify_history(&*registry).await.unwrap();
    let whole = audit(&*registry, Known::GENESIS).await;
    assert_eq!((whole.findings, whole.last), (vec![], Known { position, hash }));
    assert_eq!(whole.unproved_keys, [""; 0]);
    let known = Known { position, hash };
    assert_eq!(audit(&*registry, known).await.last, known);
    for wrong in [Known { position, hash: [1; 32] }, Known { position: Position(9_999), hash }] {
        assert_eq!(audit(&*registry, wrong).await.findings, [Finding::NotAsKnown(wrong.position)]);
    }
}

pub(super) async fn a_snapshot_sees_one_instant_and_holds_up_nobody(registry: Arc<dyn Registry>) {
    registry.register(sample::several(0..500), &actor(), now()).await.unwrap();
    let mut snapshot = registry.snapshot().await.unwrap();
    let mut rows = snapshot.next().await.unwrap();
    registry.register(sample::several(500..600), &actor(), now()).await.unwrap();
    let grace = Change::State(StateChange::EnterGrace);
    registry.change(&sample::number(0), None, grace, &actor(), now()).await.unwrap();
    loop {
        let more = snapshot.next().await.unwrap();
        if more.is_empty() {
            break;
        }
        rows.extend(more);
    }
    for table in ["registrations", "status", "tokens", "pre_label_numbers", "history"] {
        assert_eq!(rows.iter().filter(|row| row.table == table).count(), 500, "{table}");
    }
    drop(snapshot);
    assert_eq!(registry.last_position().await.unwrap(), Position(601));
    let restoration = registry.restoration().await;
    assert!(matches!(restoration, Err(RegistryError::NotEmpty)));
}
