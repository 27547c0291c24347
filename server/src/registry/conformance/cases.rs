//! Cases: what the office keeps beside labels.

use std::sync::Arc;

use shirushi_shared::status::Revision;

use super::sample::{self, actor, now};
use crate::registry::{
    Actor, CaseQuery, CaseWrite, Fact, Kind, Position, Registry, RegistryError, Write, Written,
    verify_history,
};

fn case(id: &str, expected: Option<Revision>, state: &str) -> CaseWrite {
    CaseWrite {
        kind: Kind::Application,
        id: id.into(),
        expected,
        owner: Some("kakuu".into()),
        number: None,
        state: state.into(),
        document: format!("{{\"state\":\"{state}\"}}"),
        what: state.into(),
        why: None,
    }
}

pub(super) async fn a_case_is_opened_changed_and_found(registry: Arc<dyn Registry>) {
    let commit = async |write: CaseWrite, seconds| {
        registry.commit(vec![Write::Case(write)], &actor(), now().plus(seconds)).await
    };
    let first = commit(case("a", None, "draft"), 0).await.unwrap();
    assert_eq!(first, [Written::Case(Revision::FIRST)]);
    let reason = CaseWrite { why: Some("ok".into()), ..case("a", Some(Revision::FIRST), "submitted") };
    commit(reason, 9).await.unwrap();
    let mut other = case("b", None, "draft");
    (other.owner, other.number) = (Some("other".into()), Some(sample::number(3)));
    commit(other, 9).await.unwrap();

    let found = registry.case(Kind::Application, "a").await.unwrap().unwrap();
    assert_eq!((found.revision, found.state.as_str()), (Revision::new(2), "submitted"));
    assert_eq!((found.opened, found.changed), (now(), now().plus(9)));
    assert_eq!(found.document, "{\"state\":\"submitted\"}");
    assert_eq!(registry.case(Kind::Notice, "a").await.unwrap(), None, "names are of a kind");

    let refused = commit(case("a", None, "draft"), 9).await;
    assert!(matches!(refused, Err(RegistryError::CaseExists { .. })), "{refused:?}");
    let refused = commit(case("c", Some(Revision::FIRST), "draft"), 9).await;
    assert!(matches!(refused, Err(RegistryError::NoCase { .. })), "{refused:?}");
    let refused = commit(case("a", Some(Revision::FIRST), "withdrawn"), 9).await;
    assert!(matches!(refused, Err(RegistryError::Conflict { .. })), "{refused:?}");

    let history = registry.history(Kind::Application, "a").await.unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!((history[1].what.as_str(), history[1].why.as_deref()), ("submitted", Some("ok")));
    assert!(matches!(&history[1].fact, Fact::Case { document, .. } if *document == found.document));
    assert_eq!(verify_history(&*registry).await.unwrap().0, Position(3));
    let outbox = registry.changes_after(Position(0), 9).await.unwrap();
    assert_eq!(outbox.len(), 3, "a case has a position, so that the outbox has no gap");
    assert!(outbox.iter().all(|(_, record)| record.is_none()));
}

pub(super) async fn a_case_of_every_kind_is_kept(registry: Arc<dyn Registry>) {
    let kinds = || Kind::ALL.into_iter().filter(|kind| *kind != Kind::Label);
    for kind in kinds() {
        let write = CaseWrite { kind, owner: None, ..case("a", None, "open") };
        registry.commit(vec![Write::Case(write)], &actor(), now()).await.unwrap();
    }
    for kind in kinds() {
        let found = registry.case(kind, "a").await.unwrap().unwrap();
        assert_eq!((found.kind, found.owner), (kind, None));
        let history = registry.history(kind, "a").await.unwrap();
        assert!(matches!(&history[..], [entry] if entry.fact.kind() == kind), "{kind:?}");
    }
    assert!(verify_history(&*registry).await.is_ok());
}

pub(super) async fn cases_are_found_by_owner_number_and_state(registry: Arc<dyn Registry>) {
    for index in 0..12 {
        let mut write = case(&format!("case-{index:02}"), None, if index % 2 == 0 { "even" } else { "odd" });
        write.owner = (index % 3 > 0).then(|| format!("owner-{}", index % 3));
        write.number = (index == 7).then(|| sample::number(1));
        registry.commit(vec![Write::Case(write)], &actor(), now()).await.unwrap();
    }
    let found = async |query: CaseQuery| {
        let cases = registry.cases(&query).await.unwrap();
        cases.into_iter().map(|case| case.id[5..].to_owned()).collect::<Vec<_>>().join(" ")
    };
    let all = || CaseQuery::of(Kind::Application, 100);
    assert_eq!(found(all()).await, "00 01 02 03 04 05 06 07 08 09 10 11");
    assert_eq!(found(CaseQuery { owner: Some("owner-1".into()), ..all() }).await, "01 04 07 10");
    assert_eq!(
        found(CaseQuery { owner: Some("owner-1".into()), state: Some("odd".into()), ..all() }).await,
        "01 07"
    );
    assert_eq!(found(CaseQuery { number: Some(sample::number(1)), ..all() }).await, "07");
    assert_eq!(found(CaseQuery { after: Some("case-09".into()), ..all() }).await, "10 11");
    assert_eq!(found(CaseQuery::of(Kind::Application, 2)).await, "00 01");
    assert_eq!(found(CaseQuery::of(Kind::Duty, 2)).await, "");
}

pub(super) async fn a_label_and_its_case_are_written_together_or_not_at_all(registry: Arc<dyn Registry>) {
    let by = Actor { name: "山田".into(), organisation: Some("operator".into()), key: Some("k".into()) };
    let both = |index, expected| {
        let writes =
            vec![Write::Case(case("a", expected, "approved")), Write::Register(Box::new(sample::new(index)))];
        registry.commit(writes, &by, now())
    };
    registry.commit(vec![Write::Case(case("a", None, "draft"))], &by, now()).await.unwrap();
    assert!(both(1, None).await.is_err());
    assert_eq!(registry.status(&sample::number(1)).await.unwrap(), None);
    both(1, Some(Revision::FIRST)).await.unwrap();
    assert!(both(1, Some(Revision::new(2))).await.is_err(), "the number is taken");
    let case = registry.case(Kind::Application, "a").await.unwrap().unwrap();
    assert_eq!((case.revision, registry.last_position().await.unwrap()), (Revision::new(2), Position(3)));
    let entry = &registry.history(Kind::Label, sample::number(1).as_str()).await.unwrap()[0];
    assert_eq!(entry.by, by);

    let twice = vec![Write::Case(case_of(Revision::new(2))), Write::Case(case_of(Revision::new(3)))];
    assert!(matches!(registry.commit(twice, &by, now()).await, Err(RegistryError::Twice(_))));
}

fn case_of(expected: Revision) -> CaseWrite {
    case("a", Some(expected), "again")
}

pub(super) async fn uses_of_keys_only_move_forward(registry: Arc<dyn Registry>) {
    for (key, seconds) in [("b", 5), ("a", 9), ("a", 3), ("b", 6)] {
        registry.note_use(key, now().plus(seconds)).await.unwrap();
    }
    let uses = registry.uses().await.unwrap();
    assert_eq!(uses, [("a".to_owned(), now().plus(9)), ("b".to_owned(), now().plus(6))]);
}
