//! The page on which receipts are checked: what is in order, what is not, and never green about the past.

use std::collections::BTreeSet;

use shirushi_shared::{
    api::{
        FileDigest, NotGenuine, PackAnswer, PackChange, PackFiles, PackInput, PackNow, PackThen,
        ReceiptAnswer, ReceiptStanding, ReceiptThen,
    },
    claim::{Claimed, ClaimedProduct, Listed},
    text::{Language, OutcomeText},
    verdict::Outcome,
};
use shirushi_web::page::receipt::{Checked, render as page_of};

use super::{can_be_walked, render, samples, verdict, without_style};

/// A receipt about `then`, of a registration that is at `now` today.
fn checked(standing: ReceiptStanding, then: Outcome, now: Option<Outcome>) -> ReceiptAnswer {
    let stated = samples::answer(then);
    ReceiptAnswer {
        standing,
        reason: None,
        cutoff: None,
        key: Some("ab".repeat(32)),
        then: Some(ReceiptThen {
            issuer: super::ORIGIN.to_owned(),
            number: stated.number.clone(),
            outcome: stated.outcome,
            checks: stated.checks,
            token_sha256: stated.claims.as_ref().map(|claims| claims.token_sha256),
            status: stated.status,
            claimed: ClaimedProduct {
                model: Some(Claimed { claimed: "RX-200W".to_owned(), answer: Listed::Listed }),
                ..ClaimedProduct::default()
            },
            checked_at: stated.checked_at,
            as_of: None,
            trust_list: 7,
            software: "0.1.0".to_owned(),
            case: Some(shirushi_shared::receipt::CaseReference::new("調達 第12号").unwrap()),
            covers_sha256: None,
        }),
        token_matches: None,
        now: now.map(samples::number_only),
    }
}

fn not_genuine(reason: NotGenuine) -> ReceiptAnswer {
    ReceiptAnswer::not_genuine(reason)
}

fn shown(name: &str, language: Language, checked: Checked<'_>) -> String {
    let html = render(name, "/receipt", language, |frame| page_of(frame, checked));
    assert!(!html.contains("<script") && !html.contains(" style="), "{name}");
    can_be_walked(name, &html);
    html
}

#[test]
fn every_standing_says_what_it_is_and_none_of_them_is_green() {
    for &language in Language::ALL {
        let words = &language.page_words().receipt;
        let valid = |standing| checked(standing, Outcome::Valid, None);
        let told: [(&str, Option<ReceiptAnswer>, &OutcomeText, &str); 7] = [
            ("true_then", Some(valid(ReceiptStanding::TrueThen)), &words.true_then, "tone-neutral"),
            (
                "dated_before",
                Some(valid(ReceiptStanding::DatedBeforeCompromise)),
                &words.dated_before_compromise,
                "tone-caution",
            ),
            ("compromised", Some(valid(ReceiptStanding::KeyCompromised)), &words.key_compromised, "tone-bad"),
            (
                "not_in_force",
                Some(valid(ReceiptStanding::KeyNotInForce)),
                &words.key_not_in_force,
                "tone-bad",
            ),
            ("not_ours", Some(not_genuine(NotGenuine::UnknownKey)), &words.unknown_key, "tone-bad"),
            ("altered", Some(not_genuine(NotGenuine::BadSignature)), &words.altered, "tone-bad"),
            ("not_a_receipt", None, &words.not_a_receipt, "tone-caution"),
        ];
        let (mut icons, mut headlines) = (BTreeSet::new(), BTreeSet::new());
        for (name, answer, text, tone) in told {
            let html = shown(
                &format!("receipt_{name}"),
                language,
                answer.as_ref().map_or(Checked::NotAReceipt, Checked::Answer),
            );
            assert!(html.contains(&format!("<title>{}", text.headline)), "{name}");
            assert!(html.contains(&format!("<h1>{}</h1>", text.headline)), "{name}");
            assert!(html.contains(text.meaning) && html.contains(text.action), "{name}");
            assert!(html.contains(&format!("class=\"outcome {tone}\"")), "{name}");
            assert!(!without_style(&html).contains("tone-good"), "{name}: the past is not green");
            let banner = &html[html.find("data-standing").unwrap()..];
            icons.insert(banner.split("</svg>").next().unwrap().split("<svg").nth(1).unwrap().to_owned());
            headlines.insert(text.headline);
        }
        assert_eq!((icons.len(), headlines.len()), (7, 7), "each is told apart without colour");
    }
}

#[test]
fn then_and_now_stand_beside_each_other_and_only_now_has_a_colour() {
    for (now, green) in [(Outcome::Revoked, false), (Outcome::Suspended, false), (Outcome::Valid, true)] {
        let answer = checked(ReceiptStanding::TrueThen, Outcome::Valid, Some(now));
        let html = shown("receipt_then_and_now", Language::En, Checked::Answer(&answer));
        assert_eq!(without_style(&html).contains("tone-good"), green, "{now:?}");
        assert!(
            html.contains("data-then=\"valid\"") && html.contains(&format!("data-now=\"{}\"", now.as_str()))
        );
        assert!(html.contains("Answered on 22 November 2026, 12:00 JST"), "{html}");
        assert!(html.contains("調達 第12号") && html.contains("RX-200W – covered"));
        assert_eq!(
            html.contains(Language::En.words().verdict.copied_title),
            green,
            "a valid label can be copied"
        );
        assert!(html.contains("href=\"/v/SHI202600017?lang=en\""), "{html}");
    }
    // A label that was revoked then and is in order under the same number now: the past stays without colour.
    let answer = checked(ReceiptStanding::TrueThen, Outcome::Revoked, Some(Outcome::Revoked));
    let html = shown("receipt_revoked_then", Language::Ja, Checked::Answer(&answer));
    assert!(!without_style(&html).contains("tone-good"));
    assert!(html.contains("当時") && html.contains("現在"));
}

