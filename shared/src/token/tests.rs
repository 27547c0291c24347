//! The token against an independent oracle, against damage, and on paper.

use coset::{CborSerializable, CoseSign1, TaggedCborSerializable, iana};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    key::{
        KeyUse, PublicKey, TrustedKey,
        vectors::{data, unhex},
    },
    label::{Category, Level, RegistrationNumber},
    time::{UnixTime, Window},
};

/// The documented test key (`token.md`): seed 07 × 32. For tests only.
pub(crate) struct TestKey(ed25519_dalek::SigningKey, PublicKey);

impl TestKey {
    pub(crate) fn new(seed: u8) -> Self {
        Self::from_seed([seed; 32])
    }

    fn from_seed(seed: [u8; 32]) -> Self {
        let signing = ed25519_dalek::SigningKey::from_bytes(&seed);
        let public = PublicKey::from_bytes(signing.verifying_key().as_bytes()).unwrap();
        Self(signing, public)
    }

    pub(crate) fn trusted(&self, key_use: KeyUse, state: KeyState) -> TrustedKey {
        let window = Window { from: UnixTime::EPOCH, until: UnixTime::MAX };
        TrustedKey { key: self.1.clone(), key_use, window, state }
    }

    pub(crate) fn ring(&self) -> KeyRing {
        KeyRing::new(vec![self.trusted(KeyUse::Label, KeyState::Active)])
    }
}

impl Sign for TestKey {
    fn public_key(&self) -> &PublicKey {
        &self.1
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        use ed25519_dalek::Signer;
        Ok(self.0.sign(message).to_bytes())
    }
}

pub(crate) fn claims(number: &str) -> LabelClaims {
    LabelClaims {
        number: RegistrationNumber::parse(number).unwrap(),
        expires: UnixTime::parse("2028-05-19T15:00:00Z").unwrap(),
        issued: UnixTime::parse("2026-05-19T15:00:00Z").unwrap(),
        level: Level::Star1,
        category: Category::from_code(2).unwrap(),
        status_index: StatusIndex::new(1_048_575).unwrap(),
    }
}

#[test]
fn what_was_issued_is_what_is_read() {
    let key = TestKey::new(7);
    let token = Token::issue(&claims("SHI-2026-00017"), &key).unwrap();
    for form in [TextForm::Decimal, TextForm::Base64Url] {
        let read = Token::parse(&token.to_text(form)).unwrap();
        assert_eq!(read, token);
        assert_eq!(read.verify(&key.ring()).unwrap().claims, claims("SHI-2026-00017"));
    }
}

/// Every number of 17 characters, whatever its other claims: 122 bytes, the most that fits version 8 at M behind a
/// 16-character host. (The symbol itself is measured in the server's artwork tests.)
#[test]
fn small_enough_for_paper() {
    let key = TestKey::new(7);
    for level in Level::ALL {
        for category in [1, 1023] {
            let claims = LabelClaims {
                level,
                category: Category::from_code(category).unwrap(),
                expires: UnixTime::from_secs(u32::MAX.into()).unwrap(),
                ..claims("ABCDEFGH123456789")
            };
            let token = Token::issue(&claims, &key).unwrap();
            assert!(token.as_bytes().len() <= 122, "{} bytes", token.as_bytes().len());
        }
    }
    let longest = Token::issue(&claims(&"9".repeat(RegistrationNumber::MAX_BYTES)), &key).unwrap();
    assert_eq!(longest.as_bytes().len(), 138);
}

#[test]
fn another_implementation_reads_and_writes_the_same_bytes() {
    let key = TestKey::new(7);
    let token = Token::issue(&claims("SHI-2026-00017"), &key).unwrap();
    let theirs = CoseSign1::from_slice(token.as_bytes()).unwrap();
    assert_eq!(theirs.protected.header.key_id, key.1.id().hint(crate::key::HintLength::Four).as_bytes());
    theirs
        .verify_signature(b"shirushi/label/v1", |signature, message| {
            key.1.holds(message, signature.try_into().unwrap()).then_some(()).ok_or("refused")
        })
        .unwrap();
    assert_eq!(theirs.to_vec().unwrap(), token.as_bytes());
}

/// Wherever the oracle and we both read a message, its bytes have one form; what we read, it reads.
#[test]
fn whatever_is_accepted_has_one_form() {
    let key = TestKey::new(7);
    let token = Token::issue(&claims("SHI-2026-00017"), &key).unwrap();
    let mut accepted = 0;
    for at in 0..token.as_bytes().len() {
        for flip in 1..=255 {
            let mut bytes = token.as_bytes().to_vec();
            bytes[at] ^= flip;
            let Ok(read) = Token::from_bytes(bytes.clone()) else { continue };
            accepted += 1;
            let theirs = CoseSign1::from_slice(&bytes).expect("what we read, the oracle reads");
            assert_eq!(theirs.to_vec().unwrap(), bytes);
            assert!(read.verify(&key.ring()).is_err(), "byte {at} changed by {flip:02x} still verifies");
        }
    }
    assert!(accepted > 10_000, "damage of signature and values keeps the form: {accepted}");
}

