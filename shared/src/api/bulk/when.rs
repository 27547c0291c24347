//! About when questions ask.

use crate::{
    policy::Day,
    time::{NotATime, UnixTime},
};

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
    /// A day (`2026-03-31`, of which the end counts, in Japan) or an instant (RFC 3339), as people write one of them.
    pub fn parse(text: &str) -> Result<Self, NotATime> {
        match Day::parse(text.trim()) {
            Ok(day) => Ok(Self::EndOfDay(day.end().plus(-1))),
            Err(_) => UnixTime::parse(text.trim()).map(Self::At),
        }
    }

    /// This, or where it is the present, `other`.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match self {
            Self::Now => other,
            asked => asked,
        }
    }

    /// The instant that is asked about, where that is not `now`.
    pub fn as_of(self, now: UnixTime) -> Option<UnixTime> {
        match self {
            Self::Now => None,
            Self::At(at) => Some(at),
            Self::EndOfDay(end) => (end < now).then_some(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_asks_about_a_day_or_an_instant_and_a_row_outranks_it() {
        let day = When::parse("2026-03-31").unwrap();
        let instant = When::parse("2026-03-31T14:59:59Z").unwrap();
        assert_eq!(day, When::EndOfDay(UnixTime::parse("2026-03-31T14:59:59Z").unwrap()));
        assert_eq!((When::Now.or(day), instant.or(day)), (day, instant));
        assert!(When::parse("last spring").is_err());
    }
}
