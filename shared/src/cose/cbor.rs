//! Deterministic CBOR (RFC 8949 §4.2.1), both ways, and nothing else of CBOR.
//!
//! Written here because strictness is the point: general CBOR readers accept long forms, indefinite lengths and
//! duplicate keys, and each of those would give one statement several byte strings. Known are integers, byte and text
//! strings, arrays, maps and booleans; floats and other simple values are refused, and tags inside a value.

use crate::time::UnixTime;

/// Deepest nesting that is followed. Our formats need four.
const MAX_DEPTH: u8 = 8;

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const SIMPLE: u8 = 7;

/// `false` and `true` among the simple values (RFC 8949 §3.3).
const FALSE: u64 = 20;
const TRUE: u64 = 21;

/// Bytes that are not the deterministic CBOR that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {at}")]
pub struct CborError {
    /// What is wrong.
    pub what: Fault,
    /// Offset from the start of the bytes.
    pub at: usize,
}

/// One way for bytes to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The bytes end inside a value.
    #[error("the data ends early")]
    Truncated,
    /// Bytes follow the value.
    #[error("bytes follow the value")]
    TrailingBytes,
    /// An integer or length that is not in its shortest form.
    #[error("a number is not in its shortest form")]
    NotShortest,
    /// An indefinite length, a tag, a float or a simple value.
    #[error("a kind of value that does not occur in this format")]
    Unsupported,
    /// Another type, length, key or range than the format has here.
    #[error("not the value that the format has here")]
    Unexpected,
    /// Text that is not UTF-8.
    #[error("text that is not UTF-8")]
    NotUtf8,
    /// A map key that is not larger than the one before it: out of order, or twice.
    #[error("a map key out of order or twice")]
    KeyOrder,
    /// Nested too deeply.
    #[error("nested too deeply")]
    TooDeep,
}

/// Writes deterministic CBOR; the caller writes map keys in order.
#[derive(Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// The bytes written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The head of an array of `length` items, which follow.
    pub fn array(&mut self, length: usize) -> &mut Self {
        self.head(ARRAY, length as u64)
    }

    /// The head of a map of `length` pairs, which follow in the order of their keys' bytes.
    pub fn map(&mut self, length: usize) -> &mut Self {
        self.head(MAP, length as u64)
    }

    /// An integer that is not negative.
    pub fn uint(&mut self, value: u64) -> &mut Self {
        self.head(UNSIGNED, value)
    }

    /// An integer.
    pub fn int(&mut self, value: i64) -> &mut Self {
        // -1 - value is the bitwise complement (RFC 8949 §3.1).
        if value < 0 {
            self.head(NEGATIVE, (!value).cast_unsigned())
        } else {
            self.uint(value.cast_unsigned())
        }
    }

    /// A byte string.
    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.head(BYTES, value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    /// A text string.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.head(TEXT, value.len() as u64);
        self.0.extend_from_slice(value.as_bytes());
        self
    }

    /// A truth value.
    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.head(SIMPLE, if value { TRUE } else { FALSE })
    }

    /// The tag of the value that follows.
    pub fn tag(&mut self, number: u64) -> &mut Self {
        self.head(TAG, number)
    }

    /// A map with integer keys of which some may be absent: `write` puts the pairs, in the order of their keys' bytes.
    pub fn pairs(&mut self, write: impl FnOnce(&mut Pairs)) -> &mut Self {
        let mut pairs = Pairs::default();
        write(&mut pairs);
        self.map(pairs.count).0.append(&mut pairs.written.0);
        self
    }

    fn head(&mut self, major: u8, value: u64) -> &mut Self {
        let bytes = value.to_be_bytes();
        let (info, width) = match value {
            0..=23 => (value.to_le_bytes()[0], 0),
            24..=0xff => (24, 1),
            0x100..=0xffff => (25, 2),
            0x1_0000..=0xffff_ffff => (26, 4),
            _ => (27, 8),
        };
        self.0.push(major << 5 | info);
        self.0.extend(bytes.iter().skip(8 - width));
        self
    }
}

/// The pairs of a map, counted while they are written.
#[derive(Debug, Default)]
pub struct Pairs {
    count: usize,
    written: Writer,
}

impl Pairs {
    /// A further key; its value follows.
    pub fn key(&mut self, key: i64) -> &mut Writer {
        self.count += 1;
        self.written.int(key)
    }
}

