//! The receipt of an evidence pack: which files were handed out together, and what the run of questions came to.
//!
//! A CWT (RFC 8392) in the signed envelope, by a `receipt` key, for a purpose of its own: a run has no single verdict. It
//! signs the SHA-256 of the pack's manifest, which has the SHA-256 of every other file (`api::pack`).
//!
//! | key | claim | value |
//! |---|---|---|
//! | 1 | iss | the service, by its address |
//! | 6 | iat | when the run was closed, UTC seconds |
//! | -65539 | private | the map below |
//!
//! | key | value |
//! |---|---|
//! | 1 | SHA-256 of `manifest.json` |
//! | 2 | rows |
//! | 3 | rows that were not answered |
//! | 4 | answers by outcome: array of `[word, rows]`, in the order of the outcomes, each above 0 |
//! | 5 | policy: map of 1 SHA-256 of its canonical form, 2 rows that pass, 3 that cannot be told, 4 that fail; absent where there was none |
//! | 6 | the past instant that was asked about; absent where rows said it themselves, and for the present |
//! | 7 | version of the trust list |
//! | 8 | version of the software: text |
//! | 9 | case reference of the requester: text; may be absent |

use std::collections::BTreeMap;

use serde::de::{
    Deserialize as _,
    value::{Error, StrDeserializer},
};

use super::{CaseReference, CoveredDocuments, ReceiptError, SignedReceipt, Standing};
use crate::{
    cose::{
        self, Envelope, Purpose, Sign,
        cbor::{CborError, Fault, Pairs, Reader, Writer},
    },
    key::{KeyId, KeyRing},
    policy::{Answer, PolicyDigest},
    time::UnixTime,
    verdict::Outcome,
};

const ISS: i64 = 1;
const IAT: i64 = 6;
const PACK: i64 = -65539;

/// What a pack's receipt states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackReceipt {
    /// The service, by its address.
    pub issuer: String,
    /// When the run was closed.
    pub issued: UnixTime,
    /// The manifest, and by it every file.
    pub manifest: CoveredDocuments,
    /// Rows.
    pub rows: u64,
    /// Rows that were not answered.
    pub bad: u64,
    /// Answers by outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// By which policy, and what it said.
    pub policy: Option<PolicyCount>,
    /// The past instant that was asked about.
    pub as_of: Option<UnixTime>,
    /// Version of the trust list by which it was judged.
    pub trust_list: u64,
    /// Version of the software that judged.
    pub software: String,
    /// The requester's reference.
    pub case: Option<CaseReference>,
}

/// What a policy said of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyCount {
    /// Which policy.
    pub digest: PolicyDigest,
    /// Rows that pass.
    pub pass: u64,
    /// Rows of which it cannot be told.
    pub cannot_tell: u64,
    /// Rows that fail.
    pub fail: u64,
}

/// A pack's receipt whose form is right; its signature is not checked.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedPackReceipt(Vec<u8>);

/// A pack's receipt whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedPackReceipt {
    /// What it states.
    pub receipt: PackReceipt,
    /// The key that signed it.
    pub key: KeyId,
    /// What the signature is worth.
    pub standing: Standing,
}

impl PolicyCount {
    /// The count of `answers` by the policy `digest`.
    pub fn of(digest: PolicyDigest, answers: &BTreeMap<Answer, u64>) -> Self {
        let of = |answer| answers.get(&answer).copied().unwrap_or_default();
        Self { digest, pass: of(Answer::Pass), cannot_tell: of(Answer::CannotTell), fail: of(Answer::Fail) }
    }
}

impl PackReceipt {
    /// The signed receipt.
    pub fn sign(&self, signer: &(impl Sign + ?Sized)) -> Result<SignedPackReceipt, ReceiptError> {
        SignedPackReceipt::from_bytes(cose::sign(Purpose::Pack, &self.to_cbor(), signer)?)
    }

    fn to_cbor(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.pairs(|claims| {
            claims.key(ISS).text(&self.issuer);
            claims.key(IAT).uint(self.issued.as_unsigned());
            claims.key(PACK).pairs(|own| self.write_own(own));
        });
        writer.into_bytes()
    }

