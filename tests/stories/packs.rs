//! A buyer's check, closed into an evidence pack: made on the command line, checked there and on the page, altered, and
//! looked at again after something was revoked.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use shirushi_tests::browser::{Browser, ENTER, Visitor};
use shirushi_tests::shirushi::{Demo, run};

use crate::shop::looks_right;

/// A reference that nobody else has, so that it is found wherever it stands.
const CASE: &str = "調達-9214-P3";

/// What a command says on both ways out, and its exit code.
fn told(arguments: &[&str]) -> (String, Option<i32>) {
    let output = run(arguments);
    let told = [output.stdout, output.stderr].concat();
    (String::from_utf8_lossy(&told).into_owned(), output.status.code())
}

/// A policy that accepts valid labels of at least STAR-1 with the offered model.
fn policy() -> Value {
    json!({
        "form": 1, "name": "架空の調達条件", "version": "1", "source": "An invented organisation",
        "rules": [
            { "asks": { "accepted_states": ["valid"] } },
            { "asks": { "least_level": { "level": "STAR-1", "categories": "all", "from": "2026-04-01" } } },
            { "asks": { "evidence_not_older": { "days": 1 } } },
        ],
    })
}

/// The settings by which a command works on the registry of `demo`.
fn of(demo: &Demo) -> [String; 6] {
    let place = demo.node.process().folder().join("demo");
    let at = |name: &str| place.join(name).display().to_string();
    let database = format!("sqlite:{}", at("shirushi.db"));
    ["--database".into(), database, "--keys".into(), at("keys"), "--public-url".into(), demo.node.url("")]
}

/// A pack of one label of each outcome, and of one that is valid.
fn make(demo: &Demo, place: &Path) -> PathBuf {
    let rows = place.join("offer.jsonl");
    let lines =
        demo.one_of_each().iter().map(|label| json!({ "id": label.outcome, "link": label.link }).to_string());
    fs::write(&rows, lines.collect::<Vec<_>>().join("\n")).unwrap();
    let rules = place.join("rules.json");
    fs::write(&rules, policy().to_string()).unwrap();
    let pack = place.join("offer.zip");
    let answers = place.join("answers.jsonl");
    let [rows, rules, out, answers] = [&rows, &rules, &pack, &answers].map(|path| path.display().to_string());
    let settings = of(demo);
    let mut command = vec!["verify", "--file", &rows, "--policy", &rules, "--pack", &out, "--out", &answers];
    command.extend(["--case", CASE, "--lang", "ja"]);
    command.extend(settings.iter().map(String::as_str));
    let (said, code) = told(&command);
    assert_eq!(code, Some(1), "not every row passes: {said}");
    assert!(said.contains("13 rows") && said.contains("policy: 1 met"), "{said}");
    pack
}

/// How a command names the file that was checked, by which whoever kept it can tell that it is the one.
pub(crate) fn named(file: &Path) -> String {
    let sha256 = Sha256::digest(fs::read(file).unwrap());
    let digits: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{} (sha256 {digits})", file.file_name().unwrap().to_string_lossy())
}

/// What the command line says of `pack`, and its exit code.
pub(crate) fn check(demo: &Demo, pack: &Path) -> (String, Option<i32>) {
    let pack = pack.display().to_string();
    let settings = of(demo);
    let mut command = vec!["receipt", "check", pack.as_str()];
    command.extend(settings.iter().map(String::as_str));
    told(&command)
}

/// The pack with a byte of the file `name` turned.
fn altered(pack: &Path, name: &str) -> PathBuf {
    let mut old = zip::ZipArchive::new(Cursor::new(fs::read(pack).unwrap())).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..old.len() {
        let mut file = old.by_index(place).unwrap();
        let (called, mut content) = (file.name().unwrap().into_owned(), Vec::new());
        file.read_to_end(&mut content).unwrap();
        if called == name {
            let middle = content.len() / 2;
            content[middle] ^= 1;
        }
        new.start_file(called, zip::write::SimpleFileOptions::default()).unwrap();
        new.write_all(&content).unwrap();
    }
    let path = pack.with_file_name(format!("altered-{name}.zip"));
    fs::write(&path, new.finish().unwrap().into_inner()).unwrap();
    path
}

