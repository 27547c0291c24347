//! The receipt against an independent oracle, against damage, and years later.

use coset::{CborSerializable, CoseSign1, cbor};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    claim::{Claimed, Listed},
    cose::cbor::{Fault, Writer},
    key::KeyUse,
    label::{LabelState, Level},
    registration::Gtin,
    status::{StatusEvidence, StatusRecord, TokenOnRecord, list::ListedStatus},
    token::{Token, tests::TestKey, tests::claims},
    verdict::{Clock, Freshness, NotALabel, TokenCheck, judge},
};

fn now() -> UnixTime {
    UnixTime::parse("2026-11-22T03:00:00Z").unwrap()
}

fn ring(key: &TestKey, state: KeyState) -> KeyRing {
    KeyRing::new(vec![key.trusted(KeyUse::Receipt, state)])
}

fn label() -> Token {
    Token::issue(&claims("SHI-2026-00017"), &TestKey::new(8)).unwrap()
}

fn presented() -> TokenCheck {
    TokenCheck::Verified(label().verify(&TestKey::new(8).ring()).unwrap())
}

fn evidence() -> StatusEvidence {
    let registered = UnixTime::parse("2026-05-19T15:00:00Z").unwrap();
    let record = StatusRecord {
        number: claims("SHI-2026-00017").number,
        revision: Revision::new(3),
        state: LabelState::Active,
        valid: Window { from: registered, until: registered.plus(2 * 365 * 86_400) },
        tokens: vec![TokenOnRecord { id: label().id(), registered }],
    };
    StatusEvidence::Record { record, as_of: now().plus(-2), source: StatusSource::Cache }
}

fn verdict() -> Verdict {
    judge(&presented(), &evidence(), &Clock::at(now(), Freshness::LONGEST))
}

fn product() -> ProductClaims {
    ProductClaims {
        model: Some("RX-200W".into()),
        level: Some(Level::Star1),
        maker: Some("架空電機".into()),
        gtin: Gtin::parse("4901234567894").ok(),
    }
}

fn answers() -> ClaimAnswers {
    ClaimAnswers {
        model: Some(Listed::Listed),
        level: Some(Listed::Listed),
        maker: Some(Listed::NotListed),
        gtin: Some(Listed::Listed),
    }
}

fn circumstances(claims: &ProductClaims) -> Circumstances<'_> {
    Circumstances {
        issuer: "https://label.shirushi.example",
        software: "0.1.0",
        trust_list: 7,
        token: None,
        claims,
        answers: answers(),
        case: CaseReference::new("調達 2026-0412").ok(),
        covers: Some(CoveredDocuments::from_sha256([9; 32])),
    }
}

fn full() -> Receipt {
    Receipt::of(&verdict(), circumstances(&product()))
}

/// The shortest there is: nothing of ours was presented.
fn bare() -> Receipt {
    let nothing = ProductClaims::default();
    let clock = Clock::at(now(), Freshness::LONGEST);
    let verdict = judge(&TokenCheck::NotALabel(NotALabel::Text), &StatusEvidence::None, &clock);
    let circumstances = Circumstances {
        case: None,
        covers: None,
        answers: ClaimAnswers::default(),
        ..circumstances(&nothing)
    };
    Receipt::of(&verdict, circumstances)
}

/// By a list, by number, about the past: the rest of the forms.
fn of_a_list() -> Receipt {
    let evidence = StatusEvidence::Listed {
        status: ListedStatus::Grace,
        as_of: now().plus(-600),
        until: now().plus(80_000),
        valid: None,
    };
    let nothing = ProductClaims { model: Some("RX-1".into()), ..ProductClaims::default() };
    let clock = Clock { as_of: Some(now().plus(-300)), ..Clock::at(now(), Freshness::LONGEST) };
    let number = claims("SHI-2026-00017").number;
    let verdict = judge(&TokenCheck::NumberOnly(number), &evidence, &clock);
    let answers = ClaimAnswers { model: Some(Listed::NotListed), ..ClaimAnswers::default() };
    Receipt::of(&verdict, Circumstances { case: None, covers: None, answers, ..circumstances(&nothing) })
}

