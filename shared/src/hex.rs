//! Digests as text: 64 lower-case hexadecimal digits, one text for each.

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

    #[test]
    fn a_digest_has_one_text() {
        let text = "00ff".repeat(16);
        assert_eq!(sha256(&text).unwrap()[..4], [0, 255, 0, 255]);
        for wrong in [&text[1..], &text.to_uppercase(), &(text.clone() + "0"), ""] {
            assert_eq!(sha256(wrong), None, "{wrong}");
        }
    }
}
