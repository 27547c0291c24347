//! Somebody sees a suspicious label: they report it without an account, and the operator works through what came.

use std::path::{Path, PathBuf};
use std::time::Duration;

use image::codecs::jpeg::JpegEncoder;
use image::{GenericImageView as _, Rgb, RgbImage};
use reqwest::StatusCode;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use shirushi_tests::browser::{Browser, ENTER, Visitor};
use shirushi_tests::shirushi::{BY_TWO, Node, done, run};
use tempfile::TempDir;

use crate::shop::looks_right;

const NUMBER: &str = "SHI-2026-00017";
const OPERATOR: [&str; 4] = ["--as", "operator/Sato", "--role", "reviewer"];

/// A registry in a file with one label, and what lies beside it.
struct Office {
    place: TempDir,
    database: String,
    keys: String,
}

impl Office {
    fn open() -> Self {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name).display().to_string();
        let (database, keys) = (format!("sqlite:{}", path("registry.db")), path("keys"));
        done(["keys", "init", "--keys", &keys]);
        let csv = format!(
            "number,maker,product,models,category,level,valid_from,valid_until\n\
             {NUMBER},架空電機,カメラ,RX-200,network_camera,STAR-1,2026-01-01,2027-12-31\n"
        );
        std::fs::write(path("products.csv"), csv).unwrap();
        let common = ["--keys", &keys, "--database", &database];
        done(["import", &path("products.csv")].into_iter().chain(BY_TWO).chain(common));
        Self { place, database, keys }
    }

    async fn node(&self, more: &[&str]) -> Node {
        let arguments = [&["--database", &self.database, "--keys", &self.keys], more].concat();
        Node::serve(&arguments).await
    }

    fn sighting<'a>(&'a self, words: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
        let common = ["--keys", &self.keys, "--database", &self.database];
        ["sighting"].into_iter().chain(words.iter().copied()).chain(OPERATOR).chain(common)
    }

    /// What a command of the operator's tells, a line of JSON each.
    fn says(&self, words: &[&str]) -> Vec<Value> {
        let told = done(self.sighting(words));
        told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Whether any file of the office, database and evidence alike, holds `bytes`.
    fn holds(&self, bytes: &[u8]) -> bool {
        files(self.place.path()).iter().any(|file| {
            let content = std::fs::read(file).unwrap();
            content.windows(bytes.len()).any(|part| part == bytes)
        })
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// A photograph of a telephone that lay on its side: EXIF says how to turn it, and where it was taken.
fn photograph() -> Vec<u8> {
    let halves =
        RgbImage::from_fn(320, 200, |x, _| if x < 160 { Rgb([220, 30, 30]) } else { Rgb([30, 30, 220]) });
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 90).encode_image(&halves).unwrap();
    // One field, the orientation (6: turn right), and behind it a position.
    let tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0GPS 35.6812N 139.7671E";
    let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
    [&jpeg[..2], b"\xff\xe1", &length, b"Exif\0\0", tiff, &jpeg[2..]].concat()
}

async fn send(node: &Node, account: &str, forwarded: &str) -> reqwest::Response {
    let report = json!({ "suspicion": "altered", "label": NUMBER, "account": account });
    let request = node.client().post(node.url("/v1/reports")).header("x-forwarded-for", forwarded);
    request.json(&report).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shopper_without_script_reports_and_the_operator_closes() {
    let office = Office::open();
    let node = office.node(&[]).await;
    let picture = office.place.path().with_extension("jpg");
    std::fs::write(&picture, photograph()).unwrap();

    let shopper = Browser::start(Visitor { scripts: false, language: "en", ..Visitor::default() }).await;
    shopper.goto(&node.url(&format!("/v/{NUMBER}"))).await;
    // By the keyboard: without script the driver has no click.
    shopper.type_into(".report a", ENTER).await;
    shopper.type_into("#suspicion", "The code looks").await;
    shopper.type_into("#account", "A second sticker lies on the code.").await;
    shopper.type_into("#place", "a shop in Chiyoda").await;
    shopper.type_into("#picture", &picture.display().to_string()).await;
    shopper.screenshot("report-filled-in").await;
    shopper.type_into("form[method=post] button", ENTER).await;
    let reference = shopper.text(".reference").await;
    shopper.screenshot("report-received").await;
    std::fs::remove_file(picture).unwrap();

    let [listed] = &office.says(&["list", "--state", "open"])[..] else { panic!("one report") };
    assert_eq!(listed["id"], reference);
    let about = &listed["document"]["about"];
    assert_eq!(about["seen"], json!({ "seen": "number", "number": "SHI202600017" }));
    assert_eq!((&about["answered"], &about["place"]), (&json!("valid"), &json!("a shop in Chiyoda")));
    let kept = run(office.sighting(&["photograph", &reference])).stdout;
    let upright = image::load_from_memory(&kept).unwrap();
    assert_eq!(upright.dimensions(), (200, 320));
    assert!(upright.get_pixel(100, 40)[0] > 128 && upright.get_pixel(100, 280)[2] > 128);
    assert!(!office.holds(b"35.6812N"), "where it was taken is nowhere");
    assert!(office.holds(b"second sticker"), "the search finds what is there");

    office.says(&["take", &reference]);
    shopper.goto(&node.url("/report")).await;
    shopper.type_into("#reference", &reference.to_lowercase().replace('-', "")).await;
    shopper.keys(ENTER).await;
    shopper.wait_for_text("h1", "Being looked into").await;
    office.says(&["close", &reference, "--finding", "a copied label; the shop was told"]);
    shopper.goto(&node.url(&format!("/report?reference={reference}&lang=en"))).await;
    let page = shopper.text("main").await;
    assert!(page.contains("Closed") && !page.contains("copied"), "{page}");
    let told = node.text(&format!("/v1/reports/{reference}")).await;
    assert_eq!(serde_json::from_str::<Value>(&told).unwrap()["state"], "closed");
    let log = node.log();
    let requests: Vec<_> = log.lines().filter(|line| line.contains("answered")).collect();
    assert!(requests.len() > 5, "{log}");
    for private in [reference.as_str(), "Chiyoda", "127.0.0.1", NUMBER] {
        assert!(!requests.iter().any(|line| line.contains(private)), "{private}: {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_report_is_readable_by_all() {
    let office = Office::open();
    let node = office.node(&[]).await;
    let received = send(&node, "x", "").await.json::<Value>().await.unwrap();
    let reference = received["reference"].as_str().unwrap();
    for (language, tag) in [("ja", "ja"), ("en", "en"), ("ja", "easy")] {
        for dark in [false, true] {
            let browser = Browser::start(Visitor { language, dark, ..Visitor::default() }).await;
            let mode = if dark { "dark" } else { "light" };
            let at = |query: &str| node.url(&format!("/report?lang={tag}{query}"));
            for (name, query) in [
                ("report", format!("&answered=revoked&number={NUMBER}")),
                ("report-received", format!("&reference={reference}")),
                ("report-nowhere", "&reference=7Q2D-K0XN-4RMJ".to_owned()),
                ("report-mistyped", "&reference=7Q2D-K0XN-4RMK".to_owned()),
            ] {
                browser.goto(&at(&query)).await;
                looks_right(&browser, &format!("{name}-{tag}-{mode}")).await;
            }
            browser.goto(&at("")).await;
            browser.click("option[value=other]").await;
            browser.click("form[method=post] button").await;
            browser.wait_for("[role=alert]").await;
            looks_right(&browser, &format!("report-nothing-{tag}-{mode}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reports_too_much_waits_and_nobody_else_does() {
    let office = Office::open();
    let node = office.node(&[]).await;
    for _ in 0..10 {
        assert_eq!(send(&node, "x", "").await.status(), StatusCode::CREATED);
    }
    let refused = send(&node, "x", "198.51.100.7").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS, "who names another address is the same");
    let wait: u32 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=360).contains(&wait), "{wait}");
    assert_eq!(node.status(&format!("/v/{NUMBER}")).await, Some(StatusCode::OK), "verdicts go on");

    let behind = office.node(&["--proxies", "1"]).await;
    for visitor in 0..12 {
        let forwarded = format!("203.0.113.1, 198.51.100.{visitor}");
        assert_eq!(send(&behind, "x", &forwarded).await.status(), StatusCode::CREATED, "{visitor}");
    }
    assert!(!behind.log().contains("198.51.100."), "{}", behind.log());
    assert!(!office.holds(b"198.51.100."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_was_answered_survives_the_end_of_the_process() {
    let office = Office::open();
    let mut answered = Vec::new();
    for step in 0..5_u64 {
        let node = office.node(&[]).await;
        let reporting = async {
            let mut references = Vec::new();
            for _ in 0..10 {
                let picture = Part::bytes(photograph()).file_name("p.jpg");
                let form = Form::new().text("suspicion", "altered").part("picture", picture);
                let sent = node.client().post(node.url("/v1/reports")).multipart(form).send().await;
                let Ok(sent) = sent else { break };
                let Ok(told) = sent.json::<Value>().await else { break };
                references.push(told["reference"].as_str().unwrap().to_owned());
            }
            references
        };
        let kill = async {
            tokio::time::sleep(Duration::from_millis(20 + 60 * step)).await;
            node.process().signal("KILL");
        };
        answered.extend(tokio::join!(reporting, kill).0);
    }
    assert!(!answered.is_empty(), "nothing was answered before any of the kills");
    let node = office.node(&[]).await;
    for reference in &answered {
        let told = node.text(&format!("/v1/reports/{reference}")).await;
        assert_eq!(serde_json::from_str::<Value>(&told).unwrap()["state"], "open", "{told}");
        let kept = run(office.sighting(&["photograph", reference]));
        assert!(image::load_from_memory(&kept.stdout).is_ok(), "{}", String::from_utf8_lossy(&kept.stderr));
    }
    drop(node);
    done(["history", "check", "--database", &office.database]);

    // A backup has the reports, and a registry that was filled from it.
    let path = |name: &str| office.place.path().join(name).display().to_string();
    done(["backup", "--out", &path("backup"), "--database", &office.database]);
    let copy = format!("sqlite:{}", path("copy.db"));
    done(["restore", "--from", &path("backup"), "--database", &copy]);
    let restored = Office { database: copy, keys: office.keys.clone(), place: tempfile::tempdir().unwrap() };
    assert!(restored.says(&["list"]).len() >= answered.len());
}
