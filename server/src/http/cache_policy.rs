//! How long an answer may be kept, as a label on the response. Unlabelled means not at all.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// How long an answer may be kept, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CachePolicy {
    /// By nobody: verdicts, anything about a label's tail, refusals.
    NoStore,
    /// By anybody, and asked about each time (answered by 304 where the `ETag` still holds).
    Revalidate,
    /// By anybody, for a minute or five: signed lists whose own `exp` and version protect the reader.
    Minutes(u8),
    /// By anybody, for good: files whose name holds the hash of their content.
    Immutable,
}

impl CachePolicy {
    pub(super) fn header(self) -> HeaderValue {
        match self {
            Self::NoStore => HeaderValue::from_static("no-store"),
            Self::Revalidate => HeaderValue::from_static("no-cache"),
            // A list that cannot be refreshed is still worth more than none: its age shows by its own `iat`.
            Self::Minutes(minutes) => {
                let seconds = u32::from(minutes) * 60;
                HeaderValue::try_from(format!("public, max-age={seconds}, stale-if-error=86400"))
                    .unwrap_or(HeaderValue::from_static("no-store"))
            }
            Self::Immutable => HeaderValue::from_static("public, max-age=31536000, immutable"),
        }
    }
}

/// Writes the label of each response as its `Cache-Control`.
pub(super) async fn apply(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let policy = response.extensions().get().copied().unwrap_or(CachePolicy::NoStore);
    response.headers_mut().insert(header::CACHE_CONTROL, policy.header());
    response
}

/// An entity tag: `"…"`, or `W/"…"` where only the meaning is the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EntityTag(HeaderValue);

impl EntityTag {
    /// The strong tag of these bytes.
    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        let digest = sha2::Sha256::digest(bytes);
        let text: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        Self::quoted(&text)
    }

    /// The weak tag of these bytes: for what is also sent compressed.
    pub(super) fn weak_of_bytes(bytes: &[u8]) -> Self {
        let Self(strong) = Self::of_bytes(bytes);
        let weak = [b"W/", strong.as_bytes()].concat();
        Self(HeaderValue::from_bytes(&weak).unwrap_or(strong))
    }

    /// The tag `"text"`; `text` is of visible ASCII without quotation marks.
    pub(super) fn quoted(text: &str) -> Self {
        Self(HeaderValue::try_from(format!("\"{text}\"")).unwrap_or(HeaderValue::from_static("\"\"")))
    }

    /// `answer` with this tag, or 304 where the caller holds it already.
    ///
    /// A browser lays the headers of a 304 over those that it has kept: they must be the ones of the answer, or the page
    /// would lose its style and its camera when it is looked at again.
    pub(super) fn guard(self, asked: &HeaderMap, answer: impl IntoResponse) -> Response {
        let mut response = answer.into_response();
        if self.is_in(asked.get(header::IF_NONE_MATCH)) {
            let (full, _) = response.into_parts();
            response = StatusCode::NOT_MODIFIED.into_response();
            *response.extensions_mut() = full.extensions;
            if let Some(vary) = full.headers.get(header::VARY) {
                response.headers_mut().insert(header::VARY, vary.clone());
            }
        }
        response.headers_mut().insert(header::ETAG, self.0);
        response
    }

    /// Weak comparison (RFC 9110 §13.1.2): a cache on the way may have weakened the tag when it compressed.
    fn is_in(&self, list: Option<&HeaderValue>) -> bool {
        let Some(list) = list.and_then(|list| list.to_str().ok()) else { return false };
        let ours = self.0.as_bytes();
        let ours = ours.strip_prefix(b"W/").unwrap_or(ours);
        list.split(',')
            .map(str::trim)
            .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == ours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_again_in_a_list_and_weakened() {
        let tag = EntityTag::quoted("r3");
        let held = |text: &'static str| tag.is_in(Some(&HeaderValue::from_static(text)));
        assert!(held("\"r3\""));
        assert!(held("\"r1\", W/\"r3\""));
        assert!(held("*"));
        assert!(!held("\"r33\""));
        assert!(!held("r3"));
        assert!(!tag.is_in(None));
    }
}
