//! Rows of one run that are alike.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};

/// A key as a number of 96 bits.
pub(super) fn bits(key: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    if let (Ok(read), Some(end)) = (BASE64URL.decode(key), bytes.get_mut(4..)) {
        end.iter_mut().zip(read).for_each(|(place, byte)| *place = byte);
    }
    u128::from_be_bytes(bytes)
}

/// Rows of the earlier run that are alike: each has a place of its own, its key with how many there were before it. Only of
/// keys that come several times anything is kept.
#[derive(Default)]
pub(super) struct Alike {
    /// How many there are, and how many of them were met.
    keys: HashMap<u128, (u32, u32)>,
}

impl Alike {
    /// The place of one more row of the earlier run with this key.
    pub(super) fn another(&mut self, key: u128) -> u128 {
        let (count, _) = self.keys.entry(key).or_insert((1, 0));
        let place = key | u128::from(*count) << 96;
        *count += 1;
        place
    }

    /// The place of the next row with this key.
    pub(super) fn next(&mut self, key: u128) -> u128 {
        let Some((_, met)) = self.keys.get_mut(&key) else { return key };
        let place = key | u128::from(*met) << 96;
        *met += 1;
        place
    }

    pub(super) fn begin_again(&mut self) {
        self.keys.values_mut().for_each(|(_, met)| *met = 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_are_alike_have_places_of_their_own() {
        let key = bits(b"AAAAAAAAAAAAAAAB");
        assert_eq!(key, 1);
        let mut alike = Alike::default();
        assert_eq!(alike.next(key), key, "of a key that comes once nothing is kept");
        let places = [key, alike.another(key), alike.another(key)];
        assert_eq!(places, [1, 1 | 1 << 96, 1 | 2 << 96]);
        assert_eq!([alike.next(key), alike.next(key), alike.next(key)], places);
        alike.begin_again();
        assert_eq!(alike.next(key), key);
    }
}
