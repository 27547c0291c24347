//! The gray level of every module, and how sure each is dark or light.

mod sharpen;
mod threshold;

use crate::{fit::Map, gray::Gray};
pub(crate) use sharpen::Along;

/// Gray levels of a code's modules, by rows.
#[derive(Clone, Debug)]
pub(crate) struct Levels {
    side: usize,
    levels: Vec<f32>,
}

/// For each module, by rows: above 0 dark, below 0 light, ±1 about as sure as good print makes it.
#[derive(Clone, Debug)]
pub(crate) struct Confidence {
    pub(crate) side: usize,
    pub(crate) values: Vec<f32>,
}

/// From this many pixels a module, four more samples around its middle quieten noise; below, they would touch the
/// neighbours.
const MODULE_FOR_MORE: f32 = 2.5;

/// How far from the middle these are, in modules.
const OFF_MIDDLE: f64 = 0.22;

impl Levels {
    /// Samples the middle of each module, where the map has it.
    pub(crate) fn sample(gray: &Gray, side: usize, map: &impl Map) -> Self {
        let middle = side as f64 / 2.0;
        let more = map.at(middle, middle).distance(map.at(middle + 1.0, middle)) > MODULE_FOR_MORE;
        let mut levels = Vec::with_capacity(side * side);
        for y in 0..side {
            for x in 0..side {
                let (u, v) = (x as f64 + 0.5, y as f64 + 0.5);
                let level = |du: f64, dv: f64| gray.level(map.at(u + du * OFF_MIDDLE, v + dv * OFF_MIDDLE));
                let middle = level(0.0, 0.0);
                levels.push(if more {
                    (2.0 * middle + level(1.0, 1.0) + level(-1.0, 1.0) + level(1.0, -1.0) + level(-1.0, -1.0))
                        / 6.0
                } else {
                    middle
                });
            }
        }
        Self { side, levels }
    }
}

impl Confidence {
    /// The code as a mirror (or the back of a transparent label) shows it.
    pub(crate) fn mirrored(&self) -> Self {
        let side = self.side;
        let values = (0..side * side).map(|index| self.values[index % side * side + index / side]).collect();
        Self { side, values }
    }
}