async fn hand_in(browser: &Browser, demo: &Demo, file: &Path) {
    browser.goto(&demo.node.url("/receipt")).await;
    browser.type_into("#file", &file.display().to_string()).await;
    browser.type_into("form[enctype] button", ENTER).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_is_made_checked_altered_and_looked_at_again_after_a_revocation() {
    let demo = Demo::start().await;
    let place = tempfile::tempdir().unwrap();
    let pack = make(&demo, place.path());
    let (said, code) = check(&demo, &pack);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("genuine pack, and nothing altered") && said.contains(CASE), "{said}");
    assert!(said.contains(&named(&place.path().join("offer.jsonl"))), "{said}");
    for name in ["report.html", "report.pdf", "results.csv", "results.jsonl", "policy.json", "manifest.json"]
    {
        let (said, code) = check(&demo, &altered(&pack, name));
        assert_eq!(code, Some(1), "{name}: {said}");
        assert!(said.contains(&format!("altered: {name}")), "{name}: {said}");
    }
    let (said, code) = check(&demo, &altered(&pack, "receipt.cose"));
    assert_eq!(code, Some(1));
    assert!(said.contains("not genuine") || said.contains("altered: receipt.cose"), "{said}");

    let reader = Browser::start(Visitor { language: "ja", scripts: false, ..Visitor::default() }).await;
    hand_in(&reader, &demo, &pack).await;
    reader.wait_for("[data-standing=whole]").await;
    // The demonstration has a label whose status cannot be confirmed, which its number alone can.
    reader.wait_for("[data-changed='1']").await;
    assert_eq!(reader.text("h1").await, "本物の証跡一式で、改変はありません");

    let number = demo.label("valid").number.clone().unwrap();
    demo.node.revoke(&demo.key, &demo.approver, &number, "架空の理由").await;
    hand_in(&reader, &demo, &pack).await;
    reader.wait_for("[data-changed='2']").await;
    let page = reader.text("main").await;
    assert!(page.contains("「有効」から「取消し」へ: 1行"), "{page}");
    let (said, _) = check(&demo, &pack);
    assert!(said.contains("valid -> revoked"), "{said}");

    hand_in(&reader, &demo, &altered(&pack, "results.csv")).await;
    reader.wait_for("[data-standing=altered]").await;
    reader.wait_for("[data-files=altered]").await;

    let auditor = Browser::start(Visitor { language: "en", dark: true, ..Visitor::default() }).await;
    for (file, standing) in [(&pack, "whole"), (&altered(&pack, "report.html"), "altered")] {
        hand_in(&auditor, &demo, file).await;
        auditor.wait_for(&format!("[data-standing={standing}]")).await;
        looks_right(&auditor, &format!("pack-{standing}-en")).await;
        assert_eq!(auditor.console_errors().await, [""; 0]);
    }
    assert!(!demo.node.log().contains(CASE), "a reference is in the log");
}

/// A pipe can be read only once: its rows are answered, and the pack names no file.
#[tokio::test(flavor = "multi_thread")]
async fn rows_out_of_a_pipe_are_closed_into_a_pack_too() {
    let demo = Demo::shared().await;
    let place = tempfile::tempdir().unwrap();
    let (pipe, pack) = (place.path().join("rows"), place.path().join("offer.zip"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let row = json!({ "number": demo.label("valid").number }).to_string();
    let into = pipe.clone();
    let writing = std::thread::spawn(move || fs::write(into, row));
    let [rows, out] = [&pipe, &pack].map(|path| path.display().to_string());
    let settings = of(demo);
    let mut command = vec!["verify", "--file", &rows, "--pack", &out];
    command.extend(settings.iter().map(String::as_str));
    let (said, code) = told(&command);
    assert_eq!(code, Some(0), "{said}");
    writing.join().unwrap().unwrap();
    let (said, code) = check(demo, &pack);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 rows") && !said.contains("file:"), "{said}");
}

#[tokio::test]
async fn a_policys_file_is_checked_before_it_is_used() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("policy.json");
    fs::write(&file, policy().to_string()).unwrap();
    let path = file.display().to_string();
    let (said, code) = told(&["policy", "check", &path]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("架空の調達条件@1") && said.contains("sha256 ") && said.contains("3. "), "{said}");
    fs::write(&file, r#"{"form":2,"name":"","version":"1","source":"s","rules":[{"asks":"nothing"}]}"#)
        .unwrap();
    let (said, code) = told(&["policy", "check", &path]);
    assert_eq!(code, Some(1));
    assert!(said.contains("form 2") && said.contains("name is a text") && said.contains("rule 1"), "{said}");
    let (said, code) = told(&["policy", "check", "government", "--lang", "ja"]);
    assert!(code == Some(0) && said.contains("提案された型番が登録に含まれること"), "{said}");
}
