//! Label links as QR codes, in two segments as our artwork has them: the address in bytes, the token in digits.

use qrcode::{Color, EcLevel, QrCode, Version, bits::Bits};

use crate::noise::Noise;

const ADDRESS: &str = "https://label.shirushi.example/v/";

/// A code and what it says.
pub(crate) struct Label {
    pub(crate) text: String,
    pub(crate) side: usize,
    dark: Vec<bool>,
}

impl Label {
    /// A link that fills a code of this version at level M.
    pub(crate) fn of_version(version: i16, seed: u64) -> Self {
        // What level M holds: numeric capacity of the standard's table 7, less the address's bits.
        let digits = match version {
            4 => 60,
            5 => 110,
            6 => 160,
            7 => 200,
            8 => 280,
            9 => 340,
            10 => 410,
            11 => 500,
            12 => 590,
            _ => 700,
        };
        let mut noise = Noise::new(seed + 77);
        let token: String = (0..digits).map(|_| char::from(b'0' + noise.below(10) as u8)).collect();
        Self::saying(version, &token)
    }

    fn saying(version: i16, token: &str) -> Self {
        let mut bits = Bits::new(Version::Normal(version));
        bits.push_byte_data(ADDRESS.as_bytes()).unwrap();
        bits.push_numeric_data(token.as_bytes()).unwrap();
        bits.push_terminator(EcLevel::M).unwrap();
        let code = QrCode::with_bits(bits, EcLevel::M).unwrap();
        Self {
            text: format!("{ADDRESS}{token}"),
            side: code.width(),
            dark: code.to_colors().into_iter().map(|color| color == Color::Dark).collect(),
        }
    }

    /// Dark, light, or `None` outside of the code and its quiet zone of four modules.
    pub(crate) fn is_dark(&self, u: f32, v: f32) -> Option<bool> {
        let side = self.side as f32;
        let paper = -4.0..side + 4.0;
        let code = 0.0..side;
        if code.contains(&u) && code.contains(&v) {
            self.dark.get(v as usize * self.side + u as usize).copied()
        } else {
            (paper.contains(&u) && paper.contains(&v)).then_some(false)
        }
    }
}
