//! The decision table, told as cases.

use proptest::prelude::*;

use super::*;
use crate::{
    key::{KeyHint, KeyState},
    label::{LabelState, StateChange},
    status::{StatusEvidence, StatusRecord, TokenOnRecord, list::ListedStatus},
    token::tests::{TestKey, claims},
};

const NOW: UnixTime = match UnixTime::from_secs(1_800_000_000) {
    Ok(now) => now,
    Err(_) => UnixTime::EPOCH,
};
const DAY: i64 = 86_400;

fn clock() -> Clock {
    Clock::at(NOW, Freshness::LONGEST)
}

fn token() -> VerifiedToken {
    let claims =
        LabelClaims { issued: NOW.plus(-100 * DAY), expires: NOW.plus(100 * DAY), ..claims("SHI-2026-1") };
    let token = crate::token::Token::issue(&claims, &TestKey::new(7)).unwrap();
    token.verify(&TestKey::new(7).ring()).unwrap()
}

fn record() -> StatusRecord {
    StatusRecord {
        number: token().claims.number,
        revision: Revision::new(3),
        state: LabelState::Active,
        valid: Window { from: NOW.plus(-100 * DAY), until: NOW.plus(100 * DAY) },
        tokens: vec![TokenOnRecord { id: token().id, registered: NOW.plus(-100 * DAY) }],
    }
}

/// Evidence `age` seconds old.
fn aged(record: StatusRecord, age: i64) -> StatusEvidence {
    StatusEvidence::Record { record, as_of: NOW.plus(-age), source: StatusSource::Cache }
}

fn fresh(record: StatusRecord) -> StatusEvidence {
    aged(record, 1)
}

/// What a status list says that was issued `age` seconds ago and expires after 30 days, longer than it may be used.
fn listed(status: ListedStatus, age: i64) -> StatusEvidence {
    let as_of = NOW.plus(-age);
    StatusEvidence::Listed { status, as_of, until: as_of.plus(30 * DAY), valid: None }
}

fn with(state: LabelState) -> StatusRecord {
    StatusRecord { state, ..record() }
}

fn suspended() -> LabelState {
    LabelState::Suspended { since: NOW.plus(-DAY), until: Some(NOW.plus(DAY)), reason: "r".into() }
}

fn revoked() -> LabelState {
    LabelState::Revoked { since: NOW.plus(-DAY), reason: "r".into() }
}

fn good() -> TokenCheck {
    TokenCheck::Verified(token())
}

fn signed_by(key_state: KeyState) -> TokenCheck {
    TokenCheck::Verified(VerifiedToken { key_state, ..token() })
}

fn number() -> TokenCheck {
    TokenCheck::NumberOnly(token().claims.number)
}

/// A token whose printed expiry has passed.
fn run_out() -> TokenCheck {
    let claims = LabelClaims { expires: NOW.plus(-1), ..token().claims };
    TokenCheck::Verified(VerifiedToken { claims, ..token() })
}

fn cutoff(day: i64) -> KeyState {
    KeyState::Compromised { cutoff: NOW.plus(day * DAY) }
}