#[test]
fn a_receipt_says_what_was_answered() {
    let receipt = full();
    assert_eq!(receipt.outcome, Outcome::Valid);
    assert_eq!(receipt.token, Some(label().id()));
    assert_eq!(receipt.issued, now());
    assert_eq!(receipt.status.value, Some(StatusWord::Active));
    assert_eq!(receipt.status.revision, Some(Revision::new(3)));
    assert_eq!(receipt.claimed.model, Some(Claimed { claimed: "RX-200W".into(), answer: Listed::Listed }));
    assert_eq!(
        receipt.claimed.maker,
        Some(Claimed { claimed: "架空電機".into(), answer: Listed::NotListed })
    );

    let key = TestKey::new(7);
    for receipt in [full(), bare(), of_a_list()] {
        let signed = receipt.sign(&key).unwrap();
        let read = SignedReceipt::parse(&signed.to_text()).unwrap();
        assert_eq!(read, signed);
        let opened = read.open(&ring(&key, KeyState::Active)).unwrap();
        assert_eq!(
            opened,
            OpenedReceipt { receipt, key: key.public_key().id(), standing: Standing::TrueThen }
        );
    }
    // A token that did not hold is named all the same: the receipt is about what was presented.
    let nothing = ProductClaims::default();
    let refused = TokenCheck::Refused(crate::token::TokenRefusal::BadSignature);
    let verdict = judge(&refused, &evidence(), &Clock::at(now(), Freshness::LONGEST));
    let told = Circumstances { token: Some(label().id()), ..circumstances(&nothing) };
    let receipt = Receipt::of(&verdict, told);
    assert_eq!((receipt.number, receipt.token), (None, Some(label().id())));
}

/// "Genuine, and true then" depends on the key as of the receipt's time, and is told apart from "it says it is older".
#[test]
fn years_later() {
    let key = TestKey::new(7);
    let signed = full().sign(&key).unwrap();
    let standing = |trusted: TrustedKey| signed.open(&KeyRing::new(vec![trusted])).unwrap().standing;
    let with = |state| key.trusted(KeyUse::Receipt, state);
    assert_eq!(standing(with(KeyState::Retired)), Standing::TrueThen);
    let (before, after) = (now(), now().plus(1));
    assert_eq!(
        standing(with(KeyState::Compromised { cutoff: after })),
        Standing::DatedBeforeCompromise { cutoff: after }
    );
    assert_eq!(
        standing(with(KeyState::Compromised { cutoff: before })),
        Standing::KeyCompromised { cutoff: before }
    );
    let until =
        |until| TrustedKey { window: Window { from: UnixTime::EPOCH, until }, ..with(KeyState::Retired) };
    assert_eq!(standing(until(now())), Standing::KeyNotInForce);
    assert_eq!(standing(until(after)), Standing::TrueThen);
}

#[test]
fn only_receipt_keys_and_only_receipts() {
    let key = TestKey::new(7);
    let signed = full().sign(&key).unwrap();
    for other in [KeyUse::Label, KeyUse::Trust, KeyUse::Status, KeyUse::Log] {
        let ring = KeyRing::new(vec![key.trusted(other, KeyState::Active)]);
        assert!(matches!(signed.open(&ring), Err(ReceiptError::NotTrusted(VerifyError::UnknownKey(_)))));
    }
    for other in [Purpose::Label, Purpose::Trust, Purpose::Index] {
        let bytes = cose::sign(other, &full().to_cbor(), &key).unwrap();
        let read = SignedReceipt::from_bytes(bytes).unwrap();
        assert_eq!(
            read.open(&ring(&key, KeyState::Active)),
            Err(ReceiptError::NotTrusted(VerifyError::BadSignature)),
            "{other:?}"
        );
    }
}

