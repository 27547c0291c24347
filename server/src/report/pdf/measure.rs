//! How wide text is, and where its lines end.

use ttf_parser::Face;

use super::is_shown;
use crate::report::typeface::Typeface;

/// Signs that do not begin a line (行頭禁則), the common ones.
const NOT_FIRST: &str =
    "、。，．・：；！？）」』】〉》〕］｝ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々,.:;!?)]}%…";
/// Signs that do not end one (行末禁則).
const NOT_LAST: &str = "（「『【〈《〔［｛([{";

/// The widths of a typeface.
pub(super) struct Measure<'a> {
    face: Face<'a>,
    em: f32,
}

impl<'a> Measure<'a> {
    /// Of `typeface`; `None` where it cannot be read.
    pub(super) fn of(typeface: &'a Typeface) -> Option<Self> {
        let face = Face::parse(&typeface.data, typeface.index).ok()?;
        let em = f32::from(face.units_per_em());
        (em > 0.0).then_some(Self { face, em })
    }

    /// The glyph of `c` and its width at size 1. What the typeface does not have is its sign for that.
    pub(super) fn glyph(&self, c: char) -> (u16, f32) {
        let glyph = self.face.glyph_index(c).unwrap_or_default();
        (glyph.0, f32::from(self.face.glyph_hor_advance(glyph).unwrap_or_default()) / self.em)
    }

    /// The width of `text` at `size`.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.glyph(c).1 * size).sum()
    }

    /// `text` in lines of at most `width`. A word that is longer than a line is broken where the line ends.
    pub(super) fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.split('\n') {
            let shown: Vec<char> = paragraph.chars().filter(|c| is_shown(*c)).collect();
            let (mut line, mut used, mut last_break) = (String::new(), 0.0, None);
            for (place, c) in shown.iter().copied().enumerate() {
                let advance = self.glyph(c).1 * size;
                // A sign that may not begin a line hangs over its end, by one.
                if used + advance > width && !line.is_empty() && !NOT_FIRST.contains(c) {
                    let cut = last_break.filter(|cut| *cut > 0).unwrap_or(line.len());
                    let rest = line.split_off(cut);
                    let mut full = std::mem::take(&mut line);
                    // One space stays, unseen: where the lines are read as one, words stay apart.
                    let end = full.trim_end().len();
                    full.truncate(if full.len() > end { end + 1 } else { end });
                    lines.push(full);
                    rest.trim_start().clone_into(&mut line);
                    used = self.width(&line, size);
                    last_break = None;
                    // No line begins with a space; it ends the one before.
                    if line.is_empty() && c == ' ' {
                        lines
                            .last_mut()
                            .filter(|last| !last.ends_with(' '))
                            .into_iter()
                            .for_each(|last| last.push(c));
                        continue;
                    }
                }
                line.push(c);
                used += advance;
                if shown.get(place + 1).is_some_and(|next| may_break(c, *next)) {
                    last_break = Some(line.len());
                }
            }
            lines.push(line);
        }
        lines
    }
}

/// Whether a line may end between two characters.
fn may_break(before: char, after: char) -> bool {
    let wide = |c: char| c >= '\u{2e80}';
    !NOT_FIRST.contains(after)
        && !NOT_LAST.contains(before)
        && (before == ' ' || matches!(before, '-' | '/' | '_' | '&') || wide(before) || wide(after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Typefaces;

    #[test]
    fn no_line_begins_with_what_ends_one() {
        let Ok(typeface) = Typefaces::default().find() else { return };
        let measure = Measure::of(&typeface).unwrap();
        let lines = |text| measure.lines(text, 10.0, 25.0);
        assert_eq!(lines("一二。 三"), ["一二。 ", "三"]);
        assert_eq!(lines("一二三"), ["一二", "三"]);
        assert_eq!(lines("一「三"), ["一", "「三"]);
        assert_eq!(lines("one two").concat(), "one two", "where lines are read as one, words stay apart");
    }
}
