use super::*;
use crate::scheme::{
    criteria::Criteria,
    organisation::Organisation,
    person::Person,
    report::ReportProblem,
    sample::{self, DAY, content, file, holder, lab, now, number, person, reason, report},
};

/// The organisations as they are on record, and the criteria.
struct World {
    criteria: Criteria,
    holder: Organisation,
    lab: Organisation,
}

impl World {
    fn new() -> Self {
        Self { criteria: Criteria::built_in().unwrap(), holder: holder(), lab: lab() }
    }

    fn setting(&self) -> Setting<'_> {
        Setting { criteria: &self.criteria, holder: &self.holder, evaluation_body: Some(&self.lab) }
    }
}

fn maker() -> Person {
    person("maker", "Suzuki")
}

fn tester() -> Person {
    person("lab", "Tanaka")
}

fn reviewer() -> Person {
    person("operator", "Sato")
}

fn approver() -> Person {
    person("operator", "Kato")
}

fn draft(level: Level) -> Application {
    Application::draft(ApplicationId::new(2026, 123).unwrap(), content(level), maker(), now())
}

/// Handed in and complete.
fn submitted(level: Level) -> Application {
    let draft = draft(level);
    let draft =
        if level.is_self_declared() { draft } else { draft.file_report(report(), tester(), now()).unwrap() };
    draft.submit(World::new().setting(), maker(), now()).unwrap()
}

fn under_review(level: Level) -> Application {
    submitted(level).begin_review(reviewer(), now()).unwrap()
}

fn take(application: Application, step: Step, by: Person) -> Result<Application, Refused> {
    let (world, at) = (World::new(), now().plus(60));
    match step {
        Step::Draft => Ok(Application::draft(application.id, application.content, by, at)),
        Step::Edit => {
            let content = application.content.clone();
            application.edit(content, by, at)
        }
        Step::FileReport => application.file_report(report(), by, at),
        Step::Submit => application.submit(world.setting(), by, at),
        Step::Withdraw => application.withdraw(by, at),
        Step::BeginReview => application.begin_review(by, at),
        Step::AcceptReport => application.accept_report(world.setting(), by, at),
        Step::Return => application.return_to_holder(reason(), by, at),
        Step::Reject => application.reject(reason(), by, at),
        Step::Approve => application.approve(number("SHI-2026-00017"), world.setting(), by, at),
    }
}

/// Who takes a step, rightly.
fn rightly(step: Step) -> Person {
    match step {
        Step::Draft | Step::Edit | Step::Submit | Step::Withdraw => maker(),
        Step::FileReport => tester(),
        Step::BeginReview | Step::AcceptReport | Step::Return | Step::Reject => reviewer(),
        Step::Approve => approver(),
    }
}

fn in_every_state(level: Level) -> Vec<Application> {
    let returned = under_review(level).return_to_holder(reason(), reviewer(), now()).unwrap();
    let reviewed = match level {
        Level::Star1 => under_review(level),
        _ => take(under_review(level), Step::AcceptReport, reviewer()).unwrap(),
    };
    vec![
        draft(level),
        submitted(level),
        under_review(level),
        returned,
        take(reviewed, Step::Approve, approver()).unwrap(),
        under_review(level).reject(reason(), reviewer(), now()).unwrap(),
        draft(level).withdraw(maker(), now()).unwrap(),
    ]
}

