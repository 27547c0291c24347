//! The number by which a reporter asks again: `7Q2D-K0XN-4RMJ`.
//!
//! 55 random bits in eleven letters of Crockford's base32, and a check letter. Random, since whoever knows it learns what
//! became of the report; short, since it is written on paper and read out on the telephone.
//!
//! The check letter is a sum over GF(32): each letter counts by another power of 2, so that a wrong letter, or two letters
//! in the wrong order, are always noticed. A mistyped number is thereby told from one that was never given.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Without I, L, O and U: they are read as 1 and 0, and no number spells a word.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters before the check letter, five bits each.
const RANDOM: u32 = 11;

/// The reference of a report, in the one form in which it is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(String);

/// Text that is no reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAReference {
    /// Of another form.
    #[error("is no reference: twelve letters and digits, as in 7Q2D-K0XN-4RMJ")]
    Form,
    /// Of the right form, and none that was ever given.
    #[error("is mistyped: a letter is wrong, or two are in the wrong order")]
    Mistyped,
}

impl Reference {
    /// The reference with the lower 55 of these bits.
    pub fn of(bits: u64) -> Self {
        let values: Vec<u8> = (0..RANDOM)
            .rev()
            .map(|place| u8::try_from(bits >> (5 * place) & 31).unwrap_or_default())
            .collect();
        Self::write(&values, sum(&values))
    }

    /// Reads what somebody typed: small letters, full width, O for 0, hyphens or none.
    pub fn parse(text: &str) -> Result<Self, NotAReference> {
        let mut values = Vec::new();
        for letter in text.chars().map(narrow).filter(|letter| !is_between(*letter)) {
            values.push(value(letter).ok_or(NotAReference::Form)?);
            if values.len() > 12 {
                return Err(NotAReference::Form);
            }
        }
        match values.split_last() {
            Some((check, values)) if values.len() == 11 => {
                if sum(values) == *check {
                    Ok(Self::write(values, *check))
                } else {
                    Err(NotAReference::Mistyped)
                }
            }
            _ => Err(NotAReference::Form),
        }
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn write(values: &[u8], check: u8) -> Self {
        let letters = values.iter().chain([&check]).filter_map(|value| LETTERS.get(usize::from(*value)));
        let mut text = String::with_capacity(14);
        for (place, letter) in letters.enumerate() {
            if place == 4 || place == 8 {
                text.push('-');
            }
            text.push(char::from(*letter));
        }
        Self(text)
    }
}

/// The check letter's value.
fn sum(values: &[u8]) -> u8 {
    values.iter().fold(0, |sum, value| doubled(sum ^ value))
}

/// Twice a value in GF(32), by x⁵ + x² + 1.
const fn doubled(value: u8) -> u8 {
    (value << 1) ^ if value & 16 == 0 { 0 } else { 0b10_0101 }
}

/// A letter of full width as the ordinary one.
fn narrow(letter: char) -> char {
    match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
        letter => letter,
    }
}

/// What people put between groups.
fn is_between(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '-' | '‐'..='―' | 'ー' | '−')
}

fn value(letter: char) -> Option<u8> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    };
    let place = LETTERS.iter().position(|known| char::from(*known) == letter)?;
    u8::try_from(place).ok()
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Reference {
    type Error = NotAReference;

    fn try_from(text: String) -> Result<Self, NotAReference> {
        Self::parse(&text)
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_people_write_it() {
        let reference = Reference::of(0x0012_3456_789a_bcde);
        let text = reference.as_str();
        assert_eq!(text.len(), 14);
        let wide: String = text.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
        for typed in [
            text.to_lowercase(),
            text.replace('-', ""),
            text.replace('-', "ー"),
            format!(" {} ", text.replace('-', " ")),
            wide,
            text.replace('0', "o").replace('1', "l"),
        ] {
            assert_eq!(Reference::parse(&typed), Ok(reference.clone()), "{typed}");
        }
        for other in ["", "7Q2D", "7Q2D-K0XN-4RM", "7Q2D-K0XN-4RMJJ", "7Q2D-K0XN-4RM!", "7Q2D-K0XN-4RMあ"] {
            assert_eq!(Reference::parse(other), Err(NotAReference::Form), "{other}");
        }
        let json = serde_json::to_string(&reference).unwrap();
        assert_eq!(serde_json::from_str::<Reference>(&json).unwrap(), reference);
    }

    #[test]
    fn every_wrong_letter_and_every_swap_is_noticed() {
        for bits in [0, 1, 0x0055_5555_5555_5555, 0x007f_ffff_ffff_ffff, 0x0012_3456_789a_bcde] {
            let text: Vec<char> = Reference::of(bits).as_str().chars().filter(|c| *c != '-').collect();
            let is_refused = |letters: &[char]| {
                Reference::parse(&letters.iter().collect::<String>()) == Err(NotAReference::Mistyped)
            };
            for place in 0..12 {
                for letter in LETTERS.iter().map(|letter| char::from(*letter)) {
                    let mut typed = text.clone();
                    typed[place] = letter;
                    assert_eq!(is_refused(&typed), typed != text, "{typed:?}");
                }
                for other in 0..place {
                    let mut typed = text.clone();
                    typed.swap(place, other);
                    assert_eq!(is_refused(&typed), typed != text, "{typed:?}");
                }
            }
        }
    }
}
