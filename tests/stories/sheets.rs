//! A shop's own table, as it left the spreadsheet: dropped on the page, through the command line, in CSV and as a workbook.

use std::fs::File;
use std::path::Path;

use serde_json::{Value, json};
use shirushi_server::table::{Limits, Rows};
use shirushi_tests::browser::{Browser, Visitor};
use shirushi_tests::shirushi::{Demo, run};

use crate::shop::looks_right;

/// Rows of the table, its heading not counted.
const ROWS: usize = 2_000;
/// Rows that ask something odd; the others repeat one label of each outcome.
const ODD: usize = 7;

/// A table of `ROWS` rows with every outcome and every oddity in it, in CP932 as Excel writes it.
fn table(demo: &Demo) -> Vec<u8> {
    let valid = demo.label("valid");
    let number = valid.number.as_deref().unwrap();
    let wide: String = number.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
    let mut text = "管理番号,ラベルのリンク,登録番号,ＪＡＮコード,型番,適合レベル,メーカー名\r\n".to_owned();
    let odd = [
        format!("全角,,{wide},,,,"),
        format!("別の番号,{},SHI-2026-99999,,,,", valid.link),
        format!("型番二つ,,{number},,\"NOT-A-MODEL-1\nNOT-A-MODEL-2\",,"),
        "丸められた,,,4.90123E+12,,,".to_owned(),
        format!("読めないレベル,,{number},,,なし,"),
        format!("=HYPERLINK(\"\"x\"\"),,{number},,,★１,").replace("\"\"", "'"),
        "何も聞かない,,,,型番だけ,,".to_owned(),
    ];
    assert_eq!(odd.len(), ODD);
    for row in odd {
        text.push_str(&row);
        text.push_str("\r\n");
    }
    let labels = demo.one_of_each();
    for row in ODD..ROWS {
        let label = &labels[row % labels.len()];
        text.push_str(&format!("{row},\"{}\",,,,,\r\n", label.link.replace('"', "\"\"")));
    }
    let (bytes, _, unmappable) = encoding_rs::SHIFT_JIS.encode(&text);
    assert!(!unmappable);
    bytes.into_owned()
}

