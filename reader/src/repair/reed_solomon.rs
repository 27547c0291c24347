//! Reed–Solomon with errors *and* erasures: a codeword known to be doubtful costs one parity symbol instead of two.

use super::galois::{evaluate, inverse, multiply, power, shift};
use crate::symbol::blocks::MAX_PARITY;

/// Room for any polynomial here: twice the parity, and one.
const ROOM: usize = 2 * MAX_PARITY + 1;

/// A polynomial, lowest coefficient first.
type Polynomial = [u8; ROOM];

/// Corrects a block in place: data, then `parity` symbols. `erased` are indices into it whose value is not trusted.
///
/// `spare` parity symbols must be left unspent: two for an error and one for an erasure are spent. Returns how
/// many symbols were changed, or `None` with the block as it was. An undamaged block costs nothing and needs no spare.
pub(super) fn correct(block: &mut [u8], parity: usize, erased: &[usize], spare: usize) -> Option<usize> {
    if parity > MAX_PARITY || block.len() > 255 {
        return None;
    }
    let syndromes = syndromes(block, parity);
    if syndromes.iter().all(|value| *value == 0) {
        return Some(0);
    }
    let allowed = parity.checked_sub(erased.len() + spare)?;
    let erasures = erasure_locator(erased, block.len());
    let known = product(&syndromes, &erasures, parity);
    let (errors, count) = error_locator(&known[erased.len()..parity]);
    if 2 * count > allowed {
        return None;
    }
    let degree = count + erased.len();
    let locator = product(&errors, &erasures, degree + 1);
    let evaluator = product(&syndromes, &locator, parity);
    let changes = changes(&locator[..=degree], &evaluator[..parity], block.len())?;
    apply(block, &changes);
    if self::syndromes(block, parity).iter().any(|value| *value != 0) {
        apply(block, &changes);
        return None;
    }
    Some(changes.iter().filter(|(_, change)| *change != 0).count())
}

/// The block as a polynomial (first symbol highest), valued at the first powers of the generator: all zero when whole.
fn syndromes(block: &[u8], parity: usize) -> Polynomial {
    let mut syndromes = [0; ROOM];
    for (exponent, value) in (0..).zip(&mut syndromes[..parity]) {
        for symbol in block {
            *value = shift(*value, exponent) ^ symbol;
        }
    }
    syndromes
}

/// The polynomial that is zero at the inverse of each erased place.
fn erasure_locator(erased: &[usize], length: usize) -> Polynomial {
    let mut locator = [0; ROOM];
    locator[0] = 1;
    for (degree, index) in erased.iter().enumerate() {
        let place = power(length - 1 - index);
        for i in (1..=degree + 1).rev() {
            locator[i] ^= multiply(locator[i - 1], place);
        }
    }
    locator
}

/// The lowest `terms` coefficients of a product.
fn product(a: &Polynomial, b: &Polynomial, terms: usize) -> Polynomial {
    let mut product = [0; ROOM];
    for (i, value) in product.iter_mut().enumerate().take(terms) {
        *value = (0..=i).fold(0, |sum, k| sum ^ multiply(a[k], b[i - k]));
    }
    product
}

/// Berlekamp–Massey: the shortest polynomial that explains the syndromes, and how many errors it stands for.
fn error_locator(syndromes: &[u8]) -> (Polynomial, usize) {
    let (mut locator, mut before) = ([0; ROOM], [0; ROOM]);
    locator[0] = 1;
    before[0] = 1;
    let (mut count, mut gap, mut discrepancy_before) = (0, 1, 1);
    for (i, syndrome) in syndromes.iter().enumerate() {
        let discrepancy = (1..=count).fold(*syndrome, |sum, k| sum ^ multiply(locator[k], syndromes[i - k]));
        if discrepancy == 0 {
            gap += 1;
            continue;
        }
        let factor = multiply(discrepancy, inverse(discrepancy_before));
        let kept = locator;
        for (value, old) in locator[gap..].iter_mut().zip(&before) {
            *value ^= multiply(factor, *old);
        }
        if 2 * count <= i {
            count = i + 1 - count;
            before = kept;
            discrepancy_before = discrepancy;
            gap = 1;
        } else {
            gap += 1;
        }
    }
    (locator, count)
}

/// Chien and Forney: where the locator is zero, and by what the symbol there is wrong. `None` unless it has as many
/// zeros within the block as its degree says.
fn changes(locator: &[u8], evaluator: &[u8], length: usize) -> Option<Vec<(usize, u8)>> {
    let slope: Vec<u8> =
        locator.iter().skip(1).enumerate().map(|(i, value)| if i % 2 == 0 { *value } else { 0 }).collect();
    let mut changes = Vec::with_capacity(locator.len());
    for index in 0..length {
        let place = length - 1 - index;
        let inverse_place = 255 - place;
        if evaluate(locator, inverse_place) != 0 {
            continue;
        }
        let slope = evaluate(&slope, inverse_place);
        if slope == 0 {
            return None;
        }
        let ratio = multiply(evaluate(evaluator, inverse_place), inverse(slope));
        changes.push((index, multiply(power(place), ratio)));
    }
    (changes.len() + 1 == locator.len()).then_some(changes)
}

fn apply(block: &mut [u8], changes: &[(usize, u8)]) {
    for (index, change) in changes {
        block[*index] ^= change;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Version 1-M's block from the standard's worked example ("01234567"): 16 of data, 10 of parity.
    const WHOLE: [u8; 26] = [
        0x10, 0x20, 0x0c, 0x56, 0x61, 0x80, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xa5,
        0x24, 0xd4, 0xc1, 0xed, 0x36, 0xc7, 0x87, 0x2c, 0x55,
    ];

    fn damaged(places: &[usize]) -> [u8; 26] {
        let mut block = WHOLE;
        for place in places {
            block[*place] ^= 0x5a + *place as u8;
        }
        block
    }

    #[test]
    fn five_errors_cost_all_ten_parity_symbols() {
        let mut block = damaged(&[0, 7, 13, 19, 25]);
        assert_eq!(correct(&mut block, 10, &[], 0), Some(5));
        assert_eq!(block, WHOLE);
        let mut block = damaged(&[0, 7, 13, 19, 25]);
        assert_eq!(correct(&mut block, 10, &[], 1), None, "one must be left unspent");
        assert_eq!(block, damaged(&[0, 7, 13, 19, 25]), "a refused block is left as it was");
        assert_eq!(correct(&mut damaged(&[0, 3, 7, 13, 19, 25]), 10, &[], 0), None, "six are too many");
    }

    #[test]
    fn an_erasure_costs_one() {
        let mut block = damaged(&[1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(correct(&mut block, 10, &[1, 2, 3, 4, 5, 6], 0), Some(8), "six erasures and two errors");
        assert_eq!(block, WHOLE);
        let mut block = damaged(&[4, 9]);
        assert_eq!(correct(&mut block, 10, &[0, 4, 11], 3), Some(2), "an erased symbol may have been right");
        assert_eq!(block, WHOLE);
        assert_eq!(correct(&mut damaged(&[1, 2, 3]), 10, &[0; 11], 0), None, "more erasures than parity");
    }

    #[test]
    fn a_whole_block_is_left_alone() {
        let mut block = WHOLE;
        assert_eq!(correct(&mut block, 10, &[3, 4, 5, 6, 7, 8, 9, 10], 2), Some(0));
        assert_eq!(block, WHOLE);
    }
}
