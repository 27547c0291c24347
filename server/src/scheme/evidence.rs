//! Evidence (証跡) as a case refers to it: by its digest. The bytes lie elsewhere.

mod digest;
mod media_type;

use serde::{Deserialize, Deserializer, Serialize};

pub use digest::{ContentHash, NotAContentHash};
pub use media_type::{MediaType, PREFIX, sniff};

use super::text::{TextError, checked_text, line};

/// A file that was handed in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRef {
    /// SHA-256 of its bytes: its identity.
    pub sha256: ContentHash,
    /// Its name, for display only; nothing is stored or opened under it.
    pub name: FileName,
    /// What it is; agreed with its bytes when it was handed in ([`MediaType::agrees_with`]).
    pub media_type: MediaType,
    /// Its size.
    pub size: FileSize,
}

/// Why a file's name was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileNameError {
    /// Its text.
    #[error(transparent)]
    Text(#[from] TextError),
    /// It leads to a place.
    #[error("a file's name is no path")]
    Path,
}

checked_text! {
    /// A file's name for display: one line, no path.
    FileName, FileNameError, |text| {
        line(text, 1, FileName::MAX_BYTES)?;
        if text.contains(['/', '\\', ':']) || matches!(text, "." | "..") { Err(FileNameError::Path) } else { Ok(()) }
    }
}

impl FileName {
    /// Longest name: what common file systems take.
    pub const MAX_BYTES: usize = 255;
}

/// A file's size in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct FileSize(u64);

/// A size that no evidence has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("evidence has 1 to {} bytes", FileSize::MAX)]
pub struct FileSizeError;

impl FileSize {
    /// Largest file that any store of this service takes (`evidence::MaxSize`).
    pub const MAX: u64 = 64 << 20;

    /// A size of `bytes`.
    pub const fn new(bytes: u64) -> Result<Self, FileSizeError> {
        if bytes == 0 || bytes > Self::MAX { Err(FileSizeError) } else { Ok(Self(bytes)) }
    }

    /// In bytes.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for FileSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_and_leads_nowhere() {
        assert!(FileName::parse("チェックリスト 2026..pdf").is_ok());
        for path in ["../x", "a/b.pdf", "a\\b.pdf", "C:x", ".", ".."] {
            assert_eq!(FileName::parse(path), Err(FileNameError::Path), "{path}");
        }
        for text in ["", " ", "a\0b", "a\nb", "scan\u{202E}fdp.exe"] {
            assert!(matches!(FileName::parse(text), Err(FileNameError::Text(_))), "{text:?}");
        }
        assert!(FileName::parse(&"x".repeat(256)).is_err());
    }

    #[test]
    fn sizes_have_bounds_when_they_are_read_back_too() {
        assert_eq!(FileSize::new(0), Err(FileSizeError));
        assert!(FileSize::new(FileSize::MAX).is_ok());
        assert!(serde_json::from_str::<FileSize>("67108865").is_err());
        assert!(serde_json::from_str::<FileSize>("-1").is_err());
    }
}
