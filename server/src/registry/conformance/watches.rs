//! Watch lists, endpoints, events and deliveries.

use shirushi_shared::{label::StateChange, time::UnixTime};

use super::sample::{self, DAY, actor, now};
use crate::registry::{
    Change, Position, Registry,
    watch::{
        Attempt, Carried, DeliveryState, Due, EndpointId, EndpointState, EventId, HISTORY, NewDelivery,
        NewEndpoint, NewEvent, NewWatch, SecretBytes, Settled, WatchId, Watches, WebhookCounts,
    },
};

fn list(name: u8, owner: &str, numbers: core::ops::Range<u32>) -> NewWatch {
    NewWatch {
        id: WatchId::of([name; 12]),
        owner: owner.to_owned(),
        name: format!("list {name}"),
        page_sha256: [name; 32],
        created: now(),
        numbers: numbers.map(sample::number).collect(),
    }
}

fn endpoint(name: u8, owner: &str) -> NewEndpoint {
    NewEndpoint {
        id: EndpointId::of([name; 12]),
        owner: owner.to_owned(),
        url: format!("https://shop.example/{name}"),
        secret: SecretBytes::new(vec![0, name, 255]),
        created: now(),
    }
}

fn delivery(name: u8, endpoint: u8, number: Option<u32>) -> NewDelivery {
    NewDelivery {
        id: EventId::of([name; 12]),
        endpoint: EndpointId::of([endpoint; 12]),
        number: number.map(sample::number),
        kind: "label.changed",
        body: format!("{{\"name\":{name}}}"),
    }
}

fn carried(deliveries: Vec<NewDelivery>) -> Carried {
    Carried { cursor: None, events: Vec::new(), deliveries, at: now() }
}

async fn change(registry: &impl Registry, index: u32, change: StateChange) {
    registry.change(&sample::number(index), None, Change::State(change), &actor(), now()).await.unwrap();
}

pub(super) async fn a_list_is_made_changed_and_removed(registry: impl Registry + Watches) {
    assert_eq!(registry.cursor(HISTORY).await.unwrap(), None, "there is nothing to carry");
    registry.register(sample::several(0..3), &actor(), now()).await.unwrap();
    let (one, other) = (list(1, "shop", 0..700), list(2, "shop", 5..6));
    assert!(registry.add_watch(&one, 2).await.unwrap());
    assert!(registry.add_watch(&other, 2).await.unwrap());
    assert!(!registry.add_watch(&list(3, "shop", 0..1), 2).await.unwrap(), "there are two");
    assert!(registry.add_watch(&list(4, "rival", 0..1), 2).await.unwrap());
    assert_eq!(registry.cursor(HISTORY).await.unwrap(), Some(3));

    let shown = registry.watch(&one.id).await.unwrap().unwrap();
    assert_eq!((shown.owner.as_str(), shown.name.as_str(), shown.numbers), ("shop", "list 1", 700));
    assert_eq!(registry.watch_by_page(&[1; 32]).await.unwrap(), Some(shown.clone()));
    assert_eq!(registry.watch_by_page(&[9; 32]).await.unwrap(), None);
    let of_shop = registry.watches_of("shop").await.unwrap();
    assert_eq!(of_shop.iter().map(|watch| watch.numbers).collect::<Vec<_>>(), [700, 1]);
    let numbers = registry.watched(&one.id, Some(&sample::number(9)), 2).await.unwrap();
    assert_eq!(numbers, [sample::number(10), sample::number(11)]);

    registry.register(sample::several(3..4), &actor(), now()).await.unwrap();
    let new: Vec<_> = (699..702).map(sample::number).collect();
    assert!(registry.change_watch(&one.id, Some("other"), Some(&new)).await.unwrap());
    assert!(registry.change_watch(&one.id, None, None).await.unwrap());
    let shown = registry.watch(&one.id).await.unwrap().unwrap();
    assert_eq!((shown.name.as_str(), shown.numbers), ("other", 3));
    let mut since = registry.watchers(&new).await.unwrap();
    since.sort_by(|one, other| one.number.cmp(&other.number));
    let since: Vec<_> = since.into_iter().map(|watcher| (watcher.number, watcher.since.0)).collect();
    let stayed = sample::number(699);
    assert_eq!(since, [(stayed, 3), (sample::number(700), 4), (sample::number(701), 4)]);

    assert!(registry.remove_watch(&one.id).await.unwrap());
    assert!(!registry.remove_watch(&one.id).await.unwrap());
    assert!(!registry.change_watch(&one.id, Some("x"), None).await.unwrap());
    assert_eq!(registry.watch(&one.id).await.unwrap(), None);
    assert!(registry.watchers(&new).await.unwrap().is_empty());
}

