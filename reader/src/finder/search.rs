//! Row by row through the binary picture for 1:1:3:1:1, checked down, across and along the diagonals.

use super::{Finder, runs};
use crate::{binary::Binary, point::Point};

/// Pictures with more rows than this are searched on every second: the smallest readable finder (1.8 px a module)
/// still has two rows of its middle among them.
const EVERY_ROW_UP_TO: usize = 500;

/// Most candidates of one picture, before the best are kept: bounds the time that a hostile pattern can cost.
const MOST_CANDIDATES: usize = 1_000;

/// Rows between two looks at the clock.
const ROWS_A_LOOK: usize = 64;

pub(super) fn find(binary: &Binary, time_up: &dyn Fn() -> bool) -> Vec<Finder> {
    let step = if binary.height() > EVERY_ROW_UP_TO { 2 } else { 1 };
    let mut found = Vec::new();
    let mut edges = Vec::new();
    for (count, y) in (step / 2..binary.height()).step_by(step).enumerate() {
        if found.len() >= MOST_CANDIDATES || (count % ROWS_A_LOOK == ROWS_A_LOOK - 1 && time_up()) {
            break;
        }
        edges_of(binary.row(y), &mut edges);
        let mut rest = edges.as_slice();
        while let [a, b, c, d, e, f, ..] = *rest {
            let runs = [b - a, c - b, d - c, e - d, f - e];
            if runs::are_a_finder(&runs) {
                check(binary, Point::new(f32::midpoint(c, d), y as f32 + 0.5), f - a, &mut found);
            }
            rest = &rest[2..];
        }
    }
    found
}

/// Where dark starts and ends along a row, in turn, starting with dark.
fn edges_of(row: &[bool], edges: &mut Vec<f32>) {
    edges.clear();
    let mut dark_before = false;
    for (x, &dark) in row.iter().enumerate() {
        if dark != dark_before {
            edges.push(x as f32);
            dark_before = dark;
        }
    }
    if dark_before {
        edges.push(row.len() as f32);
    }
}

/// A row has seen something `total` pixels wide: adds it, or counts it to the finder that it belongs to.
fn check(binary: &Binary, seen: Point, total: f32, found: &mut Vec<Finder>) {
    let same = |finder: &&mut Finder| {
        let off = finder.centre - seen;
        off.x.abs() < finder.width * 0.2 && off.y.abs() < finder.height * 0.3
    };
    if let Some(finder) = found.iter_mut().find(same) {
        finder.sightings += 1;
        return;
    }
    let Some(finder) = crossed(binary, seen, total) else { return };
    let near =
        |other: &&mut Finder| other.centre.distance(finder.centre) < other.width.min(other.height) * 0.25;
    match found.iter_mut().find(near) {
        Some(known) => known.sightings += 1,
        None => found.push(finder),
    }
}

/// The finder at a place where a row looks like one, if its column, row again and one diagonal do too.
fn crossed(binary: &Binary, seen: Point, total: f32) -> Option<Finder> {
    let limit = total * 1.6;
    let measure = |at: Point, step: Point| {
        runs::through(binary, at, step, limit).filter(|(runs, _)| runs::are_a_finder(runs))
    };
    let (down, off) = measure(seen, Point::new(0.0, 1.0))?;
    let height: f32 = down.iter().sum();
    // At a tilt of 75° a finder is four times as long as wide; nothing beyond was ever read.
    if height > total * 4.0 || total > height * 4.0 {
        return None;
    }
    let at = Point::new(seen.x, seen.y + off);
    let (across, off) = measure(at, Point::new(1.0, 0.0))?;
    let centre = Point::new(at.x + off, at.y);
    let diagonal = |step: Point| {
        runs::through(binary, centre, step, limit * 1.5).is_some_and(|(runs, _)| runs::are_a_finder(&runs))
    };
    (diagonal(Point::new(1.0, 1.0)) || diagonal(Point::new(1.0, -1.0))).then(|| Finder {
        centre,
        width: across.iter().sum(),
        height,
        sightings: 1,
        ring: None,
        quality: 0.0,
    })
}
