use std::io::Cursor;

use super::*;
use crate::table::{Form, Limits, Rows, csv::Encoding};

const HEADING: [&str; 4] = ["行", "結果", "残り日数", "備考"];

fn lines() -> Vec<Line> {
    let line = |shade, cells: [Cell; 4]| Line { shade, cells: cells.into() };
    vec![
        line(Shade::Good, [1.into(), "有効です".into(), 180.into(), "".into()]),
        line(
            Shade::Bad,
            [2.into(), "取り消されています".into(), Cell::Empty, "=HYPERLINK(\"http://evil.test\")".into()],
        ),
        line(
            Shade::Attention,
            [3.into(), "a \"quoted\"\nsecond line, and more".into(), (-5).into(), "-5".into()],
        ),
        line(Shade::Plain, [4.into(), "@cmd".into(), 0.into(), "x;=1+1".into()]),
    ]
}

fn read(bytes: Vec<u8>) -> (Vec<Vec<String>>, Form) {
    let mut rows = Rows::open(Cursor::new(bytes), Limits::default()).unwrap();
    let read = rows.by_ref().map(|row| row.unwrap().cells.unwrap()).collect();
    (read, rows.form())
}

/// The cells as text, trailing empty ones left out.
fn texts(cells: &[String]) -> Vec<String> {
    let length = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    cells[..length].to_vec()
}

#[test]
fn csv_comes_back_with_its_formulas_disarmed() {
    let mut file = CsvFile::begin(Vec::new(), &HEADING).unwrap();
    lines().iter().try_for_each(|line| file.line(line)).unwrap();
    let bytes = file.finish().unwrap();
    assert!(bytes.starts_with("\u{FEFF}\"行\"".as_bytes()));
    insta::assert_snapshot!(String::from_utf8(bytes.clone()).unwrap());
    let (rows, form) = read(bytes.clone());
    assert!(matches!(form, Form::Csv { encoding: Some(Encoding::Utf8), .. }));
    assert_eq!(rows[0], HEADING);
    assert_eq!(rows[2][3], "'=HYPERLINK(\"http://evil.test\")");
    assert_eq!(rows[3], ["3", "a \"quoted\"\nsecond line, and more", "-5", "-5"]);
    let mut other = ::csv::Reader::from_reader(&bytes["\u{FEFF}".len()..]);
    let others: Vec<Vec<String>> =
        other.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(others, rows[1..], "another reader sees the same");
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '@', '+', '\t', '\r']), "{cell}");
    }
    assert_eq!(crate::table::cell::plain(&rows[4][1]), "@cmd", "our own file, read again, means the same");
}

#[test]
fn xlsx_comes_back_with_its_summary_filter_and_colours() {
    let sheets = Sheets { results: "結果", summary: "まとめ/[x]" };
    let mut file = XlsxFile::begin(&HEADING, sheets).unwrap();
    lines().iter().try_for_each(|line| file.line(line)).unwrap();
    let summary = [Line { shade: Shade::Good, cells: vec!["有効です".into(), 1.into()] }];
    let mut bytes = Vec::new();
    file.finish(&summary, &mut bytes).unwrap();

    let (rows, form) = read(bytes.clone());
    assert_eq!(form, Form::Xlsx { sheet: Some("結果".into()) });
    assert_eq!(rows[0], HEADING);
    let written: Vec<_> =
        lines().iter().map(|line| line.cells.iter().map(shown).collect::<Vec<_>>()).collect();
    for (row, expected) in rows[1..].iter().zip(&written) {
        assert_eq!(texts(row), texts(expected));
    }

    use calamine::Reader as _;
    let mut book = calamine::Xlsx::new(Cursor::new(bytes.clone())).unwrap();
    assert_eq!(book.sheet_names(), ["結果", "まとめx"]);
    let (first, formulas) = (book.worksheet_range("結果").unwrap(), book.worksheet_formula("結果").unwrap());
    assert_eq!(first.get((1, 2)), Some(&calamine::Data::Float(180.0)), "a number is a number");
    assert!(
        matches!(first.get((2, 3)), Some(calamine::Data::String(text)) if text.starts_with("=HYPERLINK"))
    );
    assert!(formulas.is_empty(), "and no text is a formula");
    assert_eq!(book.worksheet_range("まとめx").unwrap().get((0, 1)), Some(&calamine::Data::Float(1.0)));

    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut part = |name: &str| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    let sheet = part("xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<autoFilter ref=\"A1:D5\"") && sheet.contains("state=\"frozen\""), "{sheet}");
    let styles = part("xl/styles.xml");
    assert!(["E2F0D9", "FFF2CC", "FBDDD9"].iter().all(|colour| styles.contains(colour)), "{styles}");
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
    }
}

#[test]
fn json_lines_keep_the_order_of_the_heading() {
    let mut file = JsonLines::begin(Vec::new(), &HEADING);
    lines().iter().try_for_each(|line| file.line(line)).unwrap();
    let text = String::from_utf8(file.finish().unwrap()).unwrap();
    insta::assert_snapshot!(text);
    for line in text.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).unwrap().is_object());
    }
}

#[test]
fn a_text_that_no_cell_of_excel_holds_is_cut_between_characters() {
    let long = "𠮟".repeat(20_000);
    let mut file = XlsxFile::begin(&["a"], Sheets { results: "r", summary: "s" }).unwrap();
    file.line(&Line { shade: Shade::Plain, cells: vec![Cell::Text(long)] }).unwrap();
    let mut bytes = Vec::new();
    file.finish(&[], &mut bytes).unwrap();
    let limits = Limits { cell: 1 << 17, ..Limits::default() };
    let rows: Vec<_> =
        Rows::open(Cursor::new(bytes), limits).unwrap().map(|row| row.unwrap().cells.unwrap()).collect();
    assert_eq!(rows[1][0], "𠮟".repeat(16_000));
}
