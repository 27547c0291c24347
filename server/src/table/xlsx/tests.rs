use std::io::{Cursor, Write};

use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::table::{Form, Rows};

fn open(bytes: Vec<u8>, limits: Limits) -> Rows {
    Rows::open(Cursor::new(bytes), limits).unwrap()
}

fn refused(bytes: Vec<u8>, limits: Limits) -> Refused {
    open(bytes, limits).find_map(Result::err).unwrap()
}

/// A workbook with a sheet of `data`, strings and styles as given.
fn workbook(data: &str, strings: &str, styles: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{data}</sheetData></worksheet>");
    archive(&[
        ("_rels/.rels", ROOT),
        (
            "xl/workbook.xml",
            "<workbook><sheets><sheet name=\"一覧\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
        ),
        ("xl/_rels/workbook.xml.rels", RELS),
        ("xl/worksheets/sheet1.xml", &sheet),
        ("xl/sharedStrings.xml", strings),
        ("xl/styles.xml", styles),
    ])
}

const ROOT: &str = "<Relationships><Relationship Id=\"r1\" Type=\"http://x/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
const RELS: &str = "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>";
const NO_STRINGS: &str = "<sst></sst>";
const NO_STYLES: &str = "<styleSheet></styleSheet>";

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_sheet_is_read_as_it_is_shown() {
    let mut book = Workbook::new();
    let hidden = book.add_worksheet();
    hidden.write(0, 0, "hidden").unwrap();
    hidden.set_hidden(true);
    let sheet = book.add_worksheet().set_name("在庫").unwrap();
    for (column, heading) in (0_u16..).zip(["登録番号", "JAN", "基準日", "備考"]) {
        sheet.write(0, column, heading).unwrap();
    }
    sheet.write(2, 0, "ＳＨＩ－２０２６－０００１７").unwrap();
    sheet.write(2, 1, 4_901_234_567_894.0).unwrap();
    let day = Format::new().set_num_format("yyyy/m/d");
    sheet.write_with_format(2, 2, ExcelDateTime::from_ymd(2027, 5, 20).unwrap(), &day).unwrap();
    sheet.write(3, 3, true).unwrap();
    sheet.write_blank(3, 16_000, &day).unwrap();
    sheet.set_active(true);
    let mut rows = open(book.save_to_buffer().unwrap(), Limits::default());
    let read: Vec<_> =
        rows.by_ref().map(|row| row.unwrap()).map(|row| (row.number, row.cells.unwrap())).collect();
    assert_eq!(read[0].1, ["登録番号", "JAN", "基準日", "備考"]);
    assert_eq!(
        read[1],
        (3, ["ＳＨＩ－２０２６－０００１７", "4901234567894", "2027-05-20"].map(str::to_owned).to_vec())
    );
    assert_eq!(read[2], (4, ["", "", "", "TRUE"].map(str::to_owned).to_vec()));
    assert_eq!(rows.form(), Form::Xlsx { sheet: Some("在庫".into()) });
}

