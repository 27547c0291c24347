//! Thresholds by the mean of a square around each pixel, from a table of running sums.

use super::Binary;
use crate::gray::Gray;

/// What counts as dark.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    /// Half the side of the square around, in pixels.
    reach: usize,
    /// How many per cent below the mean a dark pixel is at least.
    below: u64,
}

/// Noise on plain paper stays light.
pub(super) const PLAIN: Rule = Rule { reach: 12, below: 5 };

/// For half the size, where noise has half the strength: reads print with a tenth of this contrast (swings of 10
/// gray levels instead of 60, of labels with a noise of 3).
pub(super) const FAINT: Rule = Rule { reach: 10, below: 1 };

pub(super) fn binarise(gray: &Gray, rule: Rule) -> Binary {
    let (width, height) = (gray.width(), gray.height());
    let sums = running_sums(gray);
    let mut dark = Vec::with_capacity(width * height);
    for y in 0..height {
        let (top, bottom) = (y.saturating_sub(rule.reach), (y + rule.reach + 1).min(height));
        let above = &sums[top * (width + 1)..][..=width];
        let below = &sums[bottom * (width + 1)..][..=width];
        for (x, &value) in gray.row(y).iter().enumerate() {
            let (left, right) = (x.saturating_sub(rule.reach), (x + rule.reach + 1).min(width));
            // Wrapping: a picture's sum can pass 2^32, but a square's cannot, and the difference comes out right.
            let outer = below[right].wrapping_sub(above[right]);
            let sum = outer.wrapping_sub(below[left].wrapping_sub(above[left]));
            let count = ((right - left) * (bottom - top)) as u64;
            dark.push(u64::from(value) * count * 100 < u64::from(sum) * (100 - rule.below));
        }
    }
    Binary { width, height, dark }
}

/// At (x, y): the sum of all pixels above and to the left, modulo 2^32; one row and column more than the picture.
fn running_sums(gray: &Gray) -> Vec<u32> {
    let stride = gray.width() + 1;
    let mut sums = vec![0u32; stride * (gray.height() + 1)];
    for y in 0..gray.height() {
        let (before, row) = sums.split_at_mut((y + 1) * stride);
        let above = &before[y * stride..];
        let mut along = 0u32;
        for ((value, above), sum) in gray.row(y).iter().zip(&above[1..]).zip(&mut row[1..stride]) {
            along = along.wrapping_add(u32::from(*value));
            *sum = above.wrapping_add(along);
        }
    }
    sums
}
