//! What a row asks.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::{
    texts::{text, texts},
    when::When,
};
use crate::{
    api::{Presented, VerifyRequest},
    claim::ProductClaims,
    label::{Level, RegistrationNumber},
    policy::Day,
    registration::{CorporateNumber, Gtin},
    scan::MAX_TEXT,
    time::UnixTime,
};

/// A question about one label among many. One of `token`, `link` and `scan` is given, or a `number` alone, or a `gtin`
/// alone; `number` and `gtin` beside another are claims. Numbers of digits may be JSON numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BulkRow {
    /// Its number in the file that it comes from, where that is not the number of its line; comes back with the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The caller's own name for it; comes back with the answer.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A token as text, decimal or base64url.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// A link as it was scanned.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// A registration number as it is printed or typed: what is asked about where no code is given, else a claim.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Anything that was scanned: a link, a token, a number or a JAN/GTIN.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub scan: Option<String>,
    /// The JAN/GTIN: what is asked about where nothing else is given, else a claim.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// The models in hand.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub model: Vec<String>,
    /// The maker that is claimed.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub maker: Option<String>,
    /// The level that is claimed.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The maker's corporate number (法人番号) that is claimed: a policy may ask for it.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub corporate_number: Option<String>,
    /// The last day of the contract that it is offered for: a policy may ask for it.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub contract_end: Option<String>,
    /// "Was it valid on that day?": `2026-03-31`, of which the end counts, in Japan.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// "Was it valid then?": a past instant, RFC 3339.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
}

/// What a row asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkQuestion {
    /// What is to be verified.
    pub presented: Presented,
    /// The claims about the product, but for its models.
    pub claims: ProductClaims,
    /// The registration number that is claimed beside a code.
    pub number: Option<RegistrationNumber>,
    /// The models in hand.
    pub models: Vec<String>,
    /// What only a policy asks for.
    pub offer: Offer,
    /// About when.
    pub when: When,
}

/// What a row claims of an offer, which only a policy asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// The maker's corporate number.
    pub corporate_number: Option<CorporateNumber>,
    /// The last day of the contract.
    pub contract_end: Option<Day>,
}

/// Why a row is not answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// What kind of error.
    pub code: RowFault,
    /// What is wrong, for whoever made the file.
    pub detail: String,
}

/// The kinds of errors of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFault {
    /// No object of JSON, a field that there is not, or a value of another kind.
    NotARow,
    /// Nothing is asked about, or several things at once.
    OneOf,
    /// A field, the list of models or the line itself is longer than is taken.
    TooLong,
    /// A text that is not what its field holds: a level, a day, a GTIN.
    NotAValue,
    /// The registry did not answer which label a GTIN belongs to: ask again.
    Unavailable,
}

impl RowFault {
    /// Its word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotARow => "not_a_row",
            Self::OneOf => "one_of",
            Self::TooLong => "too_long",
            Self::NotAValue => "not_a_value",
            Self::Unavailable => "unavailable",
        }
    }
}

impl BulkRow {
    /// Longest line, in bytes.
    pub const MAX_LINE: usize = 16 * 1024;
    /// Longest `id`, in bytes.
    pub const MAX_ID: usize = 256;
    /// Most models of a row.
    pub const MAX_MODELS: usize = 32;

    /// Reads a line of JSON; with the error the row's `id`, where it can be read.
    pub fn parse(line: &[u8]) -> Result<Self, (Option<String>, RowError)> {
        // A list would be read as the fields in their order.
        if line.trim_ascii_start().starts_with(b"[") {
            let detail = "a list: a row is an object".to_owned();
            return Err((None, RowError { code: RowFault::NotARow, detail }));
        }
        serde_json::from_slice(line).map_err(|error| {
            #[derive(Default, Deserialize)]
            #[serde(default)]
            struct Named {
                #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
                id: Option<String>,
            }
            let named: Named = serde_json::from_slice(line).unwrap_or_default();
            let id = named.id.filter(|id| id.len() <= Self::MAX_ID);
            // The message names the column by itself; that it is in line 1 of its line tells nothing.
            let detail = error.to_string().replace(" at line 1 column ", " at column ");
            (id, RowError { code: RowFault::NotARow, detail })
        })
    }

