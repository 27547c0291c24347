//! Headings, as Japanese and English tables have them.

use shirushi_shared::registration::MatchKey;

use super::Meaning;

/// How well a heading fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It has the word in it.
    Part,
    /// It is the word.
    Whole,
}

/// The words of each meaning. A word of Latin letters is looked for as a word, a Japanese one as a part.
const WORDS: [(Meaning, &[&str]); 9] = [
    (
        Meaning::Label,
        &[
            "適合ラベル",
            "ラベル",
            "URL",
            "URI",
            "リンク",
            "QR",
            "QRコード",
            "二次元コード",
            "2次元コード",
            "トークン",
            "label",
            "link",
            "token",
            "2D code",
        ],
    ),
    (
        Meaning::Number,
        &[
            "登録番号",
            "適合ラベル番号",
            "ラベル番号",
            "登録No",
            "適合ラベル登録番号",
            "registration number",
            "registration no",
            "registration",
            "label number",
            "label no",
            "reg no",
            "number",
        ],
    ),
    (
        Meaning::Gtin,
        &["JAN", "JANコード", "GTIN", "EAN", "UPC", "バーコード", "商品コード", "barcode", "GTIN-13"],
    ),
    (Meaning::CorporateNumber, &["法人番号", "corporate number", "company number", "houjin bangou"]),
    (
        Meaning::Model,
        &[
            "型番",
            "型式",
            "品番",
            "モデル",
            "機種",
            "製品型番",
            "形式",
            "model",
            "model number",
            "model no",
            "part number",
            "MPN",
        ],
    ),
    (
        Meaning::Maker,
        &[
            "メーカー",
            "メーカ",
            "製造者",
            "製造元",
            "製造業者",
            "事業者",
            "申請者",
            "ベンダー",
            "会社名",
            "企業名",
            "供給者",
            "maker",
            "manufacturer",
            "vendor",
            "supplier",
            "company",
            "brand",
        ],
    ),
    (Meaning::Level, &["レベル", "★", "星", "適合レベル", "取得レベル", "level", "star", "stars"]),
    (Meaning::Day, &["基準日", "確認日", "時点", "日付", "as of", "date", "reference date"]),
    (
        Meaning::Id,
        &[
            "管理番号",
            "社内コード",
            "自社コード",
            "品目コード",
            "商品ID",
            "資産番号",
            "SKU",
            "item code",
            "item ID",
            "asset number",
            "ID",
        ],
    ),
];

/// Words that say something only where they are the whole heading: 適合ラベルのレベル is a level, 更新日付 no day to ask for.
const ALONE: [&str; 9] =
    ["適合ラベル", "ラベル", "label", "number", "registration", "星", "日付", "date", "ID"];

/// Headings of numbers that exist before a label and must never pass as one (domain.md), and of other numbers.
const NOT: [&str; 8] =
    ["申請番号", "受理番号", "仮登録番号", "仮登録", "application", "provisional", "acceptance", "電話"];

/// What `heading` says, best first, each with the word that said so.
pub(super) fn meanings(heading: &str) -> Vec<(Fit, Meaning, &'static str)> {
    let mut found = Vec::new();
    // 登録番号（必須）: what stands in brackets is a remark.
    let bare = heading.split(['(', '（', '[', '［', '\n']).find(|part| !part.trim().is_empty());
    let heading = bare.unwrap_or(heading);
    let Some(folded) = key(heading) else { return found };
    let words = words(heading);
    let has = |word: &str| match key(word) {
        Some(word) if word.is_ascii() => words.windows_of(&word),
        Some(word) => folded.contains(&word),
        None => false,
    };
    if NOT.iter().any(|word| has(word)) {
        return found;
    }
    for (meaning, known) in WORDS {
        let whole = known.iter().find(|word| key(word).as_ref() == Some(&folded));
        // The longest word counts: 登録番号 says more than 番号.
        let part = known
            .iter()
            .filter(|word| !ALONE.contains(word) && has(word))
            .max_by_key(|word| word.chars().count());
        match (whole, part) {
            (Some(word), _) => found.push((Fit::Whole, meaning, *word)),
            (None, Some(word)) => found.push((Fit::Part, meaning, *word)),
            (None, None) => {}
        }
    }
    found.sort_by_key(|(fit, _, word)| std::cmp::Reverse((*fit, word.chars().count())));
    found
}

/// `text` in one form: NFKC, capitals, letters and digits only; stars stay, since they are a heading of their own.
fn key(text: &str) -> Option<String> {
    if text.len() > 256 {
        return None;
    }
    if text.contains(['★', '☆']) {
        return Some(format!("★{}", MatchKey::of(text).map_or(String::new(), |key| key.as_str().to_owned())));
    }
    MatchKey::of(text).map(|key| key.as_str().to_owned())
}

/// The Latin words of a heading, in capitals.
struct Words(Vec<String>);

fn words(heading: &str) -> Words {
    let plain = crate::table::cell::plain(heading).to_uppercase();
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    Words(words.map(str::to_owned).collect())
}

impl Words {
    /// Whether some words, one after another, make `word`: `REGISTRATION NO` is `REGISTRATIONNO`.
    fn windows_of(&self, word: &str) -> bool {
        (0..self.0.len()).any(|from| {
            let mut joined = String::new();
            self.0.iter().skip(from).take(3).any(|next| {
                joined.push_str(next);
                joined == word
            })
        })
    }
}
