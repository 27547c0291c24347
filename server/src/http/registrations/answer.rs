//! A status record over the wire, and its revision as an entity tag.

use axum::http::{HeaderMap, header};
use shirushi_shared::{
    api::StatusAnswer,
    label::LabelState,
    status::{Revision, StatusRecord, StatusSource},
    time::UnixTime,
};

use crate::http::{cache_policy::EntityTag, problem::Refusal};

/// The tag of revision `revision`: what a caller sends back in `If-Match`.
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
        Err(_) => Err(Refusal::bad_request(
            "If-Match takes the ETag of the registration: its revision, as in \"3\"",
        )),
    }
}

/// `record` as it was written at `now`.
pub(super) fn status_answer(record: &StatusRecord, now: UnixTime) -> StatusAnswer {
    let (reason, since, until) = match &record.state {
        LabelState::Active => (None, None, None),
        LabelState::Grace { since } => (None, Some(*since), None),
        LabelState::Suspended { since, until, reason } => (Some(reason.clone()), Some(*since), *until),
        LabelState::Revoked { since, reason } => (Some(reason.clone()), Some(*since), None),
    };
    StatusAnswer {
        value: Some(record.state.name().to_owned()),
        reason,
        since,
        until,
        valid_from: Some(record.valid.from),
        expires: Some(record.valid.until),
        revision: Some(record.revision.get()),
        as_of: Some(now),
        age_s: Some(0),
        source: StatusSource::Registry,
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
