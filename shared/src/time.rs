//! Instants as whole UTC seconds, validity windows, and RFC 3339 text.
//!
//! Not here: `now()`. The only clock is `server/src/clock.rs` (and the browser's, handed in as a value).

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// An instant: whole seconds since 1970-01-01T00:00:00Z (a CWT NumericDate, RFC 8392 §2), years 1970 to 9999.
///
/// On the wire (JSON) it is RFC 3339 text in UTC, in signed CBOR an unsigned integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i64);

/// Text or number that is no instant between 1970 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time between 1970-01-01T00:00:00Z and 9999-12-31T23:59:59Z (RFC 3339)")]
pub struct NotATime;

impl UnixTime {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);
    /// 9999-12-31T23:59:59Z, the last instant that RFC 3339 can write.
    pub const MAX: Self = Self(253_402_300_799);

    /// The instant `seconds` after the epoch.
    pub const fn from_secs(seconds: i64) -> Result<Self, NotATime> {
        if seconds < 0 || seconds > Self::MAX.0 { Err(NotATime) } else { Ok(Self(seconds)) }
    }

    /// Seconds since the epoch.
    pub const fn as_secs(self) -> i64 {
        self.0
    }

    /// Seconds since the epoch, for formats that write unsigned integers.
    pub const fn as_unsigned(self) -> u64 {
        self.0.unsigned_abs()
    }

    /// This instant moved by `seconds`, held inside the range.
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        let moved = self.0.saturating_add(seconds);
        if moved < 0 {
            Self::EPOCH
        } else if moved > Self::MAX.0 {
            Self::MAX
        } else {
            Self(moved)
        }
    }

    /// Seconds from `earlier` to this instant; negative where `earlier` is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Reads RFC 3339 text with any offset (`2027-05-20T09:00:00+09:00`).
    pub fn parse(text: &str) -> Result<Self, NotATime> {
        let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| NotATime)?;
        Self::from_secs(at.unix_timestamp())
    }

    /// The calendar date of this instant at `offset` seconds east of UTC (Japan: `9 * 3600`).
    pub fn date_at(self, offset: i32) -> CalendarDate {
        let zone = UtcOffset::from_whole_seconds(offset).unwrap_or(UtcOffset::UTC);
        let date = self.as_offset().to_offset(zone);
        CalendarDate { year: date.year(), month: date.month() as u8, day: date.day() }
    }

    fn as_offset(self) -> OffsetDateTime {
        // In range by construction; the fallback is never reached and keeps this free of panics.
        OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.as_offset();
        let century = u8::try_from(at.year() / 100).unwrap_or_default();
        let year = u8::try_from(at.year() % 100).unwrap_or_default();
        let parts = [
            (century, ""),
            (year, "-"),
            (at.month() as u8, "-"),
            (at.day(), "T"),
            (at.hour(), ":"),
            (at.minute(), ":"),
            (at.second(), "Z"),
        ];
        // Digit by digit, and not by `{:02}`: two of them stand in each answer about many labels.
        let mut text = String::with_capacity(20);
        for (part, then) in parts {
            text.push(char::from(b'0' + part / 10));
            text.push(char::from(b'0' + part % 10));
            text.push_str(then);
        }
        f.write_str(&text)
    }
}

impl Serialize for UnixTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UnixTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A day in the Gregorian calendar, for display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalendarDate {
    /// Year, 1970 to 10000.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

/// The time in which something holds: from `from`, up to but not including `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// First instant inside.
    pub from: UnixTime,
    /// First instant after it.
    pub until: UnixTime,
}

impl Window {
    /// Whether `at` lies inside.
    pub fn contains(&self, at: UnixTime) -> bool {
        self.from <= at && at < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_seconds_are_the_same_instant() {
        let at = UnixTime::parse("2027-05-20T09:00:00+09:00").unwrap();
        assert_eq!(at.to_string(), "2027-05-20T00:00:00Z");
        assert_eq!(UnixTime::from_secs(at.as_secs()), Ok(at));
        assert_eq!(UnixTime::MAX.to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(UnixTime::from_secs(-1), Err(NotATime));
        assert!(UnixTime::parse("yesterday").is_err());
    }

    #[test]
    fn the_day_depends_on_the_zone() {
        let at = UnixTime::parse("2027-05-19T15:00:00Z").unwrap();
        assert_eq!(at.date_at(0), CalendarDate { year: 2027, month: 5, day: 19 });
        assert_eq!(at.date_at(9 * 3600), CalendarDate { year: 2027, month: 5, day: 20 });
    }

    #[test]
    fn a_window_is_half_open() {
        let window = Window { from: UnixTime::EPOCH.plus(10), until: UnixTime::EPOCH.plus(20) };
        let inside: Vec<_> = (8..22).filter(|s| window.contains(UnixTime::EPOCH.plus(*s))).collect();
        assert_eq!(inside, (10..20).collect::<Vec<_>>());
    }
}
