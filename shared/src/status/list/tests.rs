//! The status list against the published vectors, an independent oracle, and damage.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use coset::{CoseSign1, TaggedCborSerializable, cbor};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    cose::{self, Purpose, Sign, VerifyError},
    key::{
        HintLength, KeyRefusal, KeyRing, KeyState, KeyUse, TrustedKey,
        vectors::{raw_data, unhex},
    },
    time::{UnixTime, Window},
    token::tests::TestKey,
};

const URI: &str = "https://label.shirushi.example/status/0";

fn issued() -> UnixTime {
    UnixTime::parse("2026-11-22T00:00:00Z").unwrap()
}

fn signed(list: StatusList) -> SignedStatusList {
    let window = Window { from: issued(), until: issued().plus(86_400) };
    SignedStatusList { uri: URI.into(), window, ttl: 300, list }
}

fn index(index: u32) -> StatusIndex {
    StatusIndex::new(index).unwrap()
}

fn few() -> StatusList {
    StatusList::of([
        (index(0), ListedStatus::Revoked),
        (index(1993), ListedStatus::Suspended),
        (index(1_048_575), ListedStatus::Grace),
    ])
}

fn ring(key: &TestKey) -> KeyRing {
    KeyRing::new(vec![key.trusted(KeyUse::Status, KeyState::Active)])
}

/// The 2^20 values of a million labels, of which about one in a hundred is revoked, by a fixed sequence.
fn a_million() -> StatusList {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let one_percent = (0..1_000_000).filter(|_| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random.is_multiple_of(100)
    });
    StatusList::of(one_percent.map(|place| (index(place), ListedStatus::Revoked)).collect::<Vec<_>>())
}

#[test]
fn what_was_listed_is_what_is_read() {
    let key = TestKey::new(7);
    let bytes = signed(few()).sign(&key).unwrap();
    let read = SignedStatusList::open(&bytes, URI, &ring(&key)).unwrap();
    assert_eq!(read, signed(few()));
    let told = [0, 1, 1993, 1_048_575].map(|place| read.list.status(index(place)).unwrap());
    use ListedStatus::{Grace, Revoked, Suspended, Valid};
    assert_eq!(told, [Revoked, Valid, Suspended, Grace]);
    assert_eq!(read.list.len(), 1 << 20);
    // What was said last holds.
    let twice = StatusList::of([(index(5), Grace), (index(5), Suspended), (index(6), Revoked)]);
    assert_eq!(twice.status(index(5)), Some(Suspended));
}

/// Two bits a label and one in a hundred revoked: the specification's own table says 16.4 kB for a million.
#[test]
#[expect(clippy::print_stderr, reason = "a measured size")]
fn a_million_labels_stay_small() {
    let bytes = signed(a_million()).sign(&TestKey::new(7)).unwrap();
    eprintln!("a million labels, one in a hundred revoked: {} bytes signed", bytes.len());
    assert!(bytes.len() < 18_000, "{} bytes", bytes.len());
    assert!(signed(few()).sign(&TestKey::new(7)).unwrap().len() < 700);
}

#[test]
fn only_status_keys_in_force_are_believed() {
    let key = TestKey::new(7);
    let bytes = signed(few()).sign(&key).unwrap();
    let open = |key: TrustedKey| SignedStatusList::open(&bytes, URI, &KeyRing::new(vec![key]));
    for other in [KeyUse::Label, KeyUse::Trust, KeyUse::Receipt, KeyUse::Log] {
        let refused = open(key.trusted(other, KeyState::Active));
        assert!(matches!(refused, Err(StatusListError::NotTrusted(VerifyError::UnknownKey(_)))), "{other:?}");
    }
    assert!(open(key.trusted(KeyUse::Status, KeyState::Retired)).is_ok());
    let cutoff = issued().plus(1000);
    assert_eq!(
        open(key.trusted(KeyUse::Status, KeyState::Compromised { cutoff })),
        Err(StatusListError::Key(KeyRefusal::Compromised(cutoff))),
        "whoever has the key can write an earlier time"
    );
    let over = Window { from: UnixTime::EPOCH, until: issued() };
    assert_eq!(
        open(TrustedKey { window: over, ..key.trusted(KeyUse::Status, KeyState::Active) }),
        Err(StatusListError::Key(KeyRefusal::NotInForce(issued())))
    );
    assert!(matches!(
        SignedStatusList::open(&bytes, "https://label.shirushi.example/status/1", &ring(&key)),
        Err(StatusListError::OtherList { .. })
    ));
}

