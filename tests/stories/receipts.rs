//! A receipt in somebody's hands: kept without script, checked in both languages, and offline from the command line.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use shirushi_tests::browser::{Browser, ENTER, Visitor};
use shirushi_tests::patience::answer;
use shirushi_tests::process::folder;
use shirushi_tests::shirushi::{BY_TWO, Demo, Label, Node, done, run};

use crate::shop::looks_right;

/// A reference that nobody else has, so that it is found wherever it stands.
const CASE: &str = "調達-7781-K9";

/// Keeps a receipt of the page that `browser` shows, with the form below the verdict, by keyboard.
async fn keep(browser: &Browser, downloads: &Path) -> PathBuf {
    let behaviour = json!({ "behavior": "allow", "downloadPath": downloads });
    browser.chromium("Browser.setDownloadBehavior", behaviour).await;
    browser.type_into(".keep summary", ENTER).await;
    browser.type_into("#case", &format!("{CASE}{ENTER}")).await;
    let kept = async || {
        let mut files = fs::read_dir(downloads).unwrap().map(|file| file.unwrap().path());
        files.find(|file| file.extension().is_some_and(|ending| ending == "cose"))
    };
    answer("a file from the page", kept).await
}

/// Hands `file` in on the page for receipts.
async fn hand_in(browser: &Browser, demo: &Demo, file: &Path) {
    browser.goto(&demo.node.url("/receipt")).await;
    browser.type_into("#file", &file.display().to_string()).await;
    browser.type_into("form[enctype] button", ENTER).await;
}

