//! The labels that no operator would issue: forged, damaged, foreign, or printed by a wrong clock.

use getrandom::Error as NoRandomness;
use shirushi_shared::{
    cose::{Sign, SignError},
    key::PublicKey,
    label::{AssessmentRoute, Category, Level},
    registration::{Maker, Model, Product, Registration},
    time::{UnixTime, Window},
    token::{LabelClaims, StatusIndex, TextForm, Token},
    verdict::Outcome,
};

use super::{DAY, DemoError, operator, sheet::DemoLabel, texts, unused_number};
use crate::{
    registry::{NewRegistration, Registry},
    service::issue::IssueError,
};

/// What a forger has.
pub(super) struct Workshop<'a> {
    pub(super) registry: &'a dyn Registry,
    pub(super) signer: &'a (dyn Sign + Send + Sync),
    /// The scheme's first key, in wrong hands.
    pub(super) stolen: &'a (dyn Sign + Send + Sync),
    /// A good label to copy from.
    pub(super) example: Option<&'a DemoLabel>,
    pub(super) origin: &'a str,
    pub(super) now: UnixTime,
}

/// One of each kind.
pub(super) async fn all(workshop: &Workshop<'_>) -> Result<Vec<DemoLabel>, DemoError> {
    let mut labels = vec![
        foreign(),
        workshop.signed(Outcome::NotRegistered, 1, workshop.signer, -20)?,
        workshop.signed(Outcome::KeyCompromised, 2, workshop.stolen, -200)?,
        workshop.signed(Outcome::UnknownKey, 3, &Stranger::new()?, -20)?,
        workshop.by_a_wrong_clock(4).await?,
    ];
    if let Some(example) = workshop.example {
        labels.push(damaged(example));
        labels.push(altered(example));
    }
    Ok(labels)
}

impl Workshop<'_> {
    /// A label for a number that nobody registered, by `signer`, dated `day` days from now.
    fn signed(
        &self,
        outcome: Outcome,
        serial: u32,
        signer: &(dyn Sign + Send + Sync),
        day: i64,
    ) -> Result<DemoLabel, DemoError> {
        let claims = self.claims(serial, self.now.plus(day * DAY))?;
        let token = Token::issue(&claims, signer).map_err(IssueError::from)?;
        Ok(self.label(outcome, serial, &claims, &token))
    }

    /// A registered label whose printer's clock ran a year ahead: its age cannot be told, so its status is not known.
    async fn by_a_wrong_clock(&self, serial: u32) -> Result<DemoLabel, DemoError> {
        let claims = self.claims(serial, self.now.plus(365 * DAY))?;
        let token = Token::issue(&claims, self.signer).map_err(IssueError::from)?;
        let label = self.label(Outcome::StatusUnknown, serial, &claims, &token);
        let registration = Registration {
            number: claims.number.clone(),
            printed_number: label.number.clone().unwrap_or_default(),
            maker: Maker {
                name: "架空時計店".to_owned(),
                name_en: Some("Clock Shop (fictional)".to_owned()),
                corporate_number: None,
            },
            products: vec![Product {
                name: "環境センサー (environment sensor, fictional)".to_owned(),
                models: vec![Model { number: "KS-900A/W".to_owned(), gtin: None }],
            }],
            category: claims.category,
            level: claims.level,
            route: AssessmentRoute::SelfDeclaration,
            registered: self.now.plus(-10 * DAY),
            successor: None,
        };
        let new = NewRegistration {
            registration,
            valid: Window { from: self.now.plus(-10 * DAY), until: claims.expires },
            status_index: claims.status_index,
            token,
            pre_label_numbers: Vec::new(),
        };
        self.registry.register(vec![new], &operator(), self.now.plus(-10 * DAY)).await?;
        Ok(label)
    }

    fn claims(&self, serial: u32, issued: UnixTime) -> Result<LabelClaims, DemoError> {
        let (_, number) = unused_number(serial).ok_or(DemoError::Catalogue(serial))?;
        Ok(LabelClaims {
            number,
            expires: self.now.plus(400 * DAY),
            issued,
            level: Level::Star1,
            category: Category::parse("sensor").map_err(|_| DemoError::Catalogue(serial))?,
            status_index: StatusIndex::from_random(getrandom::u32().map_err(IssueError::from)?),
        })
    }

    fn label(&self, outcome: Outcome, serial: u32, claims: &LabelClaims, token: &Token) -> DemoLabel {
        let (link, text) = texts(token, self.origin);
        let number = unused_number(serial).map(|(printed, _)| printed);
        DemoLabel {
            number,
            outcome,
            link,
            token: Some(text),
            png: String::new(),
            printed: Some((claims.level, claims.expires)),
        }
    }
}

/// A shop's QR code, which is no label at all.
fn foreign() -> DemoLabel {
    DemoLabel {
        number: None,
        outcome: Outcome::NotALabel,
        link: "https://shop.example/items/4711?campaign=autumn".to_owned(),
        token: None,
        png: String::new(),
        printed: None,
    }
}

/// The end of the link is torn off.
fn damaged(example: &DemoLabel) -> DemoLabel {
    let keep = example.link.len() - 40;
    let link: String = example.link.chars().take(keep).collect();
    DemoLabel { outcome: Outcome::Malformed, link, token: None, ..example.clone() }
}

/// One bit of the expiry is changed, and the rest is kept.
fn altered(example: &DemoLabel) -> DemoLabel {
    let altered = example.token.as_deref().and_then(|text| {
        let mut bytes = Token::parse(text).ok()?.as_bytes().to_vec();
        // From the end: signature (64) and its head (2), the private claim (10), iat (6), and the third byte of exp.
        let expiry = bytes.len().checked_sub(64 + 2 + 10 + 6 + 3)?;
        *bytes.get_mut(expiry)? ^= 1;
        Token::from_bytes(bytes).ok()
    });
    let origin = example.link.split("/v/").next().unwrap_or_default();
    match altered {
        Some(token) => DemoLabel {
            outcome: Outcome::BadSignature,
            link: token.link(origin),
            token: Some(token.to_text(TextForm::Base64Url)),
            ..example.clone()
        },
        None => damaged(example),
    }
}

/// A key of nobody's.
struct Stranger(ed25519_dalek::SigningKey, PublicKey);

impl Stranger {
    fn new() -> Result<Self, DemoError> {
        let random = |error: NoRandomness| DemoError::Issue(IssueError::Random(error));
        let mut seed = zeroize::Zeroizing::new([0; 32]);
        loop {
            getrandom::fill(seed.as_mut_slice()).map_err(random)?;
            let signing = ed25519_dalek::SigningKey::from_bytes(&seed);
            if let Ok(public) = PublicKey::from_bytes(signing.verifying_key().as_bytes()) {
                return Ok(Self(signing, public));
            }
        }
    }
}

impl Sign for Stranger {
    fn public_key(&self) -> &PublicKey {
        &self.1
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        use ed25519_dalek::Signer as _;
        Ok(self.0.sign(message).to_bytes())
    }
}
