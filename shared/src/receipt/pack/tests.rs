//! The receipt of a pack: read back, damaged, signed for something else, and our published vectors.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::*;
use crate::{
    cose::VerifyError,
    key::{KeyState, KeyUse},
    token::tests::TestKey,
};

fn full() -> PackReceipt {
    let answers = [(Answer::Pass, 3), (Answer::Fail, 1)].into();
    PackReceipt {
        issuer: "https://label.shirushi.example".into(),
        issued: UnixTime::parse("2026-11-29T03:00:00Z").unwrap(),
        manifest: CoveredDocuments::from_sha256([9; 32]),
        rows: 5,
        bad: 1,
        outcomes: [(Outcome::Valid, 3), (Outcome::Revoked, 1)].into(),
        policy: Some(PolicyCount::of(PolicyDigest::from_bytes([7; 32]), &answers)),
        as_of: UnixTime::parse("2026-03-31T14:59:59Z").ok(),
        trust_list: 7,
        software: "0.1.0".into(),
        case: CaseReference::new("調達 2026-0412").ok(),
    }
}

fn bare() -> PackReceipt {
    PackReceipt { outcomes: BTreeMap::new(), policy: None, as_of: None, case: None, ..full() }
}

fn ring(key: &TestKey, state: KeyState) -> KeyRing {
    KeyRing::new(vec![key.trusted(KeyUse::Receipt, state)])
}

#[test]
fn what_was_signed_is_read_back() {
    let key = TestKey::new(7);
    for receipt in [full(), bare()] {
        let signed = receipt.sign(&key).unwrap();
        let opened = signed.open(&ring(&key, KeyState::Active)).unwrap();
        let key = key.public_key().id();
        assert_eq!(opened, OpenedPackReceipt { receipt, key, standing: Standing::TrueThen });
    }
}

#[test]
fn a_pack_is_no_verdict_and_a_verdict_no_pack() {
    let key = TestKey::new(7);
    let pack = full().sign(&key).unwrap();
    let ring = ring(&key, KeyState::Active);
    let as_verdict = SignedReceipt::from_bytes(pack.as_bytes().to_vec()).unwrap();
    assert_eq!(as_verdict.open(&ring), Err(ReceiptError::NotTrusted(VerifyError::BadSignature)));
    assert!(SignedPackReceipt::from(&as_verdict).open(&ring).is_ok(), "the same bytes, for its own purpose");
    let verdict = cose::sign(Purpose::Receipt, &full().to_cbor(), &key).unwrap();
    let opened = SignedPackReceipt::from_bytes(verdict).unwrap().open(&ring);
    assert_eq!(opened, Err(ReceiptError::NotTrusted(VerifyError::BadSignature)));
}

#[test]
fn damage_is_refused() {
    let key = TestKey::new(7);
    let signed = full().sign(&key).unwrap();
    let ring = ring(&key, KeyState::Active);
    for at in 0..signed.as_bytes().len() {
        let mut damaged = signed.as_bytes().to_vec();
        damaged[at] ^= 0x01;
        assert!(
            SignedPackReceipt::from_bytes(damaged).and_then(|read| read.open(&ring)).is_err(),
            "byte {at}"
        );
    }
    assert_eq!(SignedPackReceipt::from_bytes(vec![0; 4097]), Err(ReceiptError::TooLong));
}

#[test]
fn outcomes_have_one_order_and_none_is_empty() {
    let key = TestKey::new(7);
    let open = |list: &[(&str, u64)]| {
        let mut writer = Writer::default();
        writer.pairs(|claims| {
            claims.key(ISS).text("s");
            claims.key(IAT).uint(1);
            claims.key(PACK).pairs(|own| {
                own.key(1).bytes(&[0; 32]);
                own.key(2).uint(1);
                own.key(3).uint(0);
                let outcomes = own.key(4).array(list.len());
                for (word, rows) in list {
                    outcomes.array(2).text(word).uint(*rows);
                }
                own.key(7).uint(1);
                own.key(8).text("0");
            });
        });
        let bytes = cose::sign(Purpose::Pack, &writer.into_bytes(), &key).unwrap();
        SignedPackReceipt::from_bytes(bytes)?.open(&ring(&key, KeyState::Active))
    };
    let (first, second) = (Outcome::ALL[0].as_str(), Outcome::ALL[1].as_str());
    assert!(open(&[(first, 1), (second, 1)]).is_ok());
    for list in [&[(second, 1), (first, 1)][..], &[(first, 1), (first, 1)], &[(first, 0)], &[("other", 1)]] {
        assert!(matches!(open(list), Err(ReceiptError::Malformed(_))), "{list:?}");
    }
}

/// Published for other implementations in `docs/vectors/packs.json`; made anew as the receipts' are.
#[test]
fn the_published_vectors_are_true() {
    let key = TestKey::new(7);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let good = full().sign(&key).unwrap().0;
    let last = good.len() - 1;
    let tampered = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    let digest = good.windows(32).position(|part| part == [9; 32]).unwrap();
    let cases = [
        ("a run with a policy, about the past", "valid", KeyState::Active, good.clone()),
        ("the shortest", "valid", KeyState::Active, bare().sign(&key).unwrap().0),
        ("its key retired since", "retired", KeyState::Retired, good.clone()),
        ("one bit of the signature changed", "tampered", KeyState::Active, tampered(last)),
        ("one bit of the manifest's digest changed", "tampered", KeyState::Active, tampered(digest)),
        ("another key", "unknown_key", KeyState::Active, full().sign(&TestKey::new(8)).unwrap().0),
        (
            "signed as the receipt of a verdict",
            "wrong_purpose",
            KeyState::Active,
            cose::sign(Purpose::Receipt, &full().to_cbor(), &key).unwrap(),
        ),
        ("no claims", "claims", KeyState::Active, cose::sign(Purpose::Pack, &[0xa0], &key).unwrap()),
    ];
    let vectors: Vec<_> = cases
        .into_iter()
        .map(|(name, flag, state, bytes)| {
            let read = SignedPackReceipt::from_bytes(bytes.clone());
            let opened = read.and_then(|read| read.open(&ring(&key, state)));
            let result = match &opened {
                Ok(opened) => opened.standing.as_str(),
                Err(ReceiptError::NotTrusted(VerifyError::UnknownKey(_))) => "unknown_key",
                Err(ReceiptError::NotTrusted(VerifyError::BadSignature)) => "bad_signature",
                Err(_) => "malformed",
            };
            json!({
                "name": name,
                "flags": [flag],
                "key": state,
                "result": result,
                "manifest_sha256": opened.map(|opened| opened.receipt.manifest.to_string()).ok(),
                "text": URL_SAFE_NO_PAD.encode(bytes),
            })
        })
        .collect();
    let results: Vec<_> = vectors.iter().map(|vector| vector["result"].as_str().unwrap()).collect();
    let expected = [
        "true_then",
        "true_then",
        "true_then",
        "bad_signature",
        "bad_signature",
        "unknown_key",
        "bad_signature",
        "malformed",
    ];
    assert_eq!(results, expected);
    let file = json!({
        "about": "Receipts of Shirushi's evidence packs for other implementations. The key is for tests only: seed 07 x 32.",
        "public_key": hex(key.public_key().as_bytes()),
        "external_aad": Purpose::Pack.external_aad(),
        "vectors": vectors,
    });
    let text = serde_json::to_string_pretty(&file).unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/vectors/packs.json");
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), text, "docs/vectors/packs.json is out of date");
}
