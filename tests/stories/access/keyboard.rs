//! No mouse and no touch: every control is reached, is seen to be, and works.

use serde_json::Value;
use shirushi_tests::browser::{Browser, ENTER, SPACE, Screen, TAB, Visitor};
use shirushi_tests::shirushi::Demo;

use super::{others, verdicts};

/// Every control that is shown, by number.
const CONTROLS: &str = "
    const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex=\"0\"]')];
    window.controls = all.filter((one) => one.type !== 'hidden' && !one.disabled && one.checkVisibility({ visibilityProperty: true }));
    return controls.length;";

/// The number of the control that has the focus, and what is wrong with how it shows that.
const FOCUSED: &str = "
    const element = document.activeElement;
    const shown = element.matches('.visually-hidden') ? document.querySelector(`label[for=${element.id}]`) : element;
    const style = getComputedStyle(shown);
    const wrong = [];
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) wrong.push('no ring');
    const box = shown.getBoundingClientRect();
    if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth) wrong.push('out of sight');
    const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
    const above = document.elementFromPoint(x, y);
    if (!above || !(shown.contains(above) || above.contains(shown))) wrong.push('covered');
    return [controls.indexOf(element), wrong, shown.outerHTML.slice(0, 120)];";

/// Presses the tab key through the whole page, and back out of it.
async fn walk(browser: &Browser, name: &str) {
    let count = browser.eval(CONTROLS).await.as_u64().unwrap();
    let mut reached = Vec::new();
    for _ in 0..count {
        browser.keys(TAB).await;
        let focused = browser.eval(FOCUSED).await;
        assert_eq!(focused[1], serde_json::json!([]), "{name}: {}", focused[2]);
        reached.push(focused[0].as_i64().unwrap());
    }
    // In the order of the page, which is the order of reading, and none left out.
    let expected: Vec<_> = (0..).take(reached.len()).collect();
    assert_eq!(reached, expected, "{name}: the controls that the tab key reaches");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tab_key_reaches_everything_and_is_seen_there() {
    let demo = Demo::shared().await;
    for (screen, dark) in [(Screen::Desktop, false), (Screen::Phone, true)] {
        let browser = Browser::start(Visitor { screen, dark, ..Visitor::default() }).await;
        for place in verdicts(demo).into_iter().chain(others(demo)) {
            place.visit(&browser).await;
            if place.name == "scan" {
                browser.wait_for("[role=alert]").await;
            }
            walk(&browser, &place.name).await;
        }
    }
}

/// Presses the tab key until the focus is on what matches `selector`.
async fn tab_to(browser: &Browser, selector: &str) {
    let there = format!("return document.activeElement.matches('{selector}')");
    for _ in 0..80 {
        browser.keys(TAB).await;
        if browser.eval(&there).await == Value::Bool(true) {
            return;
        }
    }
    panic!("{selector} is not reached at {}", browser.url().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_is_asked_for_unfolded_and_kept_by_keys_alone() {
    let demo = Demo::shared().await;
    let valid = demo.label("valid").number.clone().unwrap();
    let browser = Browser::start(Visitor { screen: Screen::Desktop, ..Visitor::default() }).await;
    for page in ["/", "/scan"] {
        browser.goto(&demo.node.url(page)).await;
        browser.wait_for(if page == "/" { "main h1" } else { "#result" }).await;
        // The first stop leads past the header.
        browser.keys(TAB).await;
        browser.keys(ENTER).await;
        assert_eq!(browser.eval("return document.activeElement.id").await, "main", "{page}");
        tab_to(&browser, "input[name=number]").await;
        browser.keys(&format!("{valid}{ENTER}")).await;
        browser.wait_for("[data-outcome=valid]").await;
        tab_to(&browser, "input[name=model]").await;
        browser.keys(&format!("NOT-A-MODEL-1{ENTER}")).await;
        browser.wait_for(".not-listed").await;
        tab_to(&browser, ".machinery summary").await;
        browser.keys(SPACE).await;
        browser.wait_for(".machinery[open] table").await;
    }
    // On the scanner, the way on is one more stop.
    tab_to(&browser, ".next .primary").await;
    browser.keys(ENTER).await;
    browser.wait_for("#result:empty").await;
    tab_to(&browser, ".switch input").await;
    browser.keys(SPACE).await;
    browser.wait_for_text(".mine", "まだありません").await;

    browser.goto(&demo.node.url("/receipt")).await;
    tab_to(&browser, "textarea").await;
    browser.keys("x").await;
    tab_to(&browser, "main button").await;
    browser.keys(ENTER).await;
    browser.wait_for("[data-standing=not_a_receipt]").await;
}
