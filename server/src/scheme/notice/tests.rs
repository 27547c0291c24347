use super::*;
use crate::scheme::{
    products::{MAX_MODELS, ProductProblem},
    sample::{now, number, person, product, reason, registration},
};

fn removed(product: &str, model: &str) -> RemovedModel {
    RemovedModel { product: Name::parse(product).unwrap(), model: Name::parse(model).unwrap() }
}

fn adding(products: Vec<Product>) -> NoticeContent {
    NoticeContent { add: products, ..NoticeContent::default() }
}

fn removing(models: &[(&str, &str)]) -> NoticeContent {
    let remove = models.iter().map(|(product, model)| removed(product, model)).collect();
    NoticeContent { remove, ..NoticeContent::default() }
}

fn maker() -> Person {
    person("maker", "Suzuki")
}

fn reviewer() -> Person {
    person("operator", "Sato")
}

fn file(content: NoticeContent) -> Result<ChangeNotice, Vec<NoticeProblem>> {
    ChangeNotice::file(NoticeId::new(2026, 1).unwrap(), &registration(), content, maker(), now())
}

/// Product and models of a registration, as a line.
fn line(registration: &Registration) -> String {
    let models = registration.models().map(|(product, model)| format!("{} {}", product.name, model.number));
    models.collect::<Vec<_>>().join(", ")
}

fn applied(content: NoticeContent) -> String {
    line(&file(content).unwrap().accept(&registration(), reviewer(), now()).unwrap().1)
}

#[test]
fn models_come_and_go() {
    let before = line(&registration());
    assert_eq!(before, "Camera RX-200, Camera RX-201, Recorder RC-1");
    assert_eq!(
        applied(adding(vec![product("ＣＡＭＥＲＡ", &["RX-300"]), product("Lock", &["L-1"])])),
        "Camera RX-200, Camera RX-201, Camera RX-300, Recorder RC-1, Lock L-1"
    );
    assert_eq!(applied(removing(&[("camera", "rx200")])), "Camera RX-201, Recorder RC-1");
    assert_eq!(
        applied(removing(&[("Recorder", "RC-1")])),
        "Camera RX-200, Camera RX-201",
        "its product goes too"
    );
    let exchanged =
        NoticeContent { add: vec![product("Recorder", &["RC-1"])], ..removing(&[("Recorder", "RC-1")]) };
    assert_eq!(applied(exchanged), before, "taken out, then added");
    let contact =
        NoticeContent { contact: Note::parse("product-security@maker.example").ok(), ..adding(vec![]) };
    assert_eq!(applied(contact), before);
}

#[test]
fn what_cannot_be_applied_cannot_be_filed() {
    let wrong =
        |content| file(content).unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let all = [("Camera", "RX-200"), ("Camera", "RX-201"), ("Recorder", "RC-1")];
    let numbers: Vec<_> = (0..MAX_MODELS).map(|i| format!("N{i}")).collect();
    let numbers: Vec<_> = numbers.iter().map(String::as_str).collect();
    let many = (0..200).map(|i| product(&format!("P{i}"), &[&format!("M{i}")])).collect();
    let table = [
        ("nothing", wrong(NoticeContent::default())),
        ("there already", wrong(adding(vec![product("Camera 2", &["ＲＸ２００", "RX-300"])]))),
        ("twice in the notice", wrong(adding(vec![product("Camera", &["N-1", "n1"])]))),
        (
            "not there",
            wrong(removing(&[
                ("Camera", "RC-1"),
                ("Toaster", "T-1"),
                ("Camera", "RX-200"),
                ("Camera", "RX-200"),
            ])),
        ),
        ("the last model", wrong(removing(&all))),
        ("too many models", wrong(adding(vec![product("Camera", &numbers)]))),
        ("too many products", wrong(adding(many))),
    ];
    insta::assert_snapshot!(table.map(|(case, told)| format!("{case}: {told}")).join("\n"));
    assert!(matches!(
        file(adding(vec![product("Lock", &[])])).unwrap_err()[..],
        [NoticeProblem::Add(ProductProblem::Models { place: 1 })]
    ));
}

#[test]
fn a_registration_that_changed_meanwhile_is_looked_at_again() {
    let notice = file(adding(vec![product("Camera", &["RX-300"])])).unwrap();
    let (_, changed) = notice.clone().accept(&registration(), reviewer(), now()).unwrap();
    let refused = notice.clone().accept(&changed, reviewer(), now()).unwrap_err();
    assert_eq!(*refused.why, NoticeWhy::Unfit(vec![NoticeProblem::AlreadyThere("RX-300".into())]));
    let other = Registration { number: number("SHI-2"), ..registration() };
    let refused = notice.accept(&other, reviewer(), now()).unwrap_err();
    assert_eq!(*refused.why, NoticeWhy::Unfit(vec![NoticeProblem::OtherRegistration]));
}

#[test]
fn a_model_registered_twice_by_import_does_not_stand_in_the_way() {
    let mut twice = registration();
    twice.products.push(product("Recorder old", &["RC-1"]));
    let notice = file(adding(vec![product("Camera", &["RX-300"])])).unwrap();
    assert!(notice.apply(&twice).is_ok());
}

#[test]
fn the_transition_table() {
    let filed = || file(adding(vec![product("Camera", &["RX-300"])])).unwrap();
    let states = [
        filed(),
        filed().accept(&registration(), reviewer(), now()).unwrap().0,
        filed().refuse(reason(), reviewer(), now()).unwrap(),
        filed().withdraw(maker(), now()).unwrap(),
    ];
    let mut table = Vec::new();
    for notice in states {
        for by in [maker(), reviewer()] {
            let from = notice.state().name();
            let told = |result: Result<ChangeNotice, NoticeRefused>| {
                result.map_or_else(
                    |refused| format!("refused: {refused}"),
                    |next| next.state().name().to_owned(),
                )
            };
            let accepted = notice.clone().accept(&registration(), by.clone(), now()).map(|(next, _)| next);
            let org = by.organisation.clone();
            table.push(format!("{from} + accept by {org} -> {}", told(accepted)));
            table.push(format!(
                "{from} + refuse by {org} -> {}",
                told(notice.clone().refuse(reason(), by.clone(), now()))
            ));
            table.push(format!("{from} + withdraw by {org} -> {}", told(notice.clone().withdraw(by, now()))));
        }
    }
    insta::assert_snapshot!(table.join("\n"));
}