pub(super) async fn what_happens_is_carried_once(registry: impl Registry + Watches) {
    registry.register(sample::several(0..3), &actor(), now()).await.unwrap();
    let (list, endpoint) = (list(1, "shop", 0..2), endpoint(1, "shop"));
    registry.add_watch(&list, 9).await.unwrap();
    registry.add_endpoint(&endpoint, 9).await.unwrap();
    change(&registry, 0, StateChange::EnterGrace).await;
    let case = crate::registry::CaseWrite {
        kind: crate::registry::Kind::Notice,
        id: "n".into(),
        expected: None,
        owner: None,
        number: None,
        state: "s".into(),
        document: "{}".into(),
        what: "filed".into(),
        why: None,
    };
    registry.commit(vec![crate::registry::Write::Case(case)], &actor(), now()).await.unwrap();

    let (changes, reached) = registry.label_changes(Position(3), 9).await.unwrap();
    assert_eq!(
        (changes.len(), reached),
        (1, Position(5)),
        "a case has a position and is no change of a label"
    );
    let states = |at: usize| {
        let change: &crate::registry::watch::LabelChange = &changes[at];
        (change.before.as_ref().map(|record| record.state.name()), change.after.state.name())
    };
    assert_eq!(states(0), (Some("active"), "grace"));
    assert_eq!((changes[0].what.as_str(), changes[0].position), ("grace", Position(4)));
    let (first, _) = registry.label_changes(Position(0), 1).await.unwrap();
    assert_eq!(first[0].before, None, "it was not on record before");
    let owners = ["shop".to_owned(), "rival".to_owned()];
    assert_eq!(registry.receivers(&owners).await.unwrap(), [("shop".to_owned(), endpoint.id.clone())]);

    let event = |name: u8, watch: &WatchId| NewEvent {
        watch: watch.clone(),
        id: EventId::of([name; 12]),
        number: sample::number(0),
        kind: "label.changed",
        at: now(),
        data: "{}".into(),
    };
    let all = Carried {
        cursor: Some((HISTORY, 3, 5)),
        events: vec![event(1, &list.id), event(2, &list.id), event(3, &WatchId::of([9; 12]))],
        deliveries: vec![delivery(1, 1, Some(0)), delivery(2, 9, Some(0))],
        at: now(),
    };
    assert!(registry.carry(&all).await.unwrap());
    assert!(!registry.carry(&all).await.unwrap(), "another carrier finds the cursor moved");
    let again = Carried { cursor: Some((HISTORY, 5, 6)), ..all };
    assert!(registry.carry(&again).await.unwrap());
    let events = registry.events_after(&list.id, 0, 9).await.unwrap();
    assert_eq!(
        events.iter().map(|event| event.id.clone()).collect::<Vec<_>>(),
        [1, 2].map(|n| EventId::of([n; 12]))
    );
    let newest = registry.events_before(&list.id, None, 1).await.unwrap();
    assert_eq!(newest, events[1..]);
    assert_eq!(registry.events_before(&list.id, Some(newest[0].sequence), 9).await.unwrap(), events[..1]);
    let deliveries = registry.deliveries(&endpoint.id, None, 0, 9).await.unwrap();
    assert_eq!(deliveries.len(), 1, "once, and none for an endpoint that is not there");
    let labels = registry.watched_labels(None, 9).await.unwrap();
    assert_eq!(
        labels.iter().map(|record| record.number.clone()).collect::<Vec<_>>(),
        [0, 1].map(sample::number)
    );
    assert_eq!(registry.watched_labels(Some(&sample::number(0)), 9).await.unwrap().len(), 1);
}

/// The first that is due.
async fn next(registry: &impl Watches, endpoint: u8, at: UnixTime) -> Option<Due> {
    registry.next_of(&EndpointId::of([endpoint; 12]), at, 1).await.unwrap().into_iter().next()
}

