//! Reading many at once.

use std::sync::Arc;

use shirushi_shared::{label::StateChange, status::Revision};

use super::sample::{self, actor, now};
use crate::registry::{Actor, Change, Registry};

/// More than fit into one statement, and no multiple of that.
const MANY: u32 = 70;

pub(super) async fn many_are_read_as_they_are_one_by_one(registry: Arc<dyn Registry>) {
    registry.register(sample::several(0..MANY), &actor(), now()).await.unwrap();
    let revoke = Change::State(StateChange::Revoke { reason: "r".into() });
    registry.change(&sample::number(3), None, revoke, &actor(), now().plus(1)).await.unwrap();
    // Of two labels with one GTIN, both are told.
    let mut products = sample::new(5).registration.products;
    products[0].models[1].gtin = Some(sample::gtin(6));
    registry
        .change(&sample::number(5), None, Change::Products(products), &actor(), now().plus(2))
        .await
        .unwrap();

    // Every other one is on record.
    let sought: Vec<_> =
        (0..MANY).flat_map(|index| [sample::number(index), sample::number(index + 1_000)]).collect();
    let mut statuses = registry.statuses(&sought).await.unwrap();
    statuses.sort_by(|one, other| one.number.cmp(&other.number));
    let mut registrations = registry.registrations(&sought).await.unwrap();
    registrations.sort_by(|(one, _), (other, _)| one.number.cmp(&other.number));
    assert_eq!((statuses.len(), registrations.len()), (MANY as usize, MANY as usize));
    for (index, (record, (registration, revision))) in (0..MANY).zip(statuses.into_iter().zip(registrations))
    {
        let number = sample::number(index);
        assert_eq!((&registration.number, revision), (&number, record.revision));
        assert_eq!(registry.status(&number).await.unwrap(), Some(record));
        assert_eq!(registry.registration(&number).await.unwrap(), Some(registration));
    }

    let gtins: Vec<_> = (0..MANY).map(sample::gtin).chain([sample::gtin(5_000)]).collect();
    let mut found = registry.by_gtins(&gtins).await.unwrap();
    found.sort();
    let mut expected: Vec<_> = (0..MANY).map(|index| (sample::gtin(index), sample::number(index))).collect();
    expected.push((sample::gtin(6), sample::number(5)));
    expected.sort();
    assert_eq!(found, expected);

    let applications: Vec<_> = (0..MANY).map(sample::application).chain([sample::number(0)]).collect();
    let found = registry.pre_label_numbers(&applications).await.unwrap();
    assert_eq!(found.len(), MANY as usize, "a registration number is none");
    for (number, kind) in found {
        assert_eq!(registry.pre_label_number(&number).await.unwrap(), Some(kind));
    }

    assert_eq!(registry.statuses(&[]).await.unwrap(), []);
    assert_eq!(registry.registrations(&[]).await.unwrap(), []);
    assert_eq!(registry.by_gtins(&[]).await.unwrap(), []);
    assert_eq!(registry.pre_label_numbers(&[]).await.unwrap(), []);
}

pub(super) async fn of_many_each_is_as_current_as_one(registry: Arc<dyn Registry>) {
    registry.register(sample::several(0..MANY), &actor(), now()).await.unwrap();
    let numbers: Vec<_> = (0..MANY).map(sample::number).collect();
    let writer = {
        let (registry, numbers) = (Arc::clone(&registry), numbers.clone());
        tokio::spawn(async move {
            for (step, number) in (1..).zip(&numbers) {
                let change = Change::State(StateChange::Revoke { reason: "r".into() });
                registry
                    .change(number, None, change, &Actor::here("writer"), now().plus(step))
                    .await
                    .unwrap();
            }
        })
    };
    // Whoever reads meanwhile sees each label before or after its change, and never one that goes back.
    let mut seen = 0;
    while seen < numbers.len() {
        let before = usize::try_from(registry.last_position().await.unwrap().0).unwrap() - numbers.len();
        let records = registry.statuses(&numbers).await.unwrap();
        let changed = records.iter().filter(|record| record.revision > Revision::FIRST).count();
        assert!(changed >= before, "{before} were committed before the question, {changed} are seen");
        assert!(changed >= seen, "it went back from {seen} to {changed}");
        seen = changed;
    }
    writer.await.unwrap();
}
