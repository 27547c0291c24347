//! How large a label is on paper, by the form of its token.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use qrcode::{EcLevel, QrCode, Version, bits::Bits};
use serde_json::json;
use shirushi_server::artwork::qr::Symbol;
use shirushi_shared::{
    cose::{Sign, SignError},
    key::PublicKey,
    label::{Category, Level, RegistrationNumber},
    time::UnixTime,
    token::{LabelClaims, StatusIndex, TextForm, Token},
};

/// A host of 16 characters.
const ORIGIN: &str = "https://shirushi.example";

struct TestKey(ed25519_dalek::SigningKey, PublicKey);

impl Sign for TestKey {
    fn public_key(&self) -> &PublicKey {
        &self.1
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        use ed25519_dalek::Signer as _;
        Ok(self.0.sign(message).to_bytes())
    }
}

pub(crate) fn print() {
    let signing = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let public = PublicKey::from_bytes(signing.verifying_key().as_bytes()).unwrap();
    let key = TestKey(signing, public);
    let claims = LabelClaims {
        number: RegistrationNumber::parse("ABCDEFGH123456789").unwrap(),
        expires: UnixTime::parse("2028-05-19T15:00:00Z").unwrap(),
        issued: UnixTime::parse("2026-05-19T15:00:00Z").unwrap(),
        level: Level::Star3,
        category: Category::from_code(2).unwrap(),
        status_index: StatusIndex::new(1_000_000).unwrap(),
    };
    let token = Token::issue(&claims, &key).unwrap();
    let jws = jws(&claims, &key);

    println!("a label's symbol: 17-character number, 16-character host");
    println!("  {:28} {:>5}  {:>12}  {:>12}", "form", "bytes", "EC M", "EC Q");
    let decimal = token.link(ORIGIN);
    let base64 = format!("{ORIGIN}/v/{}", token.to_text(TextForm::Base64Url));
    row("this token, decimal", token.as_bytes().len(), &decimal);
    row("this token, base64url", token.as_bytes().len(), &base64);
    row("the same claims as JWS", jws.len(), &format!("{ORIGIN}/v/{jws}"));
    let symbol = Symbol::of(&decimal).unwrap();
    println!("  as printed: version {}, {:?}\n", symbol.version(), symbol.error_correction());
}

fn row(form: &str, bytes: usize, link: &str) {
    let size =
        |level| version(link, level).map_or_else(|| "–".to_owned(), |v| format!("v{v}, {0}×{0}", 17 + 4 * v));
    println!("  {form:28} {bytes:>5}  {:>12}  {:>12}", size(EcLevel::M), size(EcLevel::Q));
}

/// The least version that holds the link: closing digits in numeric mode, the rest as bytes.
fn version(link: &str, level: EcLevel) -> Option<i16> {
    let digits = link.len() - link.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (head, tail) = link.split_at(if link.len() - digits > 20 { digits } else { link.len() });
    (1..=40).find(|version| {
        let mut bits = Bits::new(Version::Normal(*version));
        let numeric = if tail.is_empty() {
            Ok(())
        } else {
            bits.push_byte_data(head.as_bytes()).and_then(|()| bits.push_numeric_data(tail.as_bytes()))
        };
        let all = if tail.is_empty() { bits.push_byte_data(head.as_bytes()) } else { numeric };
        all.and_then(|()| bits.push_terminator(level)).is_ok() && QrCode::with_bits(bits, level).is_ok()
    })
}

fn jws(claims: &LabelClaims, key: &TestKey) -> String {
    let header = json!({ "alg": "Ed25519", "kid": key.1.id().hint(shirushi_shared::key::HintLength::Four).to_string() });
    let body = json!({
        "sub": claims.number.as_str(),
        "exp": claims.expires.as_secs(),
        "iat": claims.issued.as_secs(),
        "label": [claims.level.stars(), claims.category.code(), claims.status_index.get()],
    });
    let text = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", text(header), text(body));
    let signature = key.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
