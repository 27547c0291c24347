//! The product index: what each registration covers, signed, in one file, for checkers without a network.
//!
//! A genuine label proves nothing until the model in hand is one of its registration's, and a token names no model. With
//! the index a checker answers that offline, and knows the registry's validity where it is not the printed one. It says
//! nothing of revocation: that is the status list's.
//!
//! Signed by a `status` key, like the status list beside which it lies, under a purpose of its own. The payload is one
//! CBOR map:
//!
//! | key | value |
//! |---|---|
//! | 1 | version, counting up; a checker refuses a lower one than it has seen |
//! | 2 | issue, UTC seconds |
//! | 3 | expiry, UTC seconds |
//! | 4 | length of the entries, in bytes |
//! | 5 | the entries, compressed with zlib; their layout stands in `index/entries.rs` |
//!
//! Compressed inside and not by whoever carries it: 3,000 models are 51 kB instead of 142 kB on a stick, in a browser's
//! store and behind any proxy alike. Brotli at its best, on the way, would make them 42 kB, only where it is spoken.

mod entries;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::{
    cose::{
        self, Envelope, Purpose, Sign, SignError, VerifyError,
        cbor::{CborError, Reader, Writer},
    },
    key::{KeyRefusal, KeyRing},
    label::RegistrationNumber,
    registration::Registration,
    time::{UnixTime, Window},
    zlib::{self, InflateError},
};

/// What the registrations of a scheme cover, at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductIndex {
    /// Counts up with every change.
    pub version: u64,
    /// From issue to expiry.
    pub window: Window,
    registrations: BTreeMap<RegistrationNumber, IndexedRegistration>,
}

/// A registration as the index has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexedRegistration {
    /// What it covers, as `ProductClaims::against` wants it.
    pub registration: Registration,
    /// Its validity by the registry, at the issue of the index.
    pub valid: Window,
}

/// Why bytes are not accepted as the product index, or one could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// Too large to be one.
    #[error(
        "a product index has at most {} bytes, and {} inflated",
        ProductIndex::MAX_BYTES,
        ProductIndex::MAX_ENTRIES
    )]
    TooLarge,
    /// Not the form.
    #[error("the product index is malformed: {0}")]
    Malformed(#[from] CborError),
    /// Not signed by a known `status` key.
    #[error("the product index is not signed by a known key: {0}")]
    NotTrusted(#[from] VerifyError),
    /// Signed by a `status` key that might not.
    #[error("the product index is not believed: {0}")]
    Key(#[from] KeyRefusal),
    /// The entries do not inflate to what was announced.
    #[error("the entries of the product index: {0}")]
    Inflate(#[from] InflateError),
    /// The signer did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl ProductIndex {
    /// Largest signed index: some 120,000 models. Beyond that a scheme needs several, by number.
    pub const MAX_BYTES: usize = 2 * 1024 * 1024;
    /// Largest inflated entries, in bytes.
    pub const MAX_ENTRIES: usize = 8 * 1024 * 1024;

    /// The index of these registrations with their validity. A printed number that does not read as the number itself is
    /// left out of it; the normalised one stands for it.
    pub fn new(
        version: u64,
        window: Window,
        registrations: impl IntoIterator<Item = (Registration, Window)>,
    ) -> Self {
        let registrations = registrations.into_iter().map(|(mut registration, valid)| {
            let number = registration.number.clone();
            if RegistrationNumber::parse(&registration.printed_number).as_ref() != Ok(&number) {
                registration.printed_number = number.to_string();
            }
            (number, IndexedRegistration { registration, valid })
        });
        Self { version, window, registrations: registrations.collect() }
    }

    /// What it says of `number`.
    pub fn find(&self, number: &RegistrationNumber) -> Option<&IndexedRegistration> {
        self.registrations.get(number)
    }

    /// All of it, by number.
    pub fn registrations(&self) -> impl ExactSizeIterator<Item = &IndexedRegistration> {
        self.registrations.values()
    }

    /// The registry's validity of `number` as evidence beside a status list at `now`: none once the index has expired.
    pub fn valid(&self, number: &RegistrationNumber, now: UnixTime) -> Option<Window> {
        if now < self.window.until { self.find(number).map(|found| found.valid) } else { None }
    }

    /// The signed index.
    pub fn sign(&self, signer: &(impl Sign + ?Sized)) -> Result<Vec<u8>, IndexError> {
        let entries = entries::write(self.registrations.values());
        if entries.len() > Self::MAX_ENTRIES {
            return Err(IndexError::TooLarge);
        }
        let mut writer = Writer::default();
        writer.map(5).int(1).uint(self.version);
        writer.int(2).uint(self.window.from.as_unsigned()).int(3).uint(self.window.until.as_unsigned());
        writer.int(4).uint(entries.len() as u64).int(5).bytes(&zlib::deflate(&entries));
        let bytes = cose::sign(Purpose::Index, &writer.into_bytes(), signer)?;
        if bytes.len() > Self::MAX_BYTES { Err(IndexError::TooLarge) } else { Ok(bytes) }
    }

    /// Reads a signed index, checking the signature before anything in it is used. Its expiry and version are for the
    /// caller, who has the clock and the memory.
    pub fn open(bytes: &[u8], ring: &KeyRing) -> Result<Self, IndexError> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(IndexError::TooLarge);
        }
        let (envelope, key) = Envelope::parse(Purpose::Index, bytes)?.verify(ring)?;
        let mut reader = Reader::new(envelope.payload());
        reader.exactly(5, Reader::map)?;
        reader.key(1)?;
        let version = reader.uint()?;
        reader.key(2)?;
        let from = reader.time()?;
        reader.key(3)?;
        let until = reader.time()?;
        key.stands_behind(from)?;
        reader.key(4)?;
        let length = usize::try_from(reader.uint()?).unwrap_or(usize::MAX);
        reader.key(5)?;
        let compressed = reader.bytes()?;
        reader.finish()?;
        if length > Self::MAX_ENTRIES {
            return Err(IndexError::TooLarge);
        }
        let entries = zlib::inflate(compressed, length)?;
        if entries.len() != length {
            return Err(IndexError::Inflate(InflateError::Damaged));
        }
        let registrations = entries::read(&entries)?;
        Ok(Self { version, window: Window { from, until }, registrations })
    }
}
