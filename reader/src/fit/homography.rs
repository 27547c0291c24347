//! The map of one plane onto another as a camera makes it: from modules to pixels.

use super::Map;
use crate::point::Point;

/// Takes module coordinates (u right, v down, from the code's corner) to pixels, as a 3 × 3 matrix by rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Homography([f64; 9]);

/// A module place whose pixel is known, and how much that knowledge counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchor {
    pub(crate) u: f64,
    pub(crate) v: f64,
    pub(crate) pixel: Point,
    pub(crate) weight: f64,
}

impl Map for Homography {
    #[inline]
    #[expect(clippy::many_single_char_names, reason = "the nine entries of a matrix")]
    fn at(&self, u: f64, v: f64) -> Point {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        let depth = g * u + h * v + i;
        Point::new(((a * u + b * v + c) / depth) as f32, ((d * u + e * v + f) / depth) as f32)
    }
}

impl Homography {
    /// Through the four corners of a code of `side` modules: first, right of it, opposite, below it.
    pub(crate) fn of_corners(corners: &[Point; 4], side: f64) -> Option<Self> {
        let places = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)];
        let anchors: [Anchor; 4] = std::array::from_fn(|index| {
            let (u, v) = places[index];
            Anchor { u, v, pixel: corners[index], weight: 1.0 }
        });
        Self::fit(&anchors, side)
    }

    /// From a finder's own seven modules to the picture, by the corners of its ring.
    pub(crate) fn of_ring(corners: &[Point; 4]) -> Option<Self> {
        let places = [(0.5, 0.5), (6.5, 0.5), (6.5, 6.5), (0.5, 6.5)];
        let anchors: [Anchor; 4] = std::array::from_fn(|index| {
            let (u, v) = places[index];
            Anchor { u, v, pixel: corners[index], weight: 1.0 }
        });
        Self::fit(&anchors, 7.0)
    }

    /// By weighted least squares; exact through four anchors. `None` when they don't fix a map.
    ///
    /// Both sides are brought to about −1…1 first (`side` says how large module coordinates get): without, the
    /// sums of squares lose what tells a steep tilt from a flat one.
    #[expect(clippy::many_single_char_names, reason = "the entries of a matrix")]
    pub(crate) fn fit(anchors: &[Anchor], side: f64) -> Option<Self> {
        let (middle_x, middle_y, spread) = extent(anchors)?;
        let mut equations = [[0.0; 9]; 8];
        for anchor in anchors {
            let (u, v) = (anchor.u / side * 2.0 - 1.0, anchor.v / side * 2.0 - 1.0);
            let x = (f64::from(anchor.pixel.x) - middle_x) / spread;
            let y = (f64::from(anchor.pixel.y) - middle_y) / spread;
            add(&mut equations, &[u, v, 1.0, 0.0, 0.0, 0.0, -u * x, -v * x, x], anchor.weight);
            add(&mut equations, &[0.0, 0.0, 0.0, u, v, 1.0, -u * y, -v * y, y], anchor.weight);
        }
        let [a, b, c, d, e, f, g, h] = solve(equations)?;
        // Back from −1…1: modules first (each row), then pixels (rows onto the last).
        let modules = |a: f64, b: f64, c: f64| [2.0 * a / side, 2.0 * b / side, c - a - b];
        let (x, y, depth) = (modules(a, b, c), modules(d, e, f), modules(g, h, 1.0));
        let mut matrix = [0.0; 9];
        for column in 0..3 {
            matrix[column] = spread * x[column] + middle_x * depth[column];
            matrix[3 + column] = spread * y[column] + middle_y * depth[column];
            matrix[6 + column] = depth[column];
        }
        matrix.iter().all(|value| value.is_finite()).then_some(Self(matrix))
    }
}

/// Middle of the pixels and their mean distance from it.
fn extent(anchors: &[Anchor]) -> Option<(f64, f64, f64)> {
    let count = anchors.len() as f64;
    let mean = |value: &dyn Fn(&Anchor) -> f64| anchors.iter().map(value).sum::<f64>() / count;
    let x = mean(&|anchor| f64::from(anchor.pixel.x));
    let y = mean(&|anchor| f64::from(anchor.pixel.y));
    let spread =
        mean(&|anchor| (f64::from(anchor.pixel.x) - x).abs() + (f64::from(anchor.pixel.y) - y).abs());
    (spread > 1e-6).then_some((x, y, spread))
}

/// Adds one equation (eight factors and what they add up to) to the normal equations.
fn add(equations: &mut [[f64; 9]; 8], row: &[f64; 9], weight: f64) {
    for (equation, factor) in equations.iter_mut().zip(row) {
        for (sum, value) in equation.iter_mut().zip(row) {
            *sum += weight * factor * value;
        }
    }
}

/// Gauss–Jordan with the largest pivot of each column.
fn solve(mut equations: [[f64; 9]; 8]) -> Option<[f64; 8]> {
    for column in 0..8 {
        let largest =
            (column..8).max_by(|&a, &b| equations[a][column].abs().total_cmp(&equations[b][column].abs()))?;
        equations.swap(column, largest);
        let pivot = equations[column];
        if pivot[column].abs() < 1e-12 {
            return None;
        }
        for (row, equation) in equations.iter_mut().enumerate() {
            let factor = equation[column] / pivot[column];
            if row != column && factor != 0.0 {
                for (value, pivot) in equation[column..].iter_mut().zip(&pivot[column..]) {
                    *value -= factor * pivot;
                }
            }
        }
    }
    Some(std::array::from_fn(|row| equations[row][8] / equations[row][row]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steep_tilt_is_found_again_from_its_corners() {
        let truth = Homography([3.0, 0.4, 90.0, -0.2, 2.0, 50.0, 0.004, -0.002, 1.0]);
        let corners = [(0.0, 0.0), (49.0, 0.0), (49.0, 49.0), (0.0, 49.0)].map(|(u, v)| truth.at(u, v));
        let found = Homography::of_corners(&corners, 49.0).unwrap();
        for (u, v) in [(24.5, 24.5), (3.5, 45.5), (48.0, 10.0)] {
            assert!(found.at(u, v).distance(truth.at(u, v)) < 1e-3);
        }
    }

    #[test]
    fn corners_on_a_line_or_a_point_fix_no_map() {
        let line = [1.0, 2.0, 3.0, 4.0].map(|x| Point::new(x, 2.0 * x));
        assert!(Homography::of_corners(&line, 21.0).is_none());
        assert!(Homography::of_corners(&[Point::new(5.0, 5.0); 4], 21.0).is_none());
        let broken =
            [Point::new(f32::NAN, 0.0), Point::new(1.0, 0.0), Point::new(1.0, 1.0), Point::new(0.0, 1.0)];
        assert!(Homography::of_corners(&broken, 21.0).is_none());
    }
}
