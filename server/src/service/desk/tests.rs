//! The desk over a registry in a file: what each flow leaves on record, and who wins where two come at once.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use shirushi_shared::{
    key::KeyUse,
    label::{LabelState, Level, RegistrationNumber},
    registration::{CorporateNumber, Model, Product},
    time::{UnixTime, Window},
};

use super::{
    Approve, Approved, Desk, DeskError, Document as _, ExpiryChange, Filed, Page, ReviewStep, Upload,
};
use crate::{
    clock::SystemClock,
    evidence::{EvidenceFiles, FolderStore, MaxSize},
    registry::{CaseWrite, Kind, Registry, RegistryError, SqliteRegistry, Write},
    scheme::{
        access::Role,
        application::{Application, Content, Kind as For},
        case_id::{ApplicationId, DecisionId},
        checklist::{Answer, AnswerStatus, Checklist},
        criteria::{Criteria, CriterionId},
        decision::Proposal,
        evidence::{EvidenceRef, FileName, MediaType},
        notice::NoticeContent,
        organisation::{Accreditation, Categories, Organisation, OrganisationId, OrganisationKind},
        person::{Person, PersonName},
        report::EvaluationReport,
        standing::{ExtensionRequest, ExtensionReview, ExtensionRules, NewAdvisory, Severity},
        text::{Name, Note, Reason},
    },
    service::{
        Actor, access::Access, approval::ApprovalInput, caller::Caller, issue::Issuer,
        organisations::Organisations,
    },
    signer::KeyFolder,
};

const DAY: i64 = 86_400;

struct Office {
    desk: Desk,
    access: Access,
    registry: Arc<dyn Registry>,
    clock: SystemClock,
    _folder: tempfile::TempDir,
}

impl Office {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = SystemClock::default();
        let keys = KeyFolder::init(&folder.path().join("keys"), &[KeyUse::Label], clock.now()).unwrap();
        let registry: Arc<dyn Registry> =
            Arc::new(SqliteRegistry::open(&folder.path().join("registry.db")).await.unwrap());
        let signer = keys.signer(KeyUse::Label).unwrap();
        let issuer = Issuer::new(Arc::clone(&registry), signer, clock.clone(), Arc::default());
        let store = FolderStore::open(&folder.path().join("evidence"), clock.now()).unwrap();
        let evidence = EvidenceFiles::new(Arc::new(store), MaxSize::new(1).unwrap());
        let criteria = Arc::new(Criteria::built_in().unwrap());
        let rules = ExtensionRules::default();
        let desk = Desk::new(Arc::clone(&registry), issuer, evidence, criteria, rules, clock.clone());
        let organisations = Organisations::new(Arc::clone(&registry), clock.clone());
        let access = Access::new(Arc::clone(&registry), organisations, clock.clone());
        let office = Self { desk, access, registry, clock, _folder: folder };
        for (id, kind) in [("maker", OrganisationKind::Holder), ("rival", OrganisationKind::Holder)] {
            office.put(Organisation::new(organisation(id), kind, Name::parse(id).unwrap())).await;
        }
        let valid = Window { from: office.now().plus(-100 * DAY), until: office.now().plus(100 * DAY) };
        let accreditation = Accreditation::new([Level::Star3].into(), Categories::All, valid).unwrap();
        let lab = Organisation::new(
            organisation("lab"),
            OrganisationKind::EvaluationBody,
            Name::parse("Example Lab (fictional)").unwrap(),
        );
        office.put(lab.accredit(accreditation).unwrap()).await;
        office
    }

    fn now(&self) -> UnixTime {
        self.clock.now()
    }

    async fn put(&self, organisation: Organisation) {
        let write = CaseWrite {
            kind: Kind::Organisation,
            id: organisation.id.to_string(),
            expected: None,
            owner: Some(organisation.id.to_string()),
            number: None,
            state: "on_record".to_owned(),
            document: serde_json::to_string(&organisation).unwrap(),
            what: "created".to_owned(),
            why: None,
        };
        self.registry.commit(vec![Write::Case(write)], &Actor::here("test"), self.now()).await.unwrap();
    }

    async fn someone(&self, of: &str, name: &str, role: Role) -> Caller {
        let person = Person { organisation: organisation(of), name: PersonName::parse(name).unwrap() };
        self.access.person_at_this_machine(person, Some(role)).await.unwrap()
    }

    async fn maker(&self) -> Caller {
        self.someone("maker", "Suzuki", Role::Holder).await
    }

    async fn reviewer(&self) -> Caller {
        self.someone("operator", "Sato", Role::Reviewer).await
    }

    async fn approver(&self) -> Caller {
        self.someone("operator", "Kato", Role::Approver).await
    }

    async fn administrator(&self) -> Caller {
        self.someone("operator", "Ito", Role::Administrator).await
    }

    async fn upload(&self, caller: &Caller, text: &'static str) -> Result<EvidenceRef, DeskError> {
        let says = Upload {
            name: FileName::parse("evidence.txt").unwrap(),
            media_type: MediaType::Txt,
            sha256: None,
        };
        let bytes = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(text.as_bytes()))]);
        self.desk.upload(caller, says, bytes).await
    }

    /// An application that was examined by [`Office::reviewer`] and can be approved.
    async fn examined(&self, content: Content) -> Filed<Application> {
        let maker = self.maker().await;
        let id = self.desk.draft(&maker, content).await.unwrap().document.id().clone();
        self.desk.submit(&maker, &id, None).await.unwrap();
        self.desk.examine(&self.reviewer().await, &id, None, ReviewStep::Begin).await.unwrap()
    }

    fn approve(&self, number: &str) -> Approve {
        let valid = Window { from: self.now().plus(-DAY), until: self.now().plus(300 * DAY) };
        Approve { printed_number: number.to_owned(), valid }
    }

    /// A label of the maker.
    async fn label(&self, number: &str) -> Approved {
        let application = self.examined(content(For::New)).await;
        let id = application.document.id();
        self.desk.approve(&self.approver().await, id, None, self.approve(number)).await.unwrap()
    }

    async fn state(&self, number: &str) -> LabelState {
        self.registry.status(&self::number(number)).await.unwrap().unwrap().state
    }
}

