//! What the scanner keeps on this device: settings, and a history of scans.
//!
//! One text in the browser's storage, a line an entry. It may have been written by anybody: what does not read is left
//! out. An entry tells what was seen *then*; it is never evidence, and is shown with its time.

use shirushi_shared::{
    api::{VerdictAnswer, VerifyRequest},
    time::UnixTime,
    verdict::Outcome,
};

use super::{Effect, State};

/// Entries kept; the oldest goes first.
const MOST: usize = 30;
/// Longest text of an entry; a label's link has about 330 characters.
const LONGEST: usize = 1_000;

/// Settings and history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Whether a history is kept.
    pub keeps: bool,
    /// Whether results are told by sound and vibration.
    pub signals: bool,
    /// The camera that was chosen (`deviceId`); empty: the one that looks away from the reader.
    pub camera: String,
    /// What was checked, the latest first.
    pub entries: Vec<Entry>,
}

/// A check that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: UnixTime,
    /// What came out, then.
    pub outcome: Outcome,
    /// The registration number; empty where none was known.
    pub number: String,
    /// What was asked: a link or a number.
    pub text: String,
}

impl Default for Memory {
    fn default() -> Self {
        Self { keeps: true, signals: true, camera: String::new(), entries: Vec::new() }
    }
}

impl Memory {
    /// Reads what [`Memory::write`] wrote.
    pub fn read(stored: &str) -> Self {
        let mut lines = stored.lines();
        let mut memory = Self::default();
        let mut settings = lines.next().unwrap_or_default().splitn(3, '\t');
        memory.keeps = settings.next() != Some("0");
        memory.signals = settings.next() != Some("0");
        let camera = settings.next().filter(|id| id.len() <= LONGEST);
        camera.unwrap_or_default().clone_into(&mut memory.camera);
        memory.entries = lines.filter_map(Entry::read).take(MOST).collect();
        memory
    }

    /// As one text.
    pub fn write(&self) -> String {
        let bit = |set| if set { "1" } else { "0" };
        let mut text = [bit(self.keeps), bit(self.signals), &self.camera].join("\t");
        for entry in &self.entries {
            let at = entry.at.as_secs().to_string();
            text.push('\n');
            text.push_str(&[&at, entry.outcome.as_str(), &entry.number, &entry.text].join("\t"));
        }
        text
    }

    /// Adds what was answered, in place of what was known of the same label; whether anything changed.
    pub(super) fn add(&mut self, request: &VerifyRequest, answer: &VerdictAnswer) -> bool {
        let text = request.link.as_ref().or(request.number.as_ref());
        let Some(text) = text.filter(|text| self.keeps && is_storable(text)) else { return false };
        self.entries.retain(|entry| entry.text != *text);
        let number = answer.number.clone().unwrap_or_default();
        let entry = Entry { at: answer.checked_at, outcome: answer.outcome, number, text: text.clone() };
        self.entries.insert(0, entry);
        self.entries.truncate(MOST);
        true
    }
}

impl State {
    pub(super) fn forget(&mut self, index: usize) -> Vec<Effect> {
        if index < self.memory.entries.len() {
            self.memory.entries.remove(index);
        }
        self.keep()
    }

    pub(super) fn forget_all(&mut self) -> Vec<Effect> {
        self.memory.entries.clear();
        self.keep()
    }

    /// Without a history, what was in it goes too.
    pub(super) fn switch_history(&mut self, keeps: bool) -> Vec<Effect> {
        self.memory.keeps = keeps;
        if keeps { self.keep() } else { self.forget_all() }
    }

    pub(super) fn keep(&self) -> Vec<Effect> {
        vec![Effect::Keep(self.memory.write())]
    }
}

impl Entry {
    fn read(line: &str) -> Option<Self> {
        let mut parts = line.splitn(4, '\t');
        let at = UnixTime::from_secs(parts.next()?.parse().ok()?).ok()?;
        let name = parts.next()?;
        let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == name)?;
        let number = parts.next().filter(|number| number.len() <= 64)?.to_owned();
        let text = parts.next().filter(|text| is_storable(text))?.to_owned();
        Some(Self { at, outcome, number, text })
    }
}

pub(super) fn is_storable(text: &str) -> bool {
    text.len() <= LONGEST && !text.is_empty() && !text.contains(['\t', '\n', '\r'])
}
