//! The modules whose colour is known before anything is read: what a fit is scored by.

use super::{Version, alignment};

/// The middle of a module, in modules from the code's corner, and its colour.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub(crate) u: f64,
    pub(crate) v: f64,
    pub(crate) dark: bool,
}

impl Cell {
    fn new(x: usize, y: usize, dark: bool) -> Self {
        Self { u: x as f64 + 0.5, v: y as f64 + 0.5, dark }
    }
}

/// Modules around a finder whose place the finder alone tells well: beyond, a wrong guess of the version's
/// alignment patterns would count against the right version as much as against a wrong one.
const NEAR: f64 = 16.0;

/// Finders, their light borders, timing rows and alignment patterns.
pub(crate) fn cells(version: Version) -> Vec<Cell> {
    let mut cells = finders_and_timing(version);
    for (x, y) in alignment::centres(version) {
        for row in 0..5 {
            for column in 0..5 {
                cells.push(Cell::new(x + column - 2, y + row - 2, ring_of(column, row, 5) != 1));
            }
        }
    }
    cells
}

/// Finders, their light borders, and the timing rows close to finders: ranks guesses of large versions fairly.
pub(crate) fn cells_near_finders(version: Version) -> Vec<Cell> {
    let far = version.side() as f64 - 3.5;
    let near = |cell: &Cell, u: f64, v: f64| (cell.u - u).abs() < NEAR && (cell.v - v).abs() < NEAR;
    let mut cells = finders_and_timing(version);
    cells.retain(|cell| near(cell, 3.5, 3.5) || near(cell, far, 3.5) || near(cell, 3.5, far));
    cells
}

fn finders_and_timing(version: Version) -> Vec<Cell> {
    let side = version.side();
    let mut cells = Vec::new();
    for (left, top) in [(0, 0), (side - 7, 0), (0, side - 7)] {
        for y in 0..7 {
            for x in 0..7 {
                cells.push(Cell::new(left + x, top + y, ring_of(x, y, 7) != 1));
            }
        }
    }
    for i in 0..8 {
        let far = side - 8;
        for (x, y) in [(7, i), (i, 7), (far, i), (far + i, 7), (7, far + i), (i, far)] {
            cells.push(Cell::new(x, y, false));
        }
    }
    for i in 8..side - 8 {
        cells.push(Cell::new(i, 6, i % 2 == 0));
        cells.push(Cell::new(6, i, i % 2 == 0));
    }
    cells
}

/// How many rings in from the border of a square a module lies.
fn ring_of(x: usize, y: usize, side: usize) -> usize {
    x.min(y).min(side - 1 - x).min(side - 1 - y)
}
