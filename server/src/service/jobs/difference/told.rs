//! What was told of a row, as far as two runs are compared.

use serde::Serialize;
use shirushi_shared::{api::BulkLine, claim::Listed, policy::Answer, time::UnixTime, verdict::Outcome};

/// What can be another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    Outcome,
    Status,
    Expires,
    Claimed,
    Policy,
}

/// What was told of a row, as far as it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Told {
    pub(super) row: u64,
    /// Absent where the row was not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<UnixTime>,
    /// `not_listed` where any claim was answered so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) claimed: Option<Listed>,
    /// What the run's policy says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<Answer>,
}

impl Told {
    pub(super) fn of(line: &BulkLine) -> Self {
        match line {
            BulkLine::Answer(answer) => Self {
                row: answer.row,
                outcome: Some(answer.outcome),
                status: answer.status.as_deref().and_then(Status::parse),
                expires: answer.expires,
                claimed: answer.claimed.all().reduce(|one, other| match other {
                    Listed::NotListed => other,
                    Listed::Listed => one,
                }),
                policy: answer.policy.as_ref().map(|policy| policy.answer),
            },
            BulkLine::Bad(bad) => Self { row: bad.row, ..Self::nothing() },
            BulkLine::End(_) => Self::nothing(),
        }
    }

    const fn nothing() -> Self {
        Self { row: 0, outcome: None, status: None, expires: None, claimed: None, policy: None }
    }

    /// What is another than it `was`.
    pub(super) fn what(self, was: Self) -> Vec<What> {
        let differs = [
            (self.outcome != was.outcome, What::Outcome),
            (self.status != was.status, What::Status),
            (self.expires != was.expires, What::Expires),
            (self.claimed != was.claimed, What::Claimed),
            (self.policy != was.policy, What::Policy),
        ];
        differs.into_iter().filter_map(|(differs, what)| differs.then_some(what)).collect()
    }
}

/// A status, in a byte: there may be a million of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Active,
    Grace,
    Suspended,
    Revoked,
    Unregistered,
}

impl Status {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Grace => "grace",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Unregistered => "unregistered",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Active, Self::Grace, Self::Suspended, Self::Revoked, Self::Unregistered]
            .into_iter()
            .find(|status| status.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_another_is_named() {
        let was = Told { outcome: Some(Outcome::Valid), status: Status::parse("active"), ..Told::nothing() };
        let now = Told { outcome: Some(Outcome::Revoked), status: Status::parse("revoked"), ..was };
        assert_eq!(now.what(was), [What::Outcome, What::Status]);
        assert_eq!(Told { row: 9, ..was }.what(was), [], "another place in the file is no difference");
        let expires = Some(UnixTime::EPOCH);
        assert_eq!(
            Told { expires, claimed: Some(Listed::NotListed), ..was }.what(was),
            [What::Expires, What::Claimed]
        );
    }
}