#[test]
fn damage_is_refused() {
    let key = TestKey::new(7);
    let signed = full().sign(&key).unwrap();
    for at in 0..signed.as_bytes().len() {
        for flip in [0x01, 0x40, 0x80] {
            let mut damaged = signed.as_bytes().to_vec();
            damaged[at] ^= flip;
            let opened =
                SignedReceipt::from_bytes(damaged).and_then(|read| read.open(&ring(&key, KeyState::Active)));
            assert!(opened.is_err(), "byte {at}");
        }
        assert!(SignedReceipt::from_bytes(signed.as_bytes()[..at].to_vec()).is_err(), "cut at {at}");
    }
    assert_eq!(SignedReceipt::from_bytes(vec![0; 4097]), Err(ReceiptError::TooLong));
    assert_eq!(SignedReceipt::parse(&"A".repeat(SignedReceipt::MAX_TEXT + 1)), Err(ReceiptError::TooLong));
    let text = signed.to_text();
    assert_eq!(SignedReceipt::parse(&(text.clone() + "=")), Err(ReceiptError::Base64));
    assert_eq!(SignedReceipt::parse(&(text + "+/")), Err(ReceiptError::Base64));
}

/// Every field at its longest that the API takes, and what nobody takes.
#[test]
fn a_receipt_stays_small() {
    let key = TestKey::new(7);
    let long = "架".repeat(85);
    let claims = ProductClaims { model: Some(long.clone()), maker: Some(long), ..product() };
    let case = CaseReference::new(&"字".repeat(64)).ok();
    let longest = Receipt::of(&verdict(), Circumstances { case, ..circumstances(&claims) });
    let bytes = longest.sign(&key).unwrap().as_bytes().len();
    assert!(bytes < 1500, "{bytes} bytes");
    let novel = "x".repeat(5000);
    let too_long = Receipt::of(&verdict(), Circumstances { issuer: &novel, ..circumstances(&claims) });
    assert_eq!(too_long.sign(&key), Err(ReceiptError::TooLong), "not signed and then unreadable");
}

#[test]
fn another_implementation_reads_and_writes_the_same_bytes() {
    let key = TestKey::new(7);
    for receipt in [full(), bare(), of_a_list()] {
        let signed = receipt.sign(&key).unwrap();
        let theirs = CoseSign1::from_slice(signed.as_bytes()).unwrap();
        theirs
            .verify_signature(b"shirushi/receipt/v1", |signature, message| {
                key.public_key().holds(message, signature.try_into().unwrap()).then_some(()).ok_or("refused")
            })
            .unwrap();
        assert_eq!(theirs.clone().to_vec().unwrap(), signed.as_bytes());

        let claims: cbor::Value = cbor::from_reader(theirs.payload.unwrap().as_slice()).unwrap();
        let pairs = claims.into_map().unwrap();
        let own =
            |key: i64| pairs.iter().find(|(name, _)| *name == key.into()).map(|(_, value)| value.clone());
        assert_eq!(own(1), Some("https://label.shirushi.example".into()));
        assert_eq!(own(6), Some(now().as_secs().into()));
        let map = own(-65538).unwrap().into_map().unwrap();
        assert_eq!(map[0], (1.into(), receipt.outcome.as_str().into()));
    }
}

