//! The picture: one byte of luminance a pixel, its size bounded before anything looks at it.
//!
//! Colour is not kept: a code is dark on light, and a camera hands out luminance for nothing.

mod resize;

use crate::point::Point;

/// The smallest side worth looking at, in pixels: the smallest code has 21 modules.
pub const MIN_SIDE: usize = 21;

/// The largest picture taken, in pixels: telephones of today take 12 to 50 megapixels, and a copy of 40 costs 40 MB.
pub const MAX_PIXELS: usize = 40_000_000;

/// An 8-bit gray picture, rows from the top, 0 black and 255 white.
#[derive(Clone, Debug)]
pub struct Gray {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// Why something is not a picture that can be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum GrayError {
    /// A side is shorter than [`MIN_SIDE`].
    #[error("the picture is {width}×{height}; no code fits into less than {MIN_SIDE} pixels a side")]
    TooSmall {
        /// Pixels a row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// More than [`MAX_PIXELS`] in all.
    #[error("the picture is {width}×{height}; at most {MAX_PIXELS} pixels are taken")]
    TooLarge {
        /// Pixels a row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// The number of bytes is not width × height.
    #[error("{found} bytes of luminance, but the size asks for {expected}")]
    WrongLength {
        /// Width × height.
        expected: usize,
        /// What came.
        found: usize,
    },
}

impl Gray {
    /// Takes `width` × `height` bytes of luminance.
    pub fn new(width: usize, height: usize, pixels: Vec<u8>) -> Result<Self, GrayError> {
        if width < MIN_SIDE || height < MIN_SIDE {
            return Err(GrayError::TooSmall { width, height });
        }
        let expected = width.checked_mul(height).filter(|&count| count <= MAX_PIXELS);
        let Some(expected) = expected else {
            return Err(GrayError::TooLarge { width, height });
        };
        if pixels.len() != expected {
            return Err(GrayError::WrongLength { expected, found: pixels.len() });
        }
        Ok(Self { width, height, pixels })
    }

    /// Pixels a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// All rows, from the top.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    pub(crate) fn longest_side(&self) -> usize {
        self.width.max(self.height)
    }

    pub(crate) fn row(&self, y: usize) -> &[u8] {
        &self.pixels[y * self.width..(y + 1) * self.width]
    }

    /// Light for dark: for codes printed light on dark.
    pub(crate) fn inverted(&self) -> Self {
        Self { pixels: self.pixels.iter().map(|value| 255 - value).collect(), ..*self }
    }

    /// The luminance between pixels, bilinear. Outside the picture the nearest edge goes on; NaN is the first pixel.
    #[inline]
    pub(crate) fn level(&self, at: Point) -> f32 {
        let (x, y) = (at.x - 0.5, at.y - 0.5);
        let inner = x >= 0.0 && y >= 0.0 && x < (self.width - 1) as f32 && y < (self.height - 1) as f32;
        if !inner {
            return self.level_at_edge(x, y);
        }
        let (column, row) = (x as usize, y as usize);
        let index = row * self.width + column;
        let above = &self.pixels[index..index + 2];
        let below = &self.pixels[index + self.width..index + self.width + 2];
        blend([above[0], above[1], below[0], below[1]], x - column as f32, y - row as f32)
    }

    #[cold]
    fn level_at_edge(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x.clamp(0.0, (self.width - 1) as f32), y.clamp(0.0, (self.height - 1) as f32));
        let (column, row) = (x as usize, y as usize);
        let (right, below) = ((column + 1).min(self.width - 1), (row + 1).min(self.height - 1));
        let pixel = |x: usize, y: usize| self.pixels[y * self.width + x];
        let corners = [pixel(column, row), pixel(right, row), pixel(column, below), pixel(right, below)];
        let (x, y) = (if x.is_nan() { 0.0 } else { x }, if y.is_nan() { 0.0 } else { y });
        blend(corners, x - column as f32, y - row as f32)
    }
}

#[inline]
fn blend(corners: [u8; 4], right: f32, down: f32) -> f32 {
    let [a, b, c, d] = corners.map(f32::from);
    let above = a + (b - a) * right;
    let below = c + (d - c) * right;
    above + (below - above) * down
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_checked_before_anything_is_read() {
        assert!(matches!(Gray::new(1, 400, vec![0; 400]), Err(GrayError::TooSmall { .. })));
        assert!(matches!(Gray::new(20, 21, vec![0; 420]), Err(GrayError::TooSmall { .. })));
        assert!(matches!(Gray::new(usize::MAX, 22, vec![]), Err(GrayError::TooLarge { .. })));
        assert!(matches!(Gray::new(8_000, 6_000, vec![]), Err(GrayError::TooLarge { .. })));
        assert_eq!(
            Gray::new(21, 22, vec![0; 3]).unwrap_err(),
            GrayError::WrongLength { expected: 462, found: 3 }
        );
        assert!(Gray::new(21, 21, vec![0; 441]).is_ok());
    }

    #[test]
    fn levels_blend_between_pixel_centres_and_go_on_past_the_edge() {
        let gray = Gray::new(21, 21, (0..441).map(|i| (i % 21 * 10) as u8).collect()).unwrap();
        let level = |x, y| gray.level(Point::new(x, y));
        assert!((level(3.5, 9.0) - 30.0).abs() < 1e-3, "a pixel's centre is its own value");
        assert!((level(4.0, 9.0) - 35.0).abs() < 1e-3, "half way is the mean");
        for (x, wanted) in [(-1e9, 0.0), (1e9, 200.0), (f32::INFINITY, 200.0), (f32::NAN, 0.0)] {
            assert!((level(x, 1e9) - wanted).abs() < 1e-3, "at {x}");
        }
    }
}
