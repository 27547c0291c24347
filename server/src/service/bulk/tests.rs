use std::io::Cursor;

use shirushi_shared::{
    api::{BadRow, BulkAnswer, BulkClaims, BulkEnd, BulkLine, BulkProduct, RowError, RowFault},
    claim::{Claimed, Listed},
    label::Level,
    registration::Gtin,
    text::Language,
    time::UnixTime,
    verdict::{Outcome, Reason},
};

use super::*;
use crate::table::{
    Guess, Limits, Rows,
    csv::{Asked, Encoding},
};

/// What `given` asks, in short.
fn told(given: Given) -> String {
    match given {
        Given::Row(row, asked) => format!("{row} {}", serde_json::to_string(&asked).unwrap()),
        Given::Bad(bad) => {
            format!(
                "{} {} {}: {}",
                bad.row,
                bad.id.unwrap_or_default(),
                bad.error.code.as_str(),
                bad.error.detail
            )
        }
        Given::Line(..) => unreachable!("no line of JSON"),
    }
}

const STOCK: &str = "管理番号,登録番号,JANコード,型番,適合レベル,基準日,URL\r\n\
    A-1,ＳＨＩ－２０２６－０００１７,4901234567894,\"RX-200W\nRX-210\",★２,令和9年5月20日,\r\n\
    ,,4.901234567894E12,,,,\r\n\
    A-3,SHI-2026-00017,4.90123E+12,,なし,,\r\n\
    A-4,SHI-2026-00017,,,,,https://label.example/v/1\r\n\
    ,,,,,,\r\n\
    A-6,,,,,,\r\n";

const ASKED: &str = r#"
2 {"id":"A-1","number":"SHI-2026-00017","gtin":"04901234567894","model":["RX-200W","RX-210"],"level":"STAR-2","date":"2027-05-20"}
3 {"id":"4.901234567894E12","gtin":"04901234567894"}
4 A-3 not_a_value: column 3: the spreadsheet has rounded this number: write the column as text; column 5: not a level: STAR-1 to STAR-4, ★1 to ★4, or 1 to 4
5 {"id":"A-4","number":"SHI-2026-00017","scan":"https://label.example/v/1"}
7 {"id":"A-6"}"#;

#[test]
fn a_table_is_asked_about_row_by_row_and_what_it_claims_is_never_left_out() {
    let mut rows = Rows::open(Cursor::new(STOCK.as_bytes().to_vec()), Limits::default()).unwrap();
    let mapping = Guess::of(&rows.sample(50)).mapping;
    let asked: Vec<_> = Sheet::new(rows, mapping).map(|row| told(row.unwrap())).collect();
    assert_eq!(asked, ASKED.trim().lines().collect::<Vec<_>>());
}

#[test]
fn however_the_bytes_of_a_table_fall_its_rows_are_the_same() {
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode(STOCK);
    let told_before = Asked { encoding: Some(Encoding::Utf8), separator: None };
    for (bytes, piece, said) in [
        (STOCK.as_bytes(), 1, told_before),
        (STOCK.as_bytes(), 1_000, Asked::default()),
        (&*cp932, 7, Asked::default()),
    ] {
        let mut feed = Feed::csv(said, Limits::default(), None);
        let (mut asked, mut early) = (Vec::new(), 0);
        for (index, piece) in bytes.chunks(piece).enumerate() {
            feed.feed(piece).unwrap();
            asked.extend(std::iter::from_fn(|| feed.next_row().unwrap()).map(told));
            early = if index < bytes.len() / piece.len() * 3 / 4 { asked.len() } else { early };
        }
        asked.extend(std::iter::from_fn(|| feed.last_row().unwrap()).map(told));
        assert_eq!(asked, ASKED.trim().lines().collect::<Vec<_>>(), "in pieces of {piece}");
        assert!(said == Asked::default() || early > 0, "rows come out before all is there");
    }
}

