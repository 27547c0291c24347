use shirushi_shared::time::{UnixTime, Window};

use super::*;
use crate::scheme::{
    case_id::{AdvisoryId, DutyId},
    sample::{DAY, file, now, number, person, reason},
    text::Name,
};

fn advisory(id: u32, severity: Severity) -> Advisory {
    let about = NewAdvisory {
        number: number("SHI-1"),
        models: vec![],
        title: Name::parse("Command injection (fictional)").unwrap(),
        severity,
        discovered: now().plus(-10 * DAY),
    };
    Advisory::record(AdvisoryId::new(2026, id).unwrap(), about, now().plus(-9 * DAY)).unwrap()
}

fn duty(due: UnixTime) -> Duty {
    Duty::new(DutyId::new(2026, 1).unwrap(), number("SHI-1"), Name::parse("yearly report").unwrap(), due)
}

fn ask(until: UnixTime) -> ExtensionRequest {
    ExtensionRequest { number: number("SHI-1"), until }
}

/// Valid for 30 days more.
fn valid() -> Window {
    Window { from: now().plus(-700 * DAY), until: now().plus(30 * DAY) }
}

fn reviewed(advisories: &[Advisory], duties: &[Duty]) -> ExtensionReview {
    let standing = Standing { valid: valid(), advisories, duties };
    review(&ask(valid().until.plus(DAY)), standing, ExtensionRules::default(), now()).unwrap()
}

#[test]
fn only_open_and_severe_vulnerabilities_ask_for_a_new_test() {
    for severity in Severity::ALL {
        let open = advisory(1, *severity);
        let asks = matches!(reviewed(std::slice::from_ref(&open), &[]), ExtensionReview::ReTest { .. });
        assert_eq!(asks, matches!(severity, Severity::High | Severity::Critical), "{severity}");
        let fixed = open.clone().fix(now()).unwrap();
        let closed = open.close(reason(), now()).unwrap();
        assert_eq!(reviewed(&[fixed, closed], &[]), ExtensionReview::Streamlined, "{severity}");
    }
}

#[test]
fn a_missing_report_asks_for_a_new_test_from_its_day_on() {
    let overdue = duty(now());
    assert!(matches!(reviewed(&[], std::slice::from_ref(&overdue)), ExtensionReview::ReTest { .. }));
    assert_eq!(reviewed(&[], &[duty(now().plus(1))]), ExtensionReview::Streamlined);
    let late = overdue.deliver(file(), person("maker", "Suzuki"), now()).unwrap();
    assert_eq!(reviewed(&[], &[late]), ExtensionReview::Streamlined);
}

#[test]
fn all_reasons_are_told_as_data() {
    let advisories =
        [advisory(1, Severity::High), advisory(2, Severity::Low), advisory(3, Severity::Critical)];
    let review = reviewed(&advisories, &[duty(now().plus(-DAY))]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&review).unwrap());
}

#[test]
fn what_is_on_record_of_others_does_not_count() {
    let about = NewAdvisory { number: number("SHI-2"), ..advisory(1, Severity::Critical).about().clone() };
    let other = Advisory::record(AdvisoryId::new(2026, 9).unwrap(), about, now()).unwrap();
    assert_eq!(reviewed(&[other], &[]), ExtensionReview::Streamlined);
}

#[test]
fn an_extension_is_one_unit_from_the_present_expiry() {
    let standing = |until| Standing { valid: Window { until, ..valid() }, advisories: &[], duties: &[] };
    let present = valid().until;
    let answer = |until| review(&ask(until), standing(present), ExtensionRules::default(), now());
    assert!(answer(present.plus(LONGEST_UNIT)).is_ok());
    assert!(matches!(answer(present.plus(LONGEST_UNIT + 1)), Err(ExtensionRefused::TooLong { .. })));
    assert!(matches!(answer(present), Err(ExtensionRefused::NotLonger { .. })));

    let lapsed = |rules| review(&ask(now().plus(DAY)), standing(now()), rules, now());
    assert!(matches!(lapsed(ExtensionRules::default()), Err(ExtensionRefused::Lapsed { .. })));
    let lenient = ExtensionRules { after_lapse: true, ..ExtensionRules::default() };
    assert_eq!(lapsed(lenient), Ok(ExtensionReview::Streamlined));
}

#[test]
fn a_vulnerability_is_reported_after_its_discovery_and_ends_once() {
    let about = advisory(1, Severity::Low).about().clone();
    let recorded = |at| Advisory::record(AdvisoryId::new(2026, 1).unwrap(), about.clone(), at);
    assert!(recorded(about.discovered.plus(TIMELY)).unwrap().reported().1);
    assert!(!recorded(about.discovered.plus(TIMELY + 1)).unwrap().reported().1);
    assert_eq!(recorded(about.discovered.plus(-1)), Err(AdvisoryRefused::BeforeDiscovery));
    let fixed = recorded(now()).unwrap().fix(now()).unwrap();
    assert!(matches!(fixed.close(reason(), now()), Err(AdvisoryRefused::State { state: "fixed", .. })));

    let delivered = duty(now()).deliver(file(), person("maker", "Suzuki"), now()).unwrap();
    assert!(delivered.deliver(file(), person("maker", "Suzuki"), now()).is_err());
}
