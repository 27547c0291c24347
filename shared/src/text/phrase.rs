//! Sentences that hold a value.

use super::{Language, Zone};
use crate::{
    label::{AssessmentRoute, Category, Level},
    status::StatusSource,
    time::UnixTime,
};

impl Language {
    /// 有効期限 2027年5月20日 / Valid until 20 May 2027.
    pub fn valid_until(self, end: UnixTime, zone: Zone) -> String {
        let day = self.last_day(end, zone);
        match self {
            Self::Ja => format!("有効期限 {day}"),
            Self::En => format!("Valid until {day}"),
        }
    }

    /// The day on which the validity ended.
    pub fn ended_on(self, end: UnixTime, zone: Zone) -> String {
        let day = self.last_day(end, zone);
        match self {
            Self::Ja => format!("有効期限 {day} を過ぎています"),
            Self::En => format!("Its validity ended on {day}"),
        }
    }

    /// The day from which it is valid.
    pub fn valid_from(self, start: UnixTime, zone: Zone) -> String {
        let day = self.date(start, zone);
        match self {
            Self::Ja => format!("{day} から有効"),
            Self::En => format!("Valid from {day}"),
        }
    }

    /// When it was revoked.
    pub fn revoked_on(self, at: UnixTime, zone: Zone) -> String {
        let day = self.date(at, zone);
        match self {
            Self::Ja => format!("{day} に取消し"),
            Self::En => format!("Revoked on {day}"),
        }
    }

    /// Since when it is suspended, and until when where that is known.
    pub fn suspended(self, since: Option<UnixTime>, until: Option<UnixTime>, zone: Zone) -> String {
        let since = since.map(|at| self.date(at, zone));
        let until = until.map(|at| self.date(at, zone));
        match (self, since, until) {
            (Self::Ja, Some(since), Some(until)) => format!("{since} から {until} まで一時停止"),
            (Self::Ja, Some(since), None) => format!("{since} から一時停止（終了日は未定）"),
            (Self::Ja, None, Some(until)) => format!("{until} まで一時停止"),
            (Self::Ja, None, None) => "一時停止（終了日は未定）".to_owned(),
            (Self::En, Some(since), Some(until)) => format!("Suspended from {since} until {until}"),
            (Self::En, Some(since), None) => format!("Suspended since {since}, with no end date yet"),
            (Self::En, None, Some(until)) => format!("Suspended until {until}"),
            (Self::En, None, None) => "Suspended, with no end date yet".to_owned(),
        }
    }

    /// Since when it is in grace.
    pub fn grace_since(self, since: UnixTime, zone: Zone) -> String {
        let day = self.date(since, zone);
        match self {
            Self::Ja => format!("{day} から失効猶予"),
            Self::En => format!("In grace since {day}"),
        }
    }

    /// When the registry was asked and did not know it.
    pub fn not_listed_on(self, at: UnixTime, zone: Zone) -> String {
        let time = self.date_time(at, zone);
        match self {
            Self::Ja => format!("{time} の時点で登録簿にありません"),
            Self::En => format!("Not in the registry on {time}"),
        }
    }

    /// The last that was known, for a status that could not be confirmed.
    pub fn last_known(self, state: Option<&str>, as_of: Option<UnixTime>, zone: Zone) -> String {
        let time = as_of.map(|at| self.date_time(at, zone));
        match (self, state, time) {
            (Self::Ja, Some(state), Some(time)) => format!("最後に確認できた状態: {state}（{time}）"),
            (Self::En, Some(state), Some(time)) => format!("Last known: “{state}” on {time}"),
            (Self::Ja, ..) => "最後に確認できた状態の記録もありません".to_owned(),
            (Self::En, ..) => "Nothing is known of an earlier status either".to_owned(),
        }
    }

    /// That the answer is about a past day and not about today.
    pub fn about_the_past(self, at: UnixTime, zone: Zone) -> String {
        let time = self.date_time(at, zone);
        match self {
            Self::Ja => format!("これは {time} 時点についての回答です。現在についての回答ではありません。"),
            Self::En => format!("This answer is about {time}, not about today."),
        }
    }

    /// When a receipt's answer was given.
    pub fn answered_on(self, at: UnixTime, zone: Zone) -> String {
        let time = self.date_time(at, zone);
        match self {
            Self::Ja => format!("{time}の回答"),
            Self::En => format!("Answered on {time}"),
        }
    }

