//! The name of a file: its content's hash.

use std::fmt;

use sha2::{Digest, Sha256};

/// The SHA-256 of a file's content. As text: 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash([u8; Self::BYTES]);

/// A text is no SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 is 64 hexadecimal digits")]
pub struct NotAHash;

impl ContentHash {
    const BYTES: usize = 32;

    /// Of `content`.
    pub fn of(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }

    /// Of what `hasher` has seen.
    pub(super) fn finished(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }

    /// Reads 64 hexadecimal digits, large or small, as tools print them, and nothing around them.
    pub fn parse(text: &str) -> Result<Self, NotAHash> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != Self::BYTES || !rest.is_empty() {
            return Err(NotAHash);
        }
        let mut bytes = [0; Self::BYTES];
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Ok(Self(bytes))
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// Folder and name of a file of this hash in any store: `ab`, `cdef…`. 256 folders, so that none grows too large to
    /// list.
    pub(super) fn place(&self) -> [String; 2] {
        let hash = self.to_string();
        let (folder, name) = hash.split_at(2);
        [folder, name].map(str::to_owned)
    }
}

fn digit(ascii: u8) -> Result<u8, NotAHash> {
    let digit = char::from(ascii).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    digit.ok_or(NotAHash)
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-2, B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_standards_example_there_and_back() {
        let hash = ContentHash::of(b"abc");
        assert_eq!(hash.to_string(), ABC);
        assert_eq!(ContentHash::parse(ABC), Ok(hash));
        assert_eq!(ContentHash::parse(&ABC.to_uppercase()), Ok(hash));
        assert_eq!(hash.place(), [ABC[..2].to_owned(), ABC[2..].to_owned()]);
    }

    #[test]
    fn anything_else_is_refused() {
        let long = format!("{ABC}0");
        let signed = format!("+{}", &ABC[1..]);
        let path = format!("../{}", &ABC[3..]);
        let wide = ABC.replace('b', "ｂ");
        for text in ["", &ABC[1..], &long, &signed, &path, &wide, &format!(" {}", &ABC[1..])] {
            assert_eq!(ContentHash::parse(text), Err(NotAHash), "{text:?}");
        }
    }
}
