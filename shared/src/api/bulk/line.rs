//! The lines of an answer: one for each row, and the last one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer, de, ser::SerializeStruct as _};

use super::{BulkAnswer, RowError};
use crate::{policy::Answer, verdict::Outcome};

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
    /// Answers that deny a claim of their row: a model that is not covered, another maker. They are among `outcomes` as well:
    /// the label may be valid, and is not this product's.
    #[serde(default, skip_serializing_if = "is_none")]
    pub not_as_claimed: u64,
    /// What the run's policy says of the answered rows; empty where it has none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub policy: BTreeMap<Answer, u64>,
    /// Why there may be more rows that were not read; absent where all were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
}

impl StopCode {
    /// Its word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooManyRows => "too_many_rows",
            Self::TooManyBytes => "too_many_bytes",
            Self::Idle => "idle",
            Self::TooSlow => "too_slow",
            Self::BrokeOff => "broke_off",
            Self::Stopping => "stopping",
            Self::Cancelled => "cancelled",
            Self::Columns => "columns",
            Self::NotATable => "not_a_table",
        }
    }
}

impl BulkEnd {
    /// What came of `lines`.
    pub fn of(lines: &[BulkLine]) -> Self {
        let mut count = Self::default();
        for line in lines {
            count.line(line);
        }
        count
    }

    /// Counts `line`.
    pub fn line(&mut self, line: &BulkLine) {
        match line {
            BulkLine::Answer(answer) => {
                *self.outcomes.entry(answer.outcome).or_default() += 1;
                self.not_as_claimed += u64::from(answer.claimed.is_denied());
                if let Some(policy) = &answer.policy {
                    *self.policy.entry(policy.answer).or_default() += 1;
                }
            }
            BulkLine::Bad(_) => self.bad += 1,
            BulkLine::End(_) => return,
        }
        self.rows += 1;
    }

    /// Counts what `other` counted; why this one stopped, or did not, stays.
    pub fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.bad += other.bad;
        self.not_as_claimed += other.not_as_claimed;
        for (outcome, rows) in &other.outcomes {
            *self.outcomes.entry(*outcome).or_default() += rows;
        }
        for (answer, rows) in &other.policy {
            *self.policy.entry(*answer).or_default() += rows;
        }
    }

    /// Whether every row is of a label that is valid, and of the product that is claimed.
    pub fn all_valid(&self) -> bool {
        self.bad == 0
            && self.not_as_claimed == 0
            && self.stopped.is_none()
            && self.outcomes.keys().all(|outcome| *outcome == Outcome::Valid)
    }

    /// Whether the run's policy passes every row. What it cannot tell is no pass.
    pub fn all_pass(&self) -> bool {
        self.bad == 0 && self.stopped.is_none() && self.policy.keys().all(|answer| *answer == Answer::Pass)
    }
}

fn is_none<T: Default + PartialEq>(count: &T) -> bool {
    *count == T::default()
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
    /// Somebody stopped the job.
    Cancelled,
    /// No column says which label.
    Columns,
    /// No table, or one that breaks off.
    NotATable,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::{BulkClaims, BulkPolicy, BulkRule, RowFault},
        claim::{Claimed, Listed},
        label::Level,
        time::UnixTime,
        verdict::Reason,
    };

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
                models: vec![Claimed { claimed: "M".into(), answer: Listed::Listed }],
                ..BulkClaims::default()
            },
            policy: Some(BulkPolicy {
                answer: Answer::Fail,
                rules: vec![BulkRule {
                    rule: 1,
                    answer: Answer::Fail,
                    reason: crate::policy::Reason::LevelTooLow,
                    words: "Low".into(),
                }],
                corporate_number: None,
                contract_end: None,
            }),
            product: None,
            link: Some("https://a.example/v/SHI1".into()),
        };
        let error = RowError { code: RowFault::OneOf, detail: "x".into() };
        let end = BulkEnd {
            rows: 2,
            bad: 1,
            outcomes: [(Outcome::Valid, 1)].into(),
            not_as_claimed: 1,
            policy: [(Answer::CannotTell, 1)].into(),
            stopped: Some(Stopped { code: StopCode::TooManyRows, detail: "x".into() }),
        };
        for (line, text) in [
            (
                BulkLine::Answer(Box::new(answer)),
                r#"{"row":1,"id":"a","outcome":"valid","reason":"ok","words":"Valid","number":"SHI1","level":"STAR-1","status":"active","revision":1,"as_of":"1970-01-01T00:00:00Z","expires":"1970-01-01T00:00:01Z","days_left":0,"claimed":{"models":[{"claimed":"M","answer":"listed"}]},"policy":{"answer":"fail","rules":[{"rule":1,"answer":"fail","reason":"level_too_low","words":"Low"}]},"link":"https://a.example/v/SHI1"}"#,
            ),
            (
                BulkLine::Bad(BadRow { row: 2, id: None, error }),
                r#"{"row":2,"error":{"code":"one_of","detail":"x"}}"#,
            ),
            (
                BulkLine::End(end),
                r#"{"end":{"rows":2,"bad":1,"outcomes":{"valid":1},"not_as_claimed":1,"policy":{"cannot_tell":1},"stopped":{"code":"too_many_rows","detail":"x"}}}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&line).unwrap(), text);
            assert_eq!(BulkLine::parse(text.as_bytes()).unwrap(), line);
        }
    }
}
