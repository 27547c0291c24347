//! In which order the modules carry the bits.

use super::{Version, alignment};

/// The index (row × side + column) of each module that carries data, in the order of the bits.
///
/// Pairs of columns from the right, up and down in turn, around everything that is not data.
pub(crate) fn data_modules(version: Version) -> Vec<usize> {
    let side = version.side();
    let taken = function_modules(version);
    let mut order = Vec::with_capacity(side * side);
    let mut upwards = true;
    let left_of_timing = (1..6).rev().step_by(2);
    for right in (8..side).rev().step_by(2).chain(left_of_timing) {
        for step in 0..side {
            let y = if upwards { side - 1 - step } else { step };
            order.extend([y * side + right, y * side + right - 1].into_iter().filter(|&index| !taken[index]));
        }
        upwards = !upwards;
    }
    order
}

/// By index: whether the module is part of a pattern, or of the format and version bits.
fn function_modules(version: Version) -> Vec<bool> {
    let side = version.side();
    let mut taken = vec![false; side * side];
    let mut rectangle = |left: usize, top: usize, width: usize, height: usize| {
        for y in top..top + height {
            taken[y * side + left..y * side + left + width].fill(true);
        }
    };
    rectangle(0, 0, 9, 9);
    rectangle(side - 8, 0, 8, 9);
    rectangle(0, side - 8, 9, 8);
    rectangle(6, 0, 1, side);
    rectangle(0, 6, side, 1);
    if version >= Version::FIRST_WITH_BITS {
        rectangle(side - 11, 0, 3, 6);
        rectangle(0, side - 11, 6, 3);
    }
    for (x, y) in alignment::centres(version) {
        rectangle(x - 2, y - 2, 5, 5);
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_data_module_comes_once_and_their_number_is_the_standards() {
        for (number, codewords, left_over) in
            [(1, 26, 0), (2, 44, 7), (8, 242, 0), (14, 581, 3), (40, 3706, 0)]
        {
            let mut order = data_modules(Version::new(number).unwrap());
            assert_eq!(order.len(), codewords * 8 + left_over, "version {number}");
            order.sort_unstable();
            order.dedup();
            assert_eq!(order.len(), codewords * 8 + left_over, "version {number}: a module came twice");
        }
    }
}
