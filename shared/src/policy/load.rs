//! Reads a policy file: strictly, and tells all that is wrong with it at once.

use serde_json::Value;

use super::{Asks, Categories, LeastLevel, Policy, PolicyFile, Rule, State};

/// Largest file.
const MAX_BYTES: usize = 64 * 1024;
/// Most rules.
const MAX_RULES: usize = 64;
/// Longest name and version, in bytes.
const MAX_NAME: usize = 128;
/// Longest source.
const MAX_SOURCE: usize = 4096;
/// Longest remark.
const MAX_NOTE: usize = 1024;
/// Oldest evidence that can be asked for, in days: ten years.
const MAX_DAYS: u32 = 3650;
/// The form that is read.
const FORM: u32 = 1;

/// Why a policy was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Larger than any.
    #[error("the policy is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// Everything that is wrong with it.
    #[error("not a policy that can be used: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Wrong(Vec<PolicyProblem>),
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyProblem {
    /// Which rule, from 1; `None` where it is about the whole.
    pub rule: Option<usize>,
    /// What.
    pub wrong: Wrong,
}

impl core::fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.rule {
            Some(rule) => write!(f, "rule {rule}: {}", self.wrong),
            None => self.wrong.fmt(f),
        }
    }
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// No JSON of this form: unknown or missing fields, unknown words, values out of form.
    #[error("{0}")]
    Form(String),
    /// A form of another time.
    #[error("form {0} is not known here, only form {FORM}")]
    OtherForm(u32),
    /// A text that is empty, too long, or has characters that are not shown.
    #[error("{0} is a text of 1 to {1} bytes without hidden characters")]
    Text(&'static str, usize),
    /// More rules than anybody reads.
    #[error("more than {MAX_RULES} rules")]
    TooMany,
    /// Nothing says which states are accepted.
    #[error("accepted_states is missing: a policy says which states it accepts")]
    NoStates,
    /// A policy that accepts no valid label.
    #[error("accepted_states must have \"valid\" in it")]
    NeverValid,
    /// Something that is asked once only.
    #[error("asks the same as rule {0}")]
    Twice(usize),
    /// A level for no product.
    #[error("categories are empty")]
    NoCategory,
    /// A level that another rule asks for anyway.
    #[error("has no effect: rule {0} asks as much of the same products, and not later")]
    NoEffect(usize),
    /// Days out of bounds.
    #[error("days are 1 to {MAX_DAYS}")]
    Days,
}

impl Policy {
    /// Reads `text`, the contents of a policy file.
    pub fn load(text: &str) -> Result<Self, PolicyError> {
        if text.len() > MAX_BYTES {
            return Err(PolicyError::TooLarge);
        }
        // Strictly first: only so a field that is there twice is seen.
        match serde_json::from_str::<PolicyFile>(text) {
            Ok(file) => Self::new(file),
            Err(error) => Err(PolicyError::Wrong(piece_by_piece(text, &error))),
        }
    }

    /// Checks what a policy says.
    pub fn new(file: PolicyFile) -> Result<Self, PolicyError> {
        let rules: Vec<_> = (1..).zip(&file.rules).collect();
        let mut wrong = heading(&file.name, &file.version, &file.source, file.form);
        wrong.extend(problems(&rules, file.rules.len()));
        if wrong.is_empty() { Ok(Self { file }) } else { Err(PolicyError::Wrong(wrong)) }
    }
}

/// All that is wrong with a file that is not of the form: each rule by itself, and what can be said of the others.
fn piece_by_piece(text: &str, error: &serde_json::Error) -> Vec<PolicyProblem> {
    let whole = || vec![PolicyProblem { rule: None, wrong: Wrong::Form(error.to_string()) }];
    let Ok(Value::Object(mut fields)) = serde_json::from_str(text) else { return whole() };
    let Some(Value::Array(values)) = fields.insert("rules".into(), Value::Array(Vec::new())) else {
        return whole();
    };

    let mut wrong = Vec::new();
    match serde_json::from_value::<PolicyFile>(Value::Object(fields)) {
        Ok(file) => wrong.extend(heading(&file.name, &file.version, &file.source, file.form)),
        Err(error) => wrong.push(PolicyProblem { rule: None, wrong: Wrong::Form(error.to_string()) }),
    }
    let many = values.len();
    let (mut rules, mut unread) = (Vec::new(), false);
    for (number, value) in (1..).zip(values).take(MAX_RULES) {
        match serde_json::from_value::<Rule>(value) {
            Ok(rule) => rules.push((number, rule)),
            Err(error) => {
                unread = true;
                wrong.push(PolicyProblem { rule: Some(number), wrong: Wrong::Form(error.to_string()) });
            }
        }
    }
    let rules: Vec<_> = rules.iter().map(|(number, rule)| (*number, rule)).collect();
    // What is missing may be in a rule that could not be read.
    wrong.extend(problems(&rules, many).into_iter().filter(|it| !(unread && it.wrong == Wrong::NoStates)));
    // A field that is there twice shows only in the strict reading.
    let strict = error.to_string();
    let strict = strict.split_once(" at line ").map_or(&*strict, |(told, _)| told);
    if !wrong.iter().any(|problem| matches!(&problem.wrong, Wrong::Form(told) if told == strict)) {
        wrong.extend(whole());
    }
    wrong.sort_by_key(|problem| problem.rule);
    wrong
}

