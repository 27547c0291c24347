use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    claim::Listed,
    label::{Category, Level as Stars},
    registration::{self, CorporateNumber},
    time::UnixTime,
    verdict::Outcome,
};

fn at(text: &str) -> UnixTime {
    Day::parse(text).unwrap().start()
}

/// A policy of `rules`, and of accepted states where none of them says which.
fn policy(rules: &[Value]) -> Policy {
    Policy::load(&file(rules).to_string()).unwrap()
}

fn file(rules: &[Value]) -> Value {
    let mut all: Vec<_> = rules.iter().map(|asks| json!({ "asks": asks })).collect();
    if !rules.iter().any(|asks| asks.get("accepted_states").is_some()) {
        all.push(json!({ "asks": { "accepted_states": ["valid"] } }));
    }
    json!({ "form": 1, "name": "Example (invented)", "version": "1", "source": "a test", "rules": all })
}

fn good() -> Facts {
    Facts {
        outcome: Outcome::Valid,
        level: Some(Stars::Star2),
        category: Some(Category::from_code(2).unwrap()),
        expires: Some(at("2028-04-01")),
        model: Some(Listed::Listed),
        maker: Some(registration::Maker {
            name: "架空電機株式会社".into(),
            name_en: Some("Kaku Denki Co., Ltd.".into()),
            corporate_number: CorporateNumber::parse("7000012050002").ok(),
        }),
        evidence_age: Some(3),
    }
}

fn claim() -> Claim {
    Claim {
        model: Some("RX-200".into()),
        maker: Some("架空電機株式会社".into()),
        corporate_number: CorporateNumber::parse("7000012050002").ok(),
        contract_end: Day::parse("2028-03-31").ok(),
    }
}

/// What the first rule says.
fn says(asks: &Value, claim: &Claim, facts: &Facts) -> Reason {
    check(&policy(std::slice::from_ref(asks)), claim, facts, at("2027-05-20")).rules[0].reason
}

