//! The rows of a report: those to look at.

use shirushi_shared::{
    api::{BulkAnswer, BulkLine},
    policy::Answer,
    text::Language,
    verdict::Outcome,
};

use crate::service::bulk::{Columns, unmet};

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
    pub(super) const fn new(language: Language, has_policy: bool) -> Self {
        Self { language, has_policy, shown: Vec::new(), left_out: 0 }
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
        let is_met = match &answer.policy {
            Some(policy) => policy.answer == Answer::Pass,
            None => !self.has_policy && answer.outcome == Outcome::Valid,
        };
        is_met && !answer.claimed.is_denied()
    }

    fn looked_at(&self, answer: &BulkAnswer) -> Vec<String> {
        let headline = self.language.words().outcomes.of(answer.outcome).headline;
        let (answered, reason) = match &answer.policy {
            Some(policy) => {
                let said = self.language.policy_answer(policy.answer);
                (format!("{said} ({headline})"), unmet(policy))
            }
            None => (headline.to_owned(), answer.words.to_string()),
        };
        let denied = Columns::new(self.language).denied(&answer.claimed);
        let reason = if denied.is_empty() { reason } else { format!("{denied}; {reason}") };
        let (id, number) = (answer.id.clone(), answer.number.clone());
        vec![answer.row.to_string(), id.unwrap_or_default(), number.unwrap_or_default(), answered, reason]
    }
}

fn short(text: &str) -> String {
    let mut kept: String = text.chars().take(LONGEST).collect();
    if kept.len() < text.len() {
        kept.push('…');
    }
    kept
}
