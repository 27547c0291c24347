use std::{
    collections::VecDeque,
    io::{self, Cursor, Read},
};

use encoding_rs::SHIFT_JIS;
use proptest::prelude::*;

use super::*;
use crate::table::{Form, Rows};

fn open(bytes: &[u8], limits: Limits) -> Rows {
    Rows::open(Cursor::new(bytes.to_vec()), limits).unwrap()
}

fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    open(bytes, Limits::default()).map(|row| row.unwrap().cells.unwrap()).collect()
}

/// Every oddity that a file from an office has, in one.
const ODD: &str = "登録番号,メーカー,型番,備考\r\n\
    ＳＨＩ－２０２６－０００１７,㈱架空電機,\"RX-200、\nRX-210\",\"3\"\"型, 白\"\r\n\
    \r\n\
    ,,,\r\n\
    SHI‐2026―00018,ｶｸｳ電機,ＲＸ～２２０,①~\\ ソ表予\r\n";

#[test]
fn a_file_of_an_office_is_read_in_either_encoding() {
    let (cp932, _, lost) = SHIFT_JIS.encode(ODD);
    assert!(!lost);
    let expected = cells(ODD.as_bytes());
    assert_eq!(expected.len(), 3, "blank rows are passed over");
    assert_eq!(expected[1][2..], ["RX-200、\nRX-210", "3\"型, 白"]);
    let mut marked = b"\xEF\xBB\xBF".to_vec();
    marked.extend(ODD.as_bytes());
    assert_eq!(cells(&marked), expected, "the byte order mark is no part of the first heading");
    let utf16: Vec<u8> = "\u{FEFF}"
        .chars()
        .chain(ODD.chars())
        .flat_map(|c| {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(cells(&utf16), expected);

    let mut rows = open(&cp932, Limits::default());
    let read: Vec<_> = rows.by_ref().map(|row| row.unwrap()).collect();
    assert_eq!(read[2].cells.as_ref().unwrap()[1], "ｶｸｳ電機");
    assert_eq!(
        read[2].cells.as_ref().unwrap()[3],
        "①~\\ ソ表予",
        "characters whose second byte is a backslash"
    );
    assert_eq!(read.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 4], "the row of commas counts");
    assert_eq!(
        rows.form(),
        Form::Csv { encoding: Some(Encoding::Cp932), separator: Some(Separator::Comma) },
        "the reader is told what was taken"
    );
}

#[test]
fn separators_and_line_endings_are_told_by_the_first_line() {
    for (file, separator) in [
        ("a\tb,c\td\n1\t2\t3\n", Separator::Tab),
        ("a;b;\"c,,,\n,\"\r1;2;3", Separator::Semicolon),
        ("a,b,c\r\n1,2,3\r\n", Separator::Comma),
        ("\n\na,b,c;\n1,2,3", Separator::Comma),
        ("alone\n1,2,3", Separator::Comma),
    ] {
        let mut rows = open(file.as_bytes(), Limits::default());
        let read: Vec<_> = rows.by_ref().map(|row| row.unwrap().cells.unwrap()).collect();
        assert_eq!(read.last().unwrap(), &["1", "2", "3"], "{file:?}");
        assert_eq!(rows.form(), Form::Csv { encoding: None, separator: Some(separator) });
    }
    assert!(cells(b"").is_empty());
    assert!(cells(b"\n\r\n\n").is_empty());
}

#[test]
fn the_encoding_may_show_late_and_one_bad_byte_does_not_change_it() {
    let plain = "SHI-2026-00017,RX-200\n".repeat(10_000);
    let (late, ..) = SHIFT_JIS.encode("SHI-2026-00018,架空電機の型番\n");
    let read = cells(&[plain.as_bytes(), &late].concat());
    assert_eq!(read.len(), 10_001);
    assert_eq!(read[10_000][1], "架空電機の型番");

    let spoilt = ["名前,架空電機\n".as_bytes(), b"x,a\xFFb\n", "次,もう一つ\n".as_bytes()].concat();
    let rows: Vec<_> = open(&spoilt, Limits::default()).map(Result::unwrap).collect();
    assert_eq!(rows[1].cells, Err(BadRow::Undecodable { column: 2 }));
    assert_eq!(rows[2].cells.as_ref().unwrap()[1], "もう一つ", "a bad row is not the end");
}

#[test]
fn what_is_too_much_is_a_bad_row_and_the_next_is_read() {
    let limits = Limits { columns: 3, cell: 5, ..Limits::default() };
    let rows: Vec<_> = open("12345,b\n1,123456\n1,2,3,4,5\nあい,ok\nok,1\n".as_bytes(), limits)
        .map(|row| row.unwrap().cells)
        .collect();
    assert!(rows[0].is_ok() && rows[4].is_ok());
    assert_eq!(rows[1], Err(BadRow::Cell { column: 2, limit: 5 }));
    assert_eq!(rows[2], Err(BadRow::Columns { limit: 3 }));
    assert_eq!(rows[3], Err(BadRow::Cell { column: 1, limit: 5 }), "bytes of UTF-8 are counted");
}

#[test]
fn the_limits_of_the_file_end_it_with_their_number() {
    let limits = Limits { rows: 2, ..Limits::default() };
    let mut rows = open(b"a,b\n1,2\n3,4\n5,6\n", limits);
    let refused = rows.by_ref().find_map(Result::err);
    assert_eq!(refused, Some(Refused::Rows { row: 3, limit: 2 }));
    assert!(rows.next().is_none());
    assert_eq!(refused.unwrap().to_string(), "row 3: the file has more than 2 rows");

    let limits = Limits { bytes: 100, ..Limits::default() };
    let endless = Rows::csv(io::repeat(b'a'), Asked::default(), limits);
    assert_eq!(endless.last(), Some(Err(Refused::Bytes { limit: 100 })));
}

/// `before`, then `count` times `piece`, then `after`: made as it is read.
struct Made {
    before: Cursor<&'static [u8]>,
    piece: &'static [u8],
    left: u64,
    after: Cursor<&'static [u8]>,
}

impl Read for Made {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let begun = self.before.read(buffer)?;
        if begun > 0 {
            return Ok(begun);
        }
        let whole = (buffer.len() / self.piece.len()).min(usize::try_from(self.left).unwrap());
        for place in buffer.chunks_mut(self.piece.len()).take(whole) {
            place.copy_from_slice(self.piece);
        }
        self.left -= whole as u64;
        if whole > 0 { Ok(whole * self.piece.len()) } else { self.after.read(buffer) }
    }
}

