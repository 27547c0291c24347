//! QR symbols, from segments that we choose.
//!
//! The `qrcode` crate's automatic segmentation is greedy and sometimes a version too large, so both ways are tried at
//! every version and the smaller symbol wins. Micro QR is never made: phone cameras do not read it.

use qrcode::{Color, EcLevel, QrCode, Version, bits::Bits, types::QrResult};

use super::ArtworkError;

/// The modules of one QR symbol, without its quiet zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    version: u8,
    ec: ErrorCorrection,
    width: u16,
    modules: Vec<bool>,
}

/// How much of a symbol may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorCorrection {
    /// About 15 %.
    M,
    /// About 25 %.
    Q,
    /// About 30 %.
    H,
}

impl Symbol {
    /// White modules that must surround the symbol on each side (ISO/IEC 18004, 9.1).
    pub const QUIET_ZONE: u16 = 4;

    /// The smallest symbol of `text` at error correction M, raised to Q or H where that costs no version.
    ///
    /// Digits at the end of the text, as in a label link, are written in numeric mode.
    pub fn of(text: &str) -> Result<Self, ArtworkError> {
        let too_long = || ArtworkError::TooLong { bytes: text.len() };
        if text.is_empty() {
            return Err(ArtworkError::Empty);
        }
        let smallest = (1..=40)
            .map(Version::Normal)
            .find_map(|version| encode(text, version, EcLevel::M).map(|bits| (version, bits)));
        let (version, at_m) = smallest.ok_or_else(too_long)?;

        let (ec, level, bits) = [(ErrorCorrection::H, EcLevel::H), (ErrorCorrection::Q, EcLevel::Q)]
            .into_iter()
            .find_map(|(ec, level)| encode(text, version, level).map(|bits| (ec, level, bits)))
            .unwrap_or((ErrorCorrection::M, EcLevel::M, at_m));
        let code = QrCode::with_bits(bits, level).map_err(|_| too_long())?;
        let Version::Normal(number) = version else { return Err(too_long()) };
        Ok(Self {
            version: u8::try_from(number).map_err(|_| too_long())?,
            ec,
            width: u16::try_from(code.width()).map_err(|_| too_long())?,
            modules: code.into_colors().into_iter().map(|color| color == Color::Dark).collect(),
        })
    }

    /// 1 to 40.
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// The error correction it came out with.
    pub const fn error_correction(&self) -> ErrorCorrection {
        self.ec
    }

    /// Modules on a side, without the quiet zone: 17 + 4 × version.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Whether the module in column `x` of row `y` is dark; outside of the symbol all is light.
    pub fn is_dark(&self, x: u16, y: u16) -> bool {
        let place = usize::from(y) * usize::from(self.width) + usize::from(x);
        x < self.width && self.modules.get(place).copied().unwrap_or(false)
    }

    /// The dark modules as an SVG path to be stroked one module wide, along the middle of each row.
    pub fn rows(&self) -> String {
        use core::fmt::Write as _;
        let mut path = String::new();
        for (x, y, length) in self.runs() {
            // Writing to a String cannot fail.
            let _ = write!(path, "M{x} {y}.5h{length}");
        }
        path
    }

    /// The dark modules as horizontal runs `(x, y, length)`, row by row.
    pub fn runs(&self) -> impl Iterator<Item = (u16, u16, u16)> {
        let rows = self.modules.chunks(usize::from(self.width).max(1));
        rows.zip(0..).flat_map(|(row, y)| {
            let mut x = 0;
            row.chunk_by(|a, b| a == b)
                .filter_map(move |run| {
                    let length = u16::try_from(run.len()).unwrap_or(u16::MAX);
                    let from = x;
                    x += length;
                    run.first().is_some_and(|dark| *dark).then_some((from, y, length))
                })
                .collect::<Vec<_>>()
        })
    }
}

/// The data bits of `text`, where it fits.
fn encode(text: &str, version: Version, level: EcLevel) -> Option<Bits> {
    let fits = |push: &dyn Fn(&mut Bits) -> QrResult<()>| {
        let mut bits = Bits::new(version);
        push(&mut bits).and_then(|()| bits.push_terminator(level)).ok().map(|()| bits)
    };
    fits(&|bits| push_explicit(bits, text)).or_else(|| fits(&|bits| bits.push_optimal_data(text.as_bytes())))
}

/// Everything up to the closing digits as bytes, the digits as a number.
fn push_explicit(bits: &mut Bits, text: &str) -> QrResult<()> {
    let head = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = text.get(head.len()..).unwrap_or_default();
    if !head.is_empty() {
        bits.push_byte_data(head.as_bytes())?;
    }
    if !digits.is_empty() {
        bits.push_numeric_data(digits.as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(symbol: &Symbol) -> String {
        let grid = rqrr::SimpleGrid::from_func(usize::from(symbol.width()), |x, y| {
            symbol.is_dark(u16::try_from(x).unwrap(), u16::try_from(y).unwrap())
        });
        let mut text = Vec::new();
        rqrr::Grid::new(grid).decode_to(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn every_kind_of_text_is_read_back_by_another_decoder() {
        let digits = "0".repeat(17) + &"9876543210".repeat(25);
        for text in [
            "7",
            "0012345",
            "https://a.example/v/",
            "印は架空の見本",
            "AB12",
            &format!("https://labels.example/v/{digits}"),
            &format!("https://labels.example/v/{digits}#x"),
        ] {
            assert_eq!(read(&Symbol::of(text).unwrap()), text);
        }
    }

    #[test]
    fn explicit_segments_beat_the_automatic_ones_and_never_lose_to_them() {
        let mut saved = 0;
        for prefix in ["https://labels.example/v/", "https://192.168.100.7:8443/v/"] {
            for digits in (1..400).step_by(6) {
                let text = format!("{prefix}{}", "8".repeat(digits));
                let ours = Symbol::of(&text).unwrap().version();
                let automatic = QrCode::with_error_correction_level(&text, EcLevel::M).unwrap().version();
                let Version::Normal(automatic) = automatic else { panic!("micro") };
                assert!(i16::from(ours) <= automatic, "{text}: {ours} > {automatic}");
                saved += automatic - i16::from(ours);
            }
        }
        assert!(saved > 0, "the greedy segmentation never lost: drop the explicit one");
    }

    #[test]
    fn correction_is_raised_where_it_costs_nothing() {
        // Version 1 holds 17 digits at H, 27 at Q, 34 at M (ISO/IEC 18004, table 7).
        for (digits, version, ec) in [
            (17, 1, ErrorCorrection::H),
            (18, 1, ErrorCorrection::Q),
            (27, 1, ErrorCorrection::Q),
            (28, 1, ErrorCorrection::M),
            (34, 1, ErrorCorrection::M),
            (35, 2, ErrorCorrection::Q),
        ] {
            let symbol = Symbol::of(&"4".repeat(digits)).unwrap();
            assert_eq!((symbol.version(), symbol.error_correction()), (version, ec), "{digits} digits");
        }
    }

    #[test]
    fn the_largest_symbol_holds_5596_digits_and_not_one_more() {
        let symbol = Symbol::of(&"1".repeat(5_596)).unwrap();
        assert_eq!((symbol.version(), symbol.width()), (40, 177));
        assert_eq!(Symbol::of(&"1".repeat(5_597)), Err(ArtworkError::TooLong { bytes: 5_597 }));
        assert_eq!(Symbol::of(""), Err(ArtworkError::Empty));
    }
}
