//! Changing.

use std::sync::Arc;

use shirushi_shared::{
    label::{LabelState, StateChange},
    status::Revision,
};

use super::sample::{self, DAY, actor, now};
use crate::registry::{Actor, Change, Fact, Kind, LONGEST_VALIDITY, Registry, RegistryError, Write};

pub(super) async fn each_change_is_one_revision_and_one_entry(registry: Arc<dyn Registry>) {
    let number = sample::number(1);
    registry.register(sample::several(0..2), &actor(), now()).await.unwrap();
    let reason = || String::from("脆弱性の報告");
    let until = now().plus(30 * DAY);
    let changes = [
        ("suspended", Change::State(StateChange::Suspend { until: Some(until), reason: reason() })),
        ("reinstated", Change::State(StateChange::Reinstate)),
        ("expiry", Change::Expiry { until: now().plus(LONGEST_VALIDITY) }),
        ("grace", Change::State(StateChange::EnterGrace)),
        ("revoked", Change::State(StateChange::Revoke { reason: reason() })),
    ];
    let by = Actor::here("operator");
    let mut seen = Revision::FIRST;
    for (_, change) in &changes {
        let record = registry.change(&number, Some(seen), change.clone(), &by, now().plus(60)).await.unwrap();
        assert_eq!(record.revision, seen.next());
        assert_eq!(registry.status(&number).await.unwrap().as_ref(), Some(&record));
        seen = record.revision;
    }
    let record = registry.status(&number).await.unwrap().unwrap();
    assert_eq!(record.state, LabelState::Revoked { since: now().plus(60), reason: reason() });
    assert_eq!(record.valid.until, now().plus(LONGEST_VALIDITY));

    let history = registry.history(Kind::Label, number.as_str()).await.unwrap();
    let words: Vec<_> = history.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(words, ["registered", "suspended", "reinstated", "expiry", "grace", "revoked"]);
    assert_eq!(history[0].by, actor());
    assert!(history[1..].iter().all(|entry| entry.by == by && entry.at == now().plus(60)));
    assert_eq!(history[5].fact, Fact::Label { record, document: None });
    let untouched = registry.status(&sample::number(0)).await.unwrap().unwrap();
    assert_eq!(untouched.revision, Revision::FIRST);
}

pub(super) async fn what_may_not_be_changed_stays(registry: Arc<dyn Registry>) {
    let number = sample::number(0);
    registry.register(sample::several(0..1), &actor(), now()).await.unwrap();
    let by = actor();
    let change = |expected, change| registry.change(&number, expected, change, &by, now().plus(60));

    let reinstate = || Change::State(StateChange::Reinstate);
    let expiry = |until| Change::Expiry { until };
    let too_late = now().plus(60 + 2 * LONGEST_VALIDITY + 1);
    assert!(matches!(change(None, reinstate()).await, Err(RegistryError::Illegal(_))));
    assert!(matches!(change(None, expiry(now())).await, Err(RegistryError::Expiry(_))));
    assert!(matches!(change(None, expiry(too_late)).await, Err(RegistryError::Expiry(_))));
    let stale = Some(Revision::new(4));
    assert!(matches!(
        change(stale, Change::State(StateChange::EnterGrace)).await,
        Err(RegistryError::Conflict { expected, found })
            if expected == Revision::new(4) && found == Revision::FIRST
    ));
    let unknown = registry.change(&sample::number(9), None, reinstate(), &actor(), now()).await;
    assert!(matches!(unknown, Err(RegistryError::Unregistered(number)) if number == sample::number(9)));

    assert_eq!(registry.status(&number).await.unwrap().unwrap().revision, Revision::FIRST);
    assert_eq!(registry.history(Kind::Label, number.as_str()).await.unwrap().len(), 1);

    change(None, Change::State(StateChange::Revoke { reason: "r".into() })).await.unwrap();
    assert!(matches!(change(None, reinstate()).await, Err(RegistryError::Illegal(_))), "revocation is final");
    assert!(matches!(change(None, expiry(now().plus(DAY))).await, Err(RegistryError::Expiry(_))));
}

pub(super) async fn models_and_successors_are_changes_too(registry: Arc<dyn Registry>) {
    registry.register(sample::several(0..2), &actor(), now()).await.unwrap();
    let number = sample::number(0);
    let mut products = sample::new(0).registration.products;
    products[0].models.remove(0);
    products[0].models[0].gtin = Some(sample::gtin(5));
    let write = Write::Change {
        number: number.clone(),
        expected: Some(Revision::FIRST),
        change: Change::Products(products.clone()),
        why: Some("変更届 N-1".into()),
    };
    registry.commit(vec![write], &actor(), now().plus(10)).await.unwrap();

    let present = registry.registration(&number).await.unwrap().unwrap();
    assert_eq!(present.products, products);
    assert_eq!(registry.by_gtin(sample::gtin(5)).await.unwrap(), std::slice::from_ref(&number));
    assert_eq!(registry.by_gtin(sample::gtin(0)).await.unwrap(), []);
    let before = registry.registration_at(&number, now().plus(9)).await.unwrap().unwrap();
    assert_eq!(before, sample::new(0).registration, "what was covered then is known for ever");
    assert_eq!(registry.registration_at(&number, now().plus(10)).await.unwrap(), Some(present));
    assert_eq!(registry.registration_at(&number, now().plus(-1)).await.unwrap(), None);
    let entry = registry.history(Kind::Label, number.as_str()).await.unwrap().pop().unwrap();
    assert_eq!((entry.what.as_str(), entry.why.as_deref()), ("products", Some("変更届 N-1")));

    let succeeded = || Change::Succeeded { by: sample::number(1), until: now().plus(30 * DAY) };
    let record = registry.change(&number, None, succeeded(), &actor(), now().plus(20)).await.unwrap();
    assert_eq!((record.state.name(), record.valid.until), ("grace", now().plus(30 * DAY)));
    let old = registry.registration(&number).await.unwrap().unwrap();
    assert_eq!(old.successor, Some(sample::number(1)));
    let again = registry.change(&number, None, succeeded(), &actor(), now().plus(30)).await;
    assert!(matches!(again, Err(RegistryError::Succession(_))), "{again:?}");
}