fn heading(name: &str, version: &str, source: &str, form: u32) -> Vec<PolicyProblem> {
    let texts = [("name", name, MAX_NAME), ("version", version, MAX_NAME), ("source", source, MAX_SOURCE)];
    let mut wrong: Vec<_> = texts
        .iter()
        .filter(|(_, text, most)| !is_text(text, *most))
        .map(|(what, _, most)| Wrong::Text(what, *most))
        .collect();
    if form != FORM {
        wrong.push(Wrong::OtherForm(form));
    }
    wrong.into_iter().map(|wrong| PolicyProblem { rule: None, wrong }).collect()
}

fn problems(rules: &[(usize, &Rule)], many: usize) -> Vec<PolicyProblem> {
    let mut wrong = Vec::new();
    if many > MAX_RULES {
        wrong.push(PolicyProblem { rule: None, wrong: Wrong::TooMany });
        return wrong;
    }
    if !rules.iter().any(|(_, rule)| matches!(rule.asks, Asks::AcceptedStates(_))) {
        wrong.push(PolicyProblem { rule: None, wrong: Wrong::NoStates });
    }
    for (place, (number, rule)) in rules.iter().enumerate() {
        let mut found = Vec::new();
        if rule.note.as_deref().is_some_and(|note| !is_text(note, MAX_NOTE)) {
            found.push(Wrong::Text("note", MAX_NOTE));
        }
        match &rule.asks {
            Asks::AcceptedStates(states) if !states.contains(&State::Valid) => found.push(Wrong::NeverValid),
            Asks::LeastLevel(LeastLevel { categories: Categories::Only(those), .. }) if those.is_empty() => {
                found.push(Wrong::NoCategory);
            }
            Asks::EvidenceNotOlder { days } if !(1..=MAX_DAYS).contains(days) => found.push(Wrong::Days),
            _ => {}
        }
        let earlier = rules.iter().take(place);
        if let Some((first, _)) = earlier.clone().find(|(_, other)| is_asked_once(&other.asks, &rule.asks)) {
            found.push(Wrong::Twice(*first));
        }
        if let Asks::LeastLevel(level) = &rule.asks
            && !found.contains(&Wrong::NoCategory)
        {
            let covers = |(at, (_, other)): &(usize, &(usize, &Rule))| match &other.asks {
                Asks::LeastLevel(other) => *at != place && asks_as_much(other, level, *at < place),
                _ => false,
            };
            let by = rules.iter().enumerate().find(covers);
            found.extend(by.map(|(_, (by, _))| Wrong::NoEffect(*by)));
        }
        wrong.extend(found.into_iter().map(|wrong| PolicyProblem { rule: Some(*number), wrong }));
    }
    wrong
}

/// Whether two rules ask for what can be asked once only.
fn is_asked_once(one: &Asks, other: &Asks) -> bool {
    match (one, other) {
        (Asks::LeastLevel(_), _) => false,
        (Asks::Recognised(one), Asks::Recognised(other)) => one == other,
        (one, other) => core::mem::discriminant(one) == core::mem::discriminant(other),
    }
}

/// Whether `one` asks at least what `other` asks, of all of its products, and not later. Of two that are the same, the
/// second is the one too many.
fn asks_as_much(one: &LeastLevel, other: &LeastLevel, is_before: bool) -> bool {
    let of_all = match (&one.categories, &other.categories) {
        (Categories::All, _) => true,
        (Categories::Only(_), Categories::All) => false,
        (Categories::Only(one), Categories::Only(other)) => other.is_subset(one),
    };
    of_all && one.level >= other.level && one.from <= other.from && (is_before || one != other)
}

fn is_text(text: &str, most: usize) -> bool {
    let hidden = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    !text.trim().is_empty() && text.len() <= most && !text.chars().any(hidden)
}
