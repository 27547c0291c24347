//! The revision of what is changed, as an entity tag: read it, send it back, and nobody else's change is overwritten.

use axum::http::{HeaderMap, header};
use shirushi_shared::status::Revision;

use super::{cache_policy::EntityTag, problem::Refusal};

/// The tag of `revision`: what a caller sends back in `If-Match`.
pub(super) fn revision_tag(revision: u64) -> EntityTag {
    EntityTag::quoted(&revision.to_string())
}

/// The revision that the caller has seen, by `If-Match`; `None` where it does not say, or says `*`.
pub(super) fn seen_revision(headers: &HeaderMap) -> Result<Option<Revision>, Refusal> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let digits = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    match digits.parse() {
        Ok(revision) => Ok(Some(Revision::new(revision))),
        Err(_) => {
            Err(Refusal::bad_request("If-Match takes the ETag of what is changed: its revision, as in \"3\""))
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_revision_is_read_back_from_its_tag() {
        let seen = |text: &'static str| {
            seen_revision(&HeaderMap::from_iter([(header::IF_MATCH, HeaderValue::from_static(text))]))
        };
        assert_eq!(seen("\"3\""), Ok(Some(Revision::new(3))));
        assert_eq!(seen("3"), Ok(Some(Revision::new(3))));
        assert_eq!(seen("*"), Ok(None));
        assert!(seen("\"three\"").is_err());
        assert_eq!(seen_revision(&HeaderMap::new()), Ok(None));
    }
}
