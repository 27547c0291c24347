//! The published lists as a stranger reads them: by the specification, with other libraries, knowing nothing of ours.

use std::io::Read as _;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use coset::{AsCborValue as _, CborSerializable as _, CoseSign1, TaggedCborSerializable as _, cbor::Value};
use ed25519_dalek::{Signature, VerifyingKey};
use shirushi_tests::shirushi::Node;

/// What a signed status list says, in either form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct List {
    pub(super) uri: String,
    pub(super) issued: i64,
    pub(super) expires: i64,
    pub(super) ttl: i64,
    /// Two bits a label.
    pub(super) bytes: Vec<u8>,
    /// The thumbprint of the key that signed it.
    pub(super) key: String,
}

impl List {
    /// The value at `index`: the least significant bits first (draft-ietf-oauth-status-list-21 §4.1).
    pub(super) fn value(&self, index: u32) -> u8 {
        let byte = self.bytes[usize::try_from(index / 4).unwrap()];
        byte >> (index % 4 * 2) & 0b11
    }
}

/// The published keys for status lists, with their thumbprints.
pub(super) async fn keys(node: &Node) -> Vec<(String, VerifyingKey)> {
    let set: serde_json::Value = serde_json::from_str(&node.text("/.well-known/jwks.json").await).unwrap();
    let keys = set["keys"].as_array().unwrap().iter().filter(|key| key["shirushi_use"] == "status");
    keys.map(|key| {
        let x = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
        let key_id = key["kid"].as_str().unwrap().to_owned();
        (key_id, VerifyingKey::from_bytes(&x.try_into().unwrap()).unwrap())
    })
    .collect()
}

/// The file at `path`, asked for as `accept`.
pub(super) async fn fetch(node: &Node, path: &str, accept: &str) -> Option<Vec<u8>> {
    let answer = node.client().get(node.url(path)).header("accept", accept).send().await.unwrap();
    answer.status().is_success().then_some(answer.bytes().await.unwrap().to_vec())
}

/// Reads a CWT: COSE_Sign1 with tag 18, over an empty `external_aad`.
pub(super) fn cwt(bytes: &[u8], keys: &[(String, VerifyingKey)]) -> List {
    let message = CoseSign1::from_tagged_slice(bytes).unwrap();
    let again = CoseSign1::from_slice(&message.clone().to_vec().unwrap()).unwrap();
    assert_eq!(message.clone().to_cbor_value().unwrap(), again.to_cbor_value().unwrap());
    let typ = message.protected.header.rest.iter().find(|(label, _)| *label == coset::Label::Int(16));
    assert_eq!(typ.unwrap().1, Value::Text("application/statuslist+cwt".into()));
    let hint: String = message.protected.header.key_id.iter().map(|byte| format!("{byte:02x}")).collect();
    let (key, verifying) = keys.iter().find(|(id, _)| id.starts_with(&hint)).unwrap();
    message
        .verify_signature(b"", |signature, signed| {
            verifying.verify_strict(signed, &Signature::from_slice(signature).unwrap())
        })
        .unwrap();
    let payload: Value = coset::cbor::from_reader(message.payload.unwrap().as_slice()).unwrap();
    let payload = payload.into_map().unwrap();
    let claim = |key: i64| {
        let found = payload.iter().find(|(name, _)| *name == Value::Integer(key.into()));
        found.unwrap().1.clone()
    };
    let seconds = |key| i64::try_from(claim(key).into_integer().unwrap()).unwrap();
    let list = claim(65533).into_map().unwrap();
    let part = |name: &str| list.iter().find(|(key, _)| key.as_text() == Some(name)).unwrap().1.clone();
    assert_eq!(part("bits"), Value::Integer(2.into()));
    List {
        uri: claim(2).into_text().unwrap(),
        issued: seconds(6),
        expires: seconds(4),
        ttl: seconds(65534),
        bytes: inflated(part("lst").as_bytes().unwrap()),
        key: key.clone(),
    }
}

/// Reads a JWT: compact JWS by EdDSA.
pub(super) fn jwt(text: &str, keys: &[(String, VerifyingKey)]) -> List {
    let (signed, signature) = text.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let json = |part: &str| -> serde_json::Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let (header, claims) = (json(header), json(claims));
    assert_eq!((&header["typ"], &header["alg"]), (&"statuslist+jwt".into(), &"EdDSA".into()));
    let (key, verifying) = keys.iter().find(|(id, _)| header["kid"] == id.as_str()).unwrap();
    let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    verifying.verify_strict(signed.as_bytes(), &signature).unwrap();
    assert_eq!(claims["status_list"]["bits"], 2);
    let lst = URL_SAFE_NO_PAD.decode(claims["status_list"]["lst"].as_str().unwrap()).unwrap();
    List {
        uri: claims["sub"].as_str().unwrap().to_owned(),
        issued: claims["iat"].as_i64().unwrap(),
        expires: claims["exp"].as_i64().unwrap(),
        ttl: claims["ttl"].as_i64().unwrap(),
        bytes: inflated(&lst),
        key: key.clone(),
    }
}

fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut inflated = Vec::new();
    flate2::read::ZlibDecoder::new(bytes).take(1 << 20).read_to_end(&mut inflated).unwrap();
    inflated
}
