//! Labels for print: the QR code with what people read beside it, as SVG, PNG and PDF.
//!
//! Values in, bytes out: nothing here knows the registry, a key or a clock. The printed date and level are courtesies;
//! the verdict comes from the token and the registry, and the registry's expiry outranks the printed one.
//!
//! Not here: the scheme's own picture and name, which are not ours to print. The seal is our own drawing.

mod drawing;
mod font;
mod japanese;
mod layout;
mod mark;
mod pdf;
mod png;
pub mod qr;
mod svg;

use shirushi_shared::{label::Level, time::UnixTime, token::Token};

use drawing::Drawing;
use layout::Words;
use qr::Symbol;

/// What a label is made from.
#[derive(Clone, Copy, Debug)]
pub struct LabelArt<'a> {
    /// What the QR code says.
    pub content: Content<'a>,
    /// The registration number as it is printed: at most [`Label::MAX_NUMBER`] characters.
    pub printed_number: &'a str,
    /// The level.
    pub level: Level,
    /// End of the validity at issue; printed as the last day in Japan on which the label is valid.
    pub expires: UnixTime,
    /// A line across the foot (`FICTIONAL SAMPLE`): at most [`Label::MAX_NOTICE`] characters.
    pub notice: Option<&'a str>,
}

/// What a label's QR code says.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// The link of a token.
    Token {
        /// `https://host` without a slash; the host is printed too.
        origin: &'a str,
        /// The token.
        token: &'a Token,
    },
    /// Any text: a GS1 link, a damaged token for a demonstration. The host of a link is printed too.
    Text(&'a str),
}

/// A label, laid out.
#[derive(Clone, Debug)]
pub struct Label(Drawing);

/// A QR code alone, with its quiet zone.
#[derive(Clone, Debug)]
pub struct PlainQr(Drawing);

/// A printer's resolution, in dots per inch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dpi {
    /// 300: office and label printers.
    D300,
    /// 600: laser printers, print shops.
    D600,
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArtworkError {
    /// Nothing to write into the code.
    #[error("the QR code has no content")]
    Empty,
    /// More than the largest symbol holds.
    #[error("{bytes} bytes do not fit into a QR code of version 40 at error correction M")]
    TooLong {
        /// Bytes of the text.
        bytes: usize,
    },
    /// A printed line that is too long.
    #[error("the {line} has more than {most} characters")]
    LineTooLong {
        /// Which line.
        line: &'static str,
        /// Its limit.
        most: usize,
    },
    /// A character that the label's typeface does not have.
    #[error("the label's typeface has no {character:?}")]
    NoGlyph {
        /// The character.
        character: char,
    },
    /// The typeface that is built in cannot be read: a fault of this program.
    #[error("the built-in typeface cannot be read")]
    Font,
    /// The picture could not be rastered: too large for memory.
    #[error("the picture could not be rastered")]
    Raster,
}

impl Label {
    /// Longest printed number, in characters: the longest normalised number with a hyphen after each character.
    pub const MAX_NUMBER: usize = 64;
    /// Longest notice, in characters: it must fit on the smallest label.
    pub const MAX_NOTICE: usize = 32;
    /// Longest host, in characters: longer ones are not printed, since nobody types them.
    const MAX_HOST: usize = 48;

    /// Lays out the label.
    pub fn new(art: LabelArt<'_>) -> Result<Self, ArtworkError> {
        at_most(Self::MAX_NUMBER, "registration number", art.printed_number)?;
        at_most(Self::MAX_NOTICE, "notice", art.notice.unwrap_or_default())?;
        let (text, host) = match art.content {
            Content::Token { origin, token } => (token.link(origin), host(origin)),
            Content::Text(text) => (text.to_owned(), host(text)),
        };
        let words = Words {
            number: art.printed_number,
            stars: art.level.stars(),
            level: art.level.to_string(),
            valid_until: last_day(art.expires),
            host: host.filter(|host| host.len() <= Self::MAX_HOST),
            notice: art.notice,
        };
        layout::label(Symbol::of(&text)?, &words).map(Self)
    }

    /// Its QR symbol.
    pub const fn symbol(&self) -> &Symbol {
        &self.0.symbol
    }

    /// Its width and height in millimetres.
    pub fn size(&self) -> (f32, f32) {
        (self.0.width(), self.0.height())
    }

    /// The label as an SVG document; text is outlines, so that no font is needed.
    pub fn svg(&self) -> String {
        svg::write(&self.0)
    }

    /// The label as PNG with whole dots for each module, and its resolution in the file.
    pub fn png(&self, dpi: Dpi) -> Result<Vec<u8>, ArtworkError> {
        png::write(&self.0, dpi)
    }

    /// A4 sheet: the label in three sizes and repeated, with crop marks and instructions. Vector throughout.
    pub fn pdf(&self) -> Result<Vec<u8>, ArtworkError> {
        pdf::write(&self.0)
    }
}

/// The QR code of any text, without a label around it.
pub fn plain_qr(text: &str) -> Result<PlainQr, ArtworkError> {
    Symbol::of(text).map(layout::symbol_alone).map(PlainQr)
}

impl PlainQr {
    /// The symbol.
    pub const fn symbol(&self) -> &Symbol {
        &self.0.symbol
    }

    /// The code as an SVG document.
    pub fn svg(&self) -> String {
        svg::write(&self.0)
    }

    /// The code as PNG.
    pub fn png(&self, dpi: Dpi) -> Result<Vec<u8>, ArtworkError> {
        png::write(&self.0, dpi)
    }
}

impl Dpi {
    /// Dots on the side of a module of 1/60 inch.
    const fn dots_per_module(self) -> u32 {
        match self {
            Self::D300 => 5,
            Self::D600 => 10,
        }
    }

    /// What the PNG's pHYs chunk says: 300 / 0.0254 and 600 / 0.0254, rounded.
    const fn dots_per_metre(self) -> u32 {
        match self {
            Self::D300 => 11_811,
            Self::D600 => 23_622,
        }
    }
}

fn at_most(most: usize, line: &'static str, text: &str) -> Result<(), ArtworkError> {
    if text.chars().count() > most { Err(ArtworkError::LineTooLong { line, most }) } else { Ok(()) }
}

/// The host of a link, with its port.
fn host(link: &str) -> Option<&str> {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"))?;
    rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())
}

/// The last day, in Japan, before `expires`: an expiry at midnight ends the day before.
fn last_day(expires: UnixTime) -> String {
    let day = expires.plus(-1).date_at(9 * 3600);
    format!("{:04}-{:02}-{:02}", day.year, day.month, day.day)
}

#[cfg(test)]
mod tests;
