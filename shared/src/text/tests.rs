//! What no text may say, and what each must.

use std::collections::BTreeSet;

use super::*;
use crate::{
    label::{AssessmentRoute, Category, LabelState, Level},
    policy::Policy,
    status::StatusSource,
    time::UnixTime,
    verdict::Outcome,
};

/// A walk over all texts, by their path.
pub(super) trait Walk {
    fn walk(&self, path: &str, visit: &mut dyn FnMut(String, &'static str));
}

fn table(language: Language) -> Vec<(String, String)> {
    let mut table = Vec::new();
    let mut visit = |path: String, text: &'static str| table.push((path, text.to_owned()));
    language.words().walk("words", &mut visit);
    language.page_words().walk("page", &mut visit);
    table.extend(phrases(language).into_iter().map(|(path, text)| (format!("phrase.{path}"), text)));
    table
}

/// Every sentence that holds a value, each of its cases once.
fn phrases(language: Language) -> Vec<(String, String)> {
    let day = UnixTime::parse("2027-05-20T15:00:00Z").unwrap();
    let zone = Zone::JAPAN;
    let body = "Example Evaluation Lab".to_owned();
    let mut phrases = vec![
        ("valid_until", language.valid_until(day, zone)),
        ("ended_on", language.ended_on(day, zone)),
        ("valid_from", language.valid_from(day, zone)),
        ("revoked_on", language.revoked_on(day, zone)),
        ("suspended", language.suspended(Some(day), Some(day.plus(86_400)), zone)),
        ("suspended_open", language.suspended(Some(day), None, zone)),
        ("suspended_until", language.suspended(None, Some(day), zone)),
        ("suspended_bare", language.suspended(None, None, zone)),
        ("grace_since", language.grace_since(day, zone)),
        ("not_listed_on", language.not_listed_on(day, zone)),
        ("last_known", language.last_known(Some(language.words().states.active), Some(day), zone)),
        ("last_known_nothing", language.last_known(None, None, zone)),
        ("about_the_past", language.about_the_past(day, zone)),
        ("answered_on", language.answered_on(day, zone)),
        ("dated", language.dated(day, zone)),
        ("pack_left_out", language.pack_left_out(12)),
        ("pack_page_of", language.pack_page_of(1, 2)),
        ("pack_changed", language.pack_changed(2, 10)),
        ("pack_changed_none", language.pack_changed(0, 10)),
        ("pack_change", language.pack_change(Outcome::Valid, Outcome::Revoked, 2)),
        ("pack_claims_changed", language.pack_claims_changed(2)),
        ("pack_not_asked", language.pack_not_asked(3)),
        ("key_misused_from", language.key_misused_from(day, zone)),
        ("freshness_registry", language.freshness(StatusSource::Registry, Some(3))),
        ("freshness_cache", language.freshness(StatusSource::Cache, Some(3))),
        ("freshness_status_list", language.freshness(StatusSource::StatusList, Some(7_200))),
        ("freshness_none", language.freshness(StatusSource::None, None)),
        ("conforms_to", language.conforms_to(Level::Star2)),
        ("self_declared", language.assessment(&AssessmentRoute::SelfDeclaration)),
        ("third_party", language.assessment(&AssessmentRoute::ThirdParty { body })),
        ("third_party_unnamed", language.assessment_of_level(Level::Star3).to_owned()),
        ("category", language.category(Category::from_code(57).unwrap())),
        ("model", language.models(1)),
        ("models", language.models(40)),
        ("days_left", language.days_left(day, day.plus(40 * 86_400)).unwrap()),
        ("more_models", language.more_models(260)),
        ("model_listed", language.model_answer("RX-200W", true)),
        ("model_not_listed", language.model_answer("RX-200W", false)),
        ("foreign_link", language.foreign_link("shop.example")),
        ("other_ignored", language.others_ignored(1)),
        ("others_ignored", language.others_ignored(3)),
        ("counted", language.counted(24, 7)),
        ("counted_again", language.counted_again(3)),
        ("more_counted", language.more_counted(60)),
        ("stars", language.stars(Level::Star2)),
        ("watched", language.watched(40)),
        ("watched_one", language.watched(1)),
        ("watch_expiring", language.watch_reason("expiring", Some(90))),
        ("watch_state", language.watch_state("suspended", day, day.plus(-1), zone)),
        ("watch_state_ended", language.watch_state("active", day, day, zone)),
    ];
    let policy = Policy::load(EVERY_RULE).unwrap();
    let rules: Vec<_> = policy.rules().iter().map(|rule| language.policy_rule(&rule.asks)).collect();
    let names: Vec<_> = (1..).zip(&rules).map(|(rule, _)| format!("policy_rule_{rule:02}")).collect();
    phrases.extend(names.iter().map(String::as_str).zip(rules));
    phrases.sort();
    phrases.into_iter().map(|(path, text)| (path.to_owned(), text)).collect()
}

/// A policy with every kind of rule.
const EVERY_RULE: &str = r#"{"form":1,"name":"n","version":"1","source":"s","rules":[
    {"asks":{"accepted_states":["valid","grace"]}},
    {"asks":{"least_level":{"level":1,"categories":"all","from":"2027-04-01"}}},
    {"asks":{"least_level":{"level":3,"categories":{"only":["network_camera","smart_lock"]},"from":"2028-04-01"}}},
    {"asks":{"valid_until":"contract_end"}},
    {"asks":{"recognised":"uk_psti"}},{"asks":{"recognised":"singapore_cls"}},
    {"asks":"model_listed"},{"asks":{"maker_matches":"name_or_corporate_number"}},
    {"asks":{"no_open_advisory":"critical"}},{"asks":{"evidence_not_older":{"days":30}}}]}"#;

