//! What was read.

use crate::point::{Point, inside};

/// A code that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// The bytes of all segments.
    pub content: Vec<u8>,
    /// Where it is, in pixels of the picture that was given to [`read`](crate::read): first corner (the one whose
    /// finder has the other two beside it), then right, opposite and below, as the code itself has them.
    pub corners: [(f32, f32); 4],
    /// Its version, 1 to 40; a side has 17 + 4 × this many modules.
    pub version: u8,
}

impl Code {
    /// The content as text: UTF-8, or else Latin-1 (what the standard means by plain bytes) where it can be no other.
    ///
    /// `None` for bytes that are likelier to be Shift_JIS or no text at all. Labels of this house are ASCII; older
    /// Japanese codes hold half-width katakana, which as Latin-1 would read as a row of accented capitals.
    pub fn text(&self) -> Option<String> {
        if let Ok(text) = std::str::from_utf8(&self.content) {
            return Some(text.to_owned());
        }
        is_latin(&self.content).then(|| self.content.iter().copied().map(char::from).collect())
    }

    pub(crate) fn points(&self) -> [Point; 4] {
        self.corners.map(|(x, y)| Point::new(x, y))
    }

    pub(crate) fn contains(&self, point: Point) -> bool {
        inside(point, &self.points())
    }

    /// The same code seen twice: same bytes, and the middle of one within the other.
    pub(crate) fn is_again(&self, other: &Self) -> bool {
        let middle = other.points().into_iter().fold(Point::default(), |sum, corner| sum + corner) * 0.25;
        self.content == other.content && self.contains(middle)
    }

    /// With places in a picture `factor` times as large.
    pub(crate) fn scaled(mut self, factor: f32) -> Self {
        self.corners = self.corners.map(|(x, y)| (x * factor, y * factor));
        self
    }
}

/// Printable, with accented letters and no other signs beyond ASCII, and no two accented capitals in a row.
fn is_latin(bytes: &[u8]) -> bool {
    let printable =
        |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~' | 0xc0..=0xd6 | 0xd8..=0xf6 | 0xf8..);
    let capital = |byte: &u8| (0xc0..=0xdf).contains(byte);
    bytes.iter().all(printable) && !bytes.windows(2).any(|pair| pair.iter().all(capital))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(content: &[u8]) -> Option<String> {
        Code { content: content.to_vec(), corners: [(0.0, 0.0); 4], version: 1 }.text()
    }

    #[test]
    fn utf8_then_latin1_and_never_katakana_as_latin1() {
        assert_eq!(text("標章".as_bytes()).as_deref(), Some("標章"));
        assert_eq!(text(b"Stra\xdfe 1, K\xf6ln").as_deref(), Some("Straße 1, Köln"));
        assert_eq!(text(b"*\xc0\xde\xcc\xde\xd9QR*"), None, "half-width katakana");
        assert_eq!(text(b"\x83\x82\x83\x6f"), None, "Shift_JIS");
        assert_eq!(text(&[0xff, 0x00, 0x12]), None, "no text at all");
    }
}
