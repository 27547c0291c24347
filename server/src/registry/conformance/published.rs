//! Leases and signed files.

use std::sync::Arc;

use super::sample::{self, actor, now};
use crate::registry::{Change, Position, Publication, Registry};

pub(super) async fn one_at_a_time_has_a_lease(registry: Arc<dyn Registry>) {
    let lease = async |holder, at: i64| {
        registry.lease("lists", holder, now().plus(at), now().plus(at + 30)).await.unwrap()
    };
    assert!(lease("one", 0).await);
    assert!(!lease("other", 29).await);
    assert!(lease("one", 29).await, "prolonged");
    assert!(!lease("other", 58).await);
    assert!(lease("other", 59).await, "it has run out");
    assert!(!lease("one", 60).await);
    assert!(registry.lease("something else", "one", now(), now().plus(1)).await.unwrap());
}

pub(super) async fn a_signed_file_is_replaced_by_a_later_one_only(registry: Arc<dyn Registry>) {
    let file = |version: u64| Publication {
        name: "status-lists/0".into(),
        version,
        position: Position(version * 10),
        signed: now(),
        bytes: vec![0, u8::try_from(version).unwrap(), 255],
    };
    assert_eq!(registry.publication("status-lists/0").await.unwrap(), None);
    assert!(registry.publish(&[file(2)]).await.unwrap());
    assert!(!registry.publish(&[file(2)]).await.unwrap());
    assert!(!registry.publish(&[file(1)]).await.unwrap());
    assert!(registry.publish(&[file(3)]).await.unwrap());
    assert_eq!(registry.publication("status-lists/0").await.unwrap(), Some(file(3)));
    let less = Publication { position: Position(29), ..file(4) };
    assert!(!registry.publish(&[less]).await.unwrap(), "nothing that was in it is taken back");

    // Files that belong together are replaced together, or not at all.
    let mirror = |version| Publication { name: "mirror".into(), ..file(version) };
    assert!(!registry.publish(&[mirror(4), file(3)]).await.unwrap());
    assert_eq!(registry.publication("mirror").await.unwrap(), None);
    assert!(registry.publish(&[mirror(4), file(4)]).await.unwrap());
    let heads = [mirror(4).head(), file(4).head()];
    assert_eq!(registry.publications().await.unwrap(), heads, "in the order of their names");
}

pub(super) async fn lists_can_be_made_of_all_labels_in_pages(registry: Arc<dyn Registry>) {
    registry.register(sample::several(0..25), &actor(), now()).await.unwrap();
    let mut products = sample::new(7).registration.products;
    products[0].name = "別名".into();
    registry.change(&sample::number(7), None, Change::Products(products), &actor(), now()).await.unwrap();
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = registry.labels(after.as_ref(), 10).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.record.number.clone());
        all.extend(page);
    }
    assert_eq!(all.len(), 25);
    for (index, row) in (0..).zip(&all) {
        assert_eq!(row.record.number, sample::number(index));
        assert_eq!(row.places, [sample::new(index).status_index]);
        assert_eq!(row.registration.products[0].name == "別名", index == 7);
    }
}

pub(super) async fn free_places_can_be_told_from_taken_ones(registry: Arc<dyn Registry>) {
    registry.register(sample::several(10..80), &actor(), now()).await.unwrap();
    let places: Vec<_> = (0..100).map(|index| sample::new(index).status_index).collect();
    let mut taken = registry.taken(&places).await.unwrap();
    taken.sort_unstable();
    assert_eq!(taken, places[10..80]);
    assert_eq!(registry.taken(&places[3..4]).await.unwrap(), []);
    assert_eq!(registry.taken(&[]).await.unwrap(), []);

    let numbers: Vec<_> = (0..100).map(sample::number).collect();
    let mut places = registry.places(&numbers).await.unwrap();
    places.sort_unstable();
    let issued: Vec<_> = (10..80).map(|at| (sample::number(at), sample::new(at).status_index)).collect();
    assert_eq!(places, issued);
}
