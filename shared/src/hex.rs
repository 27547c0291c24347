//! Digests as text: 64 lower-case hexadecimal digits, one text for each.

use core::fmt;

/// Writes `bytes`. Not by `{:02x}` for each, which takes ten times as long: answers about many labels are full of digests.
pub(crate) fn write(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let digit = |value| char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 });
    let text: String = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect();
    f.write_str(&text)
}

/// The SHA-256 that is written so.
pub(crate) fn sha256(text: &str) -> Option<[u8; 32]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != 32 || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = (digit(*high)? << 4) | digit(*low)?;
    }
    Some(bytes)
}

/// The 32 bytes that somebody typed so, in digits of either case.
pub(crate) fn typed(text: &str) -> Option<[u8; 32]> {
    sha256(&text.to_ascii_lowercase())
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Written([u8; 32]);

    impl fmt::Display for Written {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write(&self.0, f)
        }
    }

    #[test]
    fn a_digest_has_one_text() {
        let text = "00ff9a0f".repeat(8);
        assert_eq!(sha256(&text).unwrap()[..4], [0, 255, 0x9a, 15]);
        assert_eq!(Written(sha256(&text).unwrap()).to_string(), text);
        for wrong in [&text[1..], &text.to_uppercase(), &(text.clone() + "0"), ""] {
            assert_eq!(sha256(wrong), None, "{wrong}");
        }
        assert_eq!(typed(&text.to_uppercase()), sha256(&text));
        assert_eq!(typed(&format!("+1{}", &text[2..])), None, "a sign is no digit");
    }
}
