//! The names of lists, endpoints and messages: a prefix that says what it is, and random letters or a digest.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Letters after the prefix: 12 bytes in base64url.
const LETTERS: usize = 16;

/// Text that is no such name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a name of the form {0}…, with {LETTERS} letters after that")]
pub struct NotAnId(&'static str);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// What stands before the letters.
            pub const PREFIX: &'static str = $prefix;

            /// Reads a name.
            pub fn parse(text: &str) -> Result<Self, NotAnId> {
                let letters = text.strip_prefix($prefix).ok_or(NotAnId($prefix))?;
                let fits = letters.len() == LETTERS
                    && letters.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
                if fits { Ok(Self(text.to_owned())) } else { Err(NotAnId($prefix)) }
            }

            /// The name of these bytes.
            pub fn of(bytes: [u8; 12]) -> Self {
                use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
                Self(format!("{}{}", $prefix, URL_SAFE_NO_PAD.encode(bytes)))
            }

            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(text: String) -> Result<Self, NotAnId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
id! {
    /// The name of a watch list.
    WatchId, "wl_"
}
id! {
    /// The name of an endpoint.
    EndpointId, "ep_"
}
id! {
    /// The name of an event or of a message about it (`webhook-id`).
    EventId, "msg_"
}
