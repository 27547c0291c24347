//! A verdict that is heard: what a screen reader is told, in which order, and what is announced at once.

use shirushi_tests::browser::{Browser, Visitor};
use shirushi_tests::shirushi::Demo;
use shirushi_tests::tree::tree;

use super::verdicts;

#[tokio::test(flavor = "multi_thread")]
async fn every_verdict_is_heard_with_its_outcome_first() {
    let demo = Demo::shared().await;
    for language in ["ja", "en"] {
        let browser = Browser::start(Visitor { language, ..Visitor::default() }).await;
        for place in verdicts(demo) {
            place.visit(&browser).await;
            let whole = timeless(&tree(&browser).await);
            let main = part(&whole, "main");
            let heading = browser.text("h1").await;
            // Behind the page itself and the verdict as a whole.
            let first: Vec<_> = main.lines().skip(2).take(2).map(str::trim).collect();
            let live = ["status", "alert"].iter().any(|role| first[0].starts_with(role));
            assert!(live, "{}: announced: {first:?}", place.name);
            assert_eq!(
                first[1],
                timeless(&format!("heading “{heading}” (level 1)")).trim(),
                "{}",
                place.name
            );
            let title = whole.lines().next().unwrap_or_default();
            assert!(title.contains(timeless(&heading).trim()), "the window's name begins with it: {title}");
            insta::assert_snapshot!(format!("{}-{language}", place.name), main);
        }
        // What stands around it is the same everywhere.
        browser.goto(&demo.node.url("/")).await;
        insta::assert_snapshot!(format!("home-{language}"), timeless(&tree(&browser).await));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scanner_moves_the_reader_to_its_verdict() {
    let demo = Demo::shared().await;
    let browser = Browser::start(Visitor { language: "en", ..Visitor::default() }).await;
    browser.goto(&demo.node.url("/scan")).await;
    browser.wait_for("[role=alert]").await;
    // The lists come when there is time for them: sooner or later than this story looks.
    browser.wait_for("[data-kept=ready]").await;
    insta::assert_snapshot!("scan-without-camera-en", timeless(part(&tree(&browser).await, "main")));
    let number = demo.label("revoked").number.clone().unwrap();
    browser.type_into("input[name=number]", &number).await;
    browser.keys(shirushi_tests::browser::ENTER).await;
    browser.wait_for("#result [data-outcome=revoked]").await;
    browser.wait_for("#result:focus").await;
    let heard = timeless(&tree(&browser).await);
    assert!(heard.contains("alert (live assertive)"), "{heard}");
    let title = browser.eval("return document.title").await;
    assert!(title.as_str().unwrap().starts_with("Revoked"), "{title}");
}

/// The lines of the first node of this role, with all that is in it.
fn part<'a>(tree: &'a str, role: &str) -> &'a str {
    let start = tree.lines().position(|line| line.trim_start().starts_with(role)).unwrap();
    let depth = |line: &str| line.len() - line.trim_start().len();
    let lines: Vec<_> = tree.split_inclusive('\n').collect();
    let inner = lines[start + 1..].iter().take_while(|line| depth(line) > depth(lines[start])).count();
    let offset = |line: usize| lines[..line].iter().map(|line| line.len()).sum::<usize>();
    &tree[offset(start)..offset(start + 1 + inner)]
}

/// `text` as it will be tomorrow too: numbers are 0, months are May, what was seconds ago is just now. Headings keep their
/// levels.
fn timeless(text: &str) -> String {
    let line = |line: &str| match line.split_once(" (level ") {
        Some((name, level)) if line.contains("heading") => {
            format!("{} (level {level}", without_numbers(name))
        }
        Some((name, _)) => without_numbers(name),
        None => without_numbers(line),
    };
    text.lines().map(|text| line(text) + "\n").collect()
}

fn without_numbers(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' if plain.ends_with('0') => {}
            '0'..='9' => plain.push('0'),
            _ => plain.push(c),
        }
    }
    let months = [
        "January",
        "February",
        "March",
        "April",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    for month in months {
        plain = plain.replace(month, "May");
    }
    for seconds in ["0 seconds ago", "0 second ago"] {
        plain = plain.replace(seconds, "just now");
    }
    plain.replace("0秒前", "たった今")
}
