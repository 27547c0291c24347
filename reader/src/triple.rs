//! Three finders that may belong to one code: which is the corner, which lies right of it, which below.

pub(crate) mod rank;

use crate::{finder::Finder, point::Point};

/// A finder in its place in a code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Corner {
    pub(crate) centre: Point,
    /// The ring's corners in the code's own order: first, right, opposite, below.
    pub(crate) ring: Option<[Point; 4]>,
    /// Seven modules in pixels.
    side: f32,
}

/// Three finders in their places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Triple {
    pub(crate) first: Corner,
    pub(crate) right: Corner,
    pub(crate) below: Corner,
}

/// How far the two sides' estimates of a code's size may differ: beyond, the finders are of different codes.
const MOST_OBLONG: f32 = 1.6;

/// Modules a side, with room for misjudging, between which a code may be: 21 to 177.
const SIDES: std::ops::RangeInclusive<f32> = 14.0..=220.0;

impl Triple {
    /// `None` for three finders (nearly) on a line.
    pub(crate) fn new(first: &Finder, right: &Finder, below: &Finder) -> Option<Self> {
        let axes = [right.centre - first.centre, below.centre - first.centre];
        (axes[0].cross(axes[1]).abs() >= 1.0).then(|| Self {
            first: Corner::new(first, axes),
            right: Corner::new(right, axes),
            below: Corner::new(below, axes),
        })
    }

    /// Each corner with the place of its centre, in modules, in a code of `side` modules.
    pub(crate) fn corners(&self, side: f64) -> [(Corner, f64, f64); 3] {
        let far = side - 3.5;
        [(self.first, 3.5, 3.5), (self.right, far, 3.5), (self.below, 3.5, far)]
    }

    /// Where the fourth corner's finder would be, were the code a parallelogram.
    pub(crate) fn fourth(&self) -> Point {
        self.right.centre + self.below.centre - self.first.centre
    }

    /// Modules a side, by the distances between finders in modules of their own; `None` when that makes no code.
    pub(crate) fn modules(&self) -> Option<f32> {
        let across = self.first.centre.distance(self.right.centre)
            / (self.first.module_across() * self.right.module_across()).sqrt();
        let down = self.first.centre.distance(self.below.centre)
            / (self.first.module_down() * self.below.module_down()).sqrt();
        let (across, down) = (across + 7.0, down + 7.0);
        let likely = SIDES.contains(&across)
            && SIDES.contains(&down)
            && across / down <= MOST_OBLONG
            && down / across <= MOST_OBLONG;
        likely.then(|| f32::midpoint(across, down))
    }
}

impl Corner {
    fn new(finder: &Finder, axes: [Point; 2]) -> Self {
        Self { centre: finder.centre, ring: ordered_ring(finder, axes), side: finder.side() }
    }

    fn module_across(&self) -> f32 {
        match self.ring {
            Some([a, b, c, d]) => a.midpoint(d).distance(b.midpoint(c)) / 6.0,
            None => self.side / 7.0,
        }
    }

    fn module_down(&self) -> f32 {
        match self.ring {
            Some([a, b, c, d]) => a.midpoint(b).distance(d.midpoint(c)) / 6.0,
            None => self.side / 7.0,
        }
    }
}

/// The ring's corners sorted by the quarter of the code's axes that each lies in; `None` when two share one.
fn ordered_ring(finder: &Finder, [across, down]: [Point; 2]) -> Option<[Point; 4]> {
    let area = across.cross(down);
    let mut places = [None; 4];
    for corner in finder.ring? {
        let off = corner - finder.centre;
        let place = match (off.cross(down) / area > 0.0, across.cross(off) / area > 0.0) {
            (false, false) => 0,
            (true, false) => 1,
            (true, true) => 2,
            (false, true) => 3,
        };
        if places[place].replace(corner).is_some() {
            return None;
        }
    }
    let [a, b, c, d] = places;
    Some([a?, b?, c?, d?])
}
