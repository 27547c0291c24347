//! Sentences that hold a value: the language's text, filled in.

use super::{Language, PhraseWords, Zone};
use crate::{
    label::{AssessmentRoute, Category, Level},
    status::StatusSource,
    time::UnixTime,
};

impl Language {
    fn phrases(self) -> &'static PhraseWords {
        &self.words().phrases
    }

    /// 有効期限 2027年5月20日 / Valid until 20 May 2027.
    pub fn valid_until(self, end: UnixTime, zone: Zone) -> String {
        fill(self.phrases().valid_until, &[("day", &self.last_day(end, zone))])
    }

    /// あと180日 / 180 days left: whole days from `now` until a validity ends at `end`; nothing where it has ended.
    pub fn days_left(self, now: UnixTime, end: UnixTime) -> Option<String> {
        let left = end.as_secs() - now.as_secs();
        let phrases = self.phrases();
        let text = match left / 86_400 {
            _ if left <= 0 => return None,
            0 => phrases.days_left_none,
            1 => phrases.days_left_one,
            _ => phrases.days_left,
        };
        Some(fill(text, &[("count", &(left / 86_400).to_string())]))
    }

    /// The day on which the validity ended.
    pub fn ended_on(self, end: UnixTime, zone: Zone) -> String {
        fill(self.phrases().ended_on, &[("day", &self.last_day(end, zone))])
    }

    /// The day from which it is valid.
    pub fn valid_from(self, start: UnixTime, zone: Zone) -> String {
        fill(self.phrases().valid_from, &[("day", &self.date(start, zone))])
    }

    /// When it was revoked.
    pub fn revoked_on(self, at: UnixTime, zone: Zone) -> String {
        fill(self.phrases().revoked_on, &[("day", &self.date(at, zone))])
    }

    /// Since when it is suspended, and until when where that is known.
    pub fn suspended(self, since: Option<UnixTime>, until: Option<UnixTime>, zone: Zone) -> String {
        let phrases = self.phrases();
        let text = match (since, until) {
            (Some(_), Some(_)) => phrases.suspended,
            (Some(_), None) => phrases.suspended_open,
            (None, Some(_)) => phrases.suspended_until,
            (None, None) => phrases.suspended_bare,
        };
        let day = |at: Option<UnixTime>| at.map(|at| self.date(at, zone)).unwrap_or_default();
        fill(text, &[("since", &day(since)), ("until", &day(until))])
    }

    /// Since when it is in grace.
    pub fn grace_since(self, since: UnixTime, zone: Zone) -> String {
        fill(self.phrases().grace_since, &[("day", &self.date(since, zone))])
    }

    /// When the registry was asked and did not know it.
    pub fn not_listed_on(self, at: UnixTime, zone: Zone) -> String {
        fill(self.phrases().not_listed_on, &[("time", &self.date_time(at, zone))])
    }

    /// The last that was known, for a status that could not be confirmed.
    pub fn last_known(self, state: Option<&str>, as_of: Option<UnixTime>, zone: Zone) -> String {
        match (state, as_of) {
            (Some(state), Some(at)) => {
                fill(self.phrases().last_known, &[("state", state), ("time", &self.date_time(at, zone))])
            }
            _ => self.phrases().nothing_known.to_owned(),
        }
    }

    /// That the answer is about a past day and not about today.
    pub fn about_the_past(self, at: UnixTime, zone: Zone) -> String {
        fill(self.phrases().about_the_past, &[("time", &self.date_time(at, zone))])
    }

    /// How old the knowledge is, and where it comes from.
    pub fn freshness(self, source: StatusSource, age_s: Option<i64>) -> String {
        let phrases = self.phrases();
        let text = match (source, age_s) {
            (StatusSource::None, _) | (_, None) => phrases.not_asked,
            (StatusSource::StatusList, _) => phrases.from_status_list,
            _ => phrases.asked,
        };
        fill(text, &[("ago", &self.ago(age_s.unwrap_or_default()))])
    }

    /// STAR-2に適合 / Conforms to STAR-2.
    pub fn conforms_to(self, level: Level) -> String {
        fill(self.phrases().conforms_to, &[("level", &level.to_string())])
    }

    /// Who assessed the conformity.
    pub fn assessment(self, route: &AssessmentRoute) -> String {
        match route {
            AssessmentRoute::SelfDeclaration => self.phrases().self_declared.to_owned(),
            AssessmentRoute::ThirdParty { body } => fill(self.phrases().third_party, &[("body", body)]),
        }
    }

    /// Who assesses conformity at `level`, where the single registration is not known.
    pub fn assessment_of_level(self, level: Level) -> &'static str {
        if level.is_self_declared() {
            self.phrases().self_declared
        } else {
            self.phrases().third_party_unnamed
        }
    }

    /// A product category, by its word or its number.
    pub fn category(self, category: Category) -> String {
        match self.words().categories.of(category) {
            Some(word) => word.to_owned(),
            None => fill(self.phrases().category, &[("code", &category.code().to_string())]),
        }
    }

    /// How many models a registration covers.
    pub fn models(self, count: usize) -> String {
        let text = if count == 1 { self.phrases().models_one } else { self.phrases().models };
        fill(text, &[("count", &count.to_string())])
    }

    /// That there are more models than those in sight.
    pub fn more_models(self, count: usize) -> String {
        fill(self.words().verdict.more_models, &[("count", &count.to_string())])
    }

    /// That the model which was asked about is covered, or that it is not.
    pub fn model_answer(self, model: &str, listed: bool) -> String {
        let words = &self.words().verdict;
        fill(if listed { words.model_listed } else { words.model_not_listed }, &[("model", model)])
    }

    /// A link to another site, named and not opened.
    pub fn foreign_link(self, host: &str) -> String {
        fill(self.phrases().foreign_link, &[("host", host)])
    }

    /// Other codes that were in the picture beside the label.
    pub fn others_ignored(self, count: usize) -> String {
        let text = if count == 1 { self.phrases().others_ignored_one } else { self.phrases().others_ignored };
        fill(text, &[("count", &count.to_string())])
    }

    /// How much was counted in a stock check: pieces, and the different labels among them.
    pub fn counted(self, pieces: u32, labels: usize) -> String {
        let total = self.words().stock.total;
        fill(total, &[("pieces", &pieces.to_string()), ("labels", &labels.to_string())])
    }

    /// That a label was counted before; its pieces so far.
    pub fn counted_again(self, count: u32) -> String {
        fill(self.words().stock.again, &[("count", &count.to_string())])
    }

    /// That more labels were counted than are shown.
    pub fn more_counted(self, count: usize) -> String {
        fill(self.words().stock.more, &[("count", &count.to_string())])
    }

    /// The marks of a level for a screen reader: 4段階のうち2.
    pub fn stars(self, level: Level) -> String {
        fill(self.phrases().stars, &[("count", &level.stars().to_string())])
    }
}

/// `text` with each `{name}` replaced by its value, in one pass: a value that holds braces stays as it is.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, opened)) = rest.split_once('{') {
        let (name, after) = opened.split_once('}').unwrap_or((opened, ""));
        filled.push_str(before);
        filled.push_str(values.iter().find(|(of, _)| *of == name).map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_where_the_language_wants_them_and_are_not_read_again() {
        assert_eq!(fill("{a} of {b}, {a}", &[("a", "{b}"), ("b", "日本")]), "{b} of 日本, {b}");
        assert_eq!(fill("no value", &[("a", "x")]), "no value");
        assert_eq!(fill("left {open", &[]), "left ");
    }

    #[test]
    fn the_days_that_are_left_are_whole_ones() {
        let now = UnixTime::parse("2027-05-20T00:00:00Z").unwrap();
        let left = |seconds| Language::En.days_left(now, now.plus(seconds));
        assert_eq!(left(0), None);
        assert_eq!(left(1).as_deref(), Some("today is the last day"));
        assert_eq!(left(86_400).as_deref(), Some("1 day left"));
        assert_eq!(left(3 * 86_400 - 1).as_deref(), Some("2 days left"));
    }
}
