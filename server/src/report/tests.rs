//! A report as a document: its PDF is read by another program, and its lines end where they may.

use std::process::Command;

use super::{pdf, typeface::Typeface, *};

fn report() -> Report {
    let column = |name: &str, width| Column { name: name.to_owned(), width };
    // Of every tenth, nobody said what it is.
    let item = |row| if row % 10 == 0 { String::new() } else { "カメラ".repeat(20) };
    let rows = (1..=120).map(|row| vec![row.to_string(), item(row), "SHI-2026-00017".to_owned()]);
    Report {
        language: "ja",
        title: "ラベルの一括確認の報告書".into(),
        made: UnixTime::EPOCH.plus(1_790_000_000),
        lead: vec!["架空の見本です。".into()],
        parts: vec![
            Part::Facts(
                None,
                vec![
                    ("行数".into(), "120".into()),
                    ("備考".into(), "長い値 ".repeat(60)),
                    ("長い名".repeat(30), "値".into()),
                ],
            ),
            Part::List("条件".into(), vec!["一つ目".into(), "二つ目".into()]),
            Part::Table(
                "行".into(),
                vec![column("行", 1), column("項目", 4), column("登録番号", 3)],
                rows.collect(),
            ),
            Part::Text("以上".into()),
        ],
        check: Check {
            title: "確かめるには".into(),
            text: "zipファイルを選んでください。".into(),
            link: format!("https://label.shirushi.example/receipt#{}", "ab".repeat(32)),
            compare: Some(("指紋".into(), "ab".repeat(32))),
        },
        foot: "https://label.shirushi.example".into(),
        page_of: PageOf::default(),
    }
}

/// What Poppler reads in it.
fn text_of(pdf: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.pdf");
    std::fs::write(&file, pdf).unwrap();
    let told = Command::new("pdftotext").arg(&file).arg("-").output().ok()?;
    told.status.success().then(|| String::from_utf8_lossy(&told.stdout).into_owned())
}

#[test]
fn the_pdf_has_its_typeface_in_it_and_its_text_can_be_read() {
    let pdf = match report().to_pdf(&Typefaces::default()) {
        Ok(pdf) => pdf,
        Err(why) => {
            assert!(std::env::var_os("REQUIRE_SERVERS").is_none(), "{why}");
            return;
        }
    };
    assert!(pdf.len() < 400_000, "a part of the typeface and not all of it: {} bytes", pdf.len());
    if let Some(text) = text_of(&pdf) {
        for words in ["ラベルの一括確認の報告書", "架空の見本です。", "120", "以上", "確かめるには"]
        {
            assert!(text.contains(words), "{words} in {text}");
        }
        assert!(text.matches("登録番号").count() > 1, "the heading stands on each page: {text}");
    }
}

/// What Poppler's tools say of a file.
fn told_by(tool: &str, option: &str, pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.pdf");
    std::fs::write(&file, pdf).unwrap();
    let told = Command::new(tool).arg(option).arg(&file).output().unwrap();
    String::from_utf8_lossy(&told.stdout).into_owned()
}

#[test]
fn whoever_hears_the_pdf_is_told_what_its_parts_are() {
    let Ok(typeface) = Typefaces::default().find() else { return };
    let pdf = pdf::write(&report(), &typeface).unwrap();
    let bytes = String::from_utf8_lossy(&pdf);
    for standard in ["<pdfaid:part>2", "<pdfaid:conformance>A", "<pdfuaid:part>1"] {
        assert!(bytes.contains(standard), "{standard}");
    }
    if std::env::var_os("REQUIRE_SERVERS").is_none() && Command::new("pdfinfo").arg("-v").output().is_err() {
        return;
    }
    let tree = told_by("pdfinfo", "-struct-text", &pdf);
    let order = [
        "H1",
        "ラベルの一括確認の報告書",
        "TH",
        "行数",
        "TD",
        "120",
        "LBody",
        "一つ目",
        "カメラ",
        "以上",
        "Link",
        "Figure",
    ];
    let mut rest = tree.as_str();
    for part in order {
        rest = rest.split_once(part).unwrap_or_else(|| panic!("no {part} where it belongs in {tree}")).1;
    }
    let cells = tree.lines().filter(|line| line.trim_start().starts_with("TD")).count();
    assert_eq!(
        cells,
        3 + 120 * 3,
        "also those without words, which krilla says that it leaves out, and does not: {tree}"
    );
    assert_eq!(tree.matches("\"登録番号\"").count(), 1, "a heading is said once: {tree}");
    assert!(!tree.contains("1 / "), "the foot of a page is none of it");

    // A character that no typeface has: no standard holds any more, and all the rest is there.
    let mut strange = report();
    strange.parts.push(Part::Text("\u{10fffd}".into()));
    let pdf = pdf::write(&strange, &typeface).unwrap();
    assert!(!String::from_utf8_lossy(&pdf).contains("pdfaid:part"));
    assert!(told_by("pdfinfo", "-struct-text", &pdf).contains("以上"));
}

#[test]
fn what_is_no_typeface_makes_no_pdf() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("font.ttf");
    std::fs::write(&file, b"nothing of the kind").unwrap();
    assert!(matches!(
        report().to_pdf(&Typefaces::new(Some(file))),
        Err(NoPdf::Typeface(NoTypeface::NotOne(_)))
    ));
    // One without Japanese.
    let latin = folder.path().join("latin.ttf");
    std::fs::write(&latin, dejavu::sans_condensed::regular()).unwrap();
    assert!(matches!(
        report().to_pdf(&Typefaces::new(Some(latin))),
        Err(NoPdf::Typeface(NoTypeface::NotOne(_)))
    ));
}

#[test]
fn a_typeface_that_cannot_be_read_costs_the_pdf_and_no_more() {
    let Ok(whole) = Typefaces::default().find() else { return };
    let mut broken = whole.data.to_vec();
    let half = broken.len() / 2;
    for byte in broken.iter_mut().skip(half).step_by(3) {
        *byte ^= 0x55;
    }
    let broken = Typeface { data: broken.into(), index: whole.index, name: "broken".into() };
    // Whatever comes of it: it comes back.
    let _ = pdf::write(&report(), &broken);
}
