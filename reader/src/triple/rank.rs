//! Which three of all finders to try first, by geometry alone.

use crate::{finder::Finder, point::Point};

/// Indices of the finders of a triple: the corner, right of it, below it.
pub(crate) type Indices = [usize; 3];

/// Most finders that triples are formed of, best rated first: 24 make 6,000 triples, in a millisecond.
const MOST_FINDERS: usize = 24;

/// Most triples tried, best first.
const MOST_TRIPLES: usize = 40;

/// Limits outside of which nothing was ever read; all are wide, since a tilt of 70° stretches a code threefold.
const MOST_SIZE_RATIO: f32 = 2.6;
const MOST_COSINE: f32 = 0.9;
const MOST_OFF_AXIS: f32 = 0.55;
const MOST_LEG_RATIO: f32 = 1.7;

/// Modules between two finders' centres: 14 to 170 by the standard, with room for misjudging.
const LEGS: std::ops::RangeInclusive<f32> = 9.0..=190.0;

/// Triples of the finders `usable` allows, most plausible first.
pub(crate) fn ranked(finders: &[Finder], usable: &dyn Fn(usize) -> bool) -> Vec<Indices> {
    let mut chosen: Vec<usize> = (0..finders.len()).filter(|&index| usable(index)).collect();
    chosen.sort_by(|&a, &b| finders[b].quality.total_cmp(&finders[a].quality));
    chosen.truncate(MOST_FINDERS);
    let chosen: Vec<(usize, &Finder)> = chosen.into_iter().map(|index| (index, &finders[index])).collect();
    let views: Vec<Vec<View>> = chosen
        .iter()
        .map(|(_, from)| chosen.iter().map(|(_, to)| View::of(from, to.centre)).collect())
        .collect();
    let mut rated = Vec::new();
    for corner in 0..chosen.len() {
        for one in (0..chosen.len()).filter(|&one| one != corner) {
            for other in (one + 1..chosen.len()).filter(|&other| other != corner) {
                let legs = [
                    Leg { there: views[corner][one], back: views[one][corner] },
                    Leg { there: views[corner][other], back: views[other][corner] },
                ];
                let [(at, first), (a, one), (b, other)] = [chosen[corner], chosen[one], chosen[other]];
                let Some(penalty) = penalty([first, one, other], &legs) else { continue };
                // Right of the corner is what has the other clockwise of it.
                let clockwise = (one.centre - first.centre).cross(other.centre - first.centre) > 0.0;
                rated.push((penalty, if clockwise { [at, a, b] } else { [at, b, a] }));
            }
        }
    }
    rated.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    rated.truncate(MOST_TRIPLES);
    rated.into_iter().map(|(_, indices)| indices).collect()
}

/// The way between a triple's corner and one of the others, as each end sees it.
struct Leg {
    there: View,
    back: View,
}

impl Leg {
    fn modules(&self) -> f32 {
        (self.there.modules * self.back.modules).sqrt()
    }

    fn off_axis(&self) -> f32 {
        self.there.off_axis + self.back.off_axis
    }
}

/// A place as a finder sees it along the axes of its own square.
#[derive(Clone, Copy)]
struct View {
    /// 0 straight along an axis, 1 along the diagonal.
    off_axis: f32,
    /// How far, in the finder's own modules.
    modules: f32,
}

impl View {
    fn of(finder: &Finder, place: Point) -> Self {
        let off = place - finder.centre;
        let modules = off.length() / (finder.side() / 7.0);
        let Some([first, right, opposite, below]) = finder.ring else {
            return Self { off_axis: 0.3, modules };
        };
        let across = (right - first + opposite - below) * (1.0 / 12.0);
        let down = (below - first + opposite - right) * (1.0 / 12.0);
        let area = across.cross(down);
        if area.abs() < 1e-3 {
            return Self { off_axis: 0.5, modules };
        }
        let (u, v) = ((off.cross(down) / area).abs(), (across.cross(off) / area).abs());
        Self { off_axis: u.min(v) / u.max(v).max(1e-3), modules: u.max(v) }
    }
}

/// How implausible a triple is, corner first; `None` where it is impossible. The weights were found by trying.
fn penalty(finders: [&Finder; 3], legs: &[Leg; 2]) -> Option<f32> {
    let sides = finders.map(Finder::side);
    let size_ratio = sides.into_iter().fold(f32::MIN, f32::max) / sides.into_iter().fold(f32::MAX, f32::min);
    if size_ratio.is_nan() || size_ratio > MOST_SIZE_RATIO {
        return None;
    }
    let ways = [finders[1].centre - finders[0].centre, finders[2].centre - finders[0].centre];
    let cosine = (ways[0].dot(ways[1]) / (ways[0].length() * ways[1].length())).abs();
    let [a, b] = [legs[0].modules(), legs[1].modules()];
    let leg_ratio = (a / b).max(b / a);
    let possible = cosine <= MOST_COSINE
        && legs.iter().all(|leg| leg.there.off_axis <= MOST_OFF_AXIS)
        && LEGS.contains(&a)
        && LEGS.contains(&b)
        && leg_ratio <= MOST_LEG_RATIO;
    if !possible {
        return None;
    }
    let sightings: u32 = finders.iter().map(|finder| finder.sightings).sum();
    let without_ring = finders.iter().filter(|finder| finder.ring.is_none()).count();
    let poor_quality: f32 = finders.iter().map(|finder| (0.85 - finder.quality).max(0.0)).sum();
    Some(
        (leg_ratio - 1.0) * 1.2
            + (legs[0].off_axis() + legs[1].off_axis()) * 0.6
            + cosine * 0.3
            + (size_ratio - 1.0) * 0.3
            + (a + b) * 0.002
            + without_ring as f32 * 0.15
            + poor_quality
            - sightings.min(20) as f32 * 0.02,
    )
}
