//! Registration numbers (登録番号) and the numbers that exist before a label.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::nfkc::{nfkc, upper};

/// A registration number in its normalised form: the identity of a registration.
///
/// The scheme's number format is not public (domain.md, **X**), so the number is an opaque string: NFKC, upper-case,
/// without spaces and hyphen look-alikes. The printed form is kept by the registry for display.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct RegistrationNumber(String);

/// Why a text is no registration number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing is left after spaces and hyphens.
    #[error("the number is empty")]
    Empty,
    /// Too long to be one.
    #[error("the number is longer than {} characters", RegistrationNumber::MAX_BYTES)]
    TooLong,
    /// A character that no number has.
    #[error("{character:?} (character {place}) does not occur in a registration number")]
    Character {
        /// The character, as it was given.
        character: char,
        /// Its place in the given text, from 1.
        place: usize,
    },
    /// Letters only: a word, not a number.
    #[error("a registration number has at least one digit")]
    NoDigit,
}

impl RegistrationNumber {
    /// Longest normalised form in bytes: it is printed in the token, where 17 make a 122-byte token (version 8).
    pub const MAX_BYTES: usize = 32;
    /// Longest text looked at: a number with hyphens or full-width characters stays far below.
    const MAX_INPUT: usize = 256;

    /// Normalises `text` as people print, type and paste it: full-width, lower-case, spaces, odd hyphens.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        if text.len() > Self::MAX_INPUT {
            return Err(NumberError::TooLong);
        }
        if text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
            // Its own normalised form, as in everything that programs hand to each other.
            return Self::checked(text);
        }
        let mut number = String::with_capacity(Self::MAX_BYTES);
        for (index, given) in text.chars().enumerate() {
            if is_filler(given) {
                continue;
            }
            // ASCII is its own NFKC; nearly every number is nothing else.
            let folded = (!given.is_ascii()).then(|| upper(&nfkc(&given.to_string())));
            let (mut buffer, capital) = ([0; 4], given.to_ascii_uppercase());
            for character in folded.as_deref().unwrap_or(capital.encode_utf8(&mut buffer)).chars() {
                if is_filler(character) {
                    continue;
                }
                if !character.is_alphanumeric() {
                    return Err(NumberError::Character { character: given, place: index + 1 });
                }
                number.push(character);
            }
        }
        Self::checked(&number)
    }

    /// Accepts `text` only where it is already the normalised form, as signed tokens carry it.
    pub fn from_normalised(text: &str) -> Result<Self, NumberError> {
        let number = Self::parse(text)?;
        match text.chars().zip(number.0.chars()).position(|(given, normal)| given != normal) {
            None if text.len() == number.0.len() => Ok(number),
            place => {
                let place = place.unwrap_or(number.0.chars().count());
                let character = text.chars().nth(place).unwrap_or(' ');
                Err(NumberError::Character { character, place: place + 1 })
            }
        }
    }

    /// The normalised text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn checked(number: &str) -> Result<Self, NumberError> {
        // Composed once more as a whole: characters that only combine across the fillers between them
        // (か + a voicing mark) must not have two normalised forms.
        let number = if number.is_ascii() { number.to_owned() } else { nfkc(number) };
        if number.is_empty() {
            Err(NumberError::Empty)
        } else if number.len() > Self::MAX_BYTES {
            Err(NumberError::TooLong)
        } else if !number.chars().any(|c| c.is_ascii_digit()) {
            Err(NumberError::NoDigit)
        } else {
            Ok(Self(number))
        }
    }
}

impl fmt::Display for RegistrationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RegistrationNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Spaces, hyphens and what is typed in their place (domain.md, "hyphen look-alikes"), and invisible characters.
fn is_filler(c: char) -> bool {
    c.is_whitespace()
        || matches!(c,
            '-' | '_' | '.' | '·'
            | '\u{00AD}'                    // soft hyphen
            | '\u{200B}'..='\u{200F}'       // zero-width characters and direction marks
            | '\u{2010}'..='\u{2015}'       // ‐ ‑ ‒ – — ―
            | '\u{2043}' | '\u{2060}'
            | '\u{2212}'                    // − minus
            | '\u{2500}' | '\u{2501}'       // box drawing, seen in pasted tables
            | '\u{30FC}' | '\u{FF70}'       // ー the long-vowel mark, full and half width
            | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' // small and full-width hyphens
            | '\u{FEFF}')
}

/// A number that exists before a label and must never pass as one (domain.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreLabelNumber {
    /// 申請番号: an application was handed in.
    Application,
    /// 受理番号: an application was accepted for examination.
    Acceptance,
    /// 仮登録番号: a provisional registration.
    Provisional,
}

impl PreLabelNumber {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Application, Self::Acceptance, Self::Provisional];

    /// The kind's name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Acceptance => "acceptance",
            Self::Provisional => "provisional",
        }
    }

    /// The kind named by its wire name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_number_however_it_is_typed() {
        let number = RegistrationNumber::parse("SHI-2026-00017").unwrap();
        assert_eq!(number.as_str(), "SHI202600017");
        for typed in [
            "ＳＨＩ－２０２６－０００１７",
            "shi 2026 00017",
            "shi‐2026―00017",
            "SHIー2026ー00017",
            "\u{FEFF}SHI−2026–00017 ",
        ] {
            assert_eq!(RegistrationNumber::parse(typed).as_ref(), Ok(&number), "{typed}");
        }
    }

    #[test]
    fn what_is_no_number_says_why() {
        assert_eq!(RegistrationNumber::parse(" - "), Err(NumberError::Empty));
        assert_eq!(RegistrationNumber::parse("HELLO"), Err(NumberError::NoDigit));
        assert_eq!(RegistrationNumber::parse(&"1".repeat(33)), Err(NumberError::TooLong));
        assert_eq!(RegistrationNumber::parse(&"-".repeat(257)), Err(NumberError::TooLong));
        assert_eq!(
            RegistrationNumber::parse("AB/1"),
            Err(NumberError::Character { character: '/', place: 3 })
        );
    }

    #[test]
    fn a_token_carries_the_normalised_form_only() {
        assert!(RegistrationNumber::from_normalised("SHI202600017").is_ok());
        for other in ["SHI-202600017", "shi202600017", "ＳＨＩ202600017", "SHI202600017 "] {
            assert!(RegistrationNumber::from_normalised(other).is_err(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in "\\PC{0,40}") {
            if let Ok(number) = RegistrationNumber::parse(&text) {
                prop_assert_eq!(RegistrationNumber::from_normalised(number.as_str()), Ok(number));
            }
        }
    }
}