/// Words and shapes that this version does not write are refused, with a right signature too.
#[test]
fn signed_and_not_a_receipt_is_malformed() {
    let key = TestKey::new(7);
    let open = |payload: &[u8]| {
        let bytes = cose::sign(Purpose::Receipt, payload, &key).unwrap();
        SignedReceipt::from_bytes(bytes)?.open(&ring(&key, KeyState::Active))
    };
    let payload = bare().to_cbor();
    assert!(open(&payload).is_ok());
    let at = |needle: &[u8]| payload.windows(needle.len()).position(|part| part == needle).unwrap();
    let mut other_word = payload.clone();
    other_word[at(b"not_a_label")] = b'N';
    assert!(matches!(open(&other_word), Err(ReceiptError::Malformed(_))));
    let mut empty_claims = Writer::default();
    empty_claims.map(0);
    assert!(matches!(open(&empty_claims.into_bytes()), Err(ReceiptError::Malformed(_))));
    for cut in 1..payload.len() {
        assert!(matches!(open(&payload[..cut]), Err(ReceiptError::Malformed(_))), "cut at {cut}");
    }
    // Half of a validity window: a start (4) without an end beside the source (6).
    let place = at(b"\xa1\x06\x64none");
    let half = [&payload[..place], b"\xa2\x04\x00", &payload[place + 1..]].concat();
    assert_eq!(open(&half), Err(ReceiptError::Malformed(CborError { what: Fault::Unexpected, at: place })));
}

prop_compose! {
    fn any_receipt()(
        outcome in 0..Outcome::ALL.len(), number in proptest::option::of("[A-Z0-9]{1,31}[0-9]"),
        at in 0_i64..10_000_000_000, token in proptest::option::of(any::<[u8; 32]>()),
        status in (proptest::option::of(0_usize..5), proptest::option::of(any::<u64>()), proptest::option::of(0_i64..10_000_000_000)),
        window in proptest::option::of((0_i64..10_000_000_000, 0_i64..10_000_000_000)),
        model in proptest::option::of(("\\PC{0,40}", any::<bool>())), level in proptest::option::of((1_u64..=4, any::<bool>())),
        case in proptest::option::of("[a-z]{1,64}"), covers in proptest::option::of(any::<[u8; 32]>()),
        trust_list in any::<u64>(), as_of in proptest::option::of(0_i64..10_000_000_000),
    ) -> Receipt {
        let time = |seconds| UnixTime::from_secs(seconds).unwrap();
        let listed = |yes| if yes { Listed::Listed } else { Listed::NotListed };
        let words = [StatusWord::Active, StatusWord::Grace, StatusWord::Suspended, StatusWord::Revoked, StatusWord::Unregistered];
        let (value, revision, known) = status;
        Receipt {
            issued: time(at),
            number: number.map(|number| RegistrationNumber::parse(&number).unwrap()),
            outcome: Outcome::ALL[outcome],
            token: token.map(TokenId::from_bytes),
            status: ReceiptStatus {
                value: value.map(|word| words[word]),
                revision: revision.map(Revision::new),
                as_of: known.map(time),
                valid: window.map(|(from, until)| Window { from: time(from), until: time(until) }),
                source: StatusSource::Registry,
            },
            claimed: ClaimedProduct {
                model: model.map(|(claimed, yes)| Claimed { claimed, answer: listed(yes) }),
                level: level.map(|(level, yes)| Claimed { claimed: Level::from_stars(level).unwrap(), answer: listed(yes) }),
                ..ClaimedProduct::default()
            },
            as_of: as_of.map(time),
            trust_list,
            case: case.map(|case| CaseReference::new(&case).unwrap()),
            covers: covers.map(CoveredDocuments::from_sha256),
            ..bare()
        }
    }
}

proptest! {
    #[test]
    fn every_receipt_has_one_text(receipt in any_receipt()) {
        let key = TestKey::new(7);
        let text = receipt.sign(&key).unwrap().to_text();
        let read = SignedReceipt::parse(&text).unwrap();
        prop_assert_eq!(read.to_text(), text);
        prop_assert_eq!(read.open(&ring(&key, KeyState::Active)).unwrap().receipt, receipt);
    }

    #[test]
    fn any_bytes_and_any_text_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,300}") {
        let _ = SignedReceipt::parse(&text);
        let _ = Receipt::from_cbor(&bytes);
        let _ = SignedReceipt::from_bytes(bytes);
    }
}

