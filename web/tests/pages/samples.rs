//! Verdicts to render: each outcome reached by judging, about an invented product.

use shirushi_shared::{
    api::VerdictAnswer,
    claim::ProductClaims,
    key::{KeyHint, KeyState, PublicKey},
    label::{AssessmentRoute, Category, LabelState, Level, RegistrationNumber},
    registration::{CorporateNumber, Gtin, Maker, Model, Product, Registration},
    status::{Revision, StatusEvidence, StatusRecord, StatusSource, TokenOnRecord},
    time::{UnixTime, Window},
    token::{LabelClaims, StatusIndex, TokenId, TokenRefusal, VerifiedToken},
    verdict::{Clock, Freshness, NotALabel, Outcome, TokenCheck, judge},
};

const DAY: i64 = 86_400;

/// 2026-11-22 12:00 in Japan.
pub(crate) fn now() -> UnixTime {
    UnixTime::parse("2026-11-22T03:00:00Z").unwrap()
}

/// An answer that comes to `outcome`.
pub(crate) fn answer(outcome: Outcome) -> VerdictAnswer {
    let (token, evidence) = case(outcome);
    told(&token, &evidence, &ProductClaims::default())
}

/// A valid answer for a number that was typed.
pub(crate) fn number_only(outcome: Outcome) -> VerdictAnswer {
    let (_, evidence) = case(outcome);
    told(&TokenCheck::NumberOnly(number()), &evidence, &ProductClaims::default())
}

/// A valid answer to somebody who holds `model`.
pub(crate) fn with_model(model: &str) -> VerdictAnswer {
    let (token, evidence) = case(Outcome::Valid);
    told(&token, &evidence, &ProductClaims { model: Some(model.into()), ..ProductClaims::default() })
}

fn told(token: &TokenCheck, evidence: &StatusEvidence, claims: &ProductClaims) -> VerdictAnswer {
    let verdict = judge(token, evidence, &Clock::at(now(), Freshness::LONGEST));
    let registration = evidence.record().is_some().then(registration);
    let claimed = registration.as_ref().map(|registration| claims.against(registration));
    VerdictAnswer::new(&verdict, registration.as_ref(), claimed.unwrap_or_default())
}

/// What is presented and what is known, for `outcome`.
fn case(outcome: Outcome) -> (TokenCheck, StatusEvidence) {
    let good = || TokenCheck::Verified(token());
    let fresh = |state| (good(), known(record(state), 3));
    let reason = || "報告届が期限までに提出されなかったため（架空の例）".to_owned();
    match outcome {
        Outcome::NotALabel => {
            let what = NotALabel::ForeignLink { host: "shop.example".into() };
            (TokenCheck::NotALabel(what), StatusEvidence::None)
        }
        Outcome::Malformed => {
            let error = shirushi_shared::token::Token::parse("1").unwrap_err();
            (TokenCheck::Malformed(error), StatusEvidence::None)
        }
        Outcome::UnknownKey => {
            let hint = KeyHint::from_bytes(&[1, 2, 3, 4]).unwrap();
            (TokenCheck::Refused(TokenRefusal::UnknownKey(hint)), StatusEvidence::None)
        }
        Outcome::BadSignature => (TokenCheck::Refused(TokenRefusal::BadSignature), StatusEvidence::None),
        Outcome::KeyCompromised => {
            let key_state = KeyState::Compromised { cutoff: now().plus(-600 * DAY) };
            (
                TokenCheck::Verified(VerifiedToken { key_state, ..token() }),
                known(record(LabelState::Active), 3),
            )
        }
        Outcome::NotRegistered => {
            (good(), StatusEvidence::Unregistered { as_of: now().plus(-2), source: StatusSource::Registry })
        }
        Outcome::Revoked => fresh(LabelState::Revoked { since: now().plus(-12 * DAY), reason: reason() }),
        Outcome::Suspended => fresh(LabelState::Suspended {
            since: now().plus(-2 * DAY),
            until: Some(now().plus(12 * DAY)),
            reason: reason(),
        }),
        Outcome::Expired => {
            let mut record = record(LabelState::Active);
            record.valid.until = now().plus(-40 * DAY);
            (good(), known(record, 3))
        }
        Outcome::NotYetValid => {
            let mut record = record(LabelState::Active);
            record.valid.from = now().plus(9 * DAY);
            (good(), known(record, 3))
        }
        Outcome::Grace => fresh(LabelState::Grace { since: now().plus(-5 * DAY) }),
        Outcome::StatusUnknown => (good(), known(record(LabelState::Active), 7_500)),
        Outcome::Valid => fresh(LabelState::Active),
    }
}

fn number() -> RegistrationNumber {
    RegistrationNumber::parse("SHI-2026-00017").unwrap()
}

fn token() -> VerifiedToken {
    VerifiedToken {
        id: TokenId::from_bytes([0xa7; 32]),
        claims: LabelClaims {
            number: number(),
            expires: UnixTime::parse("2027-05-20T15:00:00Z").unwrap(),
            issued: UnixTime::parse("2025-05-21T00:00:00Z").unwrap(),
            level: Level::Star2,
            category: Category::from_code(2).unwrap(),
            status_index: StatusIndex::new(7).unwrap(),
        },
        key: PublicKey::from_bytes(&ED25519_BASE_POINT).unwrap().id(),
        key_state: KeyState::Active,
        key_in_force: true,
    }
}

/// A public key that needs no private one here: nothing is signed.
const ED25519_BASE_POINT: [u8; 32] = {
    let mut point = [0x66; 32];
    point[0] = 0x58;
    point
};

fn known(record: StatusRecord, age: i64) -> StatusEvidence {
    StatusEvidence::Record { record, as_of: now().plus(-age), source: StatusSource::Cache }
}

fn record(state: LabelState) -> StatusRecord {
    StatusRecord {
        number: number(),
        revision: Revision::new(3),
        state,
        valid: Window { from: token().claims.issued, until: token().claims.expires },
        tokens: vec![TokenOnRecord { id: token().id, registered: token().claims.issued }],
    }
}

/// Forty models in two products.
pub(crate) fn registration() -> Registration {
    let model = |series: &str, index: usize| Model {
        number: format!(
            "{series}-{}{}",
            200 + 10 * (index / 2),
            if index.is_multiple_of(2) { "W" } else { "WB" }
        ),
        gtin: Gtin::parse("4901234567894").ok(),
    };
    let product = |name: &str, series: &str| Product {
        name: name.into(),
        models: (0..20).map(|index| model(series, index)).collect(),
    };
    Registration {
        number: number(),
        printed_number: "SHI-2026-00017".into(),
        maker: Maker {
            name: "架空電機株式会社".into(),
            name_en: Some("Kaku Denki Co., Ltd.".into()),
            corporate_number: CorporateNumber::parse("9000000000000").ok(),
        },
        products: vec![product("見守りカメラ みはり", "RX"), product("屋外カメラ みはりプロ", "RXP")],
        category: Category::from_code(2).unwrap(),
        level: Level::Star2,
        route: AssessmentRoute::SelfDeclaration,
        registered: UnixTime::parse("2025-05-21T00:00:00Z").unwrap(),
        successor: None,
    }
}