#[test]
fn each_outcome_has_its_answer_to_the_states_that_are_accepted() {
    let both = json!({ "accepted_states": ["valid", "grace"] });
    let mut table = String::new();
    for outcome in Outcome::ALL {
        let reason = says(&both, &claim(), &Facts { outcome, ..good() });
        table += &format!("{:16} {:?}: {}\n", outcome.as_str(), reason.answer(), reason.as_str());
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_least_level_is_of_a_day_and_of_products() {
    let least = |level: u8, categories: Value, from: &str| json!({ "least_level": { "level": level, "categories": categories, "from": from } });
    let cameras = || json!({ "only": ["network_camera"] });
    let locks = || json!({ "only": ["smart_lock"] });
    let unknown = |level| Facts { category: None, level, ..good() };
    for (asks, facts, expected) in [
        (least(2, json!("all"), "2027-05-20"), good(), Reason::Met),
        (least(3, json!("all"), "2027-05-20"), good(), Reason::LevelTooLow),
        (least(3, json!("all"), "2027-05-21"), good(), Reason::NotInForce),
        (least(3, cameras(), "2027-01-01"), good(), Reason::LevelTooLow),
        (least(3, locks(), "2027-01-01"), good(), Reason::OtherCategory),
        (least(3, locks(), "2027-01-01"), unknown(Some(Stars::Star2)), Reason::CategoryUnknown),
        (least(3, locks(), "2027-01-01"), unknown(None), Reason::CategoryUnknown),
        (least(3, locks(), "2027-01-01"), unknown(Some(Stars::Star3)), Reason::Met),
        (least(1, json!("all"), "2027-01-01"), unknown(None), Reason::LevelUnknown),
    ] {
        assert_eq!(says(&asks, &claim(), &facts), expected, "{asks} {facts:?}");
    }
}

#[test]
fn a_validity_reaches_a_day_where_it_lasts_to_its_end() {
    let day = |day: &str| json!({ "valid_until": { "day": day } });
    assert_eq!(says(&day("2028-03-31"), &claim(), &good()), Reason::Met, "valid until the end of 31 March");
    assert_eq!(says(&day("2028-04-01"), &claim(), &good()), Reason::EndsTooEarly);
    assert_eq!(says(&day("2028-04-01"), &claim(), &Facts { expires: None, ..good() }), Reason::ExpiryUnknown);
    let contract = json!({ "valid_until": "contract_end" });
    assert_eq!(says(&contract, &claim(), &good()), Reason::Met);
    let longer = Claim { contract_end: Day::parse("2029-03-31").ok(), ..claim() };
    assert_eq!(says(&contract, &longer, &good()), Reason::EndsTooEarly);
    assert_eq!(says(&contract, &Claim::default(), &good()), Reason::NoContractEnd);
}

#[test]
fn makers_are_the_same_by_number_or_by_name() {
    let named = |maker: &str| Claim { maker: Some(maker.into()), ..Claim::default() };
    let numbered =
        |number: &str| Claim { corporate_number: CorporateNumber::parse(number).ok(), ..named("他社") };
    let unnumbered = || {
        let maker = good().maker.map(|maker| registration::Maker { corporate_number: None, ..maker });
        Facts { maker, ..good() }
    };
    let other = "1010001000006";
    assert!(CorporateNumber::parse(other).is_ok());
    let nobody = || Facts { maker: None, ..good() };
    let either = json!({ "maker_matches": "name_or_corporate_number" });
    let strict = json!({ "maker_matches": "corporate_number" });
    for (asks, claim, facts, expected) in [
        (&either, named("架空電機 株式会社"), good(), Reason::Met),
        (&either, named("KAKU DENKI CO LTD"), good(), Reason::Met),
        (&either, named("㈱架空電機"), good(), Reason::OnlyLegalFormDiffers),
        (&either, named("Kaku Denki"), good(), Reason::OnlyLegalFormDiffers),
        (&either, named("架空"), good(), Reason::MakerDiffers),
        (&either, named("株式会社"), good(), Reason::MakerDiffers),
        (&either, named(" "), good(), Reason::MakerDiffers),
        (&either, numbered("7000012050002"), good(), Reason::Met),
        (&either, numbered(other), good(), Reason::CorporateNumberDiffers),
        (&either, numbered(other), unnumbered(), Reason::MakerDiffers),
        (&either, Claim { maker: None, ..numbered(other) }, unnumbered(), Reason::CorporateNumberUnknown),
        (&either, Claim::default(), good(), Reason::NoMakerClaimed),
        (&either, claim(), nobody(), Reason::MakerUnknown),
        (&strict, named("架空電機株式会社"), good(), Reason::NoCorporateNumberClaimed),
        (&strict, claim(), good(), Reason::Met),
        (&strict, claim(), unnumbered(), Reason::CorporateNumberUnknown),
        (&strict, claim(), nobody(), Reason::MakerUnknown),
    ] {
        assert_eq!(says(asks, &claim, &facts), expected, "{asks} {claim:?}");
    }
}

#[test]
fn models_evidence_and_what_is_not_on_record_yet() {
    let model = json!("model_listed");
    assert_eq!(says(&model, &claim(), &good()), Reason::Met);
    assert_eq!(says(&model, &Claim::default(), &good()), Reason::NoModelClaimed);
    assert_eq!(says(&model, &claim(), &Facts { model: None, ..good() }), Reason::ModelsUnknown);
    let not_listed = Facts { model: Some(Listed::NotListed), ..good() };
    assert_eq!(says(&model, &claim(), &not_listed), Reason::ModelNotListed);

    let evidence = json!({ "evidence_not_older": { "days": 1 } });
    for (age, expected) in [
        (Some(86_400), Reason::Met),
        (Some(86_401), Reason::EvidenceTooOld),
        (None, Reason::EvidenceAgeUnknown),
    ] {
        assert_eq!(says(&evidence, &claim(), &Facts { evidence_age: age, ..good() }), expected);
    }
    for asks in [json!({ "recognised": "uk_psti" }), json!({ "no_open_advisory": "critical" })] {
        assert_eq!(says(&asks, &claim(), &good()).answer(), Answer::CannotTell, "{asks}");
        assert_eq!(check(&policy(&[asks]), &claim(), &good(), at("2027-05-20")).answer, Answer::CannotTell);
    }
}

#[test]
fn the_governments_rule_says_what_is_known_of_it() {
    let policy = Policy::government().unwrap();
    let answer =
        |level, day: &str| check(&policy, &claim(), &Facts { level: Some(level), ..good() }, at(day)).answer;
    assert_eq!(answer(Stars::Star1, "2026-04-01"), Answer::Pass);
    assert!(policy.source().contains("no text of any authority"));
    assert!(policy.rules().iter().all(|rule| rule.mark.is_some() && rule.note.is_some()));
    insta::assert_snapshot!(serde_json::to_string_pretty(&policy).unwrap());
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&check(
            &policy,
            &claim(),
            &Facts { model: None, ..good() },
            at("2026-03-31")
        ))
        .unwrap()
    );
}

