//! How much a place on the gray picture looks like a finder: tells finders from letters before triples are formed.

use super::Finder;
use crate::{
    fit::{Map, homography::Homography},
    gray::Gray,
    point::Point,
};

/// Samples at each end of the gray levels that "darkest" and "lightest" are the mean of, of 81 in all.
const ENDS: usize = 20;

/// Gray levels below which a spread is noise; keeps the ratio of two noises from looking like a finder.
const LEAST_SPREAD: f32 = 2.5;

/// The contrast between what must be light and what must be dark over 9 × 9 modules (the pattern and the light
/// border around it), as a share of the spread between the darkest and the lightest of them.
pub(super) fn rate(gray: &Gray, finder: &Finder) -> f32 {
    let Some(map) = square_of(finder) else { return 0.0 };
    let mut levels = Vec::with_capacity(81);
    let (mut dark, mut light) = (Mean::default(), Mean::default());
    for y in -1..8_i32 {
        for x in -1..8_i32 {
            let level = gray.level(map.at(f64::from(x) + 0.5, f64::from(y) + 0.5));
            levels.push(level);
            match x.min(y).min(6 - x).min(6 - y) {
                1 => light.add(level, 1.0),
                // The border counts half: other ink may touch it.
                -1 => light.add(level, 0.5),
                _ => dark.add(level, 1.0),
            }
        }
    }
    levels.sort_unstable_by(f32::total_cmp);
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    let spread = mean(&levels[levels.len() - ENDS..]) - mean(&levels[..ENDS]);
    (light.value() - dark.value()) / spread.max(LEAST_SPREAD)
}

/// From the finder's own seven modules to the picture: by its ring, or upright where that is unknown.
fn square_of(finder: &Finder) -> Option<Homography> {
    let corners = finder.ring.unwrap_or_else(|| {
        let (x, y) = (finder.width * 3.0 / 7.0, finder.height * 3.0 / 7.0);
        [(-x, -y), (x, -y), (x, y), (-x, y)].map(|(x, y)| finder.centre + Point::new(x, y))
    });
    Homography::of_ring(&corners)
}

#[derive(Default)]
struct Mean {
    sum: f32,
    weight: f32,
}

impl Mean {
    fn add(&mut self, value: f32, weight: f32) {
        self.sum += weight * value;
        self.weight += weight;
    }

    fn value(&self) -> f32 {
        self.sum / self.weight
    }
}