fn organisation(id: &str) -> OrganisationId {
    OrganisationId::parse(id).unwrap()
}

fn number(text: &str) -> RegistrationNumber {
    RegistrationNumber::parse(text).unwrap()
}

fn reason() -> Reason {
    Reason::parse("a reason (fictional)").unwrap()
}

fn product(models: &[&str]) -> Product {
    let model = |number: &&str| Model { number: (*number).to_owned(), gtin: None };
    Product { name: "Camera".to_owned(), models: models.iter().map(model).collect() }
}

/// A complete self-declaration.
fn content(kind: For) -> Content {
    let answer = |place| Answer {
        criterion: CriterionId::parse(&format!("S1.1-{place:02}")).unwrap(),
        status: AnswerStatus::Conforms,
        evidence: vec![],
        note: Some(Note::parse("see the manual, chapter 3 (fictional)").unwrap()),
    };
    Content {
        kind,
        level: Level::Star1,
        category: shirushi_shared::label::Category::parse("network_camera").unwrap(),
        products: vec![product(&["RX-200"])],
        checklist: Checklist::new((1..=16).map(answer).collect()).unwrap(),
        evaluation_body: None,
        note: None,
    }
}

/// Whether this is the answer that names a state.
fn is_refused<T>(done: Result<T, DeskError>, words: &str) {
    match done {
        Err(error @ DeskError::Refused(_)) => assert!(error.to_string().contains(words), "{error}"),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was done"),
    }
}

fn is_conflict<T>(done: &Result<T, DeskError>) -> bool {
    matches!(done, Err(DeskError::Registry(RegistryError::Conflict { .. })))
}

