//! What the standard (ISO/IEC 18004) fixes about every code of a version: sizes, patterns, blocks, orders, masks.
//! No picture and no text in here.

pub(crate) mod alignment;
pub(crate) mod blocks;
pub(crate) mod format;
pub(crate) mod function;
pub(crate) mod layout;
pub(crate) mod mask;
pub(crate) mod version_bits;

/// A code's version, 1 to 40: its size, and whatever follows from the size.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Version(u8);

impl Version {
    pub(crate) const FIRST: Self = Self(1);
    pub(crate) const LAST: Self = Self(40);

    /// The first version whose own number is printed beside two finders.
    pub(crate) const FIRST_WITH_BITS: Self = Self(7);

    pub(crate) fn new(number: i32) -> Option<Self> {
        u8::try_from(number).ok().map(Self).filter(|version| (Self::FIRST..=Self::LAST).contains(version))
    }

    /// The version whose side is nearest to so many modules.
    pub(crate) fn nearest(modules: f32) -> Self {
        Self(((modules - 17.0) / 4.0).round().clamp(1.0, 40.0) as u8)
    }

    pub(crate) fn number(self) -> u8 {
        self.0
    }

    /// Modules a side: 21 to 177.
    pub(crate) fn side(self) -> usize {
        17 + 4 * usize::from(self.0)
    }

    /// Versions from this one's number plus `by`, if there is one.
    pub(crate) fn plus(self, by: i32) -> Option<Self> {
        Self::new(i32::from(self.0) + by)
    }
}