/// Our own vectors, published for other implementations in `docs/vectors/receipts.json`. The file is made here:
/// `UPDATE_VECTORS=1 cargo test -p shirushi-shared published` writes it anew.
#[test]
fn the_published_vectors_are_true() {
    let key = TestKey::new(7);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let good = full().sign(&key).unwrap().as_bytes().to_vec();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        bytes
    };
    let last = good.len() - 1;
    let later = KeyState::Compromised { cutoff: now().plus(1) };
    let earlier = KeyState::Compromised { cutoff: now() };
    let cases = [
        ("a valid label, with everything", &["valid"][..], KeyState::Active, good.clone()),
        ("nothing of ours", &["valid"], KeyState::Active, bare().sign(&key).unwrap().0),
        ("a number, by a status list", &["valid"], KeyState::Active, of_a_list().sign(&key).unwrap().0),
        ("its key retired since", &["valid", "retired"], KeyState::Retired, good.clone()),
        ("dated before its key was compromised", &["compromised"], later, good.clone()),
        ("dated after its key was compromised", &["compromised"], earlier, good.clone()),
        (
            "one bit of the signature changed",
            &["tampered"],
            KeyState::Active,
            with(&|bytes| bytes[last] ^= 1),
        ),
        ("one bit of the outcome changed", &["tampered"], KeyState::Active, {
            let place = good.windows(5).position(|part| part == b"valid").unwrap();
            with(&|bytes| bytes[place] ^= 1)
        }),
        ("another key", &["unknown_key"], KeyState::Active, full().sign(&TestKey::new(8)).unwrap().0),
        ("signed as a label", &["wrong_purpose"], KeyState::Active, {
            let protected = &good[2..15];
            let mut message = Writer::default();
            message.array(4).text("Signature1").bytes(protected).bytes(b"shirushi/label/v1");
            message.bytes(&full().to_cbor());
            let signature = key.sign(&message.into_bytes()).unwrap();
            with(&|bytes| bytes[last - 63..].copy_from_slice(&signature))
        }),
        ("with tag 18", &["tagged"], KeyState::Active, [&[0xd2], good.as_slice()].concat()),
        ("a byte behind", &["trailing_bytes"], KeyState::Active, with(&|bytes| bytes.push(0))),
        ("no claims", &["claims"], KeyState::Active, cose::sign(Purpose::Receipt, &[0xa0], &key).unwrap()),
    ];
    let vectors: Vec<_> = cases
        .into_iter()
        .map(|(name, flags, state, bytes)| {
            let read = SignedReceipt::from_bytes(bytes.clone());
            let opened = read.and_then(|read| read.open(&ring(&key, state)));
            let result = match &opened {
                Ok(opened) => opened.standing.as_str(),
                Err(ReceiptError::NotTrusted(VerifyError::UnknownKey(_))) => "unknown_key",
                Err(ReceiptError::NotTrusted(VerifyError::BadSignature)) => "bad_signature",
                Err(_) => "malformed",
            };
            json!({
                "name": name,
                "flags": flags,
                "key": state,
                "result": result,
                "outcome": opened.map(|opened| opened.receipt.outcome).ok(),
                "text": URL_SAFE_NO_PAD.encode(bytes),
            })
        })
        .collect();
    let results: Vec<_> = vectors.iter().map(|vector| vector["result"].as_str().unwrap()).collect();
    assert_eq!(
        results,
        [
            "true_then",
            "true_then",
            "true_then",
            "true_then",
            "dated_before_compromise",
            "key_compromised",
            "bad_signature",
            "bad_signature",
            "unknown_key",
            "bad_signature",
            "malformed",
            "malformed",
            "malformed",
        ]
    );
    let file = json!({
        "about": "Receipts of Shirushi for other implementations. The key is for tests only: seed 07 x 32.",
        "public_key": hex(key.public_key().as_bytes()),
        "external_aad": Purpose::Receipt.external_aad(),
        "vectors": vectors,
    });
    let text = serde_json::to_string_pretty(&file).unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/vectors/receipts.json");
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), text, "docs/vectors/receipts.json is out of date");
}
