//! The eighteen bits that versions from 7 on print beside two finders.

use super::Version;

/// Bits of a printed version that may be misread and still name it: the code's distance is 8, and 3 is less than half.
const FORGIVEN: u32 = 3;

/// The version whose printed bits (lowest first) are these, or nearly these.
pub(crate) fn nearest(bits: u32) -> Option<Version> {
    let printable = (7..=40).filter_map(Version::new);
    let (distance, version) =
        printable.map(|version| ((code(version) ^ bits).count_ones(), version)).min()?;
    (distance <= FORGIVEN).then_some(version)
}

/// BCH(18, 6) of the version's number.
fn code(version: Version) -> u32 {
    let data = u32::from(version.number());
    let mut rest = data << 12;
    for bit in (12..18).rev() {
        if rest >> bit & 1 == 1 {
            rest ^= 0x1f25 << (bit - 12);
        }
    }
    data << 12 | rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_of_the_standards_table_and_three_misread_ones() {
        assert_eq!(nearest(0x07c94).map(Version::number), Some(7));
        assert_eq!(nearest(0x28c69).map(Version::number), Some(40));
        assert_eq!(nearest(0x07c94 ^ 0b100_0001_0000_0010).map(Version::number), Some(7));
        assert_eq!(nearest(0), None, "no version is printed as nothing");
    }
}
