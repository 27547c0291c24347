//! Dates and times as people write them, in a named zone.

use super::{Language, phrase::fill};
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

    /// As spreadsheets read a time: `2027-05-20 09:05:00`.
    pub fn written(self, at: UnixTime) -> String {
        at.plus(i64::from(self.offset)).to_string().replace('T', " ").trim_end_matches('Z').to_owned()
    }

    fn name(self, language: Language) -> String {
        if self == Self::JAPAN {
            return language.words().phrases.japan.to_owned();
        }
        let (sign, minutes) = (if self.offset < 0 { '−' } else { '+' }, self.offset.unsigned_abs() / 60);
        format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl Language {
    /// 2027年5月20日 / 20 May 2027.
    pub fn date(self, at: UnixTime, zone: Zone) -> String {
        let date = at.date_at(zone.offset);
        let phrases = &self.words().phrases;
        let month =
            phrases.months.split(' ').nth(usize::from(date.month).wrapping_sub(1)).unwrap_or_default();
        let (year, day) = (date.year.to_string(), date.day.to_string());
        fill(phrases.date, &[("year", &year), ("month", month), ("day", &day)])
    }

    /// The last day of a validity that ends at `end`, which is itself the first instant after it.
    pub fn last_day(self, end: UnixTime, zone: Zone) -> String {
        self.date(end.plus(-1), zone)
    }

    /// 2027年5月20日 9:05（日本時間） / 20 May 2027, 09:05 JST.
    pub fn date_time(self, at: UnixTime, zone: Zone) -> String {
        let second = (at.as_secs() + i64::from(zone.offset)).rem_euclid(86_400);
        let hour = (second / 3600).to_string();
        let two = |number: i64| format!("{number:02}");
        fill(
            self.words().phrases.date_time,
            &[
                ("date", &self.date(at, zone)),
                ("hour", &hour),
                ("hh", &two(second / 3600)),
                ("minute", &two(second / 60 % 60)),
                ("zone", &zone.name(self)),
            ],
        )
    }

    /// 3秒前 / 3 seconds ago; in the largest unit that fits, rounded down.
    pub fn ago(self, seconds: i64) -> String {
        let phrases = &self.words().phrases;
        let (text, count) = match seconds {
            ..=0 => (phrases.just_now, 0),
            1 => (phrases.seconds_ago_one, 1),
            2..=119 => (phrases.seconds_ago, seconds),
            120..=7_199 => (phrases.minutes_ago, seconds / 60),
            7_200..=172_799 => (phrases.hours_ago, seconds / 3600),
            _ => (phrases.days_ago, seconds / 86_400),
        };
        fill(text, &[("count", &count.to_string())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{Easy, En, Ja};

    #[test]
    fn dates_are_written_out_in_the_zone_that_is_named() {
        let at = UnixTime::parse("2027-05-19T15:05:09Z").unwrap();
        assert_eq!(Ja.date_time(at, Zone::JAPAN), "2027年5月20日 0:05（日本時間）");
        assert_eq!(En.date_time(at, Zone::JAPAN), "20 May 2027, 00:05 JST");
        assert_eq!(Easy.date_time(at, Zone::JAPAN), "2027年5月20日 0時05分（日本の時間）");
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