/// What was presented by which evidence, under a name.
type Case = (&'static str, TokenCheck, StatusEvidence);

fn cases_of_lists() -> Vec<Case> {
    use ListedStatus::{Grace, Revoked, Suspended, Valid};
    let with_index = |status, until: i64| match listed(status, 60) {
        StatusEvidence::Listed { status, as_of, until: end, .. } => {
            let valid = Some(Window { from: NOW.plus(-9 * DAY), until: NOW.plus(until * DAY) });
            StatusEvidence::Listed { status, as_of, until: end, valid }
        }
        other => other,
    };
    let short = |left: i64| StatusEvidence::Listed {
        status: Valid,
        as_of: NOW.plus(-60),
        until: NOW.plus(left),
        valid: None,
    };
    vec![
        ("list: valid", good(), listed(Valid, 60)),
        ("list: valid, 24 h old", good(), listed(Valid, DAY)),
        ("list: valid, older than 24 h", good(), listed(Valid, DAY + 1)),
        ("list: valid, a second before its own end", good(), short(1)),
        ("list: valid, at its own end", good(), short(0)),
        ("list: from the future", good(), listed(Valid, -301)),
        ("list: revoked", good(), listed(Revoked, 60)),
        ("list: revoked, old news", good(), listed(Revoked, 90 * DAY)),
        ("list: suspended", good(), listed(Suspended, 60)),
        ("list: suspended, old news", good(), listed(Suspended, DAY + 1)),
        ("list: grace", good(), listed(Grace, 60)),
        ("list: grace, old news", good(), listed(Grace, DAY + 1)),
        ("list: valid, printed expiry passed", run_out(), listed(Valid, 60)),
        ("list: old, printed expiry passed", run_out(), listed(Valid, DAY + 1)),
        ("list: valid, extended by the index", run_out(), with_index(Valid, 700)),
        ("list: valid, ended by the index", good(), with_index(Valid, -1)),
        ("list: revoked, extended by the index", run_out(), with_index(Revoked, 700)),
        ("list: compromised key", signed_by(cutoff(-99)), listed(Valid, 60)),
        ("list: retired key", signed_by(KeyState::Retired), listed(Valid, 60)),
        ("list: a number alone", number(), listed(Valid, 60)),
        ("list: a bad signature", TokenCheck::Refused(TokenRefusal::BadSignature), listed(Valid, 60)),
    ]
}

/// One line a case: what was presented, the outcome, and what each check said.
#[test]
fn the_table() {
    let unregistered =
        |age: i64| StatusEvidence::Unregistered { as_of: NOW.plus(-age), source: StatusSource::Registry };
    let hint = || KeyHint::from_bytes(&[1, 2, 3, 4]).unwrap();
    let expired = || StatusRecord { valid: Window { from: NOW.plus(-9 * DAY), until: NOW }, ..record() };
    let extended =
        || StatusRecord { valid: Window { until: NOW.plus(700 * DAY), ..record().valid }, ..record() };
    let coming =
        || StatusRecord { valid: Window { from: NOW.plus(1), until: NOW.plus(9 * DAY) }, ..record() };
    let from_tomorrow = || {
        TokenCheck::Verified(VerifiedToken {
            claims: LabelClaims { issued: NOW.plus(301), ..token().claims },
            ..token()
        })
    };
    let unlisted = || StatusRecord { tokens: vec![], ..record() };
    let mut cases: Vec<Case> = vec![
        (
            "another site's link",
            TokenCheck::NotALabel(NotALabel::ForeignLink { host: "x.example".into() }),
            StatusEvidence::None,
        ),
        ("plain text, evidence all the same", TokenCheck::NotALabel(NotALabel::Text), fresh(record())),
        ("a damaged code", TokenCheck::Malformed(TokenError::Base64), StatusEvidence::None),
        ("an unknown key", TokenCheck::Refused(TokenRefusal::UnknownKey(hint())), StatusEvidence::None),
        (
            "signed outside the key's time",
            TokenCheck::Verified(VerifiedToken { key_in_force: false, ..token() }),
            fresh(record()),
        ),
        ("a bad signature", TokenCheck::Refused(TokenRefusal::BadSignature), fresh(record())),
        ("compromised, on record after", signed_by(cutoff(-101)), fresh(record())),
        ("compromised, on record before", signed_by(cutoff(-99)), fresh(record())),
        ("compromised, nobody to ask", signed_by(cutoff(-99)), StatusEvidence::None),
        ("retired", signed_by(KeyState::Retired), fresh(record())),
        ("not registered", good(), unregistered(1)),
        ("not registered, long ago", good(), unregistered(16)),
        ("a number that is not registered", number(), unregistered(1)),
        ("registered, this token is not", good(), fresh(unlisted())),
        ("revoked", good(), fresh(with(revoked()))),
        ("revoked, old news", good(), aged(with(revoked()), 90 * DAY)),
        ("revoked and expired", good(), fresh(StatusRecord { state: revoked(), ..expired() })),
        ("suspended", good(), fresh(with(suspended()))),
        ("suspended, old news", good(), aged(with(suspended()), 16)),
        ("suspended and expired", good(), fresh(StatusRecord { state: suspended(), ..expired() })),
        ("expired this second", good(), fresh(expired())),
        ("expired, old news", good(), aged(expired(), DAY)),
        ("printed expiry passed, extended", run_out(), fresh(extended())),
        ("printed expiry passed, nobody to ask", run_out(), StatusEvidence::None),
        ("not yet valid", good(), fresh(coming())),
        ("grace", good(), fresh(with(LabelState::Grace { since: NOW }))),
        ("grace, old news", good(), aged(with(LabelState::Grace { since: NOW }), 16)),
        ("nobody to ask", good(), StatusEvidence::None),
        ("a number, nobody to ask", number(), StatusEvidence::None),
        ("15 s old", good(), aged(record(), 15)),
        ("16 s old", good(), aged(record(), 16)),
        ("evidence from the future", good(), aged(record(), -301)),
        ("issued in the future", from_tomorrow(), fresh(record())),
        ("a number", number(), fresh(record())),
        ("all in order", good(), fresh(record())),
    ];
    cases.extend(cases_of_lists());
    let mut table = String::new();
    for (name, token, evidence) in cases {
        let verdict = judge(&token, &evidence, &clock());
        let Checks { signature, key, validity, status, freshness } = verdict.checks;
        table += &format!("{name:42} {:16}", verdict.outcome.as_str());
        for check in [signature, key, validity, status, freshness] {
            let mark = match check.result {
                CheckResult::Pass => '+',
                CheckResult::Fail => '-',
                CheckResult::Unknown => '?',
            };
            table += &format!(" {mark}{:24}", check.reason.as_str());
        }
        table = table.trim_end().to_owned() + "\n";
    }
    insta::assert_snapshot!(table);
    for outcome in Outcome::ALL {
        assert!(table.contains(&format!(" {} ", outcome.as_str())), "no case comes to {}", outcome.as_str());
    }
}

#[test]
fn the_words_of_outcomes_and_reasons_are_those_of_the_wire() {
    for outcome in Outcome::ALL {
        assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
        assert_eq!(Outcome::parse(outcome.as_str()), Some(outcome));
    }
    assert!(Outcome::ALL.is_sorted(), "the order of declaration is the order of precedence");
}

#[test]
fn then_and_now_are_told_apart() {
    // Suspended for two days in the past, asked for an instant within.
    let past = LabelState::Active.change(
        StateChange::Suspend { until: Some(NOW.plus(-8 * DAY)), reason: "r".into() },
        NOW.plus(-10 * DAY),
    );
    let evidence = fresh(with(past.unwrap()));
    let then = Clock { as_of: Some(NOW.plus(-9 * DAY)), ..clock() };
    assert_eq!(judge(&good(), &evidence, &then).outcome, Outcome::Suspended);
    assert_eq!(judge(&good(), &evidence, &clock()).outcome, Outcome::Valid, "it has lifted itself since");
}

#[test]
fn a_status_list_knows_no_past_before_itself() {
    let ask = |status, at: i64| {
        let clock = Clock { as_of: Some(NOW.plus(at)), ..clock() };
        let verdict = judge(&good(), &listed(status, 60), &clock);
        (verdict.outcome, verdict.status.source)
    };
    assert_eq!(ask(ListedStatus::Valid, -61), (Outcome::StatusUnknown, StatusSource::None));
    assert_eq!(ask(ListedStatus::Revoked, -61), (Outcome::StatusUnknown, StatusSource::None));
    assert_eq!(ask(ListedStatus::Valid, -60), (Outcome::Valid, StatusSource::StatusList));
}

#[test]
fn no_claim_of_an_unverified_token_is_told() {
    for token in [
        TokenCheck::Malformed(TokenError::Base64),
        TokenCheck::Refused(TokenRefusal::BadSignature),
        TokenCheck::NotALabel(NotALabel::Text),
    ] {
        let verdict = judge(&token, &fresh(record()), &clock());
        assert_eq!((verdict.token, verdict.number, verdict.status.value), (None, None, None));
    }
}

prop_compose! {
    fn any_record()(state in 0..4, from in -200_i64..200, length in 1_i64..400, on_record: bool, registered in -200_i64..0)
        -> StatusRecord {
        let state = match state {
            0 => LabelState::Active,
            1 => LabelState::Grace { since: NOW },
            2 => suspended(),
            _ => revoked(),
        };
        let from = NOW.plus(from * DAY);
        let tokens = if on_record { vec![TokenOnRecord { id: token().id, registered: NOW.plus(registered * DAY) }] } else { vec![] };
        StatusRecord { state, valid: Window { from, until: from.plus(length * DAY) }, tokens, ..record() }
    }
}

proptest! {
    /// What must hold whatever the evidence: green is earned by every check, and age alone never makes it red.
    #[test]
    fn unknown_is_never_valid_and_never_revoked(record in any_record(), age in -1000_i64..100_000, key in 0..3) {
        let key_state = match key {
            0 => KeyState::Active,
            1 => KeyState::Retired,
            _ => KeyState::Compromised { cutoff: NOW.plus(-100 * DAY) },
        };
        let verdict = judge(&signed_by(key_state), &aged(record.clone(), age), &clock());
        let is_fresh = (-300..=15).contains(&age);
        let is_good = verdict.checks.decisive(verdict.outcome) == Reason::Ok;
        prop_assert_eq!(is_good, verdict.outcome == Outcome::Valid && key == 0, "what is not good has a reason");
        if verdict.outcome == Outcome::Valid {
            prop_assert!(is_fresh && record.valid.contains(NOW) && record.state == LabelState::Active);
            prop_assert!(!record.tokens.is_empty());
            let Checks { signature, key, validity, status, freshness } = verdict.checks;
            prop_assert!([signature, key, validity, status, freshness].into_iter().all(Check::passed));
        }
        if verdict.outcome == Outcome::Revoked {
            prop_assert_eq!(record.state.name(), "revoked");
        }
        if !is_fresh {
            prop_assert!(matches!(
                verdict.outcome,
                Outcome::StatusUnknown | Outcome::Revoked | Outcome::Expired | Outcome::KeyCompromised
            ));
        }
    }

    /// The same of a status list, which moreover can never say "not registered".
    #[test]
    fn an_old_list_is_never_green(
        status in 0_usize..4, age in -1000_i64..200_000, life in 0_i64..200_000, printed in -200_000_i64..200_000,
        index in proptest::option::of(-200_000_i64..200_000),
    ) {
        let (status, as_of) = (ListedStatus::ALL[status], NOW.plus(-age));
        let valid = index.map(|until| Window { from: NOW.plus(-300_000), until: NOW.plus(until) });
        let claims = LabelClaims { expires: NOW.plus(printed), ..token().claims };
        let token = TokenCheck::Verified(VerifiedToken { claims, ..token() });
        let evidence = StatusEvidence::Listed { status, as_of, until: as_of.plus(life), valid };
        let outcome = judge(&token, &evidence, &clock()).outcome;
        let is_fresh = (-300..=DAY).contains(&age) && age < life;
        let ended = index.unwrap_or(printed) <= 0;
        let expected = match status {
            ListedStatus::Revoked => Outcome::Revoked,
            ListedStatus::Suspended if is_fresh => Outcome::Suspended,
            _ if ended => Outcome::Expired,
            _ if !is_fresh => Outcome::StatusUnknown,
            ListedStatus::Grace => Outcome::Grace,
            _ => Outcome::Valid,
        };
        prop_assert_eq!(outcome, expected);
    }
}
