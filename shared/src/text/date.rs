//! Dates and times as people write them, in a named zone.

use super::Language;
use crate::time::UnixTime;

/// The zone in which times are shown: an offset from UTC. The server shows Japan's, a browser its reader's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    offset: i32,
}

impl Zone {
    /// Japan, which has had no summer time since 1951.
    pub const JAPAN: Self = Self { offset: 9 * 3600 };

    /// The zone `minutes` east of UTC, held within the offsets that exist (−12 to +14 hours).
    pub fn east_by(minutes: i32) -> Self {
        Self { offset: minutes.clamp(-12 * 60, 14 * 60) * 60 }
    }

    fn name(self, language: Language) -> String {
        match (self, language) {
            (Self::JAPAN, Language::Ja) => "日本時間".to_owned(),
            (Self::JAPAN, Language::En) => "JST".to_owned(),
            (Self { offset }, _) => {
                let (sign, minutes) = (if offset < 0 { '−' } else { '+' }, offset.unsigned_abs() / 60);
                format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Language {
    /// 2027年5月20日 / 20 May 2027.
    pub fn date(self, at: UnixTime, zone: Zone) -> String {
        let date = at.date_at(zone.offset);
        let (year, month, day) = (date.year, date.month, date.day);
        match self {
            Self::Ja => format!("{year}年{month}月{day}日"),
            Self::En => {
                let name = MONTHS.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or_default();
                format!("{day} {name} {year}")
            }
        }
    }

    /// The last day of a validity that ends at `end`, which is itself the first instant after it.
    pub fn last_day(self, end: UnixTime, zone: Zone) -> String {
        self.date(end.plus(-1), zone)
    }

    /// 2027年5月20日 9:05（日本時間） / 20 May 2027, 09:05 JST.
    pub fn date_time(self, at: UnixTime, zone: Zone) -> String {
        let second = (at.as_secs() + i64::from(zone.offset)).rem_euclid(86_400);
        let (hour, minute) = (second / 3600, second / 60 % 60);
        let (date, name) = (self.date(at, zone), zone.name(self));
        match self {
            Self::Ja => format!("{date} {hour}:{minute:02}（{name}）"),
            Self::En => format!("{date}, {hour:02}:{minute:02} {name}"),
        }
    }

    /// 3秒前 / 3 seconds ago; in the largest unit that fits, rounded down.
    pub fn ago(self, seconds: i64) -> String {
        let seconds = seconds.max(0);
        let (count, ja, en) = match seconds {
            0 => {
                return match self {
                    Self::Ja => "たった今".to_owned(),
                    Self::En => "just now".to_owned(),
                };
            }
            1..=119 => (seconds, "秒", "second"),
            120..=7_199 => (seconds / 60, "分", "minute"),
            7_200..=172_799 => (seconds / 3600, "時間", "hour"),
            _ => (seconds / 86_400, "日", "day"),
        };
        match self {
            Self::Ja => format!("{count}{ja}前"),
            Self::En => format!("{count} {en}{} ago", if count == 1 { "" } else { "s" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Ja};

    #[test]
    fn dates_are_written_out_in_the_zone_that_is_named() {
        let at = UnixTime::parse("2027-05-19T15:05:09Z").unwrap();
        assert_eq!(Ja.date_time(at, Zone::JAPAN), "2027年5月20日 0:05（日本時間）");
        assert_eq!(En.date_time(at, Zone::JAPAN), "20 May 2027, 00:05 JST");
        assert_eq!(En.date_time(at, Zone::east_by(-210)), "19 May 2027, 11:35 UTC−03:30");
        assert_eq!(Ja.date_time(at, Zone::east_by(120)), "2027年5月19日 17:05（UTC+02:00）");
    }

    #[test]
    fn a_validity_ends_with_its_last_day_not_with_the_midnight_after_it() {
        let midnight_in_japan = UnixTime::parse("2027-05-20T15:00:00Z").unwrap();
        assert_eq!(En.last_day(midnight_in_japan, Zone::JAPAN), "20 May 2027");
        assert_eq!(En.date(midnight_in_japan, Zone::JAPAN), "21 May 2027");
    }

    #[test]
    fn ages_keep_to_one_unit() {
        let ages = [-5, 0, 1, 3, 119, 120, 7_200, 172_800, 3_000_000];
        assert_eq!(
            ages.map(|age| En.ago(age)).join(" · "),
            "just now · just now · 1 second ago · 3 seconds ago · 119 seconds ago · 2 minutes ago · 2 hours ago · 2 days ago · 34 days ago"
        );
        assert_eq!(
            ages.map(|age| Ja.ago(age)).join(" · "),
            "たった今 · たった今 · 1秒前 · 3秒前 · 119秒前 · 2分前 · 2時間前 · 2日前 · 34日前"
        );
    }
}
