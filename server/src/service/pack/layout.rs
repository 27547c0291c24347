//! Rows as they stand in a pack: all of them in the CSV, those to look at in the report.

use shirushi_shared::{
    api::{BadRow, BulkAnswer, BulkLine},
    claim::Listed,
    policy::Answer,
    text::Language,
    verdict::Outcome,
};

use crate::table::output::{Cell, Line, Shade};

/// Most rows of a report: some thirty pages. The rest stands in the results.
const MOST: usize = 1_000;
/// Longest text of a cell of the report, in characters.
const LONGEST: usize = 200;

/// The rows to look at, and how many more there are.
pub(super) struct Rows {
    language: Language,
    has_policy: bool,
    /// Row, item, number, answer, reason.
    pub(super) shown: Vec<Vec<String>>,
    pub(super) left_out: u64,
}

impl Rows {
    /// The columns of the CSV, by the names of the fields.
    pub(super) const HEADING: [&'static str; 16] = [
        "row",
        "id",
        "number",
        "outcome",
        "words",
        "policy",
        "policy_reasons",
        "level",
        "status",
        "revision",
        "as_of",
        "then",
        "expires",
        "models",
        "link",
        "error",
    ];

    pub(super) const fn new(language: Language, has_policy: bool) -> Self {
        Self { language, has_policy, shown: Vec::new(), left_out: 0 }
    }

    /// The line of the CSV.
    pub(super) fn cells(&self, line: &BulkLine) -> Option<Line> {
        match line {
            BulkLine::Answer(answer) => Some(self.answered(answer)),
            BulkLine::Bad(bad) => Some(refused(bad)),
            BulkLine::End(_) => None,
        }
    }

    fn answered(&self, answer: &BulkAnswer) -> Line {
        let text = |text: Option<String>| Cell::from(text.unwrap_or_default().as_str());
        let number = |number: u64| Cell::from(i64::try_from(number).unwrap_or(i64::MAX));
        let model = |model: &shirushi_shared::api::ClaimedModel| {
            let listed = if model.answer == Listed::Listed { "listed" } else { "not_listed" };
            format!("{}: {listed}", model.claimed)
        };
        let models: Vec<_> = answer.claimed.models.iter().map(model).collect();
        let policy =
            answer.policy.as_ref().map(|policy| self.language.policy_answer(policy.answer).to_owned());
        let cells = vec![
            number(answer.row),
            text(answer.id.clone()),
            text(answer.number.clone()),
            text(Some(answer.outcome.as_str().to_owned())),
            text(Some(answer.words.to_string())),
            text(policy),
            text(Some(reasons(answer))),
            text(answer.level.map(|level| level.to_string())),
            text(answer.status.as_ref().map(ToString::to_string)),
            answer.revision.map_or(Cell::Empty, number),
            text(answer.as_of.map(|at| at.to_string())),
            text(answer.then.map(|at| at.to_string())),
            text(answer.expires.map(|at| at.to_string())),
            text(Some(models.join("; "))),
            text(answer.link.clone()),
            Cell::Empty,
        ];
        Line { shade: Shade::Plain, cells }
    }

    /// Notes what is to be looked at.
    pub(super) fn note(&mut self, line: &BulkLine) {
        let row = match line {
            BulkLine::Answer(answer) if self.is_in_order(answer) => return,
            BulkLine::Answer(answer) => self.looked_at(answer),
            BulkLine::Bad(bad) => {
                let words = &self.language.page_words().pack;
                let id = bad.id.clone().unwrap_or_default();
                let not_answered = words.not_answered.to_owned();
                vec![bad.row.to_string(), id, String::new(), not_answered, bad.error.detail.clone()]
            }
            BulkLine::End(_) => return,
        };
        if self.shown.len() < MOST {
            self.shown.push(row.into_iter().map(|cell| short(&cell)).collect());
        } else {
            self.left_out += 1;
        }
    }

    fn is_in_order(&self, answer: &BulkAnswer) -> bool {
        match &answer.policy {
            Some(policy) => policy.answer == Answer::Pass,
            None => !self.has_policy && answer.outcome == Outcome::Valid,
        }
    }

    fn looked_at(&self, answer: &BulkAnswer) -> Vec<String> {
        let headline = self.language.words().outcomes.of(answer.outcome).headline;
        let (answered, reason) = match &answer.policy {
            Some(policy) => {
                let said = self.language.policy_answer(policy.answer);
                (format!("{said} ({headline})"), reasons(answer))
            }
            None => (headline.to_owned(), answer.words.to_string()),
        };
        let (id, number) = (answer.id.clone(), answer.number.clone());
        vec![answer.row.to_string(), id.unwrap_or_default(), number.unwrap_or_default(), answered, reason]
    }
}

/// Why the policy's rules are not met, rule by rule.
fn reasons(answer: &BulkAnswer) -> String {
    let rules = answer.policy.iter().flat_map(|policy| &policy.rules);
    let unmet = rules.filter(|rule| rule.answer != Answer::Pass);
    let told: Vec<_> = unmet.map(|rule| format!("{}: {}", rule.rule, rule.words)).collect();
    told.join(" ")
}

fn refused(bad: &BadRow) -> Line {
    let mut cells = vec![Cell::Empty; Rows::HEADING.len()];
    let told = [
        (0, Cell::from(i64::try_from(bad.row).unwrap_or(i64::MAX))),
        (1, Cell::from(bad.id.as_deref().unwrap_or_default())),
        (Rows::HEADING.len() - 1, Cell::from(bad.error.detail.as_str())),
    ];
    for (place, cell) in told {
        if let Some(empty) = cells.get_mut(place) {
            *empty = cell;
        }
    }
    Line { shade: Shade::Plain, cells }
}

fn short(text: &str) -> String {
    let mut kept: String = text.chars().take(LONGEST).collect();
    if kept.len() < text.len() {
        kept.push('…');
    }
    kept
}
