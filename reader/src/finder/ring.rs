//! The four corners of a finder's dark ring. They turn one finder into five points to fit through, and give it a
//! module size and axes of its own, which is what makes steep tilts readable.

use super::Finder;
use crate::{binary::Binary, point::Point};

/// Rays cast from the centre, all round.
const RAYS: usize = 48;

/// Rays that must meet the ring: a third of it may be damaged.
const LEAST_RAYS: usize = RAYS * 2 / 3;

/// Pixels between two looks along a ray.
const STEP: f32 = 0.5;

/// Sets the finder's ring, and its centre to where the ring's diagonals cross; leaves both where no ring can be told.
pub(super) fn fit(binary: &Binary, finder: &mut Finder) {
    let points = middle_of_ring(binary, finder);
    let Some(ring) = corners(&points, finder.centre) else { return };
    finder.ring = Some(ring);
    if let Some(crossing) = diagonals_cross(&ring)
        && crossing.distance(finder.centre) < 0.15 * finder.width.max(finder.height)
    {
        finder.centre = crossing;
    }
}

/// Where each ray is half way through the ring.
fn middle_of_ring(binary: &Binary, finder: &Finder) -> Vec<Point> {
    let limit = finder.width.max(finder.height) * 1.3;
    (0..RAYS)
        .filter_map(|ray| {
            let (sin, cos) = (ray as f32 * std::f32::consts::TAU / RAYS as f32).sin_cos();
            let [middle_ends, ring_starts, ring_ends] =
                edges_along(binary, finder.centre, Point::new(cos, sin), limit)?;
            let likely = ring_ends < middle_ends * 4.0 && ring_starts > middle_ends;
            likely.then(|| finder.centre + Point::new(cos, sin) * f32::midpoint(ring_starts, ring_ends))
        })
        .collect()
}

/// How far from the centre dark turns light, light dark, and dark light again.
fn edges_along(binary: &Binary, centre: Point, direction: Point, limit: f32) -> Option<[f32; 3]> {
    let mut edges = [0.0; 3];
    let (mut met, mut dark, mut along) = (0, true, 0.0);
    loop {
        along += STEP;
        if along > limit {
            return None;
        }
        if binary.is_dark(centre + direction * along).unwrap_or(false) != dark {
            edges[met] = along - STEP / 2.0;
            met += 1;
            dark = !dark;
            if met == edges.len() {
                return Some(edges);
            }
        }
    }
}

/// The corners of the square through the points: the farthest, the farthest opposite, and the farthest to both sides
/// of the line between; then a line fitted through each side's points, and neighbouring lines crossed.
fn corners(points: &[Point], centre: Point) -> Option<[Point; 4]> {
    if points.len() < LEAST_RAYS {
        return None;
    }
    let rough = rough_corners(points, centre)?;
    let mut lines = [Line::default(); 4];
    for (side, line) in lines.iter_mut().enumerate() {
        *line = Line::along_side(points, rough[side], rough[(side + 1) % 4])?;
    }
    let mut ring = rough;
    for (index, corner) in ring.iter_mut().enumerate() {
        let crossing = lines[(index + 3) % 4].cross(&lines[index])?;
        if crossing.distance(*corner) > 0.4 * corner.distance(centre) {
            return None;
        }
        *corner = crossing;
    }
    Some(ring)
}

fn rough_corners(points: &[Point], centre: Point) -> Option<[Point; 4]> {
    let farthest = |a: &Point, b: &Point| a.distance(centre).total_cmp(&b.distance(centre));
    let first = points.iter().copied().max_by(farthest)?;
    let out = first - centre;
    // Opposite: within 45° of straight on.
    let opposite = |point: &Point| {
        let way = *point - centre;
        way.dot(out) < -0.7 * way.length() * out.length()
    };
    let third = points.iter().copied().filter(opposite).max_by(farthest)?;
    let diagonal = third - first;
    let side = |point: &Point| diagonal.cross(*point - first);
    let second = points.iter().copied().max_by(|a, b| side(a).total_cmp(&side(b)))?;
    let fourth = points.iter().copied().min_by(|a, b| side(a).total_cmp(&side(b)))?;
    (side(&second) > 0.0 && side(&fourth) < 0.0).then_some([first, second, third, fourth])
}

/// All points whose product with `normal` is `offset`; the normal has length 1.
#[derive(Clone, Copy, Default)]
struct Line {
    normal: Point,
    offset: f32,
}

impl Line {
    /// Through the points close to the middle four fifths of the way between two corners.
    fn along_side(points: &[Point], from: Point, to: Point) -> Option<Self> {
        let length = from.distance(to);
        if length < 2.0 {
            return None;
        }
        let way = (to - from) * (1.0 / length);
        let beside = |point: &Point| {
            let along = (*point - from).dot(way);
            along > 0.1 * length && along < 0.9 * length && (*point - from).cross(way).abs() < 0.18 * length
        };
        let chosen: Vec<Point> = points.iter().copied().filter(beside).collect();
        Some(if chosen.len() < 3 { Self::through(&[from, to]) } else { Self::through(&chosen) })
    }

    /// The line with the least squared distance to the points.
    fn through(points: &[Point]) -> Self {
        let share = 1.0 / points.len() as f32;
        let mean = points.iter().fold(Point::default(), |sum, point| sum + *point) * share;
        let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
        for point in points {
            let off = *point - mean;
            xx += off.x * off.x;
            yy += off.y * off.y;
            xy += off.x * off.y;
        }
        let (sin, cos) = (0.5 * (2.0 * xy).atan2(xx - yy)).sin_cos();
        let normal = Point::new(-sin, cos);
        Self { normal, offset: normal.dot(mean) }
    }

    /// `None` for lines within six degrees of parallel.
    fn cross(&self, other: &Self) -> Option<Point> {
        let determinant = self.normal.cross(other.normal);
        (determinant.abs() >= 0.1).then(|| {
            let x = self.offset * other.normal.y - other.offset * self.normal.y;
            let y = self.normal.x * other.offset - other.normal.x * self.offset;
            Point::new(x, y) * (1.0 / determinant)
        })
    }
}

fn diagonals_cross(ring: &[Point; 4]) -> Option<Point> {
    let (one, other) = (ring[2] - ring[0], ring[3] - ring[1]);
    let determinant = one.cross(other);
    (determinant.abs() > 1e-3).then(|| ring[0] + one * ((ring[1] - ring[0]).cross(other) / determinant))
}