#[test]
fn the_canonical_form_is_one_however_a_policy_is_written() {
    let spaced = r#"{ "version": "1", "source": "s", "name": "n", "form": 1, "rules": [
        { "note": null, "asks": { "least_level": { "from": "2027-04-01", "level": 3,
          "categories": { "only": ["smart_lock", "network_camera", "smart_lock"] } } } },
        { "asks": { "accepted_states": ["grace", "valid"] }, "mark": "O" } ] }"#;
    let policy = Policy::load(spaced).unwrap();
    let canonical = String::from_utf8(policy.canonical()).unwrap();
    insta::assert_snapshot!(canonical);
    assert_eq!(Policy::load(&canonical).unwrap(), policy);
    assert_eq!(Policy::load(&canonical).unwrap().digest(), policy.digest());
    // Fields by name: what any library for RFC 8785 writes.
    let sorted: Value = serde_json::from_str(&canonical).unwrap();
    assert_eq!(sorted.to_string(), canonical);
    assert_eq!(policy.digest().to_string().len(), 64);
    let other = Policy::load(&canonical.replace("STAR-3", "STAR-4")).unwrap();
    assert_ne!(other.digest(), policy.digest());
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let told = |file: &str| match Policy::load(file).unwrap_err() {
        PolicyError::Wrong(wrong) => wrong.iter().map(|one| format!("{one}\n")).collect::<String>(),
        PolicyError::TooLarge => "too large\n".into(),
    };
    let level = |level: u8, categories: Value, from: &str| json!({ "asks": { "least_level": { "level": level, "categories": categories, "from": from } } });
    let contradicting = json!({
        "form": 2, "name": "", "version": "1\u{202E}", "source": "s",
        "rules": [
            { "asks": { "accepted_states": ["grace"] } },
            { "asks": { "accepted_states": ["valid"] } },
            level(3, json!("all"), "2027-04-01"),
            level(2, json!({ "only": ["toy"] }), "2028-04-01"),
            level(4, json!({ "only": [] }), "2028-04-01"),
            level(3, json!("all"), "2027-04-01"),
            { "asks": { "evidence_not_older": { "days": 0 } }, "note": "" },
            { "asks": "model_listed" }, { "asks": "model_listed" },
        ]
    });
    let hostile = json!({
        "form": 1, "name": "n", "version": "1", "source": "s", "secret": true,
        "rules": [
            { "asks": "model_listed", "unless": "friend" },
            { "asks": { "least_level": { "level": 9, "categories": "all", "from": "2027-04-01" } } },
            { "asks": { "least_level": { "level": 1, "categories": "all", "from": "2027-02-30" } } },
            { "asks": { "accepted_states": ["revoked"] } },
            { "asks": { "valid_until": { "day": "2027-04-01", "or": 1 } } },
            { "asks": { "evidence_not_older": { "days": -1 } } },
            { "asks": { "model_listed": true } },
            { "asks": { "evidence_not_older": { "days": 1, "hours": 5 } } },
            { "asks": { "evidence_not_older": { "days": 99999 } } },
        ]
    });
    let empty = json!({ "form": 1, "name": "n", "version": "1", "source": "s", "rules": [] });
    let many = file(&vec![json!("model_listed"); 65]);
    let mut all = String::new();
    for (name, file) in [
        ("contradicting", contradicting.to_string()),
        ("hostile", hostile.to_string()),
        ("empty", empty.to_string()),
        ("too many", many.to_string()),
        (
            "a field twice",
            file(&[json!("model_listed")]).to_string().replace("\"form\"", "\"name\":\"other\",\"form\""),
        ),
        (
            "a level twice",
            file(&[level(3, json!("all"), "2027-04-01")["asks"].clone()])
                .to_string()
                .replace("\"level\":3", "\"level\":3,\"level\":1"),
        ),
        ("no object", "[1]".into()),
        ("no JSON", "{".into()),
        ("large", " ".repeat(64 * 1024 + 1)),
        ("deep", "[".repeat(60_000)),
    ] {
        all += &format!("{name}\n{}\n", told(&file));
    }
    insta::assert_snapshot!(all);
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let known = |some: bool| some.then_some(());
    (0..Outcome::ALL.len(), any::<[bool; 6]>(), 1_u64..5, 1_u64..13, 0_i64..200_000, any::<bool>()).prop_map(
        move |(outcome, there, stars, category, seconds, listed)| Facts {
            outcome: Outcome::ALL[outcome],
            level: known(there[0]).and_then(|()| Stars::from_stars(stars).ok()),
            category: known(there[1]).and_then(|()| Category::from_code(category).ok()),
            expires: known(there[2]).map(|()| at("2028-03-31").plus(seconds)),
            model: known(there[3]).map(|()| if listed { Listed::Listed } else { Listed::NotListed }),
            maker: known(there[4]).and(good().maker),
            evidence_age: known(there[5]).map(|()| seconds),
        },
    )
}

