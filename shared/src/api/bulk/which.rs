//! Some of a run's rows: what can be counted, shown and taken along by itself.

use super::{BulkEnd, BulkLine};
use crate::{policy::Answer, verdict::Outcome};

/// Which rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// All.
    #[default]
    All,
    /// Answers with this outcome.
    Outcome(Outcome),
    /// Answers that deny a claim of their row.
    NotAsClaimed,
    /// Answers of which the run's policy says this.
    Policy(Answer),
    /// Rows that were not answered.
    Bad,
}

impl Which {
    /// Those that `word` names: an outcome, `not_as_claimed`, `policy_` with its answer, or `bad`.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "bad" => Some(Self::Bad),
            "not_as_claimed" => Some(Self::NotAsClaimed),
            "policy_pass" => Some(Self::Policy(Answer::Pass)),
            "policy_cannot_tell" => Some(Self::Policy(Answer::CannotTell)),
            "policy_fail" => Some(Self::Policy(Answer::Fail)),
            word => Outcome::parse(word).map(Self::Outcome),
        }
    }

    /// As [`Which::parse`] reads it; nothing for all.
    pub const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::All => None,
            Self::Outcome(outcome) => Some(outcome.as_str()),
            Self::NotAsClaimed => Some("not_as_claimed"),
            Self::Policy(Answer::Pass) => Some("policy_pass"),
            Self::Policy(Answer::CannotTell) => Some("policy_cannot_tell"),
            Self::Policy(Answer::Fail) => Some("policy_fail"),
            Self::Bad => Some("bad"),
        }
    }

    /// Whether `line` is one of them.
    pub fn has(self, line: &BulkLine) -> bool {
        match (self, line) {
            (Self::All, _) | (Self::Bad, BulkLine::Bad(_)) => true,
            (Self::Outcome(outcome), BulkLine::Answer(answer)) => answer.outcome == outcome,
            (Self::NotAsClaimed, BulkLine::Answer(answer)) => answer.claimed.is_denied(),
            (Self::Policy(said), BulkLine::Answer(answer)) => {
                answer.policy.as_ref().is_some_and(|policy| policy.answer == said)
            }
            _ => false,
        }
    }

    /// How many of them are among what was counted.
    pub fn among(self, count: &BulkEnd) -> u64 {
        match self {
            Self::All => count.rows,
            Self::Outcome(outcome) => count.outcomes.get(&outcome).copied().unwrap_or_default(),
            Self::NotAsClaimed => count.not_as_claimed,
            Self::Policy(answer) => count.policy.get(&answer).copied().unwrap_or_default(),
            Self::Bad => count.bad,
        }
    }

    /// All kinds of which there are any among what was counted, with how many.
    pub fn of(count: &BulkEnd) -> Vec<(Self, u64)> {
        let policy = [Answer::Pass, Answer::CannotTell, Answer::Fail].map(Self::Policy);
        let kinds = [Self::All].into_iter().chain(Outcome::ALL.map(Self::Outcome));
        let kinds = kinds.chain([Self::NotAsClaimed]).chain(policy).chain([Self::Bad]);
        kinds
            .map(|which| (which, which.among(count)))
            .filter(|(which, rows)| *which == Self::All || *rows > 0)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{BadRow, BulkAnswer, RowError, RowFault};

    #[test]
    fn what_is_counted_is_what_is_shown() {
        let answer = |outcome: &str, claimed: &str, policy: &str| {
            let line = format!(
                r#"{{"row":1,"outcome":"{outcome}","reason":"ok","words":"","claimed":{{"maker":{{"claimed":"M","answer":"{claimed}"}}}},"policy":{{"answer":"{policy}","rules":[]}}}}"#
            );
            let answer: BulkAnswer = serde_json::from_str(&line).unwrap();
            BulkLine::Answer(Box::new(answer))
        };
        let error = RowError { code: RowFault::OneOf, detail: String::new() };
        let lines = [
            answer("valid", "listed", "pass"),
            answer("valid", "not_listed", "fail"),
            answer("revoked", "listed", "fail"),
            BulkLine::Bad(BadRow { row: 4, id: None, error }),
        ];
        let count = BulkEnd::of(&lines);
        let kinds = Which::of(&count);
        let words: Vec<_> = kinds.iter().map(|(which, rows)| (which.as_str(), *rows)).collect();
        assert_eq!(
            words,
            [
                (None, 4),
                (Some("revoked"), 1),
                (Some("valid"), 2),
                (Some("not_as_claimed"), 1),
                (Some("policy_pass"), 1),
                (Some("policy_fail"), 2),
                (Some("bad"), 1),
            ]
        );
        for (which, rows) in kinds {
            assert_eq!(lines.iter().filter(|line| which.has(line)).count() as u64, rows, "{which:?}");
            assert_eq!(which.as_str().map_or(Some(Which::All), Which::parse), Some(which));
        }
        assert_eq!(Which::parse("good"), None);
        let mut twice = count.clone();
        twice.add(&count);
        assert_eq!((twice.rows, twice.bad, twice.not_as_claimed, twice.policy[&Answer::Fail]), (8, 2, 2, 4));
        let valid = BulkEnd::of(&lines[..1]);
        assert!(valid.all_valid() && valid.all_pass());
        assert!(!BulkEnd::of(&lines[..2]).all_valid(), "a valid label that is another product's");
    }
}
