//! The one signed envelope: COSE_Sign1 (RFC 9052 §4.2) with Ed25519 (algorithm -19, RFC 9864).
//!
//! ```text
//! [ h'{1: -19, 4: kid}',   protected header, kid of 4 (paper) or 8 bytes (files)
//!   {},                    unprotected header, empty
//!   h'payload',            deterministic CBOR
//!   h'signature' ]         64 bytes over ["Signature1", protected, external_aad, payload]
//! ```
//!
//! The purpose is bound through `external_aad`, so that a signature for one purpose never verifies as another and
//! costs no byte on paper. Each byte string is accepted in exactly one form: a message that this module would not have
//! written itself is malformed.

pub mod cbor;

use core::marker::PhantomData;

use crate::key::{HintLength, KeyHint, KeyRing, KeyUse, PublicKey, TrustedKey};
use cbor::{CborError, Fault, Reader, Writer};

/// Ed25519, fully specified (RFC 9864).
const ED25519: i64 = -19;
/// Header parameter `alg` (RFC 9052 §3.1).
const ALG: i64 = 1;
/// Header parameter `kid` (RFC 9052 §3.1).
const KID: i64 = 4;

/// What a message states, as the string that its signature binds. Printed labels live for years: a format only
/// changes under a new string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A label token.
    Label,
    /// A trust list.
    Trust,
    /// A status list.
    Status,
    /// A verification receipt.
    Receipt,
}

impl Purpose {
    /// The string bound as `external_aad`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Label => "shirushi/label/v1",
            Self::Trust => "shirushi/trust/v1",
            Self::Status => "shirushi/status/v1",
            Self::Receipt => "shirushi/receipt/v1",
        }
    }

    /// The use of the keys that may sign it.
    pub const fn key_use(self) -> KeyUse {
        match self {
            Self::Label => KeyUse::Label,
            Self::Trust => KeyUse::Trust,
            Self::Status => KeyUse::Status,
            Self::Receipt => KeyUse::Receipt,
        }
    }

    const fn hint_length(self) -> HintLength {
        match self {
            Self::Label => HintLength::Four,
            _ => HintLength::Eight,
        }
    }
}

/// Something that holds a private key and signs with it.
pub trait Sign {
    /// The key's public half.
    fn public_key(&self) -> &PublicKey;
    /// The Ed25519 signature of `message`.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError>;
}

/// The signer could not sign (a hardware module that does not answer, say).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signer did not sign: {0}")]
pub struct SignError(pub String);

/// Signs `payload`, which must be deterministic CBOR, for `purpose`.
pub fn sign(purpose: Purpose, payload: &[u8], signer: &(impl Sign + ?Sized)) -> Result<Vec<u8>, SignError> {
    let protected = protected_header(&signer.public_key().id().hint(purpose.hint_length()));
    let signature = signer.sign(&to_be_signed(purpose, &protected, payload))?;
    let mut writer = Writer::default();
    writer.array(4).bytes(&protected).map(0).bytes(payload).bytes(&signature);
    Ok(writer.into_bytes())
}

/// A message whose form is right and whose signature nobody has checked: nothing in it may be used but the hint.
#[derive(Clone, Debug)]
pub struct Unverified;

/// A message whose signature holds.
#[derive(Clone, Debug)]
pub struct Verified;

/// A message in one of its two states; claims can be read from [`Verified`] ones only.
#[derive(Clone, Debug)]
pub struct Envelope<'a, State> {
    protected: &'a [u8],
    hint: KeyHint,
    payload: &'a [u8],
    signature: [u8; 64],
    state: PhantomData<State>,
}

/// Why a well-formed message is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// No key for this purpose has this hint.
    #[error("no known key for this purpose is called {0}")]
    UnknownKey(KeyHint),
    /// A key has the hint, and the signature does not hold under it.
    #[error("the signature does not hold")]
    BadSignature,
}

impl<'a> Envelope<'a, Unverified> {
    /// Reads the form of `bytes`: exact, deterministic, nothing before or behind.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CborError> {
        let mut reader = Reader::new(bytes);
        reader.exactly(4, Reader::array)?;
        let protected = reader.bytes()?;
        let hint = read_protected(protected)?;
        reader.exactly(0, Reader::map)?;
        let payload = reader.bytes()?;
        let signature = reader.byte_array()?;
        reader.finish()?;
        Reader::check(payload)?;
        Ok(Self { protected, hint, payload, signature, state: PhantomData })
    }

    /// Checks the signature for `purpose` with every key of `ring` that the hint may mean.
    pub fn verify<'r>(
        self,
        purpose: Purpose,
        ring: &'r KeyRing,
    ) -> Result<(Envelope<'a, Verified>, &'r TrustedKey), VerifyError> {
        let message = to_be_signed(purpose, self.protected, self.payload);
        let mut known = false;
        for trusted in ring.candidates(purpose.key_use(), &self.hint) {
            known = true;
            if trusted.key.holds(&message, &self.signature) {
                let Self { protected, payload, signature, .. } = self;
                let hint = self.hint.clone();
                return Ok((Envelope { protected, hint, payload, signature, state: PhantomData }, trusted));
            }
        }
        Err(if known { VerifyError::BadSignature } else { VerifyError::UnknownKey(self.hint) })
    }
}

impl<'a> Envelope<'a, Verified> {
    /// What was signed.
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }
}

fn protected_header(hint: &KeyHint) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.map(2).int(ALG).int(ED25519).int(KID).bytes(hint.as_bytes());
    writer.into_bytes()
}

fn read_protected(bytes: &[u8]) -> Result<KeyHint, CborError> {
    let mut reader = Reader::new(bytes);
    reader.exactly(2, Reader::map)?;
    reader.key(ALG)?;
    reader.key(ED25519)?;
    reader.key(KID)?;
    let refused = reader.refuse(Fault::Unexpected);
    let hint = KeyHint::from_bytes(reader.bytes()?).ok_or(refused)?;
    reader.finish()?;
    Ok(hint)
}

/// The Sig_structure of RFC 9052 §4.4.
fn to_be_signed(purpose: Purpose, protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.array(4).text("Signature1").bytes(protected).bytes(purpose.as_str().as_bytes()).bytes(payload);
    writer.into_bytes()
}
