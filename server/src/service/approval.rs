//! What the operator approves: as it is handed in, and checked.

use serde::{Deserialize, Serialize};
use shirushi_shared::{
    api::FieldProblem,
    label::{AssessmentRoute, Category, Level, PreLabelNumber, RegistrationNumber},
    registration::{CorporateNumber, Gtin, Maker, Model, Product},
    time::{UnixTime, Window},
};

use crate::registry::LONGEST_VALIDITY;

/// Longest name, in bytes.
pub const MAX_NAME: usize = 300;
/// Most products of one registration; the largest known one covers some 60 models (domain.md: 477 in 26).
pub const MAX_PRODUCTS: usize = 200;
/// Most models of one product.
pub const MAX_MODELS: usize = 1_000;

/// An approval as it is handed in (JSON), unchecked.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalInput {
    /// Registration number as it is printed.
    pub number: String,
    /// The maker's name.
    pub maker: String,
    /// … in Latin letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maker_en: Option<String>,
    /// 法人番号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corporate_number: Option<String>,
    /// The products.
    pub products: Vec<ProductInput>,
    /// Product category, as a word.
    pub category: String,
    /// Level: `STAR-1` to `STAR-4`.
    pub level: String,
    /// Evaluation body, for STAR-3 and -4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation_body: Option<String>,
    /// Start of the validity: a date (Japan time) or RFC 3339.
    pub valid_from: String,
    /// Last day of the validity, or RFC 3339 of the first instant after it.
    pub valid_until: String,
    /// 申請番号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_number: Option<String>,
    /// 受理番号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance_number: Option<String>,
    /// 仮登録番号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisional_number: Option<String>,
}

/// One product as it is handed in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductInput {
    /// Name as sold.
    pub name: String,
    /// Its models.
    pub models: Vec<ModelInput>,
}

/// One model as it is handed in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelInput {
    /// Model number.
    pub number: String,
    /// JAN/GTIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
}

/// An approval that may be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Identity.
    pub number: RegistrationNumber,
    /// The number as printed.
    pub printed_number: String,
    /// Who holds the label.
    pub maker: Maker,
    /// What it covers.
    pub products: Vec<Product>,
    /// Product category.
    pub category: Category,
    /// Level.
    pub level: Level,
    /// Route, which fits the level.
    pub route: AssessmentRoute,
    /// Validity, at most two years.
    pub valid: Window,
    /// Numbers from before.
    pub pre_label_numbers: Vec<(PreLabelNumber, RegistrationNumber)>,
}

impl ApprovalInput {
    /// Checks everything, and tells all that is wrong at once.
    pub fn check(self) -> Result<Approval, Vec<FieldProblem>> {
        let mut wrong = Problems::default();
        let number = wrong.keep("number", RegistrationNumber::parse(&self.number));
        let printed_number = wrong.name("number", &self.number);
        let level = wrong.keep("level", Level::parse(&self.level));
        let category = wrong.keep("category", Category::parse(&self.category));
        let body = wrong.optional_name("evaluation_body", self.evaluation_body);
        let route =
            level.and_then(|level| wrong.keep("evaluation_body", AssessmentRoute::for_level(level, body)));
        let maker = Maker {
            name: wrong.name("maker", &self.maker).unwrap_or_default(),
            name_en: wrong.optional_name("maker_en", self.maker_en),
            corporate_number: present(self.corporate_number)
                .and_then(|text| wrong.keep("corporate_number", CorporateNumber::parse(&text))),
        };
        let products = wrong.products(self.products);
        let valid = wrong.validity(&self.valid_from, &self.valid_until);
        let pre_label_numbers = [
            (PreLabelNumber::Application, "application_number", self.application_number),
            (PreLabelNumber::Acceptance, "acceptance_number", self.acceptance_number),
            (PreLabelNumber::Provisional, "provisional_number", self.provisional_number),
        ]
        .into_iter()
        .filter_map(|(kind, field, text)| {
            Some((kind, wrong.keep(field, RegistrationNumber::parse(&present(text)?))?))
        })
        .collect::<Vec<_>>();
        if let Some((kind, _)) = pre_label_numbers.iter().find(|(_, before)| Some(before) == number.as_ref())
        {
            wrong.push("number", &format!("this is given as the {} number too", kind.as_str()));
        }
        match (number, printed_number, level, category, route, valid) {
            (Some(number), Some(printed_number), Some(level), Some(category), Some(route), Some(valid))
                if wrong.0.is_empty() =>
            {
                Ok(Approval {
                    number,
                    printed_number,
                    maker,
                    products,
                    category,
                    level,
                    route,
                    valid,
                    pre_label_numbers,
                })
            }
            _ => Err(wrong.0),
        }
    }
}

#[derive(Default)]
struct Problems(Vec<FieldProblem>);

impl Problems {
    fn push(&mut self, field: impl Into<String>, detail: &impl ToString) {
        self.0.push(FieldProblem { row: None, field: field.into(), detail: detail.to_string() });
    }

