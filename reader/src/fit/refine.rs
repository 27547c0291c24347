//! Moves a map's corners until the known patterns stand out most. Worth 9 of 113 hard photographs.

use super::{homography::Homography, score::contrast};
use crate::{gray::Gray, point::Point, symbol::function::Cell};

/// Rounds, each with smaller steps; a fifth gains nothing.
const ROUNDS: usize = 4;

/// The first round's step, in modules, and what each round makes of it.
const FIRST_STEP: f32 = 0.8;
const SHRINK: f32 = 0.55;

/// The corner opposite the first finder has no finder: it is known least, and takes larger steps than the others.
const OPPOSITE: usize = 2;
const STEP_OPPOSITE: f32 = 1.6;
const STEP_OTHERS: f32 = 0.7;

/// The map with the highest contrast found by moving one corner at a time along the picture's axes.
pub(crate) fn refine(gray: &Gray, start: &Homography, cells: &[Cell], side: f64) -> Homography {
    let mut corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(u, v)| start.at(u, v));
    let around: f32 = (0..4).map(|index| corners[index].distance(corners[(index + 1) % 4])).sum();
    let module = around / (4.0 * side as f32);
    let (mut best, mut map) = (contrast(gray, start, cells), *start);
    let mut step = FIRST_STEP * module;
    for _ in 0..ROUNDS {
        for index in 0..corners.len() {
            let step = step * if index == OPPOSITE { STEP_OPPOSITE } else { STEP_OTHERS };
            for axis in [Point::new(step, 0.0), Point::new(0.0, step)] {
                for way in [axis, axis * -1.0] {
                    let mut moved = corners;
                    moved[index] = moved[index] + way;
                    let Some(candidate) = Homography::of_corners(&moved, side) else { continue };
                    let score = contrast(gray, &candidate, cells);
                    if score > best {
                        (best, map, corners) = (score, candidate, moved);
                        break;
                    }
                }
            }
        }
        step *= SHRINK;
    }
    map
}
