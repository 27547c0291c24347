//! The few Japanese lines that labels and print sheets carry, as outlines drawn beforehand.

use core::{iter::Peekable, str::Chars};

use super::{
    ArtworkError,
    drawing::{Outline, Step},
    font::Line,
};

const DRAWN: &str = include_str!("japanese.paths");
/// Units to the em in the file.
const EM: f32 = 500.0;

/// The line `text`, which must be one of the file's, with characters `size` millimetres square.
pub(super) fn set(text: &str, size: f32) -> Result<Line, ArtworkError> {
    let (advance, path) = DRAWN
        .lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| line.strip_prefix(text)?.strip_prefix('\t')?.split_once('\t'))
        .ok_or(ArtworkError::Font)?;
    let advance: f32 = advance.parse().map_err(|_| ArtworkError::Font)?;
    let outline = read_path(path).ok_or(ArtworkError::Font)?;
    Ok(Line { outline: outline.placed(size / EM, [0.0, 0.0]), width: advance * size / EM })
}

/// Reads relative `m`, `l`, `c` and `z`.
fn read_path(path: &str) -> Option<Outline> {
    let mut text = path.chars().peekable();
    let mut steps = Vec::new();
    let (mut start, mut at) = ([0.0, 0.0], [0.0, 0.0]);
    while let Some(command) = text.next() {
        let mut point = || Some([at[0] + number(&mut text)?, at[1] + number(&mut text)?]);
        let step = match command {
            'm' => Step::Move(point()?),
            'l' => Step::Line(point()?),
            'c' => Step::Cubic(point()?, point()?, point()?),
            'z' => Step::Close,
            _ => return None,
        };
        match step {
            Step::Move(to) => [start, at] = [to; 2],
            Step::Line(to) | Step::Quad(_, to) | Step::Cubic(_, _, to) => at = to,
            Step::Close => at = start,
        }
        steps.push(step);
    }
    Some(Outline(steps))
}

fn number(text: &mut Peekable<Chars<'_>>) -> Option<f32> {
    text.next_if_eq(&' ');
    let mut digits = String::new();
    digits.extend(text.next_if_eq(&'-'));
    while let Some(digit) = text.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artwork::drawing::Point;

    #[test]
    fn every_drawn_line_can_be_set_and_stays_in_its_box() {
        let texts = DRAWN.lines().filter(|line| !line.starts_with('#'));
        let texts: Vec<_> = texts.map(|line| line.split('\t').next().unwrap()).collect();
        assert_eq!(texts.len(), 6);
        for text in texts {
            let line = set(text, 2.0).unwrap();
            assert!(line.width >= 8.0, "{text}: {}", line.width);
            for [x, y] in corners(&line.outline) {
                assert!(
                    (-0.1..line.width + 0.1).contains(&x) && (-2.0..0.5).contains(&y),
                    "{text}: {x}, {y}"
                );
            }
        }
        assert_eq!(set("登録", 2.0).err(), Some(ArtworkError::Font));
    }

    fn corners(outline: &Outline) -> Vec<Point> {
        let ends = outline.0.iter().filter_map(|step| match step {
            Step::Move(to) | Step::Line(to) | Step::Quad(_, to) | Step::Cubic(_, _, to) => Some(*to),
            Step::Close => None,
        });
        ends.collect()
    }
}
