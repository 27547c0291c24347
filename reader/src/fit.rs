//! Where every module of a code lies in the picture: a homography from three finders, scored and refined by the
//! patterns whose colours are known.

pub(crate) mod alignment;
pub(crate) mod homography;
pub(crate) mod mesh;
pub(crate) mod refine;
pub(crate) mod score;
pub(crate) mod start;