#[test]
fn another_type_or_purpose_is_not_a_status_list() {
    let key = TestKey::new(7);
    let payload = {
        let bytes = signed(few()).sign(&key).unwrap();
        CoseSign1::from_tagged_slice(&bytes).unwrap().payload.unwrap()
    };
    for other in [Purpose::Label, Purpose::Trust, Purpose::Receipt, Purpose::Index] {
        let bytes = cose::sign(other, &payload, &key).unwrap();
        assert!(matches!(
            SignedStatusList::open(&bytes, URI, &ring(&key)),
            Err(StatusListError::Malformed(_))
        ));
        // With the tag put before it, the type is missing; no signature of another purpose gets further.
        let tagged = [&[0xd2], bytes.as_slice()].concat();
        assert!(matches!(
            SignedStatusList::open(&tagged, URI, &ring(&key)),
            Err(StatusListError::Malformed(_))
        ));
    }
    // Another type, signed by the right key over the same claims.
    let mut header = Writer::default();
    header.map(3).int(1).int(-19).int(4);
    header.bytes(key.public_key().id().hint(HintLength::Eight).as_bytes());
    header.int(16).text("application/shirushilst+cwt");
    let protected = header.into_bytes();
    let mut to_be_signed = Writer::default();
    to_be_signed.array(4).text("Signature1").bytes(&protected).bytes(b"").bytes(&payload);
    let signature = key.sign(&to_be_signed.into_bytes()).unwrap();
    let mut message = Writer::default();
    message.tag(18).array(4).bytes(&protected).map(0).bytes(&payload).bytes(&signature);
    assert!(matches!(
        SignedStatusList::open(&message.into_bytes(), URI, &ring(&key)),
        Err(StatusListError::Malformed(_))
    ));
}

#[test]
fn damage_is_refused() {
    let key = TestKey::new(7);
    let bytes = signed(few()).sign(&key).unwrap();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x40;
        assert!(SignedStatusList::open(&damaged, URI, &ring(&key)).is_err(), "byte {at}");
        assert!(SignedStatusList::open(&bytes[..at], URI, &ring(&key)).is_err(), "cut at {at}");
    }
    let long = vec![0; SignedStatusList::MAX_BYTES + 1];
    assert_eq!(SignedStatusList::open(&long, URI, &ring(&key)), Err(StatusListError::TooLarge));
}

/// Signed by the right key, and inflating to more labels than a list has: the limit stands before the memory.
#[test]
fn a_bomb_is_refused_by_its_limit() {
    let key = TestKey::new(7);
    let bomb = StatusList { bits: BitsPerLabel::TWO, bytes: vec![0; 100_000_000] };
    let refused = SignedStatusList::open(&signed(bomb).sign(&key).unwrap(), URI, &ring(&key)).unwrap_err();
    assert_eq!(refused, StatusListError::Inflate(InflateError::TooLong { limit: 262_144 }));
    assert!(refused.to_string().contains("262144 bytes"), "{refused}");
}

#[test]
fn another_implementation_verifies_it_without_knowing_us() {
    let key = TestKey::new(7);
    let bytes = signed(few()).sign(&key).unwrap();
    let theirs = CoseSign1::from_tagged_slice(&bytes).unwrap();
    theirs
        .verify_signature(b"", |signature, message| {
            key.public_key().holds(message, signature.try_into().unwrap()).then_some(()).ok_or("refused")
        })
        .unwrap();
    let header = &theirs.protected.header;
    assert_eq!(header.key_id, key.public_key().id().hint(HintLength::Eight).as_bytes());
    let typ = header.rest.iter().find(|(label, _)| *label == coset::Label::Int(16)).unwrap();
    assert_eq!(typ.1.as_text(), Some(SignedStatusList::MEDIA_TYPE));
    assert_eq!(theirs.clone().to_tagged_vec().unwrap(), bytes);

    let claims: cbor::Value = cbor::from_reader(theirs.payload.unwrap().as_slice()).unwrap();
    let (from, until) = (issued().as_secs(), issued().plus(86_400).as_secs());
    let values = vec![("lst".into(), few().deflated().into()), ("bits".into(), 2.into())];
    let expected = cbor::Value::Map(vec![
        (2.into(), URI.into()),
        (4.into(), until.into()),
        (6.into(), from.into()),
        (65533.into(), cbor::Value::Map(values)),
        (65534.into(), 300.into()),
    ]);
    assert_eq!(claims, expected);
}

