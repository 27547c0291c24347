//! The label token: a CWT (RFC 8392) in the signed envelope, small enough to be printed.
//!
//! | key | claim | value |
//! |---|---|---|
//! | 2 | sub | registration number, normalised form |
//! | 4 | exp | end of the validity at issue, UTC seconds |
//! | 6 | iat | issue, UTC seconds |
//! | -65537 | private | one unsigned integer: level − 1 (2 bits), product category (10 bits), status list index (20 bits) |
//!
//! No maker, product or model: a registration covers many models, and those change (`token.md`).
//! At most 122 bytes for a 17-character number, the most that fits version 8 at M behind a 16-character host;
//! why the private claim is one integer is told in ADR 0003.

mod claims;
#[cfg(test)]
pub(crate) mod tests;
mod text;

use core::fmt;

use sha2::{Digest, Sha256};

pub use claims::{LabelClaims, StatusIndex};
pub use text::TextForm;

use crate::{
    cose::{self, Envelope, Purpose, Sign, SignError, VerifyError, cbor::CborError},
    digits::DigitsError,
    key::{KeyHint, KeyId, KeyRing, KeyState},
};

/// The bytes of a token whose form is right; its signature is not checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Vec<u8>);

/// Why bytes or text are no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Longer than any token.
    #[error("longer than {} bytes", Token::MAX_BYTES)]
    TooLong,
    /// Decimal text that no bytes have.
    #[error(transparent)]
    Digits(#[from] DigitsError),
    /// Not base64url without padding, or a second text of the same bytes.
    #[error("not base64url without padding")]
    Base64,
    /// Not the envelope, or not the claims.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

/// Why a token of the right form is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// No known label key is called so.
    #[error("no known label key is called {0}")]
    UnknownKey(KeyHint),
    /// The signature does not hold.
    #[error("the signature does not hold")]
    BadSignature,
    /// The signature holds and the claims are not those of a label.
    #[error("signed, and not the claims of a label: {0}")]
    Claims(CborError),
}

/// A token whose signature holds, with its claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedToken {
    /// The token's identity.
    pub id: TokenId,
    /// What it states.
    pub claims: LabelClaims,
    /// The key that signed it.
    pub key: KeyId,
    /// How far that key is trusted.
    pub key_state: KeyState,
    /// Whether the token was issued while that key might sign.
    pub key_in_force: bool,
}

impl Token {
    /// Longest token: with the longest number it is 138 bytes; the rest is room for later formats.
    pub const MAX_BYTES: usize = 256;

    /// Issues the token that states `claims`.
    pub fn issue(claims: &LabelClaims, signer: &(impl Sign + ?Sized)) -> Result<Self, SignError> {
        cose::sign(Purpose::Label, &claims.to_cbor(), signer).map(Self)
    }

    /// Reads the form of `bytes`.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, TokenError> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(TokenError::TooLong);
        }
        Envelope::parse(Purpose::Label, &bytes)?;
        Ok(Self(bytes))
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its identity.
    pub fn id(&self) -> TokenId {
        TokenId(Sha256::digest(&self.0).into())
    }

    /// Checks the signature, then reads the claims.
    pub fn verify(&self, ring: &KeyRing) -> Result<VerifiedToken, TokenRefusal> {
        let (envelope, trusted) =
            Envelope::parse(Purpose::Label, &self.0).map_err(TokenRefusal::Claims)?.verify(ring)?;
        let claims = LabelClaims::from_cbor(envelope.payload()).map_err(TokenRefusal::Claims)?;
        Ok(VerifiedToken {
            id: self.id(),
            key: trusted.key.id(),
            key_state: trusted.state,
            key_in_force: trusted.window.contains(claims.issued),
            claims,
        })
    }
}

impl From<VerifyError> for TokenRefusal {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::UnknownKey(hint) => Self::UnknownKey(hint),
            VerifyError::BadSignature => Self::BadSignature,
        }
    }
}

impl fmt::Debug for Token {
    /// Names the identity only: tokens do not belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", self.id())
    }
}

/// A token's identity: SHA-256 of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId([u8; 32]);

impl TokenId {
    /// The identity with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        crate::hex::typed(text).map(Self)
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::hex::write(&self.0, f)
    }
}

impl serde::Serialize for TokenId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for TokenId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a SHA-256 in hexadecimal"))
    }
}