#[test]
fn the_transition_table() {
    let mut table = Vec::new();
    for level in [Level::Star1, Level::Star3] {
        for application in in_every_state(level) {
            for step in Step::ALL.iter().filter(|step| **step != Step::Draft) {
                let from = application.state.name();
                let to = match take(application.clone(), *step, rightly(*step)) {
                    Ok(next) => next.state.name().to_owned(),
                    Err(refused) => {
                        assert_eq!((refused.state, refused.step), (from, *step));
                        format!("refused: {}", refused.why)
                    }
                };
                table.push(format!("{level} {from} + {step} -> {to}"));
            }
        }
    }
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn a_refusal_names_the_state_the_step_the_person_and_the_reason() {
    let refused = take(draft(Level::Star1), Step::Approve, approver()).unwrap_err();
    insta::assert_snapshot!(refused.to_string(), @"A-2026-000123 is draft and cannot be approved by Kato (operator): not in this state");
}

#[test]
fn every_step_is_taken_by_its_own_party_only() {
    for level in [Level::Star1, Level::Star3] {
        for application in in_every_state(level) {
            for step in Step::ALL.iter().filter(|step| step.is_possible(&application.state)) {
                let wrong_ones =
                    ["maker", "lab", "operator", "stranger"].map(|organisation| person(organisation, "Mori"));
                for by in wrong_ones {
                    let right = rightly(*step).organisation;
                    // An outsider is kept from the operator's steps by their roles, which are not this table's.
                    let is_role = right.as_str() == "operator"
                        && (by.organisation.as_str() == "stranger"
                            || (level == Level::Star1 && by.organisation.as_str() == "lab"));
                    if by.organisation == right || is_role {
                        continue;
                    }
                    let refused = take(application.clone(), *step, by.clone());
                    let Err(Refused { why, .. }) = refused else {
                        panic!("{level} {step} by {by}: {refused:?}")
                    };
                    let of_party =
                        matches!(*why, Why::NotTheHolder | Why::NotTheEvaluationBody | Why::Partial);
                    assert!(of_party, "{level} {step} by {by}: {why}");
                }
            }
        }
    }
}

#[test]
fn two_people_decide_at_every_level() {
    let same = |refused: Result<Application, Refused>| match *refused.unwrap_err().why {
        Why::SamePerson { before } => before,
        why => panic!("{why}"),
    };
    let again = take(under_review(Level::Star1), Step::Approve, person("operator", "ＳＡＴＯ"));
    assert_eq!(same(again), Step::BeginReview, "another spelling is the same person");

    let accepted = take(under_review(Level::Star3), Step::AcceptReport, approver()).unwrap();
    assert_eq!(same(take(accepted.clone(), Step::Approve, approver())), Step::AcceptReport);
    assert_eq!(same(take(accepted.clone(), Step::Approve, reviewer())), Step::BeginReview);
    assert!(take(accepted, Step::Approve, person("operator", "Abe")).is_ok());

    let refused = take(under_review(Level::Star3), Step::Approve, approver()).unwrap_err();
    assert_eq!(*refused.why, Why::ReportNotAccepted);
}

#[test]
fn what_is_returned_is_examined_anew() {
    let accepted = take(under_review(Level::Star3), Step::AcceptReport, reviewer()).unwrap();
    let returned = take(accepted, Step::Return, reviewer()).unwrap();
    let again = take(take(returned, Step::Submit, maker()).unwrap(), Step::BeginReview, reviewer()).unwrap();
    assert_eq!(*take(again, Step::Approve, approver()).unwrap_err().why, Why::ReportNotAccepted);
}

#[test]
fn all_that_is_missing_is_told_at_once() {
    let mut lacking = content(Level::Star1);
    lacking.products = vec![sample::product("Camera", &["RX-200", "rx200"])];
    lacking.checklist = Checklist::new(lacking.checklist.answers()[..14].to_vec()).unwrap();
    lacking.evaluation_body = Some(lab().id);
    let draft = draft(Level::Star1).edit(lacking, maker(), now()).unwrap();
    let world = World { holder: holder().suspend(reason(), now()).unwrap(), ..World::new() };
    let refused = draft.submit(world.setting(), maker(), now()).unwrap_err();
    insta::assert_snapshot!(refused.to_string().replace("; ", "\n"));
}

#[test]
fn a_level_without_criteria_takes_no_application() {
    for (level, why) in
        [(Level::Star2, "the criteria of STAR-2 are being set"), (Level::Star4, "STAR-4 is not open")]
    {
        let problems = draft(level).problems(World::new().setting(), now());
        assert!(problems.iter().any(|one| one.to_string().contains(why)), "{problems:?}");
    }
}

#[test]
fn models_cannot_be_added_under_a_report() {
    let filed = draft(Level::Star3).file_report(report(), tester(), now()).unwrap();
    let mut note_only = content(Level::Star3);
    note_only.note = Note::parse("please hurry").ok();
    assert!(filed.clone().edit(note_only, maker(), now()).unwrap().report().is_some());
    let mut more = content(Level::Star3);
    more.products.push(sample::product("Camera 2", &["RX-900"]));
    let edited = filed.edit(more, maker(), now()).unwrap();
    assert_eq!(edited.report(), None);
    let refused = edited.submit(World::new().setting(), maker(), now()).unwrap_err();
    assert_eq!(*refused.why, Why::Incomplete(vec![ApplicationProblem::NoReport]));
}

#[test]
fn an_accreditation_that_was_withdrawn_meanwhile_stops_the_approval() {
    let accepted = take(under_review(Level::Star3), Step::AcceptReport, reviewer()).unwrap();
    let lab = lab().withdraw_accreditation(0, reason(), now().plus(30)).unwrap();
    let world = World { lab, ..World::new() };
    let refused = accepted.approve(number("SHI-1"), world.setting(), approver(), now().plus(60)).unwrap_err();
    let expected = ApplicationProblem::Report(ReportProblem::NotAccreditedNow);
    assert_eq!(*refused.why, Why::Incomplete(vec![expected]));
}

#[test]
fn its_own_number_is_no_registration_number() {
    let world = World::new();
    let refused = under_review(Level::Star1)
        .approve(number("a 2026 000123"), world.setting(), approver(), now())
        .unwrap_err();
    assert_eq!(*refused.why, Why::NumberIsPreLabel);
}

#[test]
fn its_events_tell_who_did_what_and_never_run_backwards() {
    let mut application = draft(Level::Star1);
    for _ in 0..100 {
        application = application.edit(content(Level::Star1), maker(), now().plus(9)).unwrap();
    }
    let earlier = now().plus(-DAY);
    let application = application.submit(World::new().setting(), maker(), earlier).unwrap();
    let application =
        take(application.begin_review(reviewer(), earlier).unwrap(), Step::Approve, approver()).unwrap();
    let events: Vec<_> = application
        .events()
        .iter()
        .map(|event| format!("{} {} by {}", event.at, event.step, event.by))
        .collect();
    insta::assert_snapshot!(events.join("\n"));
    assert_eq!(application.criteria_version().map(Name::as_str), Some("2026-10"));
}

#[test]
fn the_evaluation_body_reads_what_it_was_commissioned_for() {
    let application = draft(Level::Star3);
    assert_eq!(application.owner_for(&lab().id), &lab().id);
    let stranger = OrganisationId::parse("other-lab").unwrap();
    assert_eq!(application.owner_for(&stranger), &holder().id);
    assert_eq!(application.withdraw(maker(), now()).unwrap().owner_for(&lab().id), &holder().id);
}

#[test]
fn a_report_is_filed_by_the_body_whose_it_is() {
    let other =
        EvaluationReport { body: OrganisationId::parse("other-lab").unwrap(), evidence: file(), ..report() };
    let refused = draft(Level::Star3).file_report(other, tester(), now()).unwrap_err();
    assert_eq!(*refused.why, Why::NotTheEvaluationBody);
}
