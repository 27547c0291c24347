//! The trust list: the scheme's keys, signed by the `trust` key that checkers pin.
//!
//! The payload is one CBOR map:
//!
//! | key | value |
//! |---|---|
//! | 1 | version, counting up; a checker refuses a lower one than it has seen |
//! | 2 | issue, UTC seconds |
//! | 3 | expiry, UTC seconds |
//! | 4 | keys: array of maps `{1: COSE_Key, 2: use, 3: not before, 4: not after, 5: state, 6: cut-off}` |
//! | 5 | status list URIs: array of text |
//! | 6 | least checker version: text |
//!
//! Use is 1 label, 2 trust, 3 status, 4 receipt, 5 log; state is 1 active, 2 retired, 3 compromised, which alone has key 6.

use crate::{
    cose::{
        self, Envelope, Purpose, Sign, SignError, VerifyError,
        cbor::{CborError, Fault, Reader, Writer},
    },
    key::{KeyRing, KeyState, KeyUse, PublicKey, TrustedKey},
    time::{UnixTime, Window},
};

/// The scheme's keys at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustList {
    /// Counts up with every change.
    pub version: u64,
    /// From issue to expiry.
    pub window: Window,
    /// The keys.
    pub keys: Vec<TrustedKey>,
    /// Where the status lists lie.
    pub status_lists: Vec<String>,
    /// The least version of the checker that may judge by this list.
    pub least_checker: String,
}

/// Why bytes are not accepted as the trust list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Not the form.
    #[error("the trust list is malformed: {0}")]
    Malformed(#[from] CborError),
    /// Not signed by the pinned key.
    #[error("the trust list is not signed by the pinned key: {0}")]
    NotTrusted(#[from] VerifyError),
    /// Opened with a key that the list itself calls compromised: whoever holds it may have signed it.
    #[error("the pinned trust key was declared compromised")]
    PinCompromised,
    /// Too large to be one.
    #[error("the trust list is larger than {} bytes", TrustList::MAX_BYTES)]
    TooLarge,
}

impl TrustList {
    /// Largest signed list: about 600 keys.
    pub const MAX_BYTES: usize = 64 * 1024;

    /// The signed list.
    pub fn sign(&self, signer: &(impl Sign + ?Sized)) -> Result<Vec<u8>, SignError> {
        cose::sign(Purpose::Trust, &self.to_cbor(), signer)
    }

    /// Reads a signed list, checking it against the pinned `trust` key before anything in it is used.
    /// Its expiry and version are for the caller, who has the clock and the memory.
    pub fn open(bytes: &[u8], pinned: &PublicKey) -> Result<Self, TrustError> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(TrustError::TooLarge);
        }
        let ring = KeyRing::new(vec![TrustedKey {
            key: pinned.clone(),
            key_use: KeyUse::Trust,
            window: Window { from: UnixTime::EPOCH, until: UnixTime::MAX },
            state: KeyState::Active,
        }]);
        let (envelope, _) = Envelope::parse(Purpose::Trust, bytes)?.verify(&ring)?;
        Ok(Self::from_cbor(envelope.payload())?)
    }

    /// The trust key to pin from now on, told by a list that was opened with `pinned`: itself while it is active, else the
    /// one that came after it. Pins move forward only: who holds an earlier key can say what they like by it, so a checker
    /// that has moved on opens nothing with the earlier one again.
    pub fn next_pin<'a>(&'a self, pinned: &'a PublicKey) -> Result<&'a PublicKey, TrustError> {
        let mut trust = self.keys.iter().filter(|key| key.key_use == KeyUse::Trust);
        match trust.clone().find(|key| key.key == *pinned).map(|key| key.state) {
            Some(KeyState::Compromised { .. }) => Err(TrustError::PinCompromised),
            Some(KeyState::Retired) => {
                Ok(trust.find(|key| key.state == KeyState::Active).map_or(pinned, |key| &key.key))
            }
            // A list that does not name its own signer is no reason to believe another.
            Some(KeyState::Active) | None => Ok(pinned),
        }
    }

    /// The keys as a ring to verify with.
    pub fn ring(&self) -> KeyRing {
        KeyRing::new(self.keys.clone())
    }

    fn to_cbor(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.map(6).int(1).uint(self.version);
        writer.int(2).uint(self.window.from.as_unsigned()).int(3).uint(self.window.until.as_unsigned());
        writer.int(4).array(self.keys.len());
        for key in &self.keys {
            write_key(key, &mut writer);
        }
        writer.int(5).array(self.status_lists.len());
        for uri in &self.status_lists {
            writer.text(uri);
        }
        writer.int(6).text(&self.least_checker);
        writer.into_bytes()
    }

    fn from_cbor(payload: &[u8]) -> Result<Self, CborError> {
        let mut reader = Reader::new(payload);
        reader.exactly(6, Reader::map)?;
        reader.key(1)?;
        let version = reader.uint()?;
        reader.key(2)?;
        let from = reader.time()?;
        reader.key(3)?;
        let until = reader.time()?;
        reader.key(4)?;
        let count = reader.array()?;
        let keys = (0..count).map(|_| read_key(&mut reader)).collect::<Result<_, _>>()?;
        reader.key(5)?;
        let count = reader.array()?;
        let status_lists = (0..count).map(|_| reader.text().map(str::to_owned)).collect::<Result<_, _>>()?;
        reader.key(6)?;
        let least_checker = reader.text()?.to_owned();
        reader.finish()?;
        Ok(Self { version, window: Window { from, until }, keys, status_lists, least_checker })
    }
}