#[test]
fn the_example_of_the_cose_working_group() {
    let Some(example) = data("cose/eddsa-sig-01.json") else { return };
    let bytes = unhex(example["output"]["cbor"].as_str().unwrap());
    // Its key and signature agree with ours …
    let x = example["input"]["sign0"]["key"]["x_hex"].as_str().unwrap();
    let key = PublicKey::from_bytes(&unhex(x).try_into().unwrap()).unwrap();
    let theirs = CoseSign1::from_tagged_slice(&bytes).unwrap();
    assert_eq!(theirs.tbs_data(b""), unhex(example["intermediates"]["ToBeSign_hex"].as_str().unwrap()));
    assert!(key.holds(&theirs.tbs_data(b""), theirs.signature.as_slice().try_into().unwrap()));
    // … and its envelope (a tag, the retired algorithm id -8, kid unprotected) is not ours.
    assert!(Token::from_bytes(bytes[1..].to_vec()).is_err());
    assert!(Token::from_bytes(bytes).is_err());
}

#[test]
fn one_purpose_never_verifies_as_another() {
    let key = TestKey::new(7);
    let payload = claims("SHI-2026-00017").to_cbor();
    let ring = KeyRing::new(KeyUse::ALL.map(|key_use| key.trusted(key_use, KeyState::Active)).to_vec());
    for other in [Purpose::Trust, Purpose::Receipt, Purpose::Index] {
        let token = Token::from_bytes(cose::sign(other, &payload, &key).unwrap()).unwrap();
        assert_eq!(token.verify(&ring), Err(TokenRefusal::BadSignature), "{other:?}");
    }
    // A status list differs in its form already.
    let status = cose::sign(Purpose::Status, &payload, &key).unwrap();
    assert!(matches!(Token::from_bytes(status), Err(TokenError::Cbor(_))));
    // The right purpose by a key that is for another use: no label key has this name.
    let trust_only = KeyRing::new(vec![key.trusted(KeyUse::Trust, KeyState::Active)]);
    let token = Token::issue(&claims("SHI-2026-00017"), &key).unwrap();
    assert!(matches!(token.verify(&trust_only), Err(TokenRefusal::UnknownKey(_))));
}

/// Two keys whose thumbprints begin with the same four bytes, found by trying 105,825 seeds: a hint is no identity.
#[test]
fn a_collision_of_hints_tries_every_key() {
    let [one, other] = [102_343_u32, 105_824].map(|n| {
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&n.to_le_bytes());
        TestKey::from_seed(seed)
    });
    let hint = |key: &TestKey| key.1.id().hint(crate::key::HintLength::Four);
    assert_eq!(hint(&one), hint(&other));

    let both = KeyRing::new([&one, &other].map(|key| key.trusted(KeyUse::Label, KeyState::Active)).to_vec());
    for key in [&one, &other] {
        let token = Token::issue(&claims("SHI-2026-00017"), key).unwrap();
        assert_eq!(token.verify(&both).unwrap().key, key.1.id());
    }
    // With only the other one known, the name is known and the signature is not its own.
    let token = Token::issue(&claims("SHI-2026-00017"), &one).unwrap();
    assert_eq!(token.verify(&other.ring()), Err(TokenRefusal::BadSignature));
}

#[test]
fn signed_and_not_a_label_is_malformed() {
    let key = TestKey::new(7);
    for payload in ["a0", "80", "a40241310418640618643a0001000000"] {
        let token = Token::from_bytes(cose::sign(Purpose::Label, &unhex(payload), &key).unwrap()).unwrap();
        assert!(matches!(token.verify(&key.ring()), Err(TokenRefusal::Claims(_))), "{payload}");
    }
    // A duplicate key in the payload is refused before any signature is looked at.
    let twice = cose::sign(Purpose::Label, &unhex("a204186404186406186400"), &key).unwrap();
    assert!(matches!(Token::from_bytes(twice), Err(TokenError::Cbor(_))));
}

