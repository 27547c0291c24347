//! The claims of a receipt as CBOR, both ways. The layout stands in the documentation of the module above.

use serde::{
    de::DeserializeOwned,
    de::value::{Error, StrDeserializer},
};

use super::{CaseReference, CoveredDocuments, Receipt, ReceiptStatus};
use crate::{
    claim::{Claimed, ClaimedProduct, Listed},
    cose::cbor::{CborError, Fault, Pairs, Reader, Writer},
    label::{Level, RegistrationNumber},
    registration::Gtin,
    status::Revision,
    time::Window,
    token::TokenId,
    verdict::{Check, Checks},
};

/// CWT `iss`, `sub`, `iat` (RFC 8392 §4) and our one private claim.
const ISS: i64 = 1;
const SUB: i64 = 2;
const IAT: i64 = 6;
const RECEIPT: i64 = -65538;

impl Receipt {
    pub(super) fn to_cbor(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.pairs(|claims| {
            claims.key(ISS).text(&self.issuer);
            if let Some(number) = &self.number {
                claims.key(SUB).text(number.as_str());
            }
            claims.key(IAT).uint(self.issued.as_unsigned());
            claims.key(RECEIPT).pairs(|own| self.write_own(own));
        });
        writer.into_bytes()
    }

    fn write_own(&self, own: &mut Pairs) {
        own.key(1).text(self.outcome.as_str());
        let Checks { signature, key, validity, status, freshness } = self.checks;
        let checks = own.key(2).array(5);
        for check in [signature, key, validity, status, freshness] {
            checks.array(2).text(check.result.as_str()).text(check.reason.as_str());
        }
        if let Some(token) = &self.token {
            own.key(3).bytes(token.as_bytes());
        }
        own.key(4).pairs(|status| self.status.write(status));
        if !self.claimed.is_empty() {
            own.key(5).pairs(|claimed| self.claimed.write(claimed));
        }
        if let Some(as_of) = self.as_of {
            own.key(6).uint(as_of.as_unsigned());
        }
        own.key(7).uint(self.trust_list);
        own.key(8).text(&self.software);
        if let Some(case) = &self.case {
            own.key(9).text(case.as_str());
        }
        if let Some(covers) = &self.covers {
            own.key(10).bytes(covers.as_bytes());
        }
    }

    pub(super) fn from_cbor(payload: &[u8]) -> Result<Self, CborError> {
        let mut reader = Reader::new(payload);
        let mut claims = reader.pairs()?;
        let issuer = claims.required(ISS, text)?;
        let number = claims.optional(SUB, |reader| {
            checked(reader, Reader::text, |text| RegistrationNumber::from_normalised(text).ok())
        })?;
        let at = claims.required(IAT, Reader::time)?;
        let receipt = claims.required(RECEIPT, |reader| {
            let mut own = reader.pairs()?;
            let receipt = Self {
                issuer,
                issued: at,
                number,
                outcome: own.required(1, word)?,
                checks: own.required(2, read_checks)?,
                token: own.optional(3, Reader::byte_array)?.map(TokenId::from_bytes),
                status: own.required(4, ReceiptStatus::read)?,
                claimed: own.optional(5, ClaimedProduct::read)?.unwrap_or_default(),
                as_of: own.optional(6, Reader::time)?,
                trust_list: own.required(7, Reader::uint)?,
                software: own.required(8, text)?,
                case: own.optional(9, |reader| {
                    checked(reader, Reader::text, |text| CaseReference::new(text).ok())
                })?,
                covers: own.optional(10, Reader::byte_array)?.map(CoveredDocuments::from_sha256),
            };
            own.finish()?;
            Ok(receipt)
        })?;
        claims.finish()?;
        reader.finish()?;
        Ok(receipt)
    }
}