pub(super) async fn deliveries_of_a_label_are_in_order(registry: impl Registry + Watches) {
    registry.add_endpoint(&endpoint(1, "shop"), 9).await.unwrap();
    registry.add_endpoint(&endpoint(2, "shop"), 9).await.unwrap();
    let mut all = vec![delivery(1, 1, Some(0)), delivery(2, 1, Some(0)), delivery(3, 1, Some(1))];
    all.push(delivery(4, 2, Some(0)));
    registry.carry(&carried(all)).await.unwrap();
    let ids = async |at: UnixTime| -> Vec<EventId> {
        let due = registry.next_of(&EndpointId::of([1; 12]), at, 9).await.unwrap();
        due.into_iter().map(|due| due.id).collect()
    };
    let name = |name: u8| EventId::of([name; 12]);
    assert_eq!(registry.due(now(), 9).await.unwrap().len(), 2);
    assert_eq!(registry.due(now().plus(-1), 9).await.unwrap(), []);
    assert_eq!(ids(now()).await, [name(1), name(3)], "of each label the first");

    let first = next(&registry, 1, now()).await.unwrap();
    assert!(registry.claim(&first, now().plus(15)).await.unwrap());
    assert!(!registry.claim(&first, now().plus(15)).await.unwrap(), "another sender has it");
    assert_eq!(ids(now()).await, [name(3)], "what is on its way holds up its label");
    assert_eq!(ids(now().plus(15)).await, [name(3), name(1)], "nobody settled it: it is due again");

    let again = Attempt { then: Settled::Again(now().plus(5)), answer: "500".into() };
    assert!(registry.settle(&first, &again).await.unwrap());
    let second = next(&registry, 1, now().plus(5)).await.unwrap();
    let failed = registry.next_of(&EndpointId::of([1; 12]), now().plus(5), 9).await.unwrap();
    let failed = failed.into_iter().find(|due| due.id == name(1)).unwrap();
    assert_eq!((second.id, failed.attempts), (name(3), 1));
    assert!(registry.claim(&failed, now().plus(20)).await.unwrap());
    let done = Attempt { then: Settled::Delivered(now().plus(6)), answer: "204".into() };
    assert!(!registry.settle(&first, &done).await.unwrap(), "a sender that slept knows less");
    assert!(registry.settle(&failed, &done).await.unwrap());
    assert!(ids(now()).await.contains(&name(2)), "now it is the next one's turn");
    let told =
        registry.deliveries(&EndpointId::of([1; 12]), Some(DeliveryState::Delivered), 0, 9).await.unwrap();
    assert_eq!(
        (told[0].attempts, told[0].answer.as_deref(), told[0].settled),
        (2, Some("204"), Some(now().plus(6)))
    );
}

pub(super) async fn dead_letters_are_kept_and_replayed(registry: impl Registry + Watches) {
    registry.add_endpoint(&endpoint(1, "shop"), 9).await.unwrap();
    registry
        .carry(&carried(vec![delivery(1, 1, Some(0)), delivery(2, 1, Some(1)), delivery(3, 1, None)]))
        .await
        .unwrap();
    let id = EndpointId::of([1; 12]);
    let dead = Attempt { then: Settled::Dead(now()), answer: "500".into() };
    for _ in 0..2 {
        let due = next(&registry, 1, now()).await.unwrap();
        registry.claim(&due, now().plus(15)).await.unwrap();
        registry.settle(&due, &dead).await.unwrap();
    }
    let counts = registry.webhook_counts().await.unwrap();
    assert_eq!(counts, WebhookCounts { pending: 1, dead: 2, oldest: Some(now()) });
    let names = async |state| -> Vec<EventId> {
        registry.deliveries(&id, Some(state), 0, 9).await.unwrap().into_iter().map(|one| one.id).collect()
    };
    let name = |name: u8| EventId::of([name; 12]);
    assert_eq!(names(DeliveryState::Dead).await, [name(1), name(2)]);
    assert_eq!(registry.replay(&id, Some(&name(3)), now()).await.unwrap(), 0, "it is not dead");
    assert_eq!(registry.replay(&id, Some(&name(2)), now().plus(9)).await.unwrap(), 1);
    assert_eq!(registry.replay(&id, None, now().plus(9)).await.unwrap(), 1);
    assert_eq!(names(DeliveryState::Pending).await, [name(1), name(2), name(3)]);
    assert_eq!(next(&registry, 1, now().plus(9)).await.unwrap().attempts, 0);

    assert!(registry.set_endpoint(&id, EndpointState::Disabled, now()).await.unwrap());
    assert_eq!(names(DeliveryState::Pending).await, [], "nothing waits for who is gone");
    registry.tidy(now().plus(31 * DAY)).await.unwrap();
    assert_eq!(names(DeliveryState::Dead).await, []);
    assert_eq!(registry.webhook_counts().await.unwrap(), WebhookCounts::default());
    registry.set_endpoint(&id, EndpointState::Active, now()).await.unwrap();
    registry.carry(&carried(vec![delivery(4, 1, Some(0))])).await.unwrap();
    registry.tidy(now().plus(31 * DAY)).await.unwrap();
    assert_eq!(names(DeliveryState::Dead).await, [name(4)], "nothing is pending for ever");
}

