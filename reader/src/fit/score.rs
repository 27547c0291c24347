//! How well a map puts the known patterns where the picture has them.

use super::Map;
use crate::{gray::Gray, symbol::function::Cell};

/// Gray levels below which a spread is noise.
const LEAST_SPREAD: f32 = 2.5;

/// From this quality on a code's patterns are there beyond doubt. What shares some of them, another version or the same
/// finders in another order, then shows at least this share of their contrast, or is not it. A code that can never be read
/// takes a third of the time so, and of the photographs not one is lost.
const BEYOND_DOUBT: f32 = 0.85;
const SHARE_BESIDE: f32 = 0.75;

/// Where in a module the five samples of [`contrast`] lie, from its middle: enough to feel the module's edges, which
/// is what pulls a map that is off by a fraction of a module into place.
const STAR: [(f64, f64); 5] = [(0.0, 0.0), (0.27, 0.27), (-0.27, 0.27), (0.27, -0.27), (-0.27, -0.27)];

/// Mean level of what must be light less that of what must be dark, five samples a module: what refining maximises.
pub(crate) fn contrast(gray: &Gray, map: &impl Map, cells: &[Cell]) -> f32 {
    let mut balance = Balance::default();
    for cell in cells {
        let level: f32 = STAR.iter().map(|(du, dv)| gray.level(map.at(cell.u + du, cell.v + dv))).sum();
        balance.add(level / STAR.len() as f32, cell.dark);
    }
    balance.contrast()
}

/// The known patterns under a map, one sample a module.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Score {
    /// In gray levels.
    pub(crate) contrast: f32,
    /// As a share of the spread between the darkest and the lightest quarter: 1 is perfect, 0 not a code.
    pub(crate) quality: f32,
}

impl Score {
    pub(crate) fn of(gray: &Gray, map: &impl Map, cells: &[Cell]) -> Self {
        let mut balance = Balance::default();
        let mut levels = Vec::with_capacity(cells.len());
        for cell in cells {
            let level = gray.level(map.at(cell.u, cell.v));
            levels.push(level);
            balance.add(level, cell.dark);
        }
        levels.sort_unstable_by(f32::total_cmp);
        let quarter = levels.len() / 4;
        let mean = |values: &[f32]| values.iter().sum::<f32>() / quarter.max(1) as f32;
        let spread = mean(&levels[levels.len() - quarter..]) - mean(&levels[..quarter]);
        let contrast = balance.contrast();
        Self { contrast, quality: contrast / spread.max(LEAST_SPREAD) }
    }

    /// The contrast below which nothing else is there, since this is.
    pub(crate) fn least_beside(self) -> f32 {
        if self.quality >= BEYOND_DOUBT { self.contrast * SHARE_BESIDE } else { 0.0 }
    }
}

#[derive(Default)]
struct Balance {
    dark: f32,
    dark_count: f32,
    light: f32,
    light_count: f32,
}

impl Balance {
    #[inline]
    fn add(&mut self, level: f32, dark: bool) {
        if dark {
            self.dark += level;
            self.dark_count += 1.0;
        } else {
            self.light += level;
            self.light_count += 1.0;
        }
    }

    fn contrast(&self) -> f32 {
        self.light / self.light_count - self.dark / self.dark_count
    }
}
