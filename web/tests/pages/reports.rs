//! Reporting a suspicious label, and asking about the report.

use shirushi_shared::{text::Language, time::UnixTime, verdict::Outcome};
use shirushi_web::page::report::{Draft, Found, Progress, Wrong, render as form, render_found};

use super::{can_be_walked, render, samples, verdict, without_style};

#[test]
fn the_form_is_whole_without_script_and_says_what_is_kept() {
    for &language in Language::ALL {
        let words = &language.page_words().report;
        let html = render("report", "/report", language, |frame| form(frame, Draft::default(), None));
        can_be_walked("report", &html);
        let markup = without_style(&html);
        assert!(!markup.contains("<script") && !markup.contains(" style="));
        for text in [words.title, words.lead, words.kept, words.contact_hint, words.picture_hint] {
            assert!(markup.contains(text), "{text}");
        }
        assert!(markup.contains("enctype=\"multipart/form-data\"") && markup.contains("method=\"post\""));
        let required = markup.matches(" required").count();
        assert_eq!(required, 2, "what is suspicious, and the reference that is asked about: {markup}");
        for (wrong, text) in
            [(Wrong::Nothing, words.nothing), (Wrong::Fields, words.fields), (Wrong::Picture, words.picture)]
        {
            let html = render("report-wrong", "/report", language, |frame| {
                form(frame, Draft::default(), Some(wrong))
            });
            can_be_walked("report-wrong", &html);
            assert!(html.contains("role=\"alert\"") && html.contains(text), "{text}");
        }
    }
}

#[test]
fn what_became_of_a_report_is_never_in_the_colours_of_a_verdict() {
    let reported = UnixTime::parse("2026-11-22T01:00:00Z").unwrap();
    for &language in Language::ALL {
        let words = &language.page_words().report;
        let there = |progress| Found::There { progress, reported };
        for (name, found, text) in [
            ("report-open", there(Progress::Open), words.open_text),
            ("report-in-review", there(Progress::InReview), words.in_review_text),
            ("report-closed", there(Progress::Closed), words.closed_text),
            ("report-mistyped", Found::Mistyped, words.mistyped_text),
            ("report-nowhere", Found::Nowhere, words.nowhere_text),
        ] {
            let html =
                render(name, "/report", language, |frame| render_found(frame, "7Q2D-K0XN-4RMJ", found));
            can_be_walked(name, &html);
            let markup = without_style(&html);
            assert!(markup.contains(text) && !markup.contains("tone-"), "{name}");
            assert_eq!(markup.contains(words.write_down), matches!(found, Found::There { .. }), "{name}");
            assert!(markup.contains("noindex"), "{name}");
        }
    }
}

#[test]
fn every_verdict_leads_to_the_form_with_the_number_and_never_the_code() {
    for outcome in Outcome::ALL {
        let answer = samples::answer(outcome);
        let html = verdict(outcome.as_str(), Language::En, &answer, None);
        let link = html.split("href=\"/report?").nth(1).unwrap().split('"').next().unwrap();
        assert!(link.starts_with(&format!("lang=en&amp;answered={}", outcome.as_str())), "{link}");
        assert_eq!(link.contains("&amp;number="), answer.number.is_some(), "{outcome:?}: {link}");
        assert!(link.len() < 100, "no code is that short: {link}");
    }
}

#[test]
fn hostile_texts_stay_texts_in_the_form() {
    let attack = "\"></textarea><script>alert(1)</script>";
    let draft = Draft {
        suspicion: attack,
        label: attack,
        answered: attack,
        account: attack,
        place: attack,
        contact: attack,
    };
    let html = render("report-hostile", "/report", Language::En, |frame| form(frame, draft, None));
    assert!(!without_style(&html).contains("<script"), "{html}");
    assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
    let found = render("report-hostile", "/report", Language::En, |frame| {
        render_found(frame, attack, Found::Nowhere)
    });
    assert!(!without_style(&found).contains("<script"), "{found}");
}
