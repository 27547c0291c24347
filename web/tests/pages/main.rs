//! The server's pages, as a reader gets them. What was rendered is left in `target/tmp/pages` to be looked at.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod receipts;
mod reports;
mod samples;
mod scanner;
mod watch;

use std::{collections::BTreeSet, fs, path::Path};

use shirushi_shared::{
    api::{OtherCode, PictureAnswer, ProblemType, VerdictAnswer},
    text::Language,
    verdict::Outcome,
};
use shirushi_web::page::{self, Assets, Frame};

const ORIGIN: &str = "https://label.shirushi.example";

fn assets() -> Assets {
    Assets {
        scan_js: "/static/scan-0123456789ab.js".into(),
        checker_js: "/static/checker-0123456789ab.js".into(),
        worker_js: "/static/worker-0123456789ab.js".into(),
        keeper_js: "/static/keeper-0123456789ab.js".into(),
        bulk_js: "/s/bulk.js".into(),
        manifest: "/static/app-0123456789ab.webmanifest".into(),
        icon_svg: "/static/icon-0123456789ab.svg".into(),
    }
}

/// Renders with a frame in `language`, and leaves the page to be looked at.
fn render(name: &str, path: &str, language: Language, page: impl FnOnce(&Frame<'_>) -> String) -> String {
    let assets = assets();
    let notice = match language {
        Language::Ja | Language::Easy => "表示されるデータはすべて架空のものです",
        Language::En => "All data shown are fictional",
    };
    let html = page(&Frame { language, path, origin: ORIGIN, assets: &assets, notice: Some(notice) });
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{name}.{}.html", language.tag())), &html).unwrap();
    html
}

fn verdict(name: &str, language: Language, answer: &VerdictAnswer, model: Option<&str>) -> String {
    let code = page::verdict::Code { side: 21, path: "M0 0.5h7".into() };
    let asked =
        page::verdict::Asked { text: "https://label.shirushi.example/v/0123", model, code: Some(&code) };
    render(name, "/v/SHI-2026-00017", language, |frame| page::verdict::render(frame, answer, asked))
}

/// Everything but the style sheet.
fn without_style(html: &str) -> String {
    html.replacen(page::style(), "", 1)
}

#[test]
fn every_outcome_says_what_it_is_in_both_languages() {
    for &language in Language::ALL {
        let words = language.words();
        let mut icons = BTreeSet::new();
        for outcome in Outcome::ALL {
            let answer = samples::answer(outcome);
            assert_eq!(answer.outcome, outcome, "the sample is judged to what it is named after");
            let html = verdict(outcome.as_str(), language, &answer, None);
            let text = words.outcomes.of(outcome);
            assert!(
                html.starts_with(&format!("<!doctype html><html lang=\"{}\">", language.tag())),
                "{html}"
            );
            assert!(
                html.contains(&format!("<title>{}", text.headline)),
                "the outcome comes first in the title"
            );
            assert!(html.contains(&format!("<h1>{}</h1>", text.headline)), "{outcome:?}");
            assert!(html.contains(text.meaning) && html.contains(text.action), "{outcome:?}");
            let (green, loud) =
                (html.contains("class=\"outcome tone-good\""), html.contains("role=\"alert\""));
            assert_eq!(green, outcome == Outcome::Valid, "green is for valid alone");
            assert_eq!(loud, !matches!(outcome, Outcome::Valid | Outcome::NotALabel), "{outcome:?}");
            assert_eq!(html.contains(words.verdict.copied_title), outcome == Outcome::Valid, "{outcome:?}");
            assert!(!html.contains("<script") && !html.contains(" style="), "{outcome:?}");
            let start = html.find("data-outcome").unwrap();
            icons.insert(
                html[start..].split("</svg>").next().unwrap().split("<svg").nth(1).unwrap().to_owned(),
            );
        }
        assert_eq!(icons.len(), Outcome::ALL.len(), "each outcome has its own outline");
    }
}

#[test]
fn what_is_not_confirmed_tells_what_was_last_known_and_when() {
    let answer = samples::answer(Outcome::StatusUnknown);
    let ja = verdict("status_unknown", Language::Ja, &answer, None);
    assert!(ja.contains("最後に確認できた状態: 有効（2026年11月22日 9:55（日本時間））"), "{ja}");
    let en = verdict("status_unknown", Language::En, &answer, None);
    assert!(en.contains("Last known: “valid” on 22 November 2026, 09:55 JST"), "{en}");
    assert!(en.contains("Registry asked 2 hours ago"));
    assert!(!en.contains("tone-good\""));
}

#[test]
fn a_number_alone_is_told_apart_from_a_label() {
    for (outcome, note) in [(Outcome::Valid, true), (Outcome::Revoked, true), (Outcome::NotRegistered, false)]
    {
        let html = verdict("number_only", Language::En, &samples::number_only(outcome), None);
        let words = Language::En.words();
        assert_eq!(html.contains(words.verdict.number_only_title), note, "{outcome:?}");
        assert!(
            html.contains(words.meaning(outcome, true)) && !html.contains("The label is genuine"),
            "{outcome:?}"
        );
    }
}

#[test]
fn the_model_in_hand_is_answered_as_loudly_as_the_outcome() {
    let listed = verdict("model_listed", Language::En, &samples::with_model("rx 200w"), Some("rx 200w"));
    assert!(listed.contains("role=\"status\" class=\"claim listed\""));
    assert!(listed.contains("Model “rx 200w” is covered by this registration."));
    assert!(listed.contains("<mark>RX-200W</mark>") && listed.contains("value=\"rx 200w\""));
    let missing = verdict("model_not_listed", Language::Ja, &samples::with_model("RX-999"), Some("RX-999"));
    assert!(missing.contains("role=\"alert\" class=\"claim not-listed\""));
    assert!(missing.contains("型番「RX-999」は、この登録の対象ではありません。"));
    assert!(missing.contains("class=\"outcome tone-good\""), "the outcome itself stays what it is");
    assert!(missing.find("not-listed").unwrap() < missing.find("class=\"product\"").unwrap());
}

#[test]
fn other_codes_in_a_photograph_are_named_and_not_linked() {
    let code = |text: &str, host: Option<&str>| OtherCode {
        text: text.into(),
        kind: "text".into(),
        host: host.map(str::to_owned),
    };
    let mut answer = samples::answer(Outcome::Valid);
    let long = "x".repeat(5_000);
    let other_codes = vec![code("https://shop.example/?a=<b>", Some("shop.example")), code(&long, None)];
    answer.picture = Some(PictureAnswer { read: vec![], other_codes });
    let html = verdict("photograph", Language::En, &answer, None);
    assert!(html.contains("<li>shop.example</li>") && html.contains("2 other codes were in view."), "{html}");
    assert!(!html.contains("href=\"https://shop") && !html.contains(&long));
}

#[test]
fn hostile_texts_stay_texts() {
    let attack = "\"><script>alert(1)</script><!><img src=x onerror=alert(1)>'";
    let mut answer = samples::with_model(attack);
    let product = answer.product.as_mut().unwrap();
    product.maker.name = attack.into();
    product.maker.name_en = Some(attack.into());
    product.printed_number = attack.into();
    product.products[0].name = attack.into();
    product.products[0].models[0].number = attack.into();
    product.assessment = shirushi_shared::label::AssessmentRoute::ThirdParty { body: attack.into() };
    answer.status.reason = Some(attack.into());
    answer.status.value = Some(attack.into());
    let path = format!("/v/{attack}?model={attack}");
    for outcome in [Outcome::Valid, Outcome::Suspended, Outcome::NotALabel, Outcome::StatusUnknown] {
        answer.outcome = outcome;
        answer.not_a_label = Some(shirushi_shared::verdict::NotALabel::ForeignLink { host: attack.into() });
        let html = render("hostile", &path, Language::En, |frame| {
            page::verdict::render(
                frame,
                &answer,
                page::verdict::Asked { text: attack, model: Some(attack), code: None },
            )
        });
        let markup = without_style(&html);
        assert!(!markup.contains("<script") && !markup.contains("<img"), "{markup}");
        // In attributes a quotation mark would be enough.
        for attribute in ["value=\"\"><", "href=\"/v/\"><"] {
            assert!(!markup.contains(attribute), "{attribute}");
        }
    }
}

#[test]
fn only_the_scanner_loads_a_script_and_it_says_what_to_do_without() {
    let origins = ["https://label.shirushi.example".to_owned(), "https://old.shirushi.example".to_owned()];
    for &language in Language::ALL {
        let scan = render("scan", "/scan", language, |frame| page::scan::render(frame, scheme(&origins)));
        assert_eq!(scan.matches("<script").count(), 1);
        assert!(scan.contains(r#"<script type="module" src="/static/scan-0123456789ab.js"></script>"#));
        assert!(scan.contains(r#"data-worker="/static/worker-0123456789ab.js""#));
        assert!(
            scan.contains(r#"data-origins="https://label.shirushi.example https://old.shirushi.example""#)
        );
        assert!(scan.contains("<noscript>") && scan.contains(r#"action="/check""#));
        let home = render("home", "/", language, page::home::render);
        let about = render("about", "/about", language, page::about::render);
        let message =
            |problem| render("message", "/x", language, |frame| page::message::render(frame, problem));
        for html in [home, about, message(ProblemType::NotFound), message(ProblemType::Unavailable)] {
            assert!(!html.contains("<script") && !html.contains(" style="));
            assert!(html.contains(ORIGIN), "how to reach the checker by typing");
        }
    }
}

#[test]
fn every_page_can_be_walked_by_its_headings() {
    let origins = [ORIGIN.to_owned()];
    for &language in Language::ALL {
        let mut pages = vec![
            ("home", render("home", "/", language, page::home::render)),
            ("about", render("about", "/about", language, page::about::render)),
            ("scan", render("scan", "/scan", language, |frame| page::scan::render(frame, scheme(&origins)))),
        ];
        for outcome in Outcome::ALL {
            pages.push((
                outcome.as_str(),
                verdict(outcome.as_str(), language, &samples::answer(outcome), None),
            ));
        }
        for (name, html) in pages {
            can_be_walked(name, &html);
        }
    }
}

/// One heading of the first level, none skipped, a target for the skip link, and no id twice.
fn can_be_walked(name: &str, html: &str) {
    let markup = without_style(html);
    let levels: Vec<u32> = markup
        .match_indices("<h")
        .filter_map(|(at, _)| markup[at + 2..].chars().next()?.to_digit(10))
        .collect();
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{name}: one h1 in {levels:?}");
    assert_eq!(levels[0], 1, "{name}");
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name}: no level skipped in {levels:?}");
    assert_eq!(markup.matches("<main id=\"main\"").count(), 1, "{name}: the skip link has its target");
    let ids: Vec<_> = markup.split(" id=\"").skip(1).map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{name}: {ids:?}");
}

#[test]
fn a_page_with_forty_models_is_small() {
    let answer = samples::with_model("RX-200W");
    for &language in Language::ALL {
        let html = verdict("forty", language, &answer, Some("RX-200W"));
        let models = html.matches("<li").count();
        assert!(models >= 40, "{models}");
        let (page, style) = (compressed(&html), compressed(page::style()));
        assert!(page <= 20_000, "HTML and CSS together: {page} bytes of brotli");
        assert!(style <= 8_000, "CSS alone: {style} bytes of brotli");
    }
}

/// Length after brotli at quality 5, about what servers use on the fly.
fn compressed(text: &str) -> usize {
    let mut bytes = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
    brotli::BrotliCompress(&mut text.as_bytes(), &mut bytes, &parameters).unwrap();
    bytes.len()
}

#[test]
fn the_verdict_page_in_full() {
    for &language in Language::ALL {
        let html = verdict("model_listed", language, &samples::with_model("RX-200W"), Some("RX-200W"));
        // One tag a line, so that a difference can be read.
        let lines = without_style(&html).replace("><", ">\n<");
        insta::assert_snapshot!(format!("verdict_page_{}", language.tag()), lines);
    }
}

fn scheme(label_origins: &[String]) -> page::scan::Scheme<'_> {
    page::scan::Scheme { label_origins, pin: "00", oldest_list: 86_400 }
}
