//! Where the alignment patterns stand.

use super::Version;

/// The coordinates (column or row, they are the same) of the middles of alignment patterns; empty for version 1.
///
/// Every pair of two of them is a pattern, but for the three pairs that fall on finders: see [`is_finder`].
pub(crate) fn coordinates(version: Version) -> Vec<usize> {
    let number = usize::from(version.number());
    if number < 2 {
        return Vec::new();
    }
    let count = number / 7 + 2;
    // Evenly spaced from the far end, by an even number; version 32 is the standard's one exception to the formula.
    let step = if number == 32 { 26 } else { (number * 4 + count * 2 + 1) / (2 * count - 2) * 2 };
    let mut from_far_end: Vec<usize> =
        (0..count - 1).map(|index| version.side() - 7 - index * step).collect();
    from_far_end.push(6);
    from_far_end.reverse();
    from_far_end
}

/// Whether the pattern at these indices into [`coordinates`] would fall on a finder, and so isn't printed.
pub(crate) fn is_finder(column: usize, row: usize, count: usize) -> bool {
    matches!((column, row), (0, 0)) || (column == 0 && row + 1 == count) || (column + 1 == count && row == 0)
}

/// The middles of all alignment patterns that are printed, as (column, row).
pub(crate) fn centres(version: Version) -> Vec<(usize, usize)> {
    let along = coordinates(version);
    let mut centres = Vec::new();
    for (row, &y) in along.iter().enumerate() {
        for (column, &x) in along.iter().enumerate() {
            if !is_finder(column, row, along.len()) {
                centres.push((x, y));
            }
        }
    }
    centres
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_those_of_the_standard() {
        let at = |number| coordinates(Version::new(number).unwrap());
        assert_eq!(at(1), Vec::<usize>::new());
        assert_eq!(at(2), [6, 18]);
        assert_eq!(at(8), [6, 24, 42]);
        assert_eq!(at(15), [6, 26, 48, 70]);
        assert_eq!(at(32), [6, 34, 60, 86, 112, 138]);
        assert_eq!(at(36), [6, 24, 50, 76, 102, 128, 154]);
        assert_eq!(at(40), [6, 30, 58, 86, 114, 142, 170]);
        assert_eq!(
            centres(Version::new(8).unwrap()),
            [(24, 6), (6, 24), (24, 24), (42, 24), (24, 42), (42, 42)]
        );
    }
}