#[test]
fn no_text_promises_what_a_label_does_not() {
    // "no safe", "no official seal", and never a verdict on the product from a failed look-up.
    let forbidden = [
        "safe",
        "secure",
        "certified",
        "guarantee",
        "official",
        "approved",
        "counterfeit",
        "fake",
        "forged",
        "安全",
        "安心",
        "公認",
        "認定済み",
        "認定",
        "保証",
        "お墨付き",
        "偽物",
        "偽造",
        "にせ物",
        "ニセ",
    ];
    for &language in Language::ALL {
        for (path, text) in table(language) {
            let lower = text.to_lowercase();
            for word in forbidden {
                assert!(!lower.contains(word), "{} {path}: “{word}” in “{text}”", language.tag());
            }
        }
    }
}

#[test]
fn the_scheme_and_its_keepers_are_named_only_to_say_that_we_are_not_they() {
    for &language in Language::ALL {
        for (path, text) in table(language) {
            let named = ["IPA", "METI", "経済産業省", "JC-STAR"].iter().any(|name| text.contains(name));
            assert!(
                !named || ["words.site.independent", "page.about.sources"].contains(&path.as_str()),
                "{path}"
            );
        }
    }
}

#[test]
fn every_headline_is_short_and_its_own() {
    // Read in a second at arm's length: one line of a 360 px screen at the headline's size.
    for (language, longest) in [(Language::Ja, 12), (Language::Easy, 16), (Language::En, 20)] {
        let outcomes = &language.words().outcomes;
        let headlines: BTreeSet<_> = Outcome::ALL.map(|outcome| outcomes.of(outcome).headline).into();
        assert_eq!(headlines.len(), Outcome::ALL.len(), "{headlines:?}");
        for headline in headlines {
            assert!(headline.chars().count() <= longest, "{headline}");
        }
    }
}

#[test]
fn what_is_not_confirmed_sounds_neither_valid_nor_revoked() {
    for &language in Language::ALL {
        let words = language.words();
        let unknown = &words.outcomes.status_unknown;
        let said = [unknown.headline, unknown.meaning, unknown.action, words.verdict.status_unknown_number]
            .join(" ");
        for state in [words.states.active, words.states.revoked, words.outcomes.revoked.headline] {
            assert!(!said.contains(state), "“{state}” in “{said}”");
        }
    }
}

#[test]
fn every_valid_speaks_of_copies_and_of_comparing() {
    // Where a language is added, this says so: whoever knows it names the two words.
    let words_for = |language| match language {
        Language::Ja => ("複製", "見比べ"),
        Language::Easy => ("コピー", "くらべて"),
        Language::En => ("copied", "Compare"),
    };
    for &language in Language::ALL {
        let (copied, compare) = words_for(language);
        assert!(language.words().verdict.copied_title.contains(copied), "{}", language.tag());
        assert!(language.words().outcomes.valid.action.contains(compare), "{}", language.tag());
    }
    for &language in Language::ALL {
        let words = language.words();
        assert_ne!(words.meaning(Outcome::Valid, true), words.meaning(Outcome::Valid, false));
        assert_ne!(words.meaning(Outcome::StatusUnknown, true), words.meaning(Outcome::StatusUnknown, false));
    }
}

#[test]
fn every_state_and_category_has_its_word() {
    let at = UnixTime::EPOCH;
    for &language in Language::ALL {
        let words = language.words();
        let reason = String::new();
        for state in [
            LabelState::Active,
            LabelState::Grace { since: at },
            LabelState::Suspended { since: at, until: None, reason: reason.clone() },
            LabelState::Revoked { since: at, reason },
        ] {
            assert_eq!(words.states.named(state.name()), words.states.of(&state));
        }
        for category in Category::known() {
            assert!(words.categories.of(category).is_some(), "{category}");
        }
    }
}

