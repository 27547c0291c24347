//! A cell as it was meant: full-width digits, odd hyphens, numbers that a spreadsheet has spoilt, several models.
//!
//! What can be put right without a doubt is put right, and a [`Note`] says so. What cannot is a [`Spoilt`] cell: a digit that
//! is gone is never guessed.

mod day;
mod model;

use serde::Serialize;
use shirushi_shared::{
    label::Level,
    registration::{CorporateNumber, Gtin},
};

pub use day::day;
pub use model::models;

/// Something that was put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Zeros at the front, which a spreadsheet takes off, were put back: the check digit agrees.
    LeadingZeros,
    /// It was written as a number with a power of ten or a fraction of nothing.
    NumberForm,
    /// A slash or a dot stood between several models. One model may have it in its name.
    SplitAtSlash,
}

/// Why a cell cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spoilt {
    /// Digits are gone.
    #[error("the spreadsheet has rounded this number: write the column as text")]
    Rounded,
    /// No GTIN.
    #[error("not a JAN/GTIN: 8, 12, 13 or 14 digits with a right check digit")]
    Gtin,
    /// No corporate number.
    #[error("not a corporate number (法人番号): 13 digits with a right check digit")]
    CorporateNumber,
    /// No level.
    #[error("not a level: STAR-1 to STAR-4, ★1 to ★4, or 1 to 4")]
    Level,
    /// No day.
    #[error("not a day: 2027-05-20, 2027/5/20, 2027年5月20日, 令和9年5月20日")]
    Day,
    /// Too many models.
    #[error("more than {} models in one cell", model::MAX_MODELS)]
    Models,
}

/// `text` without what the eye passes over: spaces at its ends, invisible characters, full-width letters and digits, hyphen
/// look-alikes, and the apostrophe that keeps a spreadsheet from taking a text for a formula.
pub fn plain(text: &str) -> String {
    let shown = text.chars().filter(|c| !is_invisible(*c)).map(narrow).collect::<String>();
    let shown = shown.trim();
    let guarded = shown.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
    guarded.unwrap_or(shown).to_owned()
}

/// The GTIN that `text` means.
pub fn gtin(text: &str) -> Result<(Gtin, Option<Note>), Spoilt> {
    let (digits, note) = digits(text, Spoilt::Gtin)?;
    if let Ok(gtin) = Gtin::parse(&digits) {
        return Ok((gtin, note));
    }
    // A spreadsheet takes zeros off the front. One or two are put back where the check digit agrees.
    let length = match digits.len() {
        6 | 7 => 8,
        10 | 11 => 12,
        _ => return Err(Spoilt::Gtin),
    };
    let padded = format!("{digits:0>length$}");
    Gtin::parse(&padded).map(|gtin| (gtin, Some(Note::LeadingZeros))).map_err(|_| Spoilt::Gtin)
}

/// The corporate number that `text` means.
pub fn corporate_number(text: &str) -> Result<(CorporateNumber, Option<Note>), Spoilt> {
    let (digits, note) = digits(text, Spoilt::CorporateNumber)?;
    let number = CorporateNumber::parse(&digits).map_err(|_| Spoilt::CorporateNumber)?;
    Ok((number, note))
}

/// The level that `text` means: `STAR-2`, `★2`, `★★`, `レベル2`, `2`.
pub fn level(text: &str) -> Result<Level, Spoilt> {
    let text = plain(text).to_uppercase();
    let stars = text.chars().filter(|c| matches!(c, '★' | '☆')).count();
    if stars > 0 && stars == text.chars().count() && !text.contains('☆') {
        return Level::from_stars(stars as u64).map_err(|_| Spoilt::Level);
    }
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let prefixes = ["JC-STAR", "STAR", "レベル", "LEVEL", "LV.", "LV", "★", "☆", "-"];
    let mut rest = bare.strip_suffix(".0").unwrap_or(&bare);
    while let Some(shorter) = prefixes.iter().find_map(|prefix| rest.strip_prefix(prefix)) {
        rest = shorter;
    }
    let rest = ["つ星", "★", "以上"].iter().find_map(|end| rest.strip_suffix(end)).unwrap_or(rest);
    Level::parse(rest).map_err(|_| Spoilt::Level)
}

