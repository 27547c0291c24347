//! What a label token states.

use crate::{
    cose::cbor::{CborError, Fault, Reader, Writer},
    label::{Category, Level, RegistrationNumber},
    time::UnixTime,
};

/// CWT `sub`, `exp`, `iat` (RFC 8392 §4) and our one private claim.
const SUB: i64 = 2;
const EXP: i64 = 4;
const IAT: i64 = 6;
const LABEL: i64 = -65537;

/// The claims of a label token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelClaims {
    /// Which registration it is for.
    pub number: RegistrationNumber,
    /// End of the validity when it was issued; the registry's expiry outranks it.
    pub expires: UnixTime,
    /// When it was issued.
    pub issued: UnixTime,
    /// The level.
    pub level: Level,
    /// The product category.
    pub category: Category,
    /// Its place in the status list.
    pub status_index: StatusIndex,
}

/// A label's place in the status list of its 2^20 labels; given at random, so that it tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusIndex(u32);

impl StatusIndex {
    /// Labels in one list.
    pub const LIST_SIZE: u32 = 1 << 20;

    /// The place `index`, below [`Self::LIST_SIZE`].
    pub const fn new(index: u32) -> Option<Self> {
        if index < Self::LIST_SIZE { Some(Self(index)) } else { None }
    }

    /// The place that these random bits choose.
    pub const fn from_random(bits: u32) -> Self {
        Self(bits % Self::LIST_SIZE)
    }

    /// The place as a number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl LabelClaims {
    pub(super) fn to_cbor(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.map(4);
        writer.int(SUB).text(self.number.as_str());
        writer.int(EXP).uint(self.expires.as_unsigned());
        writer.int(IAT).uint(self.issued.as_unsigned());
        writer.int(LABEL).uint(self.packed());
        writer.into_bytes()
    }

    pub(super) fn from_cbor(payload: &[u8]) -> Result<Self, CborError> {
        let mut reader = Reader::new(payload);
        reader.exactly(4, Reader::map)?;
        reader.key(SUB)?;
        let refused = reader.refuse(Fault::Unexpected);
        let number = RegistrationNumber::from_normalised(reader.text()?).map_err(|_| refused)?;
        reader.key(EXP)?;
        let expires = reader.time()?;
        reader.key(IAT)?;
        let issued = reader.time()?;
        reader.key(LABEL)?;
        let refused = reader.refuse(Fault::Unexpected);
        let (level, category, status_index) = unpack(reader.uint()?).ok_or(refused)?;
        reader.finish()?;
        Ok(Self { number, expires, issued, level, category, status_index })
    }

    fn packed(&self) -> u64 {
        u64::from(self.level.stars() - 1) << 30
            | u64::from(self.category.code()) << 20
            | u64::from(self.status_index.get())
    }
}

fn unpack(packed: u64) -> Option<(Level, Category, StatusIndex)> {
    let level = Level::from_stars((packed >> 30) + 1).ok()?;
    let category = Category::from_code(packed >> 20 & 0x3ff).ok()?;
    let index = StatusIndex::new(u32::try_from(packed & 0xf_ffff).ok()?)?;
    Some((level, category, index))
}