#[tokio::test]
async fn a_declaration_comes_to_a_label_by_two_people() {
    let office = Office::open().await;
    let (maker, desk) = (office.maker().await, &office.desk);
    let mut incomplete = content(For::New);
    incomplete.checklist = Checklist::default();
    let id = desk.draft(&maker, incomplete).await.unwrap().document.id().clone();
    match desk.submit(&maker, &id, None).await {
        Err(DeskError::Invalid(problems)) => assert_eq!(problems.len(), 16, "each criterion is named"),
        other => panic!("{other:?}"),
    }
    is_refused(desk.examine(&office.reviewer().await, &id, None, ReviewStep::Begin).await, "is draft");
    desk.edit(&maker, &id, None, content(For::New)).await.unwrap();
    desk.submit(&maker, &id, None).await.unwrap();
    let both = office.someone("operator", "Ｓａｔｏ", Role::Approver).await;
    is_refused(desk.approve(&both, &id, None, office.approve("SHI-1")).await, "is submitted");
    desk.examine(&office.reviewer().await, &id, None, ReviewStep::Begin).await.unwrap();
    is_refused(desk.approve(&both, &id, None, office.approve("SHI-1")).await, "same person");
    let done = desk.approve(&office.approver().await, &id, None, office.approve("SHI-1")).await.unwrap();
    assert_eq!(done.application.document.state().name(), "approved");
    assert_eq!(desk.holder(&number("SHI-1")).await.unwrap(), Some(organisation("maker")));
    let history = office.registry.history(Kind::Label, "SHI1").await.unwrap();
    assert_eq!(history.first().map(|entry| entry.by.name.as_str()), Some("Kato"));
    // What a label stood for before it was one never passes as one.
    let before = ApplicationId::parse(id.as_str()).unwrap().as_pre_label_number().unwrap();
    assert!(office.registry.pre_label_number(&before).await.unwrap().is_some());
}

#[tokio::test]
async fn a_report_is_filed_by_the_body_and_accepted_by_the_operator() {
    let office = Office::open().await;
    let (maker, desk) = (office.maker().await, &office.desk);
    let lab = office.someone("lab", "Tanaka", Role::EvaluationBody).await;
    let mut star3 = Content { level: Level::Star3, checklist: Checklist::default(), ..content(For::New) };
    star3.evaluation_body = Some(organisation("lab"));
    let id = desk.draft(&maker, star3).await.unwrap().document.id().clone();
    assert!(matches!(desk.submit(&maker, &id, None).await, Err(DeskError::Invalid(_))), "without a report");
    let report = |evidence| EvaluationReport {
        body: organisation("lab"),
        number: Name::parse("R-1").unwrap(),
        level: Level::Star3,
        category: shirushi_shared::label::Category::parse("network_camera").unwrap(),
        dated: office.now().plus(-DAY),
        evidence,
    };
    let makers_file = office.upload(&maker, "the maker's own words").await.unwrap();
    let foreign = desk.file_report(&lab, &id, report(makers_file)).await;
    assert!(matches!(foreign, Err(DeskError::Invalid(_))), "a file that another organisation handed in");
    let file = office.upload(&lab, "the body's report").await.unwrap();
    desk.file_report(&lab, &id, report(file.clone())).await.unwrap();
    desk.submit(&maker, &id, None).await.unwrap();
    desk.examine(&office.reviewer().await, &id, None, ReviewStep::Begin).await.unwrap();
    is_refused(
        desk.approve(&office.approver().await, &id, None, office.approve("SHI-3")).await,
        "has not been accepted",
    );
    desk.examine(&office.reviewer().await, &id, None, ReviewStep::AcceptReport).await.unwrap();
    let (read, bytes) = desk.application_evidence(&office.approver().await, &id, &file.sha256).await.unwrap();
    assert_eq!((read.name.as_str(), bytes.as_ref()), ("evidence.txt", b"the body's report".as_ref()));
    let done = desk.approve(&office.approver().await, &id, None, office.approve("SHI-3")).await.unwrap();
    assert!(done.issued.is_some());
    let registration = office.registry.registration(&number("SHI-3")).await.unwrap().unwrap();
    assert!(format!("{:?}", registration.route).contains("Example Lab (fictional)"));
}

