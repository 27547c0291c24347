//! A calendar day in Japan, as policies write it: `2027-05-20`.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::UnixTime;

/// Seconds that Japan is ahead of UTC; it has had no summer time since 1951.
const JAPAN: i32 = 9 * 3600;
const SECONDS: i64 = 86_400;

/// A day in Japan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    start: UnixTime,
}

/// Text that is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a day from 1970-01-02 to 9999-12-30, written YYYY-MM-DD")]
pub struct NotADay;

impl Day {
    /// Reads `2027-05-20`.
    pub fn parse(text: &str) -> Result<Self, NotADay> {
        if text.len() != "2027-05-20".len() {
            return Err(NotADay);
        }
        let start = UnixTime::parse(&format!("{text}T00:00:00+09:00")).map_err(|_| NotADay)?;
        // What is at the edge of time was moved there.
        if start == UnixTime::EPOCH || start.plus(2 * SECONDS) == UnixTime::MAX {
            return Err(NotADay);
        }
        Ok(Self { start })
    }

    /// The day in which `at` lies.
    pub fn of(at: UnixTime) -> Self {
        let into = (at.as_secs() + i64::from(JAPAN)).rem_euclid(SECONDS);
        Self { start: at.plus(-into) }
    }

    /// Its first instant.
    pub const fn start(self) -> UnixTime {
        self.start
    }

    /// The first instant after it.
    pub const fn end(self) -> UnixTime {
        self.start.plus(SECONDS)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.start.date_at(JAPAN);
        write!(f, "{:04}-{:02}-{:02}", date.year, date.month, date.day)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_japans() {
        let day = Day::parse("2027-05-20").unwrap();
        assert_eq!(day.start().to_string(), "2027-05-19T15:00:00Z");
        assert_eq!(day.end().to_string(), "2027-05-20T15:00:00Z");
        assert_eq!((Day::of(day.start()), Day::of(day.end().plus(-1))), (day, day));
        assert_eq!(day.to_string(), "2027-05-20");
        for text in ["2027-02-29", "2027-5-20", "27-05-20", "2027-05-20Z", "１９７０-0", "1970-01-01", ""]
        {
            assert_eq!(Day::parse(text), Err(NotADay), "{text}");
        }
    }
}