    /// What is asked, checked.
    pub fn into_question(self) -> Result<BulkQuestion, RowError> {
        let one_of = |detail: &str| RowError { code: RowFault::OneOf, detail: detail.to_owned() };
        self.check_lengths()?;
        let gtin = self.gtin.map(|text| read("gtin", &text, Gtin::parse)).transpose()?;
        let codes = [
            self.token.map(Presented::Token),
            self.link.map(Presented::Scan),
            self.scan.map(Presented::Scan),
        ];
        let mut codes = codes.into_iter().flatten();
        let (presented, number, gtin) = match (codes.next(), self.number, gtin) {
            (Some(_), ..) if codes.next().is_some() => {
                return Err(one_of("give only one of token, link and scan"));
            }
            (Some(code), number, gtin) => (code, number, gtin),
            (None, Some(number), gtin) => (Presented::Number(number), None, gtin),
            (None, None, Some(gtin)) => (Presented::Scan(gtin.to_string()), None, None),
            (None, None, None) => {
                return Err(one_of("nothing is asked about: give token, link, number, scan or gtin"));
            }
        };
        let number = number.map(|text| read("number", &text, RegistrationNumber::parse)).transpose()?;
        let when = match (self.date, self.as_of) {
            (None, None) => When::Now,
            (None, Some(text)) => When::At(read("as_of", &text, UnixTime::parse)?),
            (Some(text), None) => When::EndOfDay(read("date", text.trim(), Day::parse)?.end().plus(-1)),
            (Some(_), Some(_)) => return Err(one_of("give only one of date and as_of")),
        };
        let level = self.level.map(|text| read("level", &text, Level::parse)).transpose()?;
        let corporate =
            self.corporate_number.map(|text| read("corporate_number", &text, CorporateNumber::parse));
        let end = self.contract_end.map(|text| read("contract_end", text.trim(), Day::parse));
        let offer = Offer { corporate_number: corporate.transpose()?, contract_end: end.transpose()? };
        let claims = ProductClaims { model: None, level, maker: self.maker, gtin };
        Ok(BulkQuestion { presented, claims, number, models: self.model, offer, when })
    }

    fn check_lengths(&self) -> Result<(), RowError> {
        const CLAIM: usize = VerifyRequest::MAX_CLAIM;
        let too_long = |detail: String| Err(RowError { code: RowFault::TooLong, detail });
        if self.model.len() > Self::MAX_MODELS {
            return too_long(format!("model has more than {} entries", Self::MAX_MODELS));
        }
        let fields = [
            ("id", &self.id, Self::MAX_ID),
            ("token", &self.token, MAX_TEXT),
            ("link", &self.link, MAX_TEXT),
            ("scan", &self.scan, MAX_TEXT),
            ("number", &self.number, CLAIM),
            ("gtin", &self.gtin, CLAIM),
            ("maker", &self.maker, CLAIM),
            ("level", &self.level, CLAIM),
            ("corporate_number", &self.corporate_number, CLAIM),
            ("contract_end", &self.contract_end, CLAIM),
            ("date", &self.date, CLAIM),
            ("as_of", &self.as_of, CLAIM),
        ];
        let fields = fields.into_iter().filter_map(|(name, text, most)| Some((name, text.as_ref()?, most)));
        let models = self.model.iter().map(|model| ("model", model, CLAIM));
        match fields.chain(models).find(|(_, text, most)| text.len() > *most) {
            Some((name, _, most)) => too_long(format!("{name} is longer than {most} bytes")),
            None => Ok(()),
        }
    }
}

