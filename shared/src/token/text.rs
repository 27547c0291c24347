//! The two text forms of a token, told apart by their alphabet, and its link.
//!
//! Each byte string has exactly one text per form; anything else is refused.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Token, TokenError};
use crate::digits;

/// How a token is written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextForm {
    /// Decimal digits (D17): QR codes and links.
    Decimal,
    /// base64url without padding: API, files, receipts, copy and paste.
    Base64Url,
}

impl Token {
    /// Longest text of a token, in bytes: the decimal form of the longest token.
    pub const MAX_TEXT: usize = Self::MAX_BYTES.div_ceil(7) * 17;

    /// The token as text.
    pub fn to_text(&self, form: TextForm) -> String {
        match form {
            TextForm::Decimal => digits::encode(self.as_bytes()),
            TextForm::Base64Url => URL_SAFE_NO_PAD.encode(self.as_bytes()),
        }
    }

    /// Reads either text form.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        if text.len() > Self::MAX_TEXT {
            return Err(TokenError::TooLong);
        }
        let bytes = if !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit()) {
            digits::decode(text)?
        } else {
            // The engine refuses padding and set bits behind the last byte, so each byte string has one text.
            URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Base64)?
        };
        Self::from_bytes(bytes)
    }

    /// The link that is printed: `<origin>/v/<decimal>`, where `origin` is `https://host` without a slash.
    pub fn link(&self, origin: &str) -> String {
        format!("{origin}/v/{}", self.to_text(TextForm::Decimal))
    }
}
