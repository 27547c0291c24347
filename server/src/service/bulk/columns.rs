//! Answers as lines of a file: what a person sorts, filters and reads.

use shirushi_shared::{
    api::{BadRow, BulkAnswer, BulkClaims, BulkEnd, BulkLine, BulkPolicy},
    claim::Listed,
    policy::{Answer, Day},
    text::{ColumnWords, Language, PackWords, Words, Zone},
    time::UnixTime,
    verdict::{Outcome, Reason, Tone},
};

use crate::table::output::{Cell, Line, Shade, Sheets};

/// The columns of a file of results, in one language.
#[derive(Clone, Copy)]
pub struct Columns {
    words: &'static Words,
    names: &'static ColumnWords,
    policy: &'static PackWords,
    language: Language,
}

impl Columns {
    /// In `language`.
    pub fn new(language: Language) -> Self {
        let page = language.page_words();
        Self { words: language.words(), names: &page.columns, policy: &page.pack, language }
    }

    /// The headings.
    pub const fn heading(self) -> [&'static str; 20] {
        let names = self.names;
        [
            names.row,
            names.id,
            names.result,
            names.words,
            names.number,
            names.level,
            names.status,
            names.expires,
            names.days_left,
            names.models,
            names.claims,
            names.maker,
            names.product,
            names.as_of,
            names.then,
            self.policy.by_policy,
            self.policy.policy_reasons,
            names.link,
            names.outcome,
            names.reason,
        ]
    }