/// Valid labels of the demonstration.
fn valid(demo: &Demo) -> Vec<Label> {
    demo.labels.iter().filter(|label| label.outcome == "valid").cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_kept_and_says_then_and_now_in_both_languages() {
    let demo = Demo::start().await;
    let spoken = [
        ("ja", "本物の控えで、当時の回答のとおりです", "当時\n有効", "取消し", "改変された控えです"),
        ("en", "Genuine, and true then", "Then\nValid", "Revoked", "Altered receipt"),
    ];
    let mut secrets = vec![CASE.to_owned()];
    for ((language, genuine, then, now, altered), label) in spoken.into_iter().zip(valid(&demo)) {
        let downloads = folder();
        // Without script, as the page must work; the auditor looks at it afterwards with another browser.
        let reader = Browser::start(Visitor { language, scripts: false, ..Visitor::default() }).await;
        reader.goto(&label.link).await;
        let kept = keep(&reader, &downloads).await;
        let name = kept.file_name().unwrap().to_string_lossy().into_owned();
        let number = label.number.as_deref().unwrap().replace('-', "");
        assert!(name.starts_with(&format!("shirushi-receipt-{number}-20")), "{name}");
        hand_in(&reader, &demo, &kept).await;
        reader.wait_for("[data-standing=true_then]").await;
        reader.wait_for("[data-now=valid]").await;
        assert_eq!(reader.text("h1").await, genuine);

        let number = label.number.as_deref().unwrap();
        demo.node.revoke(&demo.key, &demo.approver, number, "架空の理由").await;
        hand_in(&reader, &demo, &kept).await;
        reader.wait_for("[data-now=revoked]").await;
        let page = reader.text("main").await;
        for words in [genuine, then, now, CASE] {
            assert!(page.contains(words), "“{words}” in {page}");
        }

        let mut bytes = fs::read(&kept).unwrap();
        secrets.push(label.link.rsplit('/').next().unwrap().to_owned());
        *bytes.last_mut().unwrap() ^= 1;
        let forged = downloads.join("altered");
        fs::write(&forged, bytes).unwrap();
        hand_in(&reader, &demo, &forged).await;
        reader.wait_for("[data-standing=not_genuine]").await;
        assert_eq!(reader.text("h1").await, altered);

        let auditor =
            Browser::start(Visitor { language, dark: language == "en", ..Visitor::default() }).await;
        auditor.goto(&label.link).await;
        auditor.type_into(".keep summary", ENTER).await;
        looks_right(&auditor, &format!("receipt-keep-{language}")).await;
        for (file, standing) in [(&kept, "true_then"), (&forged, "not_genuine")] {
            hand_in(&auditor, &demo, file).await;
            auditor.wait_for(&format!("[data-standing={standing}]")).await;
            looks_right(&auditor, &format!("receipt-{standing}-{language}")).await;
            assert_eq!(auditor.console_errors().await, [""; 0]);
        }
        hand_in(&auditor, &demo, &label.png).await;
        looks_right(&auditor, &format!("receipt-other-file-{language}")).await;
    }
    let log = demo.node.log();
    for secret in secrets {
        assert!(!log.contains(&secret), "“{secret}” is in the log");
    }
}

/// What `receipt check` says, and its exit code.
fn check(arguments: &[&str]) -> (String, Option<i32>) {
    let output = run(["receipt", "check"].iter().chain(arguments));
    let told = [output.stdout, output.stderr].concat();
    (String::from_utf8_lossy(&told).into_owned(), output.status.code())
}

#[tokio::test]
async fn a_receipt_is_checked_by_this_machine_and_offline_by_a_pinned_list() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name).display().to_string();
    let (keys, database) = (path("keys"), format!("sqlite:{}", path("registry.db")));
    let mut listed = done(["keys", "init", "--keys", &keys]);
    let common = ["--keys", &keys, "--database", &database, "--public-url", "https://label.example"];
    let product = [
        &[
            "issue",
            "--number",
            "SHI-2026-00001",
            "--maker",
            "架空電機",
            "--product",
            "カメラ",
            "--model",
            "RX-200",
        ][..],
        &["--category", "network_camera", "--level", "STAR-1"],
        &["--valid-from", "2026-01-01", "--valid-until", "2027-12-31"],
        &BY_TWO,
    ];
    let issued: Value = serde_json::from_str(&done(product.concat().iter().chain(&common).copied())).unwrap();
    let (link, receipt) = (issued["link"].as_str().unwrap(), path("receipt.cose"));
    let verify = ["verify", link, "--model", "RX200", "--receipt", &receipt, "--case", CASE];
    done(verify.iter().chain(&common).copied());
    let again = run(verify.iter().chain(&common).copied());
    assert_eq!(again.status.code(), Some(2), "what was kept is not written over");

    let here = |file: &str| check(&[&[file][..], &common].concat());
    let (told, code) = here(&receipt);
    assert!(code == Some(0) && told.starts_with("genuine, and true then\nthen:  valid at 20"), "{told}");
    assert!(
        told.contains(CASE) && told.contains("\nnow:   valid at 20") && told.contains("\"RX200\" – covered"),
        "{told}"
    );
    let revoke = ["revoke", "SHI-2026-00001", "--reason", "架空の理由"];
    done(revoke.iter().chain(&BY_TWO).chain(&common).copied());
    let (told, code) = here(&receipt);
    assert!(code == Some(0) && told.contains("\nnow:   revoked at 20"), "{told}");

    // A list as anybody downloads it, and a machine without keys and registry.
    let node = Node::serve(&["--keys", &keys, "--database", &database]).await;
    let list = node.client().get(node.url("/.well-known/shirushi/trust-list")).send().await.unwrap();
    fs::write(path("list"), list.bytes().await.unwrap()).unwrap();
    drop(node);
    let ring: Value = serde_json::from_slice(&fs::read(path("keys/keyring.json")).unwrap()).unwrap();
    let public = |key_use: &str| {
        let key = ring["keys"].as_array().unwrap().iter().find(|key| key["use"] == key_use).unwrap();
        key["public_key"].as_str().unwrap().to_owned()
    };
    let list = path("list");
    let (pin, nowhere) = (public("trust"), path("nowhere"));
    let away = ["--trust-list", &list, "--pin", &pin, "--keys", &nowhere, "--json"];
    let (told, code) = check(&[&[receipt.as_str()][..], &away].concat());
    let answer: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (code, &answer["standing"], &answer["then"]["case"]),
        (Some(0), &json!("true_then"), &json!(CASE))
    );
    assert_eq!(answer["now"], Value::Null, "offline, nothing is known of now");

    let mut altered = fs::read(&receipt).unwrap();
    *altered.last_mut().unwrap() ^= 1;
    fs::write(path("altered"), &altered).unwrap();
    fs::write(path("cut"), &altered[..100]).unwrap();
    for (file, says) in [("altered", "\"bad_signature\""), ("cut", "not a whole receipt")] {
        let (told, code) = check(&[&[path(file).as_str()][..], &away].concat());
        assert!(code == Some(1) && told.contains(says), "{code:?} {told}");
    }
    let label = public("label");
    for (arguments, says) in [
        (vec![receipt.as_str(), "--trust-list", &list, "--pin", &label], "not signed by the pinned key"),
        (vec![receipt.as_str(), "--trust-list", &list], "--pin"),
        (vec![receipt.as_str(), "--trust-list", &list, "--pin", "zz"], "64 hexadecimal digits"),
        (vec![nowhere.as_str(), "--keys", &keys], "nowhere"),
    ] {
        let (told, code) = check(&arguments);
        assert!(code == Some(2) && told.contains(says), "{code:?} {told}");
    }

    // The key for receipts was in wrong hands from before it signed this one.
    listed = listed.lines().find(|line| line.starts_with("receipt")).unwrap().to_owned();
    let key = listed.split_whitespace().nth(1).unwrap();
    done(["keys", "compromise", key, "--cutoff", "2026-01-01T00:00:00Z", "--keys", &keys]);
    let (told, code) = here(&receipt);
    assert!(code == Some(1) && told.starts_with("do not rely on it") && !told.contains("now:"), "{told}");
}