    fn keep<T, E: ToString>(&mut self, field: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.push(field, &error)).ok()
    }

    fn name(&mut self, field: &str, text: &str) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            self.push(field, &"is empty");
        } else if text.len() > MAX_NAME {
            self.push(field, &format!("is longer than {MAX_NAME} bytes"));
        } else if text.chars().any(char::is_control) {
            self.push(field, &"has a control character");
        } else {
            return Some(text.to_owned());
        }
        None
    }

    fn optional_name(&mut self, field: &str, text: Option<String>) -> Option<String> {
        present(text).and_then(|text| self.name(field, &text))
    }

    fn products(&mut self, products: Vec<ProductInput>) -> Vec<Product> {
        if products.is_empty() || products.len() > MAX_PRODUCTS {
            self.push("products", &format!("there must be 1 to {MAX_PRODUCTS}"));
            return Vec::new();
        }
        products.into_iter().enumerate().filter_map(|(i, product)| self.product(i, product)).collect()
    }

    fn product(&mut self, index: usize, product: ProductInput) -> Option<Product> {
        let field = format!("products[{index}]");
        if product.models.is_empty() || product.models.len() > MAX_MODELS {
            self.push(format!("{field}.models"), &format!("there must be 1 to {MAX_MODELS}"));
            return None;
        }
        let models = product
            .models
            .into_iter()
            .filter_map(|model| {
                let gtin = present(model.gtin)
                    .and_then(|text| self.keep(&format!("{field}.models.gtin"), Gtin::parse(&text)));
                Some(Model { number: self.name(&format!("{field}.models.number"), &model.number)?, gtin })
            })
            .collect();
        Some(Product { name: self.name(&format!("{field}.name"), &product.name)?, models })
    }

    fn validity(&mut self, from: &str, until: &str) -> Option<Window> {
        let from = self.keep("valid_from", start_of(from));
        let until = self.keep("valid_until", end_of(until));
        let valid = Window { from: from?, until: until? };
        if valid.until <= valid.from {
            self.push("valid_until", &"is not after valid_from");
        } else if valid.until.since(valid.from) > LONGEST_VALIDITY {
            self.push("valid_until", &"is more than two years after valid_from");
        } else {
            return Some(valid);
        }
        None
    }
}

/// A validity as it is handed in: its first and its last day in Japan, or instants (RFC 3339).
pub fn validity(from: &str, until: &str) -> Result<Window, Vec<FieldProblem>> {
    let mut wrong = Problems::default();
    let valid = wrong.validity(from, until);
    valid.ok_or(wrong.0)
}

fn present(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

const DAY: i64 = 86_400;
const NOT_A_DATE: &str = "not a date (2027-05-20) nor a time (RFC 3339)";

/// A date means its first instant in Japan.
fn start_of(text: &str) -> Result<UnixTime, &'static str> {
    let text = text.trim();
    UnixTime::parse(text)
        .or_else(|_| UnixTime::parse(&format!("{text}T00:00:00+09:00")))
        .map_err(|_| NOT_A_DATE)
}

/// A date means the whole of that day in Japan.
fn end_of(text: &str) -> Result<UnixTime, &'static str> {
    let text = text.trim();
    UnixTime::parse(text)
        .or_else(|_| UnixTime::parse(&format!("{text}T00:00:00+09:00")).map(|start| start.plus(DAY)))
        .map_err(|_| NOT_A_DATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> ApprovalInput {
        ApprovalInput {
            number: "SHI-2026-00017".into(),
            maker: "架空電機株式会社".into(),
            products: vec![ProductInput {
                name: "Camera".into(),
                models: vec![ModelInput { number: "RX-200".into(), gtin: None }],
            }],
            category: "network_camera".into(),
            level: "STAR-1".into(),
            valid_from: "2026-05-20".into(),
            valid_until: "2028-05-19".into(),
            application_number: Some("A-2026-0001".into()),
            ..ApprovalInput::default()
        }
    }

    #[test]
    fn dates_are_days_in_japan() {
        let valid = input().check().unwrap().valid;
        assert_eq!(valid.from.to_string(), "2026-05-19T15:00:00Z");
        assert_eq!(valid.until.to_string(), "2028-05-19T15:00:00Z", "the last day counts whole");
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let wrong = ApprovalInput {
            number: "none".into(),
            maker: " ".into(),
            corporate_number: Some("123".into()),
            products: vec![ProductInput { name: "x\u{7}".into(), models: vec![] }],
            category: "toaster".into(),
            level: "STAR-9".into(),
            valid_from: "2026-05-20".into(),
            valid_until: "2029-05-20".into(),
            ..ApprovalInput::default()
        };
        let fields: Vec<_> = wrong.check().unwrap_err().into_iter().map(|problem| problem.field).collect();
        let expected =
            ["number", "level", "category", "maker", "corporate_number", "products[0].models", "valid_until"];
        assert_eq!(fields, expected);
    }

    #[test]
    fn a_number_from_before_is_not_the_registration_number() {
        let same = ApprovalInput { provisional_number: Some("shi 2026 00017".into()), ..input() };
        assert_eq!(same.check().unwrap_err()[0].field, "number");
        let unfit = ApprovalInput { level: "STAR-3".into(), ..input() };
        assert_eq!(unfit.check().unwrap_err()[0].field, "evaluation_body");
    }
}