/// The digits of a code, out of what a spreadsheet made of them: `4.901234567894E12`, `4901234567894.0`, `4,901,234,567,894`.
fn digits(text: &str, otherwise: Spoilt) -> Result<(String, Option<Note>), Spoilt> {
    let text: String = plain(text).chars().filter(|c| !matches!(c, ' ' | ',' | '\'')).collect();
    // A hyphen between digits is one; before a power of ten it is a sign.
    let text = if text.contains(['E', 'e']) { text } else { text.replace('-', "") };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() > 40 {
        return Err(otherwise);
    }
    if is_digits(&text) {
        return Ok((text, None));
    }
    let (mantissa, power) = match text.split_once(['E', 'e']) {
        Some((mantissa, power)) => {
            (mantissa, power.trim_start_matches('+').parse::<usize>().map_err(|_| otherwise)?)
        }
        None => (&*text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if !is_digits(whole) || !(fraction.is_empty() || is_digits(fraction)) {
        return Err(otherwise);
    }
    let fraction = fraction.trim_end_matches('0');
    match power.checked_sub(fraction.len()) {
        Some(0) => Ok((format!("{whole}{fraction}"), Some(Note::NumberForm))),
        // Zeros at the end, or digits that were rounded away: both look like this.
        Some(_) => Err(Spoilt::Rounded),
        None => Err(otherwise),
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{00A0}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{FE58}' | '\u{FE63}' => '-',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_whatever_a_spreadsheet_made_of_it() {
        let (gtin_of, code) =
            (|text| gtin(text).map(|(gtin, note)| (gtin.number(), note)), 4_901_234_567_894);
        for text in [
            "4901234567894",
            "４９０１２３４５６７８９４",
            "4901234-567894",
            "04901234567894",
            "'4901234567894",
        ] {
            assert_eq!(gtin_of(text), Ok((code, None)), "{text}");
        }
        for text in [
            "4.901234567894E12",
            "4.901234567894E+12",
            "4901234567894.0",
            "４．９０１２３４５６７８９４Ｅ＋１２",
        ] {
            assert_eq!(gtin_of(text), Ok((code, Some(Note::NumberForm))), "{text}");
        }
        assert_eq!(gtin_of("4.90123E+12"), Err(Spoilt::Rounded), "seven digits are gone");
        assert_eq!(gtin_of("1234565").unwrap(), (1_234_565, Some(Note::LeadingZeros)), "01234565");
        for text in
            ["4901234567895", "12", "", "E", "4.9", "1e99999999999999999999", "-4901234567894e-1", "abc"]
        {
            assert_eq!(gtin_of(text), Err(Spoilt::Gtin), "{text}");
        }
        assert_eq!(corporate_number("7.000012050002E+12").unwrap().0.to_string(), "7000012050002");
        assert_eq!(corporate_number("8000012050002"), Err(Spoilt::CorporateNumber));
    }

    #[test]
    fn levels_are_read_as_people_write_them() {
        for text in [
            "STAR-2",
            "star２",
            "★2",
            "★★",
            "レベル２",
            "Level 2",
            "2",
            "2.0",
            "☆2",
            "JC-STAR ★2",
            "2つ星",
            "★2以上",
        ] {
            assert_eq!(level(text), Ok(Level::Star2), "{text}");
        }
        for text in ["", "★", "5", "★★★★★", "なし", "★★☆☆", "2.5"] {
            let read = level(text);
            assert!(
                read == Err(Spoilt::Level) || (text == "★" && read == Ok(Level::Star1)),
                "{text}: {read:?}"
            );
        }
    }

    #[test]
    fn what_our_own_files_guard_is_read_as_it_was() {
        assert_eq!(plain(" '=1+1 "), "=1+1");
        assert_eq!(plain("'quoted'"), "'quoted'");
        assert_eq!(plain("\u{FEFF}ＲＸ－２００Ｗ\u{3000}"), "RX-200W");
    }
}
