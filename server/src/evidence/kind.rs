//! What a file is by its content, and not by its name or by what its sender says.

use std::fmt;

/// Types that evidence comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `application/pdf`.
    Pdf,
    /// `image/png`.
    Png,
    /// `image/jpeg`.
    Jpeg,
    /// `application/zip`: also the documents of office programs, which are ZIP files.
    Zip,
    /// `text/plain`: UTF-8 without control characters. CSV and JSON are text.
    Text,
}

/// What each type begins with.
const BEGINNINGS: [(&[u8], Kind); 4] = [
    (b"%PDF-", Kind::Pdf),
    (b"\x89PNG\r\n\x1a\n", Kind::Png),
    (b"\xff\xd8\xff", Kind::Jpeg),
    (b"PK\x03\x04", Kind::Zip),
];

impl Kind {
    /// The type of `content`, `None` where it is none of ours. A beginning says what a program will take the file for;
    /// that the rest of it is well-formed, or harmless, is not said.
    pub fn of(content: &[u8]) -> Option<Self> {
        let begun = BEGINNINGS.iter().find(|(beginning, _)| content.starts_with(beginning));
        begun.map(|(_, kind)| *kind).or_else(|| is_text(content).then_some(Self::Text))
    }

    /// As media type, without parameters.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Zip => "application/zip",
            Self::Text => "text/plain",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.media_type())
    }
}

fn is_text(content: &[u8]) -> bool {
    let text = std::str::from_utf8(content);
    text.is_ok_and(|text| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with() {
        let cases: [(&[u8], Option<Kind>); 8] = [
            (b"%PDF-1.7\n\xe2\xe3", Some(Kind::Pdf)),
            (b"\x89PNG\r\n\x1a\n\0", Some(Kind::Png)),
            (b"\xff\xd8\xff\xe0\0", Some(Kind::Jpeg)),
            (b"PK\x03\x04\0", Some(Kind::Zip)),
            ("型番,製造者\r\n".as_bytes(), Some(Kind::Text)),
            (b"\x7fELF\x02", None),
            (b"text\0text", None),
            (b"\xff\xfe", None),
        ];
        for (content, kind) in cases {
            assert_eq!(Kind::of(content), kind, "{content:?}");
        }
    }
}
