//! Header fields about files: names (RFC 6266, RFC 8187) and digests (RFC 9530, RFC 3230).

use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::scheme::evidence::ContentHash;

/// The name in `Content-Disposition`: `filename*` where it is there, else `filename`.
pub(super) fn given_name(headers: &HeaderMap) -> Option<String> {
    let given = headers.get(header::CONTENT_DISPOSITION)?.to_str().ok()?;
    let parameter = |name: &str| {
        given.split(';').skip(1).find_map(|part| {
            let (key, value) = part.split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
        })
    };
    let extended = parameter("filename*").and_then(|value| {
        let text = value.get(..7).filter(|start| start.eq_ignore_ascii_case("utf-8''"));
        text.and(value.get(7..)).and_then(percent_decoded)
    });
    extended.or_else(|| parameter("filename"))
}

/// The SHA-256 in `Content-Digest: sha-256=:…:` or `Digest: sha-256=…`; an error where it is there and is none.
pub(super) fn given_digest(headers: &HeaderMap) -> Option<Result<ContentHash, &'static str>> {
    let fields = ["content-digest", "digest"].into_iter().flat_map(|name| headers.get_all(name));
    let values = fields.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let mut digests = values.filter_map(|value| {
        let (algorithm, digest) = value.trim().split_once('=')?;
        algorithm.eq_ignore_ascii_case("sha-256").then_some(digest)
    });
    let digest = digests.next()?.trim_matches(':');
    let bytes = STANDARD.decode(digest).ok().and_then(|bytes| bytes.try_into().ok());
    Some(bytes.map(ContentHash::from_bytes).ok_or("is no SHA-256 in base64"))
}

/// `Content-Disposition` of a download called `name`.
pub(in crate::http) fn attachment(name: &str) -> HeaderValue {
    let (mut plain, mut extended) = (String::new(), String::new());
    for c in name.chars() {
        plain.push(if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' });
    }
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            extended.push(char::from(byte));
        } else {
            let _ = write!(extended, "%{byte:02X}");
        }
    }
    let text = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{extended}");
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("attachment"))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                let digit =
                    |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                bytes.push(digit(high)? << 4 | digit(low)?);
                tail
            }
            (b'%', _) => return None,
            (byte, tail) => {
                bytes.push(*byte);
                tail
            }
        };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::HeaderName::from_static(name), HeaderValue::from_static(value))])
    }

    #[test]
    fn a_name_is_read_as_it_is_written() {
        for (given, name) in [
            ("attachment; filename=\"report.pdf\"", Some("report.pdf")),
            ("attachment; filename=report.pdf", Some("report.pdf")),
            ("attachment; filename=\"r.pdf\"; filename*=UTF-8''%E5%A0%B1%E5%91%8A.pdf", Some("報告.pdf")),
            ("attachment; filename*=utf-8''%E5%A0; filename=x.pdf", Some("x.pdf")),
            ("attachment; filename*=UTF-8''%", None),
            ("attachment", None),
            ("", None),
        ] {
            assert_eq!(given_name(&headers("content-disposition", given)).as_deref(), name, "{given}");
        }
        let back = attachment("報告 \"1\".pdf");
        assert!(back.to_str().unwrap().starts_with("attachment; filename=\"____1_.pdf\"; "), "{back:?}");
        let back = HeaderMap::from_iter([(header::CONTENT_DISPOSITION, back)]);
        assert_eq!(given_name(&back).unwrap(), "報告 \"1\".pdf");
    }

    #[test]
    fn a_digest_is_read_in_either_form() {
        let empty = ContentHash::of(b"");
        for (name, value) in [
            ("content-digest", "sha-512=:AA==:, sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"),
            ("digest", "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        ] {
            assert_eq!(given_digest(&headers(name, value)), Some(Ok(empty)), "{value}");
        }
        assert!(matches!(given_digest(&headers("digest", "sha-256=AA==")), Some(Err(_))));
        assert_eq!(given_digest(&headers("digest", "md5=AA==")), None);
    }
}