fn write_key(key: &TrustedKey, writer: &mut Writer) {
    let (state, cutoff) = match key.state {
        KeyState::Active => (1, None),
        KeyState::Retired => (2, None),
        KeyState::Compromised { cutoff } => (3, Some(cutoff)),
    };
    writer.map(if cutoff.is_some() { 6 } else { 5 }).int(1);
    key.key.write_cose_key(writer);
    writer.int(2).uint(use_number(key.key_use));
    writer.int(3).uint(key.window.from.as_unsigned()).int(4).uint(key.window.until.as_unsigned());
    writer.int(5).uint(state);
    if let Some(cutoff) = cutoff {
        writer.int(6).uint(cutoff.as_unsigned());
    }
}

fn read_key(reader: &mut Reader<'_>) -> Result<TrustedKey, CborError> {
    let refused = reader.refuse(Fault::Unexpected);
    let pairs = reader.map()?;
    reader.key(1)?;
    let key = PublicKey::read_cose_key(reader)?;
    reader.key(2)?;
    let key_use = use_numbered(reader.uint()?).ok_or(refused)?;
    reader.key(3)?;
    let from = reader.time()?;
    reader.key(4)?;
    let until = reader.time()?;
    reader.key(5)?;
    let state = match (reader.uint()?, pairs) {
        (1, 5) => KeyState::Active,
        (2, 5) => KeyState::Retired,
        (3, 6) => {
            reader.key(6)?;
            KeyState::Compromised { cutoff: reader.time()? }
        }
        _ => return Err(refused),
    };
    Ok(TrustedKey { key, key_use, window: Window { from, until }, state })
}

fn use_number(key_use: KeyUse) -> u64 {
    KeyUse::ALL.iter().zip(1..).find(|(one, _)| **one == key_use).map_or(0, |(_, number)| number)
}

fn use_numbered(number: u64) -> Option<KeyUse> {
    KeyUse::ALL.into_iter().zip(1..).find(|(_, one)| *one == number).map(|(key_use, _)| key_use)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::tests::TestKey;

    fn list(trust: &TestKey) -> TrustList {
        let now = UnixTime::parse("2026-11-22T00:00:00Z").unwrap();
        let cutoff = now.plus(-1000);
        TrustList {
            version: 7,
            window: Window { from: now, until: now.plus(30 * 86_400) },
            keys: vec![
                trust.trusted(KeyUse::Trust, KeyState::Active),
                TestKey::new(8).trusted(KeyUse::Label, KeyState::Retired),
                TestKey::new(9).trusted(KeyUse::Label, KeyState::Compromised { cutoff }),
            ],
            status_lists: ["0", "1"]
                .map(|list| format!("https://label.shirushi.example/status/{list}"))
                .to_vec(),
            least_checker: "0.1.0".into(),
        }
    }

    #[test]
    fn only_the_pinned_key_is_believed() {
        let trust = TestKey::new(7);
        let signed = list(&trust).sign(&trust).unwrap();
        assert_eq!(TrustList::open(&signed, trust.public_key()), Ok(list(&trust)));

        let stranger = TestKey::new(8);
        assert!(matches!(TrustList::open(&signed, stranger.public_key()), Err(TrustError::NotTrusted(_))));
        let by_stranger = list(&trust).sign(&stranger).unwrap();
        assert!(matches!(TrustList::open(&by_stranger, trust.public_key()), Err(TrustError::NotTrusted(_))));
        let label = cose::sign(Purpose::Label, &list(&trust).to_cbor(), &trust).unwrap();
        assert!(TrustList::open(&label, trust.public_key()).is_err(), "signed, for another purpose");
    }

    #[test]
    fn a_pin_moves_to_the_key_that_came_after_it_and_never_from_a_compromised_one() {
        let [old, new] = [7, 10].map(TestKey::new);
        let listed = |state| TrustList {
            keys: vec![old.trusted(KeyUse::Trust, state), new.trusted(KeyUse::Trust, KeyState::Active)],
            ..list(&old)
        };
        let retired = listed(KeyState::Retired);
        assert_eq!(retired.next_pin(old.public_key()), Ok(new.public_key()));
        assert_eq!(retired.next_pin(new.public_key()), Ok(new.public_key()));
        let stolen = listed(KeyState::Compromised { cutoff: UnixTime::EPOCH });
        assert_eq!(stolen.next_pin(old.public_key()), Err(TrustError::PinCompromised));
        let stranger = TestKey::new(11);
        assert_eq!(retired.next_pin(stranger.public_key()), Ok(stranger.public_key()));
        let ended = TrustList { keys: vec![old.trusted(KeyUse::Trust, KeyState::Retired)], ..list(&old) };
        assert_eq!(ended.next_pin(old.public_key()), Ok(old.public_key()), "retired without a successor");
    }

    #[test]
    fn damage_is_refused() {
        let trust = TestKey::new(7);
        let signed = list(&trust).sign(&trust).unwrap();
        for at in 0..signed.len() {
            let mut damaged = signed.clone();
            damaged[at] ^= 0x40;
            assert!(TrustList::open(&damaged, trust.public_key()).is_err(), "byte {at}");
            assert!(TrustList::open(&signed[..at], trust.public_key()).is_err(), "cut at {at}");
        }
        assert_eq!(
            TrustList::open(&vec![0; TrustList::MAX_BYTES + 1], trust.public_key()),
            Err(TrustError::TooLarge)
        );
    }
}
