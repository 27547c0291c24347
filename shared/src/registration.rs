//! What a registration covers: a maker's products and their models.
//!
//! One registration covers many models, so a genuine label proves nothing until the model in hand is one of them.

mod similar;

pub use similar::similar;

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    label::{AssessmentRoute, Category, Level, RegistrationNumber},
    nfkc::{nfkc, upper},
    time::UnixTime,
};

/// A registration as the operator approved it. Its state and validity are in its status record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Its identity.
    pub number: RegistrationNumber,
    /// The number as it is printed, for display.
    pub printed_number: String,
    /// Who holds the label.
    pub maker: Maker,
    /// The products it covers.
    pub products: Vec<Product>,
    /// The product category.
    pub category: Category,
    /// The level.
    pub level: Level,
    /// How conformity was assessed.
    pub route: AssessmentRoute,
    /// When it was registered.
    pub registered: UnixTime,
    /// The registration that took its place, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<RegistrationNumber>,
}

impl Registration {
    /// Every model that it covers, with its product.
    pub fn models(&self) -> impl Iterator<Item = (&Product, &Model)> {
        self.products.iter().flat_map(|product| product.models.iter().map(move |model| (product, model)))
    }
}

/// A label holder (maker or importer).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maker {
    /// Name as registered.
    pub name: String,
    /// Name in Latin letters, where there is one.
    pub name_en: Option<String>,
    /// 法人番号, where there is one.
    pub corporate_number: Option<CorporateNumber>,
}

/// One product of a registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Name as sold.
    pub name: String,
    /// Its models.
    pub models: Vec<Model>,
}

/// One model (型番).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Model number as printed on the product.
    pub number: String,
    /// JAN/GTIN, where the maker gave one.
    pub gtin: Option<Gtin>,
}

/// A model or maker name reduced to what tells it apart: NFKC, upper-case, letters and digits only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MatchKey(String);

impl MatchKey {
    /// The key of `text`, `None` where nothing is left to compare.
    pub fn of(text: &str) -> Option<Self> {
        let is_long_vowel = |c: char| matches!(c, 'ー');
        let capitals = upper(&nfkc(text));
        let key: String = capitals.chars().filter(|c| c.is_alphanumeric() && !is_long_vowel(*c)).collect();
        (!key.is_empty()).then_some(Self(key))
    }

    /// The reduced text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A GTIN (JAN code): 8, 12, 13 or 14 digits with a check digit, kept with leading zeros as 14 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gtin(u64);

/// Text that is no GTIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a GTIN: 8, 12, 13 or 14 digits with a right check digit (GS1 General Specifications §7.9)")]
pub struct NotAGtin;

impl Gtin {
    /// Reads digits in any width, with spaces and hyphens between them.
    pub fn parse(text: &str) -> Result<Self, NotAGtin> {
        Self::from_number(number(&digits(text, &[8, 12, 13, 14]).ok_or(NotAGtin)?))
    }

    /// The GTIN whose 14 digits are this number, as signed files carry it.
    pub fn from_number(number: u64) -> Result<Self, NotAGtin> {
        let digits = (0..14).map(|place| number / 10_u64.pow(place) % 10);
        let sum: u64 = digits.zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        if number < 10_u64.pow(14) && sum.is_multiple_of(10) { Ok(Self(number)) } else { Err(NotAGtin) }
    }

    /// Its digits as a number.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// As it stands below the bars in Japan: a JAN code of 8 or 13 digits; of 14 only where it needs them.
    pub fn printed(self) -> String {
        let digits = match self.0 {
            ..100_000_000 => 8,
            100_000_000..10_000_000_000_000 => 13,
            _ => 14,
        };
        format!("{:0digits$}", self.0)
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014}", self.0)
    }
}

/// A corporate number (法人番号): 13 digits, the first a check digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CorporateNumber(u64);

/// Text that is no corporate number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a corporate number: 13 digits of which the first is a check digit (法人番号の指定等に関する省令 第2条)"
)]
pub struct NotACorporateNumber;

impl CorporateNumber {
    /// Reads digits in any width, with spaces and hyphens between them.
    pub fn parse(text: &str) -> Result<Self, NotACorporateNumber> {
        let digits = digits(text, &[13]).ok_or(NotACorporateNumber)?;
        Self::from_number(number(&digits))
    }

    /// The corporate number whose 13 digits are this number, as signed files carry it.
    pub fn from_number(number: u64) -> Result<Self, NotACorporateNumber> {
        let digits = (0..12).map(|place| number / 10_u64.pow(place) % 10);
        let sum: u64 = digits.zip([1, 2].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        if number / 10_u64.pow(12) == 9 - sum % 9 { Ok(Self(number)) } else { Err(NotACorporateNumber) }
    }

    /// Its digits as a number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for CorporateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:013}", self.0)
    }
}

fn digits(text: &str, lengths: &[usize]) -> Option<Vec<u64>> {
    if text.len() > 128 {
        return None;
    }
    let mut digits = Vec::with_capacity(14);
    for c in nfkc(text).chars().filter(|c| !c.is_whitespace() && *c != '-') {
        digits.push(u64::from(c.to_digit(10)?));
    }
    lengths.contains(&digits.len()).then_some(digits)
}

fn number(digits: &[u64]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + digit)
}

macro_rules! as_text_on_the_wire {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
as_text_on_the_wire!(Gtin);
as_text_on_the_wire!(CorporateNumber);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_the_same_however_it_is_typed() {
        let key = MatchKey::of("RX-200W/B").unwrap();
        for typed in ["rx200wb", "ＲＸ－２００Ｗ／Ｂ", "RX 200 W-B", "RX‐200W／B"] {
            assert_eq!(MatchKey::of(typed).as_ref(), Some(&key), "{typed}");
        }
        assert_eq!(MatchKey::of(" -／ "), None);
    }

    #[test]
    fn check_digits_are_checked() {
        let gtin = Gtin::parse("4901234567894").unwrap();
        assert_eq!(gtin.to_string(), "04901234567894");
        assert_eq!(Gtin::parse("０４９０１２３４５６７８９４"), Ok(gtin), "14 digits, full width");
        assert_eq!(Gtin::parse("4901234567895"), Err(NotAGtin));
        for printed in ["49123456", "4901234567894", "14901234567891"] {
            assert_eq!(Gtin::parse(printed).unwrap().printed(), printed);
        }
        assert_eq!(Gtin::parse("490123456789"), Err(NotAGtin));
        // The number of the National Tax Agency itself, the example of its own explanation of the check digit.
        assert!(CorporateNumber::parse("7000012050002").is_ok());
        assert!(CorporateNumber::parse("8000012050002").is_err());
    }
}