fn every_rule() -> Policy {
    policy(&[
        json!({ "least_level": { "level": 2, "categories": "all", "from": "2027-01-01" } }),
        json!({ "least_level": { "level": 3, "categories": { "only": ["network_camera"] }, "from": "2027-01-01" } }),
        json!({ "valid_until": "contract_end" }),
        json!("model_listed"),
        json!({ "maker_matches": "name_or_corporate_number" }),
        json!({ "evidence_not_older": { "days": 1 } }),
    ])
}

proptest! {
    #[test]
    fn nothing_passes_without_a_label_that_holds_and_no_fact_makes_it_worse_to_know(facts in any_facts()) {
        let now = at("2027-05-20");
        let policy = every_rule();
        let answer = check(&policy, &claim(), &facts, now);
        prop_assert_eq!(answer.rules.len(), policy.rules().len());
        prop_assert_eq!(answer.answer, answer.rules.iter().map(|rule| rule.answer).max().unwrap());
        if answer.answer == Answer::Pass {
            prop_assert_eq!(facts.outcome, Outcome::Valid);
        }
        // What is not known never makes a rule pass that would fail, nor fail that would pass.
        let unknown = check(&policy, &claim(), &Facts::bare(facts.outcome), now);
        for (known, unknown) in answer.rules.iter().zip(&unknown.rules) {
            prop_assert!(unknown.answer == known.answer || unknown.answer == Answer::CannotTell);
        }
        // Facts of a label that is not genuine are not used, whoever hands them in.
        if matches!(facts.outcome, Outcome::BadSignature | Outcome::UnknownKey | Outcome::NotRegistered) {
            prop_assert!(answer.rules.iter().all(|rule| rule.reason != Reason::Met || rule.rule == 6));
            prop_assert_eq!(answer.answer, Answer::Fail);
        }
    }

    #[test]
    fn a_longer_contract_and_a_higher_level_are_never_easier(facts in any_facts(), days in 0_i64..1000) {
        let now = at("2027-05-20");
        let day = |plus: i64| Some(Day::of(at("2027-06-01").plus(plus * 86_400)));
        let asks = policy(&[json!({ "valid_until": "contract_end" })]);
        let answer = |end| check(&asks, &Claim { contract_end: end, ..claim() }, &facts, now).rules[0].answer;
        prop_assert!(answer(day(days)) <= answer(day(days + 1)));
        let level = |stars: u8| {
            let asks = policy(&[json!({ "least_level": { "level": stars, "categories": "all", "from": "2027-01-01" } })]);
            check(&asks, &claim(), &facts, now).rules[0].answer
        };
        prop_assert!((1..4).all(|stars| level(stars) <= level(stars + 1)));
    }

    #[test]
    fn no_text_makes_the_reader_fail_and_what_it_takes_it_takes_again(text in "\\PC{0,200}", mix in proptest::collection::vec(0_usize..12, 0..6)) {
        let _ = Policy::load(&text);
        let rules = [
            json!({ "accepted_states": ["valid", "suspended"] }),
            json!({ "least_level": { "level": 2, "categories": "all", "from": "2027-01-01" } }),
            json!({ "least_level": { "level": 3, "categories": { "only": ["toy", "category-57"] }, "from": "2027-01-01" } }),
            json!({ "valid_until": { "day": "2028-03-31" } }),
            json!({ "recognised": "singapore_cls" }),
            json!("model_listed"),
            json!({ "maker_matches": "corporate_number" }),
            json!({ "no_open_advisory": "high" }),
            json!({ "evidence_not_older": { "days": 30 } }),
        ];
        let chosen: BTreeSet<_> = mix.into_iter().collect();
        let rules: Vec<_> = chosen.into_iter().filter_map(|one| rules.get(one).cloned()).collect();
        let read = policy(&rules);
        let again = Policy::load(&String::from_utf8(read.canonical()).unwrap()).unwrap();
        prop_assert_eq!(again.digest(), read.digest());
    }
}
