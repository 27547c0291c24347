//! `POST /v1/verify/bulk`: rows in, an answer for each of them out, in order, and at the end what came of them.
//!
//! As JSON Lines each is a line of its own. Fields of a row are texts as people write them, so that a row which cannot be
//! asked about still says which one it is; [`BulkRow::into_question`] reads them.

use core::fmt;
use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeStruct as _};

use super::{Presented, VerdictAnswer, VerifyRequest};
use crate::{
    claim::{Listed, ProductClaims},
    label::Level,
    registration::Gtin,
    scan::MAX_TEXT,
    text::Language,
    time::UnixTime,
    verdict::{NotALabel, Outcome, Reason},
};

/// A question about one label among many. One of `token`, `link`, `number` and `scan` is given, or a `gtin` alone.
/// Numbers of digits may be JSON numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BulkRow {
    /// The caller's own name for it; comes back with the answer.
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    /// A token as text, decimal or base64url.
    #[serde(deserialize_with = "text")]
    pub token: Option<String>,
    /// A link as it was scanned.
    #[serde(deserialize_with = "text")]
    pub link: Option<String>,
    /// A registration number as it is printed or typed.
    #[serde(deserialize_with = "text")]
    pub number: Option<String>,
    /// Anything that was scanned: a link, a token, a number or a JAN/GTIN.
    #[serde(deserialize_with = "text")]
    pub scan: Option<String>,
    /// The JAN/GTIN: what is asked about where nothing else is given, else a claim.
    #[serde(deserialize_with = "text")]
    pub gtin: Option<String>,
    /// The models in hand.
    #[serde(deserialize_with = "texts")]
    pub model: Vec<String>,
    /// The maker that is claimed.
    #[serde(deserialize_with = "text")]
    pub maker: Option<String>,
    /// The level that is claimed.
    #[serde(deserialize_with = "text")]
    pub level: Option<String>,
    /// "Was it valid on that day?": `2026-03-31`, of which the end counts, in Japan.
    #[serde(deserialize_with = "text")]
    pub date: Option<String>,
    /// "Was it valid then?": a past instant, RFC 3339.
    #[serde(deserialize_with = "text")]
    pub as_of: Option<String>,
}

/// What a row asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkQuestion {
    /// What is to be verified.
    pub presented: Presented,
    /// The claims about the product, but for its models.
    pub claims: ProductClaims,
    /// The models in hand.
    pub models: Vec<String>,
    /// About when.
    pub when: When,
}

/// About when a row asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// The present.
    #[default]
    Now,
    /// This instant.
    At(UnixTime),
    /// A day that ends at this instant; the present, where it has not ended.
    EndOfDay(UnixTime),
}

impl When {
    /// The instant that is asked about, where that is not `now`.
    pub fn as_of(self, now: UnixTime) -> Option<UnixTime> {
        match self {
            Self::Now => None,
            Self::At(at) => Some(at),
            Self::EndOfDay(end) => (end < now).then_some(end),
        }
    }
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
                #[serde(deserialize_with = "text")]
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
        let mut given = [
            self.token.map(Presented::Token),
            self.link.map(Presented::Scan),
            self.number.map(Presented::Number),
            self.scan.map(Presented::Scan),
        ]
        .into_iter()
        .flatten();
        let (presented, gtin) = match (given.next(), given.next(), gtin) {
            (Some(presented), None, gtin) => (presented, gtin),
            (None, _, Some(gtin)) => (Presented::Scan(gtin.to_string()), None),
            (None, _, None) => {
                return Err(one_of("nothing is asked about: give token, link, number, scan or gtin"));
            }
            (Some(_), Some(_), _) => return Err(one_of("give only one of token, link, number and scan")),
        };
        let when = match (self.date, self.as_of) {
            (None, None) => When::Now,
            (None, Some(text)) => When::At(read("as_of", &text, UnixTime::parse)?),
            (Some(text), None) => When::EndOfDay(read("date", &text, end_of_day)?),
            (Some(_), Some(_)) => return Err(one_of("give only one of date and as_of")),
        };
        let level = self.level.map(|text| read("level", &text, Level::parse)).transpose()?;
        let claims = ProductClaims { model: None, level, maker: self.maker, gtin };
        Ok(BulkQuestion { presented, claims, models: self.model, when })
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

/// The last second of a day in Japan.
fn end_of_day(day: &str) -> Result<UnixTime, &'static str> {
    let end = format!("{}T23:59:59+09:00", day.trim());
    UnixTime::parse(&end).map_err(|_| "not a day, as in 2026-03-31")
}

