//! The status list: one small value for each label, by the place that its token names
//! (IETF Token Status List, draft-ietf-oauth-status-list-21 §4).
//!
//! A byte array with 1, 2, 4 or 8 bits a label, least significant bit first, compressed with zlib; ours has 2. Expiry
//! is not in it (the time decides that), nor whether a label is registered at all: a place that was never given out
//! reads as valid. The list signed and dated is [`SignedStatusList`].

mod jwt;
mod signed;
#[cfg(test)]
mod tests;

pub use signed::{SignedStatusList, StatusListError};

use crate::{
    cose::cbor::{CborError, Fault, Reader, Writer},
    label::LabelState,
    token::StatusIndex,
    zlib::{self, InflateError},
};

/// What a list says of one label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListedStatus {
    /// 有効. Also the value of a place that was never given out.
    Valid = 0,
    /// 取消し.
    Revoked = 1,
    /// 一時停止.
    Suspended = 2,
    /// 失効猶予; the first of the values that the specification leaves to the application.
    Grace = 3,
}

impl ListedStatus {
    /// All values, by number.
    pub const ALL: [Self; 4] = [Self::Valid, Self::Revoked, Self::Suspended, Self::Grace];

    /// What a list says of a label in `state`. A suspension that ends by itself is for the caller, who has the clock
    /// (`LabelState::at`).
    pub const fn of(state: &LabelState) -> Self {
        match state {
            LabelState::Active => Self::Valid,
            LabelState::Grace { .. } => Self::Grace,
            LabelState::Suspended { .. } => Self::Suspended,
            LabelState::Revoked { .. } => Self::Revoked,
        }
    }

    /// The name of the state on the wire, as `LabelState::name` has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "active",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::Grace => "grace",
        }
    }
}

/// How many bits a label has: 1, 2, 4 or 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitsPerLabel(u8);

impl BitsPerLabel {
    /// Ours.
    pub const TWO: Self = Self(2);

    /// 1, 2, 4 or 8.
    pub fn new(bits: u64) -> Option<Self> {
        match u8::try_from(bits) {
            Ok(bits @ (1 | 2 | 4 | 8)) => Some(Self(bits)),
            _ => None,
        }
    }

    /// As a number.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Bytes of a list of the longest size.
    const fn longest(self) -> usize {
        StatusIndex::LIST_SIZE as usize / 8 * self.0 as usize
    }
}

/// The values of all labels of one list.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusList {
    bits: BitsPerLabel,
    bytes: Vec<u8>,
}

impl StatusList {
    /// The list in which each of these labels has its value, and every other place is valid.
    pub fn of(labels: impl IntoIterator<Item = (StatusIndex, ListedStatus)>) -> Self {
        let bits = BitsPerLabel::TWO;
        let mut list = Self { bits, bytes: vec![0; bits.longest()] };
        for (index, status) in labels {
            list.set(index, status);
        }
        list
    }

    /// What it says of the label at `index`; `None` beyond its end, and for a value that has no meaning here.
    pub fn status(&self, index: StatusIndex) -> Option<ListedStatus> {
        let value = self.value(index.get())?;
        ListedStatus::ALL.get(usize::from(value)).copied()
    }

    /// The value at `index`, whatever it means; `None` beyond the end.
    pub fn value(&self, index: u32) -> Option<u8> {
        let (byte, shift) = self.place(index);
        let value = self.bytes.get(byte)? >> shift;
        Some(value & (u8::MAX >> (8 - self.bits.0)))
    }

    /// The number of its places.
    pub fn len(&self) -> usize {
        self.bytes.len() * 8 / usize::from(self.bits.0)
    }

    /// Whether it has no place at all.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Its bits per label.
    pub const fn bits(&self) -> BitsPerLabel {
        self.bits
    }

    /// Compressed, as every signed form carries it (`lst`).
    pub fn deflated(&self) -> Vec<u8> {
        zlib::deflate(&self.bytes)
    }

    /// The list that `lst` holds, of no more than [`StatusIndex::LIST_SIZE`] labels.
    pub fn inflate(bits: BitsPerLabel, lst: &[u8]) -> Result<Self, InflateError> {
        zlib::inflate(lst, bits.longest()).map(|bytes| Self { bits, bytes })
    }

    /// Gives the label at `index` its value.
    pub fn set(&mut self, index: StatusIndex, status: ListedStatus) {
        let (at, shift) = self.place(index.get());
        // Every place is inside: a list that is written has LIST_SIZE of them.
        if let Some(byte) = self.bytes.get_mut(at) {
            *byte = *byte & !(0b11 << shift) | (status as u8) << shift;
        }
    }

    /// The byte that holds `index`, and how far its value is shifted there.
    fn place(&self, index: u32) -> (usize, u32) {
        let bits = u32::from(self.bits.0);
        let per_byte = 8 / bits;
        ((index / per_byte) as usize, index % per_byte * bits)
    }

    /// `{"lst": …, "bits": …}` (§4.3), the shorter key first, as deterministic CBOR has it.
    fn write(&self, writer: &mut Writer) {
        writer.map(2).text("lst").bytes(&self.deflated()).text("bits").uint(self.bits.0.into());
    }

    /// Reads the two entries in either order: the published examples are not deterministic, and what we accept as
    /// signed has been held against the order before.
    fn read(reader: &mut Reader<'_>) -> Result<Result<Self, InflateError>, CborError> {
        let refused = reader.refuse(Fault::Unexpected);
        reader.exactly(2, Reader::map)?;
        let (mut bits, mut lst) = (None, None);
        for _ in 0..2 {
            match reader.text()? {
                "bits" => bits = Some(BitsPerLabel::new(reader.uint()?).ok_or(refused)?),
                "lst" => lst = Some(reader.bytes()?),
                _ => return Err(refused),
            }
        }
        Ok(Self::inflate(bits.ok_or(refused)?, lst.ok_or(refused)?))
    }
}

impl core::fmt::Debug for StatusList {
    /// Without the values, of which there are a million.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "StatusList({} labels of {} bits)", self.len(), self.bits.0)
    }
}
