//! What the tests of this room share: invented organisations, people and products.

use shirushi_shared::{
    label::{AssessmentRoute, Category, Level, RegistrationNumber},
    registration::{Maker, Model, Product, Registration},
    time::{UnixTime, Window},
};

use super::{
    application::{Content, Kind},
    checklist::{Answer, AnswerStatus, Checklist},
    criteria::CriterionId,
    evidence::{ContentHash, EvidenceRef, FileName, FileSize, MediaType},
    organisation::{Accreditation, Categories, Organisation, OrganisationId, OrganisationKind},
    person::{Person, PersonName},
    report::EvaluationReport,
    text::{Name, Note, Reason},
};

pub(super) const DAY: i64 = 86_400;

pub(super) fn now() -> UnixTime {
    UnixTime::parse("2026-10-01T00:00:00Z").unwrap()
}

pub(super) fn person(organisation: &str, name: &str) -> Person {
    Person {
        organisation: OrganisationId::parse(organisation).unwrap(),
        name: PersonName::parse(name).unwrap(),
    }
}

pub(super) fn reason() -> Reason {
    Reason::parse("a reason (fictional)").unwrap()
}

pub(super) fn number(text: &str) -> RegistrationNumber {
    RegistrationNumber::parse(text).unwrap()
}

pub(super) fn holder() -> Organisation {
    let name = Name::parse("架空電機株式会社").unwrap();
    Organisation::new(OrganisationId::parse("maker").unwrap(), OrganisationKind::Holder, name)
}

/// An evaluation body that is accredited for everything a hundred days before and after now.
pub(super) fn lab() -> Organisation {
    let valid = Window { from: now().plus(-100 * DAY), until: now().plus(100 * DAY) };
    let levels = [Level::Star3, Level::Star4].into();
    let accreditation = Accreditation::new(levels, Categories::All, valid).unwrap();
    let name = Name::parse("Example Evaluation Lab (fictional)").unwrap();
    Organisation::new(OrganisationId::parse("lab").unwrap(), OrganisationKind::EvaluationBody, name)
        .accredit(accreditation)
        .unwrap()
}

pub(super) fn file() -> EvidenceRef {
    EvidenceRef {
        sha256: ContentHash::from_bytes([7; 32]),
        name: FileName::parse("report.pdf").unwrap(),
        media_type: MediaType::Pdf,
        size: FileSize::new(1_000).unwrap(),
    }
}

pub(super) fn report() -> EvaluationReport {
    EvaluationReport {
        body: lab().id,
        number: Name::parse("R-2026-1").unwrap(),
        level: Level::Star3,
        category: camera(),
        dated: now().plus(-DAY),
        evidence: file(),
    }
}

pub(super) fn camera() -> Category {
    Category::parse("network_camera").unwrap()
}

pub(super) fn product(name: &str, models: &[&str]) -> Product {
    let model = |number: &&str| Model { number: (*number).to_owned(), gtin: None };
    Product { name: name.to_owned(), models: models.iter().map(model).collect() }
}

/// A complete content: a checklist for STAR-1, an evaluation body for STAR-3.
pub(super) fn content(level: Level) -> Content {
    let note = Note::parse("see the manual, chapter 3 (fictional)").unwrap();
    let answer = |place| Answer {
        criterion: CriterionId::parse(&format!("S1.1-{place:02}")).unwrap(),
        status: AnswerStatus::Conforms,
        evidence: vec![],
        note: Some(note.clone()),
    };
    let declared = level.is_self_declared();
    Content {
        kind: Kind::New,
        level,
        category: camera(),
        products: vec![product("Camera", &["RX-200", "RX-201"])],
        checklist: Checklist::new(if declared { (1..=16).map(answer).collect() } else { vec![] }).unwrap(),
        evaluation_body: (!declared).then(|| lab().id),
        note: None,
    }
}

pub(super) fn registration() -> Registration {
    Registration {
        number: number("SHI-2026-00017"),
        printed_number: "SHI-2026-00017".to_owned(),
        maker: Maker { name: "架空電機株式会社".to_owned(), name_en: None, corporate_number: None },
        products: vec![product("Camera", &["RX-200", "RX-201"]), product("Recorder", &["RC-1"])],
        category: camera(),
        level: Level::Star1,
        route: AssessmentRoute::SelfDeclaration,
        registered: now().plus(-DAY),
        successor: None,
    }
}
