//! What we print is read by others, and by us, to the same text.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use shirushi_tests::browser::{Browser, Screen, Visitor};
use shirushi_tests::process::program;
use shirushi_tests::shirushi::{self, Demo};
use shirushi_tests::target_folder;

#[tokio::test(flavor = "multi_thread")]
async fn every_label_is_read_by_another_decoder_and_by_ours() {
    let demo = Demo::shared().await;
    let zbar = program("zbarimg", "zbar-tools", &[]);
    for label in demo.one_of_each() {
        let theirs = Command::new(&zbar).args(["--quiet", "--raw"]).arg(&label.png).output().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&theirs.stdout).trim_end(),
            label.link,
            "zbar, {}",
            label.png.display()
        );
    }
    let pictures = demo.one_of_each().iter().map(|label| label.png.clone().into_os_string());
    let ours = shirushi::done([std::ffi::OsString::from("scan")].into_iter().chain(pictures));
    let lines: Vec<serde_json::Value> =
        ours.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 13);
    for (line, label) in lines.iter().zip(demo.one_of_each()) {
        assert_eq!(line["file"], label.png.display().to_string());
        assert_eq!(line["texts"], serde_json::json!([label.link]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photograph_is_answered_with_the_verdict() {
    let demo = Demo::shared().await;
    for label in demo.one_of_each() {
        let picture = std::fs::read(&label.png).unwrap();
        let request =
            demo.node.client().post(demo.node.url("/v1/verify/image")).header("content-type", "image/png");
        let answer: serde_json::Value = request.body(picture).send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["outcome"], label.outcome, "{answer}");
    }
}

/// What the browser would print, as `target/screenshots/NAME.pdf`.
async fn printed(browser: &Browser, name: &str) -> PathBuf {
    let a4 = json!({ "preferCSSPageSize": true });
    let pdf = browser.chromium("Page.printToPDF", a4).await;
    let file = target_folder().join("screenshots").join(format!("{name}.pdf"));
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, BASE64_STANDARD.decode(pdf["data"].as_str().unwrap()).unwrap()).unwrap();
    file
}

/// The pages of a PDF as pictures, as an office printer would put them on paper.
fn pages(pdf: &Path) -> Vec<PathBuf> {
    let to_png = program("pdftoppm", "poppler-utils", &[]);
    let stem = pdf.with_extension("");
    let number = |number| PathBuf::from(format!("{}-{number}.png", stem.display()));
    // What an earlier run has left.
    (1..9).map(number).for_each(|page| drop(std::fs::remove_file(page)));
    let done = Command::new(to_png).args(["-r", "150", "-png"]).args([pdf, &stem]).status().unwrap();
    assert!(done.success());
    (1..9).map(number).take_while(|page| page.exists()).collect()
}

/// Text without any space: lines break where they fit.
fn solid(text: &str) -> String {
    text.split_whitespace().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printed_verdict_is_one_sheet_that_leads_back() {
    let demo = Demo::shared().await;
    let (zbar, to_text) = (program("zbarimg", "zbar-tools", &[]), program("pdftotext", "poppler-utils", &[]));
    for language in ["en", "ja"] {
        let browser =
            Browser::start(Visitor { language, screen: Screen::Desktop, dark: true, ..Visitor::default() });
        let browser = browser.await;
        for label in demo.one_of_each().iter().filter(|label| label.link.starts_with(&demo.node.origin)) {
            browser.goto(&format!("{}?model=NOT-A-MODEL-1", label.link)).await;
            browser.wait_for(&format!("[data-outcome={}]", label.outcome)).await;
            let headline = browser.text("h1").await;
            let pdf = printed(&browser, &format!("sheet-{}-{language}", label.outcome)).await;
            let pages = pages(&pdf);
            assert_eq!(pages.len(), 1, "{}: one sheet", pdf.display());
            let read = Command::new(&zbar).args(["--quiet", "--raw"]).arg(&pages[0]).output().unwrap();
            let read = String::from_utf8(read.stdout).unwrap();
            assert_eq!(read.trim_end(), label.link, "{}: the code on it", pdf.display());
            let ours = shirushi::done([std::ffi::OsStr::new("scan"), pages[0].as_os_str()]);
            assert!(ours.contains(&label.link), "{ours}");

            let text = Command::new(&to_text).arg("-layout").args([&pdf, Path::new("-")]).output().unwrap();
            let text = solid(&String::from_utf8(text.stdout).unwrap());
            let answer = demo.node.verify(&json!({ "link": label.link })).await;
            let mut told = vec![headline, label.link.clone()];
            let (claims, number) = (&answer["claims"], &answer["product"]["printed_number"]);
            let stated = [&claims["token_sha256"], &claims["key"], number];
            told.extend(stated.into_iter().filter_map(|value| value.as_str()).map(str::to_owned));
            if language == "en" {
                told.extend(
                    [
                        "Signing key",
                        "Validity period",
                        "Registry status",
                        "Age of the information",
                        "Checked at",
                    ]
                    .map(str::to_owned),
                );
                if answer["status"]["revision"].is_u64() {
                    told.push(format!("Revision of the registration {}", answer["status"]["revision"]));
                }
            }
            for words in told {
                assert!(text.contains(&solid(&words)), "{}: no “{words}” in {text}", pdf.display());
            }
        }
    }
}
