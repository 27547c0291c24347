//! The kinds of files that are taken as evidence, and whether a file's bytes are what it is said to be.
//!
//! A closed list: what a browser could run (HTML, SVG) is not on it. Whoever serves evidence sends it as a download with
//! `nosniff` all the same, since a text may hold anything.

use crate::scheme::words::words;

words! {
    /// A kind of file.
    MediaType {
        /// A document.
        Pdf = "pdf",
        /// A picture.
        Png = "png",
        /// A photograph.
        Jpeg = "jpeg",
        /// A table as text, in UTF-8 or CP932.
        Csv = "csv",
        /// A table of Excel.
        Xlsx = "xlsx",
        /// Plain text, in UTF-8 or CP932.
        Txt = "txt",
        /// JSON (advisories, SBOM).
        Json = "json",
        /// Several files together.
        Zip = "zip",
    }
}

/// How many bytes of a file's beginning tell what it is; more are not looked at.
pub const PREFIX: usize = 1_024;

impl MediaType {
    /// Its name in HTTP (IANA).
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Txt => "text/plain",
            Self::Json => "application/json",
            Self::Zip => "application/zip",
        }
    }

    /// Whether a file that begins with `prefix` can be of this type. A table of Excel is a ZIP as well, and CSV and JSON are
    /// texts: the wider type is no false statement, the narrower one would be.
    pub fn agrees_with(self, prefix: &[u8]) -> bool {
        match sniff(prefix) {
            Some(found) if found == self => true,
            Some(Self::Xlsx) => self == Self::Zip,
            Some(Self::Txt) => self == Self::Csv,
            Some(Self::Json) => matches!(self, Self::Csv | Self::Txt),
            None | Some(_) => false,
        }
    }
}

/// What a file that begins with `prefix` is, by its first bytes. CSV cannot be told from text and counts as `Txt`.
pub fn sniff(prefix: &[u8]) -> Option<MediaType> {
    let prefix = prefix.get(..PREFIX).unwrap_or(prefix);
    if prefix.starts_with(b"%PDF-") {
        Some(MediaType::Pdf)
    } else if prefix.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(MediaType::Png)
    } else if prefix.starts_with(b"\xFF\xD8\xFF") {
        Some(MediaType::Jpeg)
    } else if prefix.starts_with(b"PK\x03\x04") {
        Some(if is_spreadsheet(prefix) { MediaType::Xlsx } else { MediaType::Zip })
    } else {
        text(prefix)
    }
}

/// The first entry of a ZIP is named at byte 30 of its local header (APPNOTE 4.3.7); these are the first ones of the common
/// writers of XLSX. Other office files begin alike: what is told apart is a table from an archive of anything.
fn is_spreadsheet(prefix: &[u8]) -> bool {
    const FIRST: [&[u8]; 4] = [b"[Content_Types].xml", b"_rels/.rels", b"docProps/", b"xl/"];
    prefix.get(30..).is_some_and(|name| FIRST.iter().any(|first| name.starts_with(first)))
}

/// Text has no control characters but line breaks, tabs and form feeds, in UTF-8 as in CP932.
fn text(prefix: &[u8]) -> Option<MediaType> {
    let text = prefix.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(prefix);
    let is_control =
        |byte: &u8| (*byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C)) || *byte == 0x7F;
    if text.is_empty() || text.iter().any(is_control) {
        return None;
    }
    match text.trim_ascii_start().first() {
        Some(b'{' | b'[') => Some(MediaType::Json),
        // Markup, which a browser might run; a text that begins like it can be handed in as PDF.
        Some(b'<') => None,
        _ => Some(MediaType::Txt),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XLSX: &[u8] =
        b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0[Content_Types].xml";
    const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0evil.exe";

    #[test]
    fn a_declared_type_agrees_with_the_bytes() {
        let files: [(&str, &[u8]); 13] = [
            ("pdf", b"%PDF-1.7\n"),
            ("png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
            ("jpeg", b"\xFF\xD8\xFF\xE0\0\x10JFIF"),
            ("xlsx", XLSX),
            ("zip", ZIP),
            ("json", b"\xEF\xBB\xBF {\"a\": 1}"),
            ("csv in UTF-8", "型番,名称\r\n".as_bytes()),
            ("csv in CP932", b"\x8C\x5E\x94\xD4,\x96\xBC\x8F\xCC\r\n"),
            ("html", b"<!doctype html><script>"),
            ("program", b"MZ\x90\0\x03"),
            ("elf", b"\x7FELF\x02"),
            ("UTF-16", b"\xFF\xFEa\0"),
            ("nothing", b""),
        ];
        let mut table = Vec::new();
        for (name, bytes) in files {
            let agreed: Vec<_> =
                MediaType::ALL.iter().filter(|one| one.agrees_with(bytes)).map(|one| one.as_str()).collect();
            let found = sniff(bytes).map_or("-", MediaType::as_str);
            table.push(format!("{name}: {found}, may be declared as: {}", agreed.join(" ")));
        }
        insta::assert_snapshot!(table.join("\n"));
    }

    #[test]
    fn any_beginning_is_answered() {
        for file in [XLSX, ZIP, b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xEF\xBB\xBF{"] {
            for end in 0..=file.len() {
                let found = sniff(&file[..end]);
                assert!(found.is_none() || end > 0);
            }
        }
        assert_eq!(sniff(&[b'a'; 10 * PREFIX]), Some(MediaType::Txt));
    }
}
