//! What a report says, in words.

use shirushi_shared::{
    api::{BulkEnd, FileDigest},
    policy::{Answer, Day, Policy},
    text::{Language, PackWords, Zone},
    time::UnixTime,
};

use super::{About, layout::Rows};
use crate::report::{Check, Column, PageOf, Part, Report};

/// What there is to tell.
pub(super) struct Told<'a> {
    pub(super) about: &'a About,
    pub(super) end: &'a BulkEnd,
    pub(super) made: UnixTime,
    pub(super) origin: &'a str,
}

impl Told<'_> {
    /// The report, with `rows` to look at and the digest of the results, by which it belongs to its pack.
    pub(super) fn report(&self, rows: Rows, results: FileDigest) -> Report {
        let language = self.about.language;
        let words = &language.page_words().pack;
        let mut parts = vec![Part::Facts(None, self.circumstances(words))];
        parts.push(Part::Facts(Some(words.counts_title.to_owned()), self.counts(words)));
        if let Some(policy) = self.about.policy.as_deref() {
            parts.push(Part::Facts(Some(words.policy.to_owned()), policy_facts(policy, words)));
            let rules = policy.rules().iter().map(|rule| language.policy_rule(&rule.asks)).collect();
            parts.push(Part::List(words.rules_title.to_owned(), rules));
        }
        parts.extend(attention(rows, language, words));
        Report {
            language: language.tag(),
            title: words.report_title.to_owned(),
            made: self.made,
            lead: vec![words.report_lead.to_owned(), language.words().site.independent.to_owned()],
            parts,
            check: Check {
                title: words.check_title.to_owned(),
                text: words.check_text.to_owned(),
                // Behind the #: a browser sends that to nobody.
                link: format!("{}/receipt#{results}", self.origin),
                compare: Some((words.results_sha256.to_owned(), results.to_string())),
            },
            foot: format!("{} · {}", self.origin, language.date_time(self.made, Zone::JAPAN)),
            page_of: PageOf(|tag, page, pages| {
                Language::parse(tag).unwrap_or_default().pack_page_of(page, pages)
            }),
        }
    }

    fn circumstances(&self, words: &PackWords) -> Vec<(String, String)> {
        let About { language, organisation, input, case, as_of, contract_end, .. } = self.about;
        let zone = Zone::JAPAN;
        let receipt = &language.page_words().receipt;
        let day = |day: &Day| language.date(day.start(), zone);
        let facts = [
            (words.made, Some(language.date_time(self.made, zone))),
            (words.service, Some(self.origin.to_owned())),
            (words.asked_by, organisation.clone()),
            (receipt.case, case.as_ref().map(ToString::to_string)),
            (words.input, input.as_ref().map(|input| input.name.clone())),
            (words.input_sha256, input.as_ref().map(|input| input.sha256.to_string())),
            (words.about_day, as_of.map(|at| language.date_time(at, zone))),
            (words.contract_end, contract_end.as_ref().map(day)),
        ];
        let told = |(name, value): (&str, Option<String>)| Some((name.to_owned(), value?));
        facts.into_iter().filter_map(told).collect()
    }

    fn counts(&self, words: &PackWords) -> Vec<(String, String)> {
        let language = self.about.language;
        let mut facts = vec![(words.rows.to_owned(), self.end.rows.to_string())];
        if self.end.bad > 0 {
            facts.push((words.not_answered.to_owned(), self.end.bad.to_string()));
        }
        if self.end.not_as_claimed > 0 {
            let name = language.page_words().columns.not_as_claimed;
            facts.push((name.to_owned(), self.end.not_as_claimed.to_string()));
        }
        for answer in [Answer::Pass, Answer::CannotTell, Answer::Fail] {
            if let Some(rows) = self.end.policy.get(&answer) {
                facts.push((
                    format!("{}: {}", words.by_policy, language.policy_answer(answer)),
                    rows.to_string(),
                ));
            }
        }
        for (outcome, rows) in &self.end.outcomes {
            let headline = language.words().outcomes.of(*outcome).headline;
            facts.push((format!("{}: {headline}", words.by_outcome), rows.to_string()));
        }
        if let Some(stopped) = &self.end.stopped {
            facts.push((words.not_answered.to_owned(), stopped.detail.clone()));
        }
        facts
    }
}

fn policy_facts(policy: &Policy, words: &PackWords) -> Vec<(String, String)> {
    vec![
        (words.policy.to_owned(), format!("{} ({})", policy.name(), policy.version())),
        (words.policy_sha256.to_owned(), policy.digest().to_string()),
    ]
}

fn attention(rows: Rows, language: Language, words: &PackWords) -> Vec<Part> {
    if rows.shown.is_empty() {
        return vec![Part::Text(words.nothing_to_see.to_owned())];
    }
    let column = |name: &str, width| Column { name: name.to_owned(), width };
    let columns = vec![
        column(words.row, 9),
        column(words.item, 18),
        column(words.number, 20),
        column(words.answer, 22),
        column(words.reason, 40),
    ];
    let more = (rows.left_out > 0).then(|| Part::Text(language.pack_left_out(rows.left_out)));
    let table = Part::Table(words.attention_title.to_owned(), columns, rows.shown);
    std::iter::once(table).chain(more).collect()
}
