//! Moves a map's corners, and bends it, until the known patterns stand out most. Moving alone is worth 9 of 113 hard
//! photographs.

use super::{Map, homography::Homography, score::contrast, surface::Surface};
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

/// A step in bending, as a share of the round's step.
const STEP_BEND: f32 = 0.6;

/// A map being improved.
pub(crate) struct Refined<'a> {
    gray: &'a Gray,
    cells: &'a [Cell],
    corners: [Point; 4],
    pub(crate) surface: Surface,
    /// Of the known patterns, in gray levels.
    pub(crate) contrast: f32,
}

impl<'a> Refined<'a> {
    /// By moving one corner at a time along the picture's axes.
    pub(crate) fn plane(gray: &'a Gray, start: &Homography, cells: &'a [Cell], side: f64) -> Self {
        let corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(u, v)| start.at(u, v));
        let surface = Surface::flat(*start, side);
        let contrast = contrast(gray, &surface, cells);
        let mut refined = Self { gray, cells, corners, surface, contrast };
        refined.rounds(false);
        refined
    }

    /// From there on, by bending as well.
    pub(crate) fn bent(&self) -> Self {
        let mut refined = Self { ..*self };
        refined.rounds(true);
        refined
    }

    fn rounds(&mut self, bend: bool) {
        let around: f32 =
            (0..4).map(|index| self.corners[index].distance(self.corners[(index + 1) % 4])).sum();
        let module = around / (4.0 * self.surface.side as f32);
        let mut step = FIRST_STEP;
        for _ in 0..ROUNDS {
            self.move_corners(step * module);
            if bend {
                self.bend(f64::from(step * STEP_BEND));
            }
            step *= SHRINK;
        }
    }

    fn move_corners(&mut self, step: f32) {
        for index in 0..self.corners.len() {
            let step = step * if index == OPPOSITE { STEP_OPPOSITE } else { STEP_OTHERS };
            for axis in [Point::new(step, 0.0), Point::new(0.0, step)] {
                for way in [axis, axis * -1.0] {
                    let mut moved = self.corners;
                    moved[index] = moved[index] + way;
                    let Some(plane) = Homography::of_corners(&moved, self.surface.side) else { continue };
                    if self.better(Surface { plane, ..self.surface }) {
                        self.corners = moved;
                        break;
                    }
                }
            }
        }
    }

    fn bend(&mut self, step: f64) {
        for index in 0..self.surface.bend.len() {
            for way in [step, -step] {
                let mut surface = self.surface;
                surface.bend[index] += way;
                if self.better(surface) {
                    break;
                }
            }
        }
    }

    /// Takes a surface that shows more contrast.
    fn better(&mut self, surface: Surface) -> bool {
        let contrast = contrast(self.gray, &surface, self.cells);
        let better = contrast > self.contrast;
        if better {
            (self.surface, self.contrast) = (surface, contrast);
        }
        better
    }
}