/// Drops the file at `path` where a pointer would.
async fn drop_file(browser: &Browser, selector: &str, path: &Path) {
    let place = format!(
        "const field = document.querySelector('{selector}'); field.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
         const box = field.getBoundingClientRect(); return [box.x + 20, box.y + 20]"
    );
    let place = browser.eval(&place).await;
    for kind in ["dragEnter", "dragOver", "drop"] {
        let data = json!({ "items": [], "files": [path], "dragOperationsMask": 1 });
        let event = json!({ "type": kind, "x": place[0], "y": place[1], "data": data });
        browser.chromium("Input.dispatchDragEvent", event).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_dropped_looked_through_and_taken_along() {
    let demo = Demo::start().await;
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("在庫 2026年.csv");
    std::fs::write(&file, table(&demo)).unwrap();
    let browser = Browser::start(Visitor { language: "ja", ..Visitor::default() }).await;
    browser.goto(&demo.node.url("/bulk")).await;
    looks_right(&browser, "bulk-begin-ja").await;

    // Without a key it is too much: what was too much is told, and nothing is lost but the way back.
    drop_file(&browser, "#file", &file).await;
    assert_eq!(browser.eval("return document.querySelector('#file').files.length").await, 1);
    browser.click("main form button").await;
    browser.wait_for("table.columns").await;
    browser.click("main form button").await;
    browser.wait_for("section.message[role=alert]").await;
    let told = browser.text("main").await;
    assert!(told.contains("途中までの結果") && told.contains("行数が上限を超えています"), "{told}");
    looks_right(&browser, "bulk-too-much-ja").await;
    let key = demo.key.clone();
    browser.goto(&demo.node.url("/bulk?lang=ja")).await;
    browser.click("main form summary").await;
    browser.type_into("#key", &key).await;
    drop_file(&browser, "#file", &file).await;
    browser.click("main form button").await;

    browser.wait_for("table.columns").await;
    let chosen = "return [...document.querySelectorAll('table.columns select')].map(one => one.value)";
    let expected = json!(["id", "label", "number", "gtin", "model", "level", "maker"]);
    assert_eq!(browser.eval(chosen).await, expected, "every heading was understood");
    looks_right(&browser, "bulk-columns-ja").await;
    browser.click("main form button").await;

    browser.wait_for("nav.counts").await;
    looks_right(&browser, "bulk-results-ja").await;
    let counts = "return Object.fromEntries([...document.querySelectorAll('nav.counts a')].map(one => \
                  [new URL(one.href).searchParams.get('show') ?? 'all', one.querySelector('strong').textContent]))";
    let counts = browser.eval(counts).await;
    assert_eq!(counts["all"], "2,000");
    for label in demo.one_of_each() {
        assert!(counts[&label.outcome].is_string(), "{} is in it: {counts}", label.outcome);
    }
    assert!(counts["not_as_claimed"].is_string(), "models that no label covers: {counts}");
    assert_eq!(counts["bad"], "3", "a rounded code, a level that is none, and a row that asks nothing");
    let first = browser.text("table.rows tbody").await;
    assert!(first.contains("全角") && first.contains("NOT-A-MODEL-1") && first.contains("対象外"), "{first}");

    browser.click("nav.counts a[href*='show=revoked']").await;
    browser.wait_for("a[aria-current][href*='show=revoked']").await;
    let shown = "return [...new Set([...document.querySelectorAll('table.rows tbody tr')].map(row => row.dataset.outcome))]";
    assert_eq!(browser.eval(shown).await, json!(["revoked"]));
    assert_eq!(browser.console_errors().await, [""; 0]);

    // The files: what would be a formula is text in each.
    let page = browser.url().await;
    let secret = page.split(['/', '?']).nth(4).unwrap().to_owned();
    let download = async |form: &str| {
        let path = format!("/v1/jobs/{secret}/results?format={form}");
        let answer = demo.node.client().get(demo.node.url(&path)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{form}");
        answer.bytes().await.unwrap()
    };
    let csv = download("csv").await;
    assert_eq!(rows(&write(place.path(), "results.csv", &csv)).len(), ROWS + 1);
    assert!(!String::from_utf8_lossy(&csv).contains("\"=HYPERLINK"), "no formula");
    let book = rows(&write(place.path(), "results.xlsx", &download("xlsx").await));
    assert_eq!(book.len(), ROWS + 1);
    assert_eq!(book[0][2], "結果");
    assert_eq!(String::from_utf8_lossy(&download("jsonl").await).lines().count(), ROWS + 1, "and the end");

    // Erased: gone for everybody.
    browser.click("form[action*='/erase'] button").await;
    browser.wait_for("main section.message").await;
    assert_eq!(demo.node.status(&format!("/bulk/{secret}")).await.unwrap(), 404);
    looks_right(&browser, "bulk-gone-ja").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_with_a_wrong_key_is_refused_in_words_and_not_cut_off() {
    let demo = Demo::shared().await;
    let place = tempfile::tempdir().unwrap();
    let file = write(place.path(), "large.csv", &vec![b'1'; 8 << 20]);
    let browser = Browser::start(Visitor { language: "en", ..Visitor::default() }).await;
    browser.goto(&demo.node.url("/bulk")).await;
    browser.click("main form summary").await;
    browser.type_into("#key", "shk_AAAAAAAA_wrong").await;
    browser.type_into("#file", &file.display().to_string()).await;
    browser.click("main form > .row button").await;
    browser.wait_for_text("section.message[role=alert]", "The file was not taken").await;
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// The rows of a table, as our own reader finds them.
fn rows(path: &Path) -> Vec<Vec<String>> {
    let rows = Rows::open(File::open(path).unwrap(), Limits::default()).unwrap();
    rows.map(|row| row.unwrap().cells.unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_reads_and_writes_tables() {
    let demo = Demo::shared().await;
    let place = tempfile::tempdir().unwrap();
    let stock = write(place.path(), "stock.csv", &table(demo)).display().to_string();
    let path = |name: &str| place.path().join(name).display().to_string();
    let key = write(place.path(), "key", demo.key.as_bytes()).display().to_string();
    let served = ["--server", &demo.node.url("/"), "--key-file", &key, "--lang", "en"].map(str::to_owned);
    let verify = |more: &[&str]| {
        let more = more.iter().map(|one| (*one).to_owned());
        run(["verify".to_owned(), "--file".to_owned(), stock.clone()]
            .into_iter()
            .chain(served.clone())
            .chain(more))
    };
    for form in ["xlsx", "csv"] {
        let out = path(&format!("result.{form}"));
        let told = verify(&["--out", &out]);
        assert_eq!(told.status.code(), Some(1), "{}", String::from_utf8_lossy(&told.stderr));
        let remark = String::from_utf8_lossy(&told.stderr).into_owned();
        assert!(
            remark.contains(r#""label":2"#) && remark.contains("2000 rows"),
            "columns and counts: {remark}"
        );
        let rows = rows(Path::new(&out));
        assert_eq!(
            (rows.len(), &*rows[0][0], &*rows[1][0]),
            (ROWS + 1, "Row", "2"),
            "as they stand in the file"
        );
        let bad: Vec<_> =
            rows.iter().filter(|row| row[2] == "Row not answered").map(|row| &*row[0]).collect();
        assert_eq!(bad, ["5", "6", "8"], "in their places");
        // Once more into the same file: it is not written over.
        assert_eq!(verify(&["--out", &out]).status.code(), Some(2));
    }
    // What came out goes in again: a workbook as the stock.
    let again =
        run(["verify", "--file", &path("result.xlsx"), "--server", &demo.node.url("/"), "--key-file", &key]);
    let lines: Vec<Value> = String::from_utf8(again.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), ROWS + 1, "{}", String::from_utf8_lossy(&again.stderr));
    let columns = write(place.path(), "columns.json", br#"{"heading":true,"columns":{"model":5}}"#);
    let refused = verify(&["--columns", &columns.display().to_string()]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no column says which label"));
}
