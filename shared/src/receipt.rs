//! Receipts: what was answered, when and by which evidence, signed by the service, for the reader's files.
//!
//! A CWT (RFC 8392) in the signed envelope, by a `receipt` key. A receipt is checked years later, against the keys as of
//! its time: it says "this was the verdict then", and nothing of the status since.
//!
//! | key | claim | value |
//! |---|---|---|
//! | 1 | iss | the service, by its address |
//! | 2 | sub | registration number, normalised form; absent where none was told |
//! | 6 | iat | when it was judged, UTC seconds |
//! | -65538 | private | the map below |
//!
//! | key | value |
//! |---|---|
//! | 1 | outcome: its word |
//! | 2 | checks: signature, key, validity, status, freshness, each `[result, reason]` in words |
//! | 3 | SHA-256 of the token that was presented; absent where none was |
//! | 4 | status: map of 1 value (word), 2 revision, 3 current as of, 4 valid from, 5 valid until, 6 source (word); all but 6 may be absent |
//! | 5 | what was claimed of the product and whether the registration lists it: map of 1 model, 2 level, 3 maker, 4 GTIN, each `[claimed, listed]`; absent where nothing was |
//! | 6 | the past instant that was asked about; absent for the present |
//! | 7 | version of the trust list |
//! | 8 | version of the software: text |
//! | 9 | case reference of the requester: text; may be absent |
//! | 10 | SHA-256 of the documents that it covers; may be absent |

mod case;
mod claims;
pub mod pack;
#[cfg(test)]
mod tests;

use core::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

pub use case::{CaseReference, NotACaseReference};

use crate::{
    claim::{ClaimAnswers, ClaimedProduct, ProductClaims},
    cose::{self, Envelope, Purpose, Sign, SignError, VerifyError, cbor::CborError},
    key::{KeyId, KeyRing, KeyState, TrustedKey},
    label::RegistrationNumber,
    status::{Revision, StatusSource},
    time::{UnixTime, Window},
    token::TokenId,
    verdict::{Checks, Outcome, StatusValue, Verdict},
};

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The service, by its address.
    pub issuer: String,
    /// When it was judged.
    pub issued: UnixTime,
    /// The registration asked about, from the verified token or as typed.
    pub number: Option<RegistrationNumber>,
    /// What it came to.
    pub outcome: Outcome,
    /// What each check said.
    pub checks: Checks,
    /// The token that was presented, whether it held or not.
    pub token: Option<TokenId>,
    /// The status by the best evidence there was.
    pub status: ReceiptStatus,
    /// What was claimed of the product in hand, with the answers.
    pub claimed: ClaimedProduct,
    /// The past instant that was asked about.
    pub as_of: Option<UnixTime>,
    /// Version of the trust list by which it was judged.
    pub trust_list: u64,
    /// Version of the software that judged.
    pub software: String,
    /// The requester's reference.
    pub case: Option<CaseReference>,
    /// What else it is a receipt for.
    pub covers: Option<CoveredDocuments>,
}

/// The status part of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiptStatus {
    /// What was known; `None` where nothing was.
    pub value: Option<StatusWord>,
    /// Which revision of the registration.
    pub revision: Option<Revision>,
    /// The latest instant at which this was known to be current.
    pub as_of: Option<UnixTime>,
    /// The registry's validity.
    pub valid: Option<Window>,
    /// Where it came from.
    pub source: StatusSource,
}

/// A status as one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusWord {
    /// 有効.
    Active,
    /// 失効猶予.
    Grace,
    /// 一時停止.
    Suspended,
    /// 取消し.
    Revoked,
    /// The registry did not know it.
    Unregistered,
}

impl StatusWord {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Grace => "grace",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Unregistered => "unregistered",
        }
    }

    const fn of(value: &StatusValue) -> Self {
        use crate::status::list::ListedStatus;
        let status = match value {
            StatusValue::Unregistered => return Self::Unregistered,
            StatusValue::Known { state, .. } => ListedStatus::of(state),
            StatusValue::Listed { status, .. } => *status,
        };
        match status {
            ListedStatus::Valid => Self::Active,
            ListedStatus::Grace => Self::Grace,
            ListedStatus::Suspended => Self::Suspended,
            ListedStatus::Revoked => Self::Revoked,
        }
    }
}

/// SHA-256 of a set of documents that a receipt covers; how the set is hashed is told where it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoveredDocuments([u8; 32]);

impl CoveredDocuments {
    /// The set with this SHA-256.
    pub const fn from_sha256(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The SHA-256.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for CoveredDocuments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::hex::write(&self.0, f)
    }
}

/// What a receipt says beside the verdict.
#[derive(Clone, Debug)]
pub struct Circumstances<'a> {
    /// The service, by its address.
    pub issuer: &'a str,
    /// Version of the software.
    pub software: &'a str,
    /// Version of the trust list.
    pub trust_list: u64,
    /// The token that was presented, whether it held or not.
    pub token: Option<TokenId>,
    /// What was claimed of the product.
    pub claims: &'a ProductClaims,
    /// What was answered to that.
    pub answers: ClaimAnswers,
    /// The requester's reference.
    pub case: Option<CaseReference>,
    /// What else it is to cover.
    pub covers: Option<CoveredDocuments>,
}

