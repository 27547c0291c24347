//! Frames a second that the scanner looks at, in Chromium, at 1280 × 720: the page, its loop and its worker as they are,
//! by turns with the same loop when its frames are taken and not looked at. And what SIMD is worth to the decoder.

use image::{GrayImage, Luma};
use qrcode::{Color, QrCode};
use serde_json::{Value, json};
use shirushi_tests::browser::{Browser, Visitor};
use shirushi_tests::process::folder;
use shirushi_tests::shirushi::Demo;
use shirushi_tests::video::{Scene, write_clip};

/// How often by turns, three seconds each time.
const TURNS: usize = 4;

/// Counts the frames that go to the worker; while `skipping`, answers them in its place.
const COUNTED: &str = "
    window.sent = 0;
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message, transfer) {
        if (!message?.frame) return post.call(this, message, transfer);
        window.sent++;
        if (!window.skipping) return post.call(this, message, transfer);
        message.frame.close();
        transfer[0].postMessage({ texts: [], ms: 0 });
    };";

/// Frames a second, of the next three.
const RATE: &str = "
    const [before, start] = [window.sent, performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return (window.sent - before) * 1000 / (performance.now() - start);";

/// Milliseconds that the worker gives a quick look, and a thorough one (`web/static/worker.js`).
const BOUNDS: [u32; 2] = [55, 120];

/// Median milliseconds of both decoders, by turns, for the frame that the camera shows.
const DECODERS: &str = "
    window.skipping = true;
    const decoders = await Promise.all(ADDRESSES.map(async (address) => {
        const reader = await import(address);
        await reader.default();
        return reader.decode;
    }));
    const video = document.querySelector('video');
    const [width, height] = [video.videoWidth, video.videoHeight];
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(video, 0, 0);
    const gray = context.getImageData(0, 0, width, height).data.filter((_, i) => i % 4 === 1);
    const times = decoders.map(() => []);
    for (let turn = 0; turn < 15; turn++) {
        decoders.forEach((decode, i) => {
            const start = performance.now();
            decode(width, height, gray, EFFORT, BOUND);
            times[i].push(performance.now() - start);
        });
    }
    return times.map((times) => times.sort((a, b) => a - b)[7]);";

pub(crate) async fn print() {
    let demo = Demo::start().await;
    let link = &demo.label("valid").link;
    let far = Scene { width: 380.0, yaw: 25.0, pitch: 15.0, roll: 20.0, noise: 6.0, ..Scene::default() };
    println!("frames a second that /scan looks at, of 30 with 1280 × 720 px that the camera gives");
    for (name, picture) in [
        ("an empty table", GrayImage::from_pixel(8, 8, Luma([150]))),
        ("a label with its middle torn out, tried in vain", torn(link)),
    ] {
        // Six frames with other noise each.
        let frames: Vec<_> = (0..6).map(|seed| Scene { seed, ..far.clone() }.take(&picture)).collect();
        print_scene(&demo, name, &frames).await;
    }
    println!();
}

async fn print_scene(demo: &Demo, name: &str, frames: &[GrayImage]) {
    let clip = folder().join("seen.y4m");
    write_clip(&clip, frames).unwrap();
    let browser = Browser::start(Visitor { camera: Some(clip.clone()), ..Visitor::default() }).await;
    browser.chromium("Page.addScriptToEvaluateOnNewDocument", json!({ "source": COUNTED })).await;
    browser.goto(&demo.node.url("/scan")).await;
    browser.wait_for(".viewer:not([hidden])").await;
    browser.eval(RATE).await;
    let (mut looked_at, mut taken) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        for (skipping, rates) in [(false, &mut looked_at), (true, &mut taken)] {
            browser.eval(&format!("window.skipping = {skipping}")).await;
            rates.push(browser.eval(RATE).await.as_f64().unwrap());
        }
    }
    let (looked_at, taken) = (median(looked_at), median(taken));
    println!("  {name}: {looked_at:.1}, and {taken:.1} when they are only taken ({:.2})", looked_at / taken);
    for (effort, of) in ["a quick look", "a thorough look"].iter().enumerate() {
        let script =
            DECODERS.replace("EFFORT", &effort.to_string()).replace("BOUND", &BOUNDS[effort].to_string());
        let script = script.replace("ADDRESSES", &decoders());
        let times: Vec<f64> =
            browser.eval(&script).await.as_array().unwrap().iter().filter_map(Value::as_f64).collect();
        let (simd, plain) = (times[0], times[1]);
        println!("    {of}: {simd:.1} ms with SIMD, {plain:.1} without ({:.2})", plain / simd);
    }
    std::fs::remove_dir_all(clip.parent().unwrap()).unwrap();
}

/// The two decoders' addresses, as a list in JavaScript.
fn decoders() -> String {
    let manifest = std::fs::read(shirushi_tests::target_folder().join("site/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let address = |name: &str| format!("/s/{}", manifest["files"][name]["file"].as_str().unwrap());
    json!(["reader.js", "reader_plain.js"].map(address)).to_string()
}

/// A code whose patterns are all there and whose data is mostly not: nothing costs the decoder more.
fn torn(link: &str) -> GrayImage {
    const MODULE: u32 = 8;
    let code = QrCode::new(link).unwrap();
    let (width, modules) = (u32::try_from(code.width()).unwrap(), code.to_colors());
    let (quiet, finder) = (4, 9);
    let side = width + 2 * quiet;
    GrayImage::from_fn(side * MODULE, side * MODULE, |x, y| {
        let place = |at: u32| (at / MODULE).checked_sub(quiet).filter(|at| *at < width);
        let dark = place(x).zip(place(y)).is_some_and(|(x, y)| {
            let gone = [x, y].iter().all(|at| (finder..width - finder).contains(at));
            modules[(y * width + x) as usize] == Color::Dark && !gone
        });
        Luma([if dark { 30 } else { 230 }])
    })
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
