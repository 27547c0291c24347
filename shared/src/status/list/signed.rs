//! A status list signed and dated: the "Status List Token" as a CWT (draft-ietf-oauth-status-list-21 §5.2).
//!
//! COSE_Sign1 with tag 18, `typ` (16) `application/statuslist+cwt` and an empty `external_aad`, so that any
//! implementation of the specification verifies it (ADR 0007). The payload:
//!
//! | key | claim | value |
//! |---|---|---|
//! | 2 | sub | the list's own address |
//! | 4 | exp | from when it must not be used, UTC seconds |
//! | 6 | iat | issue, UTC seconds |
//! | 65533 | status_list | `{"lst": zlib, "bits": 2}` |
//! | 65534 | ttl | seconds after which a fresh copy should be fetched |

use super::StatusList;
use crate::{
    cose::{
        self, Envelope, Purpose, Sign, SignError, VerifyError,
        cbor::{CborError, Reader, Writer},
    },
    key::{KeyRefusal, KeyRing},
    status::StatusEvidence,
    time::Window,
    token::StatusIndex,
    zlib::InflateError,
};

/// CWT `sub`, `exp`, `iat` (RFC 8392 §4), and the two of the specification.
const SUB: i64 = 2;
const EXP: i64 = 4;
const IAT: i64 = 6;
const STATUS_LIST: i64 = 65533;
const TTL: i64 = 65534;

/// A status list with its address and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedStatusList {
    /// Its own address (`sub`), as the trust list names it.
    pub uri: String,
    /// From issue to expiry.
    pub window: Window,
    /// Seconds after which a fresh copy should be fetched.
    pub ttl: u32,
    /// The values.
    pub list: StatusList,
}

/// Why bytes are not accepted as the status list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusListError {
    /// Too large to be one.
    #[error("the status list is larger than {} bytes", SignedStatusList::MAX_BYTES)]
    TooLarge,
    /// Not the form.
    #[error("the status list is malformed: {0}")]
    Malformed(#[from] CborError),
    /// Not signed by a known `status` key.
    #[error("the status list is not signed by a known key: {0}")]
    NotTrusted(#[from] VerifyError),
    /// Signed by a `status` key that might not.
    #[error("the status list is not believed: {0}")]
    Key(#[from] KeyRefusal),
    /// A good list, of other labels.
    #[error("the status list is that of {found}")]
    OtherList {
        /// The address that it states.
        found: String,
    },
    /// The values do not inflate, or to more labels than a list has.
    #[error("the values of the status list: {0}")]
    Inflate(#[from] InflateError),
}

impl SignedStatusList {
    /// Media type of the CWT form.
    pub const MEDIA_TYPE: &'static str = "application/statuslist+cwt";
    /// Media type of the JWT form.
    pub const MEDIA_TYPE_JWT: &'static str = "application/statuslist+jwt";
    /// Largest signed list: all values where they cannot be compressed, and room for address and claims.
    pub const MAX_BYTES: usize = 256 * 1024 + 4096;

    /// The signed list, CWT form.
    pub fn sign(&self, signer: &(impl Sign + ?Sized)) -> Result<Vec<u8>, SignError> {
        cose::sign(Purpose::Status, &self.to_cbor(), signer)
    }

    /// The signed list, JWT form: a mirror for those who read no CBOR.
    ///
    /// `alg` is "EdDSA" and not the newer "Ed25519" (RFC 9864), which few JOSE libraries know yet; the mirror has no
    /// other use than to be read by all of them. Nothing here reads it back: our checkers take the CWT.
    pub fn sign_jwt(&self, signer: &(impl Sign + ?Sized)) -> Result<String, SignError> {
        super::jwt::sign(self, signer)
    }

    /// Reads the signed list of `uri` (as the trust list names it), checking the signature before anything in it is
    /// used. Its expiry, and that it is not older than one seen before, are for the caller, who has the clock and the
    /// memory; the verdict looks at both times again.
    pub fn open(bytes: &[u8], uri: &str, ring: &KeyRing) -> Result<Self, StatusListError> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(StatusListError::TooLarge);
        }
        let (envelope, key) = Envelope::parse(Purpose::Status, bytes)?.verify(ring)?;
        let mut reader = Reader::new(envelope.payload());
        reader.exactly(5, Reader::map)?;
        reader.key(SUB)?;
        let found = reader.text()?;
        reader.key(EXP)?;
        let until = reader.time()?;
        reader.key(IAT)?;
        let from = reader.time()?;
        key.stands_behind(from)?;
        if found != uri {
            return Err(StatusListError::OtherList { found: found.to_owned() });
        }
        reader.key(STATUS_LIST)?;
        let list = StatusList::read(&mut reader)?;
        reader.key(TTL)?;
        let ttl = reader.u32()?;
        reader.finish()?;
        Ok(Self { uri: uri.to_owned(), window: Window { from, until }, ttl, list: list? })
    }

    /// What it says of the label at `index`, as evidence for the verdict, with the registry's validity where a product
    /// index tells it. Nothing, where the list has no such place or a value without meaning here.
    pub fn evidence(&self, index: StatusIndex, valid: Option<Window>) -> StatusEvidence {
        let Window { from: as_of, until } = self.window;
        match self.list.status(index) {
            Some(status) => StatusEvidence::Listed { status, as_of, until, valid },
            None => StatusEvidence::None,
        }
    }

    fn to_cbor(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.map(5).int(SUB).text(&self.uri);
        writer.int(EXP).uint(self.window.until.as_unsigned());
        writer.int(IAT).uint(self.window.from.as_unsigned());
        writer.int(STATUS_LIST);
        self.list.write(&mut writer);
        writer.int(TTL).uint(self.ttl.into());
        writer.into_bytes()
    }
}
