//! The requester's own reference on a receipt.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// A case reference: 1 to 64 characters that can be shown in one line. It is signed as it was given, and means something
/// to the requester only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseReference(String);

/// Text that is no case reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACaseReference {
    /// Nothing, or only spaces.
    #[error("the case reference is empty")]
    Empty,
    /// More than it may have.
    #[error("the case reference is longer than {} characters", CaseReference::MAX_CHARACTERS)]
    TooLong,
    /// A line break, another control character, or one that turns the direction of writing: a signed line must be seen
    /// as it is.
    #[error("the case reference has a control character")]
    ControlCharacter,
}

impl CaseReference {
    /// Longest reference, in characters (`token.md`).
    pub const MAX_CHARACTERS: usize = 64;

    /// The reference `text`, as it is.
    pub fn new(text: &str) -> Result<Self, NotACaseReference> {
        if text.chars().take(Self::MAX_CHARACTERS + 1).count() > Self::MAX_CHARACTERS {
            Err(NotACaseReference::TooLong)
        } else if text.chars().any(is_control) {
            Err(NotACaseReference::ControlCharacter)
        } else if text.trim().is_empty() {
            Err(NotACaseReference::Empty)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for CaseReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Control characters, line and paragraph separators, and the marks of writing direction (UAX #9).
fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_one_visible_line() {
        for good in ["PO-2026/0412", "調達 第12号", &"字".repeat(64)] {
            assert_eq!(CaseReference::new(good).unwrap().as_str(), good);
        }
        use NotACaseReference::{ControlCharacter, Empty, TooLong};
        let bad = [
            ("", Empty),
            ("  　", Empty),
            (&"x".repeat(65), TooLong),
            ("a\nb", ControlCharacter),
            ("a\u{7f}", ControlCharacter),
            ("a\u{202e}b", ControlCharacter),
        ];
        for (text, error) in bad {
            assert_eq!(CaseReference::new(text), Err(error), "{text:?}");
        }
        assert!(serde_json::from_str::<CaseReference>("\"a\\nb\"").is_err());
    }
}
