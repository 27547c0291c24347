//! Thresholds by blocks: the mean of a block with contrast, its neighbours' where there is none.

use super::Binary;
use crate::gray::Gray;

/// Pixels a block side. With modules of 2 to 8 px a block holds dark and light, and a shadow's edge stays local.
const BLOCK: usize = 8;

/// Darkest to lightest up to which a block is taken for plain paper (or plain ink): sensor noise stays below it …
const PLAIN: u8 = 24;

/// … in good light. Where all but a tenth of the blocks have more, noise is what most of them have, and a third more than
/// it is plain. Else a dim room is full of finders, and an empty frame takes ten times as long. Bounded, since a code
/// may fill the picture.
const NOISE_SHARE: usize = 10;
const NOISIEST: u16 = 64;

/// Blocks each way that a threshold is averaged over, its own in the middle.
const AROUND: usize = 5;

pub(super) fn binarise(gray: &Gray) -> Binary {
    let thresholds = smoothed(&Grid::of(gray));
    let mut dark = vec![false; gray.pixels().len()];
    for (y, dark) in dark.chunks_exact_mut(gray.width()).enumerate() {
        let thresholds = &thresholds.values[y / BLOCK * thresholds.columns..];
        let blocks = gray.row(y).chunks(BLOCK).zip(dark.chunks_mut(BLOCK)).zip(thresholds);
        for ((pixels, dark), threshold) in blocks {
            let threshold = (*threshold).min(255) as u8;
            for (value, dark) in pixels.iter().zip(dark) {
                *dark = *value <= threshold;
            }
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
        let blocks: Vec<Block> =
            (0..rows * columns).map(|index| Block::of(gray, index % columns, index / columns)).collect();
        let plain = plain_up_to(&blocks);
        let mut grid = Self { columns, rows, values: Vec::with_capacity(columns * rows) };
        for (row, blocks) in blocks.chunks(columns).enumerate() {
            for (column, block) in blocks.iter().enumerate() {
                let threshold = if block.range() > plain {
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

/// The range up to which a block of this picture is plain.
fn plain_up_to(blocks: &[Block]) -> u8 {
    let mut ranges: Vec<u8> = blocks.iter().map(Block::range).collect();
    let quiet = ranges.len() / NOISE_SHARE;
    let (_, noise, _) = ranges.select_nth_unstable(quiet);
    PLAIN.max((u16::from(*noise) * 4 / 3).min(NOISIEST) as u8)
}

impl Block {
    fn range(&self) -> u8 {
        self.highest - self.lowest
    }

    /// The last block of a row or column is moved inwards, so that it is a whole one: a picture has 21 pixels a side.
    ///
    /// Kept by column of the block up to the end, which lets the compiler take eight pixels at once.
    fn of(gray: &Gray, column: usize, row: usize) -> Self {
        let left = (column * BLOCK).min(gray.width() - BLOCK);
        let top = (row * BLOCK).min(gray.height() - BLOCK);
        let (mut lowest, mut highest, mut sums) = ([u8::MAX; BLOCK], [u8::MIN; BLOCK], [0u16; BLOCK]);
        for y in top..top + BLOCK {
            let Some(eight) = gray.row(y)[left..].first_chunk::<BLOCK>() else { break };
            for x in 0..BLOCK {
                lowest[x] = lowest[x].min(eight[x]);
                highest[x] = highest[x].max(eight[x]);
                sums[x] += u16::from(eight[x]);
            }
        }
        Self {
            lowest: lowest.into_iter().fold(u8::MAX, u8::min),
            highest: highest.into_iter().fold(u8::MIN, u8::max),
            mean: sums.into_iter().map(u32::from).sum::<u32>() / (BLOCK * BLOCK) as u32,
        }
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
