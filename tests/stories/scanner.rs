//! The scanner in a reader's hand: what its camera offers, what it sees, what else comes in, and what stays.

use std::path::PathBuf;

use image::{GrayImage, Luma, imageops};
use qrcode::{Color, QrCode};
use serde_json::json;
use shirushi_tests::browser::{Browser, Visitor};
use shirushi_tests::patience::until;
use shirushi_tests::process::folder;
use shirushi_tests::shirushi::{Demo, Label};
use shirushi_tests::video::{HEIGHT, Scene, WIDTH, write_clip};

/// A code that says `text`.
pub(crate) fn code(text: &str) -> GrayImage {
    const QUIET: u32 = 4;
    const MODULE: u32 = 8;
    let code = QrCode::new(text).unwrap();
    let (width, modules) = (u32::try_from(code.width()).unwrap(), code.to_colors());
    let side = width + 2 * QUIET;
    GrayImage::from_fn(side * MODULE, side * MODULE, |x, y| {
        let place = |at: u32| (at / MODULE).checked_sub(QUIET).filter(|at| *at < width);
        let module = place(x).zip(place(y)).map(|(x, y)| modules[(y * width + x) as usize]);
        Luma([if module == Some(Color::Dark) { 0 } else { 255 }])
    })
}

pub(crate) fn printed(label: &Label) -> GrayImage {
    image::open(&label.png).unwrap().to_luma8()
}

/// Two pictures side by side on one sheet.
fn beside(one: &GrayImage, other: &GrayImage) -> GrayImage {
    let mut sheet =
        GrayImage::from_pixel(one.width() + other.width(), one.height().max(other.height()), Luma([255]));
    imageops::overlay(&mut sheet, one, 0, 0);
    imageops::overlay(&mut sheet, other, i64::from(one.width()), 0);
    sheet
}

/// A browser whose camera sees `frames`, on the scanner's page.
async fn seeing(demo: &Demo, frames: &[GrayImage]) -> Browser {
    let clip = folder().join("seen.y4m");
    write_clip(&clip, frames).unwrap();
    let browser = Browser::start(Visitor { camera: Some(clip), language: "en", ..Visitor::default() }).await;
    browser.goto(&demo.node.url("/scan")).await;
    browser
}

/// A camera with a lens, and another one beside it: what Chromium's own pretended camera has not.
const LENS: &str = "
    MediaStreamTrack.prototype.getCapabilities = () =>
        ({ torch: true, zoom: { min: 1, max: 4, step: 0.5 }, focusMode: ['manual', 'continuous'] });
    MediaStreamTrack.prototype.applyConstraints = async (wanted) => {
        (window.applied ??= []).push(JSON.stringify(wanted.advanced[0]));
    };
    MediaDevices.prototype.enumerateDevices = async () => [
        { kind: 'videoinput', deviceId: 'back', label: 'Back' },
        { kind: 'videoinput', deviceId: 'wide', label: 'Wide' },
        { kind: 'audioinput', deviceId: 'ear', label: 'Ear' }];
    const ask = MediaDevices.prototype.getUserMedia;
    MediaDevices.prototype.getUserMedia = function (wanted) {
        window.asked = JSON.stringify(wanted.video.deviceId ?? null);
        return ask.call(this, { video: true });
    };";

