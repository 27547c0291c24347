//! Where this service is reached.

use std::sync::Arc;

/// The origin that is printed on labels: `https://host`, without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicOrigin(Arc<str>);

impl PublicOrigin {
    /// The origin of `url`, which must be http or https.
    pub fn of(url: &url::Url) -> Option<Self> {
        matches!(url.scheme(), "http" | "https").then(|| Self(url.origin().ascii_serialization().into()))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is reached over https.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}
