//! What was counted in a stock check, label by label.
//!
//! Kept on this device as one text, a line a label. It may have been written by anybody: what does not read is left out. A
//! line tells what came out *then*, and says when that was.

use shirushi_shared::{
    api::VerdictAnswer,
    scan::{Origins, Scanned, read},
    time::UnixTime,
    verdict::{Outcome, Tone},
};

use super::{Ticket, Trouble, memory::is_storable};

/// Different labels in one list: as many lines as a browser's storage holds with room to spare.
pub(super) const MOST: usize = 1_000;

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Whether the page was opened for it: what is read is counted, and leads to no verdict of its own.
    pub is_on: bool,
    /// What was counted; the latest first.
    pub rows: Vec<Row>,
    /// Whether the last label was one too many, and is not counted.
    pub is_full: bool,
    /// Whether the reader asked to erase it, and is asked back.
    pub erasing: bool,
    /// Why the service is not asked at present.
    pub(super) trouble: Option<Trouble>,
    /// When it is asked again.
    pub(super) retry: Option<Ticket>,
}

/// A label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What was read.
    pub text: String,
    /// How many pieces carry it.
    pub count: u32,
    /// When the last of them was read.
    pub at: UnixTime,
    /// What came out; `None` where it could not be checked yet.
    pub told: Option<Told>,
    pub(super) what: Scanned,
    pub(super) question: Question,
    /// Which answers are about it.
    pub(super) ticket: Ticket,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The outcome.
    pub outcome: Outcome,
    /// How loud it is.
    pub tone: Tone,
    /// When it was judged.
    pub checked_at: UnixTime,
    /// Whether by the lists on this device, and not by the service.
    pub by_lists: bool,
    /// The end of its validity, where it holds.
    pub expires: Option<UnixTime>,
    /// The registration number; empty where none is known.
    pub number: String,
    /// Who holds the label; empty where it is not known.
    pub maker: String,
    /// The products; empty where they are not known.
    pub product: String,
}

/// Whether the service has something to say yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// It has said it, or there is nothing to ask.
    Settled,
    /// To be asked.
    Due,
    /// Being asked.
    Asked,
}

/// In the order of their digits in what is kept.
const TONES: [Tone; 4] = [Tone::Good, Tone::Caution, Tone::Bad, Tone::Neutral];

impl Tally {
    /// All pieces.
    pub fn pieces(&self) -> u32 {
        self.rows.iter().fold(0, |sum, row| sum.saturating_add(row.count))
    }

    /// How many pieces came to each outcome, and last, of how many nothing could be told.
    pub fn sums(&self) -> Vec<(Option<Outcome>, u32)> {
        let of = |outcome| {
            let rows = self.rows.iter().filter(|row| row.told.as_ref().map(|told| told.outcome) == outcome);
            (outcome, rows.fold(0_u32, |sum, row| sum.saturating_add(row.count)))
        };
        let outcomes = Outcome::ALL.into_iter().rev().map(Some).chain([None]);
        outcomes.map(of).filter(|(_, pieces)| *pieces > 0).collect()
    }

    /// Reads what [`Tally::write`] wrote.
    pub fn read(stored: &str, origins: &Origins) -> Self {
        let mut tally = Self { is_on: true, ..Self::default() };
        for row in stored.lines().filter_map(|line| Row::read(line, origins)).take(MOST) {
            if tally.rows.iter().all(|known| known.what != row.what) {
                tally.rows.push(row);
            }
        }
        tally
    }

    /// As one text.
    pub fn write(&self) -> String {
        let mut text = String::new();
        for row in &self.rows {
            row.write(&mut text);
            text.push('\n');
        }
        text
    }
}

impl Row {
    pub(super) fn new(text: &str, what: Scanned, told: Option<Told>, at: UnixTime, ticket: Ticket) -> Self {
        let question = if can_be_asked(&what) { Question::Due } else { Question::Settled };
        let text = plain(Some(text.trim()), LONGEST_TEXT);
        Self { text, count: 1, at, told, what, question, ticket }
    }

