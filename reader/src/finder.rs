//! The three squares in a code's corners: found in a binary picture, their own four corners fitted, and rated on
//! the gray one.

mod pool;
mod quality;
mod ring;
mod runs;
mod search;

use crate::{binary::Binary, gray::Gray, point::Point};
pub(crate) use pool::Pool;

/// A finder pattern, in pixels of the full-size picture.
#[derive(Clone, Debug)]
pub(crate) struct Finder {
    pub(crate) centre: Point,
    /// Seven modules, measured along the row through the centre.
    pub(crate) width: f32,
    /// Seven modules, measured along the column through the centre.
    pub(crate) height: f32,
    /// Rows and stages that have seen it.
    pub(crate) sightings: u32,
    /// The corners of the square that runs through the middle of the dark ring, three modules from the centre each
    /// way; going round, whichever way. `None` where the ring is too damaged to tell.
    pub(crate) ring: Option<[Point; 4]>,
    /// How much the gray picture looks like a finder here: 1 is perfect print, 0 nothing.
    pub(crate) quality: f32,
}

impl Finder {
    /// Seven modules in pixels, both ways together.
    pub(crate) fn side(&self) -> f32 {
        match &self.ring {
            // The ring's square has six modules a side: its diagonals are 6√2.
            Some([a, b, c, d]) => {
                (a.distance(*c) * b.distance(*d)).sqrt() / (6.0 * std::f32::consts::SQRT_2) * 7.0
            }
            None => (self.width * self.height).sqrt(),
        }
    }

    fn scaled(mut self, factor: f32) -> Self {
        self.centre = self.centre * factor;
        self.width *= factor;
        self.height *= factor;
        self.ring = self.ring.map(|ring| ring.map(|corner| corner * factor));
        self
    }
}

/// Most finders kept from one stage, those seen on most rows: text and foliage look like finders by the hundred.
const MOST: usize = 120;

/// Below this quality nothing of the 1,019 photographs was ever read.
const LEAST_QUALITY: f32 = 0.3;

/// All finders of a picture, given it in gray and in black and white; `scale` brings places to full size.
pub(crate) fn find(gray: &Gray, binary: &Binary, scale: f32, time_up: &dyn Fn() -> bool) -> Vec<Finder> {
    let mut found = search::find(binary, time_up);
    if found.len() > MOST {
        found.sort_by_key(|finder| std::cmp::Reverse(finder.sightings));
        found.truncate(MOST);
    }
    for finder in &mut found {
        ring::fit(binary, finder);
        finder.quality = quality::rate(gray, finder);
    }
    found.retain(|finder| finder.quality > LEAST_QUALITY);
    found.into_iter().map(|finder| finder.scaled(scale)).collect()
}
