//! Invented registrations to test with.

use ed25519_dalek::{Signer, SigningKey};
use shirushi_shared::{
    cose::{Sign, SignError},
    key::PublicKey,
    label::{AssessmentRoute, Category, Level, PreLabelNumber, RegistrationNumber},
    registration::{Gtin, Maker, Model, Product, Registration},
    time::{UnixTime, Window},
    token::{LabelClaims, StatusIndex, Token},
};

use crate::registry::{Actor, NewRegistration};

/// A day in seconds.
pub const DAY: i64 = 24 * 3600;

/// When the samples are registered: 2027-01-15T08:00:00Z.
pub fn now() -> UnixTime {
    UnixTime::EPOCH.plus(1_800_000_000)
}

/// Who registers them.
pub fn actor() -> Actor {
    Actor::here("conformance")
}

/// The number of sample `index`; they sort as their indexes do, below 100,000.
pub fn number(index: u32) -> RegistrationNumber {
    RegistrationNumber::parse(&format!("SHI-{index:05}")).unwrap()
}

/// The GTIN of sample `index` (below 1,000,000): no other sample has it.
pub fn gtin(index: u32) -> Gtin {
    let digits = format!("490000{index:06}");
    (0..10).find_map(|check| Gtin::parse(&format!("{digits}{check}")).ok()).unwrap()
}

/// Sample `index`: valid from [`now`] for a year.
pub fn new(index: u32) -> NewRegistration {
    let number = number(index);
    let status_index = StatusIndex::new(index).unwrap();
    let valid = Window { from: now(), until: now().plus(365 * DAY) };
    let claims = LabelClaims {
        number: number.clone(),
        expires: valid.until,
        issued: valid.from,
        level: Level::Star1,
        category: Category::from_code(2).unwrap(),
        status_index,
    };
    NewRegistration {
        registration: Registration {
            number,
            printed_number: format!("SHI-{index:05}"),
            maker: Maker {
                name: "架空電機株式会社".into(),
                name_en: Some("Fictional Electric".into()),
                corporate_number: None,
            },
            products: vec![Product {
                name: format!("Camera {index}"),
                models: vec![
                    Model { number: format!("FC-{index}/A"), gtin: Some(gtin(index)) },
                    Model { number: format!("FC-{index}/B"), gtin: None },
                ],
            }],
            category: claims.category,
            level: claims.level,
            route: AssessmentRoute::SelfDeclaration,
            registered: now(),
            successor: None,
        },
        valid,
        status_index,
        token: Token::issue(&claims, &SampleKey::new()).unwrap(),
        pre_label_numbers: vec![(PreLabelNumber::Application, application(index))],
    }
}

/// Samples in a row.
pub fn several(indexes: core::ops::Range<u32>) -> Vec<NewRegistration> {
    indexes.map(new).collect()
}

/// The application number of sample `index`.
pub fn application(index: u32) -> RegistrationNumber {
    RegistrationNumber::parse(&format!("APP-{index:05}")).unwrap()
}

/// A key that everybody knows: good for samples, and for nothing else.
struct SampleKey(SigningKey, PublicKey);

impl SampleKey {
    fn new() -> Self {
        let key = SigningKey::from_bytes(&[1; 32]);
        let public = PublicKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
        Self(key, public)
    }
}

impl Sign for SampleKey {
    fn public_key(&self) -> &PublicKey {
        &self.1
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        Ok(self.0.sign(message).to_bytes())
    }
}