    /// Whether the service is being asked about it.
    pub fn is_being_asked(&self) -> bool {
        self.question == Question::Asked
    }

    /// Whether there is a registration to ask about.
    pub fn is_askable(&self) -> bool {
        can_be_asked(&self.what)
    }

    fn read(line: &str, origins: &Origins) -> Option<Self> {
        let mut parts = line.split('\t');
        let text = parts.next().filter(|text| is_storable(text))?;
        let count = parts.next()?.parse().ok()?;
        let at = time(parts.next()?)?;
        let what = read(text, origins);
        let mut row = Self { count, ..Self::new(text, what, Told::read(parts), at, Ticket::default()) };
        if row.told.as_ref().is_some_and(|told| !told.by_lists) {
            row.question = Question::Settled;
        }
        (row.told.is_some() || row.is_askable()).then_some(row)
    }

    fn write(&self, text: &mut String) {
        let (count, at) = (self.count.to_string(), self.at.as_secs().to_string());
        text.push_str(&[&*self.text, &count, &at].join("\t"));
        if let Some(told) = &self.told {
            told.write(text);
        }
    }
}

/// Texts that are no label are never sent anywhere.
fn can_be_asked(what: &Scanned) -> bool {
    matches!(what, Scanned::Token(_) | Scanned::Number(_))
}

impl Told {
    /// What matters of `answer` in a list.
    pub(super) fn new(answer: &VerdictAnswer, by_lists: bool) -> Self {
        let product = answer.product.as_ref();
        let names = product.map(|product| product.products.iter().map(|product| &*product.name));
        let holds = matches!(answer.outcome, Outcome::Valid | Outcome::Grace);
        let end = answer.status.expires.or(answer.claims.as_ref().map(|claims| claims.expires));
        Self {
            outcome: answer.outcome,
            tone: answer.tone(),
            checked_at: answer.checked_at,
            by_lists,
            expires: end.filter(|_| holds),
            number: plain(
                product.map(|product| &*product.printed_number).or(answer.number.as_deref()),
                LONGEST_NAME,
            ),
            maker: plain(product.map(|product| &*product.maker.name), LONGEST_NAME),
            product: plain(names.map(|names| names.collect::<Vec<_>>().join("、")).as_deref(), LONGEST_NAME),
        }
    }

    fn read<'a>(mut parts: impl Iterator<Item = &'a str>) -> Option<Self> {
        let name = parts.next()?;
        let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == name)?;
        let tone = *TONES.get(parts.next()?.parse::<usize>().ok()?)?;
        let checked_at = time(parts.next()?)?;
        let by_lists = parts.next()? == "1";
        let expires = time(parts.next()?);
        let mut text = || parts.next().filter(|text| text.len() <= LONGEST_NAME).map(str::to_owned);
        Some(Self {
            outcome,
            tone,
            checked_at,
            by_lists,
            expires,
            number: text()?,
            maker: text()?,
            product: text()?,
        })
    }

    fn write(&self, text: &mut String) {
        let tone = TONES.into_iter().position(|tone| tone == self.tone).unwrap_or_default().to_string();
        let checked_at = self.checked_at.as_secs().to_string();
        let expires = self.expires.map(|end| end.as_secs().to_string()).unwrap_or_default();
        let by_lists = if self.by_lists { "1" } else { "0" };
        let parts = [
            self.outcome.as_str(),
            &tone,
            &checked_at,
            by_lists,
            &expires,
            &self.number,
            &self.maker,
            &self.product,
        ];
        for part in parts {
            text.push('\t');
            text.push_str(part);
        }
    }
}

/// Longest name that is kept, in bytes; and longest code.
const LONGEST_NAME: usize = 300;
const LONGEST_TEXT: usize = 1_000;

/// `text` on one line, and no longer than is kept.
fn plain(text: Option<&str>, longest: usize) -> String {
    let mut plain = text.unwrap_or_default().replace(['\t', '\n', '\r'], " ");
    plain.truncate(plain.floor_char_boundary(longest));
    plain
}

fn time(text: &str) -> Option<UnixTime> {
    UnixTime::from_secs(text.parse().ok()?).ok()
}
