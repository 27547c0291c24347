//! Smaller pictures of the same scene.

use super::{Gray, MIN_SIDE};

impl Gray {
    /// Half the size, each pixel the mean of four; `None` when no code could fit any more.
    pub(crate) fn half(&self) -> Option<Self> {
        let (width, height) = (self.width / 2, self.height / 2);
        if width < MIN_SIDE || height < MIN_SIDE {
            return None;
        }
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let (above, below) = (self.row(2 * y).as_chunks().0, self.row(2 * y + 1).as_chunks().0);
            pixels.extend(above.iter().zip(below).map(|([a, b], [c, d])| {
                let sum = u16::from(*a) + u16::from(*b) + u16::from(*c) + u16::from(*d);
                ((sum + 2) / 4) as u8
            }));
        }
        Some(Self { width, height, pixels })
    }

    /// Scaled down so that the longest side has `longest` pixels; `None` when it has no more already, or when the
    /// shorter side would become too short for any code.
    ///
    /// Each new pixel is the mean of the area it covers, borders counted by their share: sharp enough for modules
    /// of two pixels, and free of the moiré that skipping pixels makes of fine modules.
    pub(crate) fn shrunk_to(&self, longest: usize) -> Option<Self> {
        if self.longest_side() <= longest {
            return None;
        }
        let scale = |side: usize| (side * longest + self.longest_side() / 2) / self.longest_side();
        let (width, height) = (scale(self.width), scale(self.height));
        if width < MIN_SIDE || height < MIN_SIDE {
            return None;
        }
        let columns = shares(self.width, width);
        let rows = shares(self.height, height);
        let mut pixels = Vec::with_capacity(width * height);
        let mut sums = vec![0.0f32; self.width];
        for share in &rows {
            sums.fill(0.0);
            share.each(|y, weight| {
                for (sum, value) in sums.iter_mut().zip(self.row(y)) {
                    *sum += weight * f32::from(*value);
                }
            });
            pixels.extend(columns.iter().map(|share| {
                let mut sum = 0.5;
                share.each(|x, weight| sum += weight * sums[x]);
                sum as u8
            }));
        }
        Some(Self { width, height, pixels })
    }
}

/// Which old pixels one new pixel covers, along one side.
struct Share {
    start: f32,
    end: f32,
    last: usize,
}

impl Share {
    /// Calls back with each covered old pixel and its weight; the weights add up to one.
    #[inline]
    fn each(&self, mut use_pixel: impl FnMut(usize, f32)) {
        let weight = 1.0 / (self.end - self.start);
        for index in self.start as usize..=(self.end.ceil() as usize - 1).min(self.last) {
            let covered = self.end.min((index + 1) as f32) - self.start.max(index as f32);
            use_pixel(index, covered * weight);
        }
    }
}

fn shares(old: usize, new: usize) -> Vec<Share> {
    let step = old as f32 / new as f32;
    (0..new)
        .map(|index| Share { start: index as f32 * step, end: (index + 1) as f32 * step, last: old - 1 })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrinking_keeps_the_mean_and_the_shape() {
        let pixels: Vec<u8> = (0..200 * 100)
            .map(|i: usize| if (i / 200 + i % 200).is_multiple_of(2) { 0 } else { 200 })
            .collect();
        let gray = Gray::new(200, 100, pixels).unwrap();
        let small = gray.shrunk_to(130).unwrap();
        assert_eq!((small.width(), small.height()), (130, 65));
        let mean = small.pixels().iter().map(|&v| f32::from(v)).sum::<f32>() / (130.0 * 65.0);
        assert!((mean - 100.0).abs() < 1.5, "mean {mean}");
        assert!(gray.shrunk_to(200).is_none(), "already that small");
        assert!(gray.shrunk_to(40).is_none(), "the short side would have 20 pixels");
        assert_eq!(gray.half().unwrap().pixels(), &[100; 5000]);
        assert!(gray.half().unwrap().half().unwrap().half().is_none(), "12 pixels hold no code");
    }
}
