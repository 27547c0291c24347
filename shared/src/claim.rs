//! What a reader claims about the product in hand, held against the registration.
//!
//! A claim that does not match never changes the outcome: the label may be in order and on the wrong product. The
//! answer is its own line, shown as loudly.

use serde::{Deserialize, Serialize};

use crate::{
    label::Level,
    registration::{Gtin, MatchKey, Registration},
};

/// Claims about the product in hand, each optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductClaims {
    /// Model number as printed on the product.
    pub model: Option<String>,
    /// The level that is claimed.
    pub level: Option<Level>,
    /// The maker's name.
    pub maker: Option<String>,
    /// The JAN/GTIN on the package.
    pub gtin: Option<Gtin>,
}

/// Whether the registration lists what was claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listed {
    /// It does.
    Listed,
    /// It does not.
    NotListed,
}

/// What was claimed, and the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed<T> {
    /// What was claimed.
    pub claimed: T,
    /// What was answered.
    pub answer: Listed,
}

/// Claims about the product in hand that were answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimedProduct {
    /// Model number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Claimed<String>>,
    /// Level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Claimed<Level>>,
    /// The maker's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maker: Option<Claimed<String>>,
    /// JAN/GTIN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<Claimed<Gtin>>,
}

/// An answer for each claim that was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimAnswers {
    /// Whether the registration covers the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Listed>,
    /// Whether the registration has this level or a higher one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Listed>,
    /// Whether this maker holds the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maker: Option<Listed>,
    /// Whether a model of the registration has this GTIN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<Listed>,
}

impl ProductClaims {
    /// Whether nothing is claimed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether `registration` covers the model called `claimed`.
    pub fn covers(registration: &Registration, claimed: &str) -> Listed {
        let claimed = MatchKey::of(claimed);
        let is = |number: &str| claimed.is_some() && MatchKey::of(number) == claimed;
        listed(registration.models().any(|(_, model)| is(&model.number)))
    }

    /// Holds the claims against `registration`, tolerant of width, case, spaces and hyphens.
    pub fn against(&self, registration: &Registration) -> ClaimAnswers {
        let maker = &registration.maker;
        ClaimAnswers {
            model: self.model.as_deref().map(|claimed| Self::covers(registration, claimed)),
            level: self.level.map(|claimed| listed(claimed <= registration.level)),
            maker: self.maker.as_deref().map(|claimed| {
                listed(
                    same(&maker.name, claimed)
                        || maker.name_en.as_deref().is_some_and(|name| same(name, claimed)),
                )
            }),
            gtin: self
                .gtin
                .map(|claimed| listed(registration.models().any(|(_, model)| model.gtin == Some(claimed)))),
        }
    }
}

impl<T> Claimed<T> {
    /// The claim that was answered, where both are there.
    pub fn of(claimed: Option<T>, answer: Option<Listed>) -> Option<Self> {
        claimed.zip(answer).map(|(claimed, answer)| Self { claimed, answer })
    }

    /// The same answer to what was claimed in another form.
    pub fn map<U>(self, form: impl FnOnce(T) -> U) -> Claimed<U> {
        Claimed { claimed: form(self.claimed), answer: self.answer }
    }
}

impl ClaimedProduct {
    /// Those of `claims` that were answered.
    pub fn of(claims: &ProductClaims, answers: ClaimAnswers) -> Self {
        Self {
            model: Claimed::of(claims.model.clone(), answers.model),
            level: Claimed::of(claims.level, answers.level),
            maker: Claimed::of(claims.maker.clone(), answers.maker),
            gtin: Claimed::of(claims.gtin, answers.gtin),
        }
    }

    /// What was claimed, to be answered anew.
    pub fn claims(&self) -> ProductClaims {
        ProductClaims {
            model: self.model.as_ref().map(|model| model.claimed.clone()),
            level: self.level.as_ref().map(|level| level.claimed),
            maker: self.maker.as_ref().map(|maker| maker.claimed.clone()),
            gtin: self.gtin.as_ref().map(|gtin| gtin.claimed),
        }
    }

    /// Whether nothing was claimed and answered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

const fn listed(is: bool) -> Listed {
    if is { Listed::Listed } else { Listed::NotListed }
}

fn same(listed: &str, claimed: &str) -> bool {
    MatchKey::of(claimed).is_some_and(|claimed| MatchKey::of(listed) == Some(claimed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        label::{AssessmentRoute, Category, RegistrationNumber},
        registration::{Maker, Model, Product},
        time::UnixTime,
    };

    #[test]
    fn the_model_in_hand_decides() {
        let model = |number: &str| Model { number: number.into(), gtin: Gtin::parse("4901234567894").ok() };
        let registration = Registration {
            number: RegistrationNumber::parse("SHI-2026-00017").unwrap(),
            printed_number: "SHI-2026-00017".into(),
            maker: Maker {
                name: "架空電機".into(),
                name_en: Some("Kaku Denki".into()),
                corporate_number: None,
            },
            products: vec![Product {
                name: "Camera".into(),
                models: vec![model("RX-200W"), model("RX-210")],
            }],
            category: Category::from_code(2).unwrap(),
            level: Level::Star2,
            route: AssessmentRoute::SelfDeclaration,
            registered: UnixTime::EPOCH,
            successor: None,
        };
        let claims = |model: &str, level, maker: &str| {
            let claims = ProductClaims {
                model: Some(model.into()),
                level: Some(level),
                maker: Some(maker.into()),
                gtin: Gtin::parse("04901234567894").ok(),
            };
            let answers = claims.against(&registration);
            (answers.model.unwrap(), answers.level.unwrap(), answers.maker.unwrap(), answers.gtin.unwrap())
        };
        use Listed::{Listed as Yes, NotListed as No};
        assert_eq!(claims("ｒｘ２００ｗ", Level::Star1, "kaku-denki"), (Yes, Yes, Yes, Yes));
        assert_eq!(
            claims("RX-200", Level::Star3, "架空"),
            (No, No, No, Yes),
            "a part of a name is not the name"
        );
        assert_eq!(ProductClaims::default().against(&registration), ClaimAnswers::default());
    }
}