/// The answer to a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkAnswer {
    /// Which row: its line in the file, from 1.
    pub row: u64,
    /// The caller's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What it comes to.
    pub outcome: Outcome,
    /// Why: the reason of the check that decided.
    pub reason: Reason,
    /// What it means, in a sentence.
    pub words: Cow<'static, str>,
    /// What is no label is this instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_a_label: Option<NotALabel>,
    /// The registration, normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The label's level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// `active`, `grace`, `suspended`, `revoked`, `unregistered`; absent where nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Cow<'static, str>>,
    /// Revision of the registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// The latest instant at which the status is known to have been current.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<UnixTime>,
    /// The past instant that was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<UnixTime>,
    /// The registry's expiry, else the printed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<UnixTime>,
    /// Whole days until then, of what holds now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i64>,
    /// Answers to the claims about the product.
    #[serde(default, skip_serializing_if = "BulkClaims::is_empty")]
    pub claimed: BulkClaims,
    /// The product, where that was asked for and is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<BulkProduct>,
    /// The page of the registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl BulkAnswer {
    /// What is told of row `row`, from the answer that its question gets alone. Models are not in it, nor a link.
    pub fn of(row: u64, id: Option<String>, answer: VerdictAnswer, language: Language) -> Self {
        let VerdictAnswer { outcome, checks, not_a_label, number, claims, status, product, claimed, .. } =
            answer;
        let number_only = checks.signature.reason == Reason::NumberOnly;
        let expires = status.expires.or(claims.as_ref().map(|claims| claims.expires));
        let holds = matches!(outcome, Outcome::Valid | Outcome::Grace) && answer.as_of.is_none();
        Self {
            row,
            id,
            outcome,
            reason: checks.decisive(outcome),
            words: language.words().meaning(outcome, number_only).into(),
            not_a_label,
            number,
            level: product.map(|product| product.level).or(claims.map(|claims| claims.level)),
            status: status.value.map(Cow::from),
            revision: status.revision,
            as_of: status.as_of,
            then: answer.as_of,
            expires,
            days_left: expires.filter(|_| holds).map(|end| end.since(answer.checked_at).max(0) / 86_400),
            claimed: BulkClaims {
                models: Vec::new(),
                level: claimed.level,
                maker: claimed.maker,
                gtin: claimed.gtin,
            },
            product: None,
            link: None,
        }
    }
}

/// Answers to a row's claims.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BulkClaims {
    /// Whether the registration covers each of the models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ClaimedModel>,
    /// Whether it has this level or a higher one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Listed>,
    /// Whether this maker holds the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maker: Option<Listed>,
    /// Whether a model of it has this GTIN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<Listed>,
}

/// A model that was claimed, and the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimedModel {
    /// As it was claimed.
    pub claimed: String,
    /// Whether the registration covers it.
    pub answer: Listed,
}

impl BulkClaims {
    /// Whether nothing was claimed, or nothing is known of the product.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The product, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkProduct {
    /// Who holds the label.
    pub maker: String,
    /// The products that it covers.
    pub names: Vec<String>,
}

/// A row that was not answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRow {
    /// Which row: its line in the file, from 1.
    pub row: u64,
    /// The caller's own name for it, where that could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Why.
    pub error: RowError,
}

/// What came of all rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkEnd {
    /// Rows that were read, bad ones included.
    pub rows: u64,
    /// Bad rows.
    pub bad: u64,
    /// Answers, by outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Why there may be more rows that were not read; absent where all were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
}

impl BulkEnd {
    /// Whether every row is of a label that is valid.
    pub fn all_valid(&self) -> bool {
        self.bad == 0
            && self.stopped.is_none()
            && self.outcomes.keys().all(|outcome| *outcome == Outcome::Valid)
    }
}

/// Why the reading of rows was stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// What kind of reason.
    pub code: StopCode,
    /// What it was, with the limit where there is one.
    pub detail: String,
}

/// The kinds of reasons to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopCode {
    /// More rows than are taken.
    TooManyRows,
    /// More bytes than are taken.
    TooManyBytes,
    /// Nothing came for too long.
    Idle,
    /// All of it took too long.
    TooSlow,
    /// The upload ended before it was complete.
    BrokeOff,
    /// The service is about to stop.
    Stopping,
}

/// A line of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkLine {
    /// The answer to a row.
    Answer(Box<BulkAnswer>),
    /// A row that was not answered.
    Bad(BadRow),
    /// The last line: without it, something is missing.
    End(BulkEnd),
}

impl BulkLine {
    /// Reads a line of an answer.
    pub fn parse(line: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Shape {
            #[serde(default)]
            end: Option<BulkEnd>,
            #[serde(default)]
            error: Option<de::IgnoredAny>,
        }
        let shape: Shape = serde_json::from_slice(line)?;
        match shape {
            Shape { end: Some(end), .. } => Ok(Self::End(end)),
            Shape { error: Some(_), .. } => serde_json::from_slice(line).map(Self::Bad),
            Shape { .. } => serde_json::from_slice(line).map(Self::Answer),
        }
    }
}

