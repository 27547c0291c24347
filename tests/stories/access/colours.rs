//! Colours of the reader's own, and movement switched off: the outcome is told all the same.

use std::collections::BTreeSet;
use std::path::PathBuf;

use shirushi_tests::browser::{Browser, Visitor};
use shirushi_tests::process::folder;
use shirushi_tests::shirushi::Demo;
use shirushi_tests::video::{Scene, write_clip};

use super::{others, verdicts};

/// What of an outcome is left when the reader's system chooses the colours.
const LEFT: &str = "
    const outcome = document.querySelector('.outcome');
    const style = getComputedStyle(outcome);
    const icon = outcome.querySelector('svg');
    const box = icon.getBoundingClientRect();
    const stroke = getComputedStyle(icon).stroke;
    const background = style.backgroundColor;
    return {
        forced: matchMedia('(forced-colors: active)').matches,
        headline: outcome.querySelector('h1').textContent,
        text: style.color !== background,
        icon: box.width >= 48 && stroke !== 'none' && stroke !== background,
        border: ['Top', 'Right', 'Bottom', 'Left'].every((side) =>
            parseFloat(style[`border${side}Width`]) >= 2 && style[`border${side}Color`] !== background),
        drawing: icon.innerHTML,
    };";

/// Boxes and controls that have lost their edges.
const EDGELESS: &str = "
    const boxes = document.querySelectorAll('button, .button, input:not([type=hidden], [type=checkbox], .visually-hidden), select, textarea, .claim, .note, .product, .notice');
    return [...boxes].filter((box) => box.checkVisibility()).filter((box) => {
        const style = getComputedStyle(box);
        const edge = (side) => parseFloat(style[`border${side}Width`]) >= 1 && style[`border${side}Style`] !== 'none';
        return !(edge('Top') && edge('Bottom') || box.matches('.notice') && edge('Bottom'));
    }).map((box) => box.outerHTML.slice(0, 80));";

#[tokio::test(flavor = "multi_thread")]
async fn in_the_reader_s_own_colours_icon_words_and_borders_remain() {
    let demo = Demo::shared().await;
    for dark in [false, true] {
        let media = &[("forced-colors", "active")];
        let browser = Browser::start(Visitor { dark, media, language: "en", ..Visitor::default() }).await;
        let (mut drawings, mut headlines) = (BTreeSet::new(), BTreeSet::new());
        for place in verdicts(demo) {
            place.visit(&browser).await;
            let left = browser.eval(LEFT).await;
            for what in ["forced", "text", "icon", "border"] {
                assert_eq!(left[what], true, "{} {what}: {left}", place.name);
            }
            let text = |what: &str| left[what].as_str().unwrap().to_owned();
            assert!(drawings.insert(text("drawing")) && headlines.insert(text("headline")), "{}", place.name);
            assert_eq!(browser.eval(EDGELESS).await, serde_json::json!([]), "{}", place.name);
            browser
                .screenshot(&format!("forced-{}-{}", if dark { "dark" } else { "light" }, place.name))
                .await;
        }
        for place in others(demo) {
            place.visit(&browser).await;
            assert_eq!(browser.eval(EDGELESS).await, serde_json::json!([]), "{}", place.name);
            browser
                .screenshot(&format!("forced-{}-{}", if dark { "dark" } else { "light" }, place.name))
                .await;
        }
    }
}

/// A camera that sees nothing but a table.
fn table() -> PathBuf {
    let frame = Scene::default().take(&image::GrayImage::from_pixel(8, 8, image::Luma([150])));
    let clip = folder().join("table.y4m");
    write_clip(&clip, &[frame]).unwrap();
    clip
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_for_those_who_do_not_want_it() {
    let demo = Demo::shared().await;
    let moving = "return [matchMedia('(prefers-reduced-motion: reduce)').matches,
        document.getAnimations().filter((one) => one.playState === 'running').length > 0]";
    let still: &[_] = &[("prefers-reduced-motion", "reduce")];
    for (media, seen) in [(&[][..], [false, true]), (still, [true, false])] {
        let clip = table();
        let visitor = Visitor { media, camera: Some(clip.clone()), ..Visitor::default() };
        let browser = Browser::start(visitor).await;
        browser.goto(&demo.node.url("/scan")).await;
        browser.wait_for(".viewer:not([hidden])").await;
        assert_eq!(browser.eval(moving).await, serde_json::json!(seen), "the frame to aim by");
        for place in verdicts(demo).into_iter().chain(others(demo)).filter(|place| place.name != "scan") {
            place.visit(&browser).await;
            assert_eq!(browser.eval(moving).await[1], false, "{}", place.name);
        }
        std::fs::remove_dir_all(clip.parent().unwrap()).unwrap();
    }
}
