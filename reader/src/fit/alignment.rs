//! Looks for an alignment pattern near where a map says it is: a dark module, a light ring, a dark ring.

use super::Map;
use crate::{gray::Gray, point::Point};

/// A place that looks like an alignment pattern, in modules of the map it was looked for with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sighting {
    pub(crate) u: f64,
    pub(crate) v: f64,
    /// Its contrast, in gray levels.
    pub(crate) score: f32,
}

/// A square to look over, in modules.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area {
    pub(crate) u: f64,
    pub(crate) v: f64,
    /// Half its side.
    pub(crate) reach: f64,
    /// From one place to the next.
    pub(crate) step: f64,
}

/// A contrast below this is noise.
const LEAST_SCORE: f32 = 2.5;

/// Most sightings in one area: data can look like a pattern, and the right one is then second or third.
const MOST: usize = 3;

/// Two sightings closer than this, in modules, are the same.
const APART: f64 = 1.6;

/// The most likely places in an area, best first.
pub(crate) fn look(gray: &Gray, map: &impl Map, area: Area) -> Vec<Sighting> {
    let steps = (area.reach / area.step).round() as i32;
    let local = Local::around(map, area.u, area.v);
    let mut places = Vec::with_capacity((2 * steps + 1).pow(2) as usize);
    for down in -steps..=steps {
        for right in -steps..=steps {
            let (du, dv) = (f64::from(right) * area.step, f64::from(down) * area.step);
            let score = local.score(gray, du as f32, dv as f32);
            if score >= LEAST_SCORE {
                places.push(Sighting { u: area.u + du, v: area.v + dv, score });
            }
        }
    }
    let mut best = Vec::new();
    while let Some(top) = places.iter().copied().max_by(|a, b| a.score.total_cmp(&b.score)) {
        best.push(top);
        if best.len() == MOST {
            break;
        }
        places.retain(|place| (place.u - top.u).abs() > APART || (place.v - top.v).abs() > APART);
    }
    best
}

/// The best place in an area, looked at again more finely.
pub(crate) fn best(gray: &Gray, map: &impl Map, area: Area) -> Option<Sighting> {
    look(gray, map, area).first().copied()
}

/// A map, taken for affine around one place: over the few modules looked at it is, and costs no division.
struct Local {
    origin: Point,
    right: Point,
    down: Point,
}

/// The light ring and the dark ring around a pattern's middle.
const INNER: [(f32, f32); 8] =
    [(1., 0.), (-1., 0.), (0., 1.), (0., -1.), (1., 1.), (-1., 1.), (1., -1.), (-1., -1.)];
const OUTER: [(f32, f32); 16] = [
    (2., 0.),
    (-2., 0.),
    (0., 2.),
    (0., -2.),
    (2., 2.),
    (-2., 2.),
    (2., -2.),
    (-2., -2.),
    (2., 1.),
    (-2., 1.),
    (2., -1.),
    (-2., -1.),
    (1., 2.),
    (-1., 2.),
    (1., -2.),
    (-1., -2.),
];

impl Local {
    fn around(map: &impl Map, u: f64, v: f64) -> Self {
        let origin = map.at(u, v);
        Self { origin, right: map.at(u + 1.0, v) - origin, down: map.at(u, v + 1.0) - origin }
    }

    /// How much lighter the inner ring is than what it lies between, on the whole and at its darkest.
    fn score(&self, gray: &Gray, du: f32, dv: f32) -> f32 {
        let level =
            |(u, v): (f32, f32)| gray.level(self.origin + self.right * (du + u) + self.down * (dv + v));
        let middle = level((0.0, 0.0));
        let inner = INNER.map(level);
        let light = inner.iter().sum::<f32>() / inner.len() as f32;
        let darkest = inner.iter().copied().fold(f32::MAX, f32::min);
        let outer = OUTER.iter().map(|at| level(*at)).sum::<f32>() / OUTER.len() as f32;
        (light - 0.5 * middle - 0.5 * outer) + 0.3 * (darkest - middle.max(outer))
    }
}