    /// The names of the sheets.
    pub const fn sheets(self) -> Sheets<'static> {
        Sheets { results: self.names.results, summary: self.names.summary }
    }

    /// The line that tells `line`; none for the last one.
    pub fn line(self, line: &BulkLine) -> Option<Line> {
        match line {
            BulkLine::Answer(answer) => Some(self.answer(answer)),
            BulkLine::Bad(bad) => Some(self.bad(bad)),
            BulkLine::End(_) => None,
        }
    }

    fn answer(self, answer: &BulkAnswer) -> Line {
        let text = |text: Option<&str>| Cell::from(text.unwrap_or_default());
        let product = answer.product.as_ref();
        let names = product.map(|product| product.names.join("、")).unwrap_or_default();
        let cells = vec![
            number(answer.row),
            text(answer.id.as_deref()),
            self.words.outcomes.of(answer.outcome).headline.into(),
            (&*answer.words).into(),
            text(answer.number.as_deref()),
            text(answer.level.map(|level| level.to_string()).as_deref()),
            text(answer.status.as_deref().map(|status| self.words.states.named(status))),
            // The last day on which it holds.
            text(answer.expires.map(|end| Day::of(end.plus(-1)).to_string()).as_deref()),
            answer.days_left.map_or(Cell::Empty, Cell::Number),
            (&*joined(self.language.claimed_models(&answer.claimed))).into(),
            (&*joined(self.language.other_claims(&answer.claimed))).into(),
            text(product.map(|product| &*product.maker)),
            (&*names).into(),
            text(answer.as_of.map(|at| Zone::JAPAN.written(at)).as_deref()),
            text(answer.then.map(|at| Zone::JAPAN.written(at)).as_deref()),
            text(answer.policy.as_ref().map(|policy| self.language.policy_answer(policy.answer))),
            text(answer.policy.as_ref().map(unmet).as_deref()),
            text(answer.link.as_deref()),
            answer.outcome.as_str().into(),
            answer.reason.as_str().into(),
        ];
        let shade = match answer.policy.as_ref().map(|policy| policy.answer) {
            // A policy that does not ask for the product does not make it the right one.
            Some(Answer::Pass) if answer.claimed.is_denied() => Shade::Attention,
            Some(answer) => shade_of(answer),
            None => shade(answer.tone()),
        };
        Line { shade, cells }
    }

    fn bad(self, bad: &BadRow) -> Line {
        let id = bad.id.as_deref().unwrap_or_default();
        let why = format!("{} ({})", self.names.faults.of(bad.error.code), bad.error.detail);
        self.without_answer(number(bad.row), id, &why, bad.error.code.as_str())
    }

    /// The line that says that rows are missing, where they are.
    pub fn stopped(self, end: &BulkEnd) -> Option<Line> {
        let stopped = end.stopped.as_ref()?;
        let why = format!("{} ({})", self.names.stops.of(stopped.code), stopped.detail);
        Some(self.without_answer(Cell::Empty, "", &why, stopped.code.as_str()))
    }

    fn without_answer(self, row: Cell, id: &str, why: &str, code: &str) -> Line {
        let told = [row, id.into(), self.names.not_answered.into(), why.into()];
        let empty = std::iter::repeat_n(Cell::Empty, self.heading().len() - told.len() - 1);
        let cells = told.into_iter().chain(empty).chain([Cell::from(code)]).collect();
        Line { shade: Shade::Bad, cells }
    }

    /// The claims that are denied.
    pub fn denied(self, claimed: &BulkClaims) -> String {
        let all = [self.language.claimed_models(claimed), self.language.other_claims(claimed)].concat();
        joined(all.into_iter().filter(|(_, answer)| *answer == Listed::NotListed))
    }

    /// The summary of what came of a file at `at`: what is to be looked at first.
    pub fn summary(self, end: &BulkEnd, at: UnixTime) -> Vec<Line> {
        let line = |shade, name: &str, cell| Line { shade, cells: vec![name.into(), cell] };
        let mut lines = vec![
            line(Shade::Plain, self.names.made, (&*Zone::JAPAN.written(at)).into()),
            line(Shade::Plain, self.names.rows, number(end.rows)),
        ];
        if end.bad > 0 {
            lines.push(line(Shade::Bad, self.names.not_answered, number(end.bad)));
        }
        for outcome in Outcome::ALL {
            if let Some(rows) = end.outcomes.get(&outcome) {
                let headline = self.words.outcomes.of(outcome).headline;
                let tone = Tone::of(outcome, Reason::Ok);
                lines.push(line(shade(tone), headline, number(*rows)));
            }
        }
        if end.not_as_claimed > 0 {
            lines.push(line(Shade::Attention, self.names.not_as_claimed, number(end.not_as_claimed)));
        }
        for (answer, rows) in &end.policy {
            let name = format!("{}: {}", self.policy.by_policy, self.language.policy_answer(*answer));
            lines.push(line(shade_of(*answer), &name, number(*rows)));
        }
        if let Some(stopped) = &end.stopped {
            lines.push(line(Shade::Bad, &stopped.detail, Cell::Empty));
        }
        lines
    }
}

fn joined(told: impl IntoIterator<Item = (String, Listed)>) -> String {
    told.into_iter().map(|(text, _)| text).collect::<Vec<_>>().join("; ")
}

/// Whole numbers of rows and days are far below what a cell can hold.
fn number(count: u64) -> Cell {
    Cell::Number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Why rules of the policy are not met, rule by rule.
pub fn unmet(policy: &BulkPolicy) -> String {
    let rules = policy.rules.iter().filter(|rule| rule.answer != Answer::Pass);
    rules.map(|rule| format!("{}: {}", rule.rule, rule.words)).collect::<Vec<_>>().join(" ")
}

/// Where there is a policy, it decides what is to be looked at.
const fn shade_of(answer: Answer) -> Shade {
    match answer {
        Answer::Pass => Shade::Good,
        Answer::CannotTell => Shade::Attention,
        Answer::Fail => Shade::Bad,
    }
}

const fn shade(tone: Tone) -> Shade {
    match tone {
        Tone::Good => Shade::Good,
        Tone::Caution => Shade::Attention,
        Tone::Bad => Shade::Bad,
        Tone::Neutral => Shade::Plain,
    }
}
