//! The stored shapes: what is written today must be read for as long as records are kept.

use serde::{Serialize, de::DeserializeOwned};
use shirushi_shared::{label::Level, policy::Policy, scan::Origins, verdict::Outcome};

use super::{
    application::{Application, Kind},
    case_id::{AdvisoryId, ApplicationId, DecisionId, DutyId, NoticeId},
    checklist::{Answer, AnswerStatus, Checklist, Statement, StatementUrl},
    criteria::{Criteria, RecognisedScheme},
    decision::{Decision, Proposal},
    evidence::ContentHash,
    notice::{ChangeNotice, NoticeContent, RemovedModel},
    policy::{Edition, EditionEntry, PolicyBook, PolicyName, PolicyVersion},
    sample::{content, file, holder, lab, now, number, person, product, reason, registration, report},
    sighting::{Account, Brief, NewSighting, Reference, Seen, Sighting, Suspicion},
    standing::{Advisory, Duty, NewAdvisory, Severity},
    text::{Name, Note},
};

/// The shape of a value, after it was read back as the same.
fn shape<T: Serialize + DeserializeOwned + PartialEq + core::fmt::Debug>(name: &str, value: &T) -> String {
    let text = serde_json::to_string_pretty(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value, "{name}");
    let more = text.replacen('{', "{\"unknown\": 1,", 1);
    assert!(
        serde_json::from_str::<T>(&more).is_err(),
        "{name}: what is not understood is not dropped silently"
    );
    format!("{name}: {text}")
}

#[test]
fn documents() {
    let organisation =
        lab().suspend(reason(), now()).and_then(|lab| lab.withdraw_accreditation(0, reason(), now()));
    let id = || ApplicationId::new(2026, 123).unwrap();
    let sato = || person("operator", "Sato");
    let mut of_star_1 = content(Level::Star1);
    of_star_1.kind = Kind::Successor { of: number("SHI-1") };
    let [first, second, third, ..] = of_star_1.checklist.answers() else { panic!("16 answers") };
    let statement = Statement::Url(StatementUrl::parse("https://maker.example/psti").unwrap());
    let answers = vec![
        Answer { evidence: vec![file()], note: None, ..first.clone() },
        Answer {
            status: AnswerStatus::Recognised { scheme: RecognisedScheme::UkPsti, statement },
            ..second.clone()
        },
        Answer {
            status: AnswerStatus::NotApplicable { reason: Note::parse("no password").unwrap() },
            ..third.clone()
        },
    ];
    of_star_1.checklist = Checklist::new(answers).unwrap();
    let draft = Application::draft(id(), of_star_1, person("maker", "Suzuki"), now());
    let criteria = Criteria::built_in().unwrap();
    let holder = holder();
    let lab = lab();
    let setting =
        super::application::Setting { criteria: &criteria, holder: &holder, evaluation_body: Some(&lab) };
    let approved = Application::draft(id(), content(Level::Star3), person("maker", "Suzuki"), now())
        .file_report(report(), person("lab", "Tanaka"), now())
        .and_then(|next| next.submit(setting, person("maker", "Suzuki"), now()))
        .and_then(|next| next.begin_review(sato(), now()))
        .and_then(|next| next.return_to_holder(reason(), sato(), now()))
        .and_then(|next| next.submit(setting, person("maker", "Suzuki"), now()))
        .and_then(|next| next.begin_review(sato(), now()))
        .and_then(|next| next.accept_report(setting, sato(), now()))
        .and_then(|next| next.approve(number("SHI-2"), setting, person("operator", "Kato"), now()));
    let decision =
        |what| Decision::propose(DecisionId::new(2026, 7).unwrap(), what, reason(), sato(), now()).unwrap();
    let revoke = decision(Proposal::Revoke { number: number("SHI-1"), public_reason: reason() });
    let direct = decision(Proposal::IssueDirect { sha256: ContentHash::from_bytes([1; 32]) });
    let (camera, model) = (Name::parse("Camera").unwrap(), Name::parse("RX-200").unwrap());
    let change = NoticeContent {
        add: vec![product("Camera", &["RX-300"])],
        remove: vec![RemovedModel { product: camera, model }],
        ..NoticeContent::default()
    };
    let suzuki = person("maker", "Suzuki");
    let notice =
        ChangeNotice::file(NoticeId::new(2026, 1).unwrap(), &registration(), change, suzuki.clone(), now());
    let what = Name::parse("yearly report").unwrap();
    let duty = Duty::new(DutyId::new(2026, 1).unwrap(), number("SHI-1"), what, now());
    let models = vec![Name::parse("RX-200").unwrap()];
    let title = Name::parse("Command injection (fictional)").unwrap();
    let about =
        NewAdvisory { number: number("SHI-1"), models, title, severity: Severity::High, discovered: now() };
    let advisory = Advisory::record(AdvisoryId::new(2026, 1).unwrap(), about, now()).unwrap();
    let elsewhere = Seen::read("https://shop.example/", &Origins::new([]));
    let about = NewSighting {
        suspicion: Suspicion::LeadsElsewhere,
        seen: Some(elsewhere),
        answered: Some(Outcome::NotALabel),
        account: Account::parse("a sticker over the code").ok(),
        place: Brief::parse("a shop in Chiyoda").ok(),
        contact: Brief::parse("shopper@mail.example").ok(),
        photograph: Some(ContentHash::from_bytes([2; 32])),
    };
    let sighting = Sighting::report(Reference::of(1), about, now());
    let by_number =
        NewSighting { seen: Some(Seen::Number { number: number("SHI-1") }), ..sighting.about().clone() };
    let (name, version) = (PolicyName::parse("Cameras").unwrap(), PolicyVersion::parse("1").unwrap());
    let policy = Policy::load(
        r#"{"form":1,"name":"Cameras","version":"1","source":"S","rules":[{"asks":{"accepted_states":["valid"]}}]}"#,
    );
    let edition = Edition::new(policy.unwrap(), &name, &version, sato());
    let sha256 = edition.policy().digest();
    let entry = EditionEntry { version, sha256, at: now(), by: sato() };
    let book = PolicyBook::new(&sato().organisation, name).with(entry).unwrap();
    let shapes = [
        shape("policy, an edition", &edition),
        shape("policy, the book", &book),
        shape("sighting, a code", &sighting.close(reason(), sato(), now()).unwrap()),
        shape("sighting, a number", &Sighting::report(Reference::of(2), by_number, now())),
        shape("advisory", &advisory.close(reason(), now()).unwrap()),
        shape("organisation", &organisation.unwrap()),
        shape("draft", &draft),
        shape("approved", &approved.unwrap()),
        shape("decision, confirmed", &revoke.confirm(person("operator", "Kato"), now()).unwrap()),
        shape("decision, direct issue", &direct),
        shape("notice", &notice.unwrap().refuse(reason(), sato(), now()).unwrap()),
        shape("duty", &duty.deliver(file(), suzuki, now()).unwrap()),
    ];
    insta::assert_snapshot!(shapes.join("\n\n"));
}