#[tokio::test]
async fn of_two_approvers_at_once_one_wins() {
    let office = Office::open().await;
    let application = office.examined(content(For::New)).await;
    let id = application.document.id();
    let (one, other) = (office.approver().await, office.someone("operator", "Mori", Role::Approver).await);
    let (first, second) = tokio::join!(
        office.desk.approve(&one, id, None, office.approve("SHI-1")),
        office.desk.approve(&other, id, None, office.approve("SHI-2")),
    );
    // The loser has either read what the winner had not yet written, or the state that the winner left.
    let lost = |done: &Result<Approved, DeskError>| {
        is_conflict(done) || matches!(done, Err(DeskError::Refused(text)) if text.contains("is approved"))
    };
    assert!((first.is_ok() && lost(&second)) || (second.is_ok() && lost(&first)), "{first:?} and {second:?}");
    assert_eq!(office.registry.numbers(None, 10).await.unwrap().len(), 1, "one label");
    let seen = Some(application.revision);
    assert!(is_conflict(&office.desk.approve(&one, id, seen, office.approve("SHI-4")).await));
}

#[tokio::test]
async fn what_others_handed_in_opens_nothing() {
    let office = Office::open().await;
    let (maker, rival) = (office.maker().await, office.someone("rival", "Ono", Role::Holder).await);
    let file = office.upload(&maker, "a secret of the maker").await.unwrap();
    let mut theirs = content(For::New);
    let mut answers = theirs.checklist.answers().to_vec();
    answers[0].evidence = vec![file.clone()];
    theirs.checklist = Checklist::new(answers).unwrap();
    let stolen = office.desk.draft(&rival, theirs.clone()).await;
    match stolen {
        Err(DeskError::Invalid(problems)) => {
            assert!(problems[0].detail.ends_with("was not handed in"), "{problems:?}");
        }
        other => panic!("{other:?}"),
    }
    let renamed = EvidenceRef { media_type: MediaType::Csv, ..file.clone() };
    let mut answers = theirs.checklist.answers().to_vec();
    answers[0].evidence = vec![renamed];
    let lying = Content { checklist: Checklist::new(answers).unwrap(), ..content(For::New) };
    assert!(matches!(office.desk.draft(&maker, lying).await, Err(DeskError::Invalid(_))));

    let id = office.desk.draft(&maker, theirs).await.unwrap().document.id().clone();
    let never = ApplicationId::parse("A-2026-0000001").unwrap();
    for unknown in [&id, &never] {
        assert!(matches!(office.desk.application(&rival, unknown).await, Err(DeskError::NotFound)));
        let read = office.desk.application_evidence(&rival, unknown, &file.sha256).await;
        assert!(matches!(read, Err(DeskError::NotFound)));
        assert!(matches!(office.desk.withdraw(&rival, unknown).await, Err(DeskError::NotFound)));
    }
    let administrator = office.administrator().await;
    let read = office.desk.application_evidence(&administrator, &id, &file.sha256).await;
    assert!(matches!(read, Err(DeskError::Denied(_))));
}

#[tokio::test]
async fn a_file_is_taken_as_what_it_is_and_no_larger_than_allowed() {
    let office = Office::open().await;
    let maker = office.maker().await;
    let says = |media_type| Upload { name: FileName::parse("a").unwrap(), media_type, sha256: None };
    let send = async |media_type, bytes: Vec<u8>| {
        let bytes = stream::iter([Ok::<_, std::io::Error>(Bytes::from(bytes))]);
        office.desk.upload(&maker, says(media_type), bytes).await
    };
    assert!(matches!(send(MediaType::Pdf, b"<script>".to_vec()).await, Err(DeskError::Evidence(_))));
    assert!(matches!(send(MediaType::Txt, vec![b'a'; (1 << 20) + 1]).await, Err(DeskError::Evidence(_))));
    assert!(send(MediaType::Txt, vec![]).await.is_err(), "nothing is no evidence");
    let twice = (office.upload(&maker, "once").await.unwrap(), office.upload(&maker, "once").await.unwrap());
    assert_eq!(twice.0, twice.1);
}

