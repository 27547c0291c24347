use super::*;
use crate::scheme::sample::{DAY, now, number, person, reason};

fn revoke() -> Decision {
    let what = Proposal::Revoke { number: number("SHI-1"), public_reason: reason() };
    let id = DecisionId::new(2026, 7).unwrap();
    Decision::propose(id, what, reason(), person("operator", "Sato"), now()).unwrap()
}

fn kato() -> Person {
    person("operator", "Kato")
}

#[test]
fn the_transition_table() {
    let later = now().plus(DAY);
    let states = [
        (revoke(), later),
        (revoke().confirm(kato(), later).unwrap(), later),
        (revoke().decline(reason(), kato(), later).unwrap(), later),
        (revoke(), revoke().lapses()),
    ];
    let mut table = Vec::new();
    for (decision, at) in states {
        let from = decision.state(at).name();
        let told = |result: Result<Decision, DecisionRefused>| {
            result
                .map_or_else(|refused| format!("refused: {refused}"), |next| next.state(at).name().to_owned())
        };
        let same = person("operator", "ｓａｔｏ");
        table.push(format!("{from} + confirm by another -> {}", told(decision.clone().confirm(kato(), at))));
        table.push(format!(
            "{from} + confirm by the same -> {}",
            told(decision.clone().confirm(same.clone(), at))
        ));
        table.push(format!(
            "{from} + decline by another -> {}",
            told(decision.clone().decline(reason(), kato(), at))
        ));
        table.push(format!("{from} + decline by the same -> {}", told(decision.decline(reason(), same, at))));
    }
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn it_can_be_confirmed_for_seven_days_and_stays_confirmed() {
    let last = now().plus(7 * DAY - 1);
    let confirmed = revoke().confirm(kato(), last).unwrap();
    assert_eq!(confirmed.state(now().plus(1_000 * DAY)).name(), "confirmed");
    assert!(revoke().confirm(kato(), now().plus(7 * DAY)).is_err());
}

#[test]
fn nothing_takes_its_own_place() {
    let what =
        Proposal::Supersede { number: number("SHI-1"), successor: number("shi 1"), public_reason: reason() };
    let refused = Decision::propose(DecisionId::new(2026, 8).unwrap(), what, reason(), kato(), now());
    assert_eq!(refused, Err(DecisionRefused::OwnSuccessor(number("SHI-1"))));
}