#[test]
fn what_a_thief_may_have_written_is_called_what_it_says_and_not_then() {
    let answer = checked(ReceiptStanding::KeyCompromised, Outcome::Valid, None);
    let html = shown("receipt_thief", Language::En, Checked::Answer(&answer));
    assert!(html.contains(">What it says<") && !html.contains(">Then<") && !html.contains(">Now<"), "{html}");
    assert!(html.contains("It bears the time 22 November 2026, 12:00 JST"));
}

#[test]
fn hostile_texts_of_a_receipt_stay_texts() {
    let attack = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    let mut answer = checked(ReceiptStanding::TrueThen, Outcome::Valid, Some(Outcome::Valid));
    let then = answer.then.as_mut().unwrap();
    then.issuer = attack.into();
    then.software = attack.into();
    then.number = Some(attack.into());
    then.claimed.model = Some(Claimed { claimed: attack.into(), answer: Listed::Listed });
    then.status.value = Some(attack.into());
    then.case = shirushi_shared::receipt::CaseReference::new(&attack[..40]).ok();
    answer.key = Some(attack.into());
    let html = shown("receipt_hostile", Language::En, Checked::Answer(&answer));
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
}

#[test]
fn below_a_verdict_a_receipt_of_it_can_be_kept() {
    for &language in Language::ALL {
        let html = verdict("keep", language, &samples::answer(Outcome::Revoked), Some("RX-1"));
        let form = html.split("<details class=\"keep\">").nth(1).unwrap().split("</details>").next().unwrap();
        assert!(form.contains(language.page_words().receipt.keep_submit), "{form}");
        assert!(form.contains(&format!("method=\"post\" action=\"/receipt/keep?lang={}\"", language.tag())));
        assert!(form.contains("name=\"text\" value=\"https://label.shirushi.example/v/0123\""), "{form}");
        assert!(form.contains("name=\"model\" value=\"RX-1\"") && !form.contains("as_of"), "{form}");
    }
    let empty = shown("receipt", Language::Ja, Checked::Nothing);
    assert!(empty.contains(r#"method="post" action="/receipt?lang=ja" enctype="multipart/form-data""#));
}

/// A pack of three rows.
fn pack(standing: ReceiptStanding, files: Option<PackFiles>, now: Option<PackNow>) -> PackAnswer {
    PackAnswer {
        standing,
        reason: None,
        cutoff: None,
        key: Some("ab".repeat(32)),
        then: Some(PackThen {
            issuer: super::ORIGIN.to_owned(),
            made: samples::answer(Outcome::Valid).checked_at,
            manifest_sha256: "cd".repeat(32),
            rows: 3,
            bad: 1,
            outcomes: [(Outcome::Valid, 1), (Outcome::Revoked, 1)].into(),
            policy: None,
            as_of: None,
            trust_list: 7,
            software: "0.1.0".to_owned(),
            case: shirushi_shared::receipt::CaseReference::new("調達 第12号").ok(),
            results_sha256: None,
            input: Some(PackInput {
                name: "<b>rows</b>.csv".to_owned(),
                sha256: FileDigest::from_bytes([1; 32]),
            }),
            organisation: Some("shop".to_owned()),
        }),
        files,
        now,
    }
}

#[test]
fn a_pack_is_whole_altered_or_not_there_and_its_past_is_never_green() {
    let altered = PackFiles {
        altered: vec!["results.csv".to_owned()],
        missing: vec!["report.pdf".to_owned()],
        extra: vec!["<b>x</b>".to_owned()],
    };
    for &language in Language::ALL {
        let words = &language.page_words().pack;
        for (name, standing, files, text, tone) in [
            ("pack_whole", "whole", Some(PackFiles::default()), &words.whole, "tone-neutral"),
            ("pack_altered", "altered", Some(altered.clone()), &words.broken, "tone-bad"),
            ("pack_receipt", "receipt_only", None, &words.receipt_only, "tone-neutral"),
        ] {
            let html = shown(name, language, Checked::Pack(&pack(ReceiptStanding::TrueThen, files, None)));
            assert!(html.contains(&format!("data-standing=\"{standing}\"")), "{name}");
            assert!(html.contains(&format!("<h1>{}</h1>", text.headline)), "{name}");
            assert!(html.contains(&format!("class=\"outcome {tone}\"")), "{name}");
            assert!(!without_style(&html).contains("tone-good"), "{name}");
            assert!(!html.contains("<b>x</b>"), "{name}");
            assert_eq!(html.contains("results.csv</code>"), standing == "altered", "{name}");
        }
        let now = PackNow {
            asked: 2,
            not_asked: 1,
            changed: 1,
            changes: vec![PackChange { then: Outcome::Valid, now: Outcome::Revoked, rows: 1 }],
            claims_changed: 1,
        };
        let answer = pack(ReceiptStanding::TrueThen, Some(PackFiles::default()), Some(now));
        let html = shown("pack_now", language, Checked::Pack(&answer));
        assert!(html.contains(&language.pack_change(Outcome::Valid, Outcome::Revoked, 1)), "{html}");
        assert!(html.contains(&language.pack_claims_changed(1)), "{html}");
        assert!(html.contains(&language.pack_not_asked(1)) && html.contains("data-changed=\"1\""));
        let thief = pack(ReceiptStanding::KeyCompromised, Some(PackFiles::default()), None);
        let html = shown("pack_thief", language, Checked::Pack(&thief));
        assert!(html.contains("data-standing=\"key_compromised\"") && html.contains("tone-bad"), "{html}");
    }
}