#[test]
fn columns_of_which_none_says_which_label_end_the_reading() {
    let mut feed = Feed::csv(Asked::default(), Limits::default(), None);
    feed.feed("色,重さ\n赤,5\n".as_bytes()).unwrap();
    assert!(feed.next_row().unwrap().is_none(), "more rows may tell");
    let stopped = feed.last_row().unwrap_err();
    assert_eq!(stopped.code.as_str(), "columns");
    assert!(stopped.detail.contains("no column says which label"), "{}", stopped.detail);
    let mut nothing = Feed::csv(Asked::default(), Limits::default(), None);
    assert!(nothing.last_row().unwrap().is_none(), "of nothing, nothing is asked");
}

fn answer(outcome: Outcome, reason: Reason) -> BulkAnswer {
    BulkAnswer {
        row: 2,
        id: Some("=A1".into()),
        outcome,
        reason,
        words: Language::Ja.words().outcomes.of(outcome).meaning.into(),
        not_a_label: None,
        number: Some("SHI202600017".into()),
        level: Some(Level::Star2),
        status: Some("active".into()),
        revision: Some(3),
        as_of: Some(UnixTime::parse("2026-11-29T06:00:00Z").unwrap()),
        then: None,
        expires: Some(UnixTime::parse("2027-05-20T15:00:00Z").unwrap()),
        days_left: Some(172),
        claimed: BulkClaims {
            number: Some(Claimed { claimed: "SHI202600017".into(), answer: Listed::Listed }),
            models: vec![
                Claimed { claimed: "RX-200W".into(), answer: Listed::Listed },
                Claimed { claimed: "RX-999".into(), answer: Listed::NotListed },
            ],
            level: Some(Claimed { claimed: Level::Star2, answer: Listed::Listed }),
            maker: Some(Claimed { claimed: "例示電機".into(), answer: Listed::NotListed }),
            gtin: Some(Claimed { claimed: Gtin::parse("4901234567894").unwrap(), answer: Listed::Listed }),
        },
        policy: None,
        product: Some(BulkProduct {
            maker: "架空電機株式会社".into(), names: vec!["無線ルーター".into()]
        }),
        link: Some("https://label.example/v/SHI202600017".into()),
    }
}

#[test]
fn a_table_of_answers_says_what_a_person_looks_for() {
    let bad = BadRow {
        row: 3,
        id: None,
        error: RowError { code: RowFault::NotAValue, detail: "column 3: not a JAN".into() },
    };
    let lines = [BulkLine::Answer(Box::new(answer(Outcome::Valid, Reason::Ok))), BulkLine::Bad(bad)];
    let end = BulkEnd {
        rows: 2,
        bad: 1,
        outcomes: [(Outcome::Valid, 1)].into(),
        not_as_claimed: 0,
        policy: std::collections::BTreeMap::new(),
        stopped: Some(stopped(&crate::table::Refused::Rows { row: 3, limit: 2 })),
    };
    for language in [Language::Ja, Language::En] {
        let written = Written::csv(language);
        let file = [written.begin(), written.lines(&lines), written.end(end.clone())].concat();
        insta::assert_snapshot!(
            format!("table_{}", language.tag()),
            String::from_utf8(file).unwrap().replace('\r', "")
        );
    }
    let complete = BulkEnd { stopped: None, ..end };
    assert!(
        Written::csv(Language::Ja).end(complete).is_empty(),
        "a table that is whole ends with its last row"
    );
}

#[test]
fn a_valid_label_of_another_product_is_not_shown_as_good() {
    use crate::table::output::Shade;
    let columns = Columns::new(Language::En);
    let shade = |answer| columns.line(&BulkLine::Answer(Box::new(answer))).unwrap().shade;
    assert_eq!(
        shade(answer(Outcome::Valid, Reason::Ok)),
        Shade::Attention,
        "one of its models is not covered"
    );
    let covered = BulkAnswer { claimed: BulkClaims::default(), ..answer(Outcome::Valid, Reason::Ok) };
    assert_eq!(shade(covered), Shade::Good);
    assert_eq!(shade(answer(Outcome::StatusUnknown, Reason::Stale)), Shade::Attention, "never as revoked");
    assert_eq!(shade(answer(Outcome::Revoked, Reason::Revoked)), Shade::Bad);
}
