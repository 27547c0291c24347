use shirushi_shared::{
    label::{Category, Level},
    time::UnixTime,
};

use super::*;
use crate::scheme::{
    criteria::Criteria,
    evidence::{ContentHash, FileName, FileSize, MediaType},
};

fn now() -> UnixTime {
    UnixTime::parse("2026-10-01T00:00:00Z").unwrap()
}

fn check(answers: Vec<Answer>, at: UnixTime) -> Vec<ChecklistProblem> {
    let criteria = Criteria::built_in().unwrap();
    let category = Category::parse("smart_lock").unwrap();
    Checklist::new(answers).unwrap().check(Held { criteria: &criteria, level: Level::Star1, category, at })
}

fn file() -> EvidenceRef {
    EvidenceRef {
        sha256: ContentHash::from_bytes([7; 32]),
        name: FileName::parse("report.pdf").unwrap(),
        media_type: MediaType::Pdf,
        size: FileSize::new(1_000).unwrap(),
    }
}

fn answer(criterion: &str, status: AnswerStatus) -> Answer {
    let note = Note::parse("see the manual, chapter 3 (fictional)").ok();
    Answer { criterion: CriterionId::parse(criterion).unwrap(), status, evidence: vec![], note }
}

fn complete() -> Vec<Answer> {
    (1..=16).map(|i| answer(&format!("S1.1-{i:02}"), AnswerStatus::Conforms)).collect()
}

fn by_psti(criterion: &str) -> Answer {
    let statement = Statement::Url(StatementUrl::parse("https://maker.example/psti").unwrap());
    answer(criterion, AnswerStatus::Recognised { scheme: RecognisedScheme::UkPsti, statement })
}

#[test]
fn sixteen_answers_are_complete() {
    assert_eq!(check(complete(), now()), []);
    let mut shown_by_a_file = complete();
    shown_by_a_file[4] = Answer { evidence: vec![file()], note: None, ..shown_by_a_file[4].clone() };
    assert_eq!(check(shown_by_a_file, now()), []);
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let mut answers = complete();
    answers[0].status = AnswerStatus::NotApplicable { reason: Note::parse(" ").unwrap() };
    answers[1].note = None;
    answers[2].status = AnswerStatus::DoesNotConform;
    answers[3] = by_psti("S1.1-04");
    answers[4] = answers[5].clone();
    answers[15].criterion = CriterionId::parse("S9.9-99").unwrap();
    let told: Vec<_> = check(answers, now()).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn without_any_one_answer_it_is_not_complete() {
    for missing in 0..16 {
        let mut answers = complete();
        let criterion = answers.remove(missing).criterion;
        assert_eq!(check(answers, now()), [ChecklistProblem::Missing { criterion }]);
    }
}

#[test]
fn a_psti_statement_answers_three_criteria_and_no_other_from_2026_on() {
    for (at, answered) in
        [(now(), vec![2, 5, 16]), (UnixTime::parse("2025-12-31T14:59:59Z").unwrap(), vec![])]
    {
        let accepted: Vec<_> = (1..=16)
            .filter(|place| {
                let mut answers = complete();
                answers[place - 1] = by_psti(&format!("S1.1-{place:02}"));
                check(answers, at).is_empty()
            })
            .collect();
        assert_eq!(accepted, answered);
    }
}

#[test]
fn a_statement_is_published_under_an_address_that_is_what_it_looks_like() {
    for bad in [
        "http://a.example/",
        "https://",
        "https://a b.example",
        "https://x.example@evil.example/",
        "javascript:1",
    ] {
        assert_eq!(StatementUrl::parse(bad), Err(NotAStatementUrl), "{bad}");
    }
    assert!(StatementUrl::parse("https://maker.example/psti?x=@1").is_ok());
}

#[test]
fn its_files_are_found_wherever_they_are_named() {
    let mut answers = complete();
    answers[0].evidence = vec![file()];
    let statement = Statement::File(file());
    answers[1].status = AnswerStatus::Recognised { scheme: RecognisedScheme::UkPsti, statement };
    assert_eq!(Checklist::new(answers).unwrap().evidence().count(), 2);
    let too_many = vec![Answer { evidence: vec![file(); 51], ..complete()[0].clone() }];
    assert_eq!(Checklist::new(too_many), Err(ChecklistTooLong));
}