#[tokio::test]
async fn a_successor_gets_a_label_and_ends_the_one_before() {
    let office = Office::open().await;
    office.label("SHI-1").await;
    let next = office.examined(content(For::Successor { of: number("SHI-1") })).await;
    let (approver, id) = (office.approver().await, next.document.id());
    let done = office.desk.approve(&approver, id, None, office.approve("SHI-2")).await.unwrap();
    assert!(done.issued.is_some());
    let record = office.registry.status(&number("SHI-1")).await.unwrap().unwrap();
    assert!(matches!(record.state, LabelState::Grace { .. }));
    assert!(record.valid.until.since(office.now()) <= super::applications::SUCCESSION);
    let before = office.registry.registration(&number("SHI-1")).await.unwrap().unwrap();
    assert_eq!(before.successor, Some(number("SHI-2")));
}

#[tokio::test]
async fn nobody_follows_or_extends_the_registration_of_another() {
    let office = Office::open().await;
    office.label("SHI-1").await;
    let rival = office.someone("rival", "Ono", Role::Holder).await;
    for kind in [For::ReTest { of: number("SHI-1") }, For::Successor { of: number("SHI-1") }] {
        let id = office.desk.draft(&rival, content(kind)).await.unwrap().document.id().clone();
        match office.desk.submit(&rival, &id, None).await {
            Err(DeskError::Invalid(problems)) => assert_eq!(problems[0].field, "kind.of"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(office.desk.holder(&number("SHI-1")).await.unwrap(), Some(organisation("maker")));
    let file = office.desk.file_notice(&rival, &number("SHI-1"), NoticeContent::default()).await;
    assert!(matches!(file, Err(DeskError::NotFound)));
}

#[tokio::test]
async fn a_re_test_extends_the_label_there_is() {
    let office = Office::open().await;
    office.label("SHI-1").await;
    let again = office.examined(content(For::ReTest { of: number("SHI-1") })).await;
    let (id, approver) = (again.document.id(), office.approver().await);
    let other = office.desk.approve(&approver, id, None, office.approve("SHI-2")).await;
    assert!(matches!(other, Err(DeskError::Invalid(_))), "it issues no other number");
    let until = office.now().plus(700 * DAY);
    let longer =
        Approve { valid: Window { until, ..office.approve("SHI-1").valid }, ..office.approve("SHI-1") };
    let done = office.desk.approve(&approver, id, None, longer).await.unwrap();
    assert!(done.issued.is_none());
    assert_eq!(office.registry.status(&number("SHI-1")).await.unwrap().unwrap().valid.until, until);
}

#[tokio::test]
async fn notices_change_what_is_registered_and_do_not_undo_each_other() {
    let office = Office::open().await;
    office.label("SHI-1").await;
    let (maker, reviewer, desk) = (office.maker().await, office.reviewer().await, &office.desk);
    let add = |model: &str| NoticeContent { add: vec![product(&[model])], ..NoticeContent::default() };
    let file = async |content| {
        desk.file_notice(&maker, &number("SHI-1"), content).await.unwrap().document.id().clone()
    };
    let (first, second, late) =
        (file(add("RX-201")).await, file(add("RX-202")).await, file(add("RX-201")).await);
    let (one, other) = tokio::join!(
        desk.accept_notice(&reviewer, &first, None),
        desk.accept_notice(&reviewer, &second, None)
    );
    for (done, id) in [(one, &first), (other, &second)] {
        if let Err(error) = done {
            assert!(matches!(error, DeskError::Registry(RegistryError::Conflict { .. })), "{error:?}");
            desk.accept_notice(&reviewer, id, None).await.unwrap();
        }
    }
    let registered = office.registry.registration(&number("SHI-1")).await.unwrap().unwrap();
    let models: Vec<_> = registered.products[0].models.iter().map(|model| model.number.as_str()).collect();
    let mut sorted = models.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["RX-200", "RX-201", "RX-202"]);
    // Filed when it fitted, and accepted after a change: what no longer fits is not taken.
    assert!(matches!(desk.accept_notice(&reviewer, &late, None).await, Err(DeskError::Invalid(_))));
    desk.refuse_notice(&reviewer, &late, reason()).await.unwrap();
    is_refused(desk.withdraw_notice(&maker, &late).await, "is refused");
}

#[tokio::test]
async fn an_open_critical_advisory_keeps_a_label_from_being_extended_on_paper() {
    let office = Office::open().await;
    office.label("SHI-1").await;
    let (maker, desk) = (office.maker().await, &office.desk);
    let until = office.now().plus(600 * DAY);
    let request = ExtensionRequest { number: number("SHI-1"), until };
    assert_eq!(desk.extension_review(&maker, &request).await.unwrap(), ExtensionReview::Streamlined);
    let about = NewAdvisory {
        number: number("SHI-1"),
        models: vec![],
        title: Name::parse("Command injection (fictional)").unwrap(),
        severity: Severity::Critical,
        discovered: office.now().plus(-DAY),
    };
    let extend = || Proposal::Extend { number: number("SHI-1"), until };
    // Proposed before it was known, and confirmed after: the look is taken again.
    let early = desk.propose(&maker, None, extend(), reason()).await.unwrap().document.id().clone();
    let advisory = desk.record_advisory(&maker, about).await.unwrap();
    for refused in [
        desk.confirm(&office.approver().await, &early, None).await.map(drop),
        desk.propose(&maker, None, extend(), reason()).await.map(drop),
        desk.change_expiry(&office.administrator().await, &number("SHI-1"), None, until, reason())
            .await
            .map(drop),
    ] {
        match refused {
            Err(error @ DeskError::ReTest(_)) => assert_eq!(error.details()[0].field, "advisory"),
            other => panic!("{other:?}"),
        }
    }
    desk.end_advisory(&maker, advisory.document.id(), None).await.unwrap();
    is_refused(desk.end_advisory(&maker, advisory.document.id(), None).await, "is fixed");
    let done = desk.confirm(&office.approver().await, &early, None).await.unwrap();
    assert_eq!(done.changed.unwrap().valid.until, until);
    let sooner = office.now().plus(30 * DAY);
    let shortened =
        desk.change_expiry(&office.administrator().await, &number("SHI-1"), None, sooner, reason()).await;
    assert!(matches!(shortened, Ok(ExpiryChange::Shortened(record)) if record.valid.until == sooner));
}

#[tokio::test]
async fn to_revoke_takes_two_and_is_done_once() {
    let office = Office::open().await;
    office.label("SHI-1").await;
    let (administrator, approver, desk) =
        (office.administrator().await, office.approver().await, &office.desk);
    let revoke = || Proposal::Revoke { number: number("SHI-1"), public_reason: reason() };
    let propose =
        async |by: &Caller| desk.propose(by, None, revoke(), reason()).await.unwrap().document.id().clone();
    let own = propose(&approver).await;
    is_refused(desk.confirm(&approver, &own, None).await, "same person");
    assert!(matches!(desk.confirm(&administrator, &own, None).await, Err(DeskError::Denied(_))));
    let id = propose(&administrator).await;
    let other = office.someone("operator", "Mori", Role::Approver).await;
    let (first, second) = tokio::join!(desk.confirm(&approver, &id, None), desk.confirm(&other, &id, None));
    assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1, "{first:?} and {second:?}");
    assert!(matches!(office.state("SHI-1").await, LabelState::Revoked { .. }));
    let again = desk.propose(&administrator, None, revoke(), reason()).await;
    assert!(matches!(again, Err(DeskError::Registry(RegistryError::Illegal(_)))), "{again:?}");
    desk.decline(&administrator, &own, reason()).await.unwrap();
    is_refused(desk.confirm(&other, &own, None).await, "is declined");
}

#[tokio::test]
async fn what_nobody_confirms_in_time_lapses() {
    let office = Office::open().await;
    office.label("SHI-1").await;
    let what = Proposal::Revoke { number: number("SHI-1"), public_reason: reason() };
    let made = office.desk.propose(&office.administrator().await, None, what, reason()).await.unwrap();
    office.clock.jump(7 * DAY);
    assert_eq!(made.document.state_at(office.now()), "lapsed");
    is_refused(office.desk.confirm(&office.approver().await, made.document.id(), None).await, "is lapsed");
    assert_eq!(office.state("SHI-1").await, LabelState::Active);
}

#[tokio::test]
async fn what_is_issued_directly_is_what_was_proposed() {
    let office = Office::open().await;
    let (administrator, desk) = (office.administrator().await, &office.desk);
    let input = |number: &str| ApprovalInput {
        number: number.to_owned(),
        maker: "架空電機".to_owned(),
        corporate_number: Some("7000012050002".to_owned()),
        products: vec![],
        category: "network_camera".to_owned(),
        level: "STAR-1".to_owned(),
        valid_from: "2026-01-01".to_owned(),
        valid_until: "2027-12-31".to_owned(),
        ..ApprovalInput::default()
    };
    assert!(matches!(
        desk.propose_issue(&administrator, vec![input("SHI-1")], reason()).await,
        Err(DeskError::Invalid(_))
    ));
    let whole = |number: &str| {
        let product = serde_json::json!({ "name": "Camera", "models": [{ "number": "RX-1" }] });
        ApprovalInput { products: vec![serde_json::from_value(product).unwrap()], ..input(number) }
    };
    let twice = desk.propose_issue(&administrator, vec![whole("SHI-1"), whole("shi 1")], reason()).await;
    assert!(matches!(twice, Err(DeskError::Invalid(_))), "{twice:?}");
    let both = vec![whole("SHI-1"), whole("SHI-2")];
    let made = desk.propose_issue(&administrator, both.clone(), reason()).await.unwrap();
    let id: DecisionId = made.document.id().clone();
    let shown = desk.proposed_approvals(&office.approver().await, &id).await.unwrap();
    assert_eq!(serde_json::to_value(&shown).unwrap(), serde_json::to_value(&both).unwrap());
    assert!(office.registry.status(&number("SHI-1")).await.unwrap().is_none(), "not yet");
    let done = desk.confirm(&office.approver().await, &id, None).await.unwrap();
    assert_eq!(done.issued.len(), 2);
    let again = desk.propose_issue(&administrator, both, reason()).await;
    assert!(matches!(again, Err(DeskError::Registry(RegistryError::AlreadyRegistered(_)))), "{again:?}");
    // Whose it is follows from the corporate number, where a holder on record has it.
    assert_eq!(desk.holder(&number("SHI-1")).await.unwrap(), None);
    let mut rival = Organisation::new(
        organisation("newcomer"),
        OrganisationKind::Holder,
        Name::parse("架空電機").unwrap(),
    );
    rival.corporate_number = Some(CorporateNumber::parse("7000012050002").unwrap());
    office.put(rival).await;
    assert_eq!(desk.holder(&number("SHI-1")).await.unwrap(), Some(organisation("newcomer")));
}

#[tokio::test]
async fn lists_come_in_pages_of_what_is_ones_own() {
    let office = Office::open().await;
    let (maker, rival) = (office.maker().await, office.someone("rival", "Ono", Role::Holder).await);
    for _ in 0..5 {
        office.desk.draft(&maker, content(For::New)).await.unwrap();
        office.desk.draft(&rival, content(For::New)).await.unwrap();
    }
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = Page { after, limit: 2, ..Page::default() };
        let listed = office.desk.applications(&maker, page).await.unwrap();
        assert!(listed.cases.len() <= 2);
        seen.extend(
            listed.cases.into_iter().map(|filed| (filed.document.id().clone(), filed.owner.unwrap())),
        );
        after = listed.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.iter().all(|(_, owner)| owner == "maker") && seen.is_sorted());
    let all = Page { limit: 100, state: Some("draft".to_owned()), ..Page::default() };
    assert_eq!(office.desk.applications(&office.reviewer().await, all).await.unwrap().cases.len(), 10);
}