fn made(before: &'static str, piece: &'static str, left: u64, after: &'static str) -> Made {
    Made {
        before: Cursor::new(before.as_bytes()),
        piece: piece.as_bytes(),
        left,
        after: Cursor::new(after.as_bytes()),
    }
}

/// What this process holds now, in bytes.
fn held() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    status.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[test]
fn a_gigabyte_in_one_cell_and_a_million_columns_take_no_memory() {
    let limits = Limits { bytes: 2 << 30, ..Limits::default() };
    // A cell of 1 GiB, quoted, with the row after it.
    let piece = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let mut rows = Rows::csv(made("a,b\nx,\"", piece, 1 << 24, "\"\nlast,row\n"), Asked::default(), limits);
    let before = held();
    let read: Vec<_> = rows.by_ref().map(|row| row.unwrap().cells).collect();
    assert_eq!(read[1], Err(BadRow::Cell { column: 2, limit: limits.cell }));
    assert_eq!(read[2].as_ref().unwrap(), &["last", "row"]);
    let columns = made("a,b\n", "x,", 1_000_000, "\nlast,row\n");
    let read: Vec<_> = Rows::csv(columns, Asked::default(), limits).map(|row| row.unwrap().cells).collect();
    assert_eq!(read[1], Err(BadRow::Columns { limit: limits.columns }));
    assert_eq!(read[2].as_ref().unwrap(), &["last", "row"]);
    // Other tests run beside this one: far below a gigabyte is what can be said.
    assert!(held().saturating_sub(before) < 256 << 20, "{} bytes more", held() - before);
}

#[test]
fn a_million_rows_pass_through() {
    let rows = Rows::csv(
        made("number,model\n", "SHI-2026-00017,RX-200\n", 1_000_000, ""),
        Asked::default(),
        Limits::default(),
    );
    assert_eq!(rows.filter(|row| row.as_ref().unwrap().cells.is_ok()).count(), 1_000_001);
}

proptest! {
    #[test]
    fn no_bytes_make_it_fail_and_pieces_do_not_matter(bytes in proptest::collection::vec(any::<u8>(), 0..300), size in 1_usize..40) {
        let limits = Limits { columns: 8, cell: 40, ..Limits::default() };
        let whole: Vec<_> = Rows::csv(Cursor::new(bytes.clone()), Asked::default(), limits).collect();
        let (mut csv, mut rows) = (Csv::new(Asked::default(), limits), VecDeque::new());
        for piece in bytes.chunks(size) {
            csv.push(piece, &mut rows).unwrap();
        }
        csv.finish(&mut rows).unwrap();
        prop_assert_eq!(rows.into_iter().map(Ok).collect::<Vec<_>>(), whole);
    }

    #[test]
    fn pieces_do_not_matter_wherever_they_are_cut(text in "[ab,\"\r\nあ]{0,80}", size in 1_usize..9) {
        let limits = Limits { columns: 8, cell: 6, ..Limits::default() };
        let asked = Asked { encoding: Some(Encoding::Utf8), separator: Some(Separator::Comma) };
        let whole: Vec<_> = Rows::csv(Cursor::new(text.clone()), asked, limits).collect();
        let (mut csv, mut rows) = (Csv::new(asked, limits), VecDeque::new());
        for piece in text.as_bytes().chunks(size) {
            csv.push(piece, &mut rows).unwrap();
        }
        csv.finish(&mut rows).unwrap();
        prop_assert_eq!(rows.into_iter().map(Ok).collect::<Vec<_>>(), whole);
    }

    #[test]
    fn what_a_spreadsheet_writes_is_read(table in proptest::collection::vec(proptest::collection::vec("[a-z,\"\n あ型①]{1,8}", 2..5), 1..8)) {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n";
        let file: String = table.iter().map(line).collect();
        let expected: Vec<_> = table.into_iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
        let asked = Asked { encoding: None, separator: Some(Separator::Comma) };
        for bytes in [file.as_bytes().to_vec(), SHIFT_JIS.encode(&file).0.into_owned()] {
            let rows = Rows::csv(Cursor::new(bytes), asked, Limits::default());
            let read: Vec<_> = rows.map(|row| row.unwrap().cells.unwrap()).collect();
            prop_assert_eq!(&read, &expected);
        }
    }
}