    /// The date that a receipt bears, where it proves nothing.
    pub fn dated(self, at: UnixTime, zone: Zone) -> String {
        let time = self.date_time(at, zone);
        match self {
            Self::Ja => format!("控えに書かれた時刻: {time}"),
            Self::En => format!("It bears the time {time}"),
        }
    }

    /// From when on a key may have been misused.
    pub fn key_misused_from(self, cutoff: UnixTime, zone: Zone) -> String {
        let time = self.date_time(cutoff, zone);
        match self {
            Self::Ja => format!("鍵が悪用された可能性のある時期: {time} 以降"),
            Self::En => format!("The key may have been misused from {time} on"),
        }
    }

    /// How old the knowledge is, and where it comes from.
    pub fn freshness(self, source: StatusSource, age_s: Option<i64>) -> String {
        let Some(age) = age_s.filter(|_| source != StatusSource::None) else {
            return match self {
                Self::Ja => "登録簿に照会していません".to_owned(),
                Self::En => "The registry was not asked".to_owned(),
            };
        };
        let ago = self.ago(age);
        match (self, source) {
            (Self::Ja, StatusSource::StatusList) => format!("署名付き状態リストで確認（{ago}の情報）"),
            (Self::Ja, _) => format!("登録簿に照会: {ago}"),
            (Self::En, StatusSource::StatusList) => format!("From a signed status list issued {ago}"),
            (Self::En, _) => format!("Registry asked {ago}"),
        }
    }

    /// STAR-2に適合 / Conforms to STAR-2.
    pub fn conforms_to(self, level: Level) -> String {
        match self {
            Self::Ja => format!("{level}に適合"),
            Self::En => format!("Conforms to {level}"),
        }
    }

    /// Who assessed the conformity.
    pub fn assessment(self, route: &AssessmentRoute) -> String {
        match (self, route) {
            (_, AssessmentRoute::SelfDeclaration) => self.self_declared().to_owned(),
            (Self::Ja, AssessmentRoute::ThirdParty { body }) => format!("第三者評価（評価機関: {body}）"),
            (Self::En, AssessmentRoute::ThirdParty { body }) => format!("evaluated by {body}"),
        }
    }

    /// Who assesses conformity at `level`, where the single registration is not known.
    pub const fn assessment_of_level(self, level: Level) -> &'static str {
        match (self, level.is_self_declared()) {
            (_, true) => self.self_declared(),
            (Self::Ja, false) => "第三者評価",
            (Self::En, false) => "evaluated by a third party",
        }
    }

    const fn self_declared(self) -> &'static str {
        match self {
            Self::Ja => "事業者による自己適合宣言（運営者が内容を確認）",
            Self::En => "self-declared by the maker, checked by the operator",
        }
    }

    /// A product category, by its word or its number.
    pub fn category(self, category: Category) -> String {
        match (self.words().categories.of(category), self) {
            (Some(word), _) => word.to_owned(),
            (None, Self::Ja) => format!("製品類型 {}", category.code()),
            (None, Self::En) => format!("Product category {}", category.code()),
        }
    }

    /// How many models a registration covers.
    pub fn models(self, count: usize) -> String {
        match (self, count) {
            (Self::Ja, _) => format!("対象の型番 {count}件"),
            (Self::En, 1) => "1 model covered".to_owned(),
            (Self::En, _) => format!("{count} models covered"),
        }
    }

    /// The model that was asked about.
    pub fn model_asked(self, model: &str) -> String {
        match self {
            Self::Ja => format!("型番「{model}」"),
            Self::En => format!("Model “{model}”"),
        }
    }

    /// A link to another site, named and not opened.
    pub fn foreign_link(self, host: &str) -> String {
        match self {
            Self::Ja => format!("コードの中身は {host} へのリンクです。リンクは開いていません。"),
            Self::En => format!("The code is a link to {host}. It was not opened."),
        }
    }

    /// Other codes that were in the picture beside the label.
    pub fn others_ignored(self, count: usize) -> String {
        match (self, count) {
            (Self::Ja, _) => format!("ほかに{count}個のコードが写っていました。開いていません。"),
            (Self::En, 1) => "Another code was in view. It was not opened.".to_owned(),
            (Self::En, _) => format!("{count} other codes were in view. They were not opened."),
        }
    }

    /// The marks of a level for a screen reader: 4つ星のうち2つ.
    pub fn stars(self, level: Level) -> String {
        match self {
            Self::Ja => format!("4段階のうち{}", level.stars()),
            Self::En => format!("level {} of 4", level.stars()),
        }
    }
}
