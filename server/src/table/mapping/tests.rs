use std::io::Cursor;

use super::*;
use crate::table::{
    Limits, Rows,
    cell::{Note, Spoilt},
};

fn table(text: &str) -> Vec<Vec<String>> {
    let rows = Rows::open(Cursor::new(text.as_bytes().to_vec()), Limits::default()).unwrap();
    rows.map(|row| row.unwrap().cells.unwrap()).collect()
}

fn columns(text: &str) -> Vec<(Meaning, usize)> {
    Guess::of(&table(text)).mapping.columns.into_iter().collect()
}

#[test]
fn headings_say_what_a_column_means() {
    use Meaning::{CorporateNumber, Day, Gtin, Label, Level, Maker, Model, Number};
    for (headings, expected) in [
        (
            "No,登録番号,メーカー名,型番,適合レベル,基準日",
            vec![(Number, 2), (Model, 4), (Maker, 3), (Level, 5), (Day, 6)],
        ),
        (
            "適合ラベル番号,ＪＡＮコード,品番,事業者名,法人番号,★",
            vec![(Number, 1), (Gtin, 2), (Model, 3), (Maker, 4), (CorporateNumber, 5), (Level, 6)],
        ),
        ("QRコード,Model No.,Manufacturer", vec![(Label, 1), (Model, 2), (Maker, 3)]),
        (
            "URL,label number,GTIN-13,maker,STAR level,as of",
            vec![(Label, 1), (Number, 2), (Gtin, 3), (Maker, 4), (Level, 5), (Day, 6)],
        ),
        // Numbers that exist before a label never pass as one.
        ("申請番号,受理番号,仮登録番号,登録番号", vec![(Number, 4)]),
        ("適合ラベルのレベル,ラベル,登録日", vec![(Label, 2), (Level, 1)]),
        ("ﾒｰｶｰ,ﾄｰｸﾝ", vec![(Label, 2), (Maker, 1)]),
    ] {
        assert_eq!(columns(headings), expected, "{headings}");
    }
}

#[test]
fn without_a_heading_values_tell_and_reasons_are_given() {
    let file = "SHI-2026-00017,RX-200W,㈱架空電機,4901234567894,STAR-1,2027/5/20\n\
                SHI-2026-00018,RX-210,株式会社架空電機,4901234567894,★2,2027/5/21\n";
    let guess = Guess::of(&table(file));
    assert!(!guess.mapping.heading);
    let told: Vec<_> = guess.mapping.columns.iter().map(|(meaning, column)| (*column, *meaning)).collect();
    use Meaning::{Day, Gtin, Level, Maker, Model, Number};
    assert_eq!(told, [(1, Number), (4, Gtin), (2, Model), (3, Maker), (5, Level), (6, Day)]);
    assert!(guess.reasons.values().all(|why| *why == Why::Values { values: 2 }));
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&Guess::of(&table("登録番号（必須）,x\nA,SHI-1\n"))).unwrap()
    );
    assert_eq!(columns("https://label.example/v/1\nhttps://label.example/v/2\n"), [(Meaning::Label, 1)]);
    assert_eq!(columns("hello,world\n"), []);
    assert_eq!(Guess::of(&[]).mapping.problems(256), [MappingError::NothingPresented]);
}

#[test]
fn a_mapping_is_saved_and_what_is_wrong_with_one_is_told_at_once() {
    let mapping = Guess::of(&table("登録番号,型番\n")).mapping;
    let saved = serde_json::to_string(&mapping).unwrap();
    assert_eq!(saved, r#"{"heading":true,"columns":{"number":1,"model":2}}"#);
    assert_eq!(Mapping::load(&saved, 256), Ok(mapping));
    let wrong =
        Mapping::load(r#"{"heading":true,"columns":{"model":0,"maker":300,"level":300}}"#, 256).unwrap_err();
    let told: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "no column says which label: one of label, number and gtin is needed",
            "column 0: columns are 1 to 256",
            "column 300: columns are 1 to 256",
            "column 300: columns are 1 to 256",
        ]
    );
    let twice = Mapping::load(r#"{"heading":true,"columns":{"number":1,"gtin":1}}"#, 256).unwrap_err();
    assert_eq!(twice, [MappingError::Twice { column: 1 }]);
    for json in [
        "",
        "[]",
        r#"{"heading":true,"columns":{"price":1}}"#,
        r#"{"heading":true,"columns":{"number":1},"x":1}"#,
    ] {
        assert!(matches!(Mapping::load(json, 256).unwrap_err()[..], [MappingError::Form { .. }]), "{json}");
    }
    assert!(Mapping::load(&" ".repeat(5_000), 256).is_err());
}

#[test]
fn a_row_is_picked_with_what_was_put_right_or_with_all_that_cannot_be_used() {
    let rows = table(
        "登録番号,JAN,型番,メーカー,レベル,基準日\n\
         ＳＨＩ－２０２６－０００１７,4.901234567894E+12,RX-200/RX-210,架空電機,★★,令和9年5月20日\n\
         ー,1234565,—,-,,\n\
         SHI-1,4.90123E+12,RX-200,架空電機,五,5/20\n",
    );
    let mapping = Guess::of(&rows).mapping;
    let picked = mapping.pick(&rows[1]).unwrap();
    assert_eq!(picked.number.as_deref(), Some("SHI-2026-00017"));
    assert_eq!(picked.models, ["RX-200", "RX-210"]);
    assert_eq!(picked.level.unwrap().stars(), 2);
    assert_eq!(picked.notes, [(Meaning::Gtin, Note::NumberForm), (Meaning::Model, Note::SplitAtSlash)]);
    let sparse = mapping.pick(&rows[2]).unwrap();
    assert_eq!(sparse.notes, [(Meaning::Gtin, Note::LeadingZeros)]);
    assert!(sparse.number.is_none() && sparse.models.is_empty() && sparse.maker.is_none());
    let wrong: Vec<_> =
        mapping.pick(&rows[3]).unwrap_err().into_iter().map(|it| (it.column, it.spoilt)).collect();
    assert_eq!(wrong, [(2, Spoilt::Rounded), (5, Spoilt::Level), (6, Spoilt::Day)]);
    assert_eq!(mapping.pick(&[]).unwrap(), Picked::default(), "a short row has nothing");
}
