//! The fifteen format bits: error correction level and mask, printed twice.

/// Error correction level, in the order of the tables of [`super::blocks`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Level {
    Low,
    Medium,
    Quartile,
    High,
}

/// One of the 32 things that the format bits can say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Format(u8);

impl Format {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..32).map(Self)
    }

    /// The two bits that name the level in print.
    pub(crate) fn level_bits(self) -> u8 {
        self.0 >> 3
    }

    pub(crate) fn level(self) -> Level {
        match self.level_bits() {
            0 => Level::Medium,
            1 => Level::Low,
            2 => Level::High,
            _ => Level::Quartile,
        }
    }

    pub(crate) fn mask(self) -> u8 {
        self.0 & 7
    }

    /// The printed bits, lowest first: BCH(15, 5), turned around by the standard's fixed pattern.
    pub(crate) fn bits(self) -> impl Iterator<Item = bool> {
        let data = u32::from(self.0);
        let mut rest = data << 10;
        for bit in (10..15).rev() {
            if rest >> bit & 1 == 1 {
                rest ^= 0x537 << (bit - 10);
            }
        }
        let code = (data << 10 | rest) ^ 0x5412;
        (0..15).map(move |bit| code >> bit & 1 == 1)
    }
}

/// Where the bits are printed, lowest first, as (column, row): around the first finder, and beside the other two.
pub(crate) fn cells(side: usize) -> [[(usize, usize); 15]; 2] {
    let around: [(usize, usize); 15] = std::array::from_fn(|bit| match bit {
        0..=5 => (8, bit),
        6 => (8, 7),
        7 => (8, 8),
        8 => (7, 8),
        _ => (14 - bit, 8),
    });
    let beside = std::array::from_fn(|bit| if bit < 8 { (side - 1 - bit, 8) } else { (8, side - 15 + bit) });
    [around, beside]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_those_of_the_standards_table() {
        let printed =
            |data: u8| Format(data).bits().enumerate().map(|(bit, dark)| u32::from(dark) << bit).sum::<u32>();
        assert_eq!(printed(0b00_000), 0x5412);
        assert_eq!(printed(0b01_000), 0x77c4);
        assert_eq!(printed(0b11_111), 0x2bed);
        assert_eq!(Format(0b01_110).level(), Level::Low);
        assert_eq!(Format(0b01_110).mask(), 6);
    }
}
