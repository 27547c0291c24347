//! Points of a picture: pixels, `x` to the right, `y` down, the centre of the first pixel at (0.5, 0.5).

use std::ops::{Add, Mul, Sub};

/// A point of the picture, or the way from one point to another.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f32,
    pub(crate) y: f32,
}

impl Point {
    pub(crate) fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    pub(crate) fn length(self) -> f32 {
        self.x.hypot(self.y)
    }

    pub(crate) fn distance(self, other: Self) -> f32 {
        (self - other).length()
    }

    pub(crate) fn midpoint(self, other: Self) -> Self {
        (self + other) * 0.5
    }

    pub(crate) fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y
    }

    /// Twice the area between the two ways; positive when `other` lies clockwise (`y` points down).
    pub(crate) fn cross(self, other: Self) -> f32 {
        self.x * other.y - self.y * other.x
    }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for Point {
    type Output = Self;
    fn mul(self, factor: f32) -> Self {
        Self::new(self.x * factor, self.y * factor)
    }
}

/// Whether `point` lies inside a convex quadrilateral whose corners go round in either sense.
pub(crate) fn inside(point: Point, corners: &[Point; 4]) -> bool {
    let mut clockwise = 0;
    for (from, to) in corners.iter().zip(corners.iter().cycle().skip(1)) {
        if (*to - *from).cross(point - *from) >= 0.0 {
            clockwise += 1;
        }
    }
    clockwise == 0 || clockwise == 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_inside_whichever_way_the_corners_go_round() {
        let mut corners = [(0.0, 0.0), (4.0, 0.0), (5.0, 4.0), (0.0, 3.0)].map(|(x, y)| Point::new(x, y));
        assert!(inside(Point::new(2.0, 2.0), &corners));
        assert!(!inside(Point::new(-0.5, 2.0), &corners));
        corners.reverse();
        assert!(inside(Point::new(2.0, 2.0), &corners));
        assert!(!inside(Point::new(6.0, 2.0), &corners));
    }
}
