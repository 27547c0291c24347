//! D17: bytes ↔ decimal text, for the numeric mode of QR codes (`token.md`, text forms).
//!
//! Seven bytes are one big-endian integer written in exactly 17 digits (56 bits in 56.5); a tail of 1 to 6 bytes
//! takes 3, 5, 8, 10, 13 or 15. Every byte string has exactly one text; everything else is refused.

/// Bytes in a full group.
const GROUP_BYTES: usize = 7;
/// Digits of a full group: the least that hold 56 bits.
const GROUP_DIGITS: usize = 17;
/// Digits of a tail, by its number of bytes.
const TAIL_DIGITS: [usize; GROUP_BYTES] = [0, 3, 5, 8, 10, 13, 15];

/// Decimal text that no byte string has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigitsError {
    /// A character other than 0–9.
    #[error("character {0} is not a digit")]
    NotADigit(usize),
    /// A number of digits that no number of bytes has.
    #[error("{0} digits are not a whole number of bytes")]
    Length(usize),
    /// A group whose value is too large for its bytes.
    #[error("the group at digit {0} is out of range")]
    OutOfRange(usize),
}

/// The decimal text of `bytes`.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(GROUP_BYTES) * GROUP_DIGITS);
    for group in bytes.chunks(GROUP_BYTES) {
        let value = group.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        let width = digits_for(group.len());
        text.push_str(&format!("{value:0width$}"));
    }
    text
}

/// The bytes whose decimal text is `text`.
pub fn decode(text: &str) -> Result<Vec<u8>, DigitsError> {
    if let Some(at) = text.bytes().position(|c| !c.is_ascii_digit()) {
        return Err(DigitsError::NotADigit(at));
    }
    let tail_digits = text.len() % GROUP_DIGITS;
    let tail_bytes =
        TAIL_DIGITS.iter().position(|d| *d == tail_digits).ok_or(DigitsError::Length(text.len()))?;

    let mut bytes = Vec::with_capacity(text.len() / GROUP_DIGITS * GROUP_BYTES + tail_bytes);
    for (index, group) in text.as_bytes().chunks(GROUP_DIGITS).enumerate() {
        let width = if group.len() == GROUP_DIGITS { GROUP_BYTES } else { tail_bytes };
        let value = group.iter().fold(0_u64, |value, digit| value * 10 + u64::from(digit - b'0'));
        if value >> (8 * width) != 0 {
            return Err(DigitsError::OutOfRange(index * GROUP_DIGITS));
        }
        bytes.extend(value.to_be_bytes().iter().skip(8 - width));
    }
    Ok(bytes)
}

fn digits_for(bytes: usize) -> usize {
    TAIL_DIGITS.get(bytes).copied().unwrap_or(GROUP_DIGITS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_texts() {
        assert_eq!(encode(&[]), "");
        assert_eq!(encode(&[0]), "000");
        assert_eq!(encode(&[255, 255]), "65535");
        assert_eq!(encode(&[0xff; 7]), "72057594037927935");
        assert_eq!(encode(&[0; 8]), "00000000000000000000");
    }

    #[test]
    fn what_no_bytes_write_is_refused_with_its_place() {
        assert_eq!(decode("12x"), Err(DigitsError::NotADigit(2)));
        assert_eq!(decode("１２３"), Err(DigitsError::NotADigit(0)));
        assert_eq!(decode("1"), Err(DigitsError::Length(1)));
        assert_eq!(decode("256"), Err(DigitsError::OutOfRange(0)));
        assert_eq!(decode("00000000000000000999"), Err(DigitsError::OutOfRange(17)));
        assert_eq!(decode("72057594037927936"), Err(DigitsError::OutOfRange(0)));
    }

    proptest! {
        #[test]
        fn every_byte_string_has_one_text(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let text = encode(&bytes);
            prop_assert_eq!(decode(&text), Ok(bytes));
        }

        #[test]
        fn every_accepted_text_is_the_text_of_its_bytes(text in "[0-9]{0,60}") {
            if let Ok(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
