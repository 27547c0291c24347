//! The visitor's browser: a narrow phone, a camera that sees what we hold before it, an auditor.

use axum::Router;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Html;
use axum::routing::get;
use image::{GrayImage, Luma};
use serde_json::json;
use shirushi_tests::browser::{Browser, ENTER, Screen, Visitor};
use shirushi_tests::process::is_gone;
use shirushi_tests::video::{Scene, write_clip};

/// Serves one page on loopback, as strict about scripts as ours will be; its address.
async fn serve(page: &'static str) -> String {
    let policy =
        [(CONTENT_SECURITY_POLICY, "default-src 'none'; img-src data:; media-src blob: mediastream:")];
    let pages = Router::new().route("/", get(move || async move { (policy, Html(page)) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, pages).await });
    format!("http://{address}/")
}

const PAGE: &str = "<!doctype html><html lang=ja><meta name=viewport content='width=device-width'><title>印</title>\
    <link rel=icon href='data:,'><main><h1>有効なラベル</h1><p><label>番号 <input></label></main></html>";

#[tokio::test]
async fn a_phone_is_360_pixels_wide_and_speaks_japanese() {
    let browser = Browser::start(Visitor::default()).await;
    browser.goto(&serve(PAGE).await).await;
    assert_eq!(browser.text("h1").await, "有効なラベル");
    let seen = browser
        .eval("return [innerWidth, devicePixelRatio, navigator.language, navigator.maxTouchPoints > 0]")
        .await;
    assert_eq!(seen, json!([360, 3, "ja", true]));
    let light = browser.eval("return matchMedia('(prefers-color-scheme: dark)').matches").await;
    assert_eq!(light, json!(false));
    let file = browser.screenshot("world-phone").await;
    assert_eq!(image::image_dimensions(file).unwrap(), (360 * 3, 740 * 3));
    assert_eq!(browser.console_errors().await, [""; 0]);
}

#[tokio::test]
async fn a_visitor_may_sit_at_a_dark_english_desk() {
    let visitor = Visitor { language: "en-GB", screen: Screen::Desktop, dark: true, ..Visitor::default() };
    let browser = Browser::start(visitor).await;
    browser.goto(&serve(PAGE).await).await;
    let dark =
        "return [matchMedia('(prefers-color-scheme: dark)').matches, navigator.language, innerWidth > 1000]";
    assert_eq!(browser.eval(dark).await, json!([true, "en-GB", true]));
    let camera =
        "return await navigator.mediaDevices.getUserMedia({ video: true }).then(() => 'one', e => e.name)";
    assert_eq!(browser.eval(camera).await, "NotFoundError");
}

#[tokio::test]
async fn a_visitor_without_scripts_sees_the_page_and_nothing_runs() {
    let page =
        "<!doctype html><title>印</title><p id=says>plain</p><script>says.textContent = 'scripted'</script>";
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let pages = Router::new().route("/", get(move || async move { Html(page) }));
    tokio::spawn(async move { axum::serve(listener, pages).await });

    let without = Browser::start(Visitor { scripts: false, ..Visitor::default() }).await;
    without.goto(&url).await;
    assert_eq!(without.text("#says").await, "plain");
    let with = Browser::start(Visitor::default()).await;
    with.goto(&url).await;
    assert_eq!(with.text("#says").await, "scripted");
}

#[tokio::test]
async fn the_camera_sees_what_is_held_before_it() {
    // Black left, white right: seen again only if the clip is played, and the right way round.
    let picture = GrayImage::from_fn(100, 100, |x, _| Luma([if x < 50 { 0 } else { 255 }]));
    let frame = Scene { blur: 1.0, noise: 4.0, ..Scene::default() }.take(&picture);
    let folder = tempfile::tempdir().unwrap();
    let clip = folder.path().join("halves.y4m");
    write_clip(&clip, &[frame.clone(), frame]).unwrap();

    let browser = Browser::start(Visitor { camera: Some(clip), ..Visitor::default() }).await;
    browser.goto(&serve(PAGE).await).await;
    let seen = browser
        .eval(
            "const video = document.createElement('video');
             video.muted = true;
             const wish = { video: { width: 1280, height: 720, facingMode: 'environment' } };
             video.srcObject = await navigator.mediaDevices.getUserMedia(wish);
             await video.play();
             await new Promise(done => video.requestVideoFrameCallback(done));
             const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
             const context = canvas.getContext('2d');
             context.drawImage(video, 0, 0);
             const dark = (x, y) => context.getImageData(x, y, 1, 1).data[0] < 100;
             return [canvas.width, canvas.height, dark(540, 360), dark(740, 360), dark(100, 100)];",
        )
        .await;
    assert_eq!(seen, json!([1280, 720, true, false, false]));
}

#[tokio::test]
async fn keys_and_clicks_arrive_like_a_hand_scanner() {
    let browser = Browser::start(Visitor { screen: Screen::Desktop, ..Visitor::default() }).await;
    browser.goto(&serve(PAGE).await).await;
    browser.eval("window.pressed = []; addEventListener('keydown', event => pressed.push(event.key))").await;
    browser.click("input").await;
    browser.keys(&format!("JC-01{ENTER}")).await;
    assert_eq!(browser.eval("return pressed.join(' ')").await, "J C - 0 1 Enter");
    browser.type_into("input", "23").await;
    assert_eq!(browser.eval("return document.querySelector('input').value").await, "JC-0123");
}

#[tokio::test]
async fn the_auditor_finds_what_is_wrong_and_only_that() {
    let browser = Browser::start(Visitor::default()).await;
    browser.goto(&serve(PAGE).await).await;
    assert_eq!(browser.axe().await, []);

    let crowd = "for (const name of ['', 'b']) {
        const button = document.createElement('button');
        button.textContent = name;
        Object.assign(button.style, { width: '10px', height: '10px', padding: 0, border: 0, fontSize: '8px' });
        document.querySelector('main').append(button);
    }";
    browser.eval(crowd).await;
    let found = browser.axe().await;
    let rules: Vec<_> = found.iter().map(|violation| violation.rule.as_str()).collect();
    assert_eq!(rules, ["button-name", "target-size"], "{found:?}");
    assert_eq!((found[0].impact.as_str(), found[0].elements.len()), ("critical", 1));
    assert!(found[0].elements[0].contains("button"));
}

#[tokio::test]
async fn console_errors_are_told_once() {
    let browser = Browser::start(Visitor::default()).await;
    browser
        .goto(&serve("<!doctype html><title>印</title><link rel=icon href='data:,'><script>1</script>").await)
        .await;
    let errors = browser.console_errors().await;
    assert!(errors.iter().any(|error| error.contains("inline script")), "{errors:?}");
    assert_eq!(browser.console_errors().await, [""; 0]);
}

#[tokio::test]
async fn a_browser_is_gone_after_its_test() {
    let browser = Browser::start(Visitor::default()).await;
    let driver = browser.process().id();
    let group = |id: u32| {
        let everything = std::fs::read_dir("/proc").unwrap().flatten();
        let ids = everything.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        ids.filter(|other| !is_gone(*other) && group_of(*other) == Some(id)).count()
    };
    assert!(group(driver) > 3, "the driver, the browser and its helpers");
    let folder = browser.process().folder().to_owned();
    drop(browser);
    assert_eq!(group(driver), 0);
    assert!(!folder.exists());
}

fn group_of(id: u32) -> Option<u32> {
    // pid (name) state parent group …
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(2)?.parse().ok()
}