/// Why bytes or text are no receipt, or one could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Longer than any receipt.
    #[error("a receipt has at most {} bytes", SignedReceipt::MAX_BYTES)]
    TooLong,
    /// Not base64url without padding, or a second text of the same bytes.
    #[error("not base64url without padding")]
    Base64,
    /// Not the envelope, or not the claims.
    #[error("not a receipt: {0}")]
    Malformed(#[from] CborError),
    /// Not signed by a known `receipt` key.
    #[error("the receipt is not signed by a known key: {0}")]
    NotTrusted(#[from] VerifyError),
    /// The signer did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl Receipt {
    /// The receipt of `verdict`.
    pub fn of(verdict: &Verdict, circumstances: Circumstances<'_>) -> Self {
        let Circumstances { issuer, software, trust_list, token, claims, answers, case, covers } =
            circumstances;
        let status = &verdict.status;
        Self {
            issuer: issuer.to_owned(),
            issued: verdict.checked_at,
            number: verdict.number.clone(),
            outcome: verdict.outcome,
            checks: verdict.checks,
            token: verdict.token.as_ref().map(|(id, _)| *id).or(token),
            status: ReceiptStatus {
                value: status.value.as_ref().map(StatusWord::of),
                revision: status.revision,
                as_of: status.as_of,
                valid: status.value.as_ref().and_then(StatusValue::valid),
                source: status.source,
            },
            claimed: ClaimedProduct::of(claims, answers),
            as_of: verdict.as_of,
            trust_list,
            software: software.to_owned(),
            case,
            covers,
        }
    }

    /// The signed receipt.
    pub fn sign(&self, signer: &(impl Sign + ?Sized)) -> Result<SignedReceipt, ReceiptError> {
        let bytes = cose::sign(Purpose::Receipt, &self.to_cbor(), signer)?;
        SignedReceipt::from_bytes(bytes)
    }
}

/// The bytes of a receipt whose form is right; its signature is not checked.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedReceipt(Vec<u8>);

impl SignedReceipt {
    /// Longest receipt: every field at its longest is below 2 kB; the rest is room for later formats.
    pub const MAX_BYTES: usize = 4096;
    /// Longest text of a receipt, in bytes.
    pub const MAX_TEXT: usize = (Self::MAX_BYTES * 4).div_ceil(3);

    /// Longest receipt as somebody kept it: its text, with as much again for line breaks.
    pub const MAX_KEPT: usize = 2 * Self::MAX_TEXT;

    /// Reads the form of `bytes`.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ReceiptError> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(ReceiptError::TooLong);
        }
        Envelope::parse(Purpose::Receipt, &bytes)?;
        Ok(Self(bytes))
    }

    /// Reads base64url without padding; each receipt has exactly one text.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        if text.len() > Self::MAX_TEXT {
            return Err(ReceiptError::TooLong);
        }
        Self::from_bytes(URL_SAFE_NO_PAD.decode(text).map_err(|_| ReceiptError::Base64)?)
    }

    /// Reads a receipt as somebody kept it: its bytes, or its text, broken into lines or not. Its bytes are
    /// never text: they begin with 0x84.
    pub fn read(kept: &[u8]) -> Result<Self, ReceiptError> {
        if kept.len() > Self::MAX_KEPT {
            return Err(ReceiptError::TooLong);
        }
        match str::from_utf8(kept) {
            Ok(text) => Self::parse(&text.split_ascii_whitespace().collect::<String>()),
            Err(_) => Self::from_bytes(kept.to_vec()),
        }
    }

    /// The receipt as text.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Checks the signature, then reads the claims, then tells what the key of that time is worth today.
    pub fn open(&self, ring: &KeyRing) -> Result<OpenedReceipt, ReceiptError> {
        let (envelope, key) = Envelope::parse(Purpose::Receipt, &self.0)?.verify(ring)?;
        let receipt = Receipt::from_cbor(envelope.payload())?;
        Ok(OpenedReceipt { key: key.key.id(), standing: Standing::of(key, receipt.issued), receipt })
    }
}

impl fmt::Debug for SignedReceipt {
    /// Its length only: receipts carry references of requesters and do not belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedReceipt({} bytes)", self.0.len())
    }
}

/// A receipt whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedReceipt {
    /// What it states.
    pub receipt: Receipt,
    /// The key that signed it.
    pub key: KeyId,
    /// What the signature is worth.
    pub standing: Standing,
}

/// What a receipt's signature is worth, by what is known of its key today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Genuine, and true then: the key was in force at its time. (Whether it is true now is another question.)
    TrueThen,
    /// Dated outside the time in which its key might sign: not a receipt of the service.
    KeyNotInForce,
    /// The key came into wrong hands at `cutoff`, and the receipt says that it is older. It may be: but whoever has the
    /// key can write any time into a receipt, so that its own date proves nothing. Only a trace from outside shows that
    /// it existed before (a dated file, a mail, a time stamp).
    DatedBeforeCompromise {
        /// The earliest instant at which the key may have been misused.
        cutoff: UnixTime,
    },
    /// The key was in wrong hands by its own date: nothing it says is to be relied on.
    KeyCompromised {
        /// The earliest instant at which the key may have been misused.
        cutoff: UnixTime,
    },
}

impl Standing {
    fn of(key: &TrustedKey, issued: UnixTime) -> Self {
        match key.state {
            _ if !key.window.contains(issued) => Self::KeyNotInForce,
            KeyState::Active | KeyState::Retired => Self::TrueThen,
            KeyState::Compromised { cutoff } if issued < cutoff => Self::DatedBeforeCompromise { cutoff },
            KeyState::Compromised { cutoff } => Self::KeyCompromised { cutoff },
        }
    }

    /// Its word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TrueThen => "true_then",
            Self::KeyNotInForce => "key_not_in_force",
            Self::DatedBeforeCompromise { .. } => "dated_before_compromise",
            Self::KeyCompromised { .. } => "key_compromised",
        }
    }
}