#[test]
fn the_mirror_is_a_jwt_that_says_the_same() {
    let key = TestKey::new(7);
    let jwt = signed(few()).sign_jwt(&key).unwrap();
    let parts: Vec<_> = jwt.split('.').collect();
    let [header, claims, signature] = parts.try_into().unwrap();
    let covered = &jwt[..header.len() + 1 + claims.len()];
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    assert!(key.public_key().holds(covered.as_bytes(), &decode(signature).try_into().unwrap()));

    let header: Value = serde_json::from_slice(&decode(header)).unwrap();
    let kid = key.public_key().id().to_string();
    assert_eq!(header, json!({ "alg": "EdDSA", "kid": kid, "typ": "statuslist+jwt" }));
    let claims: Value = serde_json::from_slice(&decode(claims)).unwrap();
    assert_eq!(claims["sub"], URI);
    assert_eq!(claims["iat"], issued().as_secs());
    assert_eq!(claims["exp"], issued().plus(86_400).as_secs());
    assert_eq!(claims["ttl"], 300);
    assert_eq!(from_json(&claims["status_list"]), few());
}

fn from_json(value: &Value) -> StatusList {
    let bits = BitsPerLabel::new(value["bits"].as_u64().unwrap()).unwrap();
    StatusList::inflate(bits, &URL_SAFE_NO_PAD.decode(value["lst"].as_str().unwrap()).unwrap()).unwrap()
}

/// A published example as text: what stands behind `encoded:` where there is an explanation first, without the line
/// breaks of the document.
fn example(name: &str) -> Option<String> {
    let text = String::from_utf8(raw_data(&format!("status-list/{name}.md"))?).unwrap();
    let encoded = text.split_once("encoded:").map_or(text.as_str(), |(_, encoded)| encoded);
    Some(encoded.split_whitespace().collect())
}

fn example_from_cbor(name: &str) -> Option<StatusList> {
    let bytes = unhex(&example(name)?);
    let mut reader = Reader::new(&bytes);
    let list = StatusList::read(&mut reader).unwrap().unwrap();
    reader.finish().unwrap();
    Some(list)
}

fn example_from_json(name: &str) -> Option<StatusList> {
    Some(from_json(&serde_json::from_str(&example(name)?).unwrap()))
}

/// Every value that is not zero, with its place.
fn set_places(list: &StatusList) -> Vec<(u32, u8)> {
    let places = 0..u32::try_from(list.len()).unwrap();
    places.map(|place| (place, list.value(place).unwrap())).filter(|(_, value)| *value != 0).collect()
}

