//! What a column is by the looks of its values, where no heading says it.

use shirushi_shared::label::RegistrationNumber;

use super::Meaning;
use crate::table::cell;

/// So many of ten values must look alike.
const MOST: usize = 8;

/// What the values of a column look like, where nearly all of those that are there look the same; and how many there are.
pub(super) fn meaning<'a>(values: impl Iterator<Item = &'a str>) -> Option<(Meaning, usize)> {
    let mut counts = [0_usize; Meaning::ALL.len()];
    let mut there = 0;
    for value in values.map(cell::plain).filter(|value| !value.is_empty()) {
        there += 1;
        let looks = Meaning::ALL.iter().position(|meaning| looks_like(*meaning, &value));
        if let Some(count) = looks.and_then(|looks| counts.get_mut(looks)) {
            *count += 1;
        }
    }
    let (best, count) = Meaning::ALL.into_iter().zip(counts).max_by_key(|(_, count)| *count)?;
    (there > 0 && count * 10 >= there * MOST).then_some((best, there))
}

/// Whether `value` looks like `meaning`. Asked in the order of [`Meaning::ALL`]: the first counts.
fn looks_like(meaning: Meaning, value: &str) -> bool {
    let bytes = value.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let longest = bytes.split(|byte| !byte.is_ascii_digit()).map(<[u8]>::len).max().unwrap_or(0);
    match meaning {
        Meaning::Label => value.contains("://") || (bytes.len() >= 100 && !value.contains(' ')),
        // Parts with a year or a long count: SHI-2026-00017.
        Meaning::Number => {
            value.matches('-').count() >= 2
                && longest >= 4
                && value.bytes().any(|byte| byte.is_ascii_alphabetic())
                && RegistrationNumber::parse(value).is_ok()
        }
        Meaning::Gtin => digits >= 8 && cell::gtin(value).is_ok(),
        Meaning::CorporateNumber => digits >= 13 && cell::corporate_number(value).is_ok(),
        Meaning::Model => {
            digits > 0
                && value.is_ascii()
                && bytes.iter().any(u8::is_ascii_alphabetic)
                && cell::level(value).is_err()
        }
        Meaning::Maker => {
            let company = ["会社", "(株)", "㈱", "電機", "工業", "Inc", "Ltd", "Corp", "GmbH", "K.K."];
            company.iter().any(|word| value.contains(word))
        }
        Meaning::Level => digits != value.len() && cell::level(value).is_ok(),
        Meaning::Day => cell::day(value).is_ok(),
        // A name can look like anything.
        Meaning::Id => false,
    }
}
