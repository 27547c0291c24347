//! Arithmetic in the field of 256 elements that the codewords of a QR code live in (x⁸ + x⁴ + x³ + x² + 1).

/// Powers of the generator, twice over, so that the sum of two logarithms needs no remainder.
const POWERS: [u8; 512] = powers();
const LOGARITHMS: [u8; 256] = logarithms();

/// The generator to this power.
#[inline]
pub(super) fn power(exponent: usize) -> u8 {
    POWERS[exponent % 255]
}

#[inline]
pub(super) fn multiply(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        return 0;
    }
    POWERS[usize::from(LOGARITHMS[usize::from(a)]) + usize::from(LOGARITHMS[usize::from(b)])]
}

/// `a` times the generator to a power below 256.
#[inline]
pub(super) fn shift(a: u8, exponent: u8) -> u8 {
    if a == 0 { 0 } else { POWERS[usize::from(LOGARITHMS[usize::from(a)]) + usize::from(exponent)] }
}

/// One over `a`; zero for zero, which callers rule out.
#[inline]
pub(super) fn inverse(a: u8) -> u8 {
    if a == 0 { 0 } else { POWERS[255 - usize::from(LOGARITHMS[usize::from(a)])] }
}

/// The value of a polynomial, lowest coefficient first, where the generator to `exponent` is put in.
#[inline]
pub(super) fn evaluate(coefficients: &[u8], exponent: usize) -> u8 {
    let step = (exponent % 255) as u8;
    coefficients.iter().rev().fold(0, |sum, coefficient| shift(sum, step) ^ coefficient)
}

const fn powers() -> [u8; 512] {
    let mut table = [0; 512];
    let mut value = 1u16;
    let mut exponent = 0;
    while exponent < 512 {
        table[exponent] = value.to_le_bytes()[0];
        value <<= 1;
        if value > 255 {
            value ^= 0x11d;
        }
        exponent += 1;
    }
    table
}

const fn logarithms() -> [u8; 256] {
    let mut table = [0; 256];
    let powers = powers();
    let mut exponent = 0u8;
    while exponent < 255 {
        table[powers[exponent as usize] as usize] = exponent;
        exponent += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverses_multiply_to_one() {
        assert!((1..=255).all(|a| multiply(a, inverse(a)) == 1));
        assert_eq!(power(8), 0x1d);
        assert_eq!(evaluate(&[7, 0, 3], 0), 7 ^ 3);
        assert_eq!(evaluate(&[7, 5, 3], 300), 7 ^ multiply(5, power(45)) ^ multiply(3, power(90)));
    }
}
