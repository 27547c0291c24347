//! Where every module of a code lies in the picture: a homography from three finders, scored and refined by the
//! patterns whose colours are known, then bent, or cut into a mesh.

pub(crate) mod alignment;
pub(crate) mod homography;
pub(crate) mod mesh;
pub(crate) mod refine;
pub(crate) mod score;
pub(crate) mod start;
pub(crate) mod surface;

use crate::point::Point;

/// From modules (u right, v down, from the code's first corner) to pixels.
pub(crate) trait Map {
    fn at(&self, u: f64, v: f64) -> Point;
}
