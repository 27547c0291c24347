//! A plane that may be bent a little: labels curl, bottles are round, and close lenses distort.

use super::{Map, homography::Homography};
use crate::point::Point;

/// A homography after a quadratic shift of the module coordinates.
///
/// Worth 4 of 327 photographs (curved, blurred and glaring ones), after refining the plane alone has failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surface {
    pub(crate) plane: Homography,
    /// Modules that the middle is shifted by: right for bending along u and v, down for bending along u and v.
    pub(crate) bend: [f64; 4],
    /// Modules a side.
    pub(crate) side: f64,
}

impl Surface {
    pub(crate) fn flat(plane: Homography, side: f64) -> Self {
        Self { plane, bend: [0.0; 4], side }
    }
}

impl Map for Surface {
    #[inline]
    fn at(&self, u: f64, v: f64) -> Point {
        if self.bend.iter().all(|shift| *shift == 0.0) {
            return self.plane.at(u, v);
        }
        // Zero at the finders' middles, which the plane already has right, and about −1 half way between.
        let bow = |along: f64| (along - 3.5) * (along - self.side + 3.5) * 4.0 / (self.side * self.side);
        let (across, down) = (bow(u), bow(v));
        let [right_u, right_v, down_u, down_v] = self.bend;
        self.plane.at(u + right_u * across + right_v * down, v + down_u * across + down_v * down)
    }
}