/// Reads deterministic CBOR from the front.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Reads `bytes` from the start.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The refusal of what was read last, or stands next.
    pub const fn refuse(&self, what: Fault) -> CborError {
        CborError { what, at: self.at }
    }

    /// Ends reading: nothing may follow.
    pub fn finish(self) -> Result<(), CborError> {
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.refuse(Fault::TrailingBytes)) }
    }

    /// The number of items of the array that stands next.
    pub fn array(&mut self) -> Result<usize, CborError> {
        self.length(ARRAY)
    }

    /// The number of pairs of the map that stands next. Each pair takes at least two bytes, so a length is bounded
    /// by the data.
    pub fn map(&mut self) -> Result<usize, CborError> {
        self.length(MAP)
    }

    /// An integer that is not negative.
    pub fn uint(&mut self) -> Result<u64, CborError> {
        self.expect_head(UNSIGNED)
    }

    /// An integer that is not negative, below 2^32.
    pub fn u32(&mut self) -> Result<u32, CborError> {
        let refused = self.refuse(Fault::Unexpected);
        u32::try_from(self.uint()?).map_err(|_| refused)
    }

    /// An integer.
    pub fn int(&mut self) -> Result<i64, CborError> {
        let start = self.at;
        let (major, value) = self.head()?;
        match (major, i64::try_from(value)) {
            (UNSIGNED, Ok(value)) => Ok(value),
            (NEGATIVE, Ok(value)) => Ok(-1 - value),
            _ => Err(CborError { what: Fault::Unexpected, at: start }),
        }
    }

    /// A byte string.
    pub fn bytes(&mut self) -> Result<&'a [u8], CborError> {
        let length = self.length(BYTES)?;
        self.take(length)
    }

    /// A byte string of exactly `N` bytes.
    pub fn byte_array<const N: usize>(&mut self) -> Result<[u8; N], CborError> {
        let refused = self.refuse(Fault::Unexpected);
        self.bytes()?.try_into().map_err(|_| refused)
    }

    /// A text string.
    pub fn text(&mut self) -> Result<&'a str, CborError> {
        let length = self.length(TEXT)?;
        let refused = self.refuse(Fault::NotUtf8);
        core::str::from_utf8(self.take(length)?).map_err(|_| refused)
    }

    /// A truth value.
    pub fn bool(&mut self) -> Result<bool, CborError> {
        let refused = self.refuse(Fault::Unexpected);
        match self.expect_head(SIMPLE)? {
            FALSE => Ok(false),
            TRUE => Ok(true),
            _ => Err(refused),
        }
    }

    /// The tag `number`, before the value that it marks.
    pub fn tag(&mut self, number: u64) -> Result<(), CborError> {
        let refused = self.refuse(Fault::Unexpected);
        if self.expect_head(TAG)? == number { Ok(()) } else { Err(refused) }
    }

    /// A NumericDate (RFC 8392 §2) that is a whole, unsigned number of seconds.
    pub fn time(&mut self) -> Result<UnixTime, CborError> {
        let refused = self.refuse(Fault::Unexpected);
        let seconds = i64::try_from(self.uint()?).map_err(|_| refused)?;
        UnixTime::from_secs(seconds).map_err(|_| refused)
    }

    /// The integer key `key`: in a map of known shape nothing else may stand here.
    pub fn key(&mut self, key: i64) -> Result<(), CborError> {
        let refused = self.refuse(Fault::Unexpected);
        if self.int()? == key { Ok(()) } else { Err(refused) }
    }

    /// The map with integer keys that stands next, of which some may be absent.
    pub fn pairs(&mut self) -> Result<PairReader<'_, 'a>, CborError> {
        let left = self.map()?;
        Ok(PairReader { reader: self, left, key: None })
    }

    /// The array or map head that stands next, of exactly `length`.
    pub fn exactly(
        &mut self,
        length: usize,
        read: fn(&mut Self) -> Result<usize, CborError>,
    ) -> Result<(), CborError> {
        let refused = self.refuse(Fault::Unexpected);
        if read(self)? == length { Ok(()) } else { Err(refused) }
    }

    /// Whether the bytes are one well-formed deterministic value, whatever it says.
    pub fn check(bytes: &[u8]) -> Result<(), CborError> {
        let mut reader = Reader::new(bytes);
        reader.skip(0)?;
        reader.finish()
    }

    fn skip(&mut self, depth: u8) -> Result<(), CborError> {
        if depth > MAX_DEPTH {
            return Err(self.refuse(Fault::TooDeep));
        }
        let start = self.at;
        let (major, value) = self.head()?;
        let length = usize::try_from(value).unwrap_or(usize::MAX);
        match major {
            UNSIGNED | NEGATIVE => Ok(()),
            BYTES => self.take(length).map(drop),
            TEXT => {
                let refused = self.refuse(Fault::NotUtf8);
                core::str::from_utf8(self.take(length)?).map(drop).map_err(|_| refused)
            }
            ARRAY => (0..self.bounded(length, 1)?).try_for_each(|_| self.skip(depth + 1)),
            MAP => {
                let mut last: &[u8] = &[];
                for _ in 0..self.bounded(length, 2)? {
                    let key_at = self.at;
                    self.skip(depth + 1)?;
                    let key = self.bytes.get(key_at..self.at).unwrap_or_default();
                    if key <= last {
                        return Err(CborError { what: Fault::KeyOrder, at: key_at });
                    }
                    last = key;
                    self.skip(depth + 1)?;
                }
                Ok(())
            }
            SIMPLE if matches!(value, FALSE | TRUE) => Ok(()),
            _ => Err(CborError { what: Fault::Unsupported, at: start }),
        }
    }

    fn length(&mut self, major: u8) -> Result<usize, CborError> {
        let length = usize::try_from(self.expect_head(major)?).unwrap_or(usize::MAX);
        self.bounded(length, if major == MAP { 2 } else { 1 })
    }

    /// A length that the remaining bytes can hold, at `least` bytes an item (for strings, a byte is an item).
    fn bounded(&self, length: usize, least: usize) -> Result<usize, CborError> {
        let left = self.bytes.len() - self.at;
        if length.saturating_mul(least) > left { Err(self.refuse(Fault::Truncated)) } else { Ok(length) }
    }

    fn expect_head(&mut self, major: u8) -> Result<u64, CborError> {
        let start = self.at;
        match self.head()? {
            (found, value) if found == major => Ok(value),
            _ => Err(CborError { what: Fault::Unexpected, at: start }),
        }
    }

    fn head(&mut self) -> Result<(u8, u64), CborError> {
        let start = self.at;
        let refused = |what| CborError { what, at: start };
        let first = self.take(1)?.first().copied().ok_or(refused(Fault::Truncated))?;
        let (major, info) = (first >> 5, first & 31);
        let (width, least) = match info {
            0..=23 => return Ok((major, u64::from(info))),
            24 => (1, 24),
            25 => (2, 0x100),
            26 => (4, 0x1_0000),
            27 => (8, 0x1_0000_0000),
            _ => return Err(refused(Fault::Unsupported)),
        };
        if major == SIMPLE {
            return Err(refused(Fault::Unsupported));
        }
        let value = self.take(width)?.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        if value < least { Err(refused(Fault::NotShortest)) } else { Ok((major, value)) }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], CborError> {
        let refused = self.refuse(Fault::Truncated);
        let end = self.at.checked_add(length).ok_or(refused)?;
        let taken = self.bytes.get(self.at..end).ok_or(refused)?;
        self.at = end;
        Ok(taken)
    }
}

