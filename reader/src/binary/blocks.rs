//! Thresholds by blocks: the mean of a block with contrast, its neighbours' where there is none.

use super::Binary;
use crate::gray::Gray;

/// Pixels a block side. With modules of 2 to 8 px a block holds dark and light, and a shadow's edge stays local.
const BLOCK: usize = 8;

/// Darkest to lightest below which a block is taken for plain paper (or plain ink): sensor noise stays below it.
const PLAIN: u8 = 24;

/// Blocks each way that a threshold is averaged over, its own in the middle.
const AROUND: usize = 5;

pub(super) fn binarise(gray: &Gray) -> Binary {
    let thresholds = smoothed(&Grid::of(gray));
    let mut dark = Vec::with_capacity(gray.pixels().len());
    for y in 0..gray.height() {
        let row = &thresholds.values[y / BLOCK * thresholds.columns..][..thresholds.columns];
        for (pixels, threshold) in gray.row(y).chunks(BLOCK).zip(row) {
            let threshold = (*threshold).min(255) as u8;
            dark.extend(pixels.iter().map(|value| *value <= threshold));
        }
    }
    Binary { width: gray.width(), height: gray.height(), dark }
}

/// One value a block.
struct Grid {
    columns: usize,
    rows: usize,
    values: Vec<u32>,
}

impl Grid {
    fn of(gray: &Gray) -> Self {
        let (columns, rows) = (gray.width().div_ceil(BLOCK), gray.height().div_ceil(BLOCK));
        let mut grid = Self { columns, rows, values: Vec::with_capacity(columns * rows) };
        for row in 0..rows {
            for column in 0..columns {
                let block = Block::of(gray, column, row);
                let threshold = if block.highest - block.lowest > PLAIN {
                    block.mean
                } else {
                    grid.plain(column, row, u32::from(block.lowest))
                };
                grid.values.push(threshold);
            }
        }
        grid
    }

    /// A plain block is light unless it is darker than what its neighbours call dark.
    fn plain(&self, column: usize, row: usize, lowest: u32) -> u32 {
        if column == 0 || row == 0 {
            return lowest / 2;
        }
        let here = row * self.columns + column;
        let above = here - self.columns;
        let around = (self.values[above] + 2 * self.values[here - 1] + self.values[above - 1]) / 4;
        if lowest < around { around } else { lowest / 2 }
    }
}

struct Block {
    lowest: u8,
    highest: u8,
    mean: u32,
}

impl Block {
    /// The last block of a row or column is moved inwards, so that it is a whole one.
    fn of(gray: &Gray, column: usize, row: usize) -> Self {
        let left = (column * BLOCK).min(gray.width().saturating_sub(BLOCK));
        let top = (row * BLOCK).min(gray.height().saturating_sub(BLOCK));
        let (mut lowest, mut highest, mut sum, mut count) = (u8::MAX, u8::MIN, 0, 0);
        for y in top..(top + BLOCK).min(gray.height()) {
            for &value in gray.row(y)[left..].iter().take(BLOCK) {
                lowest = lowest.min(value);
                highest = highest.max(value);
                sum += u32::from(value);
                count += 1;
            }
        }
        Self { lowest, highest: highest.max(lowest), mean: sum / count.max(1) }
    }
}

fn smoothed(grid: &Grid) -> Grid {
    let mut across = Vec::with_capacity(grid.values.len());
    for row in 0..grid.rows {
        let values = &grid.values[row * grid.columns..][..grid.columns];
        across.extend(
            (0..grid.columns).map(|column| window(column, grid.columns).map(|i| values[i]).sum::<u32>()),
        );
    }
    let mut values = Vec::with_capacity(grid.values.len());
    for row in 0..grid.rows {
        values.extend((0..grid.columns).map(|column| {
            let sum: u32 = window(row, grid.rows).map(|i| across[i * grid.columns + column]).sum();
            sum / (AROUND * AROUND) as u32
        }));
    }
    Grid { values, ..*grid }
}

/// The [`AROUND`] blocks around one, moved inwards at the border; in a picture with fewer, some count twice.
fn window(centre: usize, count: usize) -> impl Iterator<Item = usize> {
    let half = AROUND / 2;
    let centre = centre.min(count.saturating_sub(half + 1)).max(half);
    (centre - half..=centre + half).map(move |index| index.min(count - 1))
}
