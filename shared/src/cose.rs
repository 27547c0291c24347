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
//! costs no byte on paper. The status list is a published format that anyone's implementation must be able to verify:
//! there `external_aad` is empty, tag 18 stands before, and the protected header also has `16: typ` (ADR 0007).
//! Each byte string is accepted in exactly one form: a message that this module would not have written itself is
//! malformed.

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
/// Header parameter `typ` (RFC 9596).
const TYP: i64 = 16;
/// CBOR tag of a COSE_Sign1 (RFC 9052 §2).
const TAG: u64 = 18;

/// What a message states, bound by its signature. Printed labels live for years: a format only changes under a new
/// string.
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
    /// A product index.
    Index,
    /// The receipt of an evidence pack.
    Pack,
}

/// How a purpose is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Binding {
    /// By `external_aad`: costs no byte, and only those who know the string can verify.
    Ours(&'static str),
    /// By the protected `typ` and the tag that a published format asks for; anyone can verify.
    Published {
        /// The media type.
        typ: &'static str,
    },
}

impl Purpose {
    const fn binding(self) -> Binding {
        match self {
            Self::Label => Binding::Ours("shirushi/label/v1"),
            Self::Trust => Binding::Ours("shirushi/trust/v1"),
            Self::Status => Binding::Published { typ: "application/statuslist+cwt" },
            Self::Receipt => Binding::Ours("shirushi/receipt/v1"),
            Self::Index => Binding::Ours("shirushi/index/v1"),
            Self::Pack => Binding::Ours("shirushi/pack/v1"),
        }
    }

    /// What the signature covers beside header and payload.
    pub const fn external_aad(self) -> &'static str {
        match self.binding() {
            Binding::Ours(string) => string,
            Binding::Published { .. } => "",
        }
    }

    /// The media type in the protected header, where there is one.
    pub const fn typ(self) -> Option<&'static str> {
        match self.binding() {
            Binding::Ours(_) => None,
            Binding::Published { typ } => Some(typ),
        }
    }

    /// The use of the keys that may sign it.
    pub const fn key_use(self) -> KeyUse {
        match self {
            Self::Label => KeyUse::Label,
            Self::Trust => KeyUse::Trust,
            // Signed together with the list and as often; a key of its own would be one more to keep and to lose.
            Self::Status | Self::Index => KeyUse::Status,
            Self::Receipt | Self::Pack => KeyUse::Receipt,
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
    let protected = protected_header(purpose, &signer.public_key().id().hint(purpose.hint_length()));
    let signature = signer.sign(&to_be_signed(purpose, &protected, payload))?;
    let mut writer = Writer::default();
    if matches!(purpose.binding(), Binding::Published { .. }) {
        writer.tag(TAG);
    }
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
    purpose: Purpose,
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
    /// Reads the form of `bytes`, as messages of `purpose` have it: exact, deterministic, nothing before or behind.
    pub fn parse(purpose: Purpose, bytes: &'a [u8]) -> Result<Self, CborError> {
        let mut reader = Reader::new(bytes);
        if matches!(purpose.binding(), Binding::Published { .. }) {
            reader.tag(TAG)?;
        }
        reader.exactly(4, Reader::array)?;
        let protected = reader.bytes()?;
        let hint = read_protected(purpose, protected)?;
        reader.exactly(0, Reader::map)?;
        let payload = reader.bytes()?;
        let signature = reader.byte_array()?;
        reader.finish()?;
        Reader::check(payload)?;
        Ok(Self { purpose, protected, hint, payload, signature, state: PhantomData })
    }

    /// Checks the signature with every key of `ring` that is for the purpose and that the hint may mean.
    pub fn verify<'r>(
        self,
        ring: &'r KeyRing,
    ) -> Result<(Envelope<'a, Verified>, &'r TrustedKey), VerifyError> {
        let message = to_be_signed(self.purpose, self.protected, self.payload);
        let mut known = false;
        for trusted in ring.candidates(self.purpose.key_use(), &self.hint) {
            known = true;
            if trusted.key.holds(&message, &self.signature) {
                let Self { purpose, protected, payload, signature, .. } = self;
                let (hint, state) = (self.hint.clone(), PhantomData);
                return Ok((Envelope { purpose, protected, hint, payload, signature, state }, trusted));
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

fn protected_header(purpose: Purpose, hint: &KeyHint) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.map(if purpose.typ().is_some() { 3 } else { 2 });
    writer.int(ALG).int(ED25519).int(KID).bytes(hint.as_bytes());
    if let Some(typ) = purpose.typ() {
        writer.int(TYP).text(typ);
    }
    writer.into_bytes()
}

fn read_protected(purpose: Purpose, bytes: &[u8]) -> Result<KeyHint, CborError> {
    let mut reader = Reader::new(bytes);
    reader.exactly(if purpose.typ().is_some() { 3 } else { 2 }, Reader::map)?;
    reader.key(ALG)?;
    reader.key(ED25519)?;
    reader.key(KID)?;
    let refused = reader.refuse(Fault::Unexpected);
    let hint = KeyHint::from_bytes(reader.bytes()?).ok_or(refused)?;
    if let Some(typ) = purpose.typ() {
        reader.key(TYP)?;
        let refused = reader.refuse(Fault::Unexpected);
        if reader.text()? != typ {
            return Err(refused);
        }
    }
    reader.finish()?;
    Ok(hint)
}

/// The Sig_structure of RFC 9052 §4.4.
fn to_be_signed(purpose: Purpose, protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut writer = Writer::default();
    let external_aad = purpose.external_aad().as_bytes();
    writer.array(4).text("Signature1").bytes(protected).bytes(external_aad).bytes(payload);
    writer.into_bytes()
}