proptest! {
    #[test]
    fn every_token_has_one_text_per_form(number in "[A-Z0-9]{1,30}[0-9]", index in 0_u32..1 << 20, level in 1_u64..=4) {
        let key = TestKey::new(7);
        let claims = LabelClaims {
            status_index: StatusIndex::new(index).unwrap(),
            level: Level::from_stars(level).unwrap(),
            ..claims(&number)
        };
        let token = Token::issue(&claims, &key).unwrap();
        prop_assert_eq!(token.verify(&key.ring()).unwrap().claims, claims);
        for form in [TextForm::Decimal, TextForm::Base64Url] {
            let text = token.to_text(form);
            let read = Token::parse(&text).unwrap();
            prop_assert_eq!(read.to_text(form), text);
        }
    }

    #[test]
    fn any_bytes_and_any_text_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,300}") {
        if let Ok(token) = Token::from_bytes(bytes.clone()) {
            prop_assert_eq!(CoseSign1::from_slice(&bytes).unwrap().to_vec().unwrap(), token.as_bytes());
        }
        let _ = Token::parse(&text);
    }
}

/// Our own vectors, published for other implementations in `docs/vectors/label-tokens.json`. The file is made here:
/// `UPDATE_VECTORS=1 cargo test -p shirushi-shared published` writes it anew.
#[test]
fn the_published_vectors_are_true() {
    let key = TestKey::new(7);
    let good = Token::issue(&claims("SHI-2026-00017"), &key).unwrap();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.as_bytes().to_vec();
        change(&mut bytes);
        bytes
    };
    let payload = claims("SHI-2026-00017").to_cbor();
    let tagged = [&[0xd2], good.as_bytes()].concat();
    let longest = Token::issue(&claims(&"9".repeat(32)), &key).unwrap();
    let cases = [
        ("a label", &["valid"][..], good.as_bytes().to_vec()),
        ("the longest number", &["valid"], longest.as_bytes().to_vec()),
        ("one bit of the expiry changed", &["tampered"], with(&|bytes| bytes[34] ^= 1)),
        ("one bit of the signature changed", &["tampered"], with(&|bytes| *bytes.last_mut().unwrap() ^= 1)),
        ("another name of the key", &["unknown_key"], with(&|bytes| bytes[7] ^= 1)),
        ("another key", &["unknown_key"], {
            Token::issue(&claims("SHI-2026-00017"), &TestKey::new(8)).unwrap().as_bytes().to_vec()
        }),
        ("signed for the trust list", &["wrong_purpose"], {
            // Four bytes of key name, as labels have them, so that only the purpose differs.
            let protected = &good.as_bytes()[2..11];
            let mut writer = cose::cbor::Writer::default();
            writer.array(4).text("Signature1").bytes(protected).bytes(b"shirushi/trust/v1").bytes(&payload);
            let signature = key.sign(&writer.into_bytes()).unwrap();
            with(&|bytes| {
                let start = bytes.len() - 64;
                bytes[start..].copy_from_slice(&signature);
            })
        }),
        ("the last byte missing", &["truncated"], with(&|bytes| bytes.truncate(bytes.len() - 1))),
        ("a byte behind", &["trailing_bytes"], with(&|bytes| bytes.push(0))),
        ("with tag 18", &["tagged"], tagged),
        (
            "a length in a longer form",
            &["not_shortest"],
            with(&|bytes| drop(bytes.splice(1..2, [0x58, 0x09]))),
        ),
        ("a claim twice", &["duplicate_key"], {
            cose::sign(Purpose::Label, &unhex("a204186404186406186400"), &key).unwrap()
        }),
        ("an empty claims set", &["claims"], cose::sign(Purpose::Label, &[0xa0], &key).unwrap()),
        ("nothing", &["truncated"], vec![]),
    ];
    let vectors: Vec<_> = cases
        .into_iter()
        .map(|(name, flags, bytes)| {
            let result = match Token::from_bytes(bytes.clone()).map(|token| token.verify(&key.ring())) {
                Ok(Ok(_)) => "verified",
                Ok(Err(TokenRefusal::UnknownKey(_))) => "unknown_key",
                Ok(Err(TokenRefusal::BadSignature)) => "bad_signature",
                Ok(Err(TokenRefusal::Claims(_))) | Err(_) => "malformed",
            };
            json!({
                "name": name,
                "flags": flags,
                "result": result,
                "decimal": crate::digits::encode(&bytes),
                "hex": bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
            })
        })
        .collect();
    let file = json!({
        "about": "Label tokens of Shirushi for other implementations. The key is for tests only: seed 07 x 32.",
        "public_key": key.1.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
        "external_aad": "shirushi/label/v1",
        "vectors": vectors,
    });
    let text = serde_json::to_string_pretty(&file).unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/vectors/label-tokens.json");
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), text, "docs/vectors/label-tokens.json is out of date");
    assert_eq!(iana::Algorithm::EdDSA as i64, -8, "the oracle knows the old id; ours is -19 (RFC 9864)");
}