async fn before_every_page(browser: &Browser, script: &str) {
    browser.chromium("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_camera_offers_what_it_can_and_its_choice_is_remembered() {
    let demo = Demo::shared().await;
    // A product's number is explained and looked past, so the camera stays on.
    let browser = seeing(demo, &[Scene::default().take(&code("4901234567894"))]).await;
    browser.wait_for(".viewer:not([hidden])").await;
    browser.wait_for(".note").await;
    let offered = "return [...document.querySelectorAll('.viewer input, .viewer select, [aria-pressed]:not([hidden])')].length";
    assert_eq!(browser.eval(offered).await, 0, "no light, no lens, no other camera: nothing is offered");

    before_every_page(&browser, LENS).await;
    browser.goto(&demo.node.url("/scan")).await;
    browser.wait_for(".viewer select").await;
    browser
        .eval("const zoom = document.querySelector('.viewer input[type=range]'); zoom.value = 2; zoom.dispatchEvent(new Event('input', { bubbles: true }))")
        .await;
    browser.click("[aria-pressed=false]").await;
    browser.wait_for("[aria-pressed=true]").await;
    let applied = browser.eval("return window.applied").await;
    assert_eq!(applied, json!([r#"{"focusMode":"continuous"}"#, r#"{"zoom":2}"#, r#"{"torch":true}"#]));
    assert_eq!(browser.eval("return window.asked").await, "null");
    browser
        .eval("const select = document.querySelector('.viewer select'); select.value = 'wide'; select.dispatchEvent(new Event('change', { bubbles: true }))")
        .await;
    browser.goto(&demo.node.url("/scan")).await;
    browser.wait_for(".viewer select").await;
    assert_eq!(browser.eval("return window.asked").await, r#"{"ideal":"wide"}"#, "after a new visit too");
    browser.screenshot("scan-lens").await;
    assert_eq!(browser.axe().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_camera_opens_before_the_checker_has_come_and_is_let_go_if_it_never_does() {
    let demo = Demo::shared().await;
    let clip = folder().join("seen.y4m");
    write_clip(&clip, &[Scene::default().take(&printed(demo.label("valid")))]).unwrap();
    let browser = Browser::start(Visitor { camera: Some(clip), language: "en", ..Visitor::default() }).await;
    browser.chromium("Network.enable", json!({})).await;
    browser.chromium("Network.setBlockedURLs", json!({ "urls": ["*checker*.wasm"] })).await;
    let noted = "
        const ask = MediaDevices.prototype.getUserMedia;
        MediaDevices.prototype.getUserMedia = async function (wanted) {
            return window.stream = await ask.call(this, wanted);
        };";
    before_every_page(&browser, noted).await;
    browser.goto(&demo.node.url("/scan")).await;
    let ended = "return window.stream?.getTracks().every((track) => track.readyState === 'ended')";
    until("the camera is let go", async || browser.eval(ended).await == true).await;
    assert!(browser.text("main").await.contains("registration number"), "the page works without the checker");

    browser.chromium("Network.setBlockedURLs", json!({ "urls": [] })).await;
    browser.goto(&demo.node.url("/scan")).await;
    browser.wait_for("[data-outcome=valid]").await;
    assert_eq!(browser.eval("return document.querySelectorAll('.early').length").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_alike_is_called_out_and_a_bad_print_is_read() {
    let demo = Demo::shared().await;
    let alike = code(&format!("http://127.0.0.1:1/v/{}", "7".repeat(290)));
    let browser = seeing(demo, &[Scene { width: 500.0, ..Scene::default() }.take(&alike)]).await;
    browser.wait_for("[data-outcome=not_a_label]").await;
    let page = browser.text("main").await;
    assert!(page.contains("127.0.0.1") && page.contains("look like this checker"), "{page}");
    browser.screenshot("scan-look-alike").await;
    assert_eq!(browser.eval("return document.querySelectorAll('main a[href*=\":1/v/\"]').length").await, 0);

    // Tilted, out of focus, and a lamp that shines on its corner.
    let label = printed(demo.label("valid"));
    let scene = Scene { width: 900.0, yaw: 20.0, pitch: 10.0, blur: 1.2, noise: 5.0, ..Scene::default() };
    let mut frame = scene.take(&label);
    for (x, y, Luma([level])) in frame.enumerate_pixels_mut() {
        let far = f64::from(x.abs_diff(WIDTH / 4)).hypot(f64::from(y.abs_diff(HEIGHT / 4)));
        let glare = 110.0 * (-(far / 160.0).powi(2)).exp();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 110")]
        let glare = glare as u8;
        *level = level.saturating_add(glare);
    }
    let browser = seeing(demo, &[frame]).await;
    browser.wait_for("[data-outcome=valid]").await;
    assert_eq!(browser.console_errors().await, [""; 0]);
}

/// What a hand scanner's keys do: quickly one after another, by their places on the board; `shown` is what the layout
/// makes of a key.
pub(crate) async fn scan_by_hand(browser: &Browser, text: &str, shown: impl Fn(char) -> String) {
    let keys: Vec<_> = text
        .chars()
        .map(|c| {
            let (code, shift) = match c {
                '0'..='9' => (format!("Digit{c}"), false),
                ':' => ("Semicolon".to_owned(), true),
                '/' => ("Slash".to_owned(), false),
                '.' => ("Period".to_owned(), false),
                '-' => ("Minus".to_owned(), false),
                ']' => ("BracketRight".to_owned(), false),
                '\n' => ("Enter".to_owned(), false),
                letter => (format!("Key{}", letter.to_ascii_uppercase()), letter.is_ascii_uppercase()),
            };
            json!({ "code": code, "key": if c == '\n' { "Enter".to_owned() } else { shown(c) }, "shiftKey": shift })
        })
        .collect();
    let script = format!(
        "for (const key of {}) (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', {{ ...key, bubbles: true, cancelable: true }}))",
        json!(keys)
    );
    browser.eval(&script).await;
}

/// The letters of a French keyboard's row of digits.
fn french(key: char) -> String {
    let row = ["à", "&", "é", "\"", "'", "(", "-", "è", "_", "ç"];
    match key.to_digit(10).and_then(|digit| usize::try_from(digit).ok()) {
        Some(digit) => row.get(digit).copied().unwrap_or_default().to_owned(),
        None => "Process".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_camera_hand_scanner_and_photographs_lead_to_verdicts_that_stay_here() {
    let demo = Demo::shared().await;
    let (valid, revoked) = (demo.label("valid"), demo.label("revoked"));
    let browser = Browser::start(Visitor { language: "en", ..Visitor::default() }).await;
    let scan = demo.node.url("/scan");
    browser.goto(&scan).await;
    let words = browser.text("[role=alert]").await;
    assert!(words.contains("No camera"), "{words}");

    // A hand scanner on a French keyboard, with an AIM identifier before the link.
    scan_by_hand(&browser, &format!("]Q1{}\n", valid.link), french).await;
    browser.wait_for("[data-outcome=valid]").await;
    // A model that is not covered, nearly one that is: the reader presses the one that was meant, and stays here.
    let model = browser.text(".models li").await;
    browser.type_into("#model", &format!("{model}Q")).await;
    browser.keys(shirushi_tests::browser::ENTER).await;
    browser.wait_for(".claim.not-listed").await;
    browser.screenshot("scan-meant").await;
    browser.click(&format!(".meant button[value='{model}']")).await;
    browser.wait_for_text(".claim.listed", &model).await;
    assert_eq!(browser.url().await, scan);
    // One that is set to send no Enter; and the field for numbers has the focus.
    browser.eval("document.querySelector('.next .primary').click()").await;
    scan_by_hand(&browser, &revoked.link, |c| c.to_string()).await;
    browser.wait_for("[data-outcome=revoked]").await;
    browser.eval("document.querySelector('input[name=number]').focus()").await;
    scan_by_hand(&browser, &format!("{}\n", valid.link), french).await;
    browser.wait_for("[data-outcome=valid]").await;

    // The link goes to the clipboard where the device has no way to share; what is copied is the link that checks.
    before_every_page(
        &browser,
        "Object.defineProperty(navigator, 'share', { value: undefined });
         Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text } } })",
    )
    .await;
    browser.goto(&scan).await;
    let history = browser.wait_for_text(".mine", "Revoked").await;
    assert!(history.contains("Valid") && history.contains("at the time"), "{history}");
    browser.screenshot("scan-history").await;
    browser.eval("document.querySelector('.mine li:nth-child(2) button').click()").await;
    browser.wait_for("[data-outcome=revoked]").await;
    browser.eval("document.querySelector('.next button:last-child').click()").await;
    browser.wait_for_text("main", "The link was copied").await;
    assert_eq!(browser.eval("return window.copied").await, json!(revoked.link));
    browser.screenshot("scan-result").await;

    // Erased, one and all; and switched off.
    let count = "return document.querySelectorAll('.mine li').length";
    assert_eq!(browser.eval(count).await, 2);
    browser.eval("document.querySelector('.mine li button:last-child').click()").await;
    browser.wait_for(".mine li:only-child").await;
    browser.eval("document.querySelector('.mine input').click()").await;
    browser.wait_for_text(".mine", "Nothing yet").await;
    assert_eq!(browser.eval("return localStorage.getItem('shirushi.mine').split('\\n').length").await, 1);

    // Two labels in one photograph: the reader chooses, and sees the other one after it.
    let both = folder().join("both.png");
    beside(&printed(valid), &printed(revoked)).save(&both).unwrap();
    browser.type_into("#photograph", &path(&both)).await;
    browser.wait_for("[data-label='1']").await;
    let mut outcomes = Vec::new();
    for label in ["[data-label='0']", "[data-label='1']"] {
        browser.eval(&format!("document.querySelector(\"{label}\").click()")).await;
        let done = "#result [data-outcome=valid], #result [data-outcome=revoked]";
        let other = outcomes.first().map_or(done.to_owned(), |seen: &String| {
            format!("#result [data-outcome={}]", if seen == "valid" { "revoked" } else { "valid" })
        });
        browser.wait_for(&other).await;
        let outcome =
            browser.eval("return document.querySelector('#result [data-outcome]').dataset.outcome").await;
        outcomes.push(outcome.as_str().unwrap().to_owned());
    }
    outcomes.sort();
    assert_eq!(outcomes, ["revoked", "valid"]);
    browser.screenshot("scan-several").await;
    assert_eq!(browser.axe().await, []);
    std::fs::remove_dir_all(both.parent().unwrap()).unwrap();
}

fn path(file: &std::path::Path) -> String {
    PathBuf::from(file).to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_camera_or_storage_is_explained_and_leaves_the_other_ways() {
    let demo = Demo::shared().await;
    let browser = Browser::start(Visitor { language: "en", ..Visitor::default() }).await;
    before_every_page(
        &browser,
        "MediaDevices.prototype.getUserMedia = () => {
             const [name, message] = location.hash.slice(1).split('/');
             return Promise.reject(new DOMException(decodeURIComponent(message), name));
         };
         Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError') } });",
    )
    .await;
    let mut told = std::collections::BTreeSet::new();
    for error in
        ["NotAllowedError/Permission denied", "NotAllowedError/Permission dismissed", "NotReadableError/busy"]
    {
        browser.goto("about:blank").await;
        browser.goto(&demo.node.url(&format!("/scan#{}", error.replace(' ', "%20")))).await;
        assert!(told.insert(browser.text("[role=alert]").await), "{error} has words of its own: {told:?}");
    }
    let page = browser.text(".mine").await;
    assert!(page.contains("does not allow storage"), "{page}");
    let number = demo.label("valid").number.as_deref().unwrap().to_owned();
    browser.type_into("input[name=number]", &number).await;
    browser.keys(shirushi_tests::browser::ENTER).await;
    browser.wait_for("[data-outcome=valid]").await;
    browser.screenshot("scan-not-kept").await;
    assert_eq!(browser.axe().await, []);
}

/// A browser whose own reader reads `texts`, one after another, whatever it is shown.
fn own_reader(texts: &[&str]) -> String {
    let reader = format!(
        "const texts = {};
         self.BarcodeDetector = class {{
             static async getSupportedFormats() {{ return ['ean_13', 'qr_code']; }}
             async detect() {{ return [{{ rawValue: texts.length > 1 ? texts.shift() : texts[0] }}]; }}
         }};",
        json!(texts)
    );
    // Before the decoder's worker, which is a module like its own.
    format!(
        "const whole = window.Worker;
         window.Worker = class extends whole {{
             constructor(url, options) {{
                 if (!url.includes('/worker')) return new whole(url, options);
                 const module = (text) => URL.createObjectURL(new Blob([text], {{ type: 'text/javascript' }}));
                 const address = new URL(url, location).href;
                 super(module(`import '${{module({})}}'; import '${{address}}';`), options);
             }}
         }};",
        json!(reader)
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_s_own_reader_helps_and_its_texts_are_judged_like_ours() {
    let demo = Demo::shared().await;
    let valid = &demo.label("valid").link;
    let nothing_to_see = Scene::default().take(&GrayImage::from_pixel(8, 8, Luma([150])));
    let foreign = "https://evil.example/v/1";
    for (texts, outcome) in [(vec![valid.as_str()], "valid"), (vec![foreign], "not_a_label")] {
        let browser = seeing(demo, std::slice::from_ref(&nothing_to_see)).await;
        browser.chromium("Page.setBypassCSP", json!({ "enabled": true })).await;
        before_every_page(&browser, &own_reader(&texts)).await;
        browser.goto(&demo.node.url("/scan")).await;
        browser.wait_for(&format!("#result [data-outcome={outcome}]")).await;
        assert!(browser.url().await.starts_with(&demo.node.origin), "nothing was opened");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_processor_gets_the_decoder_without_simd_and_keeps_it() {
    let demo = Demo::shared().await;
    let clip = folder().join("seen.y4m");
    write_clip(&clip, &[Scene::default().take(&printed(demo.label("valid")))]).unwrap();
    for simd in [true, false] {
        let camera = Some(clip.clone());
        let browser = Browser::start(Visitor { simd, camera, ..Visitor::default() }).await;
        if !simd {
            // Its browser is old as well, and gives frames as bitmaps.
            before_every_page(&browser, "delete window.VideoFrame").await;
        }
        browser.goto(&demo.node.url("/scan")).await;
        browser.wait_for("[data-outcome=valid]").await;
        let kept = "await navigator.serviceWorker.ready;
            const name = (await caches.keys()).find((name) => name.startsWith('shirushi-shell-'));
            const files = (await (await caches.open(name)).keys()).map((request) => request.url);
            return ['/reader-', '/reader_plain'].map((part) => files.some((file) => file.includes(part)))";
        let old = !simd && cfg!(target_arch = "x86_64");
        assert_eq!(browser.eval(kept).await, json!([true, old]), "SIMD: {simd}");
    }
}