impl ReceiptStatus {
    fn write(&self, status: &mut Pairs) {
        if let Some(value) = self.value {
            status.key(1).text(value.as_str());
        }
        if let Some(revision) = self.revision {
            status.key(2).uint(revision.get());
        }
        if let Some(as_of) = self.as_of {
            status.key(3).uint(as_of.as_unsigned());
        }
        if let Some(Window { from, until }) = self.valid {
            status.key(4).uint(from.as_unsigned());
            status.key(5).uint(until.as_unsigned());
        }
        status.key(6).text(self.source.as_str());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let refused = reader.refuse(Fault::Unexpected);
        let mut status = reader.pairs()?;
        let value = status.optional(1, word)?;
        let revision = status.optional(2, Reader::uint)?.map(Revision::new);
        let as_of = status.optional(3, Reader::time)?;
        let valid = match (status.optional(4, Reader::time)?, status.optional(5, Reader::time)?) {
            (Some(from), Some(until)) => Some(Window { from, until }),
            (None, None) => None,
            _ => return Err(refused),
        };
        let source = status.required(6, word)?;
        status.finish()?;
        Ok(Self { value, revision, as_of, valid, source })
    }
}

impl ClaimedProduct {
    fn write(&self, claimed: &mut Pairs) {
        let is = |listed: &Listed| *listed == Listed::Listed;
        if let Some(Claimed { claimed: model, answer }) = &self.model {
            claimed.key(1).array(2).text(model).bool(is(answer));
        }
        if let Some(Claimed { claimed: level, answer }) = &self.level {
            claimed.key(2).array(2).uint(level.stars().into()).bool(is(answer));
        }
        if let Some(Claimed { claimed: maker, answer }) = &self.maker {
            claimed.key(3).array(2).text(maker).bool(is(answer));
        }
        if let Some(Claimed { claimed: gtin, answer }) = &self.gtin {
            claimed.key(4).array(2).uint(gtin.number()).bool(is(answer));
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let refused = reader.refuse(Fault::Unexpected);
        let level = |reader: &mut Reader<'_>| checked(reader, Reader::uint, |n| Level::from_stars(n).ok());
        let gtin = |reader: &mut Reader<'_>| checked(reader, Reader::uint, |n| Gtin::from_number(n).ok());
        let mut claimed = reader.pairs()?;
        let product = Self {
            model: claimed.optional(1, |reader| answered(reader, text))?,
            level: claimed.optional(2, |reader| answered(reader, level))?,
            maker: claimed.optional(3, |reader| answered(reader, text))?,
            gtin: claimed.optional(4, |reader| answered(reader, gtin))?,
        };
        claimed.finish()?;
        // Nothing claimed is written as an absent map; an empty one would be a second form of it.
        if product.is_empty() { Err(refused) } else { Ok(product) }
    }
}

fn answered<'a, T>(
    reader: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, CborError>,
) -> Result<Claimed<T>, CborError> {
    reader.exactly(2, Reader::array)?;
    let claimed = read(reader)?;
    let answer = if reader.bool()? { Listed::Listed } else { Listed::NotListed };
    Ok(Claimed { claimed, answer })
}

fn read_checks(reader: &mut Reader<'_>) -> Result<Checks, CborError> {
    reader.exactly(5, Reader::array)?;
    let mut check = || {
        reader.exactly(2, Reader::array)?;
        Ok(Check { result: word(reader)?, reason: word(reader)? })
    };
    // In the order in which they are written.
    Ok(Checks {
        signature: check()?,
        key: check()?,
        validity: check()?,
        status: check()?,
        freshness: check()?,
    })
}

fn text(reader: &mut Reader<'_>) -> Result<String, CborError> {
    reader.text().map(str::to_owned)
}

/// A word of the wire, by the names that the JSON answers have.
fn word<T: DeserializeOwned>(reader: &mut Reader<'_>) -> Result<T, CborError> {
    checked(reader, Reader::text, |text| T::deserialize(StrDeserializer::<Error>::new(text)).ok())
}

/// What `read` reads and `accept` accepts.
fn checked<'a, T, U>(
    reader: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, CborError>,
    accept: impl FnOnce(T) -> Option<U>,
) -> Result<U, CborError> {
    let refused = reader.refuse(Fault::Unexpected);
    accept(read(reader)?).ok_or(refused)
}
