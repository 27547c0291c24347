//! Letters twice as large, and a screen magnified four times: nothing is cut off, and nothing has to be pushed aside.

use shirushi_tests::browser::{Browser, Screen, Visitor};
use shirushi_tests::shirushi::Demo;

use super::{others, verdicts};

/// What sticks out of the window, is cut off by what it lies in, or stands in a column of single letters, with everything
/// unfolded. The window is the root's width: a phone's `innerWidth` grows with what sticks out.
const WRONG: &str = "
    for (const folded of document.querySelectorAll('details')) folded.open = true;
    const width = document.documentElement.clientWidth;
    const found = new Set();
    const cuts = (style) => [style.overflowX, style.overflowY].some((way) => ['hidden', 'clip'].includes(way));
    const describe = (element) => element.tagName.toLowerCase() + '.' + element.className + ' “'
        + (element.textContent || '').trim().slice(0, 30) + '”';
    for (const element of document.querySelectorAll('body *')) {
        if (!element.checkVisibility({ visibilityProperty: true }) || element.closest('.visually-hidden, .skip, svg *')) continue;
        const box = element.getBoundingClientRect();
        if (box.right > width + 1 || box.left < -1) found.add('outside: ' + describe(element));
        const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()).join('');
        const letter = parseFloat(getComputedStyle(element).fontSize);
        const lines = element.getClientRects().length;
        if (own.length > 4 && lines === 1 && box.width < 2.5 * letter) found.add('squeezed: ' + describe(element));
        for (let around = element.parentElement; around !== document.body && around; around = around.parentElement) {
            if (!cuts(getComputedStyle(around))) continue;
            const edge = around.getBoundingClientRect();
            if (box.right > edge.right + 1 || box.left < edge.left - 1 || box.bottom > edge.bottom + 1 || box.top < edge.top - 1)
                found.add('cut off: ' + describe(element));
        }
    }
    if (document.documentElement.scrollWidth > width) found.add('scrolls to the side');
    return [...found];";

async fn nothing_is_cut_off(browser: &Browser, kind: &str) {
    let demo = Demo::shared().await;
    let mut wrong = Vec::new();
    for place in verdicts(demo).into_iter().chain(others(demo)) {
        place.visit(browser).await;
        let found = browser.eval(WRONG).await;
        browser.screenshot(&format!("{kind}-{}", place.name)).await;
        let found = found.as_array().unwrap().iter().map(|what| format!("{kind} {}: {what}", place.name));
        wrong.extend(found);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_twice_as_large_stay_on_a_phone_s_screen() {
    for language in ["ja", "en"] {
        let browser = Browser::start(Visitor { language, letters: 200, ..Visitor::default() }).await;
        let demo = Demo::shared().await;
        browser.goto(&demo.node.url("/")).await;
        let size = browser.eval("return parseFloat(getComputedStyle(document.body).fontSize)").await;
        assert_eq!(size, 34.0, "the page follows the reader's setting");
        nothing_is_cut_off(&browser, &format!("large-{language}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn magnified_four_times_a_page_is_read_downwards_only() {
    for language in ["ja", "en"] {
        let visitor = Visitor { language, screen: Screen::Magnified, ..Visitor::default() };
        let browser = Browser::start(visitor).await;
        browser.goto(&Demo::shared().await.node.url("/")).await;
        assert_eq!(browser.eval("return innerWidth").await, 320);
        nothing_is_cut_off(&browser, &format!("magnified-{language}")).await;
    }
}