/// Texts that a language may take over from another as they are. All else is said in its own words.
const SHARED: [(Language, Language, &[&str]); 1] = [(
    Language::Easy,
    Language::Ja,
    &[
        // What a shopper needs to know is the verdict; these are ordinary Japanese.
        "words.categories.",
        // Words that are the same in both.
        "words.scan.torch",
        "words.scan.this_camera",
        "words.scan.several_label",
        "page.about.",
        "page.receipt.",
        // Policies, files and watch lists are for buyers and shops.
        "page.policy.",
        "page.policies.",
        "page.pack.",
        "page.columns.",
        "page.differences.",
        "page.bulk.",
        "page.watch.",
        // Dates and ages.
        "words.phrases.date",
        "words.phrases.months",
        "words.phrases.minutes_ago",
        "words.phrases.hours_ago",
        "words.phrases.days_ago",
    ],
)];

/// What `language` takes over from another without leave; what a new language lacks.
fn lacks(language: Language) -> Vec<String> {
    let mut lacking = Vec::new();
    for other in Language::ALL.iter().copied().filter(|other| *other != language) {
        for ((path, own), (_, others)) in texts(language).into_iter().zip(texts(other)) {
            let allowed = SHARED.iter().any(|(one, two, paths)| {
                [(*one, *two), (*two, *one)].contains(&(language, other))
                    && paths.iter().any(|shared| path.starts_with(shared))
            });
            if own.trim().is_empty() {
                lacking.push(format!("{path} is empty"));
            } else if own == others && !allowed {
                lacking.push(format!("{path} is the text of {}: “{own}”", other.tag()));
            }
            if placeholders(own) != placeholders(others) && !path.ends_with("_one") {
                lacking.push(format!("{path} has other values than in {}: “{own}”", other.tag()));
            }
        }
    }
    if language.words().phrases.months.split(' ').count() != 12 {
        lacking.push("words.phrases.months are not twelve".to_owned());
    }
    lacking
}

fn texts(language: Language) -> Vec<(String, &'static str)> {
    let mut texts = Vec::new();
    let mut visit = |path: String, text: &'static str| texts.push((path, text));
    language.words().walk("words", &mut visit);
    language.page_words().walk("page", &mut visit);
    texts
}

/// The values that a text wants. An hour may be written with one digit or with two.
fn placeholders(text: &'static str) -> BTreeSet<&'static str> {
    let names = text.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    names.map(|name| if name == "hh" { "hour" } else { name }).collect()
}

#[test]
fn no_language_lacks_anything() {
    for &language in Language::ALL {
        let lacking = lacks(language);
        assert!(lacking.is_empty(), "{} lacks:\n{}", language.tag(), lacking.join("\n"));
    }
}

#[test]
fn every_sentence_has_got_its_values() {
    for &language in Language::ALL {
        for (path, text) in phrases(language) {
            assert!(!text.contains(['{', '}']) && !text.contains("  "), "{} {path}: {text}", language.tag());
        }
    }
}

#[test]
fn easy_japanese_is_short_polite_and_has_its_readings() {
    let words = Language::Easy.words();
    let kanji = |text: &str| text.chars().any(|letter| ('\u{4E00}'..='\u{9FFF}').contains(&letter));
    for outcome in Outcome::ALL {
        let text = words.outcomes.of(outcome);
        for sentence in [text.meaning, text.action].iter().flat_map(|text| text.split_terminator('。')) {
            let bare = without_readings(sentence);
            assert!(bare.chars().count() <= 45, "long: {bare}");
            let polite = ["です", "ます", "ません", "ました", "ください"];
            assert!(polite.iter().any(|end| bare.ends_with(end)), "not polite: {bare}");
            assert!(!kanji(sentence) || sentence.contains('（'), "without a reading: {sentence}");
        }
        let ordinary = Language::Ja.words().outcomes.of(outcome);
        assert_ne!(text.headline, ordinary.headline, "{outcome:?}");
    }
    let mut visit = |path: String, text: &'static str| {
        for sentence in text.split_terminator('。') {
            let bare = without_readings(sentence);
            assert!(bare.chars().count() <= 45, "{path}: long: {bare}");
            assert!(!kanji(sentence) || sentence.contains('（'), "{path}: without a reading: {sentence}");
        }
    };
    words.scan.walk("scan", &mut visit);
    words.offline.walk("offline", &mut visit);
    words.problems.walk("problems", &mut visit);
}

fn without_readings(text: &str) -> String {
    text.split('（').map(|part| part.split_once('）').map_or(part, |(_, after)| after)).collect()
}

#[test]
fn all_words() {
    use std::fmt::Write as _;
    let tables: Vec<_> = Language::ALL.iter().map(|language| table(*language)).collect();
    let mut text = String::new();
    for (row, (path, first)) in tables[0].iter().enumerate() {
        writeln!(text, "{path}\n    {first}").unwrap();
        for table in &tables[1..] {
            assert_eq!(table[row].0, *path);
            let same = table[row].1 == *first;
            writeln!(text, "    {}", if same { "〃" } else { &table[row].1 }).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}
