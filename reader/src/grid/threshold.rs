//! Dark or light against the modules around: a shadow or glare moves these along, and counting modules instead of
//! pixels gives near and far ends of a tilted code the same say.

use super::{Confidence, Levels};

/// Gray levels below which a spread is noise: keeps a plain field from becoming sure of anything.
const LEAST_SPREAD: f32 = 1.5;

/// Modules around, each way, that the mean is of.
const REACH_OF_MEAN: usize = 5;

/// … and that the middle between darkest and lightest is of: closer, so as to follow the edge of glare.
const REACH_OF_MIDDLE: usize = 3;

impl Levels {
    /// Against the mean around, in standard deviations.
    pub(crate) fn against_mean(&self) -> Confidence {
        let sums = RunningSums::of(self);
        self.against(REACH_OF_MEAN, |window| {
            let (mean, mean_square) = sums.means(window);
            (mean, (mean_square - mean * mean).max(0.0).sqrt())
        })
    }

    /// Against the middle between the darkest and the lightest around; where blur leaves single modules gray, the
    /// mean leans to whichever colour there is more of.
    pub(crate) fn against_middle(&self) -> Confidence {
        self.against(REACH_OF_MIDDLE, |window| {
            let (mut darkest, mut lightest) = (f32::MAX, f32::MIN);
            for y in window.top..window.bottom {
                for level in &self.levels[y * self.side + window.left..y * self.side + window.right] {
                    darkest = darkest.min(*level);
                    lightest = lightest.max(*level);
                }
            }
            (f32::midpoint(darkest, lightest), (lightest - darkest) * 0.5)
        })
    }

    /// `around` gives the threshold and the spread of a window.
    fn against(&self, reach: usize, around: impl Fn(&Window) -> (f32, f32)) -> Confidence {
        let side = self.side;
        let mut values = Vec::with_capacity(self.levels.len());
        for y in 0..side {
            for x in 0..side {
                let window = Window {
                    left: x.saturating_sub(reach),
                    right: (x + reach + 1).min(side),
                    top: y.saturating_sub(reach),
                    bottom: (y + reach + 1).min(side),
                };
                let (threshold, spread) = around(&window);
                // A hair above zero, so that no module is neither dark nor light.
                values.push((threshold - self.levels[y * side + x]) / spread.max(LEAST_SPREAD) + 1e-6);
            }
        }
        Confidence { side, values }
    }
}

/// A square of modules: from the first of each pair up to, not including, the second.
struct Window {
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
}

/// At (x, y): the sums of all levels, and of their squares, above and to the left.
struct RunningSums {
    stride: usize,
    sums: Vec<[f64; 2]>,
}

impl RunningSums {
    fn of(grid: &Levels) -> Self {
        let stride = grid.side + 1;
        let mut sums = vec![[0.0; 2]; stride * stride];
        for y in 0..grid.side {
            let mut along = [0.0; 2];
            for x in 0..grid.side {
                let level = f64::from(grid.levels[y * grid.side + x]);
                along = [along[0] + level, along[1] + level * level];
                let above = sums[y * stride + x + 1];
                sums[(y + 1) * stride + x + 1] = [above[0] + along[0], above[1] + along[1]];
            }
        }
        Self { stride, sums }
    }

    fn means(&self, window: &Window) -> (f32, f32) {
        let at = |x: usize, y: usize| self.sums[y * self.stride + x];
        let corners = [
            at(window.right, window.bottom),
            at(window.left, window.top),
            at(window.left, window.bottom),
            at(window.right, window.top),
        ];
        let count = ((window.right - window.left) * (window.bottom - window.top)) as f64;
        let mean =
            |of: usize| ((corners[0][of] + corners[1][of] - corners[2][of] - corners[3][of]) / count) as f32;
        (mean(0), mean(1))
    }
}
