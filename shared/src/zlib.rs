//! zlib (RFC 1950), both ways; inflation never takes more memory than the format allows.

use miniz_oxide::{
    deflate::compress_to_vec_zlib,
    inflate::{
        TINFLStatus,
        core::{DecompressorOxide, decompress, inflate_flags},
    },
};

/// Signed files are written once and fetched by everyone: the level that looks longest.
const SMALLEST: u8 = 10;

/// Bytes that do not inflate to what was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InflateError {
    /// More than was announced: perhaps made to fill the memory. Nothing beyond the limit was written.
    #[error("inflates to more than {limit} bytes")]
    TooLong {
        /// Most bytes that are accepted here.
        limit: usize,
    },
    /// No zlib, damaged, cut short, or with bytes behind it.
    #[error("not zlib (RFC 1950)")]
    Damaged,
}

/// `bytes`, compressed.
pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec_zlib(bytes, SMALLEST)
}

/// What `compressed` holds, at most `limit` bytes. The memory is taken before the first byte is inflated, and no more
/// after it.
pub(crate) fn inflate(compressed: &[u8], limit: usize) -> Result<Vec<u8>, InflateError> {
    let mut inflated = vec![0; limit];
    let mut state = Box::<DecompressorOxide>::default();
    let flags =
        inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    match decompress(&mut state, compressed, &mut inflated, 0, flags) {
        (TINFLStatus::Done, read, written) if read == compressed.len() => {
            inflated.truncate(written);
            Ok(inflated)
        }
        (TINFLStatus::HasMoreOutput, ..) => Err(InflateError::TooLong { limit }),
        _ => Err(InflateError::Damaged),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bomb_is_refused_at_its_limit() {
        let bomb = deflate(&vec![0; 10_000_000]);
        assert!(bomb.len() < 12_000, "{} bytes", bomb.len());
        assert_eq!(inflate(&bomb, 1000), Err(InflateError::TooLong { limit: 1000 }));
        assert_eq!(inflate(&bomb, 9_999_999), Err(InflateError::TooLong { limit: 9_999_999 }));
        assert_eq!(inflate(&bomb, 10_000_000).map(|bytes| bytes.len()), Ok(10_000_000));
    }

    #[test]
    fn damage_is_refused() {
        let good = deflate(b"one, two, three, one, two, three");
        for at in 0..good.len() {
            assert!(inflate(&good[..at], 100).is_err(), "cut at {at}");
        }
        let mut checksum = good.clone();
        *checksum.last_mut().unwrap() ^= 1;
        assert_eq!(inflate(&checksum, 100), Err(InflateError::Damaged));
        assert_eq!(
            inflate(&[good.as_slice(), &[0]].concat(), 100),
            Err(InflateError::Damaged),
            "a byte behind"
        );
    }

    proptest! {
        #[test]
        fn what_was_deflated_is_inflated(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            prop_assert_eq!(inflate(&deflate(&bytes), bytes.len()), Ok(bytes));
        }

        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = inflate(&bytes, 1000);
            let _ = inflate(&[&[0x78, 0xda], bytes.as_slice()].concat(), 1000);
        }
    }
}
