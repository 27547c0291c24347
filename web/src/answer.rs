//! What goes to the service and comes back, as JSON, written and read by hand.
//!
//! The derived reading of the same types weighs as much as a third of the scanner, in every browser that opens it. What is
//! read here is held against the derived one by the tests below. Unknown fields are passed over: answers only grow.
//!
//! Not read, since the scanner asks for neither: receipts, and what else a photograph showed.

mod json;

use shirushi_shared::{
    api::{ClaimsAnswer, ProductAnswer, StatusAnswer, VerdictAnswer, VerifyRequest},
    claim::{ClaimAnswers, Listed},
    label::{AssessmentRoute, Category, Level, PreLabelNumber},
    registration::{CorporateNumber, Gtin, Maker, Model, Product},
    status::StatusSource,
    time::UnixTime,
    token::TokenId,
    verdict::{Check, CheckResult, Checks, NotALabel, Outcome, Reason},
};

use self::json::{Value, quote};

/// The answer in `text`; `None` where it is none.
pub fn read(text: &str) -> Option<VerdictAnswer> {
    let answer = Value::parse(text)?;
    let checks = answer.get("checks")?;
    Some(VerdictAnswer {
        outcome: Outcome::parse(answer.text("outcome")?)?,
        checks: Checks {
            signature: check(checks.get("signature")?)?,
            key: check(checks.get("key")?)?,
            validity: check(checks.get("validity")?)?,
            status: check(checks.get("status")?)?,
            freshness: check(checks.get("freshness")?)?,
        },
        not_a_label: optional(answer.get("not_a_label"), not_a_label)?,
        number: answer.text("number").map(str::to_owned),
        claims: optional(answer.get("claims"), claims)?,
        status: status(answer.get("status")?)?,
        product: optional(answer.get("product"), product)?,
        claimed: optional(answer.get("claimed"), claimed)?.unwrap_or_default(),
        checked_at: UnixTime::parse(answer.text("checked_at")?).ok()?,
        as_of: optional(answer.get("as_of"), time)?,
        picture: None,
        receipt: None,
    })
}

/// `request` as the service takes it: what the scanner asks, no more.
pub fn write(request: &VerifyRequest) -> String {
    let mut json = String::from("{");
    let fields = [
        ("token", &request.token),
        ("link", &request.link),
        ("number", &request.number),
        ("model", &request.model),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            json.push_str(if json.len() > 1 { "," } else { "" });
            quote(name, &mut json);
            json.push(':');
            quote(value, &mut json);
        }
    }
    json.push('}');
    json
}

/// `None` only where there is a value and it cannot be read.
#[expect(clippy::option_option, reason = "nothing there, and something that cannot be read, are two answers")]
fn optional<T>(value: Option<&Value>, read: impl FnOnce(&Value) -> Option<T>) -> Option<Option<T>> {
    value.map_or(Some(None), |value| read(value).map(Some))
}

fn time(value: &Value) -> Option<UnixTime> {
    UnixTime::parse(value.as_text()?).ok()
}

fn check(value: &Value) -> Option<Check> {
    let result = value.text("result")?;
    let results = [CheckResult::Pass, CheckResult::Fail, CheckResult::Unknown];
    Some(Check {
        result: results.into_iter().find(|one| one.as_str() == result)?,
        reason: Reason::parse(value.text("reason")?)?,
    })
}

fn not_a_label(value: &Value) -> Option<NotALabel> {
    Some(match value.text("kind")? {
        "foreign_link" => NotALabel::ForeignLink { host: value.text("host")?.to_owned() },
        "own_page" => NotALabel::OwnPage,
        "pre_label_number" => NotALabel::PreLabelNumber {
            number: match value.text("number")? {
                "application" => PreLabelNumber::Application,
                "acceptance" => PreLabelNumber::Acceptance,
                "provisional" => PreLabelNumber::Provisional,
                _ => return None,
            },
        },
        "text" => NotALabel::Text,
        _ => return None,
    })
}

fn claims(value: &Value) -> Option<ClaimsAnswer> {
    Some(ClaimsAnswer {
        token_sha256: TokenId::parse(value.text("token_sha256")?)?,
        number: value.text("number")?.to_owned(),
        level: Level::parse(value.text("level")?).ok()?,
        category: Category::parse(value.text("category")?).ok()?,
        issued: time(value.get("issued")?)?,
        expires: time(value.get("expires")?)?,
        key: value.text("key").map(str::to_owned),
    })
}

fn status(value: &Value) -> Option<StatusAnswer> {
    let source = value.text("source")?;
    let sources = [StatusSource::Registry, StatusSource::Cache, StatusSource::StatusList, StatusSource::None];
    let text = |name| value.text(name).map(str::to_owned);
    let at = |name| optional(value.get(name), time);
    Some(StatusAnswer {
        value: text("value"),
        reason: text("reason"),
        since: at("since")?,
        until: at("until")?,
        valid_from: at("valid_from")?,
        expires: at("expires")?,
        revision: value.number("revision").and_then(|revision| u64::try_from(revision).ok()),
        as_of: at("as_of")?,
        age_s: value.number("age_s"),
        source: sources.into_iter().find(|one| one.as_str() == source)?,
    })
}

fn product(value: &Value) -> Option<ProductAnswer> {
    let (maker, assessment) = (value.get("maker")?, value.get("assessment")?);
    let corporate = |value: &Value| CorporateNumber::parse(value.as_text()?).ok();
    Some(ProductAnswer {
        printed_number: value.text("printed_number")?.to_owned(),
        maker: Maker {
            name: maker.text("name")?.to_owned(),
            name_en: maker.text("name_en").map(str::to_owned),
            corporate_number: optional(maker.get("corporate_number"), corporate)?,
        },
        products: value.list("products")?.iter().map(one_product).collect::<Option<_>>()?,
        category: Category::parse(value.text("category")?).ok()?,
        level: Level::parse(value.text("level")?).ok()?,
        assessment: match assessment.text("route")? {
            "self_declaration" => AssessmentRoute::SelfDeclaration,
            "third_party" => AssessmentRoute::ThirdParty { body: assessment.text("body")?.to_owned() },
            _ => return None,
        },
        registered: time(value.get("registered")?)?,
    })
}

fn one_product(value: &Value) -> Option<Product> {
    let gtin = |value: &Value| Gtin::parse(value.as_text()?).ok();
    let model = |value: &Value| {
        let number = value.text("number")?.to_owned();
        Some(Model { number, gtin: optional(value.get("gtin"), gtin)? })
    };
    let models = value.list("models")?.iter().map(model).collect::<Option<_>>()?;
    Some(Product { name: value.text("name")?.to_owned(), models })
}

fn claimed(value: &Value) -> Option<ClaimAnswers> {
    let listed = |value: &Value| match value.as_text()? {
        "listed" => Some(Listed::Listed),
        "not_listed" => Some(Listed::NotListed),
        _ => None,
    };
    let answer = |name| optional(value.get(name), listed);
    Some(ClaimAnswers {
        model: answer("model")?,
        level: answer("level")?,
        maker: answer("maker")?,
        gtin: answer("gtin")?,
    })
}

#[cfg(test)]
mod tests;
