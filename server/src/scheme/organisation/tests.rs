use shirushi_shared::time::Window;

use super::*;

const DAY: i64 = 86_400;
const START: UnixTime = UnixTime::EPOCH;

fn organisation(kind: OrganisationKind) -> Organisation {
    let name = Name::parse("Example Evaluation Lab (fictional)").unwrap();
    Organisation::new(OrganisationId::parse("example-lab").unwrap(), kind, name)
}

fn cameras_at_star_3() -> Accreditation {
    let cameras = Categories::Only([Category::parse("network_camera").unwrap()].into());
    let valid = Window { from: START.plus(10 * DAY), until: START.plus(100 * DAY) };
    Accreditation::new([Level::Star3].into(), cameras, valid).unwrap()
}

fn reason() -> Reason {
    Reason::parse("audit of 2026 (fictional)").unwrap()
}

#[test]
fn ids_are_short_words() {
    for id in ["a", "example-lab", "lab-2"] {
        assert!(OrganisationId::parse(id).is_ok(), "{id}");
    }
    let long = "a".repeat(41);
    for id in ["", "-lab", "lab-", "Lab", "lab/1", "ラボ", long.as_str()] {
        assert_eq!(OrganisationId::parse(id), Err(NotAnOrganisationId), "{id}");
    }
}

#[test]
fn an_accreditation_holds_for_its_levels_categories_and_days() {
    let lab = organisation(OrganisationKind::EvaluationBody).accredit(cameras_at_star_3()).unwrap();
    let days = |lab: &Organisation, level, category: &str| -> Vec<i64> {
        let category = Category::parse(category).unwrap();
        (0..120).filter(|day| lab.is_accredited(level, category, START.plus(day * DAY))).collect()
    };
    assert_eq!(days(&lab, Level::Star3, "network_camera"), (10..100).collect::<Vec<_>>());
    assert_eq!(days(&lab, Level::Star4, "network_camera"), Vec::<i64>::new());
    assert_eq!(days(&lab, Level::Star3, "smart_lock"), Vec::<i64>::new());

    let lab = lab.suspend(reason(), START.plus(20 * DAY)).unwrap().reinstate(START.plus(30 * DAY)).unwrap();
    let lab = lab.withdraw_accreditation(0, reason(), START.plus(50 * DAY)).unwrap();
    let held: Vec<_> = (10..20).chain(30..50).collect();
    assert_eq!(days(&lab, Level::Star3, "network_camera"), held, "an ended suspension is not forgotten");
}

#[test]
fn what_cannot_be_is_refused() {
    let holder = organisation(OrganisationKind::Holder);
    assert!(matches!(
        holder.accredit(cameras_at_star_3()),
        Err(OrganisationError::NotAnEvaluationBody { kind: OrganisationKind::Holder, .. })
    ));
    let operator = organisation(OrganisationKind::Operator);
    assert_eq!(operator.suspend(reason(), START), Err(OrganisationError::OperatorStays));
    let lab = organisation(OrganisationKind::EvaluationBody);
    assert!(matches!(lab.clone().reinstate(START), Err(OrganisationError::NotSuspended(_))));
    let suspended = lab.clone().suspend(reason(), START).unwrap();
    assert!(matches!(suspended.suspend(reason(), START), Err(OrganisationError::AlreadySuspended(_))));
    let twice = lab
        .accredit(cameras_at_star_3())
        .and_then(|lab| lab.withdraw_accreditation(0, reason(), START))
        .and_then(|lab| lab.withdraw_accreditation(0, reason(), START));
    assert_eq!(twice, Err(AccreditationError::Withdrawn(START).into()));

    let valid = Window { from: START, until: START.plus(DAY) };
    let accredit = |levels: &[Level], categories, valid| {
        Accreditation::new(levels.iter().copied().collect(), categories, valid)
    };
    assert_eq!(accredit(&[], Categories::All, valid), Err(AccreditationError::Nothing));
    assert_eq!(
        accredit(&[Level::Star1, Level::Star3], Categories::All, valid),
        Err(AccreditationError::SelfDeclared(Level::Star1))
    );
    let backwards = Window { from: START.plus(DAY), until: START };
    assert_eq!(accredit(&[Level::Star3], Categories::All, backwards), Err(AccreditationError::Empty));
}