fn read<T, E: fmt::Display>(
    field: &str,
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, RowError> {
    parse(text).map_err(|error| RowError { code: RowFault::NotAValue, detail: format!("{field}: {error}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(line: &str) -> Result<BulkQuestion, RowError> {
        BulkRow::parse(line.as_bytes()).map_err(|(_, error)| error)?.into_question()
    }

    #[test]
    fn a_row_asks_about_one_thing() {
        for (line, presented) in [
            (r#"{"token":"1"}"#, Presented::Token("1".into())),
            (r#"{"link":"https://a.example/v/1"}"#, Presented::Scan("https://a.example/v/1".into())),
            (r#"{"number":17}"#, Presented::Number("17".into())),
            (r#"{"scan":"x","gtin":null}"#, Presented::Scan("x".into())),
            (r#"{"gtin":4901234567894}"#, Presented::Scan("04901234567894".into())),
        ] {
            assert_eq!(question(line).unwrap().presented, presented, "{line}");
        }
        let claim = question(r#"{"number":"A-1","gtin":"4901234567894"}"#).unwrap();
        assert_eq!(claim.claims.gtin, Gtin::parse("4901234567894").ok(), "beside a number it is a claim");
        let claim = question(r#"{"link":"https://a.example/v/1","number":"A-1"}"#).unwrap();
        assert_eq!(claim.number, RegistrationNumber::parse("A-1").ok(), "beside a code it is a claim");
    }

    #[test]
    fn what_is_wrong_with_a_row_is_told_with_its_place() {
        let long = format!(r#"{{"number":"{}"}}"#, "1".repeat(257));
        let many = format!(r#"{{"number":"1","model":{:?}}}"#, vec!["m"; 33]);
        for (line, code, detail) in [
            ("{}", RowFault::OneOf, "nothing is asked about"),
            (r#"{"token":"1","link":"1"}"#, RowFault::OneOf, "only one of token"),
            (r#"{"token":"1","number":"?"}"#, RowFault::NotAValue, "number: "),
            (
                r#"{"number":"1","date":"2026-01-01","as_of":"2026-01-01T00:00:00Z"}"#,
                RowFault::OneOf,
                "date and as_of",
            ),
            ("", RowFault::NotARow, "EOF while parsing a value at column 0"),
            ("[null,\"1\"]", RowFault::NotARow, "a list"),
            (r#"{"number":"1","colour":"red"}"#, RowFault::NotARow, "unknown field `colour`"),
            (r#"{"number":1.5}"#, RowFault::NotARow, "a text or a whole number at column"),
            (r#"{"number":"1","level":"STAR-9"}"#, RowFault::NotAValue, "level: not a level"),
            (r#"{"number":"1","date":"2026-02-30"}"#, RowFault::NotAValue, "date: not a day"),
            (r#"{"gtin":"4901234567895"}"#, RowFault::NotAValue, "gtin: not a GTIN"),
            (
                r#"{"number":"1","corporate_number":"123"}"#,
                RowFault::NotAValue,
                "corporate_number: not a corporate",
            ),
            (r#"{"number":"1","contract_end":"soon"}"#, RowFault::NotAValue, "contract_end: not a day"),
            (&long, RowFault::TooLong, "number is longer than 256 bytes"),
            (&many, RowFault::TooLong, "model has more than 32 entries"),
        ] {
            let error = question(line).unwrap_err();
            assert_eq!(error.code, code, "{line}");
            assert!(error.detail.contains(detail), "{line}: {}", error.detail);
        }
        let (id, _) = BulkRow::parse(br#"{"id":7,"number":"1","colour":"red"}"#).unwrap_err();
        assert_eq!(id.as_deref(), Some("7"), "also of a bad row it is known which one it is");
    }

    #[test]
    fn what_only_a_policy_asks_for_is_read_too() {
        let line = r#"{"number":"1","corporate_number":7000012050002,"contract_end":" 2029-03-31 "}"#;
        let offer = question(line).unwrap().offer;
        assert_eq!(offer.corporate_number, CorporateNumber::parse("7000012050002").ok());
        assert_eq!(offer.contract_end, Day::parse("2029-03-31").ok());
        assert_eq!(question(r#"{"number":"1"}"#).unwrap().offer, Offer::default());
    }

    #[test]
    fn a_day_is_its_end_in_japan_or_now() {
        let asked =
            question(r#"{"number":"1","date":"2026-03-31","model":["a"," ","b"],"level":2}"#).unwrap();
        let end = UnixTime::parse("2026-03-31T14:59:59Z").unwrap();
        assert_eq!(asked.when, When::EndOfDay(end));
        assert_eq!(asked.when.as_of(end.plus(1)), Some(end));
        assert_eq!(asked.when.as_of(end), None, "the day has not ended");
        assert_eq!((asked.models, asked.claims.level), (vec!["a".into(), "b".into()], Some(Level::Star2)));
    }
}
