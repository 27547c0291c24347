//! Bounded texts: what people write into a case, checked when it enters and when it is read back.

/// Why a text was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing is there.
    #[error("is empty")]
    Empty,
    /// More than its kind may have.
    #[error("is longer than {0} bytes")]
    TooLong(usize),
    /// More than a field of a form may have.
    #[error("is longer than {0} characters")]
    TooMany(usize),
    /// A character that a page or a log would not show as it is: control characters, changes of writing direction.
    #[error("has a character that cannot be shown")]
    Hidden,
}

/// Declares a text with its check: private field, fallible constructor, the same check when it is read from JSON.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $error:ty, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize)]
        pub struct $name(String);

        impl $name {
            /// Checks `text`, and keeps it without blanks around it.
            pub fn parse(text: &str) -> Result<Self, $error> {
                let text = text.trim();
                let check: fn(&str) -> Result<(), $error> = $check;
                check(text).map(|()| Self(text.to_owned()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as ::serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(::serde::de::Error::custom)
            }
        }
    };
}
pub(super) use checked_text;

/// Longest name in bytes, as the registry takes it (`service::approval::MAX_NAME`; a test holds them together).
pub const MAX_NAME: usize = 300;
/// Longest reason or note in bytes: a page of text.
pub const MAX_NOTE: usize = 4_000;

checked_text! {
    /// A name in one line: of a person, an organisation, a report.
    Name, TextError, |text| line(text, 1, MAX_NAME)
}
checked_text! {
    /// Why something was decided; never empty, may have several lines.
    Reason, TextError, |text| lines(text, 1, MAX_NOTE)
}
checked_text! {
    /// What somebody adds of their own accord; may be empty, may have several lines.
    Note, TextError, |text| lines(text, 0, MAX_NOTE)
}

impl Note {
    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One line of `least..=most` bytes.
pub(super) fn line(text: &str, least: usize, most: usize) -> Result<(), TextError> {
    if text.contains(['\n', '\r', '\t']) {
        return Err(TextError::Hidden);
    }
    lines(text, least, most)
}

/// Lines of at least one and at most `most` characters, as a form counts them.
pub(super) fn few(text: &str, most: usize) -> Result<(), TextError> {
    if text.chars().count() > most { Err(TextError::TooMany(most)) } else { lines(text, 1, 4 * most) }
}

fn lines(text: &str, least: usize, most: usize) -> Result<(), TextError> {
    if text.len() < least {
        Err(TextError::Empty)
    } else if text.len() > most {
        Err(TextError::TooLong(most))
    } else if text.chars().any(is_hidden) {
        Err(TextError::Hidden)
    } else {
        Ok(())
    }
}

/// Control characters but line breaks and tabs, and those that turn the writing direction: `scan\u{202E}fdp.exe` reads as a PDF.
fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_and_what_it_shows() {
        assert_eq!(Name::parse(" 架空電機株式会社 ").unwrap().as_str(), "架空電機株式会社");
        assert_eq!(Name::parse(" "), Err(TextError::Empty));
        assert_eq!(Name::parse("a\nb"), Err(TextError::Hidden));
        assert_eq!(Name::parse("scan\u{202E}fdp.exe"), Err(TextError::Hidden));
        assert_eq!(Name::parse(&"x".repeat(MAX_NAME + 1)), Err(TextError::TooLong(MAX_NAME)));
        assert_eq!(Reason::parse("one\ntwo").unwrap().as_str(), "one\ntwo");
        assert_eq!(Reason::parse(""), Err(TextError::Empty));
        assert!(Note::parse("").unwrap().is_empty());
    }

    #[test]
    fn what_is_read_back_is_checked_again() {
        assert!(serde_json::from_str::<Name>("\"ok\"").is_ok());
        assert!(serde_json::from_str::<Name>("\"a\\u0007\"").is_err());
        assert!(serde_json::from_str::<Reason>("\"\"").is_err());
    }

    #[test]
    fn the_registry_takes_every_name() {
        assert_eq!(MAX_NAME, crate::service::approval::MAX_NAME);
    }
}