/// Reads the pairs of a map by their integer keys, asked for in the order in which they stand.
#[derive(Debug)]
pub struct PairReader<'r, 'a> {
    reader: &'r mut Reader<'a>,
    left: usize,
    /// The key that stands next, once it has been read.
    key: Option<i64>,
}

impl<'a> PairReader<'_, 'a> {
    /// The value of `key`, where it is there.
    pub fn optional<T>(
        &mut self,
        key: i64,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, CborError>,
    ) -> Result<Option<T>, CborError> {
        if self.key.is_none() && self.left > 0 {
            self.key = Some(self.reader.int()?);
            self.left -= 1;
        }
        if self.key != Some(key) {
            return Ok(None);
        }
        self.key = None;
        read(self.reader).map(Some)
    }

    /// The value of `key`, which must be there.
    pub fn required<T>(
        &mut self,
        key: i64,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, CborError>,
    ) -> Result<T, CborError> {
        let refused = self.reader.refuse(Fault::Unexpected);
        self.optional(key, read)?.ok_or(refused)
    }

    /// Ends the map: nothing else may be in it.
    pub fn finish(self) -> Result<(), CborError> {
        if self.key.is_none() && self.left == 0 { Ok(()) } else { Err(self.reader.refuse(Fault::Unexpected)) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fault(hex: &str) -> Option<Fault> {
        let bytes: Vec<u8> =
            (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect();
        Reader::check(&bytes).err().map(|error| error.what)
    }

    #[test]
    fn one_statement_has_one_byte_string() {
        assert_eq!(fault("a201020304"), None);
        assert_eq!(fault("a203040102"), Some(Fault::KeyOrder), "keys out of order");
        assert_eq!(fault("a201020103"), Some(Fault::KeyOrder), "a key twice");
        assert_eq!(fault("1817"), Some(Fault::NotShortest), "23 in two bytes");
        assert_eq!(fault("5f4101ff"), Some(Fault::Unsupported), "indefinite length");
        assert_eq!(fault("c101"), Some(Fault::Unsupported), "a tag");
        assert_eq!(fault("f93c00"), Some(Fault::Unsupported), "a float");
        assert_eq!(fault("0000"), Some(Fault::TrailingBytes));
        assert_eq!(fault("62c328"), Some(Fault::NotUtf8));
        assert_eq!(fault(&("81".repeat(20) + "00")), Some(Fault::TooDeep));
        assert_eq!(fault("9bffffffffffffffff"), Some(Fault::Truncated), "a length beyond the data");
        assert_eq!(fault(""), Some(Fault::Truncated));
    }

    proptest! {
        #[test]
        fn integers_survive(value in any::<i64>()) {
            let mut writer = Writer::default();
            writer.int(value);
            let bytes = writer.into_bytes();
            prop_assert!(Reader::check(&bytes).is_ok());
            prop_assert_eq!(Reader::new(&bytes).int(), Ok(value));
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = Reader::check(&bytes);
        }
    }
}