    fn write_own(&self, own: &mut Pairs) {
        own.key(1).bytes(self.manifest.as_bytes());
        own.key(2).uint(self.rows);
        own.key(3).uint(self.bad);
        let outcomes: Vec<_> = self.outcomes.iter().filter(|(_, rows)| **rows > 0).collect();
        let list = own.key(4).array(outcomes.len());
        for (outcome, rows) in outcomes {
            list.array(2).text(outcome.as_str()).uint(*rows);
        }
        if let Some(policy) = &self.policy {
            own.key(5).pairs(|map| {
                map.key(1).bytes(policy.digest.as_bytes());
                map.key(2).uint(policy.pass);
                map.key(3).uint(policy.cannot_tell);
                map.key(4).uint(policy.fail);
            });
        }
        if let Some(as_of) = self.as_of {
            own.key(6).uint(as_of.as_unsigned());
        }
        own.key(7).uint(self.trust_list);
        own.key(8).text(&self.software);
        if let Some(case) = &self.case {
            own.key(9).text(case.as_str());
        }
    }

    fn from_cbor(payload: &[u8]) -> Result<Self, CborError> {
        let mut reader = Reader::new(payload);
        let mut claims = reader.pairs()?;
        let issuer = claims.required(ISS, text)?;
        let at = claims.required(IAT, Reader::time)?;
        let receipt = claims.required(PACK, |reader| {
            let mut own = reader.pairs()?;
            let receipt = Self {
                issuer,
                issued: at,
                manifest: own.required(1, Reader::byte_array).map(CoveredDocuments::from_sha256)?,
                rows: own.required(2, Reader::uint)?,
                bad: own.required(3, Reader::uint)?,
                outcomes: own.required(4, read_outcomes)?,
                policy: own.optional(5, PolicyCount::read)?,
                as_of: own.optional(6, Reader::time)?,
                trust_list: own.required(7, Reader::uint)?,
                software: own.required(8, text)?,
                case: own.optional(9, read_case)?,
            };
            own.finish()?;
            Ok(receipt)
        })?;
        claims.finish()?;
        reader.finish()?;
        Ok(receipt)
    }
}

impl PolicyCount {
    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let mut map = reader.pairs()?;
        let count = Self {
            digest: map.required(1, Reader::byte_array).map(PolicyDigest::from_bytes)?,
            pass: map.required(2, Reader::uint)?,
            cannot_tell: map.required(3, Reader::uint)?,
            fail: map.required(4, Reader::uint)?,
        };
        map.finish()?;
        Ok(count)
    }
}

impl SignedPackReceipt {
    /// Longest receipt, as of any other.
    pub const MAX_BYTES: usize = SignedReceipt::MAX_BYTES;

    /// Reads the form of `bytes`.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ReceiptError> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(ReceiptError::TooLong);
        }
        Envelope::parse(Purpose::Pack, &bytes)?;
        Ok(Self(bytes))
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Checks the signature, then reads the claims, then tells what the key of that time is worth today.
    pub fn open(&self, ring: &KeyRing) -> Result<OpenedPackReceipt, ReceiptError> {
        let (envelope, key) = Envelope::parse(Purpose::Pack, &self.0)?.verify(ring)?;
        let receipt = PackReceipt::from_cbor(envelope.payload())?;
        Ok(OpenedPackReceipt { key: key.key.id(), standing: Standing::of(key, receipt.issued), receipt })
    }
}

impl From<&SignedReceipt> for SignedPackReceipt {
    /// The same bytes, to be opened for the other purpose: both have one form, and only the signature tells them apart.
    fn from(receipt: &SignedReceipt) -> Self {
        Self(receipt.as_bytes().to_vec())
    }
}

impl core::fmt::Debug for SignedPackReceipt {
    /// Its length only, as of any receipt.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SignedPackReceipt({} bytes)", self.0.len())
    }
}

/// Outcomes in their order, each once, and none without a row: so there is one form.
fn read_outcomes(reader: &mut Reader<'_>) -> Result<BTreeMap<Outcome, u64>, CborError> {
    let refused = reader.refuse(Fault::Unexpected);
    let many = reader.array()?;
    let mut outcomes = BTreeMap::new();
    for _ in 0..many {
        reader.exactly(2, Reader::array)?;
        let word = reader.text()?;
        let outcome = Outcome::deserialize(StrDeserializer::<Error>::new(word)).map_err(|_| refused)?;
        let rows = reader.uint()?;
        let is_next = outcomes.last_key_value().is_none_or(|(last, _)| *last < outcome);
        if !is_next || rows == 0 {
            return Err(refused);
        }
        outcomes.insert(outcome, rows);
    }
    Ok(outcomes)
}

fn read_case(reader: &mut Reader<'_>) -> Result<CaseReference, CborError> {
    let refused = reader.refuse(Fault::Unexpected);
    CaseReference::new(reader.text()?).map_err(|_| refused)
}

fn text(reader: &mut Reader<'_>) -> Result<String, CborError> {
    reader.text().map(str::to_owned)
}

#[cfg(test)]
mod tests;
