//! First maps for a triple and a version, before any is refined.

use super::{
    Map,
    alignment::{Area, best, look},
    homography::{Anchor, Homography},
};
use crate::{gray::Gray, point::Point, triple::Triple};

/// Where the ring's corners lie from a finder's centre, in modules.
const RING: [(f64, f64); 4] = [(-3.0, -3.0), (3.0, -3.0), (3.0, 3.0), (-3.0, 3.0)];

/// By all finder corners. A weak guess at the fourth corner (a parallelogram) keeps the fit from folding over; with
/// fewer than two rings known, it must carry the fit.
pub(crate) fn by_finders(triple: &Triple, side: f64) -> Option<Homography> {
    let mut anchors = finder_anchors(triple, side, 1.0, 0.5);
    let weight = if anchors.len() >= 3 + 2 * RING.len() { 0.004 } else { 1.0 };
    anchors.push(Anchor { u: side - 3.5, v: side - 3.5, pixel: triple.fourth(), weight });
    Homography::fit(&anchors, side)
}

/// As a parallelogram through the three centres.
pub(crate) fn as_parallelogram(triple: &Triple, side: f64) -> Option<Homography> {
    let mut anchors = finder_anchors(triple, side, 1.0, 0.0);
    anchors.retain(|anchor| anchor.weight > 0.0);
    anchors.push(Anchor { u: side - 3.5, v: side - 3.5, pixel: triple.fourth(), weight: 1.0 });
    Homography::fit(&anchors, side)
}

/// Through the three centres and the last alignment pattern, for each of the places where it may be, best first.
/// Rings then only steady the fit.
pub(crate) fn by_alignment(
    gray: &Gray,
    triple: &Triple,
    side: f64,
    first_maps: &[Homography],
) -> Vec<Homography> {
    let mut places: Vec<(Point, f32)> = Vec::new();
    for map in first_maps {
        for (place, score) in last_pattern(gray, map, side) {
            let module = map.at(side - 6.5, side - 6.5).distance(map.at(side - 5.5, side - 6.5));
            if places.iter().all(|(known, _)| known.distance(place) >= 0.8 * module) {
                places.push((place, score));
            }
        }
    }
    places.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    places.truncate(MOST_PLACES);
    let map = |(pixel, _): &(Point, f32)| {
        let mut anchors = finder_anchors(triple, side, 2.0, 0.05);
        anchors.push(Anchor { u: side - 6.5, v: side - 6.5, pixel: *pixel, weight: 2.0 });
        Homography::fit(&anchors, side)
    };
    places.iter().filter_map(map).collect()
}

/// Places of the alignment pattern that a map is made through.
const MOST_PLACES: usize = 3;

/// Where the alignment pattern nearest to the fourth corner may be, with its score.
fn last_pattern(gray: &Gray, map: &Homography, side: f64) -> Vec<(Point, f32)> {
    let middle = side - 6.5;
    let origin = map.at(middle, middle);
    let (right, down) = (map.at(middle + 1.0, middle) - origin, map.at(middle, middle + 1.0) - origin);
    // The fourth corner is known worse the larger the code is.
    let area = Area { u: middle, v: middle, reach: 3.5 + side * 0.06, step: 0.5 };
    look(gray, map, area)
        .into_iter()
        .filter_map(|seen| best(gray, map, Area { u: seen.u, v: seen.v, reach: 0.6, step: 0.15 }))
        .map(|seen| (origin + right * (seen.u - middle) as f32 + down * (seen.v - middle) as f32, seen.score))
        .collect()
}

fn finder_anchors(triple: &Triple, side: f64, centre: f64, ring: f64) -> Vec<Anchor> {
    let mut anchors = Vec::with_capacity(16);
    for (corner, u, v) in triple.corners(side) {
        anchors.push(Anchor { u, v, pixel: corner.centre, weight: centre });
        for ((du, dv), pixel) in RING.iter().zip(corner.ring.iter().flatten()) {
            anchors.push(Anchor { u: u + du, v: v + dv, pixel: *pixel, weight: ring });
        }
    }
    anchors
}
