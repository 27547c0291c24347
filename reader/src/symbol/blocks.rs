//! How codewords are dealt out to Reed–Solomon blocks.

use super::{Version, format::Level};

/// Parity codewords a block, by level and version.
#[rustfmt::skip]
const PARITY: [[u8; 40]; 4] = [
    [7,10,15,20,26,18,20,24,30,18,20,24,26,30,22,24,28,30,28,28,28,28,30,30,26,28,30,30,30,30,30,30,30,30,30,30,30,30,30,30],
    [10,16,26,18,24,16,18,22,22,26,30,22,22,24,24,28,28,26,26,26,26,28,28,28,28,28,28,28,28,28,28,28,28,28,28,28,28,28,28,28],
    [13,22,18,26,18,24,18,22,20,24,28,26,24,20,30,24,28,28,26,30,28,30,30,30,30,28,30,30,30,30,30,30,30,30,30,30,30,30,30,30],
    [17,28,22,16,22,28,26,26,24,28,24,28,22,24,24,30,28,28,26,28,30,24,30,30,30,30,30,30,30,30,30,30,30,30,30,30,30,30,30,30],
];

/// Blocks, by level and version.
#[rustfmt::skip]
const BLOCKS: [[u8; 40]; 4] = [
    [1,1,1,1,1,2,2,2,2,4,4,4,4,4,6,6,6,6,7,8,8,9,9,10,12,12,12,13,14,15,16,17,18,19,19,20,21,22,24,25],
    [1,1,1,2,2,4,4,4,5,5,5,8,9,9,10,10,11,13,14,16,17,17,18,20,21,23,25,26,28,29,31,33,35,37,38,40,43,45,47,49],
    [1,1,2,2,4,4,6,6,8,8,8,10,12,16,12,17,16,18,21,20,23,23,25,27,29,34,34,35,38,40,43,45,48,51,53,56,59,62,65,68],
    [1,1,2,4,4,4,5,6,8,8,11,11,16,16,18,16,19,21,25,25,25,34,30,32,35,37,40,42,45,48,51,54,57,60,63,66,70,74,77,81],
];

/// Parity codewords a block for this version and level: at most [`MAX_PARITY`].
pub(crate) fn parity(version: Version, level: Level) -> usize {
    usize::from(PARITY[level as usize][usize::from(version.number() - 1)])
}

/// The largest number in the table of parities.
pub(crate) const MAX_PARITY: usize = 30;

/// For each block, where its codewords stand in the stream of all codewords: data first, then parity.
///
/// Codewords are dealt to the blocks in turn; the later blocks may hold one codeword of data more.
pub(crate) fn dealt(version: Version, level: Level, codewords: usize) -> Vec<Vec<usize>> {
    let parity = parity(version, level);
    let blocks = usize::from(BLOCKS[level as usize][usize::from(version.number() - 1)]);
    let (short, longer) = (codewords / blocks - parity, codewords % blocks);
    let first_longer = blocks - longer;
    let data = short * blocks + longer;
    (0..blocks)
        .map(|block| {
            let in_turn = (0..short).map(|turn| turn * blocks + block);
            let extra = (block >= first_longer).then(|| short * blocks + block - first_longer);
            in_turn.chain(extra).chain((0..parity).map(|turn| data + turn * blocks + block)).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symbol::layout;

    #[test]
    fn every_codeword_is_dealt_to_exactly_one_block() {
        for number in 1..=40 {
            let version = Version::new(number).unwrap();
            let codewords = layout::data_modules(version).len() / 8;
            for level in [Level::Low, Level::Medium, Level::Quartile, Level::High] {
                let mut dealt: Vec<usize> = dealt(version, level, codewords).into_iter().flatten().collect();
                dealt.sort_unstable();
                assert!(dealt.iter().copied().eq(0..codewords), "version {number}, {level:?}");
                assert!(parity(version, level) <= MAX_PARITY);
            }
        }
    }
}