pub(super) async fn an_endpoint_is_made_rotated_paused_and_removed(registry: impl Registry + Watches) {
    let new = endpoint(1, "shop");
    assert!(registry.add_endpoint(&new, 1).await.unwrap());
    assert!(!registry.add_endpoint(&endpoint(2, "shop"), 1).await.unwrap());
    let shown = registry.endpoint(&new.id).await.unwrap().unwrap();
    assert_eq!((shown.url.as_str(), &shown.secret, &shown.previous), (new.url.as_str(), &new.secret, &None));
    assert_eq!(format!("{:?}", shown.secret), "SecretBytes(redacted)");
    let secret = SecretBytes::new(vec![9; 32]);
    assert!(registry.rotate_endpoint(&new.id, &secret, now().plus(60)).await.unwrap());
    let shown = registry.endpoint(&new.id).await.unwrap().unwrap();
    assert_eq!((shown.secret, shown.previous), (secret, Some((new.secret, now().plus(60)))));

    registry.carry(&carried(vec![delivery(1, 1, Some(0))])).await.unwrap();
    registry.set_endpoint(&new.id, EndpointState::Paused, now()).await.unwrap();
    assert_eq!(registry.due(now(), 9).await.unwrap(), [], "it waits");
    assert_eq!(registry.receivers(&["shop".to_owned()]).await.unwrap().len(), 1);
    assert_eq!(registry.endpoints_of("shop").await.unwrap()[0].state, EndpointState::Paused);
    registry.set_endpoint(&new.id, EndpointState::Active, now()).await.unwrap();
    assert_eq!(registry.due(now(), 9).await.unwrap(), std::slice::from_ref(&new.id));
    assert!(registry.remove_endpoint(&new.id).await.unwrap());
    assert_eq!(registry.endpoint(&new.id).await.unwrap(), None);
    assert_eq!(registry.deliveries(&new.id, None, 0, 9).await.unwrap(), []);
    let nobody = EndpointId::of([7; 12]);
    assert!(!registry.set_endpoint(&nobody, EndpointState::Paused, now()).await.unwrap());
    assert!(!registry.rotate_endpoint(&nobody, &SecretBytes::new(vec![1]), now()).await.unwrap());
    assert!(!registry.remove_endpoint(&nobody).await.unwrap());
}

pub(super) async fn two_carriers_and_two_senders_do_nothing_twice(registry: impl Registry + Watches) {
    registry.register(sample::several(0..1), &actor(), now()).await.unwrap();
    registry.add_watch(&list(1, "shop", 0..1), 9).await.unwrap();
    registry.add_endpoint(&endpoint(1, "shop"), 9).await.unwrap();
    let carry = async |name: u8| {
        let cursor = Some((HISTORY, 1, 2));
        registry.carry(&Carried { cursor, ..carried(vec![delivery(name, 1, Some(0))]) }).await.unwrap()
    };
    let carried = tokio::join!(carry(1), carry(2), carry(3));
    assert_eq!([carried.0, carried.1, carried.2].iter().filter(|carried| **carried).count(), 1);
    let due = next(&registry, 1, now()).await.unwrap();
    let claim = async || registry.claim(&due, now().plus(15)).await.unwrap();
    let claimed = tokio::join!(claim(), claim(), claim());
    assert_eq!([claimed.0, claimed.1, claimed.2].iter().filter(|claimed| **claimed).count(), 1);
}