/// §4.1 and §4.2: the bytes that the text draws bit by bit.
#[test]
fn the_short_examples_of_the_specification() {
    let Some(one_bit) = example_from_json("status_list_encoding_json") else { return };
    assert_eq!(one_bit.bytes, [0xb9, 0xa3]);
    let values: Vec<_> = (0..16).map(|place| one_bit.value(place).unwrap()).collect();
    assert_eq!(values, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
    assert_eq!(one_bit.value(16), None);
    assert_eq!(example_from_cbor("status_list_encoding_cbor"), Some(one_bit));

    let two_bits = example_from_json("status_list_encoding2_json").unwrap();
    assert_eq!(two_bits.bytes, [0xc9, 0x44, 0xf9]);
    let values: Vec<_> = (0..12).map(|place| two_bits.value(place).unwrap()).collect();
    assert_eq!(values, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
    assert_eq!(example_from_cbor("status_list_encoding2_cbor"), Some(two_bits));
}

/// Appendix "Test vectors for Status List encoding": 2^20 labels each, compared on the decoded values.
#[test]
fn the_test_vectors_of_the_specification() {
    let Some(one_bit) = example_from_json("status_list_encoding1_long_json") else { return };
    assert_eq!(one_bit.len(), 1 << 20);
    let places = [0, 1993, 25460, 159_495, 495_669, 554_353, 645_645, 723_232, 854_545, 934_534, 1_000_345];
    assert_eq!(set_places(&one_bit), places.map(|place| (place, 1)));
    assert_eq!(example_from_cbor("status_list_encoding1_long_cbor"), Some(one_bit));

    let two_bits = example_from_json("status_list_encoding2_long_json").unwrap();
    let values = [1, 2, 1, 3, 1, 1, 2, 1, 1, 2, 3];
    let expected: Vec<_> = places.into_iter().zip(values).collect();
    assert_eq!(set_places(&two_bits), expected);
    assert_eq!(example_from_cbor("status_list_encoding2_long_cbor").as_ref(), Some(&two_bits));
    // The same labels, written by us: other bytes perhaps, the same values.
    let ours = expected.iter().map(|(place, value)| (index(*place), ListedStatus::ALL[usize::from(*value)]));
    let ours = StatusList::of(ours);
    assert_eq!(ours, two_bits);
    assert_eq!(StatusList::inflate(BitsPerLabel::TWO, &ours.deflated()), Ok(two_bits));

    let four_bits = example_from_json("status_list_encoding4_json").unwrap();
    let mut expected = [
        (0, 1),
        (1993, 2),
        (35_460, 3),
        (459_495, 4),
        (595_669, 5),
        (754_353, 6),
        (845_645, 7),
        (923_232, 8),
        (924_445, 9),
        (934_534, 10),
        (1_004_534, 11),
        (1_000_345, 12),
        (1_030_203, 13),
        (1_030_204, 14),
        (1_030_205, 15),
    ];
    expected.sort_unstable();
    assert_eq!(set_places(&four_bits), expected);
    assert_eq!(example_from_cbor("status_list_encoding4_cbor"), Some(four_bits));

    // 255 places, each with its own value; the first and last of the specification's table, and some between.
    let eight_bits = example_from_json("status_list_encoding8_json").unwrap();
    let mut values: Vec<_> = set_places(&eight_bits).into_iter().map(|(_, value)| value).collect();
    values.sort_unstable();
    assert_eq!(values, (1..=255).collect::<Vec<_>>());
    for (place, value) in [(52_451, 1), (576_778, 2), (6805, 112), (502_167, 128), (4520, 213), (19_535, 255)]
    {
        assert_eq!(eight_bits.value(place), Some(value), "at {place}");
    }
    assert_eq!(example_from_cbor("status_list_encoding8_cbor"), Some(eight_bits.clone()));
    assert_eq!(eight_bits.status(index(502_167)), None, "a value that has no meaning here is not valid");
}

/// The example CWT is signed with ES256, names its key in the unprotected header and orders its claims otherwise, so
/// our envelope refuses it; its claims are those that we write.
#[test]
fn the_example_cwt_of_the_specification() {
    let Some(hex) = example("status_list_cwt") else { return };
    let bytes = unhex(&hex);
    let key = TestKey::new(7);
    assert!(matches!(
        SignedStatusList::open(&bytes, "https://example.com/statuslists/1", &ring(&key)),
        Err(StatusListError::Malformed(_))
    ));

    let mut reader = Reader::new(&bytes);
    reader.tag(18).unwrap();
    reader.exactly(4, Reader::array).unwrap();
    let mut protected = Reader::new(reader.bytes().unwrap());
    protected.exactly(2, Reader::map).unwrap();
    protected.key(1).unwrap();
    protected.key(-7).unwrap();
    protected.key(16).unwrap();
    assert_eq!(protected.text(), Ok(SignedStatusList::MEDIA_TYPE));
    protected.finish().unwrap();
    reader.exactly(1, Reader::map).unwrap();
    reader.key(4).unwrap();
    assert_eq!(reader.bytes(), Ok(&b"12"[..]));

    let mut claims = Reader::new(reader.bytes().unwrap());
    claims.exactly(5, Reader::map).unwrap();
    claims.key(2).unwrap();
    assert_eq!(claims.text(), Ok("https://example.com/statuslists/1"));
    claims.key(6).unwrap();
    assert_eq!(claims.time().map(UnixTime::as_secs), Ok(1_686_920_170));
    claims.key(4).unwrap();
    assert_eq!(claims.time().map(UnixTime::as_secs), Ok(2_291_720_170));
    claims.key(65534).unwrap();
    assert_eq!(claims.uint(), Ok(43_200));
    claims.key(65533).unwrap();
    let list = StatusList::read(&mut claims).unwrap().unwrap();
    assert_eq!((list.bits().get(), list.bytes.as_slice()), (1, &[0xb9, 0xa3][..]));
    claims.finish().unwrap();
}

proptest! {
    #[test]
    fn every_place_keeps_its_value(places in proptest::collection::btree_map(0_u32..1 << 20, 0_usize..4, 0..50)) {
        let labels = places.iter().map(|(place, value)| (index(*place), ListedStatus::ALL[*value]));
        let list = StatusList::of(labels);
        prop_assert_eq!(
            set_places_of(&list, places.keys().copied()),
            places.into_iter().map(|(place, value)| (place, u8::try_from(value).unwrap())).collect::<Vec<_>>()
        );
    }

    /// Signed nonsense, and nonsense as a whole: an answer, never a panic.
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let key = TestKey::new(7);
        prop_assert!(SignedStatusList::open(&bytes, URI, &ring(&key)).is_err());
        let _ = StatusList::read(&mut Reader::new(&bytes));
        for bits in [1, 2, 4, 8] {
            let _ = StatusList::inflate(BitsPerLabel::new(bits).unwrap(), &bytes);
        }
        let mut claims = signed(few());
        claims.list = StatusList { bits: BitsPerLabel(4), bytes };
        let signed = claims.sign(&key).unwrap();
        prop_assert_eq!(SignedStatusList::open(&signed, URI, &ring(&key)), Ok(claims));
    }
}

fn set_places_of(list: &StatusList, places: impl Iterator<Item = u32>) -> Vec<(u32, u8)> {
    places.map(|place| (place, list.value(place).unwrap())).collect()
}
