//! Dark or light for every pixel: what the finder search walks over. The decision is local, since a label lies
//! half in shade, under glare, or beside black artwork more often than not.

mod blocks;
mod local_mean;

use crate::{gray::Gray, point::Point};

/// A picture of dark and light pixels, the size of the gray one it was made from.
pub(crate) struct Binary {
    width: usize,
    height: usize,
    dark: Vec<bool>,
}

impl Binary {
    /// By a threshold for each block of 8 × 8 pixels, smoothed over its neighbours.
    pub(crate) fn by_blocks(gray: &Gray) -> Self {
        blocks::binarise(gray)
    }

    /// Against the mean of the pixels around; finds finders on gradients where blocks fail.
    pub(crate) fn by_local_mean(gray: &Gray) -> Self {
        local_mean::binarise(gray, local_mean::PLAIN)
    }

    /// The same for print so faint that all else takes it for plain paper; sees patterns in noise, too.
    pub(crate) fn by_faint_mean(gray: &Gray) -> Self {
        local_mean::binarise(gray, local_mean::FAINT)
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    pub(crate) fn row(&self, y: usize) -> &[bool] {
        &self.dark[y * self.width..(y + 1) * self.width]
    }

    /// Whether the pixel under a point is dark; `None` outside.
    #[inline]
    pub(crate) fn is_dark(&self, at: Point) -> Option<bool> {
        let inner = at.x >= 0.0 && at.y >= 0.0 && at.x < self.width as f32 && at.y < self.height as f32;
        if inner { self.dark.get(at.y as usize * self.width + at.x as usize).copied() } else { None }
    }
}
