//! Registering.

use std::sync::Arc;

use shirushi_shared::{
    label::{LabelState, PreLabelNumber},
    status::{Revision, StatusRecord, TokenOnRecord},
};

use super::sample::{self, DAY, actor, now};
use crate::registry::{Kind, LONGEST_VALIDITY, Position, Registry, RegistryError};

pub(super) async fn what_is_registered_is_found_again(registry: Arc<dyn Registry>) {
    let new = sample::new(7);
    let number = sample::number(7);
    let records = registry.register(vec![new.clone()], &actor(), now().plus(3)).await.unwrap();

    let expected = StatusRecord {
        number: number.clone(),
        revision: Revision::FIRST,
        state: LabelState::Active,
        valid: new.valid,
        tokens: vec![TokenOnRecord { id: new.token.id(), registered: now().plus(3) }],
    };
    assert_eq!(records, std::slice::from_ref(&expected));
    assert_eq!(registry.status(&number).await.unwrap(), Some(expected));
    assert_eq!(registry.registration(&number).await.unwrap(), Some(new.registration));
    assert_eq!(registry.token(&number).await.unwrap(), Some(new.token));
    assert_eq!(registry.by_gtin(sample::gtin(7)).await.unwrap(), [number]);
    assert_eq!(registry.by_gtin(sample::gtin(8)).await.unwrap(), []);
    let kind = registry.pre_label_number(&sample::application(7)).await.unwrap();
    assert_eq!(kind, Some(PreLabelNumber::Application));

    let other = sample::number(8);
    assert_eq!(registry.status(&other).await.unwrap(), None);
    assert_eq!(registry.registration(&other).await.unwrap(), None);
    assert_eq!(registry.token(&other).await.unwrap(), None);
    assert_eq!(registry.pre_label_number(&other).await.unwrap(), None);
    assert_eq!(registry.history(Kind::Label, other.as_str()).await.unwrap(), []);
}

pub(super) async fn a_batch_is_registered_whole_or_not_at_all(registry: Arc<dyn Registry>) {
    registry.register(vec![sample::new(499)], &actor(), now()).await.unwrap();
    let by = actor();
    let batch = |change: fn(&mut crate::registry::NewRegistration)| {
        let mut batch = sample::several(1_000..2_000);
        change(&mut batch[499]);
        registry.register(batch, &by, now())
    };
    let refused = batch(|new| *new = sample::new(499)).await;
    assert!(
        matches!(refused, Err(RegistryError::AlreadyRegistered(number)) if number == sample::number(499))
    );
    let refused = batch(|new| new.status_index = sample::new(499).status_index).await;
    assert!(matches!(refused, Err(RegistryError::StatusIndexTaken)));
    let refused = batch(|new| *new = sample::new(1_001)).await;
    assert!(matches!(refused, Err(RegistryError::AlreadyRegistered(_))), "twice in the batch itself");
    let refused = batch(|new| new.valid.until = new.valid.from).await;
    assert!(matches!(refused, Err(RegistryError::Expiry(_))));

    assert_eq!(registry.last_position().await.unwrap(), Position(1), "nothing of it was written");
    assert_eq!(registry.numbers(None, 10).await.unwrap(), [sample::number(499)]);
    assert_eq!(registry.status(&sample::number(1_000)).await.unwrap(), None);
    assert_eq!(registry.token(&sample::number(1_000)).await.unwrap(), None);
    assert_eq!(registry.by_gtin(sample::gtin(1_000)).await.unwrap(), []);

    let records = batch(|_| {}).await.unwrap();
    assert_eq!(records.len(), 1_000);
    assert_eq!(registry.last_position().await.unwrap(), Position(1_001));
}

pub(super) async fn a_validity_has_bounds(registry: Arc<dyn Registry>) {
    let mut new = sample::new(1);
    new.valid.until = new.valid.from.plus(LONGEST_VALIDITY + 1);
    let refused = registry.register(vec![new.clone()], &actor(), now()).await;
    assert!(matches!(refused, Err(RegistryError::Expiry(_))));
    new.valid.until = new.valid.from.plus(LONGEST_VALIDITY);
    // Registered late, as an import does: the validity counts from its own start.
    registry.register(vec![new], &actor(), now().plus(900 * DAY)).await.unwrap();
}

pub(super) async fn listings_are_in_order_and_in_pages(registry: Arc<dyn Registry>) {
    let mut mixed = sample::several(0..25);
    mixed.reverse();
    registry.register(mixed, &actor(), now()).await.unwrap();
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = registry.numbers(after.as_ref(), 10).await.unwrap();
        assert!(page.len() <= 10);
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        listed.extend(page);
    }
    assert_eq!(listed, (0..25).map(sample::number).collect::<Vec<_>>());
}
