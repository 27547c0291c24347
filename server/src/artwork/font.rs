//! Text as outlines, so that a label looks the same wherever it is opened and needs no font.

use ttf_parser::{Face, OutlineBuilder};

use super::{
    ArtworkError,
    drawing::{Outline, Point, Step},
};

/// A typeface: DejaVu Sans Condensed, sturdy at small sizes, with a 0 that is no O.
pub(super) struct Type {
    face: Face<'static>,
    /// Height of a capital in font units.
    capital: f32,
}

/// A line of text with its left end and baseline at the origin.
pub(super) struct Line {
    /// The glyphs, in millimetres.
    pub(super) outline: Outline,
    /// How far it advances, in millimetres.
    pub(super) width: f32,
}

impl Type {
    /// The upright face.
    pub(super) fn regular() -> Result<Self, ArtworkError> {
        Self::of(dejavu::sans_condensed::regular())
    }

    /// The bold face.
    pub(super) fn bold() -> Result<Self, ArtworkError> {
        Self::of(dejavu::sans_condensed::bold())
    }

    /// Sets `text` with capitals `height` millimetres high and `tracking` millimetres more between letters.
    ///
    /// Full-width letters and digits, which Japanese keyboards produce, are drawn as their plain forms.
    pub(super) fn set(&self, text: &str, height: f32, tracking: f32) -> Result<Line, ArtworkError> {
        let scale = height / self.capital;
        let mut line = Line { outline: Outline::default(), width: 0.0 };
        for given in text.chars() {
            let character = plain(given);
            let refused = ArtworkError::NoGlyph { character: given };
            let glyph = self.face.glyph_index(character).ok_or(refused)?;
            let mut pen = Pen { steps: Vec::new(), scale, x: line.width };
            // A glyph without curves is a space.
            self.face.outline_glyph(glyph, &mut pen);
            line.outline.join(Outline(pen.steps));
            let advance = self.face.glyph_hor_advance(glyph).unwrap_or_default();
            line.width += f32::from(advance) * scale + tracking;
        }
        Ok(line)
    }

    fn of(bytes: &'static [u8]) -> Result<Self, ArtworkError> {
        let face = Face::parse(bytes, 0).map_err(|_| ArtworkError::Font)?;
        // Measured, since the font's tables are too old to state it.
        let glyph = face.glyph_index('H').and_then(|glyph| face.glyph_bounding_box(glyph));
        let capital = glyph.map(|bounds| f32::from(bounds.y_max)).filter(|height| *height > 0.0);
        capital.map(|capital| Self { face, capital }).ok_or(ArtworkError::Font)
    }
}

/// The plain form of a full-width character (U+FF01 to U+FF5E), others as they are.
fn plain(character: char) -> char {
    match u32::from(character) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(character),
        0x3000 => ' ',
        _ => character,
    }
}

/// Collects a glyph's curves: font units, y up → millimetres, y down.
struct Pen {
    steps: Vec<Step>,
    scale: f32,
    x: f32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> Point {
        [self.x + x * self.scale, -y * self.scale]
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.steps.push(Step::Move(self.at(x, y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.steps.push(Step::Line(self.at(x, y)));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.steps.push(Step::Quad(self.at(x1, y1), self.at(x, y)));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.steps.push(Step::Cubic(self.at(x1, y1), self.at(x2, y2), self.at(x, y)));
    }

    fn close(&mut self) {
        self.steps.push(Step::Close);
    }
}