impl Serialize for BulkLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Answer(answer) => answer.serialize(serializer),
            Self::Bad(row) => row.serialize(serializer),
            Self::End(end) => {
                let mut line = serializer.serialize_struct("BulkLine", 1)?;
                line.serialize_field("end", end)?;
                line.end()
            }
        }
    }
}

/// A text, or a whole number as its digits.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<Text>::deserialize(deserializer)?.map(|Text(text)| text))
}

/// A text, or several; an empty one is none.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct OneOrMore;
    impl<'de> de::Visitor<'de> for OneOrMore {
        type Value = Vec<String>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text or a list of texts")
        }
        fn visit_unit<E>(self) -> Result<Vec<String>, E> {
            Ok(Vec::new())
        }
        fn visit_str<E>(self, text: &str) -> Result<Vec<String>, E> {
            Ok(vec![text.to_owned()])
        }
        fn visit_u64<E>(self, number: u64) -> Result<Vec<String>, E> {
            Ok(vec![number.to_string()])
        }
        fn visit_seq<A: de::SeqAccess<'de>>(self, mut texts: A) -> Result<Vec<String>, A::Error> {
            let mut all = Vec::new();
            while let Some(Text(text)) = texts.next_element()? {
                all.push(text);
            }
            Ok(all)
        }
    }
    let mut all = deserializer.deserialize_any(OneOrMore)?;
    all.retain(|text| !text.trim().is_empty());
    Ok(all)
}

struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrDigits;
        impl de::Visitor<'_> for TextOrDigits {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a whole number")
            }
            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }
            fn visit_string<E>(self, text: String) -> Result<Text, E> {
                Ok(Text(text))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Text, E> {
                Ok(Text(number.to_string()))
            }
        }
        deserializer.deserialize_any(TextOrDigits)
    }
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
    }

    #[test]
    fn what_is_wrong_with_a_row_is_told_with_its_place() {
        let long = format!(r#"{{"number":"{}"}}"#, "1".repeat(257));
        let many = format!(r#"{{"number":"1","model":{:?}}}"#, vec!["m"; 33]);
        for (line, code, detail) in [
            ("{}", RowFault::OneOf, "nothing is asked about"),
            (r#"{"token":"1","number":"1"}"#, RowFault::OneOf, "only one of token"),
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
    fn a_day_is_its_end_in_japan_or_now() {
        let asked =
            question(r#"{"number":"1","date":"2026-03-31","model":["a"," ","b"],"level":2}"#).unwrap();
        let end = UnixTime::parse("2026-03-31T14:59:59Z").unwrap();
        assert_eq!(asked.when, When::EndOfDay(end));
        assert_eq!(asked.when.as_of(end.plus(1)), Some(end));
        assert_eq!(asked.when.as_of(end), None, "the day has not ended");
        assert_eq!((asked.models, asked.claims.level), (vec!["a".into(), "b".into()], Some(Level::Star2)));
    }

    #[test]
    fn a_line_of_the_answer_is_read_back() {
        let answer = BulkAnswer {
            row: 1,
            id: Some("a".into()),
            outcome: Outcome::Valid,
            reason: Reason::Ok,
            words: "Valid".into(),
            not_a_label: None,
            number: Some("SHI1".into()),
            level: Some(Level::Star1),
            status: Some("active".into()),
            revision: Some(1),
            as_of: Some(UnixTime::EPOCH),
            then: None,
            expires: Some(UnixTime::EPOCH.plus(1)),
            days_left: Some(0),
            claimed: BulkClaims {
                models: vec![ClaimedModel { claimed: "M".into(), answer: Listed::Listed }],
                ..BulkClaims::default()
            },
            product: None,
            link: Some("https://a.example/v/SHI1".into()),
        };
        let error = RowError { code: RowFault::OneOf, detail: "x".into() };
        let end = BulkEnd {
            rows: 2,
            bad: 1,
            outcomes: [(Outcome::Valid, 1)].into(),
            stopped: Some(Stopped { code: StopCode::TooManyRows, detail: "x".into() }),
        };
        for (line, text) in [
            (
                BulkLine::Answer(Box::new(answer)),
                r#"{"row":1,"id":"a","outcome":"valid","reason":"ok","words":"Valid","number":"SHI1","level":"STAR-1","status":"active","revision":1,"as_of":"1970-01-01T00:00:00Z","expires":"1970-01-01T00:00:01Z","days_left":0,"claimed":{"models":[{"claimed":"M","answer":"listed"}]},"link":"https://a.example/v/SHI1"}"#,
            ),
            (
                BulkLine::Bad(BadRow { row: 2, id: None, error }),
                r#"{"row":2,"error":{"code":"one_of","detail":"x"}}"#,
            ),
            (
                BulkLine::End(end),
                r#"{"end":{"rows":2,"bad":1,"outcomes":{"valid":1},"stopped":{"code":"too_many_rows","detail":"x"}}}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&line).unwrap(), text);
            assert_eq!(BulkLine::parse(text.as_bytes()).unwrap(), line);
        }
    }
}