#[test]
fn bombs_are_measured_and_not_unpacked_into_memory() {
    let limits = Limits { unpacked: 8 << 20, strings: 1 << 20, ..Limits::default() };
    let row = "<row><c t=\"inlineStr\"><is><t>x</t></is></c></row>";
    let small = Limits { unpacked: 1 << 30, ..limits };
    let over = |part: &str, what, limit| Refused::Unpacked { part: part.into(), what, limit };
    let rows = row.repeat(200_000);
    let bomb = workbook(&rows, NO_STRINGS, NO_STYLES);
    assert!(bomb.len() < 100_000, "{} bytes hold {}", bomb.len(), rows.len());
    assert_eq!(refused(bomb, limits), over("xl/worksheets/sheet1.xml", "bytes", 8 << 20));

    let strings = format!("<sst>{}</sst>", "<si><t/></si>".repeat(200_000));
    assert_eq!(
        refused(workbook(row, &strings, NO_STYLES), small),
        over("xl/sharedstrings.xml", "bytes", 1 << 20)
    );
    let reserve = "<sst uniqueCount=\"99999999999999\"><si><t>a</t></si></sst>";
    assert_eq!(
        refused(workbook(row, reserve, NO_STYLES), limits),
        over("xl/sharedstrings.xml", "strings", 1 << 21)
    );
    let styles = format!("<styleSheet><cellXfs>{}</cellXfs></styleSheet>", "<xf/>".repeat(10_001));
    assert_eq!(refused(workbook(row, NO_STRINGS, &styles), limits), over("xl/styles.xml", "formats", 10_000));
    let cell = format!("<row><c t=\"inlineStr\"><is>{}</is></c></row>", "<r><t>x</t></r>".repeat(100_000));
    assert_eq!(
        refused(workbook(&cell, NO_STRINGS, NO_STYLES), limits),
        over("xl/worksheets/sheet1.xml", "bytes in one cell", 1 << 20)
    );
    let swapped = archive(&[
        ("_rels/.rels", &ROOT.replace("xl/workbook.xml", "xl/worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", &"<sheet name=\"a\"/>".repeat(400_000)),
    ]);
    assert_eq!(refused(swapped, limits), over("xl/worksheets/sheet1.xml", "bytes", 4 << 20));
}

#[test]
fn an_archive_that_declares_less_than_it_holds_is_refused() {
    let honest = workbook(&"<row/>".repeat(1_000), NO_STRINGS, NO_STYLES);
    let size =
        u32::try_from("<worksheet><sheetData></sheetData></worksheet>".len() + 6_000).unwrap().to_le_bytes();
    let mut lying = honest.clone();
    let places: Vec<_> = (0..honest.len() - 4).filter(|at| honest[*at..*at + 4] == size).collect();
    assert!(!places.is_empty(), "the size stands in the directory, and before the part where it is known");
    for at in places {
        lying[at..at + 4].copy_from_slice(&5_u32.to_le_bytes());
    }
    let limits = Limits { unpacked: 2_000, ..Limits::default() };
    assert!(matches!(refused(lying, limits), Refused::Unpacked { .. } | Refused::Form { .. }));
}

#[test]
fn rows_and_cells_out_of_order_or_too_large_are_bad_rows() {
    let cell =
        |place: &str, text: &str| format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let data = [
        format!("<row r=\"1\">{}</row>", cell("A1", "a")),
        format!("<row r=\"3\">{}</row>", cell("B3", "toolong")),
        format!("<row r=\"2\">{}</row>", cell("A2", "back")),
        format!("<row r=\"4\">{}{}</row>", cell("B4", "b"), cell("A4", "a")),
        format!("<row r=\"5\">{}</row>", cell("ZZ5", "far")),
        format!("<row r=\"6\">{}</row>", cell("B6", "last")),
    ];
    let limits = Limits { columns: 10, cell: 5, ..Limits::default() };
    let rows: Vec<_> =
        open(workbook(&data.concat(), NO_STRINGS, NO_STYLES), limits).map(Result::unwrap).collect();
    let read: Vec<_> = rows.iter().map(|row| (row.number, row.cells.as_ref().map(Vec::len))).collect();
    assert_eq!(
        read,
        [
            (1, Ok(1)),
            (3, Err(&BadRow::Cell { column: 2, limit: 5 })),
            (2, Err(&BadRow::Twice)),
            (4, Err(&BadRow::Twice)),
            (5, Err(&BadRow::Columns { limit: 10 })),
            (6, Ok(2)),
        ]
    );
}

#[test]
fn what_is_no_workbook_says_so() {
    assert!(matches!(refused(b"PK\x03\x04 and nothing".to_vec(), Limits::default()), Refused::Form { .. }));
    let old = Rows::open(Cursor::new(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec()), Limits::default());
    assert!(old.err().unwrap().to_string().contains("save it as .xlsx"));
    let broken = workbook("<row><c t=\"s\"><v>7</v></c></row>", NO_STRINGS, NO_STYLES);
    let end = open(broken, Limits::default()).last().unwrap();
    assert!(end.is_err() || end.unwrap().cells.is_ok(), "a string that is not there is no panic");
    let no_sheet = archive(&[
        ("_rels/.rels", ROOT),
        ("xl/workbook.xml", "<workbook></workbook>"),
        ("xl/_rels/workbook.xml.rels", "<Relationships></Relationships>"),
    ]);
    assert!(refused(no_sheet, Limits::default()).to_string().contains("no sheet"));
}

#[test]
fn whoever_leaves_early_leaves_nothing_behind() {
    let rows = "<row><c t=\"inlineStr\"><is><t>x</t></is></c></row>".repeat(20_000);
    let mut rows = open(workbook(&rows, NO_STRINGS, NO_STYLES), Limits::default());
    assert_eq!(rows.sample(3).len(), 3);
    assert_eq!(rows.next().unwrap().unwrap().number, 1, "a sample is handed out again");
    drop(rows);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_change_of_a_good_file_is_more_than_a_refusal(at in 0_usize..10_000, byte in any::<u8>(), cut in 0_usize..10_000) {
        let data = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"0\"><v>45000.5</v></c></row>";
        let mut file = workbook(data, "<sst uniqueCount=\"1\"><si><t>a</t></si></sst>", "<styleSheet><cellXfs><xf numFmtId=\"14\"/></cellXfs></styleSheet>");
        let length = file.len();
        file[at % length] = byte;
        if cut % 3 == 0 {
            file.truncate(cut % length);
        }
        if let Ok(rows) = Rows::open(Cursor::new(file), Limits::default()) {
            prop_assert!(rows.count() < 100);
        }
    }

    #[test]
    fn no_change_of_a_part_is_more_than_a_refusal(part in 0_usize..3, at in 0_usize..1_000, to in "[<>/\"=a0&; ]") {
        let mut parts = [
            "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"0\"><v>45000.5</v></c></row>".to_owned(),
            "<sst uniqueCount=\"1\"><si><r><t>a</t></r><r><t>b</t></r></si></sst>".to_owned(),
            "<styleSheet><fonts><font><name val=\"x\"/></font></fonts><cellXfs><xf numFmtId=\"14\" fontId=\"0\"/></cellXfs></styleSheet>".to_owned(),
        ];
        let at = at % parts[part].len();
        parts[part].replace_range(at..=at, &to);
        let rows = open(workbook(&parts[0], &parts[1], &parts[2]), Limits::default());
        prop_assert!(rows.count() < 100);
    }
}
